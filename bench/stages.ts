import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.js';
import type { Aside, Stage, StageMicros } from './stage-run.js';

/** Command for the measuring process. */
export interface StagesCommand {
  readonly kind: 'web' | 'genai';
  readonly seed: number;
  readonly timeMs: number;
  readonly spans: number;
  /** Number of requests that are committed together. */
  readonly requestsPerCommit: number;
  /**
   * Number of commits after which sessions are brought up to date: under full load the server does it every
   * few commits.
   */
  readonly commitsPerFold: number;
  /** The share of the requests, from the first, that is not measured. */
  readonly warmUpShare: number;
  /** Used for nothing else; created if it does not exist. */
  readonly directory: string;
}

export interface StageTimes {
  readonly spans: number;
  /** For all these spans. */
  readonly micros: StageMicros;
  /** After a clean stop, warm-up included. */
  readonly diskBytesPerSpan: number;
  /** CPU time of admitting one request by its API key, µs. */
  readonly admitMicros: number;
  readonly requestsPerSpan: number;
}

/** Per span, and as multiples of gunzip of the same bytes in the same run. */
export interface StagesResult extends Readonly<Record<Stage | Aside, number>> {
  readonly kind: 'web' | 'genai';
  readonly spans: number;
  readonly ratio: Readonly<Record<Exclude<Stage, 'gunzip'> | Aside, number>>;
  /** Bytes on disk a span, after a clean stop. */
  readonly diskBytes: number;
  /** Admitting a request by its API key: CPU time a request and, in requests of the usual size, a span, µs. */
  readonly admit: { readonly request: number; readonly span: number };
}

const SPANS = { web: { full: 600_000, quick: 240_000 }, genai: { full: 120_000, quick: 40_000 } } as const;
const HOUR_MS = 3_600_000;

/**
 * CPU time of each stage of ingestion, in one process and on one thread: the figure that noise affects least.
 * Rows of sessions, filters, counters and timelines are all part of `fold`, the durable commit is part of
 * `append`.
 */
export async function measureStages(bench: Bench, kind: 'web' | 'genai'): Promise<StagesResult> {
  bench.progress(`stages: ${kind}`);
  const { spans, micros, diskBytesPerSpan, admitMicros, requestsPerSpan } = await measuredApart({
    kind,
    seed: 20260115,
    timeMs: Date.now() - 2 * HOUR_MS,
    spans: SPANS[kind][bench.options.quick ? 'quick' : 'full'],
    requestsPerCommit: 8,
    commitsPerFold: 5,
    warmUpShare: 1 / 3,
    directory: bench.newDirectory(),
  });
  const { gunzip, decode, append, fold, redactUserIds, redactSets, limit } = micros;
  const each = (total: number): number => total / spans;
  return {
    kind,
    spans,
    gunzip: each(gunzip),
    decode: each(decode),
    append: each(append),
    fold: each(fold),
    redactUserIds: each(redactUserIds),
    redactSets: each(redactSets),
    limit: each(limit),
    ratio: {
      decode: decode / gunzip,
      append: append / gunzip,
      fold: fold / gunzip,
      redactUserIds: redactUserIds / gunzip,
      redactSets: redactSets / gunzip,
      limit: limit / gunzip,
    },
    diskBytes: diskBytesPerSpan,
    admit: { request: admitMicros, span: admitMicros * requestsPerSpan },
  };
}

async function measuredApart(command: StagesCommand): Promise<StageTimes> {
  const child = fork(fileURLToPath(new URL('./stages-process.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    child.send(command);
    const answer = await Promise.race([
      once(child, 'message').then(([message]) => message as { times?: StageTimes; error?: string }),
      once(child, 'exit').then(([code]) => ({ times: undefined, error: `exited with ${code}` })),
    ]);
    if (answer.times === undefined) throw new Error(`stages of ${command.kind}: ${answer.error}`);
    return answer.times;
  } finally {
    child.kill('SIGKILL');
  }
}
