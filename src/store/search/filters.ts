import { isInPlace, placeQuery, sectionQuery } from '../../sessionize/page-places.js';
import { scoreValue } from '../../sessionize/scores.js';
import { LISTED, Listing, MAX_INTEGER } from '../contract/listing.js';
import type { SessionFilter, StateFilter } from '../contract/session-filter.js';
import {
  costBucket,
  durationBucket,
  ErrorFacet,
  EXPLICIT,
  FacetKind,
  failedTool,
  HAS_TOOLS,
  IMPLICIT,
  spansBucket,
  tokensBucket,
} from '../engine/facets.js';
import { spanningWindows } from './active-range.js';
import type { ChunkCheck } from './columns/keep.js';
import type { Check, IndexedValue, NumberColumn, SearchRows, Source } from './search-rows.js';
import { together } from './together.js';

/**
 * The single table of filters. For each filter it states the condition on a session and how matching sessions
 * are found. Lists, sums and columns all use it.
 */

/** Where sessions are looked up, and the time that decides which have timed out. */
export interface LookupOptions {
  readonly rows: SearchRows;
  readonly project: number;
  /** Sessions with their last activity at or before this have timed out. */
  readonly expiredNs: bigint;
}

/** A filter with what a search worked out before. It holds together with the other conditions. */
export interface SearchFilter extends SessionFilter {
  /** Only sessions with these numbers. */
  readonly numbers?: readonly number[];
  /** Only sessions that called tools, read by rows. */
  readonly hasTools?: true;
  /** Only sessions in which something failed, read by rows. */
  readonly hasErrorShapes?: true;
}

/** Values of the index, by their kinds. */
type ValueList = readonly (readonly [kind: number, value: string])[];

/** How a condition is checked and looked up. */
interface Filter<Value> {
  /** Whether it is a bound of the start, which every read applies. */
  readonly isBound?: true;
  /** Whether columns do not have what it compares, so that sums are read by rows. */
  readonly isOfRows?: true;
  /** Whether it needs a search instead of ranges of the list. */
  takesSearch(value: Value, options: LookupOptions): boolean | Promise<boolean>;
  /** Lists of values of the index: a session matches exactly if it has one of each list. */
  values?(value: Value): readonly ValueList[];
  /**
   * Checks that a session must pass; undefined if none can match. Omitted if `values` are the whole
   * condition.
   */
  checks?(value: Value, options: Pick<LookupOptions, 'expiredNs'>): readonly ChunkCheck[] | undefined;
  /** Sources that together have all matching sessions; undefined if there are too many to lead. */
  sources?(
    value: Value,
    options: LookupOptions,
  ): readonly Source[] | undefined | Promise<readonly Source[] | undefined>;
}

const always = (): boolean => true;
const never = (): boolean => false;

function named(kind: number): Filter<readonly string[]> {
  return { takesSearch: always, values: (names) => [names.map((name) => [kind, name])] };
}

function failed(values: readonly string[]): ValueList[] {
  return [values.map((value) => [FacetKind.errors, value])];
}

/** Bounds of a number that has no index of its own. Every matching session is in the sources. */
function bound(
  is: 'atLeast' | 'atMost',
  column: NumberColumn,
  sources: Filter<number>['sources'] = () => undefined,
): Filter<number> {
  return {
    takesSearch: always,
    checks: (count) => [
      { is, column, value: BigInt(is === 'atLeast' ? Math.ceil(count) : Math.floor(count)) },
    ],
    sources,
  };
}

/** Bounds of a number whose buckets are in the index. */
function bucketBound(
  is: 'atLeast' | 'atMost',
  column: NumberColumn,
  kind: number,
  bucketOf: (value: bigint) => string,
): Filter<bigint> {
  return {
    takesSearch: always,
    // Values are at most the greatest of the column.
    checks: (value) => [{ is, column, value: value > MAX_INTEGER ? MAX_INTEGER : value }],
    sources: (value, options) => {
      const bucket = bucketOf(value);
      return valueSources(options, kind, (each) =>
        is === 'atLeast' ? each.value >= bucket : each.value <= bucket,
      );
    },
  };
}

/** Sessions of buckets of spans. */
function spansSources(options: LookupOptions, isIn: (bucket: string) => boolean): Promise<readonly Source[]> {
  return valueSources(options, FacetKind.spans, ({ value }) => isIn(value.slice(0, -1)));
}

