import { Buffer } from 'node:buffer';
import { hasTokens, NotRead, type Usage } from '../../normalize/facts.js';
import type { Normalizer } from '../../normalize/normalizer.js';
import { type UsageNumber, usageNumbers } from '../../normalize/usage-numbers.js';
import { decodeLogs, decodeTraces } from '../../otlp/decode.js';
import { readShortAttributes } from '../../otlp/read.js';
import { RECORD_SPAN } from '../../otlp/record-batch.js';
import type { ByteString } from '../../sessionize/records.js';
import { isLogRecord, type UsageRecord } from '../../sessionize/usage.js';
import type { GroupPosition, RecordId } from '../contract/group.js';
import type {
  StoredCallRecord,
  StoredUnread,
  StoredUsageRecord,
  UsagePosition,
  UsageScan,
} from '../contract/usage.js';
import { encodeRecords, type RecordSource } from '../records/block.js';
import { hexOf } from './group-versions.js';
import { recordId } from './record-ids.js';

/** Most groups, and records, that are searched for a page if they have nothing to do with usage. */
const MOST_GROUPS = 2_000;
const MOST_RECORDS = 50_000;

/** Suffix in the list position of a rest, because its span may have a position too. */
const REST = '+';

/** The records of a group in a session that matter for usage. */
export interface UsageGroup {
  readonly position: GroupPosition;
  readonly traceId: ByteString;
  readonly usageRecords: readonly StoredCallRecord[];
  readonly records: readonly UsageSource[];
}

/** A record of a group. */
export interface UsageSource {
  readonly usageRecord: UsageRecord;
  readonly source: RecordSource;
}

/** The records found for a page. */
export interface FoundUsage {
  /** In list order. */
  readonly records: StoredUsageRecord[];
  readonly stoppedAt?: UsagePosition;
}

/**
 * A record of a group that has to do with usage. Its unread numbers are only searched once it is on a page.
 */
interface Entry {
  readonly position: UsagePosition;
  readonly content: StoredCallRecord | StoredUnread;
  readonly source: RecordSource;
}

/** All records of a group that have to do with usage, by time. */
export interface UsageEntries {
  readonly position: GroupPosition;
  /** Number of records of the group in the session. */
  readonly recordCount: number;
  readonly entries: readonly Entry[];
}

/**
 * At most `limit` records with usage from these groups. The groups must come in the direction of the scan,
 * first the one of `after`. Gives up after many groups with little usage.
 */
export async function usageIn(
  groups: AsyncIterable<UsageEntries>,
  { after, direction, limit }: UsageScan,
): Promise<FoundUsage> {
  const isForward = direction === 'forward';
  const sign = isForward ? 1 : -1;
  const found: Entry[] = [];
  let groupCount = 0;
  let recordCount = 0;
  let stoppedAt: UsagePosition | undefined;
  for await (const { position, entries, recordCount: records } of groups) {
    const beyond = entries.filter(
      (entry) => after === undefined || sign * comparePositions(entry.position, after) > 0,
    );
    if (!isForward) beyond.reverse();
    for (const entry of beyond.slice(0, limit - found.length)) found.push(entry);
    if (found.length === limit) break;
    groupCount++;
    recordCount += records;
    if (groupCount === MOST_GROUPS || recordCount >= MOST_RECORDS) {
      stoppedAt = isForward ? endOf(position) : startOf(position);
      break;
    }
  }
  if (!isForward) found.reverse();
  return { records: found.map(recordOf), ...(stoppedAt && { stoppedAt }) };
}

function recordOf({ position, content, source }: Entry): StoredUsageRecord {
  if (content.usage === undefined) return { ...content, position };
  const all = numbersOf(source);
  // A call with known tokens may have further numbers that no dialect needs.
  const unread = hasTokens(content.usage) ? all.filter(({ outOfRange }) => outOfRange) : all;
  return { ...content, unread, position };
}

function startOf(group: GroupPosition): UsagePosition {
  return { group, timeNs: 0n, record: '' };
}

const LAST_NS = 2n ** 64n;

function endOf(group: GroupPosition): UsagePosition {
  return { group, timeNs: LAST_NS, record: '' };
}

function comparePositions(a: UsagePosition, b: UsagePosition): number {
  if (a.group.startNs !== b.group.startNs) return a.group.startNs < b.group.startNs ? -1 : 1;
  if (a.group.key !== b.group.key) return a.group.key < b.group.key ? -1 : 1;
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  return a.record < b.record ? -1 : a.record > b.record ? 1 : 0;
}

