import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Session } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Icon } from '../../components/Icon.js';
import { Money } from '../../components/Money.js';
import { Skeleton } from '../../components/Skeleton.js';
import { formatCount, formatCounted } from '../../format/number.js';
import { type SessionUsage, usageQuery } from '../queries.js';
import { useSessionRoute } from '../use-session-route.js';
import { recordKey, spanKey } from './call-marks.js';
import { isSumOf, type UsageTotals, usageTotals } from './totals.js';
import { UsageRow } from './UsageRow.js';
import './usage.css';

const STEP = 200;

/** Why the session's usage is what it is: every record that tells of a model call, and what became of it. */
export function UsageView({ session }: { readonly session: Session }) {
  const { data: usage, error, refetch } = useQuery(usageQuery(session['session.id']));
  if (usage === undefined) {
    return error === null ? (
      <Skeleton height="320px" />
    ) : (
      <ErrorNote error={error} onRetry={() => void refetch()} />
    );
  }
  if (usage.items.length === 0) return <p className="view-note">No model was called in this session.</p>;
  return <Breakdown usage={usage} />;
}

function Breakdown({ usage }: { readonly usage: SessionUsage }) {
  const { items } = usage;
  const { search } = useSessionRoute();
  const [isAll, setAll] = useState(true);
  const [limit, setLimit] = useState(STEP);
  const [chosen, setChosen] = useState<string>();
  const totals = useMemo(() => usageTotals(items), [items]);
  const shown = isAll ? items : items.filter((item) => item.counted);
  const body = useRef<HTMLTableSectionElement>(null);

  // What the address names, then what is clicked.
  useEffect(() => {
    if (search.trace !== undefined && search.span !== undefined)
      setChosen(spanKey(search.trace, search.span));
  }, [search.trace, search.span]);
  const place = chosen === undefined ? -1 : shown.findIndex((item) => recordKey(item) === chosen);
  useEffect(() => {
    if (place >= limit) setLimit(place + STEP);
    else if (place >= 0) body.current?.children[place]?.scrollIntoView({ block: 'nearest' });
  }, [place, limit]);
  const choose = (key: string): void => setChosen(key);

  return (
    <div className="usage">
      <div className="usage-head">
        <p className="usage-intro">
          Telemetry tells of one model call in several places. Each call counts once, at the record closest to
          where it happened; the others are listed with the reason. Cost is what the telemetry reports, else
          the list price at the time of the call.
        </p>
        <fieldset className="segments">
          <legend className="visually-hidden">Rows</legend>
          <button type="button" aria-pressed={isAll} onClick={() => setAll(true)}>
            All {formatCount(items.length)}
          </button>
          <button type="button" aria-pressed={!isAll} onClick={() => setAll(false)}>
            Counted {formatCount(totals.calls + totals.sums)}
          </button>
        </fieldset>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard */}
      <section className="usage-table card" tabIndex={0} aria-label="Records of model calls">
        <table>
          <thead>
            <tr>
              <th>Record</th>
              <th>Counts</th>
              <th>Model</th>
              <th className="num">Input</th>
              <th className="num">Output</th>
              <th className="num">Cost</th>
              <th>Price of a million tokens</th>
            </tr>
          </thead>
          <tbody ref={body}>
            {shown.slice(0, limit).map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list is only ever replaced as a whole
              <UsageRow key={index} item={item} isChosen={index === place} onChoose={choose} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                {countText(totals)} <Check usage={usage} totals={totals} />
              </th>
              <td className="num">{formatCount(totals.input)}</td>
              <td className="num">{formatCount(totals.output)}</td>
              <td className="num">
                <Money usd={totals.costUsd} />
              </td>
              <td>
                {totals.unpriced > 0 &&
                  `${formatCount(totals.unpriced)} ${totals.unpriced === 1 ? 'call has' : 'calls have'} no known price`}
              </td>
            </tr>
          </tfoot>
        </table>
      </section>
      {shown.length > limit && (
        <button type="button" className="button" onClick={() => setLimit(limit + STEP)}>
          Show more of {formatCount(shown.length)}
        </button>
      )}
    </div>
  );
}

function countText({ calls, sums }: UsageTotals): string {
  const callText = formatCounted(calls, 'call');
  if (sums === 0) return `${callText} ${calls === 1 ? 'counts' : 'count'}`;
  const sumText = `${formatCounted(sums, 'sum')} of calls`;
  if (calls === 0) return `${sumText} ${sums === 1 ? 'counts' : 'count'}`;
  return `${callText} and ${sumText} count`;
}

/** Whether the rows add up to what the head of the page says. */
function Check({
  usage: { genai_usage: total },
  totals,
}: {
  readonly usage: SessionUsage;
  readonly totals: UsageTotals;
}): ReactNode {
  if (total === undefined) return null;
  if (!isSumOf(totals, total)) {
    return (
      <span className="usage-check usage-differs" role="alert">
        <Icon name="warning" /> does not add up to the session’s: {formatCounted(total.request_count, 'call')}
        , {formatCount(Number(total.total_input_tokens))} in, {formatCount(Number(total.total_output_tokens))}{' '}
        out, <Money usd={total.estimated_cost_usd} />
      </span>
    );
  }
  return (
    <span className="usage-check">
      <Icon name="check" /> adds up to the session’s
    </span>
  );
}
