import type { Random } from './random.js';
import type { Recorder } from './telemetry.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A session ends after this time without activity; a later visit begins a new one. */
export const SESSION_LIFE = 30 * MINUTE;

/** Longest pause within a session. */
const LONGEST_PAUSE = SESSION_LIFE / 2;

export interface VisitOptions {
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Whether it may end in a way that the browser or the app reports. */
  readonly mayEnd: boolean;
  /** Whether the new release is out. */
  readonly isNewReleaseOut: boolean;
}

/** A person who visits the shop, and may come back. */
export interface Person {
  /** The latest session and the time of its last activity. */
  lastSession: { readonly id: string; readonly end: number } | undefined;
  /** Records one session, and stores it as the latest. */
  visit(options: VisitOptions, random: Random, ids: Random): Recorder;
}

/** How long somebody looks at a page or a screen, ms. */
export function pause(random: Random): number {
  return Math.min(random.duration(25 * SECOND), LONGEST_PAUSE);
}

/** An account: a number or, in the shop's older part, an e-mail address. Undefined for a person without one. */
export function account(random: Random): string | undefined {
  if (!random.chance(0.4)) return undefined;
  return random.chance(0.2) ? `customer${random.int(1000, 9999)}@example.com` : `usr_${random.hex(8)}`;
}