const FILTERS = {
  idPrefix: {
    isOfRows: true,
    takesSearch: always,
    checks: (prefix) => [{ is: 'idBegins', prefix }],
    sources: async (prefix, options) => {
      const sources = LISTED.map((listing): Source => ({ by: 'idPrefix', listing, prefix }));
      return (await countUpTo(options, sources, MOST_SORTED)) > MOST_SORTED ? undefined : sources;
    },
  },
  userPrefix: {
    isOfRows: true,
    takesSearch: always,
    checks: (prefix) => [{ is: 'userBegins', prefix }],
    sources: async (prefix, { rows, project }) => {
      const users = await rows.usersBeginning(project, prefix, MOST_USERS + 1);
      return users.length > MOST_USERS ? undefined : users.flatMap(userSources);
    },
  },
  userIds: {
    takesSearch: async (users, { rows, project }) => {
      for (const user of users) if (await rows.isOtherUser(project, user)) return true;
      return false;
    },
    checks: (users) => (users.length === 0 ? undefined : [{ is: 'ofUsers', users }]),
    sources: (users) => [...new Set(users)].flatMap(userSources),
  },
  open: {
    takesSearch: never,
    checks: (open, { expiredNs }) => (open ? alive(expiredNs) : [notAlive(expiredNs)]),
    sources: (open, options) => (open ? openSources(options) : undefined),
  },
  states: {
    takesSearch: (states) => states.some(({ name }) => name === 'invalidated'),
    checks: (states, { expiredNs }) =>
      states.length === 0
        ? undefined
        : [{ is: 'any', of: states.map((state) => stateChecks(state, expiredNs)) }],
    sources: stateSources,
  },
  startFromNs: { isBound: true, takesSearch: never },
  startToNs: { isBound: true, takesSearch: never },
  lastFromNs: {
    takesSearch: always,
    checks: (fromNs) => [{ is: 'atLeast', column: 'lastNs', value: fromNs }],
    sources: async (fromNs, { rows, project }) => spanningWindows(rows, project, fromNs),
  },
  services: named(FacetKind.service),
  models: named(FacetKind.model),
  providers: named(FacetKind.provider),
  deviceTypes: named(FacetKind.device),
  bots: {
    takesSearch: always,
    checks: (bots) => [{ is: 'bot', value: bots }],
    sources: (bots, options) =>
      valueSources(options, FacetKind.device, ({ value }) => (value === 'bot') === bots),
  },
  countryCodes: named(FacetKind.country),
  releases: named(FacetKind.release),
  pagePrefix: {
    takesSearch: always,
    checks: (prefix) => [{ is: 'atPlace', query: placeQuery(prefix) }],
    sources: pageSources,
  },
  errors: {
    takesSearch: always,
    values: (errors) => failed(errors ? [ErrorFacet.errors, ErrorFacet.crash] : [ErrorFacet.none]),
  },
  crashes: {
    takesSearch: always,
    values: (crashes) => failed(crashes ? [ErrorFacet.crash] : [ErrorFacet.none, ErrorFacet.errors]),
  },
  implicit: {
    takesSearch: always,
    checks: (implicit) => [{ is: 'implicit', value: implicit }],
    sources: (implicit, options) =>
      valueSources(options, FacetKind.spans, ({ value }) => value.endsWith(implicit ? IMPLICIT : EXPLICIT)),
  },
  minSpans: bound('atLeast', 'spanCount', (least, options) =>
    spansSources(options, (bucket) => bucket >= spansBucket(least)),
  ),
  maxSpans: bound('atMost', 'spanCount', (most, options) =>
    spansSources(options, (bucket) => bucket <= spansBucket(most)),
  ),
  minErrors: bound('atLeast', 'errorCount', (least, options) =>
    least <= 0
      ? undefined
      : valueSources(options, FacetKind.errors, ({ value }) => value !== ErrorFacet.none),
  ),
  maxErrors: bound('atMost', 'errorCount'),
  // A session has no more traces than spans.
  minTraces: bound('atLeast', 'traceCount', (least, options) =>
    spansSources(options, (bucket) => bucket >= spansBucket(least)),
  ),
  maxTraces: bound('atMost', 'traceCount'),
  minTraceSpans: {
    takesSearch: always,
    checks: (least) => [{ is: 'any', of: [[{ is: 'implicit', value: false }], [atLeastSpans(least)]] }],
    sources: (least, options) =>
      valueSources(
        options,
        FacetKind.spans,
        ({ value }) => value.endsWith(EXPLICIT) || value >= spansBucket(least),
      ),
  },
  minDurationNs: {
    takesSearch: always,
    checks: (ns) => (ns > MAX_INTEGER ? undefined : [{ is: 'atLeast', column: 'durationNs', value: ns }]),
    sources: (ns, options) =>
      valueSources(options, FacetKind.duration, ({ value }) => value >= durationBucket(ns)),
  },
  maxDurationNs: bucketBound('atMost', 'durationNs', FacetKind.duration, durationBucket),
  minCostNanoUsd: bucketBound('atLeast', 'costNanoUsd', FacetKind.cost, costBucket),
  maxCostNanoUsd: bucketBound('atMost', 'costNanoUsd', FacetKind.cost, costBucket),
  minTokens: bucketBound('atLeast', 'tokens', FacetKind.tokens, tokensBucket),
  maxTokens: bucketBound('atMost', 'tokens', FacetKind.tokens, tokensBucket),
  tags: {
    takesSearch: always,
    values: (lists) => lists.map((tags) => tags.map((tag) => [FacetKind.tag, tag])),
  },
  scoreValues: {
    takesSearch: always,
    values: (lists) => lists.map((values) => values.map((value) => [FacetKind.score, value])),
  },
  scoreBounds: {
    isOfRows: true,
    takesSearch: always,
    values: (bounds) => bounds.map(({ name }) => [[FacetKind.score, scoreValue(name)]]),
    checks: (bounds) => bounds.map((bound) => ({ is: 'scored', ...bound })),
  },
  hasScores: {
    isOfRows: true,
    takesSearch: always,
    checks: () => [{ is: 'scored' }],
    sources: (_, options) => valueSources(options, FacetKind.score, () => true),
  },
  errorShapes: named(FacetKind.error),
  failedTools: {
    takesSearch: always,
    values: (tools) => [tools.map((tool) => [FacetKind.toolCalls, failedTool(tool)])],
  },
  hasTools: {
    isOfRows: true,
    takesSearch: always,
    values: () => [[[FacetKind.toolCalls, HAS_TOOLS]]],
  },
  hasErrorShapes: {
    isOfRows: true,
    takesSearch: always,
    values: () => failed([ErrorFacet.errors, ErrorFacet.crash]),
  },
  not: {
    takesSearch: always,
    checks: (exclusions, options) =>
      exclusions.flatMap((exclusion): ChunkCheck[] => {
        const of = chunkChecksOf(exclusion, options.expiredNs);
        return of === undefined ? [] : [{ is: 'not', of }];
      }),
  },
  numbers: {
    takesSearch: always,
    checks: (numbers) => (numbers.length === 0 ? undefined : [{ is: 'numbered', numbers }]),
    sources: (numbers) => [{ by: 'numbers', numbers }],
  },
} satisfies { readonly [Name in keyof SearchFilter]-?: Filter<NonNullable<SearchFilter[Name]>> };

