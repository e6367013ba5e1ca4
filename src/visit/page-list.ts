import type { PageView } from '../normalize/facts.js';
import { compareInTime } from '../sessionize/records.js';
import type { PageSources } from '../sessionize/visit.js';
import type { RecordId, StoredPage } from '../store/store.js';

/** Two tellings of one page are no further apart. */
const SAME_PAGE_NS = 10_000_000_000n;
/** Tellings that are looked at on each side of a page. */
const MOST_NEAR = 16;

/**
 * The pages of a visit in order of time, of all that records tell of pages: those of the sources that count (`VisitSums.sources`). What a page's own telling
 * leaves out, its name or where the visitor came from, is taken from the nearest other telling of the same address.
 */
export function listPages(told: readonly StoredPage[], sources: PageSources): StoredPage[] {
  const inOrder = told.toSorted(comparePages);
  return inOrder.flatMap((at, index) =>
    sources.get(at.page.kind) === at.page.source ? [completed(at, inOrder, index)] : [],
  );
}

export function comparePages(a: StoredPage, b: StoredPage): number {
  return compareInTime(a.timeNs, idOf(a.record), b.timeNs, idOf(b.record));
}

/** A record by one text: its trace id, if any, and its span id or digest. In the order of their bytes. */
export function idOf({ traceId = '', spanId, logId }: RecordId): string {
  return traceId + (spanId ?? logId ?? '');
}

/** An address without query and fragment, by which pages are compared. */
export function bareUrl(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}

function completed(at: StoredPage, told: readonly StoredPage[], index: number): StoredPage {
  const { page } = at;
  if (page.url === undefined || (page.name !== undefined && page.referrer !== undefined)) return at;
  const url = bareUrl(page.url);
  const near = told
    .slice(Math.max(0, index - MOST_NEAR), index + MOST_NEAR + 1)
    .filter(
      (other) =>
        other !== at &&
        other.page.url !== undefined &&
        bareUrl(other.page.url) === url &&
        distance(other, at) <= SAME_PAGE_NS,
    )
    .sort((a, b) => (distance(a, at) < distance(b, at) ? -1 : 1));
  const first = (key: 'name' | 'referrer') =>
    page[key] ?? near.find((other) => other.page[key] !== undefined)?.page[key];
  const [name, referrer] = [first('name'), first('referrer')];
  const whole: PageView = {
    ...page,
    ...(name !== undefined && { name }),
    ...(referrer !== undefined && { referrer }),
  };
  return { ...at, page: whole };
}

function distance(a: StoredPage, b: StoredPage): bigint {
  return a.timeNs > b.timeNs ? a.timeNs - b.timeNs : b.timeNs - a.timeNs;
}
