import type { ModelSum } from '../../sessionize/model-sums.js';
import type { Database, Statement } from './database.js';
import type { Tally } from './rollups.js';

/**
 * Sessions and what they used by the time of their start: a row for each minute, hour and day with sessions, and one for each model of
 * theirs. They change in the same transaction as the sessions.
 */

/** Width of a bucket in nanoseconds, by level, finest first: a minute, an hour, a day. */
export const TIMELINE_LEVEL_NS = [60_000_000_000n, 3_600_000_000_000n, 86_400_000_000_000n] as const;

/** The model of the rows of all sessions, whatever they used. */
export const ALL_MODELS = '';

export const NANO_PER_USD = 1_000_000_000n;

/** Numbers of a row, in the order of its columns; those of a model have no sessions. */
export interface TimelineNumbers {
  sessions: number;
  errors: number;
  /** Counted records: there is a row of a model for as long as there are some. */
  records: number;
  calls: number;
  inputTokens: bigint;
  outputTokens: bigint;
  /**
   * Whole dollars, and billionths beyond, each summed by itself: the cost of all in billionths may be more than a column holds. Of a sum, the
   * billionths may be more than a dollar.
   */
  costUsd: bigint;
  costNanoUsd: bigint;
  priced: number;
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
  };
}

/** Adds numbers, or takes them out. */
export function addNumbers(to: TimelineNumbers, numbers: TimelineNumbers, sign: 1 | -1 = 1): void {
  const bigSign = BigInt(sign);
  to.sessions += sign * numbers.sessions;
  to.errors += sign * numbers.errors;
  to.records += sign * numbers.records;
  to.calls += sign * numbers.calls;
  to.inputTokens += bigSign * numbers.inputTokens;
  to.outputTokens += bigSign * numbers.outputTokens;
  to.costUsd += bigSign * numbers.costUsd;
  to.costNanoUsd += bigSign * numbers.costNanoUsd;
  to.priced += sign * numbers.priced;
}

/** What a session adds to the rows of its start, by model, but for these sums. */
export function* numbersOf(
  { errors, usage }: Tally,
  except: ReadonlySet<ModelSum> = NO_SUMS,
): Generator<readonly [model: string, TimelineNumbers]> {
  const all = usage === undefined ? noNumbers() : numbersOfCalls(usage.all);
  all.sessions = 1;
  all.errors = errors ? 1 : 0;
  yield [ALL_MODELS, all];
  for (const [model, sum] of usage?.byModel ?? []) if (!except.has(sum)) yield [model, numbersOfCalls(sum)];
}

const NO_SUMS: ReadonlySet<ModelSum> = new Set();

function numbersOfCalls({
  records,
  calls,
  inputTokens,
  outputTokens,
  costNanoUsd,
  pricedCount,
}: ModelSum): TimelineNumbers {
  return {
    sessions: 0,
    errors: 0,
    records,
    calls,
    inputTokens,
    outputTokens,
    costUsd: costNanoUsd / NANO_PER_USD,
    costNanoUsd: costNanoUsd % NANO_PER_USD,
    priced: pricedCount,
  };
}

interface Change {
  readonly project: number;
  readonly minute: number;
  readonly model: string;
  readonly numbers: TimelineNumbers;
}

/** Gathers changes of a transaction and writes each touched row once. */
export class TimelineRows {
  readonly #change: Statement;
  readonly #sweep: Statement;
  /** By project, minute and model. */
  readonly #changes = new Map<string, Change>();

  constructor(db: Database) {
    const columns = [
      'sessions',
      'errors',
      'records',
      'calls',
      'input_tokens',
      'output_tokens',
      'cost_usd',
      'cost_nano_usd',
      'priced',
    ];
    this.#change = db.prepare(`
      INSERT INTO timeline (project, level, bucket, model, ${columns.join(', ')})
      VALUES (?, ?, ?, ?, ${columns.map(() => '?').join(', ')})
      ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ')}`);
    this.#sweep = db.prepare(
      'DELETE FROM timeline WHERE project = ? AND level = ? AND bucket = ? AND model = ? AND sessions = 0 AND records = 0',
    );
  }

  /** A session's tally went from `before` to `after`; undefined where it is not listed. */
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
    // A sum is an object of its own for as long as nothing is added to it.
    const had = new Set(isInPlace ? before?.usage?.byModel.map(([, sum]) => sum) : undefined);
    const has = new Set(isInPlace ? after?.usage?.byModel.map(([, sum]) => sum) : undefined);
    if (before !== undefined) this.#add(project, before, -1, has);
    if (after !== undefined) this.#add(project, after, 1, had);
  }

  #add(project: number, tally: Tally, sign: 1 | -1, except: ReadonlySet<ModelSum>): void {
    const minute = Number(tally.startNs / TIMELINE_LEVEL_NS[0]);
    for (const [model, numbers] of numbersOf(tally, except)) {
      const id = `${project} ${minute} ${model}`;
      let change = this.#changes.get(id);
      if (change === undefined) {
        change = { project, minute, model, numbers: noNumbers() };
        this.#changes.set(id, change);
      }
      addNumbers(change.numbers, numbers, sign);
    }
  }

  /** Drops the gathered changes: their transaction was rolled back. */
  forget(): void {
    this.#changes.clear();
  }

  /** Writes the gathered changes. */
  flush(): void {
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
        const values = Object.values(numbers) as (number | bigint)[];
        if (values.every((value) => Number(value) === 0)) continue;
        this.#change.run(project, level, bucket, model, ...values);
        if (numbers.sessions < 0 || numbers.records < 0) this.#sweep.run(project, level, bucket, model);
      }
    }
    this.#changes.clear();
  }
}
