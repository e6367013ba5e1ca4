import { Random } from './generate/random.js';
import type { StagesResult } from './stages.js';

/**
 * A model of the server on a machine with many cores, from the measured cost of its stages. It is arithmetic,
 * not a measurement: decoding on several threads, folding in lanes by a hash of the trace, one thread that
 * receives, one that writes the log, one that writes rows. All parts work on different spans at the same
 * time, so the slowest one sets the pace, unless all together need more cores than there are. Sender and
 * readers are on other machines; memory bandwidth and garbage collection are as in one thread.
 */

/** CPU time a span, µs, by the threads that can share it. */
export interface ModelCosts {
  /** HTTP and passing on: one thread. */
  readonly receive: number;
  /** Decompressing, decoding, compressing blocks: any number of threads. */
  readonly decode: number;
  /** Grouping, looking up known records, folding groups and sessions in memory: lanes. */
  readonly fold: number;
  /** The durable write: one thread. */
  readonly log: number;
  /** Statements that write rows, and their COMMIT: one thread, or one for each lane. */
  readonly rows: number;
}

export interface ModelPoint {
  readonly cores: number;
  readonly spansPerSecond: number;
  /** The part that would have to be faster for a higher rate. */
  readonly limit: 'cores' | 'receiving thread' | 'lanes' | 'log' | 'rows';
  /** Number of busy cores. */
  readonly busyCores: number;
}

export interface ModelResult {
  readonly costs: ModelCosts;
  /** With one writer of rows. */
  readonly points: readonly ModelPoint[];
  /** With a writer of rows for each lane, which has a database of its own. */
  readonly rowsByLane: readonly ModelPoint[];
}

const CORES = [1, 2, 4, 8, 16, 32] as const;
/** node:http per request, and passing it to two threads with its answer back, µs. */
const RECEIVE_MICROS_PER_REQUEST = 80 + 50;
const SPANS_PER_REQUEST = { web: 250, genai: 48 } as const;
/** Shares of `append` that are LZ4 and the durable write, by CPU profiles of `stages`. */
const COMPRESS_SHARE = { web: 0.1, genai: 0.4 } as const;
const LOG_SHARE = { web: 0.25, genai: 0.3 } as const;
/** Share of `fold` in statements that write rows and in COMMIT, by the same profiles. */
const ROWS_SHARE = 0.35;

/** Number of traces that `stages` folds together: five commits of eight requests. */
const TRACES_PER_FOLD = { web: 1_667, genai: 480 } as const;
const FOLDS_SIMULATED = 200;
const SECOND_US = 1e6;

export function model(stages: StagesResult): ModelResult {
  const { kind, gunzip, decode, append, fold } = stages;
  const compress = append * COMPRESS_SHARE[kind];
  const log = append * LOG_SHARE[kind];
  const rows = fold * ROWS_SHARE;
  const costs: ModelCosts = {
    receive: RECEIVE_MICROS_PER_REQUEST / SPANS_PER_REQUEST[kind],
    decode: gunzip + decode + compress,
    fold: append - compress - log + fold - rows,
    log,
    rows,
  };
  const points = (rowWriters: (cores: number) => number): ModelPoint[] =>
    CORES.map((cores) => point(costs, cores, laneImbalance(TRACES_PER_FOLD[kind], cores), rowWriters(cores)));
  return { costs, points: points(() => 1), rowsByLane: points((cores) => cores) };
}

/** `imbalance`: work of the busiest lane over that of the average one. */
export function point(costs: ModelCosts, cores: number, imbalance: number, rowWriters: number): ModelPoint {
  const { receive, decode, fold, log, rows } = costs;
  const total = receive + decode + fold + log + rows;
  const paces: readonly (readonly [ModelPoint['limit'], number])[] = [
    ['cores', cores / total],
    ['receiving thread', 1 / receive],
    ['lanes', cores / (fold * imbalance)],
    ['log', 1 / log],
    ['rows', rowWriters / (rows * (rowWriters > 1 ? imbalance : 1))],
  ];
  const [limit, pace] = paces.reduce((slowest, each) => (each[1] < slowest[1] ? each : slowest));
  return { cores, spansPerSecond: pace * SECOND_US, limit, busyCores: pace * total };
}

/**
 * Simulates folds of this many traces hashed over the lanes. Returns the average of the busiest lane's work
 * over the average lane's.
 */
export function laneImbalance(traces: number, lanes: number): number {
  const random = new Random(1);
  let sum = 0;
  for (let fold = 0; fold < FOLDS_SIMULATED; fold++) {
    const work = new Float64Array(lanes);
    for (let trace = 0; trace < traces; trace++) work[random.below(lanes)]!++;
    sum += Math.max(...work) / (traces / lanes);
  }
  return sum / FOLDS_SIMULATED;
}
