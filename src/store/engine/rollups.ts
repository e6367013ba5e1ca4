import type { Traits } from '../../sessionize/earliest.js';
import type { ModelSum } from '../../sessionize/model-sums.js';
import type { Session } from '../../sessionize/session.js';
import type { Database, Statement } from '../sqlite/database.js';

/**
 * Counts of listed sessions by the time of their start, so that statistics read what they answer and not every session
 * (docs/decisions/003-statistics.md). They change in the same transaction as the sessions.
 */

/** What is counted; `name` of a row tells device types, countries and users apart and is empty otherwise. */
export const Dimension = {
  sessions: 0,
  /** Microseconds beyond whole seconds. All microseconds of a few thousand sessions from 1970 to 2262 are more than a column holds. */
  durationMicros: 1,
  errors: 2,
  genai: 3,
  bounces: 4,
  device: 5,
  country: 6,
  user: 7,
  durationSeconds: 8,
  /** Model calls with tokens and without a known cost, and those whose number of tokens nobody told. */
  unpriced: 9,
  unreported: 10,
} as const;

/** The key of a count: a character for the dimension, then the name. */
function keyOf(dimension: number, name = ''): string {
  return String.fromCharCode(dimension) + name;
}

/** Width of a bucket in nanoseconds, by level, finest first: an hour, a day, all time. */
export const LEVEL_NS = [3_600_000_000_000n, 86_400_000_000_000n, 2n ** 63n] as const;
/** The same in hours. */
const LEVEL_HOURS = [1, 24, Number.POSITIVE_INFINITY] as const;

/** What a session adds to the statistics of the buckets of its start. */
export interface Tally {
  readonly startNs: bigint;
  /** Whole seconds, and whole microseconds beyond them. */
  readonly durationSeconds: number;
  readonly durationMicros: number;
  readonly errors: boolean;
  readonly genai: boolean;
  readonly bounce: boolean;
  readonly device: string;
  /** ISO code and name as `code:name`; empty where unknown. */
  readonly country: string;
  readonly user: string;
  /** Undefined where there is none. */
  readonly usage: UsageTally | undefined;
}

/** What a session used, as it is when the tally is made. */
export interface UsageTally {
  readonly all: ModelSum;
  readonly byModel: readonly (readonly [string, ModelSum])[];
}

export function tallyOf(session: Session): Tally {
  const { traits } = session;
  const durationNs = session.lastNs - session.startNs;
  return {
    startNs: session.startNs,
    durationSeconds: Number(durationNs / SECOND_NS),
    durationMicros: Math.floor(Number(durationNs % SECOND_NS) / 1000),
    errors: session.hasErrors,
    genai: !session.usage.isEmpty,
    bounce: session.spanCount <= 1,
    device: traits.deviceType ?? 'unknown',
    country: countryOf(traits),
    user: traits.userId ?? '',
    usage: usageTallyOf(session),
  };
}

/** ISO code and name as `code:name`; empty where unknown. */
export function countryOf({ countryCode, countryName }: Traits): string {
  return countryCode === undefined ? '' : `${countryCode}:${countryName ?? ''}`;
}

export function usageTallyOf({ usage }: Pick<Session, 'usage'>): UsageTally | undefined {
  return usage.isEmpty ? undefined : { all: usage.all, byModel: usage.models.entries() };
}

const SECOND_NS = 1_000_000_000n;
/** Microseconds of a second. */
export const MICROS = 1_000_000n;

/** Changes of the counters of one hour. */
interface Hour {
  readonly project: number;
  /** Whole hours since 1970. */
  readonly hour: number;
  /** By `keyOf` the dimension and the name. */
  readonly counts: Map<string, number>;
}

/** So many of the longest sessions there can be have whole seconds that a double still holds. */
const MOST_CHANGES = 500_000;

/** Gathers changes of a transaction and writes each touched counter once. */
export class Rollups {
  readonly #change: Statement;
  readonly #sweep: Statement;
  /** By project and hour. */
  readonly #hours = new Map<string, Hour>();
  /** The one last changed: sessions that change together mostly started in the same hour. */
  #last: Hour | undefined;
  #gathered = 0;

