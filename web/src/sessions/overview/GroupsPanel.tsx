import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import {
  formatCost,
  formatTokens,
  missingInCost,
  missingInTokens,
} from '../../../../client/src/text/gaps.js';
import { formatCompact, formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { api, dataOf } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Icon } from '../../components/Icon.js';
import { Skeleton } from '../../components/Skeleton.js';
import { SortHead, useSortedInView } from '../../components/SortHead.js';
import { filterText } from '../filter-bar/filter-text.js';
import { useAttributeKeys } from '../filter-bar/use-facets.js';
import { type AnyFilter, filterLabel, toggled, valuesOf } from '../filters.js';
import {
  DEFAULT_GROUP,
  filterOfGroup,
  GROUP_SORTS,
  type GroupBy,
  type GroupSort,
  NAMED_GROUPS,
} from '../groups.js';
import { rangesBefore } from '../range.js';
import { filterChange, type SearchChange, type SessionsSearch } from '../search.js';
import { type ComparedGroup, comparedGroups, type Sums, tokensOf } from './compared-groups.js';
import { ShowAll } from './ShowAll.js';
import type { Counted } from './use-overview.js';

const SORT_NAMES: Readonly<Record<GroupSort, string>> = {
  sessions: 'Sessions',
  errors: 'With errors',
  tokens: 'Tokens',
  cost: 'Cost',
};
/** Groups that are shown at first. */
const FEW = 20;
/** Limit of the API. Groups of two ranges are looked for among so many of each. */
const MOST = 1000;
const REFRESH_MS = 120_000;

interface GroupsPanelProps {
  readonly counted: Counted;
  readonly search: SessionsSearch;
  readonly onChange: (change: SearchChange) => void;
  /** What stands beside the button that opens the groups. */
  readonly children: ReactNode;
}

/** Sums of the sessions by a value, beside those of a range before. A click on a value sets its filter. */
export function GroupsPanel({ children, ...props }: GroupsPanelProps) {
  const { by } = props.search;
  const isOpen = by !== undefined;
  return (
    <section aria-label="Groups">
      <div className="visits-line">
        <button
          type="button"
          className="overview-tab"
          aria-expanded={isOpen}
          onClick={() => props.onChange({ by: isOpen ? undefined : DEFAULT_GROUP, compare: undefined })}
        >
          Group by <Icon name="chevron-down" />
        </button>
        {children}
      </div>
      {by !== undefined && <Groups {...props} by={by} />}
    </section>
  );
}

function useGroups(counted: Counted | undefined, by: GroupBy, sort: GroupSort, limit: number) {
  return useQuery({
    queryKey: ['sessions', 'groups', by, sort, limit, counted],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/sessions/groups', { params: { query: { ...counted, by, sort, limit } }, signal }),
      ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
    enabled: counted !== undefined,
  });
}

/** The ranges before that of the list, and the one that the groups are compared with. */
function useEarlier(counted: Counted, { range, startTime, endTime, compare }: SessionsSearch) {
  return useMemo(() => {
    const search = {
      ...(range !== undefined && { range }),
      ...(startTime !== undefined && { startTime }),
      ...(endTime !== undefined && { endTime }),
    };
    const ranges = rangesBefore(search, Date.now());
    const earlier = compare === undefined ? undefined : ranges[compare - 1];
    const { startTime: _, endTime: _1, activeFrom: _2, activeTo: _3, ...filters } = counted;
    return { ranges, earlier, counted: earlier && { ...filters, ...earlier.bounds } };
  }, [counted, range, startTime, endTime, compare]);
}

/** A range and filters without one of these. */
function withoutFilter(counted: Counted, filter: AnyFilter): Counted {
  const { [filter]: _, ...others } = counted;
  return others;
}

interface GroupsProps extends Omit<GroupsPanelProps, 'children'> {
  readonly by: GroupBy;
}

