import { useState } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { failureCount, failureText } from '../../../../client/src/text/failures.js';
import { formatCost, missingInCost } from '../../../../client/src/text/gaps.js';
import { shortenMiddle, visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon } from '../../components/Icon.js';
import { MAX_ROWS } from './Breakdown.js';
import { TopCalls } from './TopCalls.js';
import { TopList } from './TopList.js';
import { type Counted, useTopSessions } from './use-overview.js';

/** The lists, their titles, and what these are short for: the card is narrow. */
const KINDS = [
  ['cost', 'Cost most', 'Cost most'],
  ['duration', 'Longest', 'Longest sessions'],
  ['calls', 'Turns', 'Dearest turns'],
] as const;

type Kind = (typeof KINDS)[number][0];

const ID_LENGTH = 20;

/**
 * Links to the sessions of the range with the greatest cost or duration, and to the turns that cost most. The list
 * itself is sorted by start.
 */
export function TopSessions({ counted }: { readonly counted: Counted }) {
  const [shown, setShown] = useState<Kind>('cost');
  return (
    <section className="card overview-card" aria-label="Greatest sessions">
      <header className="overview-head">
        {KINDS.map(([kind, name, title]) => (
          <h2 key={kind}>
            <button
              type="button"
              className="overview-tab"
              aria-label={title}
              title={title}
              aria-pressed={shown === kind}
              onClick={() => setShown(kind)}
            >
              {name}
            </button>
          </h2>
        ))}
      </header>
      {shown === 'calls' ? <TopCalls counted={counted} /> : <Sessions counted={counted} by={shown} />}
    </section>
  );
}

function Sessions({ counted, by }: { readonly counted: Counted; readonly by: 'cost' | 'duration' }) {
  const { data, error } = useTopSessions(counted, by, MAX_ROWS);
  const rows = data?.items.map((session) => {
    const id = session['session.id'];
    const amount = (by === 'cost' ? session.genai_usage?.estimated_cost_usd : session.duration_ms) ?? 0;
    return {
      key: id,
      sessionId: id,
      search: by === 'cost' ? { at: 'dearest' as const } : {},
      title: by === 'cost' ? `${visibleText(id)}: its dearest turn` : visibleText(id),
      label: <span className="mono">{visibleText(shortenMiddle(id, ID_LENGTH))}</span>,
      mark: failureCount(session) > 0 && (
        <span className="breakdown-mark" title={failureText(session)}>
          <Icon name="warning" />
        </span>
      ),
      amount,
      text: by === 'cost' ? formatCost(amount, session.genai_usage ?? {}) : formatDuration(amount),
    };
  });
  const missing = by === 'cost' && data !== undefined ? missingInCost(data) : undefined;
  return <TopList rows={rows} hasFailed={error !== null} missing={missing} />;
}
