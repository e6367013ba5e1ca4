import { isInPlace, type PlaceQuery, placeQuery, sectionQuery } from '../../sessionize/page-places.js';
import { Session } from '../../sessionize/session.js';
import { ENCODED_PLACES } from '../../sessionize/visit.js';
import type { SessionFilter, SessionPosition, SessionScan, StateFilter } from '../contract/store.js';
import {
  costBucket,
  durationBucket,
  ErrorFacet,
  EXPLICIT,
  FacetKind,
  IMPLICIT,
  spansBucket,
} from '../engine/facets.js';
import { LISTED, Listing, MAX_INTEGER, type Prepare } from '../sqlite/database.js';
import { spanningWindows } from './active-range.js';
import { addAll, type Bits, hasBit, keepCommon, keepWhere, noBits, takeOut } from './columns/bits.js';
import { type Chunk, Flag, Part, type PartNumber, split } from './columns/chunk.js';

/**
 * Lists of sessions under filters that the index of values answers (docs/decisions/007-filter-index.md).
 *
 * One of the conditions leads: its sessions are read in list order, and each is checked against the other conditions. The
 * one with the fewest sessions leads, so that what is read is bounded by the rarest of the values; and never more is
 * read for a page than `maxExamined`.
 */

type Value = bigint | number | string;

/** A part of a statement and its values. */
export type Condition = readonly [text: string, ...values: Value[]];

/** What a list needs of a session's row. */
export interface SessionRow {
  readonly start_ns: bigint;
  readonly id: string;
  readonly invalidated: bigint;
  readonly sums: string;
  readonly earliest: string;
}

/** Where sessions are looked up, and by which time. */
export interface LookupOptions {
  readonly prepare: Prepare;
  readonly project: number;
  /** Sessions with their last activity at or before this have timed out. */
  readonly expiredNs: bigint;
}

export interface SearchOptions extends LookupOptions {
  /** Most sessions looked at for a page. */
  readonly maxExamined: number;
}

export interface SearchResult {
  /** In the direction of the scan. */
  readonly rows: SessionRow[];
  readonly stoppedAt?: SessionPosition;
}

/** Sessions of a user, or open ones, are counted no further than this to find out what is rare. */
const MOST_COUNTED = 10_000;

/** A filter that has a lead (`needsSearch`). */
export function searchSessions(scan: SessionScan, options: SearchOptions): SearchResult {
  const plan = planOf(scan, options);
  return plan === undefined ? { rows: [] } : merge(scan, options, plan);
}

/** How the sessions that match a filter are found. */
export interface Plan {
  /** Sources of candidates that together have every session that matches, each in list order. Undefined where all sessions are to be looked at. */
  readonly lead: Lead | undefined;
  /** Of each of these lists of values a session has to have one as well. */
  readonly probes: readonly (readonly bigint[])[];
  readonly conditions: readonly Condition[];
}

/** Rows of an index in list order. */
export interface Source {
  /** Of rows with start_ns, id and session. */
  readonly from: string;
  readonly session: string;
  readonly where: readonly Condition[];
  /** How many there are, where that is known without counting. */
  readonly count?: number;
}

/** How a condition is looked up, and told of sessions that are kept by columns. */
interface Lookup<Value> {
  /** Whether the ranges of reader.ts do not answer it. */
  takesSearch(value: Value, options: LookupOptions): boolean;
  /** What the row `s` of a session has to meet; undefined where none can. Left out where `facets` say it all. */
  row?(value: Value, options: LookupOptions): readonly Condition[] | undefined;
  /** Takes the sessions of a chunk that do not meet the condition out of a set. Left out where `facets` say it all. */
  keep?(bits: Bits, chunk: Chunk, value: Value, options: ColumnOptions): void;
  /** The parts of a chunk that `keep` reads, besides its base. */
  readonly parts?: readonly PartNumber[];
  /** The values of the index, of which a session has one exactly where it meets the condition. */
  facets?(value: Value): readonly (readonly [kind: number, value: string])[];
  /** Sources that together have every session that meets it; undefined where there are too many to lead. */
  sources?(value: Value, options: LookupOptions): readonly Source[] | undefined;
}