  constructor(db: Database) {
    this.#change = db.prepare(`
      INSERT INTO rollup (project, level, dimension, bucket, name, count) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count`);
    this.#sweep = db.prepare(
      'DELETE FROM rollup WHERE project = ? AND level = ? AND dimension = ? AND bucket = ? AND name = ? AND count = 0',
    );
  }

  /** A session's tally went from `before` to `after`; undefined where it is not listed. */
  exchange(project: number, before: Tally | undefined, after: Tally | undefined): void {
    if (before !== undefined && after !== undefined && before.startNs === after.startNs) {
      amend(this.#hour(project, after.startNs), before, after);
    } else {
      if (before !== undefined) addAll(this.#hour(project, before.startNs), before, -1);
      if (after !== undefined) addAll(this.#hour(project, after.startNs), after, 1);
    }
    if (++this.#gathered === MOST_CHANGES) this.flush();
  }

  #hour(project: number, startNs: bigint): Hour {
    const hour = Number(startNs / LEVEL_NS[0]);
    if (this.#last?.hour === hour && this.#last.project === project) return this.#last;
    const id = `${project} ${hour}`;
    let known = this.#hours.get(id);
    if (known === undefined) {
      known = { project, hour, counts: new Map() };
      this.#hours.set(id, known);
    }
    this.#last = known;
    return known;
  }

  /** Drops the gathered changes: their transaction was rolled back. */
  forget(): void {
    this.#hours.clear();
    this.#last = undefined;
    this.#gathered = 0;
  }

  /** Writes the gathered changes. */
  flush(): void {
    for (const [level, hours] of LEVEL_HOURS.entries()) {
      for (const { project, hour: bucket, counts } of inBuckets(this.#hours.values(), hours)) {
        for (const [key, count] of counts) {
          if (count === 0) continue;
          const row = [project, level, key.charCodeAt(0), bucket, key.slice(1)] as const;
          this.#change.run(...row, count);
          if (count < 0) this.#sweep.run(...row);
        }
      }
    }
    this.forget();
  }
}

/** The changes in buckets of so many hours; `hour` is the number of the bucket. */
function inBuckets(all: Iterable<Hour>, hours: number): Iterable<Hour> {
  if (hours === 1) return all;
  const buckets = new Map<string, Hour>();
  for (const { project, hour, counts } of all) {
    const bucket = Math.floor(hour / hours);
    const id = `${project} ${bucket}`;
    const known = buckets.get(id);
    if (known === undefined) buckets.set(id, { project, hour: bucket, counts: new Map(counts) });
    else for (const [key, count] of counts) add(known, key, count);
  }
  return buckets.values();
}

function add({ counts }: Hour, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function addAll(hour: Hour, tally: Tally, sign: 1 | -1): void {
  add(hour, keyOf(Dimension.sessions), sign);
  add(hour, keyOf(Dimension.durationSeconds), sign * tally.durationSeconds);
  add(hour, keyOf(Dimension.durationMicros), sign * tally.durationMicros);
  if (tally.errors) add(hour, keyOf(Dimension.errors), sign);
  if (tally.genai) add(hour, keyOf(Dimension.genai), sign);
  if (tally.bounce) add(hour, keyOf(Dimension.bounces), sign);
  const { unpricedCount = 0, unreportedCount = 0 } = tally.usage?.all ?? {};
  if (unpricedCount > 0) add(hour, keyOf(Dimension.unpriced), sign * unpricedCount);
  if (unreportedCount > 0) add(hour, keyOf(Dimension.unreported), sign * unreportedCount);
  addName(hour, Dimension.device, tally.device, sign);
  addName(hour, Dimension.country, tally.country, sign);
  addName(hour, Dimension.user, tally.user, sign);
}

function addName(hour: Hour, dimension: number, name: string, sign: 1 | -1): void {
  if (name !== '') add(hour, keyOf(dimension, name), sign);
}

/** An open session changes with every flush, mostly in its duration alone. */
function amend(hour: Hour, before: Tally, after: Tally): void {
  const number = (dimension: number, was: number, is: number): void => {
    if (was !== is) add(hour, keyOf(dimension), is - was);
  };
  const name = (dimension: number, was: string, is: string): void => {
    if (was === is) return;
    addName(hour, dimension, was, -1);
    addName(hour, dimension, is, 1);
  };
  number(Dimension.durationSeconds, before.durationSeconds, after.durationSeconds);
  number(Dimension.durationMicros, before.durationMicros, after.durationMicros);
  number(Dimension.errors, Number(before.errors), Number(after.errors));
  number(Dimension.genai, Number(before.genai), Number(after.genai));
  number(Dimension.bounces, Number(before.bounce), Number(after.bounce));
  const [old, all] = [before.usage?.all, after.usage?.all];
  if (old !== undefined || all !== undefined) {
    number(Dimension.unpriced, old?.unpricedCount ?? 0, all?.unpricedCount ?? 0);
    number(Dimension.unreported, old?.unreportedCount ?? 0, all?.unreportedCount ?? 0);
  }
  name(Dimension.device, before.device, after.device);
  name(Dimension.country, before.country, after.country);
  name(Dimension.user, before.user, after.user);
}
