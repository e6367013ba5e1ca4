import { exactDuration, formatDuration } from '../../format/duration.js';
import type { VisitPage } from '../queries.js';
import { RATING_WORDS, ratingOf, VITALS } from './vitals.js';

/** The web vitals of a page, each with how good it is: in words, and in a colour. */
export function VitalList({ vitals }: { readonly vitals: NonNullable<VisitPage['vitals']> }) {
  return (
    <ul className="vitals" aria-label="Web vitals">
      {VITALS.map((kind) => {
        const value = vitals[kind.name];
        if (value === undefined) return null;
        const rating = ratingOf(value, kind);
        const isTime = kind.name !== 'cls';
        return (
          <li
            key={kind.name}
            className={`vital vital-${rating}`}
            title={`${kind.title}: ${isTime ? exactDuration(value) : value}, ${RATING_WORDS[rating]}`}
          >
            <span className="vital-dot" aria-hidden="true" />
            <abbr title={kind.title}>{kind.name.toUpperCase()}</abbr>
            <span className="vital-value">
              {isTime ? formatDuration(value) : String(Number(value.toFixed(3)))}
            </span>
            <span className={rating === 'good' ? 'visually-hidden' : 'vital-rating'}>
              {RATING_WORDS[rating]}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
