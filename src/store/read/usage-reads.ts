import type { Normalizer } from '../../normalize/normalizer.js';
import {
  MOST_TOGETHER,
  type StoredUsage,
  type StoredUsageRecord,
  type UsageScan,
} from '../contract/usage.js';
import { stored } from '../engine/stored-session.js';
import type { FoundSession, SessionMoment } from './found-session.js';
import { nameOf, type SessionCalls } from './group-calls.js';
import { type GroupLoader, type LoadedGroup, sessionByUser } from './group-loader.js';
import { Kept } from './kept.js';
import type { GroupRow } from './reads.js';
import { callIdOf } from './record-ids.js';
import { edgeOf, groupBatches, positionOf, recordsIn } from './session-records.js';
import {
  callRecordsOf,
  judged,
  NO_REASONS,
  type SessionReasons,
  type SessionVerdicts,
} from './session-verdicts.js';
import { entriesOf, type UsageEntries, usageIn } from './usage-pages.js';

/** From this number of records on, the result for a group is kept for the next page. */
const LARGE_GROUP = 1_000;

/** Limit of records of large groups that are kept with their bytes. */
const MOST_KEPT = 12_000;

export interface UsageReadsOptions {
  readonly loader: GroupLoader;
  readonly calls: SessionCalls;
  readonly verdicts: SessionVerdicts;
  readonly normalizer: Normalizer;
  /** Most records of a session for which a page of usage compares calls. */
  readonly mostTogether?: number | undefined;
}

/** Pages of the usage that records of a session report. */
export class UsageReads {
  readonly #options: UsageReadsOptions;
  readonly #mostTogether: number;
  readonly #large = new Kept<UsageEntries>(MOST_KEPT);

  constructor(options: UsageReadsOptions) {
    this.#options = options;
    this.#mostTogether = options.mostTogether ?? MOST_TOGETHER;
  }

  async page(moment: SessionMoment, found: FoundSession, scan: UsageScan): Promise<StoredUsage> {
    const page = await usageIn(this.#entries(moment, found, scan), scan);
    const { reasons, isComparedByTrace } = await this.#reasons(
      moment,
      found,
      page.records,
      scan.after === undefined,
    );
    return {
      session: stored(found.session, found.row.invalidated),
      ...page,
      records: page.records.map((record) => judged(record, reasons)),
      ...(isComparedByTrace ? { isComparedByTrace } : {}),
    };
  }

  /**
   * The groups of a session in the direction of the scan, first the one in which it continues, with the
   * verdicts of each group on its calls.
   */
  async *#entries(
    moment: SessionMoment,
    found: FoundSession,
    { after, direction }: UsageScan,
  ): AsyncGenerator<UsageEntries> {
    const from = after && { from: edgeOf(after.group), isFromIncluded: true };
    for await (const rows of groupBatches(moment, found, { of: 'records', direction, ...from })) {
      let unknown: GroupRow[] = [];
      for (const row of rows) {
        const kept = this.#large.get(await this.#nameOf(moment, found, row));
        if (kept === undefined) {
          unknown.push(row);
          continue;
        }
        for await (const loaded of this.#options.loader.groups(moment, unknown)) {
          yield await this.#entriesOf(moment, found, loaded);
        }
        unknown = [];
        yield kept;
      }
      for await (const loaded of this.#options.loader.groups(moment, unknown)) {
        yield await this.#entriesOf(moment, found, loaded);
      }
    }
  }

  /**
   * The name of the cached result of a group. It includes the session's sums, which change when another
   * session starts or stops counting a call of this one (U24).
   */
  async #nameOf(moment: SessionMoment, found: FoundSession, row: GroupRow): Promise<string> {
    const byUser = await sessionByUser(moment, row.key);
    return `${found.row.no} ${nameOf(moment.project, row, byUser)} ${found.row.sums}`;
  }

  async #entriesOf(
    moment: SessionMoment,
    found: FoundSession,
    loaded: LoadedGroup<GroupRow>,
  ): Promise<UsageEntries> {
    const { row, group } = loaded;
    const { traceId, records } = recordsIn(loaded, found.session.id);
    const reported = await this.#options.calls.reportedBy(moment, row, group, found.session.id);
    const usageRecords = callRecordsOf(reported, NO_REASONS);
    const position = positionOf(row);
    const entries = entriesOf({ position, traceId, usageRecords, records }, this.#options.normalizer);
    // A large group is read again for each of its pages.
    if (records.length >= LARGE_GROUP) {
      this.#large.put(await this.#nameOf(moment, found, row), entries, records.length);
    }
    return entries;
  }

  /** The verdicts on calls of a page in their session, if their groups cannot decide them alone. */
  async #reasons(
    moment: SessionMoment,
    found: FoundSession,
    records: readonly StoredUsageRecord[],
    isFirst: boolean,
  ): Promise<{ reasons: SessionReasons; isComparedByTrace: boolean }> {
    const { verdicts } = this.#options;
    const { usage, spanCount, logCount } = found.session;
    const counted = records.flatMap(({ record, usage: said, reason }) =>
      said === undefined || reason !== undefined ? [] : [{ id: callIdOf(record), usage: said }],
    );
    if (spanCount + logCount <= this.#mostTogether) {
      return { reasons: await verdicts.reasons(moment, found, counted, isFirst), isComparedByTrace: false };
    }
    const { alone, shared } = await verdicts.apart(moment, found, counted);
    const reasons = await verdicts.reasons(moment, found, alone, isFirst);
    // If no calls can be the same, only the shared ids are unknown.
    return { reasons, isComparedByTrace: usage.needsDeduplication && shared.length > 0 };
  }
}