const NAMES = Object.keys(FILTERS) as (keyof SearchFilter)[];

/** The conditions of a filter that are set, with their values. */
function conditionsOf(filter: SearchFilter): [filter: Filter<unknown>, value: unknown][] {
  return NAMES.filter((name) => filter[name] !== undefined).map((name) => [
    FILTERS[name] as Filter<unknown>,
    filter[name],
  ]);
}

/** Whether a scan needs a search instead of ranges of the list. */
export async function needsSearch(filter: SearchFilter, options: LookupOptions): Promise<boolean> {
  for (const [{ takesSearch }, value] of conditionsOf(filter)) {
    if (await takesSearch(value, options)) return true;
  }
  return false;
}

const RANGE: ReadonlySet<keyof SearchFilter> = new Set(['startFromNs', 'startToNs', 'lastFromNs']);

/** Whether a filter has no condition. */
export function isAll(filter: SearchFilter): boolean {
  return NAMES.every((name) => filter[name] === undefined);
}

/** Whether a filter has only conditions on time. */
export function isRange(filter: SearchFilter): boolean {
  return NAMES.every((name) => RANGE.has(name) || filter[name] === undefined);
}

/**
 * The checks of a filter on the sessions of a chunk, without the bounds of the start. Undefined if none can
 * match.
 */
export function chunkChecksOf(filter: SearchFilter, expiredNs: bigint): readonly ChunkCheck[] | undefined {
  const all: ChunkCheck[] = [];
  for (const [{ isBound, values, checks }, value] of conditionsOf(filter)) {
    if (isBound) continue;
    for (const list of values?.(value) ?? []) all.push({ is: 'withAny', values: list });
    const own = checks === undefined ? [] : checks(value, { expiredNs });
    if (own === undefined) return undefined;
    all.push(...own);
  }
  return all;
}

