import { Session } from '../../sessionize/session.js';
import { FIRST_SET_CLOCK_NS } from '../../sessionize/stretches.js';
import type { SessionRange, StoredTimeline, TimelineScan, TimelineSum } from '../contract/store.js';
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
import { LISTED, type Prepare } from '../sqlite/database.js';
import { sessionsFromBefore, startsIn } from './active-range.js';
import { type Bits, eachBit, hasBit } from './columns/bits.js';
import { type Chunk, Part, split, type UsageRows } from './columns/chunk.js';
import {
  type Columns,
  firstMatchingStart,
  type MatchOptions,
  matchingSessions,
} from './matching-sessions.js';
import { partsOfRange, sessionsStarting } from './start-range.js';

/**
 * The timeline of the sessions of a range, by their start: whole days, hours and minutes from their rows, as far as the points are not
 * shorter, what is left of minutes at both ends, and what started before the range and was active in it, from the sessions themselves.
 */
export function readTimeline(
  prepare: Prepare,
  project: number,
  scan: SessionRange & Pick<TimelineScan, 'startToNs' | 'stepFor'>,
): StoredTimeline {
  const { startToNs } = scan;
  const isOpen = scan.startFromNs === undefined && scan.lastFromNs === undefined;
  const first = isOpen ? firstStart(prepare, project, startToNs) : startsIn(scan).fromNs;
  const stepNs = scan.stepFor(first ?? startToNs);
  const fromNs = isOpen ? ((first ?? startToNs) / stepNs) * stepNs : first!;
  const sums = new Sums(stepNs);
  const levels = TIMELINE_LEVEL_NS.filter((width) => stepNs % width === 0n);
  for (const part of partsOfRange(fromNs, startToNs, levels)) {
    if (part.level === undefined) addSessions(prepare, project, part, sums);
    else addBuckets(prepare, project, part, sums);
  }
  const earlier = noNumbers();
  for (const session of sessionsFromBefore(prepare, project, scan)) {
    const rowOf = (model: string) => (model === ALL_MODELS ? earlier : sumAt(sums.models, model));
    addTally(rowOf, tallyOf(session));
  }
  return timelineOf(fromNs, sums, earlier);
}

/** The same of the sessions that match any filter, by columns and rows. */
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
  const columns: Columns = [
    ['s.start_ns / ?', stepNs],
    ['s.start_ns < ?', fromNs],
    ['s.has_errors'],
    ['CASE WHEN s.unpriced IS NOT NULL THEN s.sums END'],
  ];
  const inTime = isOpen ? { ...filter, startFromNs: fromNs } : filter;
  const { chunks, rows } = await matchingSessions(inTime, { columns, parts: [Part.usage] }, options);
  for await (const { chunk, sessions } of chunks) addChunk(chunk, sessions, fromNs, sums, earlier);
  for await (const some of rows) {
    for (const [step, isEarlier, errors, encoded] of some) {
      const usage =
        encoded === null ? undefined : usageTallyOf({ usage: Session.decodeUsage(encoded as string) });
      const at = BigInt(step as number);
      const rowOf = (model: string) =>
        isEarlier === 1 && model === ALL_MODELS ? earlier : sums.of(at, model);
      addTally(rowOf, { errors: errors === 1, usage });
    }
  }
  return timelineOf(fromNs, sums, earlier);
}

const SECOND_NS = 1_000_000_000n;

/** In place of the step of those that started before the first. */
const EARLIER = -1;

/** Adds sessions of a chunk. What a chunk has together is less than 2^53, so that it is added up as doubles first. */
function addChunk(chunk: Chunk, sessions: Bits, fromNs: bigint, sums: Sums, earlier: TimelineNumbers): void {
  const from = split(fromNs);
  const stepSeconds = Number(sums.stepNs / SECOND_NS);
  const points = new Map<number, DoubleNumbers>();
  /** Of each place of the chunk the sum that it is part of. */
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

/** The start of the first session that starts by `toNs`, of a clock that was set (S22); undefined where there is none. */
function firstStart(prepare: Prepare, project: number, toNs: bigint): bigint | undefined {
  const firsts = LISTED.map(
    (listing) =>
      prepare(
        `SELECT min(start_ns) AS first FROM session INDEXED BY session_by_start
         WHERE project = ? AND listing = ? AND start_ns BETWEEN ? AND ?`,
      ).get(project, listing, FIRST_SET_CLOCK_NS, toNs)!.first as bigint | null,
  ).filter((first) => first !== null);
  return firsts.length === 0 ? undefined : firsts.reduce((a, b) => (a < b ? a : b));
}

class Sums {
  readonly stepNs: bigint;
  /** By the number of steps since 1970. */
  readonly points = new Map<bigint, TimelineNumbers>();
  readonly models = new Map<string, TimelineNumbers>();

  constructor(stepNs: bigint) {
    this.stepNs = stepNs;
  }

  /** The sum that a row is added to: of its step where it is of all models, else of its model. */
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

/** Adds whole buckets of a level. */
function addBuckets(
  prepare: Prepare,
  project: number,
  { level, first, last }: { level: number; first: bigint; last: bigint },
  sums: Sums,
): void {
  const rows = prepare(
    `SELECT bucket / ? AS step, model, sum(sessions) AS sessions, sum(errors) AS errors, sum(records) AS records, sum(calls) AS calls,
       sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(cost_usd) AS cost_usd,
       sum(cost_nano_usd) AS cost_nano_usd, sum(priced) AS priced,
       sum(unpriced) AS unpriced, sum(unreported) AS unreported
     FROM timeline WHERE project = ? AND level = ? AND bucket BETWEEN ? AND ? GROUP BY step, model`,
  ).iterate(sums.stepNs / TIMELINE_LEVEL_NS[level]!, project, level, first, last);
  for (const row of rows) {
    addNumbers(sums.of(row.step as bigint, row.model as string), {
      sessions: Number(row.sessions),
      errors: Number(row.errors),
      records: Number(row.records),
      calls: Number(row.calls),
      inputTokens: row.input_tokens as bigint,
      outputTokens: row.output_tokens as bigint,
      costUsd: row.cost_usd as bigint,
      costNanoUsd: row.cost_nano_usd as bigint,
      priced: Number(row.priced),
      unpriced: Number(row.unpriced),
      unreported: Number(row.unreported),
    });
  }
}

function addSessions(
  prepare: Prepare,
  project: number,
  { fromNs, toNs }: { fromNs: bigint; toNs: bigint },
  sums: Sums,
): void {
  for (const session of sessionsStarting(prepare, project, fromNs, toNs)) {
    const step = session.startNs / sums.stepNs;
    addTally((model) => sums.of(step, model), tallyOf(session));
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
