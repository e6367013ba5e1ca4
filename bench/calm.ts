import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 250;
/** Share of one core below which a process is calm. */
const CALM_SHARE = 0.05;
/** Polls in a row that have to find it calm: on a busy machine a process that has work to do may not be given any time for a moment. */
const CALM_POLLS = 4;

export interface Calm {
  /** CPU time of the process when it was calm, ms; undefined where it cannot be read. */
  readonly cpuMs: number | undefined;
  /** When it became calm, on the clock of `performance.now`, ms. */
  readonly sinceMs: number;
  /** It was busy to the end of the limit. */
  readonly stillBusy: boolean;
}

/** Waits until a process hardly works any more. `readCpuMs`: its CPU time so far, ms. */
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
