import type { Session } from '../api/client.js';
import type { SessionSearch, View } from './search.js';

/** The fields of a session that decide which views it has. */
type Begun = Pick<Session, 'genai_usage' | 'span_count'> & {
  readonly visit?: { readonly page_views?: number };
};

/** Whether the session is a visit: its telemetry reports pages. */
export function hasPages({ visit }: Pick<Begun, 'visit'>): boolean {
  return (visit?.page_views ?? 0) > 0;
}

/** A view of the page: its name in the tabs, and which sessions have it. */
interface ViewOfSession {
  readonly view: View;
  readonly name: string;
  isIn(session: Begun): boolean;
}

const hasSpans = ({ span_count }: Begun): boolean => span_count > 0;
const hasCalls = ({ genai_usage }: Begun): boolean => genai_usage !== undefined;
const hasPlaces = (session: Begun): boolean => hasSpans(session) || hasPages(session) || hasCalls(session);
const always = (): boolean => true;

/** In the order of the tabs. */
const ALL: readonly ViewOfSession[] = [
  { view: 'timeline', name: 'Timeline', isIn: hasSpans },
  { view: 'journey', name: 'Journey', isIn: hasPlaces },
  { view: 'visit', name: 'Visit', isIn: hasPages },
  { view: 'conversation', name: 'Conversation', isIn: hasCalls },
  { view: 'events', name: 'Events', isIn: always },
  { view: 'usage', name: 'Why this number', isIn: hasCalls },
  { view: 'json', name: 'JSON', isIn: always },
];

/** The views that a session has. */
export function viewsOf(session: Begun): readonly ViewOfSession[] {
  return ALL.filter(({ isIn }) => isIn(session));
}

/**
 * The view of an address: the named one; else the timeline if it names a trace or span; else the default
 * view. That is the pages for a visit without model calls, the events for a session without spans, and the
 * timeline for all others.
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