const always = (): boolean => true;
const never = (): boolean => false;

function named(kind: number): Lookup<readonly string[]> {
  return { takesSearch: always, facets: (names) => names.map((name) => [kind, name]) };
}

function failed(values: readonly string[]): (readonly [kind: number, value: string])[] {
  return values.map((value) => [FacetKind.errors, value]);
}

const LOOKUPS = {
  userIds: {
    takesSearch: (users, { prepare, project }) => users.some((user) => isOtherUser(prepare, project, user)),
    row: (users, { project }) => {
      if (users.length === 0) return undefined;
      const marks = users.map(() => '?').join(', ');
      const other = `SELECT 1 FROM session_user WHERE project = ? AND user_id IN (${marks}) AND start_ns = s.start_ns AND id = s.id`;
      return [[`(s.user_id IN (${marks}) OR EXISTS (${other}))`, ...users, project, ...users]];
    },
    sources: (users, { project }) =>
      [...new Set(users)].flatMap((user) => [
        ...LISTED.map((listing) =>
          sessionSource(project, 'session_by_user', ['user_id = ?', user], ['listing = ?', listing]),
        ),
        {
          from: 'session_user',
          session: 'session',
          where: [
            ['project = ?', project],
            ['user_id = ?', user],
          ],
        } satisfies Source,
      ]),
    parts: [Part.users],
    keep: (bits, chunk, _, { users }) => keepCommon(bits, chunk.ofUsers(users)),
  },
  open: {
    takesSearch: never,
    row: (open, { expiredNs }) => [
      open
        ? [`s.listing <> ${Listing.ended} AND s.last_ns > ?`, expiredNs]
        : [`(s.listing = ${Listing.ended} OR s.last_ns <= ?)`, expiredNs],
    ],
    sources: (open, options) => (open ? openSources(options) : undefined),
    keep: (bits, chunk, open, { expiredNs }) => {
      const closed = chunk.flagged(Flag.closed);
      const alive = split(expiredNs + 1n);
      if (open) takeOut(bits, closed);
      keepWhere(bits, (place) => (!hasBit(closed, place) && chunk.isActiveAt(place, alive)) === open);
    },
  },
  states: {
    takesSearch: (states) => states.some(({ name }) => name === 'invalidated'),
    row: (states, { expiredNs }) => {
      if (states.length === 0) return undefined;
      const any = states.map((state) => stateCondition(state, expiredNs));
      return [[`(${any.map(([text]) => `(${text})`).join(' OR ')})`, ...valuesOf(any)]];
    },
    sources: stateSources,
    keep: (bits, chunk, states, options) => {
      const any = noBits();
      for (const state of states) addAll(any, inState(chunk, state, options.expiredNs));
      keepCommon(bits, any);
    },
  },
  startFromNs: {
    takesSearch: never,
    keep: (bits, chunk, fromNs) => {
      const least = split(fromNs);
      keepWhere(bits, (place) => chunk.startsAtLeast(place, least));
    },
  },
  startToNs: {
    takesSearch: never,
    keep: (bits, chunk, toNs) => {
      const beyond = split(toNs + 1n);
      keepWhere(bits, (place) => !chunk.startsAtLeast(place, beyond));
    },
  },
  lastFromNs: {
    takesSearch: always,
    row: (fromNs) => [['s.last_ns >= ?', fromNs]],
    sources: (fromNs, { prepare, project }) =>
      spanningWindows(prepare, project, fromNs).map(({ facet, sinceNs, untilNs }) =>
        facetSource(facet, ['start_ns >= ?', sinceNs], ['start_ns <= ?', untilNs]),
      ),
    keep: (bits, chunk, fromNs) => {
      const least = split(fromNs);
      keepWhere(bits, (place) => chunk.isActiveAt(place, least));
    },
  },
  services: named(FacetKind.service),
  models: named(FacetKind.model),
  providers: named(FacetKind.provider),
  deviceTypes: named(FacetKind.device),
  bots: {
    takesSearch: always,
    row: (bots) => [[bots ? "s.device = 'bot'" : "s.device IS NOT 'bot'"]],
    sources: (bots, options) =>
      valueSources(FacetKind.device, [bots ? "value = 'bot'" : "value <> 'bot'"], options),
    keep: (bits, chunk, bots) => keepIf(bits, chunk.withAny(FacetKind.device, ['bot']), bots),
  },
  countryCodes: named(FacetKind.country),
  releases: named(FacetKind.release),
  pagePrefix: {
    takesSearch: always,
    row: (prefix) => {
      const [text, ...values] = placeCondition(placeQuery(prefix), "json_extract(value, '$[0]')");
      return [[`EXISTS (SELECT 1 FROM ${PLACES} WHERE ${text})`, ...values]];
    },
    sources: pageSources,
    parts: [Part.places],
    keep: (bits, chunk, prefix) => {
      const query = placeQuery(prefix);
      keepCommon(
        bits,
        chunk.withPlace((place) => isInPlace(place, query)),
      );
    },
  },
  errors: {
    takesSearch: always,
    facets: (errors) => failed(errors ? [ErrorFacet.errors, ErrorFacet.crash] : [ErrorFacet.none]),
  },
  crashes: {
    takesSearch: always,
    facets: (crashes) => failed(crashes ? [ErrorFacet.crash] : [ErrorFacet.none, ErrorFacet.errors]),
  },
  implicit: {
    takesSearch: always,
    row: (implicit) => [['s.implicit = ?', implicit ? 1 : 0]],
    sources: (implicit, options) =>
      valueSources(FacetKind.spans, ['substr(value, -1) = ?', implicit ? IMPLICIT : EXPLICIT], options),
    keep: (bits, chunk, implicit) => keepIf(bits, chunk.flagged(Flag.implicit), implicit),
  },
  minSpans: {
    takesSearch: always,
    row: (least) => [['s.span_count >= ?', least]],
    sources: (least, options) => bucketSources(FacetKind.spans, spansBucket(least), options),
    keep: (bits, { spans }, least) => keepWhere(bits, (place) => spans[place]! >= least),
  },
  minTraceSpans: {
    takesSearch: always,
    row: (least) => [['(s.implicit = 0 OR s.span_count >= ?)', least]],
    sources: (least, options) =>
      valueSources(
        FacetKind.spans,
        ['(substr(value, -1) = ? OR value >= ?)', EXPLICIT, spansBucket(least)],
        options,
      ),
    keep: (bits, chunk, least) => {
      const implicit = chunk.flagged(Flag.implicit);
      keepWhere(bits, (place) => !hasBit(implicit, place) || chunk.spans[place]! >= least);
    },
  },
  minDurationNs: {
    takesSearch: always,
    row: (ns) => (ns > MAX_INTEGER ? undefined : [['s.last_ns - s.start_ns >= ?', ns]]),
    sources: (ns, options) => bucketSources(FacetKind.duration, durationBucket(ns), options),
    keep: (bits, chunk, ns) => {
      const least = split(ns);
      keepWhere(bits, (place) => chunk.lastsAtLeast(place, least));
    },
  },
  minCostNanoUsd: {
    takesSearch: always,
    // The column holds no more.
    row: (nanoUsd) => [['s.cost_nano_usd >= ?', nanoUsd > MAX_INTEGER ? MAX_INTEGER : nanoUsd]],
    sources: (nanoUsd, options) => bucketSources(FacetKind.cost, costBucket(nanoUsd), options),
    parts: [Part.usage],
    keep: (bits, chunk, nanoUsd) => keepCommon(bits, chunk.costingAtLeast(nanoUsd)),
  },
} satisfies { readonly [Name in keyof SessionFilter]-?: Lookup<NonNullable<SessionFilter[Name]>> };

