import type { ExceptionChannel, ExceptionFacts } from '../normalize/facts.js';
import type { ByteString, SpanFacts } from './records.js';

/** Exceptions of one kind by who tells of them. One that is told by several channels is one, so that the greatest of the numbers counts. */
interface Told {
  /** By channel, in the order of CHANNELS. */
  readonly counts: number[];
  readonly crashes: number[];
}

const CHANNELS: readonly ExceptionChannel[] = ['span_event', 'log', 'span'];

/** By the key of their kind. */
export type ExceptionPart = ReadonlyMap<number, Told>;

export const NO_EXCEPTIONS: ExceptionPart = new Map();

/** How many spans up an exception is followed. */
const MOST_ANCESTORS = 32;

/**
 * Whether the span is one that an exception passed through on its way up: then a span below it tells of the same kind. Those passed through are left out,
 * so that an exception which every span on its way records is one, and three that were tried again are three.
 */
export class PassedThrough {
  readonly #passed = new Map<ByteString, Set<number>>();

  /** All spans of the group with exceptions have to be given. */
  constructor(spans: ReadonlyMap<ByteString, SpanFacts>, withExceptions: Iterable<SpanFacts>) {
    for (const span of withExceptions) {
      for (const { key } of span.exceptions ?? []) this.#follow(spans, span, key);
    }
  }

  has(span: SpanFacts, key: number): boolean {
    return this.#passed.get(span.id)?.has(key) ?? false;
  }

  #follow(spans: ReadonlyMap<ByteString, SpanFacts>, from: SpanFacts, key: number): void {
    let at = spans.get(from.parentId);
    for (let steps = 0; at !== undefined && at !== from && steps < MOST_ANCESTORS; steps++) {
      if (at.exceptions?.some((each) => each.key === key) === true) {
        const passed = this.#passed.get(at.id);
        if (passed === undefined) this.#passed.set(at.id, new Set([key]));
        else passed.add(key);
        return;
      }
      at = spans.get(at.parentId);
    }
  }
}

/** Gathers the exceptions of a fragment. */
export class ExceptionDraft {
  readonly #told = new Map<number, Told>();

  add({ key, channel, isCrash }: ExceptionFacts): void {
    let told = this.#told.get(key);
    if (told === undefined) {
      told = { counts: [0, 0, 0], crashes: [0, 0, 0] };
      this.#told.set(key, told);
    }
    const at = CHANNELS.indexOf(channel);
    told.counts[at]!++;
    if (isCrash === true) told.crashes[at]!++;
  }

  finish(): ExceptionPart {
    return this.#told;
  }
}

/** The exceptions of a session: the sum of those of its fragments, kept by kind because channels are compared over the whole session. */
export class ExceptionSums {
  readonly #told = new Map<number, Told>();

  exchange(old: ExceptionPart, replacement: ExceptionPart): void {
    if (old === replacement) return;
    this.#add(old, -1);
    this.#add(replacement, 1);
  }

  /** Exceptions, each counted once. */
  get count(): number {
    return this.#sum(({ counts }) => counts);
  }

  /** Those of them that were crashes. */
  get crashCount(): number {
    return this.#sum(({ crashes }) => crashes);
  }

  get isEmpty(): boolean {
    return this.#told.size === 0;
  }

  #sum(of: (told: Told) => readonly number[]): number {
    let sum = 0;
    for (const told of this.#told.values()) sum += Math.max(...of(told));
    return sum;
  }

  #add(part: ExceptionPart, sign: 1 | -1): void {
    for (const [key, { counts, crashes }] of part) {
      const told = this.#told.get(key) ?? { counts: [0, 0, 0], crashes: [0, 0, 0] };
      for (const at of CHANNELS.keys()) {
        told.counts[at]! += sign * counts[at]!;
        told.crashes[at]! += sign * crashes[at]!;
      }
      if (told.counts.every((count) => count === 0)) this.#told.delete(key);
      else this.#told.set(key, told);
    }
  }

  /** For `decode`: kinds in order of their keys. */
  encode(): EncodedExceptions {
    return [...this.#told]
      .sort(([a], [b]) => a - b)
      .map(([key, { counts, crashes }]) =>
        crashes.every((count) => count === 0) ? [key, ...counts] : [key, ...counts, ...crashes],
      );
  }

  static decode(encoded: EncodedExceptions): ExceptionSums {
    const sums = new ExceptionSums();
    for (const [key, ...numbers] of encoded) {
      sums.#told.set(key!, {
        counts: numbers.slice(0, 3),
        crashes: [...numbers.slice(3), 0, 0, 0].slice(0, 3),
      });
    }
    return sums;
  }
}

/** Of each kind: its key, its counts by channel, and those of crashes where there are any. */
export type EncodedExceptions = readonly (readonly number[])[];
