import { CHANNELS, type CountedException } from './exceptions.js';
import type { ChannelsForm, ExceptionsForm } from './stored-form.js';

/** Exceptions of one kind by who tells of them. One that is told by several channels is one, so that the greatest of the numbers counts. */
interface Told {
  /** By channel, in the order of CHANNELS. */
  readonly counts: number[];
  readonly crashes: number[];
}

/** What a fragment has of exceptions. */
export interface ExceptionPart {
  /** By the number of their kind: of 32 bits, or folded. */
  readonly kinds: ReadonlyMap<number, Told>;
  /** There are more than MOST_KINDS. */
  readonly isFolded: boolean;
}

export const NO_EXCEPTIONS: ExceptionPart = { kinds: new Map(), isFolded: false };

/**
 * Kinds that are told apart by 32 bits. Where there are more, all are folded to 12 bits, so that what is kept of a session is bounded: at most 25 KB of kinds
 * apart, and some 85 KB of folded ones. Two kinds that share a number have their channels compared together: too few may count then.
 */
export const MOST_KINDS = 1_000;
const FOLDED_KINDS = 4_096;

/** The number of what may be one exception in several channels. An exception is thrown within one service. 32 bits. */
function kindOf(key: number, service = ''): number {
  let hash = key;
  for (let i = 0; i < service.length; i++) hash = Math.imul(hash ^ service.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Counts of kinds. Whether they are folded is for who adds and takes away to say. */
class KindCounts implements ExceptionPart {
  #kinds = new Map<number, Told>();
  #isFolded = false;

  get kinds(): ReadonlyMap<number, Told> {
    return this.#kinds;
  }

  get isFolded(): boolean {
    return this.#isFolded;
  }

  /** Of a kind that is not folded, at this channel. */
  addOne(kind: number, channel: number, isCrash: boolean): void {
    const told = this.#at(this.#isFolded ? kind % FOLDED_KINDS : kind);
    told.counts[channel]!++;
    if (isCrash) told.crashes[channel]!++;
  }

  add({ kinds, isFolded }: ExceptionPart, sign: 1 | -1): void {
    if (isFolded) this.fold();
    for (const [kind, { counts, crashes }] of kinds) {
      const at = this.#isFolded ? kind % FOLDED_KINDS : kind;
      const told = this.#at(at);
      for (const channel of CHANNELS.keys()) {
        told.counts[channel]! += sign * counts[channel]!;
        told.crashes[channel]! += sign * crashes[channel]!;
      }
      if (told.counts.every((count) => count === 0)) this.#kinds.delete(at);
    }
  }

  fold(): void {
    if (this.#isFolded) return;
    const apart: ExceptionPart = { kinds: this.#kinds, isFolded: false };
    this.#kinds = new Map();
    this.#isFolded = true;
    this.add(apart, 1);
  }

  #at(kind: number): Told {
    let told = this.#kinds.get(kind);
    if (told === undefined) {
      told = { counts: [0, 0, 0], crashes: [0, 0, 0] };
      this.#kinds.set(kind, told);
    }
    return told;
  }

  /** As they are stored: kinds in order. */
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

/** Gathers the exceptions of a fragment. */
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

/** The exceptions of a session: the sum of those of its fragments, kept by kind because channels are compared over the whole session. */
export class ExceptionSums {
  #counts = new KindCounts();

  /**
   * Takes a fragment's exceptions out and puts those of its new version in. Returns false where kinds that are folded may be so few now that they are told
   * apart: then they have to be counted anew (S18).
   */
  exchange(old: ExceptionPart, replacement: ExceptionPart): boolean {
    if (old === replacement) return true;
    const counts = this.#counts;
    const wasFolded = counts.isFolded;
    counts.add(old, -1);
    counts.add(replacement, 1);
    // Folded kinds are at most as many as those that they were folded from.
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

  /** Those of them that were crashes. */
  get crashCount(): number {
    return this.#sum(({ crashes }) => crashes);
  }

  get isEmpty(): boolean {
    return this.#counts.kinds.size === 0;
  }

  #sum(of: (told: Told) => readonly number[]): number {
    let sum = 0;
    for (const told of this.#counts.kinds.values()) sum += Math.max(...of(told));
    return sum;
  }

  /** As they are stored; undefined where there are none. */
  form(): ExceptionsForm | undefined {
    return this.isEmpty ? undefined : this.#counts.form();
  }

  static ofForm(form: ExceptionsForm | undefined): ExceptionSums {
    const sums = new ExceptionSums();
    if (form !== undefined) sums.#counts = KindCounts.ofForm(form);
    return sums;
  }
}

/** Whether the kinds of one are known to be among those of the other. */
function isWithin(part: ExceptionPart, other: ExceptionPart): boolean {
  if (part.isFolded || other.isFolded) return false;
  for (const kind of part.kinds.keys()) if (!other.kinds.has(kind)) return false;
  return true;
}

/** The numbers of all kinds, each in the order of CHANNELS, as a column for each channel with any. */
function channelsForm(numbers: readonly (readonly number[])[]): ChannelsForm {
  const columns = CHANNELS.map((channel, i) => [channel, numbers.map((each) => each[i]!)] as const);
  return Object.fromEntries(columns.filter(([, column]) => column.some((number) => number !== 0)));
}

function byChannel(form: ChannelsForm, kind: number): number[] {
  return CHANNELS.map((channel) => form[channel]?.[kind] ?? 0);
}
