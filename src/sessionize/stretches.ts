import type { StretchForm } from './stored-form.js';

/**
 * Times of a session, separated by whether a set clock can have written them (S20 to S23). SPEC.md calls
 * stretches ranges, and believed times accepted. All times are nanoseconds since 1970.
 */

/**
 * 2000-01-01. Earlier times come from a clock that was not set: OpenTelemetry is younger, and unset clocks
 * begin in 1970 or 1980.
 */
export const FIRST_SET_CLOCK_NS = 946_684_800_000_000_000n;

/** Times at most this far apart belong to one stretch. */
const GAP_NS = 86_400_000_000_000n;
/** How far in the future a time is still believed. */
const AHEAD_NS = 86_400_000_000_000n;

/** Times that are each at most a day from the next, all from set clocks or all from unset ones. */
export interface Stretch {
  readonly startNs: bigint;
  readonly lastNs: bigint;
  /** The number of times in it. */
  readonly count: number;
}

/**
 * Stretches in order: more than a day apart, or on both sides of 2000. A pure function of the set of times.
 * Nearly always there is one.
 */
export type Stretches = readonly Stretch[];

export const NO_STRETCHES: Stretches = [];

/** The latest time that is believed at `nowNs`. */
export function believedUntil(nowNs: bigint): bigint {
  return nowNs + AHEAD_NS;
}

/** When a time that is not believed yet becomes believed. */
export function believedFrom(ns: bigint): bigint {
  return ns - AHEAD_NS;
}

/** Whether a clock that was not set wrote this time. */
export function isUnset(ns: bigint): boolean {
  return ns < FIRST_SET_CLOCK_NS;
}

/** Collects times. */
export class Times {
  /** Created for the second stretch. */
  #done: Stretch[] | undefined;
  #startNs = 0n;
  #lastNs = 0n;
  #count = 0;

  add(ns: bigint): void {
    if (this.#count === 0 || !this.#isNear(ns)) {
      if (this.#count > 0) {
        this.#done ??= [];
        this.#done.push(this.#current());
      }
      this.#count = 0;
      this.#startNs = ns;
      this.#lastNs = ns;
    } else if (ns > this.#lastNs) {
      this.#lastNs = ns;
    } else if (ns < this.#startNs) {
      this.#startNs = ns;
    }
    this.#count++;
  }

