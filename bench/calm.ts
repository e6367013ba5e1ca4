import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 250;
/** Share of one core below which a process counts as idle. */
const CALM_SHARE = 0.05;
/**
 * Number of consecutive polls that must find it idle: on a busy machine a process with work may get no CPU
 * for a moment.
 */
const CALM_POLLS = 4;

export interface Calm {
  /** CPU time of the process when it became idle, ms; undefined if it cannot be read. */
  readonly cpuMs: number | undefined;
  /** When it became idle, on the clock of `performance.now`, ms. */
  readonly sinceMs: number;
  /** Whether it was busy until the limit. */
  readonly stillBusy: boolean;
}

/** Waits until a process is nearly idle. `readCpuMs` returns its CPU time so far, ms. */
export async function calm(readCpuMs: () => number | undefined, limitMs: number): Promise<Calm> {
  const began = performance.now();
  let calmPolls = 0;
  let last = readCpuMs();
  let found = { cpuMs: last, sinceMs: began };
  while (last !== undefined && performance.now() - began < limitMs) {
    await delay(POLL_MS);
    const now = readCpuMs() ?? last;
    if (now - last > CALM_SHARE * POLL_MS) {
      calmPolls = 0;
      found = { cpuMs: now, sinceMs: performance.now() };
    } else if (++calmPolls === CALM_POLLS) {
      return { ...found, cpuMs: now, stillBusy: false };
    }
    last = now;
  }
  return { ...found, cpuMs: last, stillBusy: last !== undefined };
}
