import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoOptions } from './options.js';
import { OtlpSender, SendError, type SendTotals } from './send.js';
import type { DemoRecord } from './telemetry.js';
import { Traffic } from './traffic.js';

const MINUTE = 60_000;
const LIVE_TICK_MS = 1_000;
/** Records in a request: the default of the SDKs' batch processors. */
const BATCH = 512;

/** The environment of the demo. */
export interface DemoContext {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends the demo after the current request. */
  readonly signal: AbortSignal;
  /** The command that starts a server, as the user can type it. */
  readonly startCommand: string;
  /** The command that makes an API key for the demo. */
  readonly keyCommand: string;
  /** Standard output: the summary. */
  print(text: string): void;
  /** Standard error: progress and errors. */
  progress(text: string): void;
}

/** Sends the traffic and resolves to the exit code: 0, or 1 if the server did not accept all of it. */
export async function demo(options: DemoOptions, context: DemoContext): Promise<number> {
  const now = context.now();
  const seed = options.seed ?? now % 2 ** 32;
  const traffic = new Traffic({ seed, now, sessions: options.sessions, days: options.days });
  const { endpoint, key } = options;
  const { signal, startCommand, keyCommand } = context;
  const sender = new OtlpSender({ endpoint, key, signal, startCommand, keyCommand });
  try {
    await sendHistory(traffic, sender, now, options, context);
    if (options.live) await sendLive(traffic, sender, context);
  } catch (error) {
    if (error instanceof SendError) {
      context.progress(`sojourn: ${error.message}\n`);
      return 1;
    }
    if (!context.signal.aborted) throw error;
  }
  context.print(summary(traffic, sender.totals, seed, options.endpoint));
  return sender.totals.rejected > 0 ? 1 : 0;
}

/** Sends everything that ended before now, minute by minute, in the order in which it would have arrived. */
async function sendHistory(
  traffic: Traffic,
  sender: OtlpSender,
  now: number,
  { sessions, days, endpoint }: DemoOptions,
  context: DemoContext,
): Promise<void> {
  const period = days === 1 ? 'day' : `${days} days`;
  context.progress(`Sending ${sessions} sessions of the last ${period} to ${endpoint}\n`);
  let waiting: DemoRecord[] = [];
  let nextReport = 0.25;
  for (let time = traffic.begins; time < now; ) {
    time = Math.min(time + MINUTE, now);
    waiting = waiting.concat(traffic.advance(time));
    while (waiting.length >= BATCH || (time === now && waiting.length > 0)) {
      await sender.send(waiting.slice(0, BATCH));
      waiting = waiting.slice(BATCH);
      context.signal.throwIfAborted();
    }
    const done = traffic.sessionsBegun / sessions;
    if (sender.totals.requests > 0 && done >= nextReport && done < 1) {
      context.progress(`  ${Math.round(done * 100)} %  ${counts(sender.totals)}\n`);
      nextReport += 0.25;
    }
  }
}

/** Sends everything that ends from now on, when it ends, until the signal. */
async function sendLive(traffic: Traffic, sender: OtlpSender, context: DemoContext): Promise<void> {
  context.progress('Going on in real time. Ctrl+C stops it.\n');
  for (;;) {
    await sleep(LIVE_TICK_MS, undefined, { signal: context.signal });
    const due = traffic.advance(context.now());
    for (let at = 0; at < due.length; at += BATCH) await sender.send(due.slice(at, at + BATCH));
  }
}

function summary(traffic: Traffic, totals: SendTotals, seed: number, endpoint: string): string {
  const { sessionsBegun: sessions, agentSession } = traffic;
  const agent =
    agentSession === undefined
      ? ''
      : `An agent: ${endpoint}/api/v1/sessions/${agentSession}, and /usage, /conversation below it\n`;
  const rejected =
    totals.rejected === 0 ? '' : `Not taken: ${totals.rejected} records (${totals.rejection}).\n`;
  return `
Sent ${sessions} sessions: ${counts(totals)} in ${totals.requests} requests, ${Math.ceil(totals.bytes / 1000)} kB.
${rejected}The same traffic again: --seed ${seed}
Open ${endpoint}/
${agent}`;
}

function counts({ spans, logs }: SendTotals): string {
  return `${spans} spans, ${logs} log records`;
}
