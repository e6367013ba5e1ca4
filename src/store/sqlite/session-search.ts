import { Session } from '../../sessionize/session.js';
import type { SessionFilter, SessionPosition, SessionScan } from '../store.js';
import { LISTED, Listing, MAX_INTEGER, type Prepare } from './database.js';
import { costBucket, durationBucket, FacetKind } from './facets.js';

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

export interface SearchOptions {
  readonly prepare: Prepare;
  readonly project: number;
  /** Sessions with their last activity at or before this have timed out. */
  readonly expiredNs: bigint;
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

/** Whether the index of values has a say in this scan. */
export function needsSearch(filter: SessionFilter): boolean {
  return (
    filter.state?.name === 'invalidated' ||
    filter.minDurationNs !== undefined ||
    filter.minCostNanoUsd !== undefined ||
    facetsAsked(filter).length > 0
  );
}

export function searchSessions(scan: SessionScan, options: SearchOptions): SearchResult {
  const plan = planOf(scan, options);
  return plan === undefined ? { rows: [] } : merge(scan, options, plan);
}

/** Sources of candidates that together have every session that matches, each in list order, and what is to be checked of each. */
interface Plan {
  readonly sources: readonly Source[];
  /** Values that a session has to have as well. */
  readonly probes: readonly bigint[];
  readonly conditions: readonly Condition[];
}

interface Source {
  /** Of rows with start_ns, id and session. */
  readonly from: string;
  readonly session: string;
  readonly where: readonly Condition[];
}

interface Facet {
  readonly no: bigint;
  readonly count: number;
}

/** Undefined where nothing can match. */
function planOf(scan: SessionScan, options: SearchOptions): Plan | undefined {
  const { prepare, project } = options;
  const facets: Facet[] = [];
  for (const [kind, value] of facetsAsked(scan)) {
    const row = prepare('SELECT no, count FROM facet_value WHERE project = ? AND kind = ? AND value = ?').get(
      project,
      kind,
      value,
    );
    if (row === undefined) return undefined;
    facets.push({ no: row.no as bigint, count: Number(row.count) });
  }
  const conditions = conditionsOf(scan, options.expiredNs);
  if (conditions === undefined) return undefined;

  const leads: { count: number; sources: readonly Source[]; facet?: bigint }[] = facets.map(
    ({ no, count }) => ({ count, sources: [facetSource(no)], facet: no }),
  );
  for (const [kind, least] of [
    [FacetKind.duration, scan.minDurationNs === undefined ? undefined : durationBucket(scan.minDurationNs)],
    [FacetKind.cost, scan.minCostNanoUsd === undefined ? undefined : costBucket(scan.minCostNanoUsd)],
  ] as const) {
    if (least === undefined) continue;
    const buckets = prepare(
      'SELECT no, count FROM facet_value WHERE project = ? AND kind = ? AND value >= ?',
    ).all(project, kind, least);
    const count = buckets.reduce((sum, row) => sum + Number(row.count), 0);
    leads.push({ count, sources: buckets.map((row) => facetSource(row.no as bigint)) });
  }
  const most = Math.min(MOST_COUNTED, ...leads.map(({ count }) => count));
  for (const sources of otherSources(scan, options)) {
    const count = sources.reduce((sum, source) => sum + countOf(prepare, source, most), 0);
    leads.push({ count, sources });
  }
  const lead = leads.reduce((best, other) => (other.count < best.count ? other : best));
  return {
    sources: lead.sources,
    probes: facets.map(({ no }) => no).filter((no) => no !== lead.facet),
    conditions,
  };
}

/** Conditions that are one value each. */
function facetsAsked(filter: SessionFilter): (readonly [kind: number, value: string])[] {
  const { service, model, provider, deviceType, countryCode, errors, state } = filter;
  return (
    [
      [FacetKind.service, service],
      [FacetKind.model, model],
      [FacetKind.provider, provider],
      [FacetKind.device, deviceType],
      [FacetKind.country, countryCode],
      [FacetKind.errors, errors === undefined ? undefined : errors ? '1' : '0'],
      [FacetKind.invalidated, state?.name === 'invalidated' ? '1' : undefined],
    ] as const
  ).flatMap(([kind, value]) => (value === undefined ? [] : [[kind, value] as const]));
}

/** What has to hold of the session's own row `s`; undefined where nothing can. */
function conditionsOf(scan: SessionScan, expiredNs: bigint): Condition[] | undefined {
  const { open, state, userIds, minDurationNs, minCostNanoUsd } = scan;
  const conditions: Condition[] = [];
  if (open === true) conditions.push([`s.listing <> ${Listing.ended} AND s.last_ns > ?`, expiredNs]);
  if (open === false) conditions.push([`(s.listing = ${Listing.ended} OR s.last_ns <= ?)`, expiredNs]);
  if (state !== undefined) conditions.push(stateCondition(state, expiredNs));
  if (userIds !== undefined) {
    if (userIds.length === 0) return undefined;
    conditions.push([`s.user_id IN (${userIds.map(() => '?').join(', ')})`, ...userIds]);
  }
  if (minDurationNs !== undefined) {
    if (minDurationNs > MAX_INTEGER) return undefined;
    conditions.push(['s.last_ns - s.start_ns >= ?', minDurationNs]);
  }
  if (minCostNanoUsd !== undefined) {
    // The column holds no more.
    const least = minCostNanoUsd > MAX_INTEGER ? MAX_INTEGER : minCostNanoUsd;
    conditions.push(['s.cost_nano_usd >= ?', least]);
  }
  return conditions;
}

export function stateCondition(state: NonNullable<SessionScan['state']>, expiredNs: bigint): Condition {
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

function facetSource(no: bigint): Source {
  return { from: 'session_facet', session: 'session', where: [['facet = ?', no]] };
}

/** What else can lead: the sessions of the users asked for, and the open ones. */
function* otherSources(scan: SessionScan, { project, expiredNs }: SearchOptions): Generator<Source[]> {
  const source = (index: string, ...where: Condition[]): Source => ({
    from: `session INDEXED BY ${index}`,
    session: 'no',
    where: [['project = ?', project], ...where],
  });
  if (scan.userIds !== undefined) {
    yield [...new Set(scan.userIds)].flatMap((user) =>
      LISTED.map((listing) => source('session_by_user', ['user_id = ?', user], ['listing = ?', listing])),
    );
  }
  const { name } = scan.state ?? {};
  if (scan.open === true || name === 'active' || name === 'idle') {
    yield [
      source('session_by_start', ['listing = ?', Listing.open]),
      source('session_by_last', ['listing = ?', Listing.timedOut], ['last_ns > ?', expiredNs]),
    ];
  }
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
  const count = plan.sources.length;
  const page = Math.max(1, Math.ceil(limit / Math.max(1, count)), Math.min(limit, 8));
  const block = Math.max(LEAST_IN_BLOCK, Math.min(MOST_IN_BLOCK, Math.floor(options.maxExamined / count)));
  const streams = plan.sources.map(
    (source) =>
      new Candidates(scan, options.prepare, plan, source, {
        page,
        block: Math.min(block, options.maxExamined),
      }),
  );
  const isNearer = (a: SessionPosition, b: SessionPosition): boolean =>
    comparePositions(a, b) * (scan.direction === 'newer' ? 1 : -1) < 0;
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
        if (frontier === undefined || isNearer(position!, frontier)) frontier = position;
      } else if (best === undefined || isNearer(positionOf(head), positionOf(best.head!))) {
        best = stream;
      }
    }
    if (frontier !== undefined && (best === undefined || isNearer(frontier, positionOf(best.head!)))) {
      return { rows, stoppedAt: frontier };
    }
    if (best === undefined) return { rows };
    rows.push(best.take());
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
    const { conditions, probes } = this.#plan;
    const { from, session, where } = this.#source;
    const range = [...where, ...this.#bounds()];
    const order = this.#order;
    const candidates = `SELECT start_ns, id, ${session} AS session FROM ${from} WHERE ${textOf(range)} ORDER BY ${order} LIMIT ?`;
    const checks: Condition[] = [
      ...conditions,
      ...probes.map(
        (no): Condition => [
          'EXISTS (SELECT 1 FROM session_facet WHERE facet = ? AND start_ns = c.start_ns AND id = c.id)',
          no,
        ],
      ),
    ];
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
    for (const no of this.#plan.probes) {
      const range: Condition[] = [['facet = ?', no], ...this.#bounds()];
      const next = this.#prepare(
        `SELECT start_ns, id FROM session_facet WHERE ${textOf(range)} ORDER BY ${this.#order} LIMIT 1`,
      ).get(...valuesOf(range)) as unknown as SessionRow | undefined;
      if (next === undefined) return false;
      this.#reach(positionOf(next), true);
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

function costOf({ id, sums, earliest }: SessionRow): bigint {
  return Session.decode(id, sums, earliest).usage.costNanoUsd;
}

function positionOf({ start_ns, id }: Pick<SessionRow, 'start_ns' | 'id'>): SessionPosition {
  return { startNs: start_ns, id };
}

/** As SQLite orders them: ids by their UTF-8 bytes. */
function comparePositions(a: SessionPosition, b: SessionPosition): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.id === b.id ? 0 : Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}

export function textOf(conditions: readonly Condition[]): string {
  return conditions.map(([text]) => text).join(' AND ');
}

export function valuesOf(conditions: readonly Condition[]): Value[] {
  return conditions.flatMap(([, ...values]) => values);
}
