import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 250;
/** Share of one core below which a process is calm. */
const CALM_SHARE = 0.05;

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
  let sinceMs = began;
  let last = readCpuMs();
  while (last !== undefined && performance.now() - began < limitMs) {
    await delay(POLL_MS);
    const now = readCpuMs() ?? last;
    if (now - last <= CALM_SHARE * POLL_MS) return { cpuMs: now, sinceMs, stillBusy: false };
    last = now;
    sinceMs = performance.now();
  }
  return { cpuMs: last, sinceMs, stillBusy: last !== undefined };
}
