import { bareUrl } from '../normalize/visit/page-url.js';
import { compareInTime } from '../sessionize/records.js';
import type { PageSources } from '../sessionize/visit.js';
import type { RecordId, StoredPage } from '../store/contract/group.js';

/** Maximum distance between two reports of one page. */
const SAME_PAGE_NS = 10_000_000_000n;
/** Number of reports that are read on each side of a page. */
const MOST_NEAR = 16;

/**
 * The pages of a visit in order of time, from all reports of pages: those of the sources that count
 * (`VisitSums.sources`). Nearby reports of the same address complete a page: with its name, its referrer, and
 * when its document began to load.
 */
export function listPages(reports: readonly StoredPage[], sources: PageSources): StoredPage[] {
  const inOrder = reports.toSorted(comparePages);
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

/** Whether a page was entered before a position in the order of time. */
export function isBefore({ timeNs, record }: StoredPage, atNs: bigint, id: string): boolean {
  return compareInTime(timeNs, idOf(record), atNs, id) < 0;
}

/** Identifies a record by one text: its trace id, if any, and its span id or digest. Sorts by their bytes. */
export function idOf({ traceId = '', spanId, logId }: RecordId): string {
  return traceId + (spanId ?? logId ?? '');
}

/** Other reports of the same address, the nearest first. */
function near(reports: readonly StoredPage[], index: number): StoredPage[] {
  const at = reports[index]!;
  if (at.page.url === undefined) return [];
  const url = bareUrl(at.page.url);
  return reports
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
