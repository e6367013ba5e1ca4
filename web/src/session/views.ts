import type { Session } from '../api/client.js';
import type { SessionSearch, View } from './search.js';

/** What of a session decides which parts it has. */
type Begun = Pick<Session, 'genai_usage' | 'span_count'> & {
  readonly visit?: { readonly page_views?: number };
};

/** Whether the session is a visit: somebody tells of its pages. */
export function hasPages({ visit }: Pick<Begun, 'visit'>): boolean {
  return (visit?.page_views ?? 0) > 0;
}

/** A part of the page: its name in the tabs, and which sessions have it. */
interface ViewOfSession {
  readonly view: View;
  readonly name: string;
  isIn(session: Begun): boolean;
}

const hasSpans = ({ span_count }: Begun): boolean => span_count > 0;
const hasCalls = ({ genai_usage }: Begun): boolean => genai_usage !== undefined;
const always = (): boolean => true;

/** In the order of the tabs. */
const ALL: readonly ViewOfSession[] = [
  { view: 'timeline', name: 'Timeline', isIn: hasSpans },
  { view: 'visit', name: 'Visit', isIn: hasPages },
  { view: 'conversation', name: 'Conversation', isIn: hasCalls },
  { view: 'events', name: 'Events', isIn: always },
  { view: 'usage', name: 'Why this number', isIn: hasCalls },
  { view: 'json', name: 'JSON', isIn: always },
];

/** The parts that a session has. */
export function viewsOf(session: Begun): readonly ViewOfSession[] {
  return ALL.filter(({ isIn }) => isIn(session));
}

/**
 * The part that an address is of: the one that it names. Else the time line, where it names a trace or span. Else the pages of a visit without model calls, the time
 * line, or of a session without spans its events.
 */
export function viewIn({ view, trace, span }: SessionSearch, session: Begun): View {
  if (view !== undefined && (view !== 'timeline' || hasSpans(session))) return view;
  if (
    view === undefined &&
    trace === undefined &&
    span === undefined &&
    hasPages(session) &&
    !hasCalls(session)
  )
    return 'visit';
  return hasSpans(session) ? 'timeline' : 'events';
}

export function nameOfView(view: View): string {
  return ALL.find((each) => each.view === view)!.name;
}