/** What conditions are told of besides the chunk. */
export interface ColumnOptions {
  readonly expiredNs: bigint;
  /** Numbers of the users that are asked for. */
  readonly users: ReadonlySet<number>;
}

function keepIf(bits: Bits, others: Bits, isKept: boolean): void {
  if (isKept) keepCommon(bits, others);
  else takeOut(bits, others);
}

type OpenState = Extract<StateFilter, { readonly activeAfterNs: bigint }>;

/** The sessions of a chunk that are in a state. */
function inState(chunk: Chunk, state: StateFilter, expiredNs: bigint): Bits {
  const closed = chunk.flagged(Flag.closed);
  const invalidated = chunk.withAny(FacetKind.invalidated, ['1']);
  if (state.name === 'invalidated') return invalidated;
  if (state.name === 'ended') {
    takeOut(closed, invalidated);
    return closed;
  }
  const bits = chunk.all();
  takeOut(bits, closed);
  const alive = split(expiredNs + 1n);
  if (state.name === 'timed_out') {
    keepWhere(bits, (place) => !chunk.isActiveAt(place, alive));
    return bits;
  }
  const { name, activeAfterNs } = state as OpenState;
  const active = split(activeAfterNs + 1n);
  if (name === 'active') keepWhere(bits, (place) => chunk.isActiveAt(place, active));
  else keepWhere(bits, (place) => chunk.isActiveAt(place, alive) && !chunk.isActiveAt(place, active));
  return bits;
}

