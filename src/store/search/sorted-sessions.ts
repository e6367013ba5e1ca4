import { LISTED, Listing, MAX_INTEGER } from '../contract/listing.js';
import type { ListedSession, SessionPosition, SessionScan, SortAmount } from '../contract/session.js';
import type { SessionFilter } from '../contract/session-filter.js';
import { isAll, type LookupOptions, planOf, type SearchFilter } from './filters.js';
import { partsOfRange, readSource } from './matching-sessions.js';
import type { AmountValues, Check, Source } from './search-rows.js';
import type { SearchResult } from './session-search.js';

/**
 * Lists that are sorted by an amount (docs/decisions/024-titles-sorting-views.md).
 *
 * If a condition, or the range of the start, has few sessions, all of these are read and sorted. Otherwise the
 * closed sessions are read in the order of the index of the amount, at most `maxExamined` for a page, and all
 * open ones besides, which no such index has.
 */

export interface SortOptions extends LookupOptions {
  /** Most sessions examined in the index for a page. */
  readonly maxExamined: number;
  /** Called often. An error that it throws aborts the read. */
  readonly checkpoint: () => void;
}

/** Up to this number of sessions, and at most `maxExamined`, all are read and sorted. Takes some 20 ms. */
const MOST_SORTED = 10_000;

type SearchScan = SessionScan & SearchFilter;

/** Sessions to be read with the checks that they must pass. */
interface Way {
  readonly filter: SearchFilter;
  readonly sources: readonly Source[];
  readonly checks: readonly Check[];
}

interface Candidate {
  readonly no: number;
  readonly amount: bigint;
  readonly startNs: bigint;
}

/** The sessions of a scan with `sort`. */
export async function sortedSessions(
  { sort, ...scan }: SearchScan & { readonly sort: SortAmount },
  options: SortOptions,
): Promise<SearchResult> {
  const { startFromNs = 0n, startToNs = MAX_INTEGER } = scan;
  if (startFromNs > startToNs) return { rows: [] };
  const few = isAll(scan) ? undefined : await fewSessions(scan, options);
  if (few !== undefined) return { rows: await firstOf(sort, scan, few, options) };
  return byRank(sort, scan, options);
}

/** Where all sessions of a filter are read, if they are few. Undefined if they are not. */
async function fewSessions(filter: SearchFilter, options: SortOptions): Promise<Way[] | undefined> {
  const ways: Way[] = [];
  let left = Math.min(MOST_SORTED, options.maxExamined);
  for (const part of partsOfRange(filter)) {
    const plan = await planOf(part, options);
    if (plan === undefined) continue;
    const { lead, checks, allChecks } = plan;
    if (lead !== undefined && lead.count <= left) {
      left -= lead.count;
      ways.push({ filter: part, sources: lead.sources, checks });
      continue;
    }
    const count = await countInRange(part, options, left);
    if (count > left) return undefined;
    left -= count;
    ways.push({
      filter: part,
      sources: LISTED.map((listing) => ({ by: 'start', listing })),
      checks: allChecks,
    });
  }
  return ways;
}

/** Counts the sessions of a range of starts, up to `most + 1`. */
async function countInRange(
  { startFromNs, startToNs }: SessionFilter,
  { rows, project }: SortOptions,
  most: number,
): Promise<number> {
  const bounds = { startFromNs, startToNs, direction: 'newer' } as const;
  let count = 0;
  for (const listing of LISTED) {
    if (count > most) break;
    count += await rows.count(project, { by: 'start', listing }, bounds, most - count);
  }
  return count;
}

