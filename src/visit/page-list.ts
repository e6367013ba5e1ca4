import { bareUrl } from '../normalize/visit/page-url.js';
import { compareInTime } from '../sessionize/records.js';
import type { PageSources } from '../sessionize/visit.js';
import type { RecordId, StoredPage } from '../store/contract/group.js';

/** Two reports of one page are no further apart. */
const SAME_PAGE_NS = 10_000_000_000n;
/** Reports that are looked at on each side of a page. */
const MOST_NEAR = 16;

/**
 * The pages of a visit in order of time, of all that records tell of pages: those of the sources that count (`VisitSums.sources`). Other reports of the same
 * address near it complete a page: with its name and where the visitor came from, and with when its document began to load.
 */
export function listPages(told: readonly StoredPage[], sources: PageSources): StoredPage[] {
  const inOrder = told.toSorted(comparePages);
  const pages: StoredPage[] = [];
  for (const [index, at] of inOrder.entries()) {
    if (sources.get(at.page.kind) !== at.page.source) continue;
    pages.push(completed(at, near(inOrder, index), pages.at(-1)));
  }
  return pages;
}

export function comparePages(a: StoredPage, b: StoredPage): number {
  return compareInTime(a.timeNs, idOf(a.record), b.timeNs, idOf(b.record));
}

/** Whether a page was entered before a place in the order of time. */
export function isBefore({ timeNs, record }: StoredPage, atNs: bigint, id: string): boolean {
  return compareInTime(timeNs, idOf(record), atNs, id) < 0;
}

/** A record by one text: its trace id, if any, and its span id or digest. In the order of their bytes. */
export function idOf({ traceId = '', spanId, logId }: RecordId): string {
  return traceId + (spanId ?? logId ?? '');
}

/** Other reports of the same address, the nearest first. */
function near(told: readonly StoredPage[], index: number): StoredPage[] {
  const at = told[index]!;
  if (at.page.url === undefined) return [];
  const url = bareUrl(at.page.url);
  return told
    .slice(Math.max(0, index - MOST_NEAR), index + MOST_NEAR + 1)
    .filter(
      (other) =>
        other !== at &&
        other.page.url !== undefined &&
        bareUrl(other.page.url) === url &&
        distance(other, at) <= SAME_PAGE_NS,
    )
    .sort((a, b) => Number(distance(a, at) - distance(b, at)) || comparePages(a, b));
}

function completed(
  at: StoredPage,
  others: readonly StoredPage[],
  before: StoredPage | undefined,
): StoredPage {
  const { page } = at;
  const first = (key: 'name' | 'referrer') =>
    page[key] ?? others.find((other) => other.page[key] !== undefined)?.page[key];
  const [name, referrer] = [first('name'), first('referrer')];
  const loads = others.filter(
    (other) =>
      page.kind === 'load' &&
      other.page.kind === 'load' &&
      other.page.source !== page.source &&
      (before === undefined || other.timeNs > before.timeNs),
  );
  return {
    ...at,
    timeNs: loads.reduce((least, { timeNs }) => (timeNs < least ? timeNs : least), at.timeNs),
    page: {
      ...page,
      ...(name !== undefined && { name }),
      ...(referrer !== undefined && { referrer }),
    },
  };
}

function distance(a: StoredPage, b: StoredPage): bigint {
  return a.timeNs > b.timeNs ? a.timeNs - b.timeNs : b.timeNs - a.timeNs;
}