  /** Whether a time belongs to the current stretch. */
  #isNear(ns: bigint): boolean {
    if (ns > this.#lastNs) return ns - this.#lastNs <= GAP_NS && isUnset(ns) === isUnset(this.#lastNs);
    if (ns < this.#startNs) return this.#startNs - ns <= GAP_NS && isUnset(ns) === isUnset(this.#startNs);
    return true;
  }

  #current(): Stretch {
    return { startNs: this.#startNs, lastNs: this.#lastNs, count: this.#count };
  }

  finish(): Stretches {
    if (this.#count === 0) return NO_STRETCHES;
    return this.#done === undefined ? [this.#current()] : stretchesOf([...this.#done, this.#current()]);
  }
}

/** The stretches of all times in these stretches, which may be in any order and overlap. */
export function stretchesOf(parts: Stretches): Stretches {
  if (parts.length < 2) return parts;
  const ordered = parts.toSorted((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
  const joined: Stretch[] = [];
  let last = ordered[0]!;
  for (const next of ordered.slice(1)) {
    if (areNear(last, next)) {
      last = join(last, next);
    } else {
      joined.push(last);
      last = next;
    }
  }
  joined.push(last);
  return joined;
}

/**
 * `all` with the times of `old` replaced by those of `replacement`. Undefined if the result is unknown,
 * because removed times may have bounded a stretch or held it together (S18).
 */
export function exchangeStretches(
  all: Stretches,
  old: Stretches,
  replacement: Stretches,
): Stretches | undefined {
  if (old === replacement || (old.length === 0 && replacement.length === 0)) return all;
  if (all.length === 0) return replacement;
  const grown = exchangeOne(all, old, replacement);
  if (grown !== undefined) return grown;
  if (old.length === 0) return stretchesOf([...all, ...replacement]);
  if (countOf(all) === countOf(old)) return replacement;
  for (const gone of old) {
    if (replacement.some((stretch) => contains(stretch, gone))) continue;
    const held = all.find((stretch) => contains(stretch, gone));
    if (held === undefined || gone.startNs === held.startNs || gone.lastNs === held.lastNs) return undefined;
    if (held.lastNs - held.startNs > GAP_NS) return undefined;
  }
  return stretchesOf([...all, ...replacement]).map((stretch) => {
    const gone = countOf(old.filter((each) => contains(stretch, each)));
    return gone === 0 ? stretch : { ...stretch, count: stretch.count - gone };
  });
}

/**
 * `exchangeStretches` for the usual case: at most one stretch each, and nothing is lost. Undefined otherwise.
 */
function exchangeOne(all: Stretches, old: Stretches, replacement: Stretches): Stretches | undefined {
  const [held, gone, fresh] = [all[0], old[0], replacement[0]];
  if (held === undefined || fresh === undefined) return undefined;
  if (all.length > 1 || old.length > 1 || replacement.length > 1) return undefined;
  if (gone !== undefined && !contains(fresh, gone)) return undefined;
  if (held.startNs <= fresh.startNs ? !areNear(held, fresh) : !areNear(fresh, held)) return undefined;
  return [
    {
      startNs: fresh.startNs < held.startNs ? fresh.startNs : held.startNs,
      lastNs: fresh.lastNs > held.lastNs ? fresh.lastNs : held.lastNs,
      count: held.count + fresh.count - (gone?.count ?? 0),
    },
  ];
}

/** The first `most` stretches. The last of them is joined with all that follow. */
export function atMost(all: Stretches, most: number): Stretches {
  if (all.length <= most) return all;
  return [...all.slice(0, most - 1), all.slice(most - 1).reduce(join)];
}

/**
 * `exchangeStretches` for a result of `atMost`. Undefined also if joined stretches would have to be separated
 * again.
 */
export function exchangeAtMost(
  all: Stretches,
  old: Stretches,
  replacement: Stretches,
  most: number,
): Stretches | undefined {
  const exchanged = exchangeStretches(all, old, replacement);
  if (exchanged === undefined) return undefined;
  const joined = all[most - 1];
  if (joined !== undefined && exchanged.findIndex((stretch) => contains(stretch, joined)) < most - 1) {
    return undefined;
  }
  return atMost(exchanged, most);
}

export function countOf(stretches: Stretches): number {
  let count = 0;
  for (const stretch of stretches) count += stretch.count;
  return count;
}

/** Whether two stretches are one. `second` does not begin before `first`. */
function areNear(first: Stretch, second: Stretch): boolean {
  if (second.startNs <= first.lastNs) return true;
  return second.startNs - first.lastNs <= GAP_NS && isUnset(second.startNs) === isUnset(first.lastNs);
}

function join(a: Stretch, b: Stretch): Stretch {
  return { startNs: a.startNs, lastNs: b.lastNs > a.lastNs ? b.lastNs : a.lastNs, count: a.count + b.count };
}

function contains(outer: Stretch, inner: Stretch): boolean {
  return outer.startNs <= inner.startNs && inner.lastNs <= outer.lastNs;
}

/** The times of the records of a session, and of the events that end it. */
export interface SessionTimes {
  /** Starts of spans and times of log records. */
  readonly starts: Stretches;
  /** Ends of spans. */
  readonly ends: Stretches;
  /** Times of events that end the session. They are no activity by themselves. */
  readonly lifecycleEvents: Stretches;
}

/** The believed times of a session, summarized. */
export interface Believed {
  readonly startNs: bigint;
  /** Latest activity. */
  readonly lastNs: bigint;
  /** The latest start of an activity. */
  readonly lastStartNs: bigint;
  readonly endEventNs: bigint | undefined;
  /** The number of times of records that are not believed. */
  readonly setAside: number;
}

const NEVER: Believed = { startNs: 0n, lastNs: 0n, lastStartNs: 0n, endEventNs: undefined, setAside: 0 };

/** Summarizes these times; times up to `untilNs` are believed (S21, S22). */
export function believe(times: SessionTimes, untilNs: bigint): Believed {
  const { starts, ends, lifecycleEvents } = times;
  const first = starts[0];
  if (first === undefined) return { ...NEVER, endEventNs: lifecycleEvents.at(-1)?.lastNs };
  const isBelieved = ({ startNs }: Stretch): boolean => !isUnset(startNs) && startNs <= untilNs;
  const believedStarts = starts.every(isBelieved) ? starts : starts.filter(isBelieved);
  if (believedStarts.length === 0) return unbelievedSummary(first, times, untilNs);
  const believedEnds = ends.every(isBelieved) ? ends : ends.filter(isBelieved);
  const lastStartNs = believedStarts.at(-1)!.lastNs;
  const lastEndNs = believedEnds.at(-1)?.lastNs ?? lastStartNs;
  return {
    startNs: believedStarts[0]!.startNs,
    lastNs: lastEndNs > lastStartNs ? lastEndNs : lastStartNs,
    lastStartNs,
    endEventNs: lifecycleEvents.findLast(isBelieved)?.lastNs,
    setAside: countOf(starts) + countOf(ends) - countOf(believedStarts) - countOf(believedEnds),
  };
}

/**
 * Used if no start is believed: the first stretch gives the duration. It keeps its place if it is in the
 * past. If it is in the future, it is moved to 1970, so that the session does not lead lists.
 */
function unbelievedSummary(
  first: Stretch,
  { starts, ends, lifecycleEvents }: SessionTimes,
  untilNs: bigint,
): Believed {
  const isNear = ({ startNs, lastNs }: Stretch): boolean =>
    startNs <= first.lastNs + GAP_NS &&
    lastNs >= first.startNs &&
    isUnset(startNs) === isUnset(first.startNs);
  const lastEndNs = ends.find(isNear)?.lastNs ?? first.lastNs;
  const endEventNs = lifecycleEvents.find(isNear)?.lastNs;
  const shiftNs = first.startNs > untilNs ? first.startNs : 0n;
  return {
    startNs: first.startNs - shiftNs,
    lastNs: (lastEndNs > first.lastNs ? lastEndNs : first.lastNs) - shiftNs,
    lastStartNs: first.lastNs - shiftNs,
    endEventNs: endEventNs === undefined ? undefined : endEventNs - shiftNs,
    setAside: countOf(starts) + countOf(ends),
  };
}

/** The first of these times that is not believed yet; undefined if there is none. */
export function firstAhead(
  { starts, ends, lifecycleEvents }: SessionTimes,
  untilNs: bigint,
): bigint | undefined {
  let first: bigint | undefined;
  for (const stretches of [starts, ends, lifecycleEvents]) {
    const latest = stretches.at(-1);
    if (latest === undefined || latest.startNs <= untilNs) continue;
    const ahead = stretches.find(({ startNs }) => startNs > untilNs)?.startNs;
    if (ahead !== undefined && (first === undefined || ahead < first)) first = ahead;
  }
  return first;
}

/** The stored form. */
export function stretchesForm(stretches: Stretches): StretchForm[] {
  return stretches.map(({ startNs, lastNs, count }) => ({
    at: String(startNs),
    ns: String(lastNs - startNs),
    n: count,
  }));
}

export function stretchesOfForm(form: readonly StretchForm[] | undefined): Stretches {
  if (form === undefined) return NO_STRETCHES;
  return form.map(({ at, ns, n }) => {
    const startNs = BigInt(at);
    return { startNs, lastNs: startNs + BigInt(ns), count: n };
  });
}
