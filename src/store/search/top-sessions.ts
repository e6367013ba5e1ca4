import type { TopScan } from '../contract/statistics.js';
import { FacetKind } from '../engine/facets.js';
import { MAX_INTEGER } from '../sqlite/database.js';
import { spanningWindows, startsIn } from './active-range.js';
import { checksOf, type LookupOptions, planOf, type SessionRow, valuesOf } from './session-search.js';

const AMOUNTS = { cost: 's.cost_nano_usd', duration: 's.last_ns - s.start_ns' } as const;

interface TopRow extends SessionRow {
  readonly amount: bigint;
}

/**
 * The sessions of a range with the greatest cost or duration. The index of values has them in buckets of a fourth of a power of two: those
 * are read from the greatest on, until there are enough. What is read grows with the sessions of the range in the last of these buckets, and with those
 * that started before the range and were active in it; under filters, those that are greater and do not match come on top.
 */
export function readTopSessions(scan: TopScan, options: LookupOptions): SessionRow[] {
  const { by, limit, startFromNs = 0n, startToNs = MAX_INTEGER, lastFromNs: activeFromNs, ...filter } = scan;
  const lastFromNs = activeFromNs ?? 0n;
  const { prepare, project } = options;
  const plan = planOf(filter, options);
  if (plan === undefined) return [];
  // The sessions are read by their amounts, not by what would lead to those that match.
  const { lead, probes } = plan;
  const checks = checksOf({ ...plan, probes: lead?.group === undefined ? probes : [...probes, lead.group] });
  const amount = AMOUNTS[by];
  const greatest = (facet: bigint, fromNs: bigint, toNs: bigint, most: number): TopRow[] =>
    prepare(
      `SELECT s.start_ns, s.id, s.invalidated, s.sums, s.earliest, ${amount} AS amount
       FROM session_facet AS f CROSS JOIN session AS s ON s.no = f.session
       WHERE f.facet = ? AND f.start_ns BETWEEN ? AND ? AND s.last_ns >= ? AND ${amount} IS NOT NULL
         ${checks.map(([text]) => ` AND ${text}`).join('')}
       ORDER BY amount DESC, s.start_ns DESC, s.id DESC LIMIT ?`,
    ).all(facet, fromNs, toNs, lastFromNs, ...valuesOf(checks), most) as unknown as TopRow[];

  const { fromNs, toNs } = startsIn(scan);
  const buckets = prepare(
    'SELECT no FROM facet_value WHERE project = ? AND kind = ? ORDER BY value DESC',
  ).all(project, FacetKind[by]);
  const top: TopRow[] = [];
  for (const { no } of buckets) {
    top.push(...greatest(no as bigint, fromNs, toNs, limit - top.length));
    if (top.length === limit) break;
  }
  if (scan.lastFromNs === undefined) return top;
  const started = top.length;
  for (const { facet, sinceNs, untilNs } of spanningWindows(prepare, project, lastFromNs)) {
    const since = sinceNs > startFromNs ? sinceNs : startFromNs;
    top.push(...greatest(facet, since, untilNs < startToNs ? untilNs : startToNs, limit));
  }
  return top.length === started ? top : top.sort(greaterFirst).slice(0, limit);
}

/** Greatest first, ties in list order. */
function greaterFirst(a: TopRow, b: TopRow): number {
  if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1;
  if (a.start_ns !== b.start_ns) return a.start_ns > b.start_ns ? -1 : 1;
  return Buffer.compare(Buffer.from(b.id), Buffer.from(a.id));
}
