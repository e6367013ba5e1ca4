import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { failureCount, failureText } from '../../../../client/src/text/failures.js';
import { shortenMiddle, visibleText } from '../../../../client/src/text/visible-text.js';
import { Icon } from '../../components/Icon.js';
import { formatCost, missingInCost } from '../../format/gaps.js';
import { MAX_ROWS, PendingRows } from './Breakdown.js';
import { type Counted, useTopSessions } from './use-overview.js';

/** The criteria, and their titles. */
const KINDS = [
  ['cost', 'Cost most'],
  ['duration', 'Lasted longest'],
] as const;

const ID_LENGTH = 20;

/** Links to the sessions of the range with the greatest cost or duration. The list itself is sorted by start. */
export function TopSessions({ counted }: { readonly counted: Counted }) {
  const [by, setBy] = useState<'cost' | 'duration'>('cost');
  const { data, error } = useTopSessions(counted, by, MAX_ROWS);
  const amountOf = (session: NonNullable<typeof data>['items'][number]): number =>
    (by === 'cost' ? session.genai_usage?.estimated_cost_usd : session.duration_ms) ?? 0;
  const missing = by === 'cost' && data !== undefined ? missingInCost(data) : undefined;
  // The card is as high as its neighbours, so the note replaces a row.
  const rows = (data?.items ?? []).slice(0, missing === undefined ? MAX_ROWS : MAX_ROWS - 1);
  const most = Math.max(...(data?.items ?? []).map(amountOf), Number.MIN_VALUE);
  return (
    <section className="card overview-card" aria-label="Greatest sessions">
      <header className="overview-head">
        {KINDS.map(([kind, name]) => (
          <h2 key={kind}>
            <button
              type="button"
              className="overview-tab"
              aria-pressed={by === kind}
              onClick={() => setBy(kind)}
            >
              {name}
            </button>
          </h2>
        ))}
      </header>
      <ul className="breakdown">
        {rows.map((session) => {
          const id = session['session.id'];
          return (
            <li key={id}>
              <Link
                to="/sessions/$sessionId"
                params={{ sessionId: id }}
                search={by === 'cost' ? { at: 'dearest' } : {}}
                className="breakdown-row"
                title={by === 'cost' ? `${visibleText(id)}: its dearest turn` : visibleText(id)}
              >
                <span className="breakdown-bar" style={{ width: `${(amountOf(session) / most) * 100}%` }} />
                <span className="breakdown-label truncate mono">
                  {visibleText(shortenMiddle(id, ID_LENGTH))}
                </span>
                {failureCount(session) > 0 && (
                  <span className="breakdown-mark" title={failureText(session)}>
                    <Icon name="warning" />
                  </span>
                )}
                <span className="breakdown-amount">
                  {by === 'cost'
                    ? formatCost(amountOf(session), session.genai_usage ?? {})
                    : formatDuration(amountOf(session))}
                </span>
              </Link>
            </li>
          );
        })}
        {data === undefined && <PendingRows hasFailed={error !== null} />}
        {data?.items.length === 0 && <li className="breakdown-none muted">None in this time</li>}
        {missing !== undefined && (
          <li className="breakdown-none muted truncate" title={`Not included: ${missing}`}>
            Not included: {missing}
          </li>
        )}
      </ul>
    </section>
  );
}
