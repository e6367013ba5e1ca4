import type { PageKind, PageView, VisitFacts, VitalName, WebVital } from '../normalize/facts.js';
import { inOrderBy } from './in-order.js';
import { placesOf, sectionOf } from './page-places.js';
import { type ByteString, compareInTime } from './records.js';
import { countsForm, countsOf, type PageForm, type PagesForm, type VisitForm } from './stored-form.js';
import { areSameUsers, NO_USERS, UserCounts, type Users, usersOf } from './user-counts.js';

/**
 * A page with its position in time. `id` orders pages of the same time: trace id and span id, or content
 * digest.
 */
export interface PageAt {
  readonly atNs: bigint;
  readonly id: ByteString;
  readonly page: PageView;
}

/** The pages of one kind that one source reports. */
interface PagesOf {
  /** The kind, a space and the source. */
  readonly key: string;
  readonly count: number;
  readonly first: PageAt;
  readonly last: PageAt;
}

/** The part of a visit that one group reports. */
export interface VisitPart {
  /** By kind and source, each once. */
  readonly pages: readonly PagesOf[];
  /** The first page with a referrer. */
  readonly referred?: PageAt;
  /** Values of vitals, with counts. */
  readonly vitals: Tally;
  /** Places of its pages, limited in number like users. */
  readonly places: Users;
}

/** For each kind of page, the source whose pages count. */
export type PageSources = ReadonlyMap<PageKind, string>;

/** Texts with counts. */
type Tally = readonly (readonly [key: string, count: number])[];

const NOTHING: Tally = [];

export const NO_VISIT: VisitPart = { pages: [], vitals: NOTHING, places: NO_USERS };

/** The worst and the median of the values of a vital. */
export interface Vital {
  readonly worst: number;
  /** Of an even number of values, the lower of the two in the middle. */
  readonly median: number;
}

/** What one record reports of a visit. */
interface VisitRecord {
  readonly facts: VisitFacts;
  readonly atNs: bigint;
  readonly id: ByteString;
}

/** Collects what the records of a fragment report of a visit. */
export class VisitDraft {
  readonly #records: VisitRecord[] = [];

  add(facts: VisitFacts, atNs: bigint, id: ByteString): void {
    this.#records.push({ facts, atNs, id });
  }

  finish(): VisitPart {
    const [only] = this.#records;
    if (only === undefined) return NO_VISIT;
    return this.#records.length === 1 ? partOfOne(only) : partOf(this.#records);
  }
}

function partOfOne({ facts: { page, vitals = [] }, atNs, id }: VisitRecord): VisitPart {
  // Of several values of a vital with one id the greatest counts.
  if (vitals.length > 1) return partOf([{ facts: { ...(page && { page }), vitals }, atNs, id }]);
  const tally: Tally = vitals.length === 0 ? NOTHING : [[vitalKey(vitals[0]!), 1]];
  if (page === undefined) return { ...NO_VISIT, vitals: tally };
  const at = { atNs, id, page };
  const pages = [{ key: keyOf(page), count: 1, first: at, last: at }];
  const places = usersOf(placesOf(page));
  return { pages, vitals: tally, places, ...(page.referrer !== undefined && { referred: at }) };
}

function partOf(all: readonly VisitRecord[]): VisitPart {
  const pages = new Map<string, PagesOf>();
  const vitals = new Map<string, number>();
  /** The greatest value of each vital with an id. */
  const greatest = new Map<string, WebVital>();
  const places: string[] = [];
  let referred: PageAt | undefined;
  for (const { facts, atNs, id } of all) {
    for (const vital of facts.vitals ?? []) {
      const vitalId = vital.id === undefined ? undefined : `${vital.name} ${vital.id}`;
      if (vitalId === undefined) add(vitals, vitalKey(vital), 1);
      else if (!((greatest.get(vitalId)?.value ?? -1) >= vital.value)) greatest.set(vitalId, vital);
    }
    const { page } = facts;
    if (page === undefined) continue;
    const at = { atNs, id, page };
    const key = keyOf(page);
    const known = pages.get(key);
    pages.set(key, {
      key,
      count: (known?.count ?? 0) + 1,
      first: earlier(known?.first, at),
      last: later(known?.last, at),
    });
    if (page.referrer !== undefined) referred = earlier(referred, at);
    for (const place of placesOf(page)) places.push(place);
  }
  for (const vital of greatest.values()) add(vitals, vitalKey(vital), 1);
  return {
    pages: [...pages.values()],
    vitals: [...vitals],
    places: usersOf(places),
    ...(referred !== undefined && { referred }),
  };
}