/** Conditions as they are told of chunks. */
export interface ColumnFilter {
  readonly parts: ReadonlySet<PartNumber>;
  /** Takes the sessions that do not match out of a set. */
  keep(bits: Bits, chunk: Chunk, options: ColumnOptions): void;
}

export function columnFilterOf(filter: SessionFilter): ColumnFilter {
  const set = lookupsOf(filter);
  return {
    parts: new Set(set.flatMap(([{ parts = [] }]) => parts)),
    keep: (bits, chunk, options) => {
      for (const [{ keep, facets }, value] of set) {
        if (keep !== undefined) {
          keep(bits, chunk, value, options);
          continue;
        }
        const any = noBits();
        for (const [kind, name] of facets!(value)) addAll(any, chunk.withAny(kind, [name]));
        keepCommon(bits, any);
      }
    },
  };
}

/** The places of a session that has a visit: of one with none there is nothing behind the first line. */
const PLACES = `json_each(nullif(substr(s.sums, instr(s.sums || char(10), char(10)) + 1), ''), '${ENCODED_PLACES}')`;

/** Sections by which sessions are read; where there are more, all sessions are gone through in list order. */
const MOST_SECTIONS = 200;
/** Greater than all text that can follow a prefix. */
const GREATEST = '\u{10ffff}';

/** What the place in a column has to meet. */
function placeCondition({ start, origin, originStart }: PlaceQuery, column: string): Condition {
  const own = `substr(${column}, instr(${column}, ' ') + 1)`;
  const begins: Condition = [`${column} >= ? AND ${column} < ?`, start, start + GREATEST];
  if (origin !== undefined) return [`${begins[0]} AND ${own} = ?`, start, start + GREATEST, origin];
  if (originStart === undefined) return begins;
  return [
    `${begins[0]} AND instr(${column}, ' ') > 0 AND ${own} >= ? AND ${own} < ?`,
    start,
    start + GREATEST,
    originStart,
    originStart + GREATEST,
  ];
}

function pageSources(prefix: string, { prepare, project }: SearchOptions): readonly Source[] {
  const [text, ...values] = placeCondition(sectionQuery(placeQuery(prefix)), 'value');
  const found = prepare(
    `SELECT no FROM facet_value WHERE project = ? AND kind = ${FacetKind.section} AND ${text} LIMIT ?`,
  ).all(project, ...values, MOST_SECTIONS + 1);
  if (found.length <= MOST_SECTIONS) return found.map(({ no }) => facetSource(no as bigint));
  return LISTED.map((listing) => sessionSource(project, 'session_by_start', ['listing = ?', listing]));
}

