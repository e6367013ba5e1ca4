import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { components } from '../../../../client/src/schema.js';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCompact, formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { api, dataOf } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Icon } from '../../components/Icon.js';
import { Skeleton } from '../../components/Skeleton.js';
import { formatCost, formatTokens } from '../../format/gaps.js';
import { filterText } from '../filter-bar/filter-text.js';
import { FILTERS, type FilterName, toggled, valuesOf } from '../filters.js';
import type { SearchChange, SessionsSearch } from '../search.js';
import { periodBefore } from './period.js';
import type { Counted } from './use-overview.js';

type Group = components['schemas']['SessionGroup'];
type Sort = 'sessions' | 'errors' | 'tokens' | 'cost';

/** What sessions can be grouped by, and the filter of its values. */
const BY = {
  user: 'userId',
  service: 'service',
  model: 'model',
  provider: 'provider',
  country: 'country',
  device: 'deviceType',
  release: 'release',
  operation: 'operation',
  tool: 'tool',
  errorType: 'errorType',
  route: 'route',
  status: 'status',
} as const satisfies Record<string, FilterName>;
type By = keyof typeof BY;

const SORTS: readonly (readonly [Sort, string])[] = [
  ['sessions', 'Sessions'],
  ['errors', 'With errors'],
  ['tokens', 'Tokens'],
  ['cost', 'Cost'],
];
const LIMIT = 20;
const REFRESH_MS = 120_000;

interface GroupsPanelProps {
  readonly counted: Counted;
  readonly search: SessionsSearch;
  readonly onChange: (change: SearchChange) => void;
}

/** Sums of the sessions by a value, beside those of the time before. A click on a value sets its filter. */
export function GroupsPanel(props: GroupsPanelProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section aria-label="Groups">
      <div className="visits-line">
        <button
          type="button"
          className="overview-tab"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          Group by <Icon name="chevron-down" />
        </button>
      </div>
      {isOpen && <Groups {...props} />}
    </section>
  );
}

function useGroups(counted: Counted | undefined, by: By, sort: Sort, limit: number) {
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

/** Groups of the time before that are looked through for those that are shown. */
const MOST_BEFORE = 1000;

function Groups({ counted, search, onChange }: GroupsPanelProps) {
  const [by, setBy] = useState<By>('model');
  const [sort, setSort] = useState<Sort>('sessions');
  const [isCompared, setCompared] = useState(false);
  const { data, error, refetch } = useGroups(counted, by, sort, LIMIT);
  const before = periodBefore(counted, Date.now());
  const earlier = useGroups(isCompared ? before : undefined, by, sort, MOST_BEFORE);
  const filter = BY[by];
  const chosen = valuesOf(search, filter).map(String);
  const choose = (value: string): void => {
    onChange({ [filter]: filter === 'userId' ? value : toggled(chosen, value) });
  };
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  const earlierOf = new Map(earlier.data?.groups.map((group) => [group.value, group]));
  return (
    <div className="card groups-card">
      <div className="groups-head">
        <label className="field">
          By
          <select className="input" value={by} onChange={(event) => setBy(event.target.value as By)}>
            {(Object.keys(BY) as By[]).map((each) => (
              <option key={each} value={each}>
                {FILTERS[BY[each]].label}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          Most
          <select className="input" value={sort} onChange={(event) => setSort(event.target.value as Sort)}>
            {SORTS.map(([each, name]) => (
              <option key={each} value={each}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {before !== undefined && (
          <label className="groups-compare">
            <input
              type="checkbox"
              checked={isCompared}
              onChange={(event) => setCompared(event.target.checked)}
            />
            Compare with the time before
          </label>
        )}
      </div>
      {data === undefined ? (
        <Skeleton width="100%" height="120px" />
      ) : (
        <div className="groups-scroll">
          <table className="groups-table">
            <thead>
              <tr>
                <th scope="col">{FILTERS[filter].label}</th>
                <th scope="col">Sessions</th>
                <th scope="col">With errors</th>
                <th scope="col">p95 duration</th>
                <th scope="col">Calls</th>
                <th scope="col">Tokens</th>
                <th scope="col">Cost</th>
              </tr>
            </thead>
            <tbody>
              {data.groups.map((group) => (
                <tr key={group.value}>
                  <th scope="row">
                    <button
                      type="button"
                      className="groups-value truncate"
                      aria-pressed={chosen.includes(group.value)}
                      title={visibleText(group.value)}
                      onClick={() => choose(group.value)}
                    >
                      {visibleText(filterText(filter, group.value as never))}
                    </button>
                  </th>
                  <Numbers group={group} before={isCompared ? earlierOf.get(group.value) : undefined} />
                </tr>
              ))}
              <tr className="groups-total">
                <th scope="row">All that match</th>
                <Numbers group={data.total} before={isCompared ? earlier.data?.total : undefined} />
              </tr>
            </tbody>
          </table>
        </div>
      )}
      {data !== undefined && data.group_count > data.groups.length && (
        <p className="muted">
          {formatCount(data.group_count)} values, the first {formatCount(data.groups.length)} are shown.
        </p>
      )}
    </div>
  );
}

interface NumbersProps {
  readonly group: Omit<Group, 'value'>;
  readonly before: Omit<Group, 'value'> | undefined;
}

function tokensOf(group: Omit<Group, 'value'>): number {
  return Number(group.total_input_tokens) + Number(group.total_output_tokens);
}

function Numbers({ group, before }: NumbersProps) {
  return (
    <>
      <Amount text={formatCount(group.session_count)} now={group.session_count} was={before?.session_count} />
      <Amount
        text={formatCount(group.sessions_with_errors)}
        now={group.sessions_with_errors}
        was={before?.sessions_with_errors}
      />
      <Amount
        text={group.duration_ms === undefined ? '' : formatDuration(group.duration_ms.p95)}
        now={group.duration_ms?.p95}
        was={before?.duration_ms?.p95}
      />
      <Amount
        text={formatCompact(group.request_count)}
        now={group.request_count}
        was={before?.request_count}
      />
      <Amount
        text={formatTokens(tokensOf(group), group)}
        now={tokensOf(group)}
        was={before && tokensOf(before)}
      />
      <Amount
        text={group.request_count === 0 ? '' : formatCost(group.estimated_cost_usd, group)}
        now={group.estimated_cost_usd}
        was={before?.estimated_cost_usd}
      />
    </>
  );
}

interface AmountProps {
  readonly text: string;
  readonly now: number | undefined;
  readonly was: number | undefined;
}

/** A number, and by how much it differs from that of the time before. */
function Amount({ text, now, was }: AmountProps) {
  const share = now === undefined || was === undefined || was === 0 ? undefined : now / was - 1;
  return (
    <td>
      {text}
      {share !== undefined && (
        <span className="groups-change">
          {share < 0 ? '−' : '+'}
          {formatCount(Math.round(Math.abs(share) * 100))}%
        </span>
      )}
    </td>
  );
}
