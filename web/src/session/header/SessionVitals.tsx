import type { Session } from '../../api/client.js';
import { ratingClass, ratingOf, VITALS } from '../vitals/vitals.js';
import '../vitals/vitals.css';

/** The web vitals of a visit: the worst value of each, and the median if it differs. */
export function SessionVitals({ vitals }: { readonly vitals: NonNullable<Session['vitals']> }) {
  return (
    <dl className="session-vitals" aria-label="Web vitals">
      {VITALS.map((vital) => {
        const values = vitals[vital.name];
        if (values === undefined) return null;
        const { worst, median } = values;
        const rating = ratingOf(vital, worst);
        return (
          <div
            key={vital.name}
            className="session-vital"
            title={`${vital.title}: ${vital.formatExact(worst)}, ${rating}`}
          >
            <dt>{vital.label}</dt>
            <dd className={ratingClass(rating)}>
              {vital.format(worst)}
              <span className="visually-hidden">, {rating}</span>
            </dd>
            {median !== worst && <dd className="muted">median {vital.format(median)}</dd>}
          </div>
        );
      })}
    </dl>
  );
}
