import type { Session } from '../api/client.js';
import { SessionLink } from './SessionLink.js';
import { DEFAULT_VIEW, type SessionSearch, type View } from './search.js';

const NAMES: Record<View, string> = {
  timeline: 'Timeline',
  conversation: 'Conversation',
  usage: 'Why this number',
  json: 'JSON',
};

interface ViewTabsProps {
  readonly session: Session;
  readonly search: SessionSearch;
}

/** Links to the parts of the page; those about model calls only where there were any. The trace and span stay chosen. */
export function ViewTabs({ session, search: { view = DEFAULT_VIEW, trace, span } }: ViewTabsProps) {
  const hasCalls = session.genai_usage !== undefined;
  const views: readonly View[] = hasCalls
    ? ['timeline', 'conversation', 'usage', 'json']
    : ['timeline', 'json'];
  // What an address names is shown, also where nothing is in it.
  const shown = views.includes(view) ? views : [...views, view];
  return (
    <nav className="view-tabs" aria-label="Parts of the session">
      {shown.map((each) => (
        <SessionLink
          key={each}
          search={{
            ...(each !== DEFAULT_VIEW && { view: each }),
            ...(trace !== undefined && { trace }),
            ...(span !== undefined && { span }),
          }}
          isCurrent={each === view}
        >
          {NAMES[each]}
        </SessionLink>
      ))}
    </nav>
  );
}