/**
 * All records of a group that have to do with usage, by time: those that were read as usage, and those that
 * only look like it.
 */
export function entriesOf(
  { position, traceId, usageRecords, records }: UsageGroup,
  normalizer: Normalizer,
): UsageEntries {
  // A span with the sum of an agent may also have the rest of that sum (U21), which follows it.
  const known = new Map<string, StoredCallRecord[]>();
  for (const usageRecord of usageRecords) {
    const record = keyOf(usageRecord.record);
    const others = known.get(record);
    if (others === undefined) known.set(record, [usageRecord]);
    else others.push(usageRecord);
  }
  const entries: Entry[] = [];
  for (const each of records) {
    const { usageRecord, source } = each;
    const record = hexOf(usageRecord.id);
    const timeNs = timeOf(usageRecord);
    for (const content of known.get(record) ?? unreadIn(each, traceId, normalizer)) {
      const name = content.usage?.kind === 'rest' ? record + REST : record;
      entries.push({ position: { group: position, timeNs, record: name }, content, source });
    }
  }
  entries.sort((a, b) => comparePositions(a.position, b.position));
  return { position, recordCount: records.length, entries };
}

function timeOf(usageRecord: UsageRecord): bigint {
  return isLogRecord(usageRecord) ? usageRecord.timeNs : usageRecord.startNs;
}

function keyOf({ spanId, logId }: RecordId): string {
  return spanId ?? logId ?? '';
}

/** Numbers that look like usage in a record that is not a usage record. */
function unreadIn(
  { usageRecord, source }: UsageSource,
  traceId: ByteString,
  normalizer: Normalizer,
): StoredUnread[] {
  const unread = numbersOf(source);
  if (unread.length === 0) return [];
  const { dialect, scope } = explained(source, normalizer);
  const entry: StoredUnread = {
    record: recordId(traceId, usageRecord),
    timeNs: timeOf(usageRecord),
    signal: isSpan(source) ? 'span' : 'log',
    ...(dialect === undefined ? {} : { dialect }),
    ...(scope === undefined ? {} : { scope }),
    unread,
    reason: reasonFor(unread, dialect, usageRecord.usage),
  };
  return [entry];
}

function reasonFor(
  numbers: readonly UsageNumber[],
  dialect: string | undefined,
  usage: Usage | undefined,
): NotRead {
  if (dialect !== undefined && numbers.every(({ outOfRange }) => outOfRange)) return NotRead.outOfRange;
  return dialect !== undefined && usage === undefined ? NotRead.noCall : NotRead.noDialect;
}

function isSpan({ batch, index }: RecordSource): boolean {
  return batch.kind[index] === RECORD_SPAN;
}

const NO_LIMITS = {
  maxRecords: Number.POSITIVE_INFINITY,
  maxAttributesPerRecord: Number.POSITIVE_INFINITY,
  isStored: true,
};

/** The dialect that recognises a record, even if it reads no usage, and the scope of the record. */
function explained(source: RecordSource, { explainer }: Normalizer): { dialect?: string; scope?: string } {
  if (explainer === undefined) return {};
  const { spans, logs } = encodeRecords([source]);
  const { batch } = isSpan(source)
    ? decodeTraces(spans, explainer, NO_LIMITS)
    : decodeLogs(logs, explainer, NO_LIMITS);
  const usage = batch.usages[batch.usage[0]!];
  return usage === undefined
    ? {}
    : { dialect: usage.dialect, ...(usage.scope !== undefined && { scope: usage.scope }) };
}

const WORDS = ['oken', 'usage', 'Usage', 'cost', 'Cost'].map((word) => Buffer.from(word));

/** Longest encoding of an attribute that is searched, bytes. Longer ones are message texts. */
const MAX_ATTRIBUTE = 8 * 1024;

/**
 * The numbers of a record that look like usage. All of them need one of a few words, and searching those is
 * far cheaper than reading the record.
 */
function numbersOf(source: RecordSource): UsageNumber[] {
  const { batch, index } = source;
  const start = batch.offset[index]!;
  const length = batch.length[index]!;
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset + start, length);
  if (!WORDS.some((word) => bytes.includes(word))) return [];
  return usageNumbers(
    readShortAttributes(batch.bytes, start, start + length, !isSpan(source), MAX_ATTRIBUTE),
  );
}
