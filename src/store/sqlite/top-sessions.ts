import type { TopScan } from '../store.js';
import { MAX_INTEGER, type Prepare } from './database.js';
import { FacetKind } from './facets.js';
import type { SessionRow } from './session-search.js';

const AMOUNTS = { cost: 's.cost_nano_usd', duration: 's.last_ns - s.start_ns' } as const;

/**
 * The sessions of a range with the greatest cost or duration. The index of values has them in buckets of a fourth of a power of two: those
 * are read from the greatest on, until there are enough. What is read grows with the sessions of the range in the last of these buckets.
 */
export function readTopSessions(prepare: Prepare, project: number, scan: TopScan): SessionRow[] {
  const { by, startFromNs = 0n, startToNs = MAX_INTEGER, limit } = scan;
  const buckets = prepare(
    'SELECT no FROM facet_value WHERE project = ? AND kind = ? ORDER BY value DESC',
  ).all(project, FacetKind[by]);
  const top: SessionRow[] = [];
  for (const { no } of buckets) {
    const rows = prepare(
      `SELECT s.start_ns, s.id, s.invalidated, s.sums, s.earliest FROM session_facet AS f JOIN session AS s ON s.no = f.session
       WHERE f.facet = ? AND f.start_ns BETWEEN ? AND ?
       ORDER BY ${AMOUNTS[by]} DESC, s.start_ns DESC, s.id DESC LIMIT ?`,
    ).all(no as bigint, startFromNs, startToNs, limit - top.length);
    top.push(...(rows as unknown as SessionRow[]));
    if (top.length === limit) break;
  }
  return top;
}
