import { fnv1a } from '../normalize/fnv-1a.js';
import { CHANNELS, type CountedException } from './exceptions.js';
import type { ChannelsForm, ExceptionsForm } from './stored-form.js';

/**
 * Exceptions of one kind by the channel that reports them. Several channels may report the same exception, so
 * the greatest number counts.
 */
interface ChannelCounts {
  /** By channel, in the order of CHANNELS. */
  readonly counts: number[];
  readonly crashes: number[];
}

/** The exceptions of a fragment. */
export interface ExceptionPart {
  /** By kind number: 32 bits, or 12 bits if folded. */
  readonly kinds: ReadonlyMap<number, ChannelCounts>;
  /** Whether kind numbers are folded, because there were more than MOST_KINDS. */
  readonly isFolded: boolean;
}

export const NO_EXCEPTIONS: ExceptionPart = { kinds: new Map(), isFolded: false };

/**
 * Up to this many kinds are identified by 32 bits. With more, all are folded to 12 bits, which bounds the
 * size of a session: at most 25 KB for unfolded kinds, some 85 KB for folded ones. If two kinds share a
 * number, their channels are compared as if they were one kind, so that too few exceptions may be counted.
 */
export const MOST_KINDS = 1_000;
const FOLDED_KINDS = 4_096;

/**
 * The number of a kind, 32 bits. Reports that may be one exception in several channels have the same number.
 * An exception is thrown within one service.
 */
function kindOf(key: number, service = ''): number {
  const hash = fnv1a(service, key);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Counts by kind. Callers decide when to fold; adding a folded part folds too. */
class KindCounts implements ExceptionPart {
  #kinds = new Map<number, ChannelCounts>();
  #isFolded = false;

  get kinds(): ReadonlyMap<number, ChannelCounts> {
    return this.#kinds;
  }

  get isFolded(): boolean {
    return this.#isFolded;
  }

  /** Adds one exception. `kind` is not folded; `channel` is an index in CHANNELS. */
  addOne(kind: number, channel: number, isCrash: boolean): void {
    const known = this.#at(this.#isFolded ? kind % FOLDED_KINDS : kind);
    known.counts[channel]!++;
    if (isCrash) known.crashes[channel]!++;
  }

  add({ kinds, isFolded }: ExceptionPart, sign: 1 | -1): void {
    if (isFolded) this.fold();
    for (const [kind, { counts, crashes }] of kinds) {
      const at = this.#isFolded ? kind % FOLDED_KINDS : kind;
      const known = this.#at(at);
      for (const channel of CHANNELS.keys()) {
        known.counts[channel]! += sign * counts[channel]!;
        known.crashes[channel]! += sign * crashes[channel]!;
      }
      if (known.counts.every((count) => count === 0)) this.#kinds.delete(at);
    }
  }

  fold(): void {
    if (this.#isFolded) return;
    const apart: ExceptionPart = { kinds: this.#kinds, isFolded: false };
    this.#kinds = new Map();
    this.#isFolded = true;
    this.add(apart, 1);
  }

  #at(kind: number): ChannelCounts {
    let known = this.#kinds.get(kind);
    if (known === undefined) {
      known = { counts: [0, 0, 0], crashes: [0, 0, 0] };
      this.#kinds.set(kind, known);
    }
    return known;
  }

  /** The stored form, kinds in order. */
  form(): ExceptionsForm {
    const all = [...this.#kinds].sort(([a], [b]) => a - b);
    return {
      ...(this.#isFolded && { isFolded: true }),
      kinds: all.map(([kind]) => kind),
      counts: channelsForm(all.map(([, { counts }]) => counts)),
      crashes: channelsForm(all.map(([, { crashes }]) => crashes)),
    };
  }

  static ofForm({ isFolded, kinds, counts, crashes }: ExceptionsForm): KindCounts {
    const made = new KindCounts();
    made.#isFolded = isFolded === true;
    for (const [i, kind] of kinds.entries()) {
      made.#kinds.set(kind, { counts: byChannel(counts, i), crashes: byChannel(crashes, i) });
    }
    return made;
  }
}

/** Collects the exceptions of a fragment. */
export class ExceptionDraft {
  readonly #counts = new KindCounts();

  add({ report: { exception, service }, isCrash }: CountedException<unknown>): void {
    const kind = kindOf(exception.key, service);
    this.#counts.addOne(kind, CHANNELS.indexOf(exception.channel), isCrash);
    if (this.#counts.kinds.size > MOST_KINDS) this.#counts.fold();
  }

  finish(): ExceptionPart {
    return this.#counts;
  }
}

/**
 * The exceptions of a session: the sum over its fragments. Kept by kind, because channels are compared over
 * the whole session.
 */
export class ExceptionCounts {
  #counts = new KindCounts();

  /**
   * Replaces the exceptions of a fragment by those of its new version. Returns false if folded kinds may now
   * be few enough to be unfolded: then they have to be counted again from all fragments (S18).
   */
  exchange(old: ExceptionPart, replacement: ExceptionPart): boolean {
    if (old === replacement) return true;
    const counts = this.#counts;
    const wasFolded = counts.isFolded;
    counts.add(old, -1);
    counts.add(replacement, 1);
    // There are at least as many kinds as folded numbers.
    if (counts.kinds.size > MOST_KINDS) {
      counts.fold();
      return true;
    }
    return !wasFolded || replacement.isFolded || isWithin(old, replacement);
  }

  /** Exceptions, each counted once. */
  get count(): number {
    return this.#sum(({ counts }) => counts);
  }

  /** Exceptions that were crashes. */
  get crashCount(): number {
    return this.#sum(({ crashes }) => crashes);
  }

  get isEmpty(): boolean {
    return this.#counts.kinds.size === 0;
  }

  #sum(of: (known: ChannelCounts) => readonly number[]): number {
    let sum = 0;
    for (const known of this.#counts.kinds.values()) sum += Math.max(...of(known));
    return sum;
  }

  /** The stored form; undefined if there are none. */
  form(): ExceptionsForm | undefined {
    return this.isEmpty ? undefined : this.#counts.form();
  }

  static ofForm(form: ExceptionsForm | undefined): ExceptionCounts {
    const sums = new ExceptionCounts();
    if (form !== undefined) sums.#counts = KindCounts.ofForm(form);
    return sums;
  }
}

/** Whether all kinds of `part` are certainly kinds of `other`. */
function isWithin(part: ExceptionPart, other: ExceptionPart): boolean {
  if (part.isFolded || other.isFolded) return false;
  for (const kind of part.kinds.keys()) if (!other.kinds.has(kind)) return false;
  return true;
}

/**
 * Converts the numbers of all kinds, each in the order of CHANNELS, to a column for each channel that has
 * any.
 */
function channelsForm(numbers: readonly (readonly number[])[]): ChannelsForm {
  const columns = CHANNELS.map((channel, i) => [channel, numbers.map((each) => each[i]!)] as const);
  return Object.fromEntries(columns.filter(([, column]) => column.some((number) => number !== 0)));
}

function byChannel(form: ChannelsForm, kind: number): number[] {
  return CHANNELS.map((channel) => form[channel]?.[kind] ?? 0);
}