/** Whether columns have all that a filter compares. */
export function areInColumns(filter: SessionFilter): boolean {
  return !conditionsOf(filter).some(([{ isOfRows }]) => isOfRows) && (filter.not ?? []).every(areInColumns);
}

/** How the sessions that match a filter are found. */
export interface Plan {
  /**
   * Sources of candidates that together have all matching sessions, each in list order. Undefined if all
   * sessions must be examined.
   */
  readonly lead: Lead | undefined;
  /** Checks for candidates from the lead. */
  readonly checks: readonly Check[];
  /** Checks for candidates from anywhere. */
  readonly allChecks: readonly Check[];
  /** A candidate from the lead must have a value of each of these lists. */
  readonly probes: readonly (readonly bigint[])[];
}

/** Sources that may lead. The ones with the fewest sessions do. */
interface Lead {
  /** Number of their sessions. If it must be counted, at most `MOST_COUNTED + 1`. */
  readonly count: number;
  readonly sources: readonly Source[];
  /** The list of values that these sources cover. */
  readonly group?: readonly bigint[];
}

/** Sessions of a user, or open ones, are counted only up to this to find the rarest condition. */
const MOST_COUNTED = 10_000;

/** Returns undefined if nothing can match. */
export async function planOf(filter: SearchFilter, options: LookupOptions): Promise<Plan | undefined> {
  const groups: (readonly bigint[])[] = [];
  const checks: Check[] = [];
  const leads: Lead[] = [];
  const others: (readonly Source[])[] = [];
  const conditions = conditionsOf(filter);
  const known = await together(
    conditions.map(([condition, value]) =>
      together((condition.values?.(value) ?? []).map((list) => knownValues(list, options))),
    ),
  );
  for (const [i, [condition, value]] of conditions.entries()) {
    for (const found of known[i]!) {
      if (found.length === 0) return undefined;
      const group = found.map(({ no }) => no);
      const count = found.reduce((sum, each) => sum + each.count, 0);
      groups.push(group);
      leads.push({ count, sources: group.map((no) => ({ by: 'value', no })), group });
    }
    if (condition.checks !== undefined) {
      const own = condition.checks(value, options);
      if (own === undefined) return undefined;
      for (const check of own) checks.push(...(await rowChecks(check, options)));
    }
    const sources = await condition.sources?.(value, options);
    if (sources !== undefined) others.push(sources);
  }
  const sums = others.map((sources) => sumOfCounts(sources));
  const most = Math.min(
    MOST_COUNTED,
    ...leads.map(({ count }) => count),
    ...sums.filter((count) => count !== undefined),
  );
  for (const [i, sources] of others.entries()) {
    leads.push({ count: sums[i] ?? (await countUpTo(options, sources, most)), sources });
  }
  let [lead] = leads;
  for (const other of leads) if (other.count < lead!.count) lead = other;
  const probes = groups.filter((group) => group !== lead?.group);
  return { lead, probes, checks: withProbes(checks, probes), allChecks: withProbes(checks, groups) };
}

/**
 * A check on rows: values of the index by their numbers. An exclusion of values that no session has excludes
 * nothing.
 */
async function rowChecks(check: ChunkCheck, options: LookupOptions): Promise<readonly Check[]> {
  if (check.is === 'not') {
    const of: Check[] = [];
    for (const each of check.of) {
      const own = await rowChecks(each, options);
      if (own.length === 0) return [];
      of.push(...own);
    }
    return [{ is: 'not', of }];
  }
  if (check.is === 'withAny') {
    const numbers = (await knownValues(check.values, options)).map(({ no }) => no);
    return numbers.length === 0 ? [] : [{ is: 'withValue', numbers }];
  }
  if (check.is === 'startAtLeast' || check.is === 'startAtMost') {
    throw new Error('bounds of the start are no checks of rows');
  }
  return [check];
}

async function knownValues(values: ValueList, { rows, project }: LookupOptions): Promise<IndexedValue[]> {
  const found = await together(values.map(([kind, name]) => rows.value(project, kind, name)));
  return found.filter((value) => value !== undefined);
}

function withProbes(checks: readonly Check[], probes: readonly (readonly bigint[])[]): Check[] {
  return [...checks, ...probes.map((numbers) => ({ is: 'withValue', numbers }) as const)];
}

/** Checks for open sessions. */
function alive(expiredNs: bigint): Check[] {
  return [{ is: 'closed', value: false }, after(expiredNs)];
}

function notAlive(expiredNs: bigint): Check {
  return { is: 'any', of: [[{ is: 'closed', value: true }], [upTo(expiredNs)]] };
}