/** The conditions of a filter that are set, with how they are looked up. */
function lookupsOf(filter: SessionFilter): [lookup: Lookup<unknown>, value: unknown][] {
  return (Object.keys(LOOKUPS) as (keyof SessionFilter)[])
    .filter((name) => filter[name] !== undefined)
    .map((name) => [LOOKUPS[name] as Lookup<unknown>, filter[name]]);
}

/** Whether a scan takes a search, rather than the ranges of reader.ts. */
export function needsSearch(filter: SessionFilter, options: LookupOptions): boolean {
  return lookupsOf(filter).some(([lookup, value]) => lookup.takesSearch(value, options));
}

const RANGE: ReadonlySet<keyof SessionFilter> = new Set(['startFromNs', 'startToNs', 'lastFromNs']);

/** Whether a filter asks for nothing but a range of time. */
export function isRange(filter: SessionFilter): boolean {
  return (Object.keys(LOOKUPS) as (keyof SessionFilter)[]).every(
    (name) => RANGE.has(name) || filter[name] === undefined,
  );
}

/** Sources that may lead: those with the fewest sessions do. */
interface Lead {
  /** Of a filter with a time in it, up to `MOST_COUNTED` and one more. */
  readonly count: number;
  readonly sources: readonly Source[];
  /** The list of values that it answers. */
  readonly group?: readonly bigint[];
}

/** Undefined where nothing can match. */
export function planOf(scan: SessionFilter, options: LookupOptions): Plan | undefined {
  const { prepare, project } = options;
  const groups: (readonly bigint[])[] = [];
  const conditions: Condition[] = [];
  const leads: Lead[] = [];
  const others: (readonly Source[])[] = [];
  for (const [lookup, value] of lookupsOf(scan)) {
    if (lookup.facets !== undefined) {
      const found = lookup.facets(value).flatMap((facet) => indexedValue(prepare, project, facet) ?? []);
      if (found.length === 0) return undefined;
      const group = found.map(({ no }) => no);
      const count = found.reduce((sum, each) => sum + each.count, 0);
      groups.push(group);
      leads.push({ count, sources: group.map((no) => facetSource(no)), group });
    }
    if (lookup.row !== undefined) {
      const row = lookup.row(value, options);
      if (row === undefined) return undefined;
      conditions.push(...row);
    }
    const sources = lookup.sources?.(value, options);
    if (sources !== undefined) others.push(sources);
  }
  const known = others.map((sources) => sumOfCounts(sources));
  const most = Math.min(
    MOST_COUNTED,
    ...leads.map(({ count }) => count),
    ...known.filter((count) => count !== undefined),
  );
  for (const [i, sources] of others.entries()) {
    leads.push({ count: known[i] ?? countUpTo(prepare, sources, most), sources });
  }
  let [lead] = leads;
  for (const other of leads) if (other.count < lead!.count) lead = other;
  return { lead, probes: groups.filter((group) => group !== lead?.group), conditions };
}

/** A value of the index, and how many sessions have it; undefined where none has. */
function indexedValue(
  prepare: Prepare,
  project: number,
  [kind, value]: readonly [kind: number, value: string],
): { readonly no: bigint; readonly count: number } | undefined {
  const row = prepare('SELECT no, count FROM facet_value WHERE project = ? AND kind = ? AND value = ?').get(
    project,
    kind,
    value,
  );
  return row && { no: row.no as bigint, count: Number(row.count) };
}

export function stateCondition(state: StateFilter, expiredNs: bigint): Condition {
  switch (state.name) {
    case 'active':
      return [`s.listing <> ${Listing.ended} AND s.last_ns > ?`, state.activeAfterNs];
    case 'idle':
      return [
        `s.listing <> ${Listing.ended} AND s.last_ns > ? AND s.last_ns <= ?`,
        expiredNs,
        state.activeAfterNs,
      ];
    case 'timed_out':
      return [`s.listing <> ${Listing.ended} AND s.last_ns <= ?`, expiredNs];
    case 'ended':
      return [`s.listing = ${Listing.ended} AND s.invalidated = 0`];
    case 'invalidated':
      return ['s.invalidated = 1'];
  }
}

