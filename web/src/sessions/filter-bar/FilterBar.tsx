import { useCallback, useState } from 'react';
import { describeError, isAbout } from '../../api/problem.js';
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
  /** The answer's error; one about the search is told beside its field. */
  readonly error?: Error | null;
  /** A filter that the page itself sets, and does not offer. */
  readonly fixed?: 'userId';
  readonly onChange: (change: SearchChange) => void;
}

/** The filters of the list: the time, and each value as a removable chip. */
export function FilterBar({ search, counted, error, fixed, onChange }: FilterBarProps) {
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
      <SearchField
        value={search.q}
        counted={counted}
        problem={isAbout(error, 'q') ? describeError(error) : undefined}
        onSearch={(q) => onChange({ q })}
        // The words become a filter instead.
        onChoose={(name, value) =>
          onChange({ ...filterChange(name, added(search, name, value)), q: undefined })
        }
      />
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
        <FilterMenu filters={search} counted={counted} fixed={fixed} onSet={set} />
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

/** The filter with one more value. */
function added(filters: Filters, name: AnyFilter, value: string): unknown {
  if (!hasSeveral(name)) return value;
  const values = valuesOf(filters, name).map(String);
  return values.includes(value) ? values : toggled(values, value);
}

/** The filter without one of its values. */
function without(filters: Filters, name: AnyFilter, value: FilterValue): unknown {
  return hasSeveral(name) ? toggled<FilterValue>(valuesOf(filters, name), value) : undefined;
}
