import { compareStarts } from '../../contract/list-order.js';
import { MAX_INTEGER } from '../../contract/listing.js';
import type { ListedSession, SessionScan } from '../../contract/session.js';
import type { SearchFilter } from '../filters.js';
import type { SearchResult } from '../session-search.js';
import type { TextDocument } from './documents.js';
import type { TextCandidates, TextMoment, TextSearch } from './text-search.js';

/**
 * A page of the newest sessions with a text that is neither rare nor on every page: its documents are looked
 * through from the latest one. No session has a record in a document that began after all records of it. So when the
 * remaining documents are older than the last session of the page, the page is known.
 *
 * Documents with times that may be set aside come first. A page that begins further down has two kinds of sessions. Those that were active when it begins may have their
 * records in any document: they are read one by one. The records of the others are all older.
 */

/** Documents that are looked through at a time, at most; at first, one. */
const DOCUMENTS_AT_ONCE = 8;

/** Most bytes of documents that are looked through for a page. */
const MOST_BYTES = 32 * 1024 * 1024;

export interface NewestFirstOptions {
  /** In list order of starts, to older ones. */
  readonly scan: SessionScan;
  readonly candidates: TextCandidates;
  readonly search: TextSearch;
  readonly moment: TextMoment;
  /** Lists sessions under filters. */
  readonly list: (scan: SessionScan & SearchFilter) => Promise<SearchResult>;
  /** Lists sessions with the text, read one by one. */
  readonly listOneByOne: (scan: SessionScan & SearchFilter) => Promise<SearchResult>;
}

/** Undefined if the page cannot be found so with bounded work. */
export async function newestFirst(options: NewestFirstOptions): Promise<SearchResult | undefined> {
  const { scan, candidates, search, moment, list } = options;
  const { after, startFromNs = 0n, lastFromNs = 0n, limit } = scan;
  const upperNs = least(scan.startToNs ?? MAX_INTEGER, after?.startNs ?? MAX_INTEGER);
  const rows = new Map<string, ListedSession>();
  if (upperNs < MAX_INTEGER) {
    const spanning = await options.listOneByOne({
      ...scan,
      startToNs: upperNs,
      lastFromNs: lastFromNs > upperNs ? lastFromNs : upperNs,
    });
    if (spanning.stoppedAt !== undefined) return undefined;
    for (const row of spanning.rows) rows.set(row.id, row);
  }
  const look = async (documents: readonly TextDocument[], tail = candidates.tail): Promise<void> => {
    const found = (await search.sessionsIn(moment, candidates, documents, tail)).filter(
      ({ id }) => !rows.has(id),
    );
    if (found.length === 0) return;
    const numbers = found.map(({ no }) => no);
    // A list may stop after a bounded amount of work.
    for (let from = scan.after, isListed = false; !isListed; ) {
      const some = await list({
        ...scan,
        numbers,
        limit: numbers.length,
        ...(from !== undefined && { after: from }),
      });
      for (const row of some.rows) rows.set(row.id, row);
      isListed = some.stoppedAt === undefined;
      from = some.stoppedAt;
    }
  };
  const undated = candidates.lead.documents.filter((document) => isUndated(document, scan.nowNs));
  let bytes = undated.reduce((sum, each) => sum + each.bytes, 0);
  if (bytes > MOST_BYTES) return undefined;
  await look(undated);
  const documents = candidates.lead.documents
    .filter((document) => !isUndated(document, scan.nowNs))
    .filter(({ leastNs, greatestNs }) => leastNs <= upperNs && greatestNs >= startFromNs)
    .sort((a, b) => (a.greatestNs > b.greatestNs ? -1 : a.greatestNs < b.greatestNs ? 1 : 0));
  for (let at = 0, next = 1; at < documents.length; next = Math.min(2 * next, DOCUMENTS_AT_ONCE)) {
    const { greatestNs } = documents[at]!;
    const known = inOrder(rows).filter(({ startNs }) => startNs > greatestNs);
    if (known.length >= limit) return { rows: known.slice(0, limit) };
    if (bytes > MOST_BYTES) {
      // Only if the next page begins further down.
      if (greatestNs + 1n >= upperNs) return undefined;
      return { rows: known, stoppedAt: { startNs: greatestNs + 1n, id: '' } };
    }
    const some = documents.slice(at, at + next);
    await look(some, []);
    bytes += some.reduce((sum, each) => sum + each.bytes, 0);
    at += some.length;
  }
  return { rows: inOrder(rows).slice(0, limit) };
}

/**
 * Whether a document has times that may be set aside (S22), so that they say nothing about the starts and ends of
 * its sessions: before 2000, or ahead of now.
 */
function isUndated({ leastNs, greatestNs }: TextDocument, nowNs: bigint): boolean {
  return leastNs < YEAR_2000_NS || greatestNs > nowNs + HOUR_NS;
}

const YEAR_2000_NS = 946_684_800_000_000_000n;
/** Times up to a day ahead are accepted; the clock that accepted them may have been behind. */
const HOUR_NS = 3_600_000_000_000n;

/** Newest start first, ties by id descending. */
function inOrder(rows: ReadonlyMap<string, ListedSession>): ListedSession[] {
  return [...rows.values()].sort((a, b) => compareStarts(b, a));
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
