import { Buffer } from 'node:buffer';
import { NotRead, tellsTokens, type Usage } from '../../normalize/facts.js';
import type { Normalizer } from '../../normalize/normalizer.js';
import { type UsageNumber, usageNumbers } from '../../normalize/usage-numbers.js';
import { decodeLogs, decodeTraces } from '../../otlp/decode.js';
import { type LogRecordView, readLogRecords, readSpans, type SpanView } from '../../otlp/read.js';
import { RECORD_SPAN, type RecordBatch } from '../../otlp/record-batch.js';
import type {
  GroupPosition,
  RecordId,
  StoredCarrier,
  StoredUnread,
  StoredUsageRecord,
  UsagePosition,
  UsageScan,
} from '../store.js';
import { encodeRecords, type RecordSource } from './block.js';

/** Groups, and records, that are looked at for one page, where nothing on them has to do with usage. */
const MOST_GROUPS = 2_000;
const MOST_RECORDS = 50_000;

/** A group's records in a session, as far as its usage is made of them. */
export interface UsageGroup {
  readonly position: GroupPosition;
  readonly carriers: readonly StoredCarrier[];
  /** Each record with its id and time. */
  readonly records: readonly UsageSource[];
}

export interface UsageSource {
  readonly record: RecordId;
  readonly timeNs: bigint;
  readonly source: RecordSource;
  readonly usage: Usage | undefined;
}

/** What is found of a page. */
export interface FoundUsage {
  /** In list order. */
  readonly records: StoredUsageRecord[];
  readonly stoppedAt?: UsagePosition;
}

/**
 * At most `limit` records with usage from the groups, which come in the direction of the scan, the one that `after` is in first. Gives up where the groups looked at
 * are many and have little of it.
 */
export function usageIn(
  groups: Iterable<UsageGroup>,
  { after, direction, limit }: UsageScan,
  normalizer: Normalizer,
): FoundUsage {
  const isForward = direction === 'forward';
  const sign = isForward ? 1 : -1;
  const found: StoredUsageRecord[] = [];
  let groupCount = 0;
  let recordCount = 0;
  for (const group of groups) {
    const all = recordsOf(group, normalizer);
    const beyond = all.filter(
      ({ position }) => after === undefined || sign * comparePositions(position, after) > 0,
    );
    if (!isForward) beyond.reverse();
    for (const record of beyond.slice(0, limit - found.length)) found.push(record);
    if (found.length === limit) break;
    groupCount++;
    recordCount += group.records.length;
    if (groupCount === MOST_GROUPS || recordCount >= MOST_RECORDS) {
      const stoppedAt = isForward ? endOf(group.position) : startOf(group.position);
      return { records: inOrder(found, isForward), stoppedAt };
    }
  }
  return { records: inOrder(found, isForward) };
}

function inOrder(found: StoredUsageRecord[], isForward: boolean): StoredUsageRecord[] {
  return isForward ? found : found.reverse();
}

function startOf(group: GroupPosition): UsagePosition {
  return { group, timeNs: 0n, record: '' };
}

const LAST_NS = 2n ** 64n;

function endOf(group: GroupPosition): UsagePosition {
  return { group, timeNs: LAST_NS, record: '' };
}

export function comparePositions(a: UsagePosition, b: UsagePosition): number {
  if (a.group.startNs !== b.group.startNs) return a.group.startNs < b.group.startNs ? -1 : 1;
  if (a.group.key !== b.group.key) return a.group.key < b.group.key ? -1 : 1;
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  return a.record < b.record ? -1 : a.record > b.record ? 1 : 0;
}

