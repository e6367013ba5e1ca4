import type { Session } from '../../api/client.js';
import { ratingOf, VITAL_NAMES, VITALS } from './vitals.js';

/** How slow a visit felt: the worst of each vital, and the median where it is another. */
export function Vitals({ vitals }: { readonly vitals: NonNullable<Session['vitals']> }) {
  return (
    <dl className="vitals" aria-label="Web vitals">
      {VITAL_NAMES.flatMap((name) => {
        const vital = vitals[name];
        if (vital === undefined) return [];
        const { label, title, format } = VITALS[name];
        const rating = ratingOf(name, vital.worst);
        return (
          <div key={name} className="vitals-item" title={`${title}: ${rating}`}>
            <dt>{label}</dt>
            <dd className={`vital vital-${rating.replace(' ', '-')}`}>
              {format(vital.worst)}
              <span className="visually-hidden">, {rating}</span>
            </dd>
            {vital.median !== vital.worst && <dd className="muted">median {format(vital.median)}</dd>}
          </div>
        );
      })}
    </dl>
  );
}
