import { useState } from 'react';
import type { components } from '../../../../client/src/schema.js';
import { formatCompact, formatCounted, formatShare } from '../../../../client/src/text/number.js';
import { Icon } from '../../components/Icon.js';
import { Skeleton } from '../../components/Skeleton.js';
import { ratingClass, ratingOf, VITALS } from '../../session/vitals/vitals.js';
import '../../session/vitals/vitals.css';
import type { SearchChange, SessionsSearch } from '../search.js';
import { Breakdown, type BreakdownRow, PendingRows } from './Breakdown.js';
import { type Counted, useVisits } from './use-overview.js';
import { areVisitsOpen, setVisitsOpen } from './visits-open.js';

type Visits = components['schemas']['Visits'];

interface VisitsPanelProps {
  readonly counted: Counted;
  readonly search: SessionsSearch;
  readonly onChange: (change: SearchChange) => void;
}

/**
 * Summarises visits: which releases crash, where visitors leave, and how slow pages were. It is a line of
 * numbers with reserved space; a click shows the details. The line is empty if there is no visit.
 */
export function VisitsPanel({ counted, search, onChange }: VisitsPanelProps) {
  const { data, error } = useVisits(counted);
  const [isOpen, setOpen] = useState(areVisitsOpen);
  const toggle = (): void => {
    setVisitsOpen(!isOpen);
    setOpen(!isOpen);
  };
  if (data?.visits === 0) return <div className="visits-line" />;
  return (
    <section aria-label="Visits">
      <div className="visits-line">
        {data === undefined ? (
          error === null && <Skeleton width="24rem" height="14px" />
        ) : (
          <>
            <button type="button" className="overview-tab" aria-expanded={isOpen} onClick={toggle}>
              Visits <Icon name="chevron-down" />
            </button>
            <span>{formatCounted(data.visits, 'visit')}</span>
            <span>{formatCounted(data.page_views, 'page view')}</span>
            {reportedVitals(data.vitals).map(({ vital, rating, p75 }) => (
              <span key={vital.name} title={`${vital.title}: ${rating}, 75th percentile`}>
                {vital.label} <span className={ratingClass(rating)}>{vital.format(p75)}</span>
                <span className="visually-hidden">, {rating}</span>
              </span>
            ))}
          </>
        )}
      </div>
      {isOpen && <VisitsCards data={data} hasFailed={error !== null} search={search} onChange={onChange} />}
    </section>
  );
}

interface VisitsCardsProps extends Omit<VisitsPanelProps, 'counted'> {
  /** Undefined while loading. */
  readonly data: Visits | undefined;
  readonly hasFailed: boolean;
}

function VisitsCards({ data, hasFailed, search, onChange }: VisitsCardsProps) {
  return (
    <div className="overview-grid overview-visits">
      <Breakdown
        title="Releases"
        of="of visits, most crashes first"
        rows={data?.releases.toSorted(crashesFirst).map(releaseRow)}
        hasFailed={hasFailed}
        chosen={search.release}
        onChoose={(release) => onChange({ release })}
      />
      <Breakdown
        title="Exit pages"
        of="by visits"
        rows={data?.exits.map(({ page, sessions }) => ({
          value: page,
          label: page,
          amount: sessions,
          shown: `${formatCompact(sessions)} · ${formatShare(sessions / data.visits)}`,
        }))}
        hasFailed={hasFailed}
        chosen={search.url === undefined ? undefined : [search.url]}
        onChoose={(pages) => onChange({ url: pages?.at(-1) })}
      />
      <VitalsCard vitals={data?.vitals} hasFailed={hasFailed} />
    </div>
  );
}

/** The reported vitals in display order, rated by the 75th percentile. */
function reportedVitals(vitals: Visits['vitals']) {
  return VITALS.flatMap((vital) => {
    const sums = vitals[vital.name];
    return sums === undefined ? [] : [{ vital, rating: ratingOf(vital, sums.p75), ...sums }];
  });
}

/** Few rows are shown, so a release that crashes comes first, however few sessions it has. */
function crashesFirst(a: Visits['releases'][number], b: Visits['releases'][number]): number {
  return b.sessions_with_crashes - a.sessions_with_crashes || b.sessions - a.sessions;
}

function releaseRow(release: Visits['releases'][number]): BreakdownRow {
  const { sessions, sessions_with_errors, sessions_with_crashes } = release;
  const parts = [
    formatCompact(sessions),
    sessions_with_crashes > 0 && `${formatShare(sessions_with_crashes / sessions)} crashed`,
    sessions_with_errors > 0 && `${formatShare(sessions_with_errors / sessions)} with errors`,
  ];
  return {
    value: release.release,
    label: release.release,
    amount: sessions,
    shown: parts.filter((part) => part !== false).join(' · '),
  };
}

interface VitalsCardProps {
  /** Undefined if they are not loaded. */
  readonly vitals: Visits['vitals'] | undefined;
  readonly hasFailed: boolean;
}

/**
 * Percentiles of the sessions' worst values, over all filters of the list. The 75th is what web.dev rates.
 */
function VitalsCard({ vitals, hasFailed }: VitalsCardProps) {
  const vitalsReported = reportedVitals(vitals ?? {});
  return (
    <section className="card overview-card" aria-label="Web vitals">
      <header className="overview-head">
        <h2>Web vitals</h2>
        <span className="muted" title="Half of the sessions, 75 % and 95 % were at most as slow as this">
          p50 · p75 · p95
        </span>
      </header>
      <dl className="vital-bars">
        {vitalsReported.map(({ vital, rating, sessions, p50, p75, p95 }) => {
          const { name, label, title, format } = vital;
          return (
            <div key={name} title={`${title}: ${rating}, of ${formatCounted(sessions, 'session')}`}>
              <dt>{label}</dt>
              <dd className="muted">{format(p50)}</dd>
              <dd className={ratingClass(rating)}>
                {format(p75)}
                <span className="visually-hidden">, {rating}</span>
              </dd>
              <dd className="muted">{format(p95)}</dd>
            </div>
          );
        })}
      </dl>
      {vitals === undefined && (
        <ul className="breakdown">
          <PendingRows hasFailed={hasFailed} />
        </ul>
      )}
      {vitals !== undefined && vitalsReported.length === 0 && (
        <p className="breakdown-none muted">None reported</p>
      )}
    </section>
  );
}
