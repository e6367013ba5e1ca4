import { Link } from '@tanstack/react-router';
import { Icon } from '../components/Icon.js';
import { useCaller } from '../shell/use-caller.js';
import { parametersOf } from '../url.js';
import type { ListLoad } from './list-load.js';

/** Leads admins to a new alert under the filters of the list, but for its range of time. */
export function AlertLink({ filters }: Pick<ListLoad, 'filters'>) {
  const caller = useCaller();
  if (caller?.scopes.includes('admin') !== true) return null;
  const { startTime: _, endTime: _1, activeFrom: _2, activeTo: _3, ...others } = filters;
  return (
    <Link
      to="/alerts"
      search={{ filters: parametersOf(others).toString() }}
      className="icon-button"
      aria-label="Alert under these filters"
      title="Alert under these filters"
    >
      <Icon name="bell" />
    </Link>
  );
}
