import { callsOf } from '../normalize/facts.js';
import { compareStarts } from '../store/contract/list-order.js';
import type { SessionReader } from '../store/contract/reader.js';
import type { ListedSession } from '../store/contract/session.js';
import type { StoredTopCalls, TopScan } from '../store/contract/statistics.js';
import type { StoredUsageRecord, UsagePosition } from '../store/contract/usage.js';

/** A model call that counts, with its session. */
export interface TopCall {
  readonly session: ListedSession;
  readonly record: Extract<StoredUsageRecord, { unread: unknown; usage: object }>;
  /** Nano-USD or ns. */
  readonly amount: number;
}

/** Records of usage that are read at a time. */
const RECORDS_AT_ONCE = 1_000;

/**
 * The greatest calls of sessions, at most `limit`: ties in the order of the list of sessions, then the latest
 * first. `sessions` are those with the greatest calls, greatest first. Each session that may have one of the
 * calls is read from its beginning to its end.
 */
export async function topCallsIn(
  sessions: StoredTopCalls['sessions'],
  { reader, project, by, limit }: Pick<TopScan, 'by' | 'limit'> & ProjectReader,
): Promise<TopCall[]> {
  let calls: TopCall[] = [];
  for (const { session, amount } of sessions) {
    const last = calls[limit - 1];
    if (last !== undefined && compareWith(last, session, Number(amount)) < 0) break;
    for await (const record of callsIn(session.id, { reader, project })) {
      const own = by === 'cost' ? record.usage.costNanoUsd : record.durationNs;
      if (own !== undefined) calls.push({ session, record, amount: own });
    }
    calls = calls.sort(compareCalls).slice(0, limit);
  }
  return calls;
}

interface ProjectReader {
  readonly reader: SessionReader;
  readonly project: string;
}

/** The calls of a session that count. */
async function* callsIn(
  sessionId: string,
  { reader, project }: ProjectReader,
): AsyncGenerator<TopCall['record']> {
  let after: UsagePosition | undefined;
  do {
    const page = await reader.usage(project, sessionId, {
      direction: 'forward',
      limit: RECORDS_AT_ONCE,
      ...(after && { after }),
    });
    const records = page?.records ?? [];
    for (const record of records) {
      if (record.usage !== undefined && record.reason === undefined && callsOf(record.usage) > 0)
        yield record;
    }
    after = records.length === RECORDS_AT_ONCE ? records.at(-1)!.position : page?.stoppedAt;
  } while (after !== undefined);
}

/** Negative if a call comes before all calls of a session whose greatest call has this amount. */
function compareWith(call: TopCall, session: ListedSession, amount: number): number {
  if (call.amount !== amount) return amount - call.amount;
  return compareStarts(session, call.session);
}

function compareCalls(a: TopCall, b: TopCall): number {
  const order = compareWith(a, b.session, b.amount);
  if (order !== 0) return order;
  if (a.record.timeNs !== b.record.timeNs) return a.record.timeNs > b.record.timeNs ? -1 : 1;
  return a.record.position.record < b.record.position.record ? -1 : 1;
}
