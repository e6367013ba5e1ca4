import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { components } from '../../../../client/src/schema.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { api, dataOf } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Spinner } from '../../components/Spinner.js';
import { type FilterName, type FilterValue, STATES } from '../filters.js';
import { filterText } from './filter-text.js';

type Facets = components['schemas']['SessionFacets'];

/** The API field with the values of each filter. States are few and known. */
const FACETS: { readonly [Name in FilterName]?: keyof Facets } = {
  service: 'services',
  model: 'models',
  provider: 'providers',
  country: 'countries',
  deviceType: 'device_types',
  release: 'releases',
  operation: 'operations',
  tool: 'tools',
  errorType: 'error_types',
  route: 'routes',
  status: 'statuses',
  attrExists: 'attribute_keys',
};
const NOT = 'not.';

const FRESH_MS = 30_000;
/** Longer lists can be searched. */
const SEARCHABLE = 8;

interface ChoiceListProps {
  readonly name: FilterName;
  readonly chosen: readonly string[];
  /** Called with a value that was selected or deselected. */
  readonly onToggle: (value: string) => void;
}

/** The values of a filter, most frequent first. Several can be chosen. */
export function ChoiceList({ name, chosen, onToggle }: ChoiceListProps) {
  const facet = FACETS[(name.startsWith(NOT) ? name.slice(NOT.length) : name) as FilterName];
  const [wanted, setWanted] = useState('');
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions', 'facets'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/sessions/facets', { signal })),
    staleTime: FRESH_MS,
    enabled: facet !== undefined,
  });
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  const values: readonly { value: string; count?: number }[] | undefined =
    facet === undefined ? STATES.map((value) => ({ value })) : data?.[facet];
  if (values === undefined) return <Spinner />;
  const labelOf = (value: string): string => filterText(name, value as FilterValue);
  const found = values.filter(({ value }) =>
    `${value} ${labelOf(value)}`.toLowerCase().includes(wanted.trim().toLowerCase()),
  );
  return (
    <>
      {values.length >= SEARCHABLE && (
        <input
          className="input menu-search"
          aria-label="Search values"
          placeholder="Search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      <ul className="menu menu-values">
        {found.map(({ value, count }) => (
          <li key={value}>
            <button
              type="button"
              className="menu-item"
              aria-pressed={chosen.includes(value)}
              onClick={() => onToggle(value)}
            >
              <span className="truncate" title={visibleText(value)}>
                {visibleText(labelOf(value))}
              </span>
              {count !== undefined && <span className="menu-note">{formatCount(count)}</span>}
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="menu-none muted">None</p>}
    </>
  );
}