function facetSource(no: bigint, ...more: Condition[]): Source {
  return { from: 'session_facet', session: 'session', where: [['facet = ?', no], ...more] };
}

export function sessionSource(project: number, index: string, ...where: Condition[]): Source {
  return { from: `session INDEXED BY ${index}`, session: 'no', where: [['project = ?', project], ...where] };
}

/** Sessions by a value from `least` on, of a kind whose values are buckets. */
function bucketSources(kind: number, least: string, options: LookupOptions): Source[] {
  return valueSources(kind, ['value >= ?', least], options);
}

/** Sessions by the values of a kind that meet a condition. */
function valueSources(kind: number, which: Condition, { prepare, project }: LookupOptions): Source[] {
  const [text, ...values] = which;
  return prepare(`SELECT no, count FROM facet_value WHERE project = ? AND kind = ? AND ${text}`)
    .all(project, kind, ...values)
    .map((row) => ({ ...facetSource(row.no as bigint), count: Number(row.count) }));
}

/** What `listing` says is of the writer's last sweep: what has come to be otherwise since is found by last activity. */
function openSources({ project, expiredNs }: LookupOptions): Source[] {
  return [
    sessionSource(project, 'session_by_start', ['listing = ?', Listing.open]),
    sessionSource(project, 'session_by_last', ['listing = ?', Listing.timedOut], ['last_ns > ?', expiredNs]),
  ];
}

function stateSources(states: readonly StateFilter[], options: LookupOptions): Source[] {
  const { prepare, project, expiredNs } = options;
  const names = new Set(states.map(({ name }) => name));
  const sources: Source[] = [];
  if (names.has('active') || names.has('idle')) sources.push(...openSources(options));
  if (names.has('timed_out')) {
    sources.push(
      sessionSource(project, 'session_by_start', ['listing = ?', Listing.timedOut]),
      sessionSource(project, 'session_by_last', ['listing = ?', Listing.open], ['last_ns <= ?', expiredNs]),
    );
  }
  if (names.has('ended')) {
    // Invalidated ones are listed as ended.
    sources.push(sessionSource(project, 'session_by_start', ['listing = ?', Listing.ended]));
  } else if (names.has('invalidated')) {
    const invalidated = indexedValue(prepare, project, [FacetKind.invalidated, '1']);
    if (invalidated !== undefined) sources.push(facetSource(invalidated.no));
  }
  return sources;
}

function isOtherUser(prepare: Prepare, project: number, user: string): boolean {
  const sql = 'SELECT 1 FROM session_user WHERE project = ? AND user_id = ? LIMIT 1';
  return prepare(sql).get(project, user) !== undefined;
}

