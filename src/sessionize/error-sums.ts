import { CHANNELS, type CountedException } from './exceptions.js';
import { type KeptPart, KeptSums, type SumRules } from './kept-sums.js';
import type { ErrorsForm } from './stored-form.js';

/** The errors of one shape (S95). */
export interface ErrorSum {
  /** By channel, in the order of CHANNELS; the last number is of failed spans that report no exception. */
  readonly counts: readonly number[];
  /** Least and greatest time. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** The errors of a fragment. */
export type Errors = KeptPart<ErrorSum>;

/** The most shapes of errors of a session that are counted, the first in order of code units. */
export const MOST_ERRORS = 100;

const FAILED_SPANS = CHANNELS.length;

/** An exception without a type, a message and a name. */
const UNNAMED = 'exception';

/** A failed span without a type of its error, a message and a name. */
export const UNNAMED_FAILURE = 'error';

const RULES: SumRules<ErrorSum> = {
  add(known, sum, sign) {
    if (known === undefined) return sum;
    const counts = known.counts.map((count, i) => count + sign * sum.counts[i]!);
    if (counts.every((count) => count === 0)) return undefined;
    if (sign === -1) return { ...known, counts };
    return {
      counts,
      firstNs: sum.firstNs < known.firstNs ? sum.firstNs : known.firstNs,
      lastNs: sum.lastNs > known.lastNs ? sum.lastNs : known.lastNs,
    };
  },
  mayHaveLost(kept, old, replacement) {
    const hasFirst = replacement !== undefined && replacement.firstNs <= old.firstNs;
    const hasLast = replacement !== undefined && replacement.lastNs >= old.lastNs;
    return (old.firstNs <= kept.firstNs && !hasFirst) || (old.lastNs >= kept.lastNs && !hasLast);
  },
};

/** The errors of a session, or of a fragment while it is made. */
export class ErrorSums extends KeptSums<ErrorSum> {
  constructor() {
    super(MOST_ERRORS, RULES);
  }

  addOne(shape: string, channel: number, atNs: bigint): void {
    const counts = [0, 0, 0, 0];
    counts[channel] = 1;
    this.add(shape, { counts, firstNs: atNs, lastNs: atNs });
  }

  /** The shapes, in order of code units. */
  names(): string[] {
    return this.entries().map(([name]) => name);
  }

  /** The stored form; undefined if there are none. */
  form(): ErrorsForm | undefined {
    if (this.isEmpty) return undefined;
    return {
      ...(this.isCut && { isCut: true }),
      sums: this.entries().map(([name, { counts, firstNs, lastNs }]) => [
        name,
        counts,
        String(firstNs),
        String(lastNs - firstNs),
      ]),
    };
  }

  static ofForm({ sums, isCut }: ErrorsForm): ErrorSums {
    const entries = sums.map(([name, counts, first, length]) => {
      const firstNs = BigInt(first);
      return [name, { counts, firstNs, lastNs: firstNs + BigInt(length) }] as const;
    });
    return new ErrorSums().restore(entries, isCut === true);
  }
}

/** The number of errors: that of the channel that reports most. */
export function errorCount({ counts }: ErrorSum): number {
  return Math.max(...counts);
}

/** Collects the errors of a fragment. */
export class ErrorDraft {
  /** Exceptions by what they are compared by: reports of one exception may have different texts. */
  readonly #exceptions = new Map<string, CountedException<unknown>[]>();
  readonly #sums = new ErrorSums();

  addException(counted: CountedException<unknown>): void {
    const { exception, service = '' } = counted.report;
    const kind = `${exception.key} ${service}`;
    const known = this.#exceptions.get(kind);
    if (known === undefined) this.#exceptions.set(kind, [counted]);
    else known.push(counted);
  }

  addFailure(shape: string, atNs: bigint): void {
    this.#sums.addOne(shape, FAILED_SPANS, atNs);
  }

  finish(): Errors | undefined {
    for (const all of this.#exceptions.values()) {
      const shape = shapeOf(all);
      for (const { report } of all) {
        this.#sums.addOne(shape, CHANNELS.indexOf(report.exception.channel), report.exception.atNs);
      }
    }
    return this.#sums.finish();
  }
}

/** The shape of the first channel that has one; of several the least. */
function shapeOf(all: readonly CountedException<unknown>[]): string {
  for (const channel of CHANNELS) {
    let least: string | undefined;
    for (const { report } of all) {
      const { exception } = report;
      const shape = exception.shape ?? exception.line;
      if (exception.channel !== channel || shape === undefined) continue;
      if (least === undefined || shape < least) least = shape;
    }
    if (least !== undefined) return least;
  }
  return UNNAMED;
}
