import type { Traits } from '../../sessionize/earliest.js';
import type { ModelTotals } from '../../sessionize/model-totals.js';
import type { Session } from '../../sessionize/session.js';
import type { ChangeSet, CounterChange } from './changes.js';

/**
 * Counts of listed sessions by the time of their start, so that statistics need not read every session
 * (docs/decisions/003-statistics.md). They change in the same transaction as the sessions.
 */

/** The counters. `name` of a row distinguishes device types, countries and users, and is empty otherwise. */
export const Dimension = {
  sessions: 0,
  /**
   * Microseconds beyond whole seconds. The total microseconds of a few thousand sessions from 1970 to 2262
   * exceed a column.
   */
  durationMicros: 1,
  errors: 2,
  genai: 3,
  bounces: 4,
  device: 5,
  country: 6,
  user: 7,
  durationSeconds: 8,
  /** Model calls with tokens but without a known cost, and calls without a reported number of tokens. */
  unpriced: 9,
  unreported: 10,
} as const;

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
  /** ISO code and name as `code:name`; empty if unknown. */
  readonly country: string;
  readonly user: string;
  /** Undefined if it has none. */
  readonly usage: UsageTally | undefined;
}

/** The usage of a session when the tally is made. */
export interface UsageTally {
  readonly all: ModelTotals;
  readonly byModel: readonly (readonly [string, ModelTotals])[];
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

/** ISO code and name as `code:name`; empty if unknown. */
export function countryOf({ countryCode, countryName }: Traits): string {
  return countryCode === undefined ? '' : `${countryCode}:${countryName ?? ''}`;
}

export function usageTallyOf({ usage }: Pick<Session, 'usage'>): UsageTally | undefined {
  return usage.isEmpty ? undefined : { all: usage.all, byModel: usage.models.entries() };
}

const SECOND_NS = 1_000_000_000n;
/** Microseconds of a second. */
export const MICROS = 1_000_000n;

/** How many dimensions there are. */
const DIMENSIONS = Math.max(...Object.values(Dimension)) + 1;

/** Changes of the counters of one bucket of time. */
class Bucket {
  readonly project: number;
  /** Its start in its own width, since 1970. */
  readonly bucket: number;
  /** By dimension, for counters without a name. */
  readonly #numbers = new Float64Array(DIMENSIONS);
  /** By dimension, for counters with a name. */
  readonly #named: (Map<string, number> | undefined)[] = [];

  constructor(project: number, bucket: number) {
    this.project = project;
    this.bucket = bucket;
  }

  add(dimension: number, count: number): void {
    this.#numbers[dimension]! += count;
  }

  /** An empty name means no name, and is not counted. */
  addName(dimension: number, name: string, count: number): void {
    if (name === '') return;
    this.#named[dimension] ??= new Map();
    const named = this.#named[dimension];
    named.set(name, (named.get(name) ?? 0) + count);
  }

  /** Adds all counters of another one. */
  addAll(other: Bucket): void {
    for (const { dimension, name, count } of other) {
      if (name === '') this.add(dimension, count);
      else this.addName(dimension, name, count);
    }
  }

  /** The counters that are not 0. */
  *[Symbol.iterator](): Generator<{ dimension: number; name: string; count: number }> {
    for (const [dimension, count] of this.#numbers.entries()) {
      if (count !== 0) yield { dimension, name: '', count };
    }
    for (const [dimension, named] of this.#named.entries()) {
      for (const [name, count] of named ?? []) if (count !== 0) yield { dimension, name, count };
    }
  }
}

/** The whole seconds of this many sessions of the greatest length fit in a double. */
const MOST_CHANGES = 500_000;

/** Collects the changes of a fold, so that each touched counter is written once. */
export class Rollups {
  /** Of hours, by project and hour. */
  readonly #hours = new Map<string, Bucket>();
  /** The bucket changed last: sessions that change together mostly started in the same hour. */
  #last: Bucket | undefined;
  #gathered = 0;
  readonly #spilled: CounterChange[] = [];

