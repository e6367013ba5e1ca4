import { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';
import { VITAL_NAMES, type VitalName } from '../../../normalize/facts.js';
import type { ModelTotals } from '../../../sessionize/model-totals.js';
import type { Session } from '../../../sessionize/session.js';
import { visitOf } from '../../../sessionize/session-view.js';
import { ErrorFacet, FacetKind, facetsOf } from '../../engine/facets.js';
import { ALL_MODELS, NANO_PER_USD } from '../../engine/timeline-rows.js';
import { type Bits, firstBits, noBits, setBit } from './bits.js';
import { type Numbers, PartReader, PartWriter } from './part-codec.js';

/**
 * Sessions by columns (docs/decisions/010-filtered-statistics.md): the values that filters and sums need, of
 * up to `CHUNK_SESSIONS` sessions with consecutive numbers. Parts are read separately. Pure: bytes in, bytes
 * out.
 */

/**
 * Version of the encoding of parts. Raise it when the encoding of any part changes. Chunks of another format
 * are discarded.
 */
export const COLUMNS_FORMAT = 3;

/** Number of each part of a chunk in the store. */
export const Part = { base: 0, users: 1, usage: 2, visits: 3, places: 4 } as const;
export type PartNumber = (typeof Part)[keyof typeof Part];

/** A session to be packed: its row, and the decoded content of the row. */
export interface ColumnSession {
  readonly no: number;
  readonly startNs: bigint;
  readonly lastNs: bigint;
  /** Whether it is closed at any time: ended or invalidated. */
  readonly isClosed: boolean;
  readonly invalidated: boolean;
  /** As filters compare it; undefined if unknown. */
  readonly costNanoUsd: bigint | undefined;
  /** `code:name`; undefined if unknown. */
  readonly country: string | undefined;
  /**
   * Numbers of users (`UserNumbers`): the user that it shows, 0 if none, and the other users that it is found
   * by.
   */
  readonly user: number;
  readonly otherUsers: readonly number[];
  readonly session: Session;
}

/** Kinds of keys in addition to those of the index of values: countries with their names, and flags. */
const KeyKind = { countryName: 40, flag: 41 } as const;

/** Flags of a session. Each flag is a set of places. */
export const Flag = {
  /** See `ColumnSession.isClosed`. */
  closed: 'c',
  implicit: 'i',
  /** The session has usage. */
  genai: 'g',
  /** At most one span. */
  bounce: 'b',
} as const;

/** Kinds of the index of values that chunks also have. */
const KINDS: ReadonlySet<number> = new Set([
  FacetKind.service,
  FacetKind.model,
  FacetKind.provider,
  FacetKind.device,
  FacetKind.country,
  FacetKind.errors,
  FacetKind.invalidated,
  FacetKind.release,
  FacetKind.tag,
  FacetKind.score,
  FacetKind.error,
  FacetKind.toolCalls,
]);

const SECOND_NS = 1_000_000_000n;
const NANOS = Number(SECOND_NS);

/**
 * Greatest value of a column that is added up. A double represents the sum of a chunk of such values exactly.
 */
const MOST_ADDED = 2 ** 40;

/** Replaces text that cannot be stored. A session that has it is read by its row. */
const REPLACED = '\ufffd';

/** From this number of sessions on, a key is stored as a set of bits instead of a list of places. */
const DENSE = 64;
const WORDS = noBits().length;

/** Whether a session fits the columns. The few others are read by their rows. */
export function fitsColumns({
  startNs,
  lastNs,
  session,
  invalidated,
}: Pick<ColumnSession, 'startNs' | 'lastNs' | 'session' | 'invalidated'>): boolean {
  const isTimeFit = startNs >= 0n && lastNs >= startNs;
  const sums = [session.usage.all, ...session.usage.models.entries().map(([, sum]) => sum)];
  return (
    isTimeFit &&
    session.spanCount <= MOST_ADDED &&
    sums.every((sum) => numbersOf(sum).every((value) => value >= 0 && value <= MOST_ADDED)) &&
    !facetsOf(session, invalidated).values.some((values) => values.some((value) => value.includes(REPLACED)))
  );
}

/** In the order of the part's columns. */
function numbersOf(sum: ModelTotals): number[] {
  return [
    sum.records,
    sum.calls,
    Number(sum.inputTokens),
    Number(sum.outputTokens),
    Number(sum.costNanoUsd / NANO_PER_USD),
    Number(sum.costNanoUsd % NANO_PER_USD),
    sum.pricedCount,
    sum.unpricedCount,
    sum.unreportedCount,
  ];
}

/**
 * Encodes the parts of a chunk. Its sessions must fit and be sorted by number. `firstNo` is the number of the
 * chunk's first place.
 */
export function packChunk(
  sessions: readonly ColumnSession[],
  firstNo: number,
): ReadonlyMap<PartNumber, Uint8Array> {
  return new Map([
    [Part.base, packBase(sessions, firstNo)],
    [Part.users, packUsers(sessions)],
    [Part.usage, packUsage(sessions)],
    // The part consists mostly of addresses.
    [Part.visits, lz4.compressSync(packVisits(sessions))],
    [Part.places, lz4.compressSync(packPlaces(sessions))],
  ]);
}

/** Places of a chunk by text, in the order in which texts were added. */
class Postings {
  readonly #places = new Map<string, number[]>();

  add(text: string, place: number): void {
    const places = this.#places.get(text);
    if (places === undefined) this.#places.set(text, [place]);
    else places.push(place);
  }

  write(writer: PartWriter): void {
    const all = [...this.#places].sort(([, a], [, b]) => b.length - a.length);
    const dense = all.filter(([, places]) => places.length >= DENSE);
    const sparse = all.slice(dense.length);
    writer.texts(all.map(([text]) => text));
    writer.numbers(dense.flatMap(([, places]) => [...bitsAt(places)]));
    let end = 0;
    writer.numbers(sparse.map(([, places]) => (end += places.length)));
    writer.numbers(sparse.flatMap(([, places]) => places));
  }
}

function bitsAt(places: readonly number[]): Bits {
  const bits = noBits();
  for (const place of places) setBit(bits, place);
  return bits;
}

function packBase(sessions: readonly ColumnSession[], firstNo: number): Buffer {
  const writer = new PartWriter();
  const seconds = sessions.map(({ startNs }) => Number(startNs / SECOND_NS));
  const first = seconds.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  const durations = sessions.map(({ startNs, lastNs }) => lastNs - startNs);
  writer
    .numbers(sessions.map(({ no }) => no - firstNo))
    .numbers(sessions.length === 0 ? [] : [first])
    .numbers(seconds.map((each) => each - first))
    .numbers(sessions.map(({ startNs }) => Number(startNs % SECOND_NS)))
    .numbers(durations.map((ns) => Number(ns / SECOND_NS)))
    .numbers(durations.map((ns) => Number(ns % SECOND_NS)))
    .numbers(sessions.map(({ session }) => session.spanCount))
    .numbers(sessions.map(({ session }) => session.errorCount))
    .numbers(sessions.map(({ session }) => session.traceCount));
  const gaps = sessions.flatMap(({ session: { usage } }, place) =>
    !usage.isEmpty && usage.unpricedCount + usage.unreportedCount > 0 ? [{ usage, place }] : [],
  );
  writer
    .numbers(gaps.map(({ place }) => place))
    .numbers(gaps.map(({ usage }) => usage.unpricedCount))
    .numbers(gaps.map(({ usage }) => usage.unreportedCount));
  const keys = new Postings();
  for (const [place, { session, invalidated, isClosed, country }] of sessions.entries()) {
    for (const [kind, values] of facetsOf(session, invalidated).values.entries()) {
      if (KINDS.has(kind)) for (const value of values) keys.add(keyOf(kind, value), place);
    }
    if (country !== undefined) keys.add(keyOf(KeyKind.countryName, country), place);
    if (isClosed) keys.add(flagKey(Flag.closed), place);
    if (session.isImplicit) keys.add(flagKey(Flag.implicit), place);
    if (!session.usage.isEmpty) keys.add(flagKey(Flag.genai), place);
    if (session.spanCount <= 1) keys.add(flagKey(Flag.bounce), place);
  }
  keys.write(writer);
  return writer.finish();
}

function flagKey(flag: string): string {
  return keyOf(KeyKind.flag, flag);
}

/** Character of the kind 0. */
const FIRST_KIND = 48;

/** A value of a kind as it is in the dictionary of a part: a character for the kind, then the value. */
function keyOf(kind: number, value: string): string {
  return String.fromCharCode(FIRST_KIND + kind) + value;
}

function kindOf(key: string): number {
  return key.charCodeAt(0) - FIRST_KIND;
}

function packUsers(sessions: readonly ColumnSession[]): Buffer {
  const others = sessions.flatMap(({ otherUsers }, place) => otherUsers.map((user) => ({ place, user })));
  return new PartWriter()
    .numbers(sessions.map(({ user }) => user))
    .numbers(others.map(({ place }) => place))
    .numbers(others.map(({ user }) => user))
    .finish();
}

function packUsage(sessions: readonly ColumnSession[]): Buffer {
  const models = new Map<string, number>([[ALL_MODELS, 0]]);
  const rows: { place: number; model: number; sum: ModelTotals }[] = [];
  for (const [place, { session }] of sessions.entries()) {
    const { usage } = session;
    if (usage.isEmpty) continue;
    rows.push({ place, model: -1, sum: usage.all });
    for (const [name, sum] of usage.models.entries()) {
      let model = models.get(name);
      if (model === undefined) {
        model = models.size;
        models.set(name, model);
      }
      rows.push({ place, model, sum });
    }
  }
  const writer = new PartWriter()
    .texts([...models.keys()])
    .numbers(rows.map(({ place }) => place))
    .numbers(rows.map(({ model }) => model + 1));
  const numbers = rows.map(({ sum }) => numbersOf(sum));
  for (let column = 0; column < USAGE_COLUMNS; column++) {
    writer.numbers(numbers.map((row) => row[column]!));
  }
  for (const amount of ['costNanoUsd', 'durationNs'] as const) {
    const greatest = sessions.flatMap(({ session }, place) => {
      const most = session.usage.greatestCall[amount];
      return most === undefined ? [] : [{ place, most }];
    });
    writer.numbers(greatest.map(({ place }) => place)).numbers(greatest.map(({ most }) => most));
  }
  return writer.finish();
}

const USAGE_COLUMNS = 9;

function packVisits(sessions: readonly ColumnSession[]): Buffer {
  const urls = new Map<string, number>();
  const numberOf = (url: string | undefined): number => {
    if (url === undefined) return 0;
    const known = urls.get(url);
    if (known !== undefined) return known;
    urls.set(url, urls.size + 1);
    return urls.size;
  };
  const views: number[][] = [];
  const vitals = new Map(
    VITAL_NAMES.map((name) => [name, { places: [] as number[], worst: [] as number[] }]),
  );
  for (const [place, { session }] of sessions.entries()) {
    if (session.visit.isEmpty) continue;
    const view = visitOf(session.visit);
    if (view !== undefined) {
      views.push([
        place,
        view.page_views,
        numberOf(view.entry_url ?? view.entry_page),
        numberOf(view.exit_url ?? view.exit_page),
      ]);
    }
    for (const name of VITAL_NAMES) {
      const vital = session.visit.vital(name);
      if (vital === undefined) continue;
      vitals.get(name)!.places.push(place);
      vitals.get(name)!.worst.push(vital.worst);
    }
  }
  const writer = new PartWriter().texts([...urls.keys()]);
  for (let column = 0; column < 4; column++) writer.numbers(views.map((row) => row[column]!));
  for (const { places, worst } of vitals.values()) writer.numbers(places).doubles(worst);
  return writer.finish();
}

function packPlaces(sessions: readonly ColumnSession[]): Buffer {
  const places = new Postings();
  for (const [at, { session }] of sessions.entries()) {
    for (const place of session.visit.places) places.add(place, at);
  }
  const writer = new PartWriter();
  places.write(writer);
  return writer.finish();
}

/** Sets of places by text. */
class PostingLists {
  readonly texts: readonly string[];
  readonly #dense: Numbers;
  readonly #ends: Numbers;
  readonly #places: Numbers;
  readonly #denseCount: number;

  constructor(reader: PartReader) {
    this.texts = reader.texts();
    this.#dense = reader.numbers();
    this.#ends = reader.numbers();
    this.#places = reader.numbers();
    this.#denseCount = this.#dense.length / WORDS;
  }

  /** Adds the places of the text with this number to a set. */
  addTo(bits: Bits, text: number): void {
    if (text < this.#denseCount) {
      const from = text * WORDS;
      for (let i = 0; i < WORDS; i++) bits[i]! |= this.#dense[from + i]!;
      return;
    }
    const sparse = text - this.#denseCount;
    const end = this.#ends[sparse]!;
    for (let i = sparse === 0 ? 0 : this.#ends[sparse - 1]!; i < end; i++) setBit(bits, this.#places[i]!);
  }
}

/** Usage of sessions. Each has one row for all its calls, with model 0, and one for each model. */
export interface UsageRows {
  /** Names by number. 0 stands for all calls and has the name `ALL_MODELS`. So does 1, which no row has. */
  readonly models: readonly string[];
  readonly places: Numbers;
  readonly model: Numbers;
  readonly records: Numbers;
  readonly calls: Numbers;
  readonly inputTokens: Numbers;
  readonly outputTokens: Numbers;
  readonly costUsd: Numbers;
  readonly costNanoUsd: Numbers;
  readonly priced: Numbers;
  readonly unpriced: Numbers;
  readonly unreported: Numbers;
  /** The greatest cost of a call of each session, nano-USD, and the greatest duration, ns, where there is one. */
  readonly greatestCall: {
    readonly cost: { readonly places: Numbers; readonly amounts: Numbers };
    readonly duration: { readonly places: Numbers; readonly amounts: Numbers };
  };
}

export interface VisitRows {
  readonly urls: readonly string[];
  /** Sessions with a page view. `entry` and `exit` are numbers of urls from 1; 0 if there is none. */
  readonly places: Numbers;
  readonly pageViews: Numbers;
  readonly entry: Numbers;
  readonly exit: Numbers;
  readonly vitals: ReadonlyMap<VitalName, { readonly places: Numbers; readonly worst: Numbers }>;
}

export interface UserRows {
  /** By place; 0 if there is none. */
  readonly users: Numbers;
  readonly otherPlaces: Numbers;
  readonly otherUsers: Numbers;
}

/** The users of a chunk by place, read from their part alone. 0 if there is none. */
export function usersIn(part: Uint8Array): Numbers {
  return new PartReader(part).numbers();
}

/** A chunk for reading. `part` returns the bytes of a part, and is called when they are first needed. */
export class Chunk {
  /** The session at a place has the number `firstNo` plus its slot. */
  readonly firstNo: number;
  readonly slots: Numbers;
  readonly count: number;
  readonly startNanos: Numbers;
  readonly durationSeconds: Numbers;
  readonly durationNanos: Numbers;
  readonly spans: Numbers;
  /** Spans with an error status. */
  readonly errors: Numbers;
  readonly traces: Numbers;
  /** Places of sessions with calls of unknown cost or tokens, and the number of these calls. */
  readonly gapPlaces: Numbers;
  readonly unpriced: Numbers;
  readonly unreported: Numbers;
  readonly #firstSecond: number;
  readonly #seconds: Numbers;
  readonly #keys: PostingLists;
  readonly #part: (part: PartNumber) => Uint8Array;
  #users: UserRows | undefined;
  #usage: UsageRows | undefined;
  #visits: VisitRows | undefined;
  #places: PostingLists | undefined;

  constructor(firstNo: number, part: (part: PartNumber) => Uint8Array) {
    this.firstNo = firstNo;
    this.#part = part;
    const base = new PartReader(part(Part.base));
    this.slots = base.numbers();
    this.count = this.slots.length;
    this.#firstSecond = base.numbers()[0] ?? 0;
    this.#seconds = base.numbers();
    this.startNanos = base.numbers();
    this.durationSeconds = base.numbers();
    this.durationNanos = base.numbers();
    this.spans = base.numbers();
    this.errors = base.numbers();
    this.traces = base.numbers();
    this.gapPlaces = base.numbers();
    this.unpriced = base.numbers();
    this.unreported = base.numbers();
    this.#keys = new PostingLists(base);
  }

  #unpacked(part: PartNumber): Uint8Array {
    const { buffer, byteOffset, length } = this.#part(part);
    return lz4.uncompressSync(Buffer.from(buffer, byteOffset, length));
  }

  /** All places. */
  all(): Bits {
    return firstBits(this.count);
  }

  /** Start in whole seconds since 1970. */
  startSeconds(place: number): number {
    return this.#firstSecond + this.#seconds[place]!;
  }

  startNs(place: number): bigint {
    return BigInt(this.startSeconds(place)) * SECOND_NS + BigInt(this.startNanos[place]!);
  }

  startsAtLeast(place: number, { seconds, nanos }: Split): boolean {
    return isAtLeast(this.startSeconds(place), this.startNanos[place]!, seconds, nanos);
  }

  lastsAtLeast(place: number, { seconds, nanos }: Split): boolean {
    return isAtLeast(this.durationSeconds[place]!, this.durationNanos[place]!, seconds, nanos);
  }

  /** Whether its last activity is at an instant or later. */
  isActiveAt(place: number, { seconds, nanos }: Split): boolean {
    const sum = this.startNanos[place]! + this.durationNanos[place]!;
    const carry = sum >= NANOS ? 1 : 0;
    const whole = this.startSeconds(place) + this.durationSeconds[place]! + carry;
    return isAtLeast(whole, sum - carry * NANOS, seconds, nanos);
  }

  /** The sessions with any of these values of a kind of the index of values. */
  withAny(kind: number, values: readonly string[]): Bits {
    const bits = noBits();
    for (const value of values) this.#addKey(bits, keyOf(kind, value));
    return bits;
  }

  withErrors(): Bits {
    return this.withAny(FacetKind.errors, [ErrorFacet.errors, ErrorFacet.crash]);
  }

  withCrashes(): Bits {
    return this.withAny(FacetKind.errors, [ErrorFacet.crash]);
  }

  flagged(flag: string): Bits {
    const bits = noBits();
    this.#addKey(bits, flagKey(flag));
    return bits;
  }

  #addKey(bits: Bits, key: string): void {
    const text = this.#keys.texts.indexOf(key);
    if (text >= 0) this.#keys.addTo(bits, text);
  }

  /**
   * Calls `take` for each wanted value of a kind with the sessions that have it. The set is reused for the next
   * value.
   */
  eachValue(
    kind: number,
    take: (value: string, sessions: Bits) => void,
    isWanted: (value: string) => boolean = () => true,
  ): void {
    const bits = noBits();
    for (const [text, key] of this.#keys.texts.entries()) {
      if (kindOf(key) !== kind) continue;
      const value = key.slice(1);
      if (!isWanted(value)) continue;
      bits.fill(0);
      this.#keys.addTo(bits, text);
      take(value, bits);
    }
  }

  /** The same for countries, as `code:name`. */
  eachCountry(take: (country: string, sessions: Bits) => void): void {
    this.eachValue(KeyKind.countryName, take);
  }

  /** Sessions with a page whose place meets a condition. */
  withPlace(meets: (place: string) => boolean): Bits {
    this.#places ??= new PostingLists(new PartReader(this.#unpacked(Part.places)));
    const bits = noBits();
    for (const [text, place] of this.#places.texts.entries()) {
      if (meets(place)) this.#places.addTo(bits, text);
    }
    return bits;
  }

  get users(): UserRows {
    if (this.#users === undefined) {
      const reader = new PartReader(this.#part(Part.users));
      this.#users = {
        users: reader.numbers(),
        otherPlaces: reader.numbers(),
        otherUsers: reader.numbers(),
      };
    }
    return this.#users;
  }

  get usage(): UsageRows {
    if (this.#usage === undefined) {
      const reader = new PartReader(this.#part(Part.usage));
      this.#usage = {
        models: [ALL_MODELS, ...reader.texts()],
        places: reader.numbers(),
        model: reader.numbers(),
        records: reader.numbers(),
        calls: reader.numbers(),
        inputTokens: reader.numbers(),
        outputTokens: reader.numbers(),
        costUsd: reader.numbers(),
        costNanoUsd: reader.numbers(),
        priced: reader.numbers(),
        unpriced: reader.numbers(),
        unreported: reader.numbers(),
        greatestCall: {
          cost: { places: reader.numbers(), amounts: reader.numbers() },
          duration: { places: reader.numbers(), amounts: reader.numbers() },
        },
      };
    }
    return this.#usage;
  }

  get visits(): VisitRows {
    if (this.#visits === undefined) {
      const reader = new PartReader(this.#unpacked(Part.visits));
      this.#visits = {
        urls: reader.texts(),
        places: reader.numbers(),
        pageViews: reader.numbers(),
        entry: reader.numbers(),
        exit: reader.numbers(),
        vitals: new Map(
          VITAL_NAMES.map((name) => [name, { places: reader.numbers(), worst: reader.numbers() }]),
        ),
      };
    }
    return this.#visits;
  }

  /** Sessions with a known cost of at least this. */
  costingAtLeast(nanoUsd: bigint): Bits {
    const { priced, costUsd, costNanoUsd } = this.usage;
    const [usd, nano] = [Number(nanoUsd / NANO_PER_USD), Number(nanoUsd % NANO_PER_USD)];
    return this.#withUsage(
      (row) => priced[row] !== 0 && isAtLeast(costUsd[row]!, costNanoUsd[row]!, usd, nano),
    );
  }

  /** Sessions with model calls that used at least this many tokens. */
  withTokens(least: bigint): Bits {
    const { inputTokens, outputTokens } = this.usage;
    const tokens = Number(least);
    return this.#withUsage((row) => inputTokens[row]! + outputTokens[row]! >= tokens);
  }

  /** Sessions with model calls, the row of whose sum meets a condition. */
  #withUsage(meets: (row: number) => boolean): Bits {
    const bits = noBits();
    const { places, model } = this.usage;
    for (let row = 0; row < places.length; row++) {
      if (model[row] === 0 && meets(row)) setBit(bits, places[row]!);
    }
    return bits;
  }

  /** Sessions that have any of these users. */
  ofUsers(numbers: ReadonlySet<number>): Bits {
    const bits = noBits();
    const { users, otherPlaces, otherUsers } = this.users;
    for (let place = 0; place < users.length; place++) if (numbers.has(users[place]!)) setBit(bits, place);
    for (let row = 0; row < otherPlaces.length; row++) {
      if (numbers.has(otherUsers[row]!)) setBit(bits, otherPlaces[row]!);
    }
    return bits;
  }
}

/** Whether a number is at least another one. Both are given as whole numbers and billionths. */
export function isAtLeast(whole: number, nanos: number, leastWhole: number, leastNanos: number): boolean {
  return whole > leastWhole || (whole === leastWhole && nanos >= leastNanos);
}

/** An instant or a duration in whole seconds and nanoseconds, to be compared with values of a chunk. */
export interface Split {
  readonly seconds: number;
  readonly nanos: number;
}

export function split(ns: bigint): Split {
  const bounded = ns < 0n ? 0n : ns;
  return { seconds: Number(bounded / SECOND_NS), nanos: Number(bounded % SECOND_NS) };
}