function Groups({ counted, search, onChange, by }: GroupsProps) {
  const { most: sort = GROUP_SORTS[0], compare } = search;
  const [areAllShown, setAllShown] = useState(false);
  const { ranges, earlier, counted: earlierCounted } = useEarlier(counted, search);
  const limit = areAllShown || earlier !== undefined ? MOST : FEW;
  const filter = filterOfGroup(by);
  // Other values than the chosen ones can be chosen too.
  const present = useGroups(withoutFilter(counted, filter), by, sort, limit);
  const past = useGroups(earlierCounted && withoutFilter(earlierCounted, filter), by, sort, limit);
  const before = earlier === undefined ? undefined : past.data;
  const { data } = present;
  const chosen = valuesOf(search, filter).map(String);
  const choose = (value: string): void => {
    onChange(filterChange(filter, filter === 'userId' ? value : toggled(chosen, value)));
  };
  const scroller = useSortedInView(sort, data !== undefined);
  const error = present.error ?? (earlier === undefined ? null : past.error);
  if (error !== null) {
    return <ErrorNote error={error} onRetry={() => void Promise.all([present.refetch(), past.refetch()])} />;
  }
  const groups = data === undefined ? [] : comparedGroups(data, before, sort);
  const [first, second] =
    chosen.length === 2 ? chosen.map((each) => groups.find(({ value }) => value === each)) : [];
  const pair = first !== undefined && second !== undefined ? [first, second] : [];
  const others = groups.filter((group) => !pair.includes(group));
  const shown = areAllShown ? others : others.slice(0, FEW - pair.length);
  const rowOf = ({ value, now, was }: ComparedGroup) => (
    <tr key={value}>
      <th scope="row">
        <button
          type="button"
          className="groups-value truncate"
          aria-pressed={chosen.includes(value)}
          title={visibleText(value)}
          onClick={() => choose(value)}
        >
          {visibleText(filterText(filter, value as never))}
        </button>
      </th>
      <Numbers now={now} was={was} isCompared={before !== undefined} />
    </tr>
  );
  const count = Math.max(data?.group_count ?? 0, groups.length);
  return (
    <div className="card groups-card">
      <div className="groups-head">
        <GroupChoice by={by} onChoose={(next) => onChange({ by: next })} />
        <label className="field">
          Most
          <select
            className="input"
            value={sort}
            onChange={(event) => onChange({ most: event.target.value as GroupSort })}
          >
            {GROUP_SORTS.map((each) => (
              <option key={each} value={each}>
                {SORT_NAMES[each]}
              </option>
            ))}
          </select>
        </label>
        {ranges.length > 0 && (
          <label className="field">
            Compare with
            <select
              className="input"
              value={earlier === undefined ? '' : compare}
              onChange={({ target: { value } }) =>
                onChange({ compare: value === '' ? undefined : value === '1' ? 1 : 2 })
              }
            >
              <option value="">Nothing</option>
              {ranges.map(({ label }, index) => (
                <option key={label} value={index + 1}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {data === undefined ? (
        <Skeleton width="100%" height="120px" />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls the table
        <section ref={scroller} className="groups-scroll" tabIndex={0} aria-label="Sums of each group">
          <table className="groups-table">
            <thead>
              <tr>
                <th scope="col">{visibleText(filterLabel(filter))}</th>
                {COLUMNS.map(({ name, sort: most }) => (
                  <SortHead
                    key={name}
                    name={name}
                    isSorted={most === sort}
                    onSort={most === undefined ? undefined : () => onChange({ most })}
                  />
                ))}
              </tr>
            </thead>
            <tbody>
              {pair.map(rowOf)}
              {first !== undefined && second !== undefined && (
                <tr className="groups-difference">
                  <th scope="row">Second against first</th>
                  {COLUMNS.map((column) => (
                    <td key={column.name}>{changeText(second.now, first.now, column) ?? '–'}</td>
                  ))}
                </tr>
              )}
              {shown.map(rowOf)}
              <tr className="groups-total">
                <th scope="row">{chosen.length === 0 ? 'All that match' : 'All values'}</th>
                <Numbers now={data.total} was={before?.total} isCompared={before !== undefined} />
              </tr>
            </tbody>
          </table>
        </section>
      )}
      {earlier !== undefined && before !== undefined && (
        <p className="muted groups-note">
          Below each number that of: {earlier.label.toLowerCase()}. The change is from that to the one above.
          The larger of both decides the order.
        </p>
      )}
      {chosen.length === 1 && filter !== 'userId' && groups.length > 1 && (
        <p className="muted groups-note">A second value is compared with the chosen one.</p>
      )}
      {count > FEW && (
        <p className="muted groups-note">
          {formatCount(shown.length + pair.length)} of {formatCount(count)} values.{' '}
          <ShowAll of="values" areShown={areAllShown} onChange={setAllShown} />
        </p>
      )}
    </div>
  );
}

interface GroupChoiceProps {
  readonly by: GroupBy;
  readonly onChoose: (by: GroupBy) => void;
}

/** What to group by: also each indexed attribute that sessions have. */
function GroupChoice({ by, onChoose }: GroupChoiceProps) {
  const attributes = useAttributeKeys().map((key): GroupBy => `attr.${key}`);
  const choices = new Set<GroupBy>([...NAMED_GROUPS, ...attributes, by]);
  return (
    <label className="field">
      By
      <select className="input" value={by} onChange={(event) => onChoose(event.target.value as GroupBy)}>
        {[...choices].map((each) => (
          <option key={each} value={each}>
            {visibleText(filterLabel(filterOfGroup(each)))}
          </option>
        ))}
      </select>
    </label>
  );
}

interface Column {
  readonly name: string;
  /** What the server sorts by for it; undefined if it cannot. */
  readonly sort?: GroupSort;
  /** Undefined if it is not known. */
  readonly amountOf: (sums: Sums) => number | undefined;
  readonly textOf: (sums: Sums) => string;
  /** What an amount lacks, if it does. */
  readonly lackOf?: (sums: Sums) => string | undefined;
}

const COLUMNS: readonly Column[] = [
  {
    name: SORT_NAMES.sessions,
    sort: 'sessions',
    amountOf: ({ session_count }) => session_count,
    textOf: ({ session_count }) => formatCount(session_count),
  },
  {
    name: SORT_NAMES.errors,
    sort: 'errors',
    amountOf: ({ sessions_with_errors }) => sessions_with_errors,
    textOf: ({ sessions_with_errors }) => formatCount(sessions_with_errors),
  },
  {
    name: 'p95 duration',
    amountOf: ({ duration_ms }) => duration_ms?.p95,
    textOf: ({ duration_ms }) => (duration_ms === undefined ? '' : formatDuration(duration_ms.p95)),
  },
  {
    name: 'Calls',
    amountOf: ({ request_count }) => request_count,
    textOf: ({ request_count }) => formatCompact(request_count),
  },
  {
    name: SORT_NAMES.tokens,
    sort: 'tokens',
    amountOf: tokensOf,
    textOf: (sums) => formatTokens(tokensOf(sums), sums),
    lackOf: missingInTokens,
  },
  {
    name: SORT_NAMES.cost,
    sort: 'cost',
    amountOf: ({ estimated_cost_usd }) => estimated_cost_usd,
    textOf: (sums) => (sums.request_count === 0 ? '' : formatCost(sums.estimated_cost_usd, sums)),
    lackOf: missingInCost,
  },
];

interface NumbersProps {
  /** Undefined if they are not known. */
  readonly now: Sums | undefined;
  readonly was: Sums | undefined;
  readonly isCompared: boolean;
}

/** The numbers of a group, and below them those of the range before, with the change. */
function Numbers({ now, was, isCompared }: NumbersProps) {
  return COLUMNS.map((column) => {
    const { name, textOf } = column;
    const change = isCompared ? changeText(now, was, column) : undefined;
    return (
      <td key={name}>
        {now === undefined ? '–' : textOf(now)}
        {isCompared && (
          <span className="groups-was">
            {change !== undefined && <span className="groups-change">{change}</span>}
            {was === undefined ? '–' : textOf(was)}
          </span>
        )}
      </td>
    );
  });
}

/** By how much an amount differs from another one; undefined if that says nothing, or one of them lacks something. */
function changeText(
  sums: Sums | undefined,
  others: Sums | undefined,
  { amountOf, lackOf }: Column,
): string | undefined {
  if ([sums, others].some((each) => each !== undefined && lackOf?.(each) !== undefined)) return undefined;
  const now = sums && amountOf(sums);
  const was = others && amountOf(others);
  if (now === undefined || was === undefined || was === 0) return undefined;
  const percent = Math.round((now / was - 1) * 100);
  if (percent === 0) return '±0%';
  return `${percent < 0 ? '−' : '+'}${formatCount(Math.abs(percent))}%`;
}