/** How many sessions sources have together; undefined where that is not known of all. */
function sumOfCounts(sources: readonly Source[]): number | undefined {
  let sum = 0;
  for (const { count } of sources) {
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}

/** The sessions of sources, counted up to one more than `most`. */
function countUpTo(prepare: Prepare, sources: readonly Source[], most: number): number {
  let count = 0;
  for (const source of sources) {
    if (count > most) break;
    count += countOf(prepare, source, most - count);
  }
  return count;
}

/** Its sessions, counted up to one more than `most`. */
function countOf(prepare: Prepare, { from, where }: Source, most: number): number {
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${textOf(where)} LIMIT ?)`;
  return Number(prepare(sql).get(...valuesOf(where), most + 1)!.n);
}

/** Candidates looked at in one go. */
const MOST_IN_BLOCK = 1000;
const LEAST_IN_BLOCK = 64;

/** Takes the sources together in list order. */
function merge(scan: SessionScan, options: SearchOptions, plan: Plan): SearchResult {
  const { limit } = scan;
  const budget = new Budget(options.maxExamined);
  const sources = plan.lead!.sources;
  const count = sources.length;
  const page = Math.max(1, Math.ceil(limit / Math.max(1, count)), Math.min(limit, 8));
  const block = Math.max(LEAST_IN_BLOCK, Math.min(MOST_IN_BLOCK, Math.floor(options.maxExamined / count)));
  const streams = sources.map(
    (source) =>
      new Candidates(scan, options.prepare, plan, source, {
        page,
        block: Math.min(block, options.maxExamined),
      }),
  );
  const rows: SessionRow[] = [];
  for (;;) {
    /** How far all streams are known. */
    let frontier: SessionPosition | undefined;
    let best: Candidates | undefined;
    for (const stream of streams) {
      // Each is looked at once, so that there is progress on every page.
      while (stream.head === undefined && !stream.ended && (budget.left || !stream.isKnown))
        stream.read(budget);
      const { head } = stream;
      if (head === undefined) {
        if (stream.ended) continue;
        const { position } = stream;
        if (frontier === undefined || isNearer(scan, position!, frontier)) frontier = position;
      } else if (best === undefined || isNearer(scan, positionOf(head), positionOf(best.head!))) {
        best = stream;
      }
    }
    if (frontier !== undefined && (best === undefined || isNearer(scan, frontier, positionOf(best.head!)))) {
      return { rows, stoppedAt: frontier };
    }
    if (best === undefined) return { rows };
    const row = best.take();
    rows.push(row);
    // A session may be in several sources.
    for (const stream of streams) {
      if (stream.head !== undefined && comparePositions(positionOf(stream.head), positionOf(row)) === 0)
        stream.take();
    }
    if (rows.length === limit) return { rows };
  }
}

class Budget {
  #left: number;

  constructor(candidates: number) {
    this.#left = candidates;
  }

  get left(): boolean {
    return this.#left > 0;
  }

  spend(candidates: number): void {
    this.#left -= candidates;
  }
}

/** The sessions of one source that match, read as far as they are asked for. */
class Candidates {
  /** Up to here all that matches was read. */
  position: SessionPosition | undefined;
  ended = false;
  /** Whether it was read at all: then there is a position, or it has ended. */
  isKnown = false;
  readonly #scan: SessionScan;
  readonly #prepare: Prepare;
  readonly #plan: Plan;
  readonly #source: Source;
  readonly #block: number;
  #page: number;
  #rows: SessionRow[] = [];
  #taken = 0;
  /** Whether the position itself is still to be read. */
  #inclusive = false;
  /** The last look found little: it may pay to go where the other values are. */
  #isSparse = true;

  constructor(
    scan: SessionScan,
    prepare: Prepare,
    plan: Plan,
    source: Source,
    { page, block }: { page: number; block: number },
  ) {
    this.#scan = scan;
    this.#prepare = prepare;
    this.#plan = plan;
    this.#source = source;
    this.#page = page;
    this.#block = block;
    this.position = scan.after;
  }

  get head(): SessionRow | undefined {
    return this.#rows[this.#taken];
  }

  take(): SessionRow {
    return this.#rows[this.#taken++]!;
  }

  /** Reads on; to be called while there is no head. */
  read(budget: Budget): void {
    this.isKnown = true;
    if (this.#isSparse && !this.#leap()) {
      this.ended = true;
      return;
    }
    const { from, session, where } = this.#source;
    const range = [...where, ...this.#bounds()];
    const order = this.#order;
    const candidates = `SELECT start_ns, id, ${session} AS session FROM ${from} WHERE ${textOf(range)} ORDER BY ${order} LIMIT ?`;
    const checks = checksOf(this.#plan);
    // The loops nest as they are written, and the inner statement gives its rows in order as they are asked for.
    this.#rows = this.#prepare(
      `SELECT s.start_ns, s.id, s.invalidated, s.sums, s.earliest
       FROM (${candidates}) AS c CROSS JOIN session AS s ON s.no = c.session
       ${checks.length === 0 ? '' : `WHERE ${textOf(checks)}`} LIMIT ?`,
    ).all(...valuesOf(range), this.#block, ...valuesOf(checks), this.#page) as unknown as SessionRow[];
    this.#taken = 0;
    const isFull = this.#rows.length === this.#page;
    const end = this.#rows.at(-1);
    const { minCostNanoUsd: least = 0n } = this.#scan;
    if (least > MAX_INTEGER) this.#rows = this.#rows.filter((row) => costOf(row) >= least);
    if (isFull) {
      budget.spend(this.#page);
      this.#reach(positionOf(end!), false);
      this.#isSparse = false;
      this.#page = Math.min(this.#page * 2, this.#scan.limit);
      return;
    }
    const last = this.#prepare(
      `SELECT start_ns, id FROM ${from} WHERE ${textOf(range)} ORDER BY ${order} LIMIT 1 OFFSET ?`,
    ).get(...valuesOf(range), this.#block - 1) as unknown as SessionRow | undefined;
    budget.spend(this.#block);
    this.#isSparse = true;
    if (last === undefined) this.ended = true;
    else this.#reach(positionOf(last), false);
  }

  /** Goes to where the other values next are; false where one of them is nowhere beyond. */
  #leap(): boolean {
    for (const group of this.#plan.probes) {
      let nearest: SessionPosition | undefined;
      for (const no of group) {
        const range: Condition[] = [['facet = ?', no], ...this.#bounds()];
        const next = this.#prepare(
          `SELECT start_ns, id FROM session_facet WHERE ${textOf(range)} ORDER BY ${this.#order} LIMIT 1`,
        ).get(...valuesOf(range)) as unknown as SessionRow | undefined;
        if (next === undefined) continue;
        const position = positionOf(next);
        if (nearest === undefined || isNearer(this.#scan, position, nearest)) nearest = position;
      }
      if (nearest === undefined) return false;
      this.#reach(nearest, true);
    }
    return true;
  }

  #reach(position: SessionPosition, inclusive: boolean): void {
    this.position = position;
    this.#inclusive = inclusive;
  }

  get #order(): string {
    const order = this.#scan.direction === 'newer' ? 'ASC' : 'DESC';
    return `start_ns ${order}, id ${order}`;
  }

  #bounds(): Condition[] {
    const { startFromNs, startToNs, direction } = this.#scan;
    const bounds: Condition[] = [];
    if (startFromNs !== undefined) bounds.push(['start_ns >= ?', startFromNs]);
    if (startToNs !== undefined) bounds.push(['start_ns <= ?', startToNs]);
    const { position } = this;
    if (position !== undefined) {
      const beyond = `${direction === 'newer' ? '>' : '<'}${this.#inclusive ? '=' : ''}`;
      bounds.push([`(start_ns, id) ${beyond} (?, ?)`, position.startNs, position.id]);
    }
    return bounds;
  }
}

