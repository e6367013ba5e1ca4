import { bareUrl } from '../normalize/visit/page-url.js';
import { compareInTime } from '../sessionize/records.js';
import type { RecordId, StoredPage } from '../store/contract/group.js';
import { idOf } from './page-list.js';

/**
 * A record that names a page may precede the page's report by this much: documents are reported when they
 * have loaded.
 */
export const EARLY_NS = 10_000_000_000n;
/**
 * After this time without activity, the visitor was away. A record may follow the end of the page that it
 * names by as much: in another tab, or reported late.
 */
export const AWAY_NS = 1_800_000_000_000n;
/** Maximum number of pages that are searched for the one that a record names. */
const MOST_PAGES = 256;

/** The page that a record names: its address, ignoring query and fragment, or its screen. */
export interface NamedPage {
  readonly url?: string;
  readonly screen?: string;
}

/** Finds the page of a visit that a record belongs to. */
export class Placing {
  readonly #pages: readonly StoredPage[];
  readonly #urls: readonly (string | undefined)[];
  readonly #byId: ReadonlyMap<string, number>;

  /** Pages in order of time; at least one. */
  constructor(pages: readonly StoredPage[]) {
    this.#pages = pages;
    this.#urls = pages.map(({ page: { url } }) => (url === undefined ? undefined : bareUrl(url)));
    this.#byId = new Map(pages.map(({ record }, index) => [idOf(record), index]));
  }

  /** The page that a record reports. */
  reportedBy(record: RecordId): number | undefined {
    return this.#byId.get(idOf(record));
  }

  /**
   * The page of a record by its time: the one that was entered last, or the first one for earlier records. If
   * the record names another page, the nearest of that name: one entered within ten seconds, else one left at
   * most half an hour before.
   */
  at(timeNs: bigint, named: NamedPage = {}): number {
    const pages = this.#pages;
    const byTime = Math.max(0, firstAfter(pages, timeNs) - 1);
    const url = named.url === undefined ? undefined : bareUrl(named.url);
    if (url === undefined && named.screen === undefined) return byTime;
    const fits = (index: number): boolean => {
      const known = this.#urls[index];
      if (known !== undefined) return known === url;
      return named.screen !== undefined && pages[index]!.page.name === named.screen;
    };
    if (fits(byTime)) return byTime;
    const last = Math.min(pages.length, byTime + MOST_PAGES);
    for (let index = byTime + 1; index < last && pages[index]!.timeNs - timeNs <= EARLY_NS; index++) {
      if (fits(index)) return index;
    }
    const first = Math.max(0, byTime - MOST_PAGES);
    for (let index = byTime - 1; index >= first && timeNs - pages[index + 1]!.timeNs <= AWAY_NS; index--) {
      if (fits(index)) return index;
    }
    return byTime;
  }

  /** The page whose document was loaded last, at or before this one; this one if no document was. */
  documentOf(index: number): number {
    for (let at = index; at >= 0 && index - at < MOST_PAGES; at--) {
      if (this.#pages[at]!.page.kind === 'load') return at;
    }
    return index;
  }
}

/** The index of the first page that was entered after a time. */
function firstAfter(pages: readonly StoredPage[], timeNs: bigint): number {
  let [low, high] = [0, pages.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareInTime(pages[middle]!.timeNs, '', timeNs, '') > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
