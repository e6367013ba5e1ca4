import { Session } from '../../sessionize/session.js';
import { FIRST_SET_CLOCK_NS } from '../../sessionize/stretches.js';
import type { SessionRange } from '../contract/session-filter.js';
import type { StoredTimeline, TimelineScan, TimelineSum } from '../contract/statistics.js';
import { tallyOf, usageTallyOf } from '../engine/rollups.js';
import {
  ALL_MODELS,
  addNumbers,
  addTally,
  NANO_PER_USD,
  noNumbers,
  TIMELINE_LEVEL_NS,
  type TimelineNumbers,
} from '../engine/timeline-rows.js';
import { sessionsFromBefore, startsIn } from './active-range.js';
import { type Bits, eachBit, hasBit } from './columns/bits.js';
import { type Chunk, isAtLeast, Part, type Split, split, type UsageRows } from './columns/chunk.js';
import type { LookupOptions } from './filters.js';
import { firstMatchingStart, type MatchOptions, matchingSessions } from './matching-sessions.js';
import type { SearchRows } from './search-rows.js';
import { sessionsStarting } from './sessions-of.js';
import { partsOfRange } from './start-range.js';

/**
 * The timeline of the sessions that started in a range or were active in it. Whole days, hours and minutes
 * come from stored sums, of levels not longer than a point. The rest comes from the sessions themselves:
 * incomplete minutes at both ends, and sessions that started before the range.
 */
export async function readTimeline(
  scan: SessionRange & Pick<TimelineScan, 'startToNs' | 'stepFor'>,
  { rows, project }: LookupOptions,
): Promise<StoredTimeline> {
  const { startToNs } = scan;
  const isOpen = scan.startFromNs === undefined && scan.lastFromNs === undefined;
  const first = isOpen
    ? await rows.firstStart(project, FIRST_SET_CLOCK_NS, startToNs)
    : startsIn(scan).fromNs;
  const stepNs = scan.stepFor(first ?? startToNs);
  const fromNs = isOpen ? ((first ?? startToNs) / stepNs) * stepNs : first!;
  const sums = new Sums(stepNs);
  const levels = TIMELINE_LEVEL_NS.filter((width) => stepNs % width === 0n);
  for (const part of partsOfRange(fromNs, startToNs, levels)) {
    if (part.level !== undefined) await addBuckets(rows, project, part, sums);
    else {
      for await (const sessions of sessionsStarting(rows, project, part.fromNs, part.toNs)) {
        for (const session of sessions) {
          const step = session.startNs / sums.stepNs;
          addTally((model) => sums.of(step, model), tallyOf(session));
        }
      }
    }
  }
  const earlier = noNumbers();
  const rowOf = (model: string) => (model === ALL_MODELS ? earlier : sumAt(sums.models, model));
  for await (const sessions of sessionsFromBefore(rows, project, scan)) {
    for (const session of sessions) addTally(rowOf, tallyOf(session));
  }
  return timelineOf(fromNs, sums, earlier);
}

/** The same for the sessions that match any filter, read by columns and rows. */
export async function countTimeline(scan: TimelineScan, options: MatchOptions): Promise<StoredTimeline> {
  const { nowNs: _, stepFor, ...filter } = scan;
  const { startToNs } = filter;
  const isOpen = filter.startFromNs === undefined && filter.lastFromNs === undefined;
  const first = isOpen
    ? await firstMatchingStart({ ...filter, startFromNs: FIRST_SET_CLOCK_NS }, options)
    : startsIn(filter).fromNs;
  const stepNs = stepFor(first ?? startToNs);
  const fromNs = isOpen ? ((first ?? startToNs) / stepNs) * stepNs : first!;
  const sums = new Sums(stepNs);
  const earlier = noNumbers();
  const inTime = isOpen ? { ...filter, startFromNs: fromNs } : filter;
  const { chunks, rows } = await matchingSessions(inTime, { kind: 'timeline', parts: [Part.usage] }, options);
  const from = split(fromNs);
  const stepSeconds = Number(stepNs / SECOND_NS);
  for await (const { chunk, sessions } of chunks) addChunk(chunk, sessions, from, sums, earlier);
  for await (const some of rows) {
    for (const [, seconds, nanos, errors, encoded] of some) {
      const usage = encoded === null ? undefined : usageTallyOf({ usage: Session.decodeUsage(encoded) });
      const isEarlier = !isAtLeast(seconds, nanos, from.seconds, from.nanos);
      const at = BigInt(Math.floor(seconds / stepSeconds));
      const rowOf = (model: string) => (isEarlier && model === ALL_MODELS ? earlier : sums.of(at, model));
      addTally(rowOf, { errors: errors === 1, usage });
    }
  }
  return timelineOf(fromNs, sums, earlier);
}

const SECOND_NS = 1_000_000_000n;

/** The step of sessions that started before the first point. */
const EARLIER = -1;

