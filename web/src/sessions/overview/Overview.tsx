import { useMemo, useState } from 'react';
import { endBefore } from '../../../../client/src/calendar.js';
import type { components } from '../../../../client/src/schema.js';
import {
  formatCost,
  formatTokens,
  missingInCost,
  missingInTokens,
} from '../../../../client/src/text/gaps.js';
import { formatNumber } from '../../../../client/src/text/locale.js';
import {
  formatCompact,
  formatCount,
  formatCounted,
  formatShare,
} from '../../../../client/src/text/number.js';
import { isAbout } from '../../api/problem.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { parseTime } from '../../format/time.js';
import { type FilterValue, setFilters } from '../filters.js';
import { countryName, deviceName } from '../names.js';
import type { SearchChange, SessionsSearch } from '../search.js';
import { Breakdown, type BreakdownRow } from './Breakdown.js';
import { DurationLine } from './DurationLine.js';
import { Figure } from './Figure.js';
import { GroupsPanel } from './GroupsPanel.js';
import { TimeCard, type TimeCardProps } from './TimeCard.js';
import { TopSessions } from './TopSessions.js';
import { type Counted, useStatistics, useTimeline } from './use-overview.js';
import { VisitsPanel } from './VisitsPanel.js';

type Timeline = components['schemas']['SessionTimeline'];

interface OverviewProps {
  /** The range and filters of the overview. */
  readonly counted: Counted;
  readonly search: SessionsSearch;
  /** Changes the address. */
  readonly onChange: (change: SearchChange) => void;
}

/** The sessions of the list as numbers and charts. Each of them sets a filter. */
export function Overview({ counted, search, onChange }: OverviewProps) {
  const timeline = useTimeline(counted);
  const isFiltered = setFilters(search).length > 0;
  // On a narrow screen, where the list is below all charts.
  const [areAllShown, setAllShown] = useState(false);
  const [areDurationsWanted, setDurationsWanted] = useState(false);
  // Under filters the server reads all sessions anyway. Of a range alone it would do so only for percentiles.
  const withDurations = areDurationsWanted || isFiltered;
  const statistics = useStatistics(counted, withDurations);
  const charts = useMemo(() => chartsOf(timeline.data), [timeline.data]);
  const stats = statistics.data;
  const pick = (first: number, last: number): void => {
    const { starts, intervalMs } = charts;
    onChange({
      startTime: new Date(starts[first]!).toISOString(),
      endTime: endBefore(starts[last]! + intervalMs),
    });
  };
  const time = {
    starts: charts.starts,
    intervalMs: charts.intervalMs,
    onPick: pick,
    load: loadOf(timeline),
  };
  const error = timeline.error ?? statistics.error;
  const withErrors =
    stats && stats.total_sessions > 0 ? stats.sessions_with_errors / stats.total_sessions : 0;

  return (
    <section className="overview" aria-label="Overview of the time range">
      {error !== null && !isAbout(error, 'q') && (
        <ErrorNote
          error={error}
          onRetry={() => void Promise.all([timeline.refetch(), statistics.refetch()])}
        />
      )}
      <div className="overview-grid" data-folded={!areAllShown}>
        <TimeCard
          {...time}
          title="Sessions"
          label="Sessions over time, with those that have errors"
          series={charts.sessions}
          format={formatCompact}
          isCount
          describe={(index) => {
            const { session_count, sessions_with_errors } = timeline.data!.points[index]!;
            return `${formatCounted(session_count, 'session')}, ${formatCount(sessions_with_errors)} with errors`;
          }}
        >
          <Figure
            name={isFiltered ? 'matching' : 'in all'}
            value={stats && formatCount(stats.total_sessions)}
          />
          {timeline.data?.earlier !== undefined && (
            <Figure name="started before" value={formatCount(timeline.data.earlier.session_count)} />
          )}
          <Figure
            name="open now"
            value={stats && formatCount(stats.active_sessions)}
            tone="active"
            isChosen={search.isActive === true}
            onClick={() => onChange({ isActive: search.isActive === true ? undefined : true })}
          />
          <Figure
            name="with errors"
            value={stats && formatShare(withErrors)}
            tone="error"
            isChosen={search.hasErrors === true}
            onClick={() => onChange({ hasErrors: search.hasErrors === true ? undefined : true })}
          />
        </TimeCard>
        <TimeCard
          {...time}
          title="Cost"
          label="Cost over time"
          hasGaps={missingInCost(charts.gaps) !== undefined}
          series={charts.cost}
          format={formatAxisMoney}
          describe={(index) => {
            const point = timeline.data!.points[index]!;
            return [formatCost(point.cost_usd, point), missingInCost(point)]
              .filter((part) => part !== undefined)
              .join(', ');
          }}
        >
          <Figure name="estimated" value={timeline.data && formatCost(charts.totals.cost, charts.gaps)} />
          <Figure name="model calls" value={timeline.data && formatCompact(charts.totals.calls)} />
          {charts.gaps.unpriced_request_count > 0 && (
            <Figure name="without a price" value={formatCompact(charts.gaps.unpriced_request_count)} />
          )}
          {charts.gaps.unreported_request_count > 0 && (
            <Figure name="without tokens" value={formatCompact(charts.gaps.unreported_request_count)} />
          )}
        </TimeCard>
        <TimeCard
          {...time}
          title="Tokens"
          label="Tokens over time, with those of output"
          hasGaps={missingInTokens(charts.gaps) !== undefined}
          series={charts.tokens}
          format={formatCompact}
          isCount
          describe={(index) => {
            const point = timeline.data!.points[index]!;
            return [
              `${formatCompact(Number(point.input_tokens))} in, ${formatCompact(Number(point.output_tokens))} out`,
              missingInTokens(point),
            ]
              .filter((part) => part !== undefined)
              .join(', ');
          }}
        >
          <Figure
            name="input"
            value={timeline.data && formatTokens(charts.totals.input, charts.gaps)}
            tone="input"
          />
          <Figure
            name="output"
            value={timeline.data && formatTokens(charts.totals.output, charts.gaps)}
            tone="output"
          />
        </TimeCard>
        <TopSessions counted={counted} />
        <Breakdown
          title="Models"
          of="by cost"
          rows={timeline.data && charts.models}
          hasFailed={timeline.error !== null}
          chosen={search.model}
          onChoose={(model) => onChange({ model })}
        />
        <Breakdown
          title="Devices"
          of="by sessions"
          rows={stats?.by_device_type.map((share) =>
            shareRow(share.device_type, deviceName(share.device_type), share),
          )}
          hasFailed={statistics.error !== null}
          chosen={search.deviceType}
          onChoose={(devices) => onChange({ deviceType: devices as FilterValue<'deviceType'>[] | undefined })}
        />
        <Breakdown
          title="Countries"
          of="by sessions"
          rows={stats?.by_country.map((share) =>
            shareRow(share.country_code, countryName(share.country_code), share),
          )}
          hasFailed={statistics.error !== null}
          chosen={search.country}
          onChoose={(country) => onChange({ country })}
        />
      </div>
      <button
        type="button"
        className="button overview-more"
        aria-expanded={areAllShown}
        onClick={() => setAllShown(!areAllShown)}
      >
        {areAllShown ? 'Fewer charts' : 'All charts'}
      </button>
      <GroupsPanel counted={counted} search={search} onChange={onChange}>
        <DurationLine stats={stats} isWanted={withDurations} onWant={() => setDurationsWanted(true)} />
      </GroupsPanel>
      <VisitsPanel counted={counted} search={search} onChange={onChange} />
    </section>
  );
}

