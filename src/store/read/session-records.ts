import { Binder } from '../../sessionize/bind.js';
import type { ByteString } from '../../sessionize/records.js';
import { isLogRecord, type UsageRecord } from '../../sessionize/usage.js';
import type { GroupPosition } from '../contract/group.js';
import type { FoundSession, SessionMoment } from './found-session.js';
import type { LoadedGroup } from './group-loader.js';
import { bytesOfHex, hexOf } from './group-versions.js';
import type { GroupEdge, GroupRange, GroupRow } from './reads.js';
import type { UsageSource } from './usage-pages.js';

/** Groups that are looked up at a time: initially, and at most. */
const FIRST_ROWS = 32;
const MOST_ROWS = 512;

/**
 * The groups of a session in a range without end, in batches. A caller that stops early has looked up only a
 * few more.
 */
export async function* groupBatches(
  { reads }: SessionMoment,
  { row }: Pick<FoundSession, 'row'>,
  range: Omit<GroupRange, 'limit'>,
): AsyncGenerator<GroupRow[]> {
  let limit = FIRST_ROWS;
  let rows = await reads.groups(row, { ...range, limit });
  while (rows.length > 0) {
    yield rows;
    const last = rows.at(-1)!;
    if (rows.length < limit) return;
    limit = Math.min(4 * limit, MOST_ROWS);
    rows = await reads.groups(row, { of: range.of, direction: range.direction, from: last, limit });
  }
}

/** A group's records in one session. */
export interface RecordsInSession {
  readonly traceId: ByteString;
  readonly records: readonly UsageSource[];
}

export function recordsIn({ group, logSources }: LoadedGroup, sessionId: string): RecordsInSession {
  const binder = new Binder(group);
  const isIn = (usageRecord: UsageRecord): boolean =>
    (isLogRecord(usageRecord) ? binder.log(usageRecord) : binder.span(usageRecord)).session === sessionId;
  const records: UsageSource[] = [];
  for (const span of group.spans.values()) {
    if (isIn(span)) records.push({ usageRecord: span, source: span.source! });
  }
  for (const log of group.logs.values()) {
    if (isIn(log)) records.push({ usageRecord: log, source: logSources.get(log.id)! });
  }
  return { traceId: group.traceId, records };
}

export function positionOf({ startNs, key }: GroupEdge): GroupPosition {
  return { startNs, key: hexOf(key) };
}

export function edgeOf({ startNs, key }: GroupPosition): GroupEdge {
  return { startNs, key: bytesOfHex(key) };
}
