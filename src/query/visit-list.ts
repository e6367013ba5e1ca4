import type { Cursor, KeysetPosition } from '../contract/cursor.js';
import { createPageUrls, type PageUrlMode } from '../normalize/visit/page-url.js';
import type { StoredPage } from '../store/contract/group.js';
import type { SessionReader } from '../store/contract/reader.js';
import type { StoredSession } from '../store/contract/session.js';
import { idOf, isBefore } from '../visit/page-list.js';
import type { PageVisit } from '../visit/page-visit.js';
import { AWAY_NS, EARLY_NS } from '../visit/placing.js';
import { Visit } from '../visit/visit.js';
import { type KeysetList, type KeysetRead, MAX_PAGE_WEIGHT, type Page, readPage } from './page.js';
import type { IndexedGroup, VisitIndex } from './visit-index.js';

/** Number of records after which a page of the list is full. At most twice as many are read for it. */
const RECORDS_A_PAGE = 50_000;
/** Maximum number of groups, and of records, in memory at a time. A group is always read whole. */
const GROUPS_AT_ONCE = 64;
const RECORDS_AT_ONCE = 2_000;

export interface VisitOptions {
  /** Which parts of the addresses of pages and requests are shown. Default: `path`. */
  readonly pageUrls?: PageUrlMode;
  /** Number of records after which a page of the list is full. Default: RECORDS_A_PAGE. Tests use a small one. */
  readonly recordsAPage?: number;
}

/** A page of the pages of a visit. */
export async function readVisit(
  reader: SessionReader,
  project: string,
  index: VisitIndex,
  { id, pageSources }: StoredSession,
  limit: number,
  cursor: Cursor | undefined,
  { pageUrls = 'path', recordsAPage = RECORDS_A_PAGE }: VisitOptions = {},
): Promise<Page<PageVisit>> {
  if (pageSources === undefined) return { items: [] };
  const pages = await index.pages(pageSources);
  const { items, ...links } = await readPage(new PlaceList(pages, index.groups, recordsAPage), limit, cursor);
  const [first, last] = [items[0], items.at(-1)];
  if (first === undefined || last === undefined) return { items: [], ...links };

  const range = { from: first.index, to: last.index + 1 };
  const visit = new Visit(pages, range, index.vitals, createPageUrls(pageUrls));
  const { groups, cutNs } = groupsAround(pages, range, index.groups, 2 * recordsAPage);
  for (const part of parts(groups)) {
    const positions = part.map(({ position }) => position);
    for (const group of await reader.groupsAt(project, id, positions)) visit.take(group);
  }
  const isCut = index.isCut && range.to === pages.length;
  return {
    items: visit.finish((leftNs) => isCut || (cutNs !== undefined && leftNs >= cutNs)),
    ...links,
  };
}

interface PagePlace {
  readonly index: number;
  readonly page: StoredPage;
  /** Number of records in groups that begin while the visitor is on the page. */
  readonly weight: number;
}

/** The pages of a visit as a list. */
class PlaceList implements KeysetList<PagePlace> {
  readonly order = 'ascending';
  readonly #places: readonly PagePlace[];

  constructor(pages: readonly StoredPage[], groups: readonly IndexedGroup[], recordsAPage: number) {
    const records = recordsOn(pages, groups);
    this.#places = pages.map((page, index) => ({
      index,
      page,
      weight: Math.ceil((records[index]! * MAX_PAGE_WEIGHT) / recordsAPage),
    }));
  }

  async read(
    direction: Cursor['direction'],
    position: KeysetPosition | undefined,
    limit: number,
  ): Promise<KeysetRead<PagePlace>> {
    const places = this.#places;
    if (position === undefined) return { items: places.slice(0, limit) };
    const start = places.findIndex(({ page }) => !isBefore(page, position.startNs, position.id));
    const at = start === -1 ? places.length : start;
    if (direction === 'prev') return { items: places.slice(Math.max(0, at - limit), at) };
    const isEdge = places[at] !== undefined && samePlace(this.positionOf(places[at]), position);
    const from = isEdge ? at + 1 : at;
    return { items: places.slice(from, from + limit) };
  }

  positionOf({ page: { timeNs, record } }: PagePlace): KeysetPosition {
    return { startNs: timeNs, id: idOf(record) };
  }

  weightOf({ weight }: PagePlace): number {
    return weight;
  }
}

function samePlace(a: KeysetPosition, b: KeysetPosition): boolean {
  return a.startNs === b.startNs && a.id === b.id;
}

/** Number of records per page: those of all groups that begin on it. */
function recordsOn(pages: readonly StoredPage[], groups: readonly IndexedGroup[]): number[] {
  const records = pages.map(() => 0);
  let page = 0;
  for (const { position, recordCount } of groups) {
    while (pages[page + 1] !== undefined && pages[page + 1]!.timeNs <= position.startNs) page++;
    if (page < records.length) records[page]! += recordCount;
  }
  return records;
}

/**
 * The groups that may have records on some pages. If they have too many records, later groups are left out,
 * and `cutNs` is the time of the first of them.
 */
function groupsAround(
  pages: readonly StoredPage[],
  { from, to }: { readonly from: number; readonly to: number },
  groups: readonly IndexedGroup[],
  maxRecords: number,
): { readonly groups: readonly IndexedGroup[]; readonly cutNs?: bigint } {
  const begin = from === 0 ? undefined : pages[from]!.timeNs - EARLY_NS;
  const end = pages[to] && pages[to].timeNs + AWAY_NS;
  const around = groups.filter(
    ({ firstNs, lastNs }) =>
      (begin === undefined || lastNs >= begin) && (end === undefined || firstNs <= end),
  );
  let records = 0;
  const tooMany = around.findIndex(({ recordCount }, index) => {
    records += recordCount;
    return index > 0 && records > maxRecords;
  });
  if (tooMany === -1) return { groups: around };
  return { groups: around.slice(0, tooMany), cutNs: around[tooMany]!.firstNs };
}

/** Groups in order, in parts that are read together. */
function* parts(groups: readonly IndexedGroup[]): Generator<IndexedGroup[]> {
  let part: IndexedGroup[] = [];
  let records = 0;
  for (const group of groups) {
    if (part.length > 0 && (part.length >= GROUPS_AT_ONCE || records + group.recordCount > RECORDS_AT_ONCE)) {
      yield part;
      part = [];
      records = 0;
    }
    part.push(group);
    records += group.recordCount;
  }
  if (part.length > 0) yield part;
}
