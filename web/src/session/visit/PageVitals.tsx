import type { VisitPage } from '../queries.js';
import { ratingClass, ratingOf, VITALS } from '../vitals/vitals.js';
import '../vitals/vitals.css';

/** The web vitals of a page, each with its rating as a word and a colour. */
export function PageVitals({ vitals }: { readonly vitals: NonNullable<VisitPage['vitals']> }) {
  return (
    <ul className="page-vitals" aria-label="Web vitals">
      {VITALS.map((vital) => {
        const value = vitals[vital.name];
        if (value === undefined) return null;
        const rating = ratingOf(vital, value);
        const color = ratingClass(rating);
        return (
          <li
            key={vital.name}
            className="page-vital"
            title={`${vital.title}: ${vital.formatExact(value)}, ${rating}`}
          >
            <span className={`page-vital-dot ${color}`} aria-hidden="true" />
            <abbr title={vital.title}>{vital.label}</abbr>
            <span className={color}>{vital.format(value)}</span>
            <span className={rating === 'good' ? 'visually-hidden' : color}>{rating}</span>
          </li>
        );
      })}
    </ul>
  );
}
