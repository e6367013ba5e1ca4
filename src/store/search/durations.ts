import type { Quantiles } from '../contract/statistics.js';

/** The group of all sessions. */
const ALL = -1;

/** Durations of sessions by group, in 12 bytes each. */
export class Durations {
  #groups = new Int32Array(1024);
  #values = new Float64Array(1024);
  #count = 0;
  /** Groups that were joined with others. */
  readonly #joined = new Map<number, number>();

  /** Adds the duration of a session to all, or to a group by its number from 0. */
  add(ns: number, group = ALL): void {
    if (this.#count === this.#values.length) {
      const [groups, values] = [new Int32Array(2 * this.#count), new Float64Array(2 * this.#count)];
      groups.set(this.#groups);
      values.set(this.#values);
      this.#groups = groups;
      this.#values = values;
    }
    this.#groups[this.#count] = group;
    this.#values[this.#count++] = ns;
  }

  /** Counts the durations of a group for another one. */
  join(from: number, to: number): void {
    this.#joined.set(from, to);
  }

  /** Exact quantiles (nearest rank) of all, and of these groups. Without sessions there are none. */
  quantiles(groups: readonly number[]): {
    readonly all: Quantiles | undefined;
    readonly of: ReadonlyMap<number, Quantiles>;
  } {
    const wanted = new Map([ALL, ...groups].map((group) => [group, { count: 0, at: 0 }]));
    const placeOf = (i: number) => {
      const group = this.#groups[i]!;
      return wanted.get(this.#joined.get(group) ?? group);
    };
    let total = 0;
    for (let i = 0; i < this.#count; i++) {
      const place = placeOf(i);
      if (place === undefined) continue;
      place.count++;
      total++;
    }
    const values = new Float64Array(total);
    let end = 0;
    for (const place of wanted.values()) {
      place.at = end;
      end += place.count;
    }
    for (let i = 0; i < this.#count; i++) {
      const place = placeOf(i);
      if (place !== undefined) values[place.at++] = this.#values[i]!;
    }
    const of = new Map<number, Quantiles>();
    for (const [group, { count, at }] of wanted) {
      if (count > 0) of.set(group, quantilesOf(values.subarray(at - count, at).sort()));
    }
    return { all: of.get(ALL), of };
  }
}

/** Quantiles of sorted values, of which there is at least one. */
function quantilesOf(values: Float64Array): Quantiles {
  const rank = (percent: number): number => values[Math.ceil((percent * values.length) / 100) - 1]!;
  return { p50: rank(50), p90: rank(90), p95: rank(95), p99: rank(99) };
}

const NANOS = 1e9;
/** Seconds of which the nanoseconds are exact as a double. */
const MOST_EXACT = 9_000_000;

/** A duration as `Number` of its whole nanoseconds. */
export function nanoseconds(seconds: number, nanos: number): number {
  if (seconds < MOST_EXACT) return seconds * NANOS + nanos;
  return Number(BigInt(seconds) * BigInt(NANOS) + BigInt(nanos));
}