/** All of a group that has to do with usage, by time: what was read, and what only looks like it. */
function recordsOf({ position, carriers, records }: UsageGroup, normalizer: Normalizer): StoredUsageRecord[] {
  const known = new Map(carriers.map((carrier) => [keyOf(carrier.record), carrier]));
  const numbers = numbersOf(records, normalizer);
  const found: StoredUsageRecord[] = [];
  const place = ({ record, timeNs }: StoredCarrier | StoredUnread): UsagePosition => ({
    group: position,
    timeNs,
    record: keyOf(record),
  });
  for (const carrier of carriers) {
    const all = numbers.get(keyOf(carrier.record))?.numbers ?? [];
    // A call that tells tokens may have numbers beside them that no dialect needs.
    const unread = tellsTokens(carrier.usage) ? all.filter(({ outOfRange }) => outOfRange) : all;
    found.push({ ...carrier, unread, position: place(carrier) });
  }
  for (const { record, timeNs, source, usage } of records) {
    const suspect = numbers.get(keyOf(record));
    if (suspect === undefined || known.has(keyOf(record))) continue;
    const unread: StoredUnread = {
      record,
      timeNs,
      signal: source.batch.kind[source.index] === RECORD_SPAN ? 'span' : 'log',
      ...(suspect.dialect === undefined ? {} : { dialect: suspect.dialect }),
      ...(suspect.scope === undefined ? {} : { scope: suspect.scope }),
      unread: suspect.numbers,
      reason: reasonFor(suspect, usage),
    };
    found.push({ ...unread, position: place(unread) });
  }
  return found.sort((a, b) => comparePositions(a.position, b.position));
}

function keyOf({ spanId, logId }: RecordId): string {
  return spanId ?? logId ?? '';
}

interface Suspect {
  readonly numbers: readonly UsageNumber[];
  /** Of the dialect that recognises the record. */
  readonly dialect: string | undefined;
  readonly scope: string | undefined;
}

function reasonFor({ numbers, dialect }: Suspect, usage: Usage | undefined): NotRead {
  if (dialect !== undefined && numbers.every(({ outOfRange }) => outOfRange)) return NotRead.outOfRange;
  return dialect !== undefined && usage === undefined ? NotRead.noCall : NotRead.noDialect;
}

/** The numbers that look like usage, of the records that have some, by the record's key. */
function numbersOf(records: readonly UsageSource[], normalizer: Normalizer): Map<string, Suspect> {
  const suspects = records.filter(({ source }) => mayHaveNumbers(source));
  const found = new Map<string, Suspect>();
  if (suspects.length === 0) return found;
  const { explainer } = normalizer;
  const add = (
    of: readonly UsageSource[],
    views: readonly (SpanView | LogRecordView)[],
    explained: RecordBatch | undefined,
  ): void => {
    for (const [i, view] of views.entries()) {
      const numbers = usageNumbers([...view.attributes, ...bodyOf(view)]);
      if (numbers.length === 0) continue;
      const usage = explained?.usages[explained.usage[i]!];
      const scope = view.instrumentation_scope?.name;
      found.set(keyOf(of[i]!.record), { numbers, dialect: usage?.dialect, scope });
    }
  };
  const { spans, logs } = encodeRecords(suspects.map(({ source }) => source));
  const [ofSpans, ofLogs] = [true, false].map((isSpan) =>
    suspects.filter(({ source }) => (source.batch.kind[source.index] === RECORD_SPAN) === isSpan),
  );
  if (spans.length > 0) {
    add(ofSpans!, readSpans(spans), explainer && decodeTraces(spans, explainer, NO_LIMITS).batch);
  }
  if (logs.length > 0) {
    add(ofLogs!, readLogRecords(logs), explainer && decodeLogs(logs, explainer, NO_LIMITS).batch);
  }
  return found;
}

const NO_LIMITS = { maxRecords: Number.POSITIVE_INFINITY, maxAttributesPerRecord: Number.POSITIVE_INFINITY };

/** The fields of a log record's body where it is a map. */
function bodyOf(view: SpanView | LogRecordView): { key: string; value: unknown }[] {
  const body = 'body' in view ? view.body : undefined;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [];
  return Object.entries(body).map(([key, value]) => ({ key, value }));
}

const WORDS = ['oken', 'usage', 'Usage', 'cost', 'Cost'].map((word) => Buffer.from(word));

/** Whether the record's bytes have a word without which nothing looks like usage: far cheaper than to read it. */
function mayHaveNumbers({ batch, index }: RecordSource): boolean {
  const offset = batch.offset[index]!;
  const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset + offset, batch.length[index]!);
  return WORDS.some((word) => bytes.includes(word));
}
