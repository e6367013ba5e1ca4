import { Random } from './generate/random.js';
import type { StagesResult } from './stages.js';

/**
 * A model of the server on a machine with many cores, from the measured cost of its stages. It is arithmetic,
 * not a measurement: one thread that receives, any number that decode, and folding shared in several ways,
 * with lanes by a hash of the trace or of the session's id. All parts work on different spans at the same
 * time, so the slowest one sets the pace, unless all together need more cores than there are. Sender and
 * readers are on other machines; memory bandwidth and garbage collection are as in one thread.
 */

/** CPU time a span, µs, by part of the work. */
export interface ModelCosts {
  /** HTTP and passing on. */
  readonly receive: number;
  /** Decompressing, decoding, compressing blocks. */
  readonly decode: number;
  /** The durable write. */
  readonly log: number;
  /** What a group decides alone: its records and their fragments. */
  readonly groups: number;
  /** Blocks before they are compressed, sessions in memory, and the values of their rows. */
  readonly sessions: number;
  /** Statements that write rows, and their COMMIT. */
  readonly rows: number;
  /** Sending the fragments of changed groups to another thread. */
  readonly send: number;
  /** Receiving them there. */
  readonly accept: number;
}

/** Ways to share the work, each with more threads than the one before. */
export const DESIGNS = {
  today: 'As it is: decoding threads, and one writing thread',
  groups: 'Groups in lanes, and one writing thread for all else',
  sessions: 'Groups and sessions in lanes, one thread for the log, one for rows',
  rows: 'Groups, sessions and rows in lanes, with a database each, and one thread for the log',
} as const;
export type Design = keyof typeof DESIGNS;

/** A part of the server that works beside the others. */
export interface ModelPart {
  readonly name: 'receiving thread' | 'decoding threads' | 'writing thread' | 'lanes' | 'log' | 'rows';
  /** CPU time a span, µs. */
  readonly micros: number;
}

export interface ModelPoint {
  readonly cores: number;
  readonly spansPerSecond: number;
  /** The part that would have to be faster for a higher rate. */
  readonly limit: 'cores' | ModelPart['name'];
  /** Number of busy cores. */
  readonly busyCores: number;
}

export interface ModelResult {
  readonly costs: ModelCosts;
  readonly points: Readonly<Record<Design, readonly ModelPoint[]>>;
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
/** Share of `append` and `fold` together that a group decides alone, by the same profiles. */
const GROUPS_SHARE = { web: 0.125, genai: 0.185 } as const;
/** Structured clone of a fold's fragments, as multiples of gunzip, measured (docs/decisions/015-lanes.md). */
const SEND_RATIO = { web: 1.25, genai: 0.16 } as const;
const ACCEPT_RATIO = { web: 1.84, genai: 0.13 } as const;

/** Number of traces that `stages` folds together: five commits of eight requests. */
const TRACES_PER_FOLD = { web: 1_667, genai: 480 } as const;
const FOLDS_SIMULATED = 200;
const SECOND_US = 1e6;

export function model(stages: StagesResult): ModelResult {
  const { kind, gunzip, decode, append, fold } = stages;
  const compress = append * COMPRESS_SHARE[kind];
  const log = append * LOG_SHARE[kind];
  const rows = fold * ROWS_SHARE;
  const groups = (append + fold) * GROUPS_SHARE[kind];
  const costs: ModelCosts = {
    receive: RECEIVE_MICROS_PER_REQUEST / SPANS_PER_REQUEST[kind],
    decode: gunzip + decode + compress,
    log,
    groups,
    sessions: append - compress - log + fold - rows - groups,
    rows,
    send: gunzip * SEND_RATIO[kind],
    accept: gunzip * ACCEPT_RATIO[kind],
  };
  const points = (design: Design): ModelPoint[] =>
    CORES.map((cores) => point(partsOf(design, costs), cores, laneImbalance(TRACES_PER_FOLD[kind], cores)));
  return {
    costs,
    points: {
      today: points('today'),
      groups: points('groups'),
      sessions: points('sessions'),
      rows: points('rows'),
    },
  };
}

function partsOf(design: Design, costs: ModelCosts): ModelPart[] {
  const { receive, decode, log, groups, sessions, rows, send, accept } = costs;
  const parts = (others: Partial<Record<ModelPart['name'], number>>): ModelPart[] =>
    Object.entries({ 'receiving thread': receive, 'decoding threads': decode, ...others }).map(
      ([name, micros]) => ({ name: name as ModelPart['name'], micros }),
    );
  switch (design) {
    case 'today':
      return parts({ 'writing thread': log + groups + sessions + rows });
    case 'groups':
      return parts({ lanes: groups + send, 'writing thread': accept + log + sessions + rows });
    case 'sessions':
      // Rows on their way to their thread are assumed to cost what fragments do.
      return parts({ lanes: groups + send + accept + sessions + send, log, rows: accept + rows });
    case 'rows':
      return parts({ lanes: groups + send + accept + sessions + rows, log });
  }
}

/** `imbalance`: work of the busiest lane over that of the average one. */
export function point(parts: readonly ModelPart[], cores: number, imbalance: number): ModelPoint {
  const total = parts.reduce((sum, { micros }) => sum + micros, 0);
  let limit: ModelPoint['limit'] = 'cores';
  let pace = cores / total;
  for (const { name, micros } of parts) {
    // Whichever decoding thread is idle takes the next request, so that these are limited by cores alone.
    if (name === 'decoding threads') continue;
    const own = name === 'lanes' ? cores / (micros * imbalance) : 1 / micros;
    if (own < pace) [limit, pace] = [name, own];
  }
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
