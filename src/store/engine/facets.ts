import type { Session } from '../../sessionize/session.js';
import type { Database, Statement } from '../sqlite/database.js';

/**
 * The index of what sessions can be filtered by (docs/decisions/007-filter-index.md): for each value of each kind the listed sessions
 * that have it, in list order. It changes in the transaction that changes the session.
 */

export const FacetKind = {
  service: 0,
  model: 1,
  provider: 2,
  device: 3,
  country: 4,
  /** A value of ErrorFacet. */
  errors: 5,
  /** `1`; sessions that are not invalidated have no row. */
  invalidated: 6,
  /** Buckets of `bucketOf`, of the duration. */
  duration: 7,
  /** Buckets of the cost, where one is known. */
  cost: 8,
  /** Of every session: buckets of `spansBucket`, and behind each whether the session is implicit. */
  spans: 9,
  release: 10,
  /** Sections of the places of pages (src/sessionize/page-places.ts). */
  section: 11,
  /** Ids of the sessions that others continue. */
  previous: 12,
} as const;

/** Character of the kind 0 in keys. */
const FIRST_KIND = 48;

/** What of a session failed. */
export const ErrorFacet = { none: '0', errors: '1', crash: '2' } as const;

function errorFacet(session: Session): string {
  if (!session.hasErrors) return ErrorFacet.none;
  return session.exceptions.crashCount > 0 ? ErrorFacet.crash : ErrorFacet.errors;
}

/** The values of a session. Equal sessions have equal lists. */
export interface SessionFacets {
  readonly startNs: bigint;
  /** Each a character for its kind and the value. */
  readonly keys: readonly string[];
}

/** A value with its kind, as `SessionFacets.keys` has it. */
export function facetKey(kind: number, name: string): string {
  return String.fromCharCode(FIRST_KIND + kind) + name;
}

export function facetsOf(session: Session, invalidated: boolean): SessionFacets {
  const { traits, usage, visit, startNs, lastNs } = session;
  const keys: string[] = [];
  let isCut = false;
  const add = (kind: number, name: string): void => {
    keys.push(facetKey(kind, name));
    isCut ||= UNSTORABLE.test(name);
  };
  for (const name of session.services.names()) add(FacetKind.service, name);
  if (!usage.isEmpty) {
    for (const name of usage.models.names()) add(FacetKind.model, name);
    for (const name of usage.providers.names()) add(FacetKind.provider, name);
    if (usage.pricedCount > 0) add(FacetKind.cost, costBucket(usage.costNanoUsd));
  }
  add(FacetKind.device, traits.deviceType ?? 'unknown');
  if (traits.countryCode !== undefined) add(FacetKind.country, traits.countryCode);
  if (traits.release !== undefined) add(FacetKind.release, traits.release);
  if (traits.previousId !== undefined) add(FacetKind.previous, traits.previousId);
  for (const section of visit.sections) add(FacetKind.section, section);
  add(FacetKind.errors, errorFacet(session));
  if (invalidated) add(FacetKind.invalidated, '1');
  add(FacetKind.duration, durationBucket(lastNs - startNs));
  add(FacetKind.spans, spansBucket(session.spanCount) + (session.isImplicit ? IMPLICIT : EXPLICIT));
  return { startNs, keys: isCut ? asStored(keys) : keys };
}

const UNSTORABLE = /[\p{Surrogate}\0]/u;
const ALL_UNSTORABLE = /[\p{Surrogate}\0]/gu;

/** Half a character is stored as another one, and text ends at NUL: names that differ may become one value. */
function asStored(keys: readonly string[]): string[] {
  return [...new Set(keys.map((key) => key.replaceAll(ALL_UNSTORABLE, '\ufffd')))];
}

/** Shortest differences that matter: 0.26 ms and about a millionth of a dollar. */
const DURATION_UNIT_BITS = 18n;
const COST_UNIT_BITS = 10n;
const MAX_UNITS = 2 ** 45;

export function durationBucket(ns: bigint): string {
  return bucketOf(ns, DURATION_UNIT_BITS);
}

export function costBucket(nanoUsd: bigint): string {
  return bucketOf(nanoUsd, COST_UNIT_BITS);
}

/**
 * Buckets of a fourth of a power of two, as three digits: they sort as the values do. Whole numbers only, so that a value has the
 * same bucket on every machine.
 */
function bucketOf(value: bigint, unitBits: bigint): string {
  const units = Math.min(Number(value > 0n ? value >> unitBits : 0n), MAX_UNITS);
  let bucket = units;
  if (units >= 4) {
    const exponent = units < 2 ** 31 ? 31 - Math.clz32(units) : 62 - Math.clz32(Math.floor(units / 2 ** 31));
    bucket = (exponent - 2) * 4 + Math.floor(units / 2 ** (exponent - 2));
  }
  return String(bucket).padStart(3, '0');
}

/** The last character of a value of the kind `spans`. */
export const IMPLICIT = 'i';
export const EXPLICIT = 'e';

/**
 * Buckets of numbers of spans: none, one, up to 15, and powers of 16 from there, so that a session which goes on seldom comes to another. The row of a session says how many it
 * has.
 */
export function spansBucket(spans: number): string {
  if (spans < 2) return String(Math.max(0, spans));
  return String(2 + Math.floor((31 - Math.clz32(Math.min(spans, 2 ** 31 - 1))) / 4));
}

