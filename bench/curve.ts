import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.js';
import type { Stage, StageMicros } from './stage-run.js';

/** Command for the measuring process. */
export interface CurveCommand {
  readonly seed: number;
  /** Start of the telemetry, milliseconds since 1970. */
  readonly timeMs: number;
  readonly spans: number;
  /** Spans between two points of the curve. */
  readonly spansPerStep: number;
  readonly requestsPerCommit: number;
  readonly commitsPerFold: number;
  /** Used for nothing else; created if it does not exist. */
  readonly directory: string;
}

/** Messages of the process: one for each step, then the end. */
export type CurveMessage =
  | { readonly type: 'step'; readonly step: CurveStepTimes }
  | { readonly type: 'end'; readonly diskBytes: number }
  | { readonly type: 'failed'; readonly error: string };

export interface CurveStepTimes {
  /** Spans of this step. */
  readonly spans: number;
  /** For all spans of this step. */
  readonly micros: StageMicros;
  /** For all spans so far, bytes. */
  readonly diskBytes: number;
  /** Resident memory at the end of the step, bytes. */
  readonly memory: number;
}

/** A step of the curve, per span. */
export interface CurvePoint extends Readonly<Record<Stage | 'limit', number>> {
  /** Spans kept at the end of the step. */
  readonly spans: number;
  readonly ratio: Readonly<Record<Exclude<Stage, 'gunzip'> | 'limit', number>>;
  /** Growth on disk in this step, bytes a span; uneven because of a write-ahead log. */
  readonly diskBytes: number;
  readonly memory: number;
}

export interface CurveResult {
  readonly points: readonly CurvePoint[];
  /** Bytes on disk a span for all of them, after a clean stop. */
  readonly diskBytes: number;
}

const MILLION = 1_000_000;
const QUICK_SPANS = 2 * MILLION;
/** A shorter curve has more points for each million. */
const FINE_BELOW_SPANS = 10 * MILLION;
const DAY_MS = 86_400_000;
/** Number of spans of the thin stream in a day of its own time. */
const SPANS_PER_DAY = 1_500 * 86_400;

/**
 * The stages again, over many millions of thin spans into one store: does a span cost the same in the
 * fiftieth million as in the first? CPU time on one thread, as in `stages`.
 */
export async function measureCurve(bench: Bench): Promise<CurveResult> {
  const { curveMillions, quick } = bench.options;
  const spans = quick ? QUICK_SPANS : curveMillions * MILLION;
  const command: CurveCommand = {
    seed: 20260115,
    // The telemetry ends before now.
    timeMs: Date.now() - (Math.ceil(spans / SPANS_PER_DAY) + 1) * DAY_MS,
    spans,
    spansPerStep: spans < FINE_BELOW_SPANS ? MILLION / 4 : MILLION,
    requestsPerCommit: 8,
    commitsPerFold: 5,
    directory: bench.newDirectory(),
  };
  const child = fork(fileURLToPath(new URL('./curve-process.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    return await new Promise((resolve, reject) => {
      const points: CurvePoint[] = [];
      let last = { spans: 0, diskBytes: 0 };
      child.on('exit', (code) => reject(new Error(`curve: exited with ${code}`)));
      child.on('message', (message: CurveMessage) => {
        if (message.type === 'failed') return reject(new Error(`curve: ${message.error}`));
        if (message.type === 'end') return resolve({ points, diskBytes: message.diskBytes / last.spans });
        const point = pointOf(message.step, last);
        last = { spans: point.spans, diskBytes: message.step.diskBytes };
        points.push(point);
        bench.progress(`curve: ${(point.spans / MILLION).toFixed(2)} of ${spans / MILLION} million spans`);
      });
      child.send(command);
    });
  } finally {
    child.kill('SIGKILL');
  }
}

function pointOf(step: CurveStepTimes, before: { spans: number; diskBytes: number }): CurvePoint {
  const { gunzip, decode, append, fold, limit } = step.micros;
  const each = (total: number): number => total / step.spans;
  return {
    spans: before.spans + step.spans,
    gunzip: each(gunzip),
    decode: each(decode),
    append: each(append),
    fold: each(fold),
    limit: each(limit),
    ratio: { decode: decode / gunzip, append: append / gunzip, fold: fold / gunzip, limit: limit / gunzip },
    diskBytes: each(step.diskBytes - before.diskBytes),
    memory: step.memory,
  };
}
