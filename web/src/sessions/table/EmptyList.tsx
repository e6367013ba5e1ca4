import { setFilters } from '../filters.js';
import type { ListLoad } from '../list-load.js';
import { boundsIn } from '../range.js';

interface EmptyListProps {
  readonly load: ListLoad;
  readonly onClearFilters: () => void;
  readonly onAllTime: () => void;
}

/** Says why the list is empty, and offers a change that would fill it. */
export function EmptyList({ load, onClearFilters, onAllTime }: EmptyListProps) {
  const isFiltered = setFilters(load.filters).length > 0;
  const bounds = boundsIn(load.filters);
  const isBounded = Object.keys(bounds).length > 0;
  const isByActivity = bounds.activeFrom !== undefined || bounds.activeTo !== undefined;
  return (
    <div className="table-empty" role="status">
      <p>
        {isFiltered
          ? 'No session matches these filters.'
          : `No session ${isByActivity ? 'was active' : 'started'} in this time.`}
      </p>
      <p className="table-empty-ways">
        {isFiltered && (
          <button type="button" className="button" onClick={onClearFilters}>
            Clear filters
          </button>
        )}
        {isBounded && (
          <button type="button" className="button" onClick={onAllTime}>
            Show all time
          </button>
        )}
      </p>
    </div>
  );
}
