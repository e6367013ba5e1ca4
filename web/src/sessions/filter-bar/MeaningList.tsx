import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { type AnyFilter, type Filters, type FilterValue, filterLabel, valuesOf } from '../filters.js';
import { filterText } from './filter-text.js';
import type { Meaning } from './use-meanings.js';

interface MeaningListProps {
  readonly meanings: readonly Meaning[];
  /** The filters that are set. */
  readonly filters?: Filters;
  readonly onChoose: (name: AnyFilter, value: string) => void;
}

/** What a name may mean, one below the other: what kind of thing it is, and how many sessions have it. */
export function MeaningList({ meanings, filters = {}, onChoose }: MeaningListProps) {
  return (
    <ul className="menu">
      {meanings.map(({ name, value, count }) => (
        <li key={`${name} ${value}`}>
          <button
            type="button"
            className="menu-item"
            aria-pressed={valuesOf(filters, name).map(String).includes(value)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(name, value)}
          >
            <span className="muted">{filterLabel(name)}</span>
            <span className="truncate" title={visibleText(value)}>
              {visibleText(filterText<AnyFilter>(name, value as FilterValue))}
            </span>
            <span className="menu-note">{formatCount(count)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
