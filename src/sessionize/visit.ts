import type { PageKind, PageView, VisitFacts, VitalName, WebVital } from '../normalize/facts.js';
import { placesOf } from './page-places.js';
import { type ByteString, compareInTime } from './records.js';
import { type EncodedUsers, NO_USERS, UserCounts, type Users, usersOf } from './user-counts.js';

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
  /** Places of its pages, bounded as users are. */
  readonly places: Users;
}

/** For each kind of page the source whose pages count. */
export type PageSources = ReadonlyMap<PageKind, string>;

/** How often each of some texts. */
type Tally = ReadonlyMap<string, number>;

const NOTHING: Tally = new Map();

export const NO_VISIT: VisitPart = { pages: NOTHING, vitals: NOTHING, places: NO_USERS };

/** The worst of some values and the one in their middle. */
export interface Vital {
  readonly worst: number;
  /** Of an even number of values the lower of the two in the middle. */
  readonly median: number;
}

/**
 * The parts of groups in which one record alone tells of a visit, as nearly all do, by what it tells: a group that is folded again has the very same part,
 * and `exchange` is done with it.
 */
const single = new WeakMap<VisitFacts, PartAt>();

interface PartAt {
  readonly atNs: bigint;
  readonly id: ByteString;
  readonly part: VisitPart;
}

/** Gathers what a fragment tells of a visit. */
export class VisitDraft {
  /** What the first record told, until there is a second one. */
  #only: { readonly facts: VisitFacts; readonly atNs: bigint; readonly id: ByteString } | undefined;
  #isFirst = true;
  readonly #pages = new Map<string, number>();
  readonly #vitals = new Map<string, number>();
  /** The greatest value of each vital that is told with an id. */
  readonly #greatest = new Map<string, WebVital>();
  readonly #places: string[] = [];
  #first: PageAt | undefined;
  #last: PageAt | undefined;
  #referred: PageAt | undefined;

