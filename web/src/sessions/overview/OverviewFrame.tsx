import { Skeleton } from '../../components/Skeleton.js';
import { areVisitsOpen } from './visits-open.js';

const TIMES = ['Sessions', 'Cost', 'Tokens'];
const PARTS = ['Cost most', 'Models', 'Devices', 'Countries'];
const VISITS = ['Releases', 'Exit pages', 'Web vitals'];

function PendingCard() {
  return <Skeleton height="128px" />;
}

/** Reserves the space of the overview until its code has loaded. */
export function OverviewFrame() {
  return (
    <div className="overview">
      <div className="overview-grid" data-folded>
        {[...TIMES, ...PARTS].map((title) => (
          <section
            key={title}
            className={`card overview-card${TIMES.includes(title) ? ' overview-time' : ''}`}
          >
            <header className="overview-head">
              <h2>{title}</h2>
            </header>
            <PendingCard />
          </section>
        ))}
      </div>
      <div className="overview-more" />
      <div className="visits-line" />
      <div>
        <div className="visits-line" />
        {areVisitsOpen() && (
          <div className="overview-grid overview-visits">
            {VISITS.map((title) => (
              <section key={title} className="card overview-card">
                <PendingCard />
              </section>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