  /** A session's tally goes from `before` to `after`; undefined if it is not listed. */
  exchange(project: number, before: Tally | undefined, after: Tally | undefined): void {
    if (before !== undefined && after !== undefined && before.startNs === after.startNs) {
      amend(this.#hour(project, after.startNs), before, after);
    } else {
      if (before !== undefined) addTally(this.#hour(project, before.startNs), before, -1);
      if (after !== undefined) addTally(this.#hour(project, after.startNs), after, 1);
    }
    if (++this.#gathered === MOST_CHANGES) this.#spill();
  }

  #hour(project: number, startNs: bigint): Bucket {
    const hour = Number(startNs / LEVEL_NS[0]);
    if (this.#last?.bucket === hour && this.#last.project === project) return this.#last;
    this.#last = bucketIn(this.#hours, project, hour);
    return this.#last;
  }

  /** Discards the collected changes. */
  forget(): void {
    this.#clear();
    this.#spilled.length = 0;
  }

  /** Adds the collected changes to a change set. */
  flush({ counters }: ChangeSet): void {
    this.#spill();
    for (const change of this.#spilled) counters.push(change);
    this.#spilled.length = 0;
  }

  #spill(): void {
    for (const [level, hours] of LEVEL_HOURS.entries()) {
      for (const bucket of inBuckets(this.#hours, hours)) {
        for (const { dimension, name, count } of bucket) {
          const { project, bucket: at } = bucket;
          this.#spilled.push({ project, level, dimension, bucket: at, name, added: count });
        }
      }
    }
    this.#clear();
  }

  #clear(): void {
    this.#hours.clear();
    this.#last = undefined;
    this.#gathered = 0;
  }
}

function bucketIn(buckets: Map<string, Bucket>, project: number, at: number): Bucket {
  const id = `${project} ${at}`;
  let known = buckets.get(id);
  if (known === undefined) {
    known = new Bucket(project, at);
    buckets.set(id, known);
  }
  return known;
}

/** The changes in buckets of this many hours. */
function inBuckets(all: ReadonlyMap<string, Bucket>, hours: number): Iterable<Bucket> {
  if (hours === 1) return all.values();
  const buckets = new Map<string, Bucket>();
  for (const hour of all.values()) {
    bucketIn(buckets, hour.project, Math.floor(hour.bucket / hours)).addAll(hour);
  }
  return buckets.values();
}

function addTally(hour: Bucket, tally: Tally, sign: 1 | -1): void {
  hour.add(Dimension.sessions, sign);
  hour.add(Dimension.durationSeconds, sign * tally.durationSeconds);
  hour.add(Dimension.durationMicros, sign * tally.durationMicros);
  if (tally.errors) hour.add(Dimension.errors, sign);
  if (tally.genai) hour.add(Dimension.genai, sign);
  if (tally.bounce) hour.add(Dimension.bounces, sign);
  const { unpricedCount = 0, unreportedCount = 0 } = tally.usage?.all ?? {};
  hour.add(Dimension.unpriced, sign * unpricedCount);
  hour.add(Dimension.unreported, sign * unreportedCount);
  hour.addName(Dimension.device, tally.device, sign);
  hour.addName(Dimension.country, tally.country, sign);
  hour.addName(Dimension.user, tally.user, sign);
}

/** An open session changes with every fold, usually only in its duration. */
function amend(hour: Bucket, before: Tally, after: Tally): void {
  const name = (dimension: number, was: string, is: string): void => {
    if (was === is) return;
    hour.addName(dimension, was, -1);
    hour.addName(dimension, is, 1);
  };
  hour.add(Dimension.durationSeconds, after.durationSeconds - before.durationSeconds);
  hour.add(Dimension.durationMicros, after.durationMicros - before.durationMicros);
  hour.add(Dimension.errors, Number(after.errors) - Number(before.errors));
  hour.add(Dimension.genai, Number(after.genai) - Number(before.genai));
  hour.add(Dimension.bounces, Number(after.bounce) - Number(before.bounce));
  const [old, all] = [before.usage?.all, after.usage?.all];
  hour.add(Dimension.unpriced, (all?.unpricedCount ?? 0) - (old?.unpricedCount ?? 0));
  hour.add(Dimension.unreported, (all?.unreportedCount ?? 0) - (old?.unreportedCount ?? 0));
  name(Dimension.device, before.device, after.device);
  name(Dimension.country, before.country, after.country);
  name(Dimension.user, before.user, after.user);
}