  add(facts: VisitFacts, atNs: bigint, id: ByteString): void {
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#only = { facts, atNs, id };
      return;
    }
    this.#addOnly();
    this.#add(facts, atNs, id);
  }

  #addOnly(): void {
    if (this.#only === undefined) return;
    const { facts, atNs, id } = this.#only;
    this.#only = undefined;
    this.#add(facts, atNs, id);
  }

  #add({ page, vitals = [] }: VisitFacts, atNs: bigint, id: ByteString): void {
    for (const vital of vitals) this.#addVital(vital);
    if (page === undefined) return;
    add(this.#pages, `${page.kind} ${page.source}`, 1);
    const at = { atNs, id, page };
    this.#first = earlier(this.#first, at);
    this.#last = later(this.#last, at);
    if (page.referrer !== undefined) this.#referred = earlier(this.#referred, at);
    for (const place of placesOf(page)) this.#places.push(place);
  }

  #addVital(vital: WebVital): void {
    if (vital.id === undefined) {
      add(this.#vitals, vitalKey(vital), 1);
      return;
    }
    const key = `${vital.name} ${vital.id}`;
    const known = this.#greatest.get(key);
    if (known === undefined || vital.value > known.value) this.#greatest.set(key, vital);
  }

  finish(): VisitPart {
    if (this.#only === undefined) return this.#part();
    const { facts, atNs, id } = this.#only;
    const known = single.get(facts);
    if (known !== undefined && known.atNs === atNs && known.id === id) return known.part;
    this.#addOnly();
    const part = this.#part();
    single.set(facts, { atNs, id, part });
    return part;
  }

  #part(): VisitPart {
    const [first, last, referred] = [this.#first, this.#last, this.#referred];
    const vitals = new Map(this.#vitals);
    for (const vital of this.#greatest.values()) add(vitals, vitalKey(vital), 1);
    return {
      pages: this.#pages,
      vitals,
      places: usersOf(this.#places),
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
  #places = new UserCounts();
  first: PageAt | undefined;
  last: PageAt | undefined;
  referred: PageAt | undefined;
  /** As it was last encoded; undefined where it has changed since. */
  #text: string | undefined;

  /** Whether nothing tells of a visit. */
  get isEmpty(): boolean {
    return this.#pages.size === 0 && this.#vitals.size === 0;
  }

  /** Pages and screens that were entered: those that the sources tell (`sources`). */
  get pageViews(): number {
    let sum = 0;
    for (const { count } of this.#best().values()) sum += count;
    return sum;
  }

  /** Places of its pages by which it is found, sorted by code unit; the first of them where there are many (S53). */
  get places(): string[] {
    return this.#places.ids();
  }

  /**
   * What of each kind of page is told by whom: several instruments may tell of the same pages, so that of documents loaded, of changes of route and of
   * screens, each for itself, only those count that are told by the source that tells most; of equal ones the first by name.
   */
  get sources(): PageSources {
    return new Map([...this.#best()].map(([kind, { source }]) => [kind, source]));
  }

  #best(): Map<PageKind, { source: string; count: number }> {
    const best = new Map<PageKind, { source: string; count: number }>();
    for (const [key, count] of this.#pages) {
      const space = key.indexOf(' ');
      const [kind, source] = [key.slice(0, space) as PageKind, key.slice(space + 1)];
      const known = best.get(kind);
      if (known === undefined || count > known.count || (count === known.count && source < known.source)) {
        best.set(kind, { source, count });
      }
    }
    return best;
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

  /** Takes a group's old part out and puts its new one in; false where the first or last page, or a place that was left out, may have gone with the old one (S18). */
  exchange(old: VisitPart, replacement: VisitPart): boolean {
    if (old === replacement) return true;
    this.#text = undefined;
    for (const [part, sign] of [
      [old, -1],
      [replacement, 1],
    ] as const) {
      for (const [key, count] of part.pages) add(this.#pages, key, sign * count);
      for (const [key, count] of part.vitals) add(this.#vitals, key, sign * count);
    }
    const hasPlaces = this.#places.exchange(old.places, replacement.places);
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
      !hasPlaces ||
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
  encode(): string {
    this.#text ??= JSON.stringify({
      pages: sorted(this.#pages),
      vitals: sorted(this.#vitals),
      places: this.#places.encode(undefined),
      first: encodePage(this.first),
      last: this.last === this.first ? 0 : encodePage(this.last),
      referred: this.referred === this.first ? 0 : encodePage(this.referred),
    } satisfies EncodedVisit);
    return this.#text;
  }

  static decode(text: string): VisitSums {
    const { pages, vitals, places, first, last, referred } = JSON.parse(text) as EncodedVisit;
    const visit = new VisitSums();
    visit.#pages = new Map(pages);
    visit.#vitals = new Map(vitals);
    visit.#places = UserCounts.decode(places, undefined);
    visit.first = decodePage(first);
    visit.last = last === 0 ? visit.first : decodePage(last);
    visit.referred = referred === 0 ? visit.first : decodePage(referred);
    visit.#text = text;
    return visit;
  }
}

type EncodedPage =
  | readonly [atNs: string, id: string, kind: PageKind, source: string, ...rest: (string | 0)[]]
  | null;

interface EncodedVisit {
  readonly pages: [string, number][];
  readonly vitals: [string, number][];
  readonly places: EncodedUsers;
  readonly first: EncodedPage;
  /** 0 where it is the first. */
  readonly last: EncodedPage | 0;
  readonly referred: EncodedPage | 0;
}

function encodePage(at: PageAt | undefined): EncodedPage {
  return at === undefined
    ? null
    : [
        String(at.atNs),
        Buffer.from(at.id, 'latin1').toString('base64'),
        at.page.kind,
        at.page.source,
        at.page.url ?? 0,
        at.page.name ?? 0,
        at.page.referrer ?? 0,
      ];
}

function decodePage(encoded: EncodedPage): PageAt | undefined {
  if (encoded === null) return undefined;
  const [atNs, id, kind, source, url = 0, name = 0, referrer = 0] = encoded;
  const page: PageView = {
    kind,
    source,
    ...(url !== 0 && { url }),
    ...(name !== 0 && { name }),
    ...(referrer !== 0 && { referrer }),
  };
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
