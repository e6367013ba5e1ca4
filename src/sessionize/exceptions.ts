import type { ExceptionChannel, ExceptionFacts } from '../normalize/facts.js';
import type { ByteString, SpanFacts } from './records.js';

/** Exceptions of one kind by who tells of them. One that is told by several channels is one, so that the greatest of the numbers counts. */
interface Told {
  /** By channel, in the order of CHANNELS. */
  readonly counts: number[];
  readonly crashes: number[];
}

/** The order in which counts by channel stand. */
export const CHANNELS: readonly ExceptionChannel[] = ['span_event', 'log', 'span'];

/** By the number of their kind. */
export type ExceptionPart = ReadonlyMap<number, Told>;

export const NO_EXCEPTIONS: ExceptionPart = new Map();

/** Kinds that a session tells apart, so that what is kept of it is bounded. Two that share a number have their channels compared together. */
const KINDS = 4096;

/** The number of what may be one exception in several channels. An exception is thrown within one service. */
function kindOf(key: number, service = ''): number {
  let hash = key;
  for (let i = 0; i < service.length; i++) hash = Math.imul(hash ^ service.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % KINDS;
}

/** How many spans up an exception is followed. */
const MOST_ANCESTORS = 32;

/** An exception that is told again by the same channel on the same span within this time is the one told before. */
const SAME_NS = 100_000_000n;

/** What a record of a group tells of an exception. */
export interface Telling<Place> {
  readonly exception: ExceptionFacts;
  /** The span that it is told on; empty where there is none. */
  readonly spanId: ByteString;
  readonly service: string | undefined;
  /** Where it counts: the same for tellings of the same session. */
  readonly place: Place;
}

export interface CountedException<Place> {
  /** The first of those that tell of it in its channel. */
  readonly telling: Telling<Place>;
  /** Whether any of them says so. */
  readonly isCrash: boolean;
}

/**
 * The exceptions of a group that count, of all that its records tell (S60). Left out are spans that an exception passed through on its way up: a span below
 * tells of the same one in the same session. What a channel tells again on the same span at the same time is one. So an exception that every span on its way
 * records, and every layer logs, is one, and three that were tried again are three.
 */
export function countedExceptions<Place>(
  spans: ReadonlyMap<ByteString, SpanFacts>,
  all: readonly Telling<Place>[],
): CountedException<Place>[] {
  if (all.length === 1) return all.map(counted);
  const found: CountedException<Place>[] = [];
  const together = new Map<string, Telling<Place>[]>();
  const passed = new PassedThrough(spans, all);
  for (const telling of all) {
    if (telling.spanId === '') {
      found.push(counted(telling));
    } else if (!passed.has(telling)) {
      const name = `${telling.exception.channel} ${passed.nameOf(telling)} ${telling.spanId}`;
      const others = together.get(name);
      if (others === undefined) together.set(name, [telling]);
      else others.push(telling);
    }
  }
  for (const tellings of together.values()) found.push(...apartInTime(tellings));
  return found;
}

function counted<Place>(telling: Telling<Place>): CountedException<Place> {
  return { telling, isCrash: telling.exception.isCrash === true };
}

function* apartInTime<Place>(tellings: Telling<Place>[]): Generator<CountedException<Place>> {
  tellings.sort((a, b) => Number(a.exception.atNs - b.exception.atNs));
  let first = tellings[0]!;
  let lastNs = first.exception.atNs;
  let isCrash = false;
  for (const telling of tellings) {
    const { atNs } = telling.exception;
    if (atNs - lastNs > SAME_NS) {
      yield { telling: first, isCrash };
      first = telling;
      isCrash = false;
    }
    lastNs = atNs;
    isCrash ||= telling.exception.isCrash === true;
  }
  yield { telling: first, isCrash };
}

/** What spans tell of that others below them tell of too. */
class PassedThrough<Place> {
  readonly #places = new Map<Place, number>();
  /** By span: the names of what is told on it. */
  readonly #told = new Map<ByteString, Set<string>>();
  readonly #passed = new Map<ByteString, Set<string>>();

  constructor(spans: ReadonlyMap<ByteString, SpanFacts>, all: readonly Telling<Place>[]) {
    for (const telling of all) addTo(this.#told, telling.spanId, this.nameOf(telling));
    for (const [spanId, names] of this.#told) {
      for (const above of ancestors(spans, spanId)) {
        for (const name of shared(names, this.#told.get(above))) addTo(this.#passed, above, name);
      }
    }
  }

  /** What is equal for the same exception in the same session. */
  nameOf({ place, exception }: Telling<Place>): string {
    let number = this.#places.get(place);
    if (number === undefined) {
      number = this.#places.size;
      this.#places.set(place, number);
    }
    return `${number} ${exception.key}`;
  }

  has(telling: Telling<Place>): boolean {
    return this.#passed.get(telling.spanId)?.has(this.nameOf(telling)) ?? false;
  }
}

/** What is in both, at the cost of the smaller one: many names on one span and many spans below it cost no product of the two. */
function* shared(names: ReadonlySet<string>, others: ReadonlySet<string> = NO_NAMES): Generator<string> {
  const [few, many] = names.size <= others.size ? [names, others] : [others, names];
  for (const name of few) if (many.has(name)) yield name;
}

const NO_NAMES: ReadonlySet<string> = new Set();

function addTo(sets: Map<ByteString, Set<string>>, key: ByteString, value: string): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}

/** The nearest ancestors of a span; none where its parents form a circle that it is part of. */
function ancestors(spans: ReadonlyMap<ByteString, SpanFacts>, spanId: ByteString): ByteString[] {
  const found: ByteString[] = [];
  let at = spans.get(spanId)?.parentId;
  while (at !== undefined && at !== '' && found.length < MOST_ANCESTORS) {
    if (at === spanId) return [];
    found.push(at);
    at = spans.get(at)?.parentId;
  }
  return found;
}

/** Gathers the exceptions of a fragment. */
export class ExceptionDraft {
  readonly #told = new Map<number, Told>();

  add({ telling: { exception, service }, isCrash }: CountedException<unknown>): void {
    const kind = kindOf(exception.key, service);
    let told = this.#told.get(kind);
    if (told === undefined) {
      told = { counts: [0, 0, 0], crashes: [0, 0, 0] };
      this.#told.set(kind, told);
    }
    const at = CHANNELS.indexOf(exception.channel);
    told.counts[at]!++;
    if (isCrash) told.crashes[at]!++;
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
    for (const [kind, { counts, crashes }] of part) {
      const told = this.#told.get(kind) ?? { counts: [0, 0, 0], crashes: [0, 0, 0] };
      for (const at of CHANNELS.keys()) {
        told.counts[at]! += sign * counts[at]!;
        told.crashes[at]! += sign * crashes[at]!;
      }
      if (told.counts.every((count) => count === 0)) this.#told.delete(kind);
      else this.#told.set(kind, told);
    }
  }

  /** For `decode`: kinds in order. */
  encode(): EncodedExceptions {
    return [...this.#told]
      .sort(([a], [b]) => a - b)
      .map(([kind, { counts, crashes }]) =>
        crashes.every((count) => count === 0) ? [kind, ...counts] : [kind, ...counts, ...crashes],
      );
  }

  static decode(encoded: EncodedExceptions): ExceptionSums {
    const sums = new ExceptionSums();
    for (const [kind, ...numbers] of encoded) {
      sums.#told.set(kind!, {
        counts: numbers.slice(0, 3),
        crashes: [...numbers.slice(3), 0, 0, 0].slice(0, 3),
      });
    }
    return sums;
  }
}

/** Of each kind: its number, its counts by channel, and those of crashes where there are any. */
export type EncodedExceptions = readonly (readonly number[])[];
