import {
  PAGE_KINDS,
  type PageKind,
  type PageView,
  type VisitFacts,
  type VitalName,
  type WebVital,
} from '../normalize/facts.js';
import { type ByteString, compareInTime } from './records.js';

/** A page with its place in time: trace id and span id, or content digest, order those of the same time. */
export interface PageAt {
  readonly atNs: bigint;
  readonly id: ByteString;
  readonly page: PageView;
}

/** What one group tells of a visit. */
export interface VisitPart {
  /** Pages by how they came and what told of them. */
  readonly pages: Tally;
  /** The first page, the last one, and the first that tells where the visitor came from. */
  readonly first?: PageAt;
  readonly last?: PageAt;
  readonly referred?: PageAt;
  /** Values by vital. */
  readonly vitals: Tally;
}

/** How often each of some texts. */
type Tally = ReadonlyMap<string, number>;

const NOTHING: Tally = new Map();

export const NO_VISIT: VisitPart = { pages: NOTHING, vitals: NOTHING };

/** The worst of some values and the one in their middle. */
export interface Vital {
  readonly worst: number;
  /** Of an even number of values the lower of the two in the middle. */
  readonly median: number;
}

/** Gathers what a fragment tells of a visit. */
export class VisitDraft {
  readonly #pages = new Map<string, number>();
  readonly #vitals = new Map<string, number>();
  #first: PageAt | undefined;
  #last: PageAt | undefined;
  #referred: PageAt | undefined;

