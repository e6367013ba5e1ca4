import type { ModelTotals } from '../../sessionize/model-totals.js';
import type { ChangeSet } from './changes.js';
import type { Tally } from './rollups.js';

/**
 * Sessions and their usage by the time of their start: a row for each minute, hour and day with sessions, and
 * one for each of their models. They change in the same transaction as the sessions.
 */

/** Width of a bucket in nanoseconds, by level, finest first: a minute, an hour, a day. */
export const TIMELINE_LEVEL_NS = [60_000_000_000n, 3_600_000_000_000n, 86_400_000_000_000n] as const;

/** The model of the rows that count all sessions, with any model. */
export const ALL_MODELS = '';

export const NANO_PER_USD = 1_000_000_000n;

/** Numbers of a row. Rows of a model do not count sessions. */
export interface TimelineNumbers {
  sessions: number;
  errors: number;
  /** Number of records. A row of a model exists while it has some. */
  records: number;
  calls: number;
  inputTokens: bigint;
  outputTokens: bigint;
  /**
   * Whole dollars and billionths beyond, each added separately, because the total in billionths may exceed a
   * column. The billionths of a total may exceed one dollar.
   */
  costUsd: bigint;
  costNanoUsd: bigint;
  priced: number;
  /** Calls with tokens but without a known cost, and calls without a reported number of tokens. */
  unpriced: number;
  unreported: number;
}

export function noNumbers(): TimelineNumbers {
  return {
    sessions: 0,
    errors: 0,
    records: 0,
    calls: 0,
    inputTokens: 0n,
    outputTokens: 0n,
    costUsd: 0n,
    costNanoUsd: 0n,
    priced: 0,
    unpriced: 0,
    unreported: 0,
  };
}

/** Adds the numbers of a row to another. */
export function addNumbers(to: TimelineNumbers, numbers: TimelineNumbers): void {
  to.sessions += numbers.sessions;
  to.errors += numbers.errors;
  to.records += numbers.records;
  to.calls += numbers.calls;
  to.inputTokens += numbers.inputTokens;
  to.outputTokens += numbers.outputTokens;
  to.costUsd += numbers.costUsd;
  to.costNanoUsd += numbers.costNanoUsd;
  to.priced += numbers.priced;
  to.unpriced += numbers.unpriced;
  to.unreported += numbers.unreported;
}

/**
 * Adds or subtracts the numbers of a session in the rows of its start, except the models in `except`. `rowOf`
 * returns the row of a model.
 */
export function addTally(
  rowOf: (model: string) => TimelineNumbers,
  { errors, usage }: Pick<Tally, 'errors' | 'usage'>,
  sign: 1 | -1 = 1,
  except: ReadonlySet<ModelTotals> = NO_SUMS,
): void {
  const all = rowOf(ALL_MODELS);
  all.sessions += sign;
  if (errors) all.errors += sign;
  if (usage === undefined) return;
  addCalls(all, usage.all, sign);
  for (const [model, sum] of usage.byModel) if (!except.has(sum)) addCalls(rowOf(model), sum, sign);
}

const NO_SUMS: ReadonlySet<ModelTotals> = new Set();

function addCalls(to: TimelineNumbers, sum: ModelTotals, sign: 1 | -1): void {
  const bigSign = BigInt(sign);
  to.records += sign * sum.records;
  to.calls += sign * sum.calls;
  to.inputTokens += bigSign * sum.inputTokens;
  to.outputTokens += bigSign * sum.outputTokens;
  to.costUsd += bigSign * (sum.costNanoUsd / NANO_PER_USD);
  to.costNanoUsd += bigSign * (sum.costNanoUsd % NANO_PER_USD);
  to.priced += sign * sum.pricedCount;
  to.unpriced += sign * sum.unpricedCount;
  to.unreported += sign * sum.unreportedCount;
}

interface Change {
  readonly project: number;
  readonly minute: number;
  readonly model: string;
  readonly numbers: TimelineNumbers;
}

/** Collects the changes of a fold, so that each touched row is written once. */
export class TimelineRows {
  /** By project, minute and model. */
  readonly #changes = new Map<string, Change>();

  /** A session's tally goes from `before` to `after`; undefined if it is not listed. */
  exchange(project: number, before: Tally | undefined, after: Tally | undefined): void {
    // Most changes of a session add nothing here.
    if (
      before?.startNs === after?.startNs &&
      before?.errors === after?.errors &&
      before?.usage === undefined &&
      after?.usage === undefined
    ) {
      return;
    }
    const isInPlace = before?.startNs === after?.startNs;
    // An aggregate keeps its object identity while nothing is added to it.
    if (before !== undefined) addTally(this.#rowsOf(project, before), before, -1, sumsOf(isInPlace, after));
    if (after !== undefined) addTally(this.#rowsOf(project, after), after, 1, sumsOf(isInPlace, before));
  }

  /** The rows of the minute in which a session started. */
  #rowsOf(project: number, { startNs }: Tally): (model: string) => TimelineNumbers {
    const minute = Number(startNs / TIMELINE_LEVEL_NS[0]);
    return (model) => {
      const id = `${project} ${minute} ${model}`;
      let change = this.#changes.get(id);
      if (change === undefined) {
        change = { project, minute, model, numbers: noNumbers() };
        this.#changes.set(id, change);
      }
      return change.numbers;
    };
  }

  /** Discards the collected changes. */
  forget(): void {
    this.#changes.clear();
  }

  /** Adds the collected changes to a change set. */
  flush({ timeline }: ChangeSet): void {
    for (const [level, width] of TIMELINE_LEVEL_NS.entries()) {
      const minutes = Number(width / TIMELINE_LEVEL_NS[0]);
      const rows = new Map<string, Change>();
      for (const { project, minute, model, numbers } of this.#changes.values()) {
        const bucket = Math.floor(minute / minutes);
        const id = `${project} ${bucket} ${model}`;
        let row = rows.get(id);
        if (row === undefined) {
          row = { project, minute: bucket, model, numbers: noNumbers() };
          rows.set(id, row);
        }
        addNumbers(row.numbers, numbers);
      }
      for (const { project, minute: bucket, model, numbers } of rows.values()) {
        if (!isNothing(numbers)) timeline.push({ project, level, bucket, model, added: numbers });
      }
    }
    this.#changes.clear();
  }
}

function isNothing(numbers: TimelineNumbers): boolean {
  return Object.values(numbers).every((value: number | bigint) => Number(value) === 0);
}

/** The aggregates that are the same objects before and after a change. */
function sumsOf(isInPlace: boolean, tally: Tally | undefined): ReadonlySet<ModelTotals> {
  const usage = isInPlace ? tally?.usage : undefined;
  return usage === undefined ? NO_SUMS : new Set(usage.byModel.map(([, sum]) => sum));
}
