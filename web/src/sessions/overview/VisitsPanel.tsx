import type { components } from '../../api/schema.js';
import { formatCompact, formatCounted, formatShare } from '../../format/number.js';
import { type Rating, ratingOf, VITAL_NAMES, VITALS } from '../../session/header/vitals.js';
import type { SearchChange, SessionsSearch } from '../search.js';
import { Breakdown, type BreakdownRow } from './Breakdown.js';
import { type Counted, useVisits } from './use-overview.js';

type Visits = components['schemas']['Visits'];

const RATING_CLASS: Readonly<Record<Rating, string>> = {
  good: 'overview-vital-good',
  'needs improvement': 'overview-vital-fair',
  poor: 'overview-vital-poor',
};

interface VisitsPanelProps {
  readonly counted: Counted;
  readonly search: SessionsSearch;
  readonly onChange: (change: SearchChange) => void;
}

/** What visits have in common: which releases break, where visitors leave, and how slow pages were. Nothing where there is no visit. */
export function VisitsPanel({ counted, search, onChange }: VisitsPanelProps) {
  const { data } = useVisits(counted);
  if (data === undefined || data.visits === 0) return null;
  return (
    <section aria-label="Visits">
      <div className="overview-grid overview-visits">
        <Breakdown
          title="Releases"
          of="by sessions, with those that broke"
          rows={data.releases.map(releaseRow)}
          chosen={search.release}
          onChoose={(release) => onChange({ release })}
        />
        <Breakdown
          title="Exit pages"
          of={`of ${formatCounted(data.visits, 'visit')}`}
          rows={data.exits.map(({ page, sessions }) => ({
            value: page,
            label: page,
            amount: sessions,
            shown: `${formatCompact(sessions)} · ${formatShare(sessions / data.visits)}`,
          }))}
          chosen={search.url === undefined ? undefined : [search.url]}
          onChoose={(pages) => onChange({ url: pages?.at(-1) })}
        />
        <VitalsCard vitals={data.vitals} />
      </div>
    </section>
  );
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

/** Of three fourths of the sessions the worst value was no worse than this, which is what web.dev judges. */
function VitalsCard({ vitals }: { readonly vitals: Visits['vitals'] }) {
  const told = VITAL_NAMES.flatMap((name) => {
    const vital = vitals[name];
    return vital === undefined ? [] : [{ name, ...vital }];
  });
  return (
    <section className="card overview-card" aria-label="Web vitals">
      <header className="overview-head">
        <h2>Web vitals</h2>
        <span className="muted">75th percentile</span>
      </header>
      <dl className="vital-bars">
        {told.map(({ name, sessions, p50, p75, p95 }) => {
          const { label, title, format } = VITALS[name];
          const rating = ratingOf(name, p75);
          return (
            <div
              key={name}
              title={`${title}: half ${format(p50)}, 95 % ${format(p95)}, of ${formatCounted(sessions, 'session')}`}
            >
              <dt>{label}</dt>
              <dd className="muted">{rating}</dd>
              <dd className={RATING_CLASS[rating]}>{format(p75)}</dd>
            </div>
          );
        })}
      </dl>
      {told.length === 0 && <p className="breakdown-none muted">None told</p>}
    </section>
  );
}