  add({ page, vitals = [] }: VisitFacts, atNs: bigint, id: ByteString): void {
    for (const vital of vitals) add(this.#vitals, vitalKey(vital), 1);
    if (page === undefined) return;
    add(this.#pages, `${page.kind} ${page.source}`, 1);
    const at = { atNs, id, page };
    this.#first = earlier(this.#first, at);
    this.#last = later(this.#last, at);
    if (page.referrer !== undefined) this.#referred = earlier(this.#referred, at);
  }

  finish(): VisitPart {
    const [first, last, referred] = [this.#first, this.#last, this.#referred];
    return {
      pages: this.#pages,
      vitals: this.#vitals,
      ...(first !== undefined && { first }),
      ...(last !== undefined && { last }),
      ...(referred !== undefined && { referred }),
    };
  }
}

/** What is known of the visit that a session is. */
export class VisitSums {
  #pages = new Map<string, number>();
  #vitals = new Map<string, number>();
  first: PageAt | undefined;
  last: PageAt | undefined;
  referred: PageAt | undefined;

  /** Whether nothing tells of a visit. */
  get isEmpty(): boolean {
    return this.#pages.size === 0 && this.#vitals.size === 0;
  }

  /**
   * Pages and screens that were entered. What several instruments tell of is counted by the one that tells most: of documents loaded, of changes of
   * route and of screens each for itself.
   */
  get pageViews(): number {
    let sum = 0;
    for (const kind of PAGE_KINDS) sum += Math.max(0, ...this.#counts(kind));
    return sum;
  }

  *#counts(kind: PageKind): Generator<number> {
    for (const [key, count] of this.#pages) if (key.startsWith(`${kind} `)) yield count;
  }

  /** The values of a vital; undefined where none is told. */
  vital(name: VitalName): Vital | undefined {
    const values: [value: number, count: number][] = [];
    let count = 0;
    for (const [key, times] of this.#vitals) {
      if (!key.startsWith(`${name} `)) continue;
      values.push([Number(key.slice(name.length + 1)), times]);
      count += times;
    }
    if (count === 0) return undefined;
    values.sort(([a], [b]) => a - b);
    let before = 0;
    const middle = values.find(([, times]) => {
      before += times;
      return before * 2 >= count;
    })!;
    return { worst: values.at(-1)![0], median: middle[0] };
  }

  /** Takes a group's old part out and puts its new one in; false where the first or last page may have gone with the old one (S18). */
  exchange(old: VisitPart, replacement: VisitPart): boolean {
    if (old === replacement) return true;
    for (const [part, sign] of [
      [old, -1],
      [replacement, 1],
    ] as const) {
      for (const [key, count] of part.pages) add(this.#pages, key, sign * count);
      for (const [key, count] of part.vitals) add(this.#vitals, key, sign * count);
    }
    const isGone = (
      known: PageAt | undefined,
      gone: PageAt | undefined,
      now: PageAt | undefined,
      order: 1 | -1,
    ) =>
      known !== undefined &&
      gone !== undefined &&
      comparePages(gone, known) === 0 &&
      (now === undefined || comparePages(now, known) * order > 0);
    if (
      isGone(this.first, old.first, replacement.first, 1) ||
      isGone(this.referred, old.referred, replacement.referred, 1) ||
      isGone(this.last, old.last, replacement.last, -1)
    )
      return false;
    // The same place in time may tell another page now.
    const without = (known: PageAt | undefined, gone: PageAt | undefined) =>
      known !== undefined && gone !== undefined && comparePages(known, gone) === 0 ? undefined : known;
    this.first = earlier(without(this.first, old.first), replacement.first);
    this.referred = earlier(without(this.referred, old.referred), replacement.referred);
    this.last = later(without(this.last, old.last), replacement.last);
    return true;
  }

  /** For `decode`. */
  encode(): EncodedVisit {
    return {
      pages: sorted(this.#pages),
      vitals: sorted(this.#vitals),
      first: encodePage(this.first),
      last: this.last === this.first ? 0 : encodePage(this.last),
      referred: this.referred === this.first ? 0 : encodePage(this.referred),
    };
  }

  static decode({ pages, vitals, first, last, referred }: EncodedVisit): VisitSums {
    const visit = new VisitSums();
    visit.#pages = new Map(pages);
    visit.#vitals = new Map(vitals);
    visit.first = decodePage(first);
    visit.last = last === 0 ? visit.first : decodePage(last);
    visit.referred = referred === 0 ? visit.first : decodePage(referred);
    return visit;
  }
}

type EncodedPage = readonly [atNs: string, id: string, page: PageView] | null;

export interface EncodedVisit {
  readonly pages: [string, number][];
  readonly vitals: [string, number][];
  readonly first: EncodedPage;
  /** 0 where it is the first. */
  readonly last: EncodedPage | 0;
  readonly referred: EncodedPage | 0;
}

function encodePage(at: PageAt | undefined): EncodedPage {
  return at === undefined
    ? null
    : [String(at.atNs), Buffer.from(at.id, 'latin1').toString('base64'), at.page];
}

function decodePage(encoded: EncodedPage): PageAt | undefined {
  if (encoded === null) return undefined;
  const [atNs, id, page] = encoded;
  return { atNs: BigInt(atNs), id: Buffer.from(id, 'base64').toString('latin1'), page };
}

/** Values are kept to three digits, so that a long visit has few of them. */
function vitalKey({ name, value }: WebVital): string {
  return `${name} ${Number(value.toPrecision(3))}`;
}

function add(tally: Map<string, number>, key: string, count: number): void {
  const sum = (tally.get(key) ?? 0) + count;
  if (sum === 0) tally.delete(key);
  else tally.set(key, sum);
}

function sorted(tally: ReadonlyMap<string, number>): [string, number][] {
  return [...tally].sort(([a], [b]) => (a < b ? -1 : 1));
}

function comparePages(a: PageAt, b: PageAt): number {
  return compareInTime(a.atNs, a.id, b.atNs, b.id);
}

function earlier(a: PageAt | undefined, b: PageAt | undefined): PageAt | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return comparePages(a, b) <= 0 ? a : b;
}

function later(a: PageAt | undefined, b: PageAt | undefined): PageAt | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return comparePages(a, b) >= 0 ? a : b;
}
