import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { missingInCost } from '../../../../client/src/text/gaps.js';
import { formatCount, formatCounted } from '../../../../client/src/text/number.js';
import type { Session } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Icon } from '../../components/Icon.js';
import { Money } from '../../components/Money.js';
import { Skeleton } from '../../components/Skeleton.js';
import { Spinner } from '../../components/Spinner.js';
import type { SessionUsage } from '../queries.js';
import { useSessionRoute } from '../use-session-route.js';
import { recordKey, spanKey } from './call-marks.js';
import { isSumOf, type UsageTotals, usageTotals } from './totals.js';
import { UsageRow } from './UsageRow.js';
import { useUsage } from './use-usage.js';
import './usage.css';

const STEP = 200;

/**
 * The number of pages that are searched for the record of a link, or for the one that counts in place of
 * another.
 */
const MAX_SOUGHT_PAGES = 20;

/**
 * Explains the session's usage: every record that reports a model call or looks like one, and whether it
 * counts.
 */
export function UsageView({ session }: { readonly session: Session }) {
  const usage = useUsage(session);
  const { data, error, refetch, items, hasNextPage, isFetching, fetchNextPage } = usage;
  // A page may be empty although it covers many traces, so the next one is loaded.
  useEffect(() => {
    if (items.length === 0 && hasNextPage && !isFetching) void fetchNextPage();
  }, [items.length, hasNextPage, isFetching, fetchNextPage]);
  if (data === undefined || (items.length === 0 && hasNextPage)) {
    return error === null ? (
      <Skeleton height="320px" />
    ) : (
      <ErrorNote error={error} onRetry={() => void refetch()} />
    );
  }
  if (items.length === 0) return <p className="view-note">No model was called in this session.</p>;
  return <Breakdown usage={usage} total={data.pages.at(-1)!} />;
}

interface BreakdownProps {
  readonly usage: ReturnType<typeof useUsage>;
  /** The latest page, which has the totals of the whole session. */
  readonly total: SessionUsage;
}

function Breakdown({ usage, total }: BreakdownProps) {
  const { items, data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = usage;
  const { search } = useSessionRoute();
  const [isAll, setAll] = useState(true);
  const [limit, setLimit] = useState(STEP);
  const [chosen, setChosen] = useState<string>();
  const totals = useMemo(() => usageTotals(items), [items]);
  const shown = isAll ? items : items.filter((item) => item.counted);
  const body = useRef<HTMLTableSectionElement>(null);
  const more = hasNextPage ? '+' : '';

  // The record named by the address, then the clicked one.
  useEffect(() => {
    if (search.trace !== undefined && search.span !== undefined)
      setChosen(spanKey(search.trace, search.span));
  }, [search.trace, search.span]);
  const place = chosen === undefined ? -1 : shown.findIndex((item) => recordKey(item) === chosen);
  useEffect(() => {
    if (place >= limit) setLimit(place + STEP);
    else if (place >= 0) body.current?.children[place]?.scrollIntoView({ block: 'nearest' });
  }, [place, limit]);
  const pageCount = data?.pages.length ?? 0;
  const isSought = chosen !== undefined && place < 0 && isAll && pageCount < MAX_SOUGHT_PAGES;
  useEffect(() => {
    if (isSought && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [isSought, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const choose = (key: string): void => setChosen(key);
  const showMore = (): void => {
    setLimit(limit + STEP);
    if (shown.length <= limit + STEP && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };

  return (
    <div className="usage">
      <div className="usage-head">
        <p className="usage-intro">
          One model call often shows up in several places of the telemetry. Each call counts once, at the
          record closest to where it happened; the others are listed with the reason. Cost is what the
          telemetry reports, else the list price at the time of the call.
        </p>
        <fieldset className="segments">
          <legend className="visually-hidden">Rows</legend>
          <button type="button" aria-pressed={isAll} onClick={() => setAll(true)}>
            All {formatCount(items.length)}
            {more}
          </button>
          <button type="button" aria-pressed={!isAll} onClick={() => setAll(false)}>
            Counted {formatCount(totals.calls + totals.sums)}
            {more}
          </button>
        </fieldset>
      </div>
      {total.verdicts === 'trace' && (
        <p className="view-note">
          This session has too many records to compare those of different traces here: a call that several
          traces report is counted in each of these rows, and once in the totals.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: lets the keyboard scroll it */}
      <section className="usage-table shaded-scroll card" tabIndex={0} aria-label="Records of model calls">
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
              // biome-ignore lint/suspicious/noArrayIndexKey: the list grows at its end, or is replaced as a whole
              <UsageRow key={index} item={item} isChosen={index === place} onChoose={choose} />
            ))}
          </tbody>
          <tfoot>
            <Sums total={total} totals={totals} isWhole={!hasNextPage} />
          </tfoot>
        </table>
      </section>
      {error !== null && <ErrorNote error={error} onRetry={() => void fetchNextPage()} />}
      {isFetchingNextPage && <Spinner />}
      {(shown.length > limit || hasNextPage) && !isFetchingNextPage && (
        <button type="button" className="button" onClick={showMore}>
          Show more of {formatCount(shown.length)}
          {more}
        </button>
      )}
    </div>
  );
}

interface SumsProps {
  readonly total: SessionUsage;
  /** Totals of the loaded rows. */
  readonly totals: UsageTotals;
  /** Whether all rows are loaded. */
  readonly isWhole: boolean;
}

/** The totals of the whole session, and whether the rows add up to them. */
function Sums({ total: { genai_usage: total, verdicts }, totals, isWhole }: SumsProps) {
  const cost = total?.estimated_cost_usd;
  return (
    <tr>
      <th scope="row" colSpan={3}>
        {countText({ calls: total?.request_count ?? 0, sums: totals.sums })}{' '}
        {isWhole && verdicts === 'session' ? (
          <Check total={total} totals={totals} />
        ) : (
          <span className="usage-check">in the whole session</span>
        )}
      </th>
      <td className="num">{formatCount(Number(total?.total_input_tokens ?? 0))}</td>
      <td className="num">{formatCount(Number(total?.total_output_tokens ?? 0))}</td>
      <td className="num">
        <Money usd={cost} gaps={total ?? {}} />
      </td>
      <td>{total && missingInCost(total)}</td>
    </tr>
  );
}

function countText({ calls, sums }: Pick<UsageTotals, 'calls' | 'sums'>): string {
  const callText = formatCounted(calls, 'call');
  if (sums === 0) return `${callText} ${calls === 1 ? 'counts' : 'count'}`;
  const sumText = `${formatCounted(sums, 'sum')} of calls`;
  if (calls === 0) return `${sumText} ${sums === 1 ? 'counts' : 'count'}`;
  return `${callText} and ${sumText} count`;
}

/** Says whether the rows add up to the totals at the head of the page. */
function Check({
  total,
  totals,
}: {
  readonly total: SessionUsage['genai_usage'];
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
