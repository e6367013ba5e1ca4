import type { operations } from '../../../client/src/schema.js';
import { firstOf } from '../url.js';
import type { Bounds } from './range.js';

type ListQuery = NonNullable<operations['listSessions']['parameters']['query']>;

/**
 * The filters of the list, by their names in the API and in the page's address. `kind` decides how a value is
 * read, chosen and shown; a choice can have several values.
 */
export const FILTERS = {
  q: { label: 'Text', kind: 'text' },
  state: { label: 'State', kind: 'choice' },
  isActive: { label: 'Open now', kind: 'flag' },
  hasErrors: { label: 'Errors', kind: 'flag' },
  hasCrash: { label: 'Crashes', kind: 'flag' },
  sessionIdPrefix: { label: 'Session id begins', kind: 'text' },
  userId: { label: 'User', kind: 'text' },
  userIdPrefix: { label: 'User id begins', kind: 'text' },
  service: { label: 'Service', kind: 'choice' },
  model: { label: 'Model', kind: 'choice' },
  provider: { label: 'Provider', kind: 'choice' },
  deviceType: { label: 'Device', kind: 'choice' },
  country: { label: 'Country', kind: 'choice' },
  release: { label: 'Release', kind: 'choice' },
  url: { label: 'Page', kind: 'text' },
  operation: { label: 'Operation', kind: 'choice' },
  tool: { label: 'Tool', kind: 'choice' },
  errorType: { label: 'Error type', kind: 'choice' },
  error: { label: 'Error', kind: 'texts' },
  failedTool: { label: 'Failed tool', kind: 'texts' },
  route: { label: 'Route', kind: 'choice' },
  status: { label: 'HTTP failure', kind: 'choice' },
  attrExists: { label: 'Has attribute', kind: 'choice' },
  minDurationMs: { label: 'Duration', kind: 'duration' },
  maxDurationMs: { label: 'Duration', kind: 'duration' },
  minCostUsd: { label: 'Cost', kind: 'money' },
  maxCostUsd: { label: 'Cost', kind: 'money' },
  minTokens: { label: 'Tokens', kind: 'count' },
  maxTokens: { label: 'Tokens', kind: 'count' },
  minErrors: { label: 'Failed spans', kind: 'count' },
  maxErrors: { label: 'Failed spans', kind: 'count' },
  minTraces: { label: 'Traces', kind: 'count' },
  maxTraces: { label: 'Traces', kind: 'count' },
  implicit: { label: 'Named by its trace', kind: 'flag' },
  minSpans: { label: 'Spans', kind: 'count' },
  maxSpans: { label: 'Spans', kind: 'count' },
  minTraceSpans: { label: 'Spans of traces', kind: 'count' },
  bots: { label: 'Bots', kind: 'flag' },
  'not.state': { label: 'State is not', kind: 'choice' },
  'not.userId': { label: 'User is not', kind: 'texts' },
  'not.service': { label: 'Service is not', kind: 'choice' },
  'not.model': { label: 'Model is not', kind: 'choice' },
  'not.provider': { label: 'Provider is not', kind: 'choice' },
  'not.deviceType': { label: 'Device is not', kind: 'choice' },
  'not.country': { label: 'Country is not', kind: 'choice' },
  'not.release': { label: 'Release is not', kind: 'choice' },
  'not.url': { label: 'Page does not begin', kind: 'texts' },
  'not.operation': { label: 'Operation is not', kind: 'choice' },
  'not.tool': { label: 'Tool is not', kind: 'choice' },
  'not.errorType': { label: 'Error type is not', kind: 'choice' },
  'not.error': { label: 'Error is not', kind: 'texts' },
  'not.failedTool': { label: 'Failed tool is not', kind: 'texts' },
  'not.route': { label: 'Route is not', kind: 'choice' },
  'not.status': { label: 'HTTP failure is not', kind: 'choice' },
  'not.attrExists': { label: 'Has not attribute', kind: 'choice' },
} as const satisfies Record<
  Exclude<
    keyof ListQuery,
    | keyof Bounds
    | 'limit'
    | 'cursor'
    | 'project'
    | 'sort'
    | 'order'
    | 'attr'
    | 'not.attr'
    | 'score'
    | 'scoreLabel'
    | 'minScore'
    | 'maxScore'
  >,
  { label: string; kind: 'choice' | 'flag' | 'text' | 'texts' | 'duration' | 'money' | 'count' }
>;
export type FilterName = keyof typeof FILTERS;
const FILTER_NAMES = Object.keys(FILTERS) as FilterName[];

/** The filter of the values of an attribute, and its opposite, by the names of the API. */
export type AttributeFilter = `attr.${string}` | `not.attr.${string}`;
/** Any filter of the list. */
export type AnyFilter = FilterName | AttributeFilter;

const ATTRIBUTE = /^(?:not\.)?attr\.(.+)$/s;

/** The attribute whose values a filter has; undefined for other filters. */
export function attributeOf(name: string): string | undefined {
  return ATTRIBUTE.exec(name)?.[1];
}

