import type { Cursor, KeysetPosition } from '../contract/cursor.js';
import type { StoredSession } from '../store/contract/session.js';
import type { StoredUsage, StoredUsageRecord, UsagePosition, UsageScan } from '../store/contract/usage.js';
import type { KeysetList, KeysetRead } from './page.js';

/** The records of a session's usage as a list, for one request. */
export class UsageList implements KeysetList<StoredUsageRecord> {
  readonly order = 'ascending';
  /** From the first read. Undefined if the session does not exist. */
  session: StoredSession | undefined;
  /** Whether the page was too large to compare calls of different groups. */
  isComparedByTrace = false;
  #isRead = false;
  readonly #usage: (scan: UsageScan) => Promise<StoredUsage | undefined>;

  constructor(usage: (scan: UsageScan) => Promise<StoredUsage | undefined>) {
    this.#usage = usage;
  }

  async read(
    direction: Cursor['direction'],
    position: KeysetPosition | undefined,
    limit: number,
  ): Promise<KeysetRead<StoredUsageRecord>> {
    const usage = await this.#usage({
      direction: direction === 'next' ? 'forward' : 'backward',
      limit,
      ...(position && { after: decodePosition(position) }),
    });
    // Later reads only look for a neighbour of the page.
    if (!this.#isRead) {
      this.session = usage?.session;
      this.isComparedByTrace = usage?.isComparedByTrace === true;
      this.#isRead = true;
    }
    return {
      items: [...(usage?.records ?? [])],
      ...(usage?.stoppedAt && { stoppedAt: encodePosition(usage.stoppedAt) }),
    };
  }

  positionOf({ position }: StoredUsageRecord): KeysetPosition {
    return encodePosition(position);
  }
}

/** The order of records on a page. */
export function byTime(a: StoredUsageRecord, b: StoredUsageRecord): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  const [first, second] = [a, b].map(
    // The rest of a wrapper's sum has the wrapper's id, and comes after it.
    ({ record, usage }) => `${record.traceId} ${record.spanId ?? record.logId} ${usage?.kind === 'rest'}`,
  );
  return first! < second! ? -1 : 1;
}

function encodePosition({ group, timeNs, record }: UsagePosition): KeysetPosition {
  return { startNs: group.startNs, id: [group.key, timeNs, record].join(' ') };
}

/** Without the parts of an id, this is the first position at that time. */
function decodePosition({ startNs, id }: KeysetPosition): UsagePosition {
  const [key = '', timeNs = '', record = ''] = id.split(' ');
  return {
    group: { startNs, key: /^[0-9a-f]*$/.test(key) ? key : '' },
    timeNs: /^\d{1,20}$/.test(timeNs) ? BigInt(timeNs) : 0n,
    record,
  };
}