/** What the row `s` of a candidate has to meet. */
export function checksOf({ conditions, probes }: Plan): Condition[] {
  const looked = probes.map(
    (group): Condition => [
      `EXISTS (SELECT 1 FROM session_facet WHERE facet IN (${group.map(() => '?').join(', ')}) AND start_ns = s.start_ns AND id = s.id)`,
      ...group,
    ],
  );
  return [...conditions, ...looked];
}

function costOf({ id, sums, earliest }: SessionRow): bigint {
  return Session.decode(id, sums, earliest).usage.costNanoUsd;
}

function positionOf({ start_ns, id }: Pick<SessionRow, 'start_ns' | 'id'>): SessionPosition {
  return { startNs: start_ns, id };
}

/** Whether a scan comes by `a` before it comes by `b`. */
function isNearer({ direction }: SessionScan, a: SessionPosition, b: SessionPosition): boolean {
  return comparePositions(a, b) * (direction === 'newer' ? 1 : -1) < 0;
}

/** As SQLite orders them: ids by their UTF-8 bytes. */
function comparePositions(a: SessionPosition, b: SessionPosition): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.id === b.id ? 0 : Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}

export function textOf(conditions: readonly Condition[], between = ' AND '): string {
  return conditions.map(([text]) => text).join(between);
}

export function valuesOf(conditions: readonly Condition[]): Value[] {
  return conditions.flatMap(([, ...values]) => values);
}
