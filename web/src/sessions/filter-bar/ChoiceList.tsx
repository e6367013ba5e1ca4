import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { components } from '../../../../client/src/schema.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { describeError } from '../../api/problem.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Spinner } from '../../components/Spinner.js';
import { type AnyFilter, attributeOf, type FilterName, type FilterValue, STATES } from '../filters.js';
import type { Counted } from '../overview/use-overview.js';
import { filterText } from './filter-text.js';
import { useFacets } from './use-facets.js';

type Facets = components['schemas']['SessionFacets'];
export type FacetList = Exclude<keyof Facets, 'truncated'>;

/** The API field with the values of each filter. States are few and known. */
export const FACETS: { readonly [Name in FilterName]?: FacetList } = {
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

/** Longer lists can be searched. */
const SEARCHABLE = 8;

interface ChoiceListProps {
  readonly name: AnyFilter;
  /** The range and filters under which values are counted. */
  readonly counted: Counted;
  readonly chosen: readonly string[];
  /** Called with a value that was selected or deselected. */
  readonly onToggle: (value: string) => void;
}

/**
 * The values of a filter, most frequent first, with the number of sessions that match all other filters. Several can be
 * chosen; chosen ones are shown even if no session has them. Of more values than are listed, the server is asked for
 * those that begin with the text; the text itself can be chosen too.
 */
export function ChoiceList({ name, counted, chosen, onToggle }: ChoiceListProps) {
  const attribute = attributeOf(name);
  const facet: FacetList | undefined =
    attribute !== undefined
      ? 'attribute_values'
      : FACETS[(name.startsWith(NOT) ? name.slice(NOT.length) : name) as FilterName];
  const [wanted, setWanted] = useState('');
  const text = wanted.trim();
  const ofAttribute = attribute === undefined ? {} : { attribute };
  const underFilters = useFacets({ ...counted, ...ofAttribute }, facet !== undefined);
  // Not every search can be counted. Then the values of all sessions are shown, without counts.
  const areCounted = underFilters.error === null;
  const ofAll = useFacets(ofAttribute, !areCounted);
  const all = areCounted ? underFilters : ofAll;
  const listed = facet === undefined ? undefined : all.data?.[facet];
  const areCut = facet !== undefined && all.data?.truncated?.includes(facet) === true;
  const some = useFacets({ ...(areCounted && counted), prefix: text, ...ofAttribute }, areCut && text !== '');
  const { error, refetch } = all;
  const list = useRef<HTMLDivElement>(null);
  const isLoaded = facet === undefined || listed !== undefined;
  useEffect(() => {
    // Values come later than the menu, which cannot give them the focus.
    if (isLoaded) list.current?.querySelector<HTMLElement>('input, button')?.focus();
  }, [isLoaded]);
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  const values: readonly { value: string; count?: number }[] | undefined =
    facet === undefined
      ? STATES.map((value) => ({ value }))
      : listed &&
        withChosen([...listed, ...((areCut && some.data?.[facet]) || [])], chosen, areCut ? undefined : 0);
  if (values === undefined) return <Spinner />;
  const labelOf = (value: string): string => filterText<AnyFilter>(name, value as FilterValue);
  const found = values.filter(({ value }) =>
    `${value} ${labelOf(value)}`.toLowerCase().includes(text.toLowerCase()),
  );
  const isSearched = values.length >= SEARCHABLE || attribute !== undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const exact = found.find(({ value }) => value === text);
    const value = exact?.value ?? (attribute === undefined ? found[0]?.value : text);
    if (text !== '' && value !== undefined) onToggle(value);
  };
  return (
    <div ref={list}>
      {isSearched && (
        <form onSubmit={submit}>
          <input
            className="input menu-search"
            aria-label="Search values"
            placeholder={attribute === undefined ? 'Search' : 'Search, or a whole value'}
            maxLength={256}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </form>
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
              {areCounted && count !== undefined && <span className="menu-note">{formatCount(count)}</span>}
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="menu-none muted">None</p>}
      {!areCounted && <p className="menu-none muted">Without counts: {describeError(underFilters.error)}</p>}
    </div>
  );
}

/** Each value once, and after them the chosen ones that are not among them. */
function withChosen(
  values: readonly { value: string; count?: number }[],
  chosen: readonly string[],
  count: number | undefined,
) {
  const byValue = new Map(values.map((each) => [each.value, each]));
  for (const value of chosen) {
    if (!byValue.has(value)) byValue.set(value, { value, ...(count !== undefined && { count }) });
  }
  return [...byValue.values()];
}