function loadOf({
  data,
  error,
}: {
  readonly data: unknown;
  readonly error: Error | null;
}): TimeCardProps['load'] {
  if (data !== undefined) return 'done';
  return error === null ? 'pending' : 'failed';
}

/** A number of sessions, and its percentage of all. */
interface Share {
  readonly count: number;
  readonly percentage: number;
}

function shareRow(value: string, label: string, { count, percentage }: Share): BreakdownRow {
  const shown = `${formatCompact(count)} · ${formatShare(percentage / 100)}`;
  return { value, label, amount: count, shown };
}

function chartsOf(timeline: Timeline | undefined) {
  const { points = [], earlier } = timeline ?? {};
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const input = points.map(({ input_tokens }) => Number(input_tokens));
  const output = points.map(({ output_tokens }) => Number(output_tokens));
  const cost = points.map(({ cost_usd }) => cost_usd);
  const models: BreakdownRow[] = (timeline?.models ?? [])
    .map(({ model, cost_usd, request_count, ...gaps }) => ({
      value: model,
      label: model,
      amount: cost_usd ?? 0,
      shown:
        cost_usd === undefined
          ? `${formatCompact(request_count)} ${request_count === 1 ? 'call' : 'calls'}`
          : formatCost(cost_usd, gaps),
    }))
    .sort((a, b) => b.amount - a.amount);
  return {
    starts: points.map(({ start_time }) => parseTime(start_time)),
    intervalMs: timeline?.interval_ms ?? 1,
    sessions: [
      { color: '--chart-1', values: points.map(({ session_count }) => session_count) },
      { color: '--chart-2', values: points.map(({ sessions_with_errors }) => sessions_with_errors) },
    ],
    cost: [{ color: '--chart-3', values: cost }],
    tokens: [
      { color: '--chart-6', values: points.map((_, index) => input[index]! + output[index]!) },
      { color: '--chart-4', values: output },
    ],
    totals: {
      // Includes the sessions that started before the first bar.
      input: sum(input) + Number(earlier?.input_tokens ?? 0),
      output: sum(output) + Number(earlier?.output_tokens ?? 0),
      cost: sum(cost) + (earlier?.cost_usd ?? 0),
      calls: sum(points.map(({ request_count }) => request_count)) + (earlier?.request_count ?? 0),
    },
    gaps: {
      unpriced_request_count: sum(points.map((point) => point.unpriced_request_count)),
      unreported_request_count: sum(points.map((point) => point.unreported_request_count)),
    },
    models,
  };
}

/** Money for an axis, all marks with as many digits as their distance needs. */
function formatAxisMoney(usd: number, step: number): string {
  if (step >= 100) return `$${formatCompact(usd)}`;
  const digits = step > 0 ? Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) : 0;
  return `$${formatNumber(usd, { least: digits, most: digits })}`;
}
