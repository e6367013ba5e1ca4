import type { operations } from '../api/schema.js';

/**
 * The filters of the list, by the names that they have in the API and in the page's address alike. `kind` says how a value is read,
 * chosen and shown.
 */
export const FILTERS = {
  state: { label: 'State', kind: 'choice' },
  isActive: { label: 'Open now', kind: 'flag' },
  hasErrors: { label: 'Errors', kind: 'flag' },
  userId: { label: 'User', kind: 'text' },
  service: { label: 'Service', kind: 'choice' },
  model: { label: 'Model', kind: 'choice' },
  provider: { label: 'Provider', kind: 'choice' },
  deviceType: { label: 'Device', kind: 'choice' },
  country: { label: 'Country', kind: 'choice' },
  minDurationMs: { label: 'Duration', kind: 'duration' },
  minCostUsd: { label: 'Cost', kind: 'money' },
} as const satisfies Record<
  string,
  { label: string; kind: 'choice' | 'flag' | 'text' | 'duration' | 'money' }
>;
export type FilterName = keyof typeof FILTERS;
export const FILTER_NAMES = Object.keys(FILTERS) as FilterName[];

type ListQuery = NonNullable<operations['listSessions']['parameters']['query']>;
export type Filters = Readonly<Pick<ListQuery, FilterName>>;
export type FilterValue<Name extends FilterName = FilterName> = NonNullable<Filters[Name]>;

export const STATES = [
  'active',
  'idle',
  'ended',
  'timed_out',
  'invalidated',
] as const satisfies readonly FilterValue<'state'>[];
const DEVICES = [
  'desktop',
  'mobile',
  'tablet',
  'tv',
  'console',
  'wearable',
  'iot',
  'bot',
  'unknown',
] as const satisfies readonly FilterValue<'deviceType'>[];

const MAX_TEXT_LENGTH = 256;

/** Reads each filter from its text, or its value; undefined where it is none. */
const READERS: { readonly [Name in FilterName]: (raw: unknown) => FilterValue<Name> | undefined } = {
  state: oneOf(STATES),
  isActive: flag,
  hasErrors: flag,
  userId: text,
  service: text,
  model: text,
  provider: text,
  deviceType: oneOf(DEVICES),
  country: (raw) => (typeof raw === 'string' && /^[A-Za-z]{2}$/.test(raw) ? raw.toUpperCase() : undefined),
  minDurationMs: amount,
  minCostUsd: amount,
};

/** The filters of an address; what is not a value of its filter is left out. */
export function readFilters(search: Record<string, unknown>): Filters {
  const filters: Partial<Record<FilterName, unknown>> = {};
  for (const name of FILTER_NAMES) {
    const value = READERS[name](search[name]);
    if (value !== undefined) filters[name] = value;
  }
  return filters as Filters;
}

/** The filters that are set, in the order of `FILTERS`. */
export function setFilters(filters: Filters): FilterName[] {
  return FILTER_NAMES.filter((name) => filters[name] !== undefined);
}

function oneOf<const Value extends string>(values: readonly Value[]) {
  return (raw: unknown): Value | undefined => values.find((value) => value === raw);
}

function flag(raw: unknown): boolean | undefined {
  if (raw === true || raw === 'true') return true;
  if (raw === false || raw === 'false') return false;
  return undefined;
}

function text(raw: unknown): string | undefined {
  if (typeof raw !== 'string' || raw === '') return undefined;
  return [...raw].length <= MAX_TEXT_LENGTH ? raw : undefined;
}

function amount(raw: unknown): number | undefined {
  if (typeof raw !== 'number' && (typeof raw !== 'string' || raw.trim() === '')) return undefined;
  const value = Number(raw);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
