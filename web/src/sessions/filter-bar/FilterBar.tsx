import { useCallback, useState } from 'react';
import { Chip } from '../../components/Chip.js';
import { Icon } from '../../components/Icon.js';
import { Popover } from '../../components/Popover.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import {
  type AnyFilter,
  type Filters,
  type FilterValue,
  filterLabel,
  hasSeveral,
  hidesNoise,
  isInSwitch,
  noiseSwitch,
  setFilters,
  toggled,
  valuesOf,
} from '../filters.js';
import type { Counted } from '../overview/use-overview.js';
import { filterChange, type SearchChange, type SessionsSearch } from '../search.js';
import { FilterMenu } from './FilterMenu.js';
import { filterText } from './filter-text.js';
import { RangePicker } from './RangePicker.js';
import { SearchField } from './SearchField.js';

interface FilterBarProps {
  readonly search: SessionsSearch;
  /** The range and filters of the list. */
  readonly counted: Counted;
  readonly onChange: (change: SearchChange) => void;
}

/** The filters of the list: the time, and each value as a removable chip. */
export function FilterBar({ search, counted, onChange }: FilterBarProps) {
  const [isOpen, setOpen] = useState(false);
  // Filters shown by the switch or in the search field need no chip.
  const names = setFilters(search).filter((name) => name !== 'q' && !isInSwitch(search, name));
  const isNoiseHidden = hidesNoise(search);
  useShortcuts({ f: () => setOpen(true) });
  const set = useCallback(
    (name: AnyFilter, value: unknown) => {
      onChange(filterChange(name, value));
      // The menu of a filter with several values stays open.
      if (!hasSeveral(name)) setOpen(false);
    },
    [onChange],
  );
  return (
    <section className="filter-bar" aria-label="Filters">
      <SearchField value={search.q} onSearch={(q) => onChange({ q })} />
      <RangePicker search={search} onChange={onChange} />
      <Popover
        label="Add a filter"
        isOpen={isOpen}
        onOpen={setOpen}
        button={
          <>
            <Icon name="filter" />
            Filter
          </>
        }
      >
        <FilterMenu filters={search} counted={counted} onSet={set} />
      </Popover>
      <button
        type="button"
        className="button noise-switch"
        role="switch"
        aria-checked={isNoiseHidden}
        title={NOISE_HINT}
        onClick={() => onChange(noiseSwitch(!isNoiseHidden))}
      >
        <span className="switch-mark" aria-hidden="true" />
        Hide bots and one-span traces
      </button>
      {names.length > 0 && (
        <ul className="filter-chips" aria-label="Filters that are set">
          {names.flatMap((name) =>
            valuesOf(search, name).map((value) => (
              <li key={`${name} ${value}`}>
                <Chip
                  name={filterLabel(name)}
                  value={filterText<AnyFilter>(name, value)}
                  onRemove={() => onChange(filterChange(name, without(search, name, value)))}
                />
              </li>
            )),
          )}
        </ul>
      )}
    </section>
  );
}

const NOISE_HINT =
  'Leaves out sessions of bots, and traces of a single span that name no session, in the list and in the overview';

/** The filter without one of its values. */
function without(filters: Filters, name: AnyFilter, value: FilterValue): unknown {
  return hasSeveral(name) ? toggled<FilterValue>(valuesOf(filters, name), value) : undefined;
}
