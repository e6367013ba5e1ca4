import { type RefObject, useEffect, useState } from 'react';
import { formatDuration } from '../../../client/src/text/duration.js';
import { failureCount } from '../../../client/src/text/failures.js';
import { formatCost } from '../../../client/src/text/gaps.js';
import { formatCounted } from '../../../client/src/text/number.js';
import { shortenMiddle, visibleText } from '../../../client/src/text/visible-text.js';
import type { Session } from '../api/client.js';
import { State } from '../components/State.js';
import type { SessionSearch } from './search.js';
import { ViewTabs } from './ViewTabs.js';

const ID_LENGTH = 24;
const MAX_USER = 60;

interface SessionBarProps {
  readonly session: Session;
  readonly search: SessionSearch;
  /** The head of the page. Once it is scrolled out of view, the bar has what matters most of it. */
  readonly head: RefObject<HTMLElement | null>;
}

/** The views of the session, always in view: below the head of the page, and in its place once one scrolls. */
export function SessionBar({ session, search, head }: SessionBarProps) {
  const isFolded = useIsOutOfView(head);
  return (
    <div className={isFolded ? 'session-bar is-folded' : 'session-bar'}>
      <ViewTabs session={session} search={search} />
      {isFolded && <Summary session={session} />}
    </div>
  );
}

/** What the head says, for the eye: screen readers find it where it was. */
function Summary({ session }: { readonly session: Session }) {
  const { 'session.id': id, 'user.id': user, duration_ms: duration, genai_usage: usage } = session;
  const failures = failureCount(session);
  return (
    <button
      type="button"
      className="session-summary"
      tabIndex={-1}
      aria-hidden="true"
      title="To the top"
      onClick={() => window.scrollTo({ top: 0 })}
    >
      <strong className="mono">{visibleText(shortenMiddle(id, ID_LENGTH))}</strong>
      <State state={session.state} />
      {user !== undefined && <span className="truncate">{visibleText(user.slice(0, MAX_USER))}</span>}
      {duration !== undefined && <span>{formatDuration(duration)}</span>}
      {failures > 0 && <span className="error-text">{formatCounted(failures, 'error')}</span>}
      {usage !== undefined && <span>{formatCost(usage.estimated_cost_usd, usage)}</span>}
    </button>
  );
}

function useIsOutOfView(element: RefObject<HTMLElement | null>): boolean {
  const [isOut, setOut] = useState(false);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new IntersectionObserver(([entry]) => setOut(entry?.isIntersecting === false));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isOut;
}