function isAttributeFilter(name: string): name is AttributeFilter {
  return ATTRIBUTE.test(name);
}

/** What a filter is called. */
export function filterLabel(name: AnyFilter): string {
  if (!isAttributeFilter(name)) return FILTERS[name].label;
  return isExclusion(name) ? `${attributeOf(name)} is not` : attributeOf(name)!;
}

/** How the values of a filter are read, chosen and shown. */
export function filterKind(name: AnyFilter): (typeof FILTERS)[FilterName]['kind'] {
  return isAttributeFilter(name) ? 'choice' : FILTERS[name].kind;
}

/** Whether a filter leaves out what it finds. */
export function isExclusion(name: AnyFilter | undefined): boolean {
  return name?.startsWith('not.') === true;
}

/** Filters that are edited with another one: the upper bound with the lower one, *not* with *is*. */
export const OPPOSITES = {
  state: 'not.state',
  userId: 'not.userId',
  service: 'not.service',
  model: 'not.model',
  provider: 'not.provider',
  deviceType: 'not.deviceType',
  country: 'not.country',
  release: 'not.release',
  url: 'not.url',
  operation: 'not.operation',
  tool: 'not.tool',
  errorType: 'not.errorType',
  error: 'not.error',
  failedTool: 'not.failedTool',
  route: 'not.route',
  status: 'not.status',
  attrExists: 'not.attrExists',
  minDurationMs: 'maxDurationMs',
  minCostUsd: 'maxCostUsd',
  minTokens: 'maxTokens',
  minErrors: 'maxErrors',
  minTraces: 'maxTraces',
  minSpans: 'maxSpans',
} as const satisfies Partial<Record<FilterName, FilterName>>;

export function oppositeOf(name: AnyFilter): AnyFilter | undefined {
  if (isAttributeFilter(name)) return isExclusion(name) ? undefined : `not.${name as `attr.${string}`}`;
  return (OPPOSITES as Partial<Record<FilterName, FilterName>>)[name];
}

const SECOND: ReadonlySet<FilterName> = new Set(Object.values(OPPOSITES));
/** The filters of the menu. Each is edited together with its opposite. The text has a field of its own. */
export const MENU_NAMES = FILTER_NAMES.filter((name) => name !== 'q' && !SECOND.has(name));

/** Whether a filter can have several values. */
export function hasSeveral(name: AnyFilter): boolean {
  const kind = filterKind(name);
  return kind === 'choice' || kind === 'texts';
}

export type Filters = Readonly<Pick<ListQuery, FilterName>> & {
  readonly [Name in AttributeFilter]?: string[];
};
type Value<Name extends AnyFilter> = NonNullable<Filters[Name]>;
/** One value of a filter. */
export type FilterValue<Name extends AnyFilter = AnyFilter> = Name extends AnyFilter
  ? Value<Name> extends (infer Item)[]
    ? Item
    : Value<Name>
  : never;

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

/** Limit of the API. */
const MAX_TEXT_LENGTH = 256;
const MAX_URL_LENGTH = 1024;
const MAX_SEARCH_LENGTH = 512;

/** Limit of the API. */
const MAX_WHOLE = 2 ** 31 - 1;

/** Limit of the API. */
const MAX_VALUES = 50;

/** Reads each filter from its text or texts, or from its value; undefined if it is invalid. */
const READERS: { readonly [Name in FilterName]: (raw: unknown) => Value<Name> | undefined } = {
  q: one((raw) => textUpTo(raw, MAX_SEARCH_LENGTH)),
  state: several(oneOf(STATES)),
  isActive: one(flag),
  hasErrors: one(flag),
  hasCrash: one(flag),
  sessionIdPrefix: one(text),
  userId: one(text),
  userIdPrefix: one(text),
  service: several(text),
  model: several(text),
  provider: several(text),
  deviceType: several(oneOf(DEVICES)),
  country: several(countryCode),
  release: several(text),
  url: one(address),
  minDurationMs: one(amount),
  maxDurationMs: one(limit),
  minCostUsd: one(amount),
  maxCostUsd: one(limit),
  minTokens: one((raw) => wholeUpTo(amount(raw), Number.MAX_SAFE_INTEGER)),
  maxTokens: one((raw) => wholeUpTo(limit(raw), Number.MAX_SAFE_INTEGER)),
  minErrors: one(whole),
  maxErrors: one((raw) => wholeUpTo(limit(raw), MAX_WHOLE)),
  minTraces: one(whole),
  maxTraces: one((raw) => wholeUpTo(limit(raw), MAX_WHOLE)),
  implicit: one(flag),
  minSpans: one(whole),
  maxSpans: one((raw) => wholeUpTo(limit(raw), MAX_WHOLE)),
  minTraceSpans: one(whole),
  operation: several(text),
  tool: several(text),
  errorType: several(text),
  error: several(text),
  failedTool: several(text),
  route: several(text),
  status: several(failure),
  attrExists: several(text),
  bots: one(flag),
  'not.state': several(oneOf(STATES)),
  'not.userId': several(text),
  'not.service': several(text),
  'not.model': several(text),
  'not.provider': several(text),
  'not.deviceType': several(oneOf(DEVICES)),
  'not.country': several(countryCode),
  'not.release': several(text),
  'not.url': several(address),
  'not.operation': several(text),
  'not.tool': several(text),
  'not.errorType': several(text),
  'not.error': several(text),
  'not.failedTool': several(text),
  'not.route': several(text),
  'not.status': several(failure),
  'not.attrExists': several(text),
};