/** Adds sessions of a chunk. The sums of a chunk are less than 2^53, so they are first added as doubles. */
function addChunk(chunk: Chunk, sessions: Bits, from: Split, sums: Sums, earlier: TimelineNumbers): void {
  const stepSeconds = Number(sums.stepNs / SECOND_NS);
  const points = new Map<number, DoubleNumbers>();
  /** The sum of each place of the chunk. */
  const byPlace: DoubleNumbers[] = [];
  const failed = chunk.withErrors();
  eachBit(sessions, (place) => {
    const isEarlier = !chunk.startsAtLeast(place, from);
    const sum = doublesAt(points, isEarlier ? EARLIER : Math.floor(chunk.startSeconds(place) / stepSeconds));
    sum.sessions++;
    if (hasBit(failed, place)) sum.errors++;
    byPlace[place] = sum;
  });
  const models = new Map<number, DoubleNumbers>();
  const { usage } = chunk;
  for (let row = 0; row < usage.places.length; row++) {
    const all = byPlace[usage.places[row]!];
    if (all === undefined) continue;
    const model = usage.model[row]!;
    addUsage(model === 0 ? all : doublesAt(models, model), usage, row);
  }
  for (const [step, sum] of points) {
    addNumbers(step === EARLIER ? earlier : sums.of(BigInt(step), ALL_MODELS), numbersOf(sum));
  }
  for (const [model, sum] of models) addNumbers(sumAt(sums.models, usage.models[model]!), numbersOf(sum));
}

type DoubleNumbers = { [Name in keyof TimelineNumbers]: number };

function doublesAt(sums: Map<number, DoubleNumbers>, key: number): DoubleNumbers {
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = { ...noNumbers(), inputTokens: 0, outputTokens: 0, costUsd: 0, costNanoUsd: 0 };
    sums.set(key, sum);
  }
  return sum;
}

function numbersOf(sum: DoubleNumbers): TimelineNumbers {
  return {
    ...sum,
    inputTokens: BigInt(sum.inputTokens),
    outputTokens: BigInt(sum.outputTokens),
    costUsd: BigInt(sum.costUsd),
    costNanoUsd: BigInt(sum.costNanoUsd),
  };
}

function addUsage(to: DoubleNumbers, usage: UsageRows, row: number): void {
  to.records += usage.records[row]!;
  to.calls += usage.calls[row]!;
  to.inputTokens += usage.inputTokens[row]!;
  to.outputTokens += usage.outputTokens[row]!;
  to.costUsd += usage.costUsd[row]!;
  to.costNanoUsd += usage.costNanoUsd[row]!;
  to.priced += usage.priced[row]!;
  to.unpriced += usage.unpriced[row]!;
  to.unreported += usage.unreported[row]!;
}

function timelineOf(fromNs: bigint, sums: Sums, earlier: TimelineNumbers): StoredTimeline {
  return {
    fromNs,
    stepNs: sums.stepNs,
    points: sumsOf(sums.points),
    ...(earlier.sessions > 0 && { earlier: sumOf(earlier) }),
    models: sumsOf(sums.models),
  };
}

class Sums {
  readonly stepNs: bigint;
  /** By number of steps since 1970. */
  readonly points = new Map<bigint, TimelineNumbers>();
  readonly models = new Map<string, TimelineNumbers>();

  constructor(stepNs: bigint) {
    this.stepNs = stepNs;
  }

  /** The sum to which a row is added: of its step if it is about all models, otherwise of its model. */
  of(step: bigint, model: string): TimelineNumbers {
    return model === ALL_MODELS ? sumAt(this.points, step) : sumAt(this.models, model);
  }
}

function sumAt<Key>(sums: Map<Key, TimelineNumbers>, key: Key): TimelineNumbers {
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = noNumbers();
    sums.set(key, sum);
  }
  return sum;
}

/** Adds complete buckets of a level. */
async function addBuckets(
  rows: SearchRows,
  project: number,
  { level, first, last }: { level: number; first: bigint; last: bigint },
  sums: Sums,
): Promise<void> {
  const bucketsAStep = sums.stepNs / TIMELINE_LEVEL_NS[level]!;
  for (const row of await rows.timeline(project, level, first, last, bucketsAStep)) {
    addNumbers(sums.of(row.step, row.model), {
      sessions: Number(row.sessions),
      errors: Number(row.errors),
      records: Number(row.records),
      calls: Number(row.calls),
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      costUsd: row.cost_usd,
      costNanoUsd: row.cost_nano_usd,
      priced: Number(row.priced),
      unpriced: Number(row.unpriced),
      unreported: Number(row.unreported),
    });
  }
}

function sumsOf<Key>(numbers: ReadonlyMap<Key, TimelineNumbers>): Map<Key, TimelineSum> {
  return new Map([...numbers].map(([key, each]) => [key, sumOf(each)]));
}

function sumOf(numbers: TimelineNumbers): TimelineSum {
  const {
    sessions,
    errors,
    calls,
    inputTokens,
    outputTokens,
    costUsd,
    costNanoUsd,
    priced,
    unpriced,
    unreported,
  } = numbers;
  return {
    sessions,
    sessionsWithErrors: errors,
    calls,
    inputTokens,
    outputTokens,
    unpricedCount: unpriced,
    unreportedCount: unreported,
    ...(priced === 0 ? {} : { costNanoUsd: costUsd * NANO_PER_USD + costNanoUsd }),
  };
}
