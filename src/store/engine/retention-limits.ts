/**
 * Which time retention believes, and up to which last activity sessions go (docs/decisions/019-erasure-and-retention.md).
 */

import type { RetentionPolicy } from '../contract/retention.js';

/** The first look after a start, ms. A start has other work to do. */
const FIRST_LOOK_MS = 2_000;

/** Time from one look to the next, ms. Shorter if ages are. */
const LOOK_MS = 60_000;
const LOOKS_AN_AGE = 20;

const DAY_NS = 86_400_000_000_000n;

/** How far the time that counts may be ahead of the latest activity of any session. */
const MOST_AHEAD_NS = 7n * DAY_NS;

/** The clock is doubted if it is further ahead of its time at the look before. */
const MOST_STEP_NS = 7n * DAY_NS;

/** How long nothing goes by age after that. */
const HELD_NS = DAY_NS;

/** A limit by age moves in steps of this part of the age, and of a day at most. */
const STEPS_OF_AGE = 24n;

/** What is remembered of the clock from one look to the next, ns since 1970. */
export interface SeenClock {
  /** Its time at the last look that did not doubt it. */
  readonly seenNs: bigint | undefined;
  /** Until when it is doubted. */
  readonly heldUntilNs: bigint | undefined;
}

export interface BelievedTime {
  /** The time that ages are counted to; undefined while nothing goes by age. */
  readonly nowNs: bigint | undefined;
  /** To be remembered. */
  readonly clock: SeenClock;
  /** Why nothing, or less, goes by age. */
  readonly heldBack?: string;
}

/** `newestNs`: the latest activity that is not after `nowNs`, of any session; undefined without sessions. */
export function believedTime(
  nowNs: bigint,
  newestNs: bigint | undefined,
  { seenNs, heldUntilNs }: SeenClock,
): BelievedTime {
  if (seenNs !== undefined && nowNs > seenNs + MOST_STEP_NS) {
    const isSetBack = heldUntilNs !== undefined && heldUntilNs > nowNs + HELD_NS;
    const untilNs = heldUntilNs === undefined || isSetBack ? nowNs + HELD_NS : heldUntilNs;
    if (nowNs < untilNs) {
      return {
        nowNs: undefined,
        clock: { seenNs, heldUntilNs: untilNs },
        heldBack: `the clock is ${daysOf(nowNs - seenNs)} days ahead of its time when it was last looked at: either the server was stopped for long, or the clock is wrong. Nothing goes by age until ${textOf(untilNs)}`,
      };
    }
  }
  const clock: SeenClock = { seenNs: nowNs, heldUntilNs: undefined };
  if (newestNs === undefined || nowNs <= newestNs + MOST_AHEAD_NS) return { nowNs, clock };
  return {
    nowNs: newestNs + MOST_AHEAD_NS,
    clock,
    heldBack: `no session had activity in the last ${daysOf(nowNs - newestNs)} days: ages are counted to ${textOf(newestNs + MOST_AHEAD_NS)}, in case that the clock is wrong`,
  };
}

/** Sessions without activity after this time are older than an age, up to the last step of the limit. */
export function limitOf(nowNs: bigint, ageMs: number): bigint {
  const ageNs = BigInt(ageMs) * 1_000_000n;
  const part = ageNs / STEPS_OF_AGE;
  const stepNs = part < DAY_NS ? part : DAY_NS;
  return ((nowNs - ageNs) / stepNs) * stepNs;
}

const NONE: ReadonlyMap<string, number> = new Map();

/** Time from one look at a store to the next, ms. */
export function lookMs(policy: RetentionPolicy | undefined): number {
  const { keepMs, keepMsOf, keepContentMs, keepContentMsOf } = policy ?? { keepMsOf: NONE };
  const ages = [keepMs, keepContentMs, ...keepMsOf.values(), ...(keepContentMsOf ?? NONE).values()];
  return Math.min(LOOK_MS, ...ages.flatMap((ms) => (ms === undefined ? [] : [ms / LOOKS_AN_AGE])));
}

/** Time from a start to the first look, ms. */
export function firstLookMs(policy: RetentionPolicy | undefined): number {
  return Math.min(FIRST_LOOK_MS, lookMs(policy));
}

function daysOf(ns: bigint): number {
  return Number(ns / DAY_NS);
}

/** RFC 3339, in seconds. */
function textOf(ns: bigint): string {
  return `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)}Z`;
}