const ATTRIBUTE_VALUES = several(text);

function one<Value>(read: (raw: unknown) => Value | undefined) {
  return (raw: unknown): Value | undefined => read(firstOf(raw));
}

function several<Value>(read: (raw: unknown) => Value | undefined) {
  return (raw: unknown): Value[] | undefined => {
    const values = [raw].flat().map(read);
    const distinct = [...new Set(values)].filter((value) => value !== undefined).slice(0, MAX_VALUES);
    return distinct.length === 0 ? undefined : distinct;
  };
}

/** Adds a value to the values, or removes it if it is among them; undefined if none is left. */
export function toggled<Value>(values: readonly Value[] | undefined, value: Value): Value[] | undefined {
  const rest = values?.filter((each) => each !== value) ?? [];
  if (rest.length === (values?.length ?? 0)) return [...rest, value].slice(-MAX_VALUES);
  return rest.length === 0 ? undefined : rest;
}

/** The filters of an address. Invalid values are ignored. */
export function readFilters(search: Record<string, unknown>): Filters {
  const filters: Partial<Record<AnyFilter, unknown>> = {};
  for (const name of FILTER_NAMES) {
    const value = READERS[name](search[name]);
    if (value !== undefined) filters[name] = value;
  }
  for (const name of Object.keys(search).filter(isAttributeFilter).sort()) {
    const values = ATTRIBUTE_VALUES(search[name]);
    if (values !== undefined) filters[name] = values;
  }
  return filters as Filters;
}

/** The values of a filter; empty if it is not set. */
export function valuesOf<Name extends AnyFilter>(filters: Filters, name: Name): FilterValue<Name>[] {
  return [filters[name] ?? []].flat() as FilterValue<Name>[];
}

/** The filters that are set: those of `FILTERS` in their order, then those of attributes. */
export function setFilters(filters: Filters): AnyFilter[] {
  return [...FILTER_NAMES, ...Object.keys(filters).filter(isAttributeFilter)].filter(
    (name) => filters[name] !== undefined,
  );
}

/** The change that removes all filters. */
export function withoutFilters(filters: Filters): { readonly [Name in AnyFilter]?: undefined } {
  return Object.fromEntries(setFilters(filters).map((name) => [name, undefined]));
}

/** The filters that the switch of the filter bar sets. */
const QUIET = { bots: false, minTraceSpans: 2 } as const satisfies Filters;
const QUIET_NAMES = Object.keys(QUIET) as (keyof typeof QUIET)[];

/** Whether bots and traces of one span are hidden, as by the switch. */
export function hidesNoise(filters: Filters): boolean {
  return QUIET_NAMES.every((name) => filters[name] === QUIET[name]);
}

/** The change that turns the switch on or off. */
export function noiseSwitch(isOn: boolean): {
  readonly [Name in keyof typeof QUIET]?: Filters[Name] | undefined;
} {
  return isOn ? QUIET : Object.fromEntries(QUIET_NAMES.map((name) => [name, undefined]));
}

/** Whether the switch rather than a chip shows the filter. */
export function isInSwitch(filters: Filters, name: AnyFilter): boolean {
  return hidesNoise(filters) && QUIET_NAMES.some((each) => each === name);
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
  return textUpTo(raw, MAX_TEXT_LENGTH);
}

function textUpTo(raw: unknown, maxLength: number): string | undefined {
  if (typeof raw !== 'string' || raw === '') return undefined;
  return [...raw].length <= maxLength ? raw : undefined;
}

/** The status of a failed request. */
function failure(raw: unknown): number | undefined {
  const code = amount(raw);
  return code !== undefined && Number.isInteger(code) && code >= 400 && code <= 599 ? code : undefined;
}

function address(raw: unknown): string | undefined {
  return textUpTo(raw, MAX_URL_LENGTH);
}

function countryCode(raw: unknown): string | undefined {
  return typeof raw === 'string' && /^[A-Za-z]{2}$/.test(raw) ? raw.toUpperCase() : undefined;
}

function whole(raw: unknown): number | undefined {
  return wholeUpTo(amount(raw), MAX_WHOLE);
}

function wholeUpTo(value: number | undefined, most: number): number | undefined {
  return value !== undefined && Number.isInteger(value) && value <= most ? value : undefined;
}

/** A lower bound. 0 would be none. */
function amount(raw: unknown): number | undefined {
  const value = limit(raw);
  return value === 0 ? undefined : value;
}

/** An upper bound. */
function limit(raw: unknown): number | undefined {
  if (typeof raw !== 'number' && (typeof raw !== 'string' || raw.trim() === '')) return undefined;
  const value = Number(raw);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
