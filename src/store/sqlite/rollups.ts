import type { ModelSum } from '../../sessionize/model-sums.js';
import type { Session } from '../../sessionize/session.js';
import type { Database, Statement } from './database.js';

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
} as const;

/** Width of a bucket in nanoseconds, by level, finest first: an hour, a day, all time. */
export const LEVEL_NS = [3_600_000_000_000n, 86_400_000_000_000n, 2n ** 63n] as const;

/** What a session adds to the statistics of the buckets of its start. */
export interface Tally {
  readonly startNs: bigint;
  readonly durationMicros: bigint;
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
  return {
    startNs: session.startNs,
    durationMicros: (session.lastNs - session.startNs) / 1000n,
    errors: session.errorCount > 0,
    genai: !session.usage.isEmpty,
    bounce: session.spanCount <= 1,
    device: traits.deviceType ?? 'unknown',
    country: traits.countryCode === undefined ? '' : `${traits.countryCode}:${traits.countryName ?? ''}`,
    user: traits.userId ?? '',
    usage: usageTallyOf(session),
  };
}

function usageTallyOf({ usage }: Session): UsageTally | undefined {
  return usage.isEmpty ? undefined : { all: usage.all, byModel: usage.models.entries() };
}

/** Microseconds of a second. */
export const MICROS = 1_000_000n;

/** Bucket of a time: whole widths since 1970. */
function bucketOf(ns: bigint, level: number): number {
  return Number(ns / LEVEL_NS[level]!);
}

/** Gathers changes of a transaction and writes each touched counter once. */
export class Rollups {
  readonly #change: Statement;
  readonly #sweep: Statement;
  /** By project, level, dimension, bucket and name. */
  readonly #changes = new Map<string, { key: [number, number, number, number, string]; count: bigint }>();

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
      this.#amend(project, before, after);
      return;
    }
    if (before !== undefined) this.#all(project, before, -1n);
    if (after !== undefined) this.#all(project, after, 1n);
  }

  #all(project: number, tally: Tally, sign: bigint): void {
    const { startNs } = tally;
    this.#add(project, startNs, Dimension.sessions, '', sign);
    this.#duration(project, startNs, sign, tally.durationMicros);
    if (tally.errors) this.#add(project, startNs, Dimension.errors, '', sign);
    if (tally.genai) this.#add(project, startNs, Dimension.genai, '', sign);
    if (tally.bounce) this.#add(project, startNs, Dimension.bounces, '', sign);
    this.#add(project, startNs, Dimension.device, tally.device, sign);
    if (tally.country !== '') this.#add(project, startNs, Dimension.country, tally.country, sign);
    if (tally.user !== '') this.#add(project, startNs, Dimension.user, tally.user, sign);
  }

  #duration(project: number, startNs: bigint, sign: bigint, micros: bigint): void {
    this.#add(project, startNs, Dimension.durationSeconds, '', sign * (micros / MICROS));
    this.#add(project, startNs, Dimension.durationMicros, '', sign * (micros % MICROS));
  }

  /** An open session changes with every flush, mostly in its duration alone. */
  #amend(project: number, before: Tally, after: Tally): void {
    const { startNs } = after;
    const flag = (dimension: number, was: boolean, is: boolean): void => {
      if (was !== is) this.#add(project, startNs, dimension, '', is ? 1n : -1n);
    };
    const name = (dimension: number, was: string, is: string): void => {
      if (was === is) return;
      if (was !== '') this.#add(project, startNs, dimension, was, -1n);
      if (is !== '') this.#add(project, startNs, dimension, is, 1n);
    };
    if (before.durationMicros !== after.durationMicros) {
      this.#duration(project, startNs, -1n, before.durationMicros);
      this.#duration(project, startNs, 1n, after.durationMicros);
    }
    flag(Dimension.errors, before.errors, after.errors);
    flag(Dimension.genai, before.genai, after.genai);
    flag(Dimension.bounces, before.bounce, after.bounce);
    name(Dimension.device, before.device, after.device);
    name(Dimension.country, before.country, after.country);
    name(Dimension.user, before.user, after.user);
  }

  #add(project: number, startNs: bigint, dimension: number, name: string, count: bigint): void {
    for (let level = 0; level < LEVEL_NS.length; level++) {
      const bucket = bucketOf(startNs, level);
      const id = `${project} ${level} ${dimension} ${bucket} ${name}`;
      const change = this.#changes.get(id);
      if (change === undefined) {
        this.#changes.set(id, { key: [project, level, dimension, bucket, name], count });
      } else {
        change.count += count;
      }
    }
  }

  /** Drops the gathered changes: their transaction was rolled back. */
  forget(): void {
    this.#changes.clear();
  }

  /** Writes the gathered changes. */
  flush(): void {
    for (const { key, count } of this.#changes.values()) {
      if (count === 0n) continue;
      this.#change.run(...key, count);
      if (count < 0n) this.#sweep.run(...key);
    }
    this.#changes.clear();
  }
}
