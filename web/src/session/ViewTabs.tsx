import type { Session } from '../api/client.js';
import { SessionLink } from './SessionLink.js';
import { hasPages, type SessionSearch, type View, viewOf } from './search.js';

const NAMES: Record<View, string> = {
  timeline: 'Timeline',
  visit: 'Visit',
  conversation: 'Conversation',
  usage: 'Why this number',
  json: 'JSON',
};

/** Parts that are there only where a session has something for them. */
const IS_THERE: Partial<Record<View, (session: Session) => boolean>> = {
  visit: hasPages,
  conversation: hasCalls,
  usage: hasCalls,
};

interface ViewTabsProps {
  readonly session: Session;
  readonly search: SessionSearch;
}

/** Links to the parts of the page. The trace and span stay chosen. */
export function ViewTabs({ session, search }: ViewTabsProps) {
  const { trace, span } = search;
  const current = viewOf(search, session);
  const place = { ...(trace !== undefined && { trace }), ...(span !== undefined && { span }) };
  // What an address names is shown, also where nothing is in it.
  const shown = (Object.keys(NAMES) as View[]).filter(
    (view) => view === current || (IS_THERE[view]?.(session) ?? true),
  );
  return (
    <nav className="view-tabs" aria-label="Parts of the session">
      {shown.map((each) => (
        <SessionLink
          key={each}
          search={{ ...(viewOf(place, session) !== each && { view: each }), ...place }}
          isCurrent={each === current}
        >
          {NAMES[each]}
        </SessionLink>
      ))}
    </nav>
  );
}

function hasCalls({ genai_usage: usage }: Session): boolean {
  return usage !== undefined;
}
