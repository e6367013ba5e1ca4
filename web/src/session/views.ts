import type { Session } from '../api/client.js';
import type { SessionSearch, View } from './search.js';

/** A part of the page: its name in the tabs, and which sessions have it. */
interface ViewOfSession {
  readonly view: View;
  readonly name: string;
  isIn(session: Session): boolean;
}

const hasSpans = ({ span_count }: Session): boolean => span_count > 0;
const hasCalls = ({ genai_usage }: Session): boolean => genai_usage !== undefined;
const always = (): boolean => true;

/** In the order of the tabs. */
const ALL: readonly ViewOfSession[] = [
  { view: 'timeline', name: 'Timeline', isIn: hasSpans },
  { view: 'conversation', name: 'Conversation', isIn: hasCalls },
  { view: 'events', name: 'Events', isIn: always },
  { view: 'usage', name: 'Why this number', isIn: hasCalls },
  { view: 'json', name: 'JSON', isIn: always },
];

/** The parts that a session has. */
export function viewsOf(session: Session): readonly ViewOfSession[] {
  return ALL.filter(({ isIn }) => isIn(session));
}

/** What the page of a session opens on: of one without spans its events, though it may have a conversation. */
export function defaultView(session: Session): View {
  return hasSpans(session) ? 'timeline' : 'events';
}

/** The part that an address is of. */
export function viewIn({ view }: SessionSearch, session: Session): View {
  return view ?? defaultView(session);
}

export function nameOfView(view: View): string {
  return ALL.find((each) => each.view === view)!.name;
}