/** The least duration of a bucket of durations by its number, ns; of the one behind the last, more than any. */
export function leastDuration(bucket: number): bigint {
  // The inverse of `bucketOf`, whose last bucket has all that is longer.
  if (bucket > Number(bucketOf(1n << 63n, DURATION_UNIT_BITS))) return 1n << 63n;
  const doublings = Math.max(0, Math.floor(bucket / 4) - 1);
  return BigInt(bucket - 4 * doublings) << (DURATION_UNIT_BITS + BigInt(doublings));
}

interface FacetNumber {
  readonly no: number;
  /** Sessions it has gained in this transaction. */
  gained: number;
}

/** Values whose numbers are kept in memory. */
const MAX_KEPT = 20_000;

/** Rows of one INSERT. A call costs about as much as two rows. */
const ROWS_AT_ONCE = 32;
const ROW = '(?, ?, ?, ?)';

/** A session whose values change in this transaction. */
interface Change {
  readonly project: number;
  readonly id: string;
  readonly no: number;
  readonly before: SessionFacets | undefined;
  after: SessionFacets | undefined;
}

/** The writing side of the index: gathers the changes of a transaction. */
export class FacetIndex {
  readonly #insert: Statement;
  readonly #insertMany: Statement;
  readonly #delete: Statement;
  readonly #select: Statement;
  readonly #insertValue: Statement;
  readonly #count: Statement;
  readonly #sweep: Statement;
  /** By the number of the session. */
  readonly #changes = new Map<number, Change>();
  /** By project and key. */
  readonly #numbers = new Map<string, FacetNumber>();
  readonly #touched = new Map<string, FacetNumber>();
  /** Values of rows to be inserted. */
  #rows: (number | bigint | string)[] = [];

  constructor(db: Database) {
    const insert = 'INSERT INTO session_facet (facet, start_ns, id, session) VALUES';
    this.#insert = db.prepare(`${insert} ${ROW}`);
    this.#insertMany = db.prepare(`${insert} ${new Array(ROWS_AT_ONCE).fill(ROW).join(', ')}`);
    this.#delete = db.prepare('DELETE FROM session_facet WHERE facet = ? AND start_ns = ? AND id = ?');
    this.#select = db.prepare('SELECT no FROM facet_value WHERE project = ? AND kind = ? AND value = ?');
    this.#insertValue = db.prepare(
      'INSERT INTO facet_value (project, kind, value, count) VALUES (?, ?, ?, 0)',
    );
    this.#count = db.prepare('UPDATE facet_value SET count = count + ? WHERE no = ?');
    this.#sweep = db.prepare('DELETE FROM facet_value WHERE no = ? AND count = 0');
  }

  /** A session's values went from `before` to `after`; undefined where it is not listed. `no` is that of its row. */
  exchange(
    project: number,
    { id, no }: { readonly id: string; readonly no: number },
    before: SessionFacets | undefined,
    after: SessionFacets | undefined,
  ): void {
    const known = this.#changes.get(no);
    if (known !== undefined) known.after = after;
    else if (!isSame(before, after)) this.#changes.set(no, { project, id, no, before, after });
  }

  /** Writes the gathered changes. */
  flush(): void {
    for (const change of this.#changes.values()) this.#write(change);
    this.#changes.clear();
    for (const row of rowsOf(this.#rows)) this.#insert.run(...row);
    this.#rows = [];
    for (const [at, { no, gained }] of this.#touched) {
      if (gained !== 0) this.#count.run(gained, no);
      if (gained <= 0 && this.#sweep.run(no).changes > 0) this.#numbers.delete(at);
    }
    for (const facet of this.#touched.values()) facet.gained = 0;
    this.#touched.clear();
    if (this.#numbers.size > MAX_KEPT) this.#numbers.clear();
  }

  /** Drops the gathered changes: their transaction was rolled back. */
  forget(): void {
    this.#changes.clear();
    this.#numbers.clear();
    this.#touched.clear();
    this.#rows = [];
  }

  #write({ project, id, no, before, after }: Change): void {
    const isInPlace = before?.startNs === after?.startNs;
    const had = new Set(isInPlace ? before?.keys : undefined);
    const has = new Set(isInPlace ? after?.keys : undefined);
    for (const key of before?.keys ?? []) {
      if (has.has(key)) continue;
      this.#delete.run(this.#number(project, key, -1), before!.startNs, id);
    }
    for (const key of after?.keys ?? []) {
      if (had.has(key)) continue;
      this.#rows.push(this.#number(project, key, 1), after!.startNs, id, no);
      if (this.#rows.length < ROWS_AT_ONCE * 4) continue;
      this.#insertMany.run(...this.#rows);
      this.#rows = [];
    }
  }

  #number(project: number, key: string, gained: 1 | -1): number {
    const at = `${project} ${key}`;
    let facet = this.#numbers.get(at);
    if (facet === undefined) {
      const kind = key.charCodeAt(0) - FIRST_KIND;
      const value = key.slice(1);
      const no =
        this.#select.get(project, kind, value)?.no ??
        this.#insertValue.run(project, kind, value).lastInsertRowid;
      facet = { no: Number(no), gained: 0 };
      this.#numbers.set(at, facet);
    }
    facet.gained += gained;
    this.#touched.set(at, facet);
    return facet.no;
  }
}

function isSame(a: SessionFacets | undefined, b: SessionFacets | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.startNs !== b.startNs || a.keys.length !== b.keys.length) return false;
  for (let i = 0; i < a.keys.length; i++) if (a.keys[i] !== b.keys[i]) return false;
  return true;
}

function* rowsOf(values: readonly (number | bigint | string)[]) {
  for (let at = 0; at < values.length; at += 4) yield values.slice(at, at + 4);
}