const NOT_ENTERED = { count: 0 } as const;

/** The visit of a session: the sum over its fragments. */
export class VisitSums {
  /** By kind and source. */
  #pages = new Map<string, PagesOf>();
  #vitals = new Map<string, number>();
  #places = new UserCounts();
  #referred: PageAt | undefined;
  /** The encoded form; undefined if the visit has changed since. */
  #text: string | undefined;
  /** Text that is not decoded yet: most readers of a session do not need its visit. */
  #encoded: string | undefined;
  /** The sections of these places, cached. */
  #sections: { readonly of: readonly string[]; readonly names: readonly string[] } | undefined;
  /** Result of `sumVitals`, cached; undefined if the values have changed since. */
  #vitalsSummed: ReadonlyMap<string, Vital> | undefined;

  /** Whether there is no page and no vital. */
  get isEmpty(): boolean {
    return this.#encoded === undefined && this.#pages.size === 0 && this.#vitals.size === 0;
  }

  /** The number of pages and screens that count (`sources`). */
  get pageViews(): number {
    return this.entered.count;
  }

  /** The number of pages that count, and the first and the last of them. */
  get entered(): { readonly count: number; readonly first?: PageAt; readonly last?: PageAt } {
    this.#decode();
    if (this.#pages.size === 0) return NOT_ENTERED;
    let count = 0;
    let first: PageAt | undefined;
    let last: PageAt | undefined;
    const counted = this.#pages.size === 1 ? this.#pages : this.#counted();
    for (const pages of counted.values()) {
      count += pages.count;
      first = earlier(first, pages.first);
      last = later(last, pages.last);
    }
    return first === undefined || last === undefined ? NOT_ENTERED : { count, first, last };
  }

  /** The first of all reported pages that has a referrer. */
  get referred(): PageAt | undefined {
    this.#decode();
    return this.#referred;
  }

  /** Places of its pages that it is found by, sorted by code unit: the first `MOST_USERS` (S53). */
  get places(): readonly string[] {
    this.#decode();
    return this.#places.ids();
  }

  /** The distinct sections of its places. */
  get sections(): readonly string[] {
    const { places } = this;
    if (this.#sections?.of !== places) this.#sections = { of: places, names: sectionsOf(places) };
    return this.#sections.names;
  }

  /**
   * The source that counts for each kind of page. Several instruments may report the same pages. So for
   * documents loaded, changes of route and screens separately, only the source with the most pages counts; of
   * equal ones the first by name.
   */
  get sources(): PageSources {
    return new Map([...this.#counted()].map(([kind, { key }]) => [kind, key.slice(kind.length + 1)]));
  }

  /** The pages that count, by kind. */
  #counted(): Map<PageKind, PagesOf> {
    this.#decode();
    const counted = new Map<PageKind, PagesOf>();
    for (const pages of this.#pages.values()) {
      const kind = pages.key.slice(0, pages.key.indexOf(' ')) as PageKind;
      const known = counted.get(kind);
      if (
        known === undefined ||
        pages.count > known.count ||
        (pages.count === known.count && pages.key < known.key)
      ) {
        counted.set(kind, pages);
      }
    }
    return counted;
  }

  /** The values of a vital; undefined if none was reported. */
  vital(name: VitalName): Vital | undefined {
    this.#decode();
    if (this.#vitals.size === 0) return undefined;
    this.#vitalsSummed ??= sumVitals(this.#vitals);
    return this.#vitalsSummed.get(name);
  }

  /**
   * Replaces the part of a group by its new version. Returns false if the first or last page of a source, or
   * a place that was left out, may have gone with the old part (S18).
   */
  exchange(old: VisitPart, replacement: VisitPart): boolean {
    if (isSame(old, replacement)) return true;
    this.#decode();
    this.#text = undefined;
    if (old.vitals.length + replacement.vitals.length > 0) this.#vitalsSummed = undefined;
    for (const [key, count] of old.vitals) add(this.#vitals, key, -count);
    for (const [key, count] of replacement.vitals) add(this.#vitals, key, count);
    let exact = this.#places.exchange(old.places, replacement.places);
    for (const gone of old.pages) {
      const come = replacement.pages.find(({ key }) => key === gone.key);
      exact = this.#exchangePages(gone, come) && exact;
    }
    for (const come of replacement.pages) {
      if (!old.pages.some(({ key }) => key === come.key)) this.#addPages(come);
    }
    if (isLost(this.#referred, old.referred, replacement.referred, 1)) return false;
    this.#referred = earlier(without(this.#referred, old.referred), replacement.referred);
    return exact;
  }

  #addPages(come: PagesOf): void {
    const known = this.#pages.get(come.key);
    this.#pages.set(come.key, known === undefined ? come : together(known, come));
  }

  #exchangePages(gone: PagesOf, come: PagesOf | undefined): boolean {
    const { key } = gone;
    const known = this.#pages.get(key)!;
    const count = known.count - gone.count;
    if (count === 0) {
      if (come === undefined) this.#pages.delete(key);
      else this.#pages.set(key, come);
      return true;
    }
    if (isLost(known.first, gone.first, come?.first, 1) || isLost(known.last, gone.last, come?.last, -1))
      return false;
    // The record at this position in time may report another page now.
    const first = earlier(without(known.first, gone.first), come?.first) ?? known.first;
    const last = later(without(known.last, gone.last), come?.last) ?? known.last;
    this.#pages.set(key, { key, count: count + (come?.count ?? 0), first, last });
    return true;
  }

  /** JSON of one line, for `decode`. */
  encode(): string {
    this.#text ??= JSON.stringify(this.#form());
    return this.#text;
  }

  #form(): VisitForm {
    const pages = sortedBy([...this.#pages.values()], ({ key }) => key).map(pagesForm);
    const vitals = countsForm(sortedBy([...this.#vitals], ([key]) => key));
    const places = this.#places.form(undefined);
    const referred = this.#referred;
    return {
      ...(pages.length > 0 && { pages }),
      ...(vitals && { vitals }),
      ...(places !== undefined && { places }),
      ...(referred && { referred: { key: keyOf(referred.page), ...pageForm(referred) } }),
    };
  }

  /** The inverse of `encode`. The text is parsed on first use. */
  static decode(text: string): VisitSums {
    const visit = new VisitSums();
    visit.#encoded = text;
    visit.#text = text;
    return visit;
  }

  #decode(): void {
    if (this.#encoded === undefined) return;
    const { pages = [], vitals, places, referred } = JSON.parse(this.#encoded) as VisitForm;
    this.#encoded = undefined;
    for (const each of pages) this.#pages.set(each.key, pagesOfForm(each));
    for (const [key, count] of countsOf(vitals)) this.#vitals.set(key, count);
    this.#places = UserCounts.ofForm(places, undefined);
    this.#referred = referred && pageOfForm(referred.key, referred);
  }
}

/** The distinct sections. */
function sectionsOf(places: readonly string[]): readonly string[] {
  const sections: string[] = [];
  for (const place of places) {
    const section = sectionOf(place);
    if (!sections.includes(section)) sections.push(section);
  }
  return sections;
}

/** The worst and the median of each vital, from the counts of its values. */
function sumVitals(counts: ReadonlyMap<string, number>): ReadonlyMap<string, Vital> {
  const byName = new Map<string, [value: number, count: number][]>();
  for (const [key, count] of counts) {
    const space = key.indexOf(' ');
    const name = key.slice(0, space);
    const value: [number, number] = [Number(key.slice(space + 1)), count];
    const values = byName.get(name);
    if (values === undefined) byName.set(name, [value]);
    else values.push(value);
  }
  const vitals = new Map<string, Vital>();
  for (const [name, values] of byName) {
    inOrderBy(values, ([a], [b]) => a - b);
    let count = 0;
    for (const [, times] of values) count += times;
    let before = 0;
    const middle = values.find(([, times]) => {
      before += times;
      return before * 2 >= count;
    })!;
    vitals.set(name, { worst: values.at(-1)![0], median: middle[0] });
  }
  return vitals;
}

/** Whether two versions of a part are the same. */
function isSame(a: VisitPart, b: VisitPart): boolean {
  return (
    a === b ||
    (a.pages.length === b.pages.length &&
      a.vitals.length === b.vitals.length &&
      a.pages.every((pages, i) => isSamePages(pages, b.pages[i]!)) &&
      a.vitals.every(([key, count], i) => key === b.vitals[i]![0] && count === b.vitals[i]![1]) &&
      areSameUsers(a.places, b.places) &&
      isSamePage(a.referred, b.referred))
  );
}

function isSamePages(a: PagesOf, b: PagesOf): boolean {
  return a.key === b.key && a.count === b.count && isSamePage(a.first, b.first) && isSamePage(a.last, b.last);
}

function isSamePage(a: PageAt | undefined, b: PageAt | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [{ page }, { page: other }] = [a, b];
  return (
    a.atNs === b.atNs &&
    a.id === b.id &&
    page.url === other.url &&
    page.name === other.name &&
    page.referrer === other.referrer
  );
}

function pagesForm({ key, count, first, last }: PagesOf): PagesForm {
  return {
    key,
    ...(count !== 1 && { n: count }),
    first: pageForm(first),
    ...(last !== first && { last: pageForm(last) }),
  };
}

function pagesOfForm({ key, n = 1, first: firstForm, last }: PagesForm): PagesOf {
  const first = pageOfForm(key, firstForm);
  return { key, count: n, first, last: last === undefined ? first : pageOfForm(key, last) };
}

function pageForm({ atNs, id, page: { url, name, referrer } }: PageAt): PageForm {
  return {
    at: String(atNs),
    id: Buffer.from(id, 'latin1').toString('base64'),
    ...(url !== undefined && { url }),
    ...(name !== undefined && { name }),
    ...(referrer !== undefined && { referrer }),
  };
}

/** `key` holds its kind and source. */
function pageOfForm(key: string, { at, id, url, name, referrer }: PageForm): PageAt {
  const space = key.indexOf(' ');
  const page: PageView = {
    kind: key.slice(0, space) as PageKind,
    source: key.slice(space + 1),
    ...(url !== undefined && { url }),
    ...(name !== undefined && { name }),
    ...(referrer !== undefined && { referrer }),
  };
  return { atNs: BigInt(at), id: Buffer.from(id, 'base64').toString('latin1'), page };
}

function keyOf({ kind, source }: PageView): string {
  return `${kind} ${source}`;
}

/** Values are rounded to three digits, so that a long visit has few distinct ones. */
function vitalKey({ name, value }: WebVital): string {
  return `${name} ${Number(value.toPrecision(3))}`;
}

function add(tally: Map<string, number>, key: string, count: number): void {
  const sum = (tally.get(key) ?? 0) + count;
  if (sum === 0) tally.delete(key);
  else tally.set(key, sum);
}

/** Sorts by a text, in place. */
function sortedBy<T>(values: T[], text: (value: T) => string): T[] {
  return inOrderBy(values, (a, b) => (text(a) < text(b) ? -1 : 1));
}

function together(a: PagesOf, b: PagesOf): PagesOf {
  return {
    key: a.key,
    count: a.count + b.count,
    first: earlier(a.first, b.first),
    last: later(a.last, b.last),
  };
}

/**
 * Whether the known page is removed without a known successor. `order` is 1 for the earliest page and -1 for
 * the latest.
 */
function isLost(
  known: PageAt | undefined,
  gone: PageAt | undefined,
  come: PageAt | undefined,
  order: 1 | -1,
): boolean {
  return (
    known !== undefined &&
    gone !== undefined &&
    comparePages(gone, known) === 0 &&
    (come === undefined || comparePages(come, known) * order > 0)
  );
}

function without(known: PageAt | undefined, gone: PageAt | undefined): PageAt | undefined {
  return known !== undefined && gone !== undefined && comparePages(known, gone) === 0 ? undefined : known;
}

function comparePages(a: PageAt, b: PageAt): number {
  return compareInTime(a.atNs, a.id, b.atNs, b.id);
}

function earlier(a: PageAt | undefined, b: PageAt): PageAt;
function earlier(a: PageAt | undefined, b: PageAt | undefined): PageAt | undefined;
function earlier(a: PageAt | undefined, b: PageAt | undefined): PageAt | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return comparePages(a, b) <= 0 ? a : b;
}

function later(a: PageAt | undefined, b: PageAt): PageAt;
function later(a: PageAt | undefined, b: PageAt | undefined): PageAt | undefined;
function later(a: PageAt | undefined, b: PageAt | undefined): PageAt | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return comparePages(a, b) >= 0 ? a : b;
}