function after(ns: bigint): Check {
  return { is: 'atLeast', column: 'lastNs', value: ns + 1n };
}

function upTo(ns: bigint): Check {
  return { is: 'atMost', column: 'lastNs', value: ns };
}

/** The sources of a user's sessions. */
function userSources(user: string): Source[] {
  return [...LISTED.map((listing) => ({ by: 'user', listing, user }) as const), { by: 'otherUser', user }];
}

function atLeastSpans(least: number): Check {
  return { is: 'atLeast', column: 'spanCount', value: BigInt(Math.ceil(least)) };
}

/** Checks for sessions in a state. */
export function stateChecks(state: StateFilter, expiredNs: bigint): Check[] {
  switch (state.name) {
    case 'active':
      return [{ is: 'closed', value: false }, after(state.activeAfterNs)];
    case 'idle':
      return [{ is: 'closed', value: false }, after(expiredNs), upTo(state.activeAfterNs)];
    case 'timed_out':
      return [{ is: 'closed', value: false }, upTo(expiredNs)];
    case 'ended':
      return [
        { is: 'closed', value: true },
        { is: 'invalidated', value: false },
      ];
    case 'invalidated':
      return [{ is: 'invalidated', value: true }];
  }
}

/** Most users that begin with a prefix whose sessions are merged. If there are more, all sessions are read in list order. */
const MOST_USERS = 50;
/** Most sessions with a prefix that are sorted. If there are more, all sessions are read in list order. */
const MOST_SORTED = 2_000;

/** Most sections by which sessions are read. If there are more, all sessions are read in list order. */
const MOST_SECTIONS = 200;
/** Sorts after any text that can follow a prefix. */
const GREATEST = '\u{10ffff}';

async function pageSources(prefix: string, { rows, project }: LookupOptions): Promise<readonly Source[]> {
  const query = sectionQuery(placeQuery(prefix));
  const range = { from: query.start, below: query.start + GREATEST, limit: MOST_SECTIONS + 1 };
  const found = await rows.values(project, FacetKind.section, range);
  if (found.length > MOST_SECTIONS) return LISTED.map((listing) => ({ by: 'start', listing }));
  return found.filter(({ value }) => isInPlace(value, query)).map(({ no }) => ({ by: 'value', no }));
}

/** Sources for the values of a kind that meet a condition. The kind must have few values. */
async function valueSources(
  { rows, project }: LookupOptions,
  kind: number,
  meets: (value: IndexedValue) => boolean,
): Promise<Source[]> {
  const values = await rows.values(project, kind);
  return values.filter(meets).map(({ no, count }) => ({ by: 'value', no, count }));
}

/**
 * `listing` has the state of the writer's last sweep. Sessions that have changed state since then are found
 * by last activity.
 */
function openSources({ expiredNs }: LookupOptions): Source[] {
  return [
    { by: 'start', listing: Listing.open },
    { by: 'last', listing: Listing.timedOut, fromNs: expiredNs + 1n },
  ];
}

async function stateSources(states: readonly StateFilter[], options: LookupOptions): Promise<Source[]> {
  const { rows, project, expiredNs } = options;
  const names = new Set(states.map(({ name }) => name));
  const sources: Source[] = [];
  if (names.has('active') || names.has('idle')) sources.push(...openSources(options));
  if (names.has('timed_out')) {
    sources.push(
      { by: 'start', listing: Listing.timedOut },
      { by: 'last', listing: Listing.open, toNs: expiredNs },
    );
  }
  if (names.has('ended')) {
    // Invalidated sessions are listed as ended.
    sources.push({ by: 'start', listing: Listing.ended });
  } else if (names.has('invalidated')) {
    const invalidated = await rows.value(project, FacetKind.invalidated, '1');
    if (invalidated !== undefined) sources.push({ by: 'value', no: invalidated.no });
  }
  return sources;
}

/** Number of sessions of all sources; undefined if it is unknown for one of them. */
function sumOfCounts(sources: readonly Source[]): number | undefined {
  let sum = 0;
  for (const source of sources) {
    if (source.by === 'numbers') sum += source.numbers.length;
    else if (source.by !== 'value' || source.count === undefined) return undefined;
    else sum += source.count;
  }
  return sum;
}

/** Counts the sessions of sources, up to `most + 1`. */
async function countUpTo(
  { rows, project }: LookupOptions,
  sources: readonly Source[],
  most: number,
): Promise<number> {
  let count = 0;
  for (const source of sources) {
    if (count > most) break;
    count += await rows.count(project, source, { direction: 'older' }, most - count);
  }
  return count;
}