/** The first sessions of a scan, of those that are read in these ways. */
async function firstOf(
  sort: SortAmount,
  scan: SessionScan,
  ways: readonly Way[],
  options: SortOptions,
): Promise<ListedSession[]> {
  const found = new Map<number, Candidate>();
  for (const { filter, sources, checks } of ways) {
    for (const source of sources) {
      for await (const rows of readSource(filter, source, checks, sort, options)) {
        for (const row of rows) {
          const candidate = candidateOf(row);
          if (candidate !== undefined && mayFollow(scan, candidate)) found.set(candidate.no, candidate);
        }
      }
    }
  }
  const first = firstCandidates([...found.values()], scan);
  const { rows, project } = options;
  const amounts = new Map(first.map(({ no, amount }) => [no, amount]));
  const sessions = await rows.byNumber(project, [...amounts.keys()]);
  return sessions
    .map(({ no, session }) => ({ ...session, amount: amounts.get(no)! }))
    .filter((session) => scan.after === undefined || isNearer(scan, scan.after, session))
    .sort((a, b) => (isNearer(scan, a, b) ? -1 : 1))
    .slice(0, scan.limit);
}

function candidateOf([no, amount, startNs]: AmountValues): Candidate | undefined {
  return amount === null ? undefined : { no, amount: BigInt(amount), startNs: BigInt(startNs) };
}

/** Whether a session is behind the position of the scan, or shares its amount and start: then its id decides. */
function mayFollow({ after, direction }: SessionScan, candidate: Candidate): boolean {
  if (after === undefined) return true;
  const order = compareAmounts(candidate, after);
  return direction === 'newer' ? order >= 0 : order <= 0;
}

/** The first `limit`, and those that share amount and start with the last of them or with the position. */
function firstCandidates(all: Candidate[], { after, direction, limit }: SessionScan): Candidate[] {
  const sign = direction === 'newer' ? 1 : -1;
  all.sort((a, b) => sign * compareAmounts(a, b));
  let end = 0;
  while (after !== undefined && end < all.length && compareAmounts(all[end]!, after) === 0) end++;
  end += limit;
  while (end < all.length && compareAmounts(all[end]!, all[end - 1]!) === 0) end++;
  return all.slice(0, end);
}

/** Reads closed sessions by the index of the amount, and open ones besides. */
async function byRank(sort: SortAmount, scan: SearchScan, options: SortOptions): Promise<SearchResult> {
  const { rows, project, maxExamined } = options;
  const plan = await planOf(scan, options);
  if (plan === undefined) return { rows: [] };
  const { startFromNs, startToNs, after, direction, limit } = scan;
  const bounds = { startFromNs, startToNs, after, direction };
  const checks = plan.allChecks;
  const closed = await rows.ranked(project, sort, bounds, { checks, block: maxExamined, limit });
  const stoppedAt =
    closed.length === limit ? undefined : await rows.rankedPosition(project, sort, bounds, maxExamined - 1);
  const open = await firstOf(
    sort,
    scan,
    [
      {
        filter: {
          ...(startFromNs !== undefined && { startFromNs }),
          ...(startToNs !== undefined && { startToNs }),
        },
        sources: [{ by: 'start', listing: Listing.open }],
        checks,
      },
    ],
    options,
  );
  const all = [
    ...closed,
    ...open.filter((session) => stoppedAt === undefined || isNearer(scan, session, stoppedAt)),
  ]
    .sort((a, b) => (isNearer(scan, a, b) ? -1 : 1))
    .slice(0, limit);
  return { rows: all, ...(stoppedAt !== undefined && all.length < limit && { stoppedAt }) };
}

function compareAmounts(
  a: Pick<SessionPosition, 'amount' | 'startNs'>,
  b: Pick<SessionPosition, 'amount' | 'startNs'>,
): number {
  const [one = 0n, other = 0n] = [a.amount, b.amount];
  if (one !== other) return one < other ? -1 : 1;
  return a.startNs === b.startNs ? 0 : a.startNs < b.startNs ? -1 : 1;
}

/** Whether a scan reaches `a` before `b`. */
function isNearer({ direction }: SessionScan, a: SessionPosition, b: SessionPosition): boolean {
  const order = compareAmounts(a, b) || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
  return direction === 'newer' ? order < 0 : order > 0;
}
