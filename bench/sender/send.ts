import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outbox, WaitingRequest } from './outbox.js';
import { post, type Target } from './post.js';
import type { SendCommand, SendResult } from './protocol.js';

const MOST_TRIES = 50;
const MOST_FAILURES = 5;
/** Delay before a retry, which grows with each retry. */
const FIRST_PAUSE_MS = 10;
const PAUSE_GROWTH = 1.4;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Sends the waiting requests of `outbox`, one at a time on each connection, until the window is over or none
 * waits. Requests in flight at the end are completed and counted in the ledger, but not in the window.
 * `onWindow` is called at both ends of the window.
 */
export async function send(
  outbox: Outbox,
  command: SendCommand,
  onWindow: (open: boolean) => void,
): Promise<SendResult> {
  const { connections, seconds, spansPerSecond, rehearse = false } = command;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, noDelay: true });
  const targets = [command.origin, ...(command.otherOrigins ?? [])].map(
    (origin): Target => ({ agent, origin: new URL(origin), headers: command.headers ?? {} }),
  );
  const rehearsal = outbox.rehearsal();
  const take = (): WaitingRequest | undefined => (rehearse ? rehearsal.next().value : outbox.take());

  const latencyMs: number[] = [];
  const failures: string[] = [];
  let spans = 0;
  let requests = 0;
  let wireBytes = 0;
  let spansInAll = 0;
  let retries = 0;
  let sentSpans = 0;
  let ranOut = false;
  let open = true;
  let windowMs = 0;
  let cpuMs = 0;

  onWindow(true);
  const cpuAtStart = process.cpuUsage();
  const start = performance.now();
  const close = () => {
    if (!open) return;
    open = false;
    windowMs = performance.now() - start;
    const cpu = process.cpuUsage(cpuAtStart);
    cpuMs = (cpu.user + cpu.system) / 1000;
    onWindow(false);
  };
  const timer = seconds === undefined ? undefined : setTimeout(close, seconds * 1000);

  const deliver = async (request: WaitingRequest, target: Target): Promise<void> => {
    const began = performance.now();
    for (let tries = 1; ; tries++) {
      const answer = await post(target, request);
      if (answer.kind === 'acknowledged') {
        latencyMs.push(performance.now() - began);
        spansInAll += request.spans;
        if (!rehearse) outbox.acknowledged(request);
        if (open) {
          spans += request.spans;
          requests++;
          wireBytes += request.gzip.length;
        }
        return;
      }
      if (answer.kind === 'refused' || tries === MOST_TRIES) {
        if (failures.length < MOST_FAILURES) failures.push(`${request.path}: ${answer.reason}`);
        return;
      }
      retries++;
      await delay(
        Math.max(answer.afterMs, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * PAUSE_GROWTH ** tries)),
      );
    }
  };

  const connection = async (target: Target): Promise<void> => {
    while (open && failures.length < MOST_FAILURES) {
      if (spansPerSecond !== undefined) {
        const due = start + (sentSpans / spansPerSecond) * 1000;
        const wait = due - performance.now();
        if (wait > 1) {
          await delay(wait);
          continue;
        }
      }
      const request = take();
      if (!request) {
        ranOut = true;
        close();
        return;
      }
      sentSpans += request.spans;
      await deliver(request, target);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, i) => connection(targets[i % targets.length]!)));
  close();
  clearTimeout(timer);
  agent.destroy();
  return {
    windowMs,
    spans,
    requests,
    wireBytes,
    spansInAll,
    latencyMs: Float64Array.from(latencyMs),
    cpuMs,
    retries,
    failures,
    ranOut,
  };
}
