import type { ExceptionFacts } from '../../normalize/facts.js';
import { countedExceptions, type ExceptionReport } from '../../sessionize/exceptions.js';
import { addReports } from '../../sessionize/fragment.js';
import { type ByteString, lastNsOf } from '../../sessionize/records.js';
import { isUnset } from '../../sessionize/stretches.js';
import { isLogRecord, type UsageRecord } from '../../sessionize/usage.js';
import type {
  GroupPosition,
  PlacedException,
  StoredFacts,
  StoredPage,
  StoredPageGroup,
} from '../contract/group.js';
import { encodeRecords } from '../records/block.js';
import type { HeldGroup } from '../records/held-records.js';
import { hexOf } from './group-versions.js';
import { recordId } from './record-ids.js';
import type { UsageSource } from './usage-pages.js';

/** Pages and web vitals that records of a group report, and the time range of these records. */
export function pagesOf(
  position: GroupPosition,
  traceId: ByteString,
  records: readonly UsageSource[],
): Omit<StoredPageGroup, 'position' | 'version'> {
  let [firstNs, lastNs] = [position.startNs, position.startNs];
  const pages: StoredPage[] = [];
  for (const { usageRecord } of records) {
    const startNs = startOf(usageRecord);
    const endNs = isLogRecord(usageRecord) ? startNs : lastNsOf(usageRecord);
    if (startNs < firstNs) firstNs = startNs;
    if (endNs > lastNs) lastNs = endNs;
    const page = usageRecord.visit?.page;
    if (page !== undefined) pages.push({ record: recordId(traceId, usageRecord), timeNs: startNs, page });
  }
  const vitals = records.filter(({ usageRecord }) => usageRecord.visit?.vitals !== undefined);
  return {
    firstNs,
    lastNs,
    recordCount: records.length,
    pages,
    ...(vitals.length > 0 && {
      vitals: {
        ...(traceId !== '' && { traceId: hexOf(traceId) }),
        ...encodeRecords(vitals.map(({ source }) => source)),
        facts: vitals.map(({ usageRecord }) => ({
          record: recordId(traceId, usageRecord),
          visit: usageRecord.visit!,
        })),
      },
    }),
  };
}

/** Visit and exceptions that records of a group report. Of exceptions, only those that count (S60). */
export function visitFactsOf({
  traceId,
  group,
  records,
}: {
  readonly traceId: ByteString;
  readonly group: HeldGroup;
  readonly records: readonly UsageSource[];
}): StoredFacts[] {
  const exceptions = exceptionsOf(group, records);
  return records.flatMap(({ usageRecord }) => {
    const { visit, service } = usageRecord;
    const counted = exceptions.get(usageRecord);
    if (visit === undefined && counted === undefined) return [];
    return [
      {
        record: recordId(traceId, usageRecord),
        ...(service !== undefined && { service }),
        ...(visit !== undefined && { visit }),
        ...(counted !== undefined && { exceptions: counted }),
      },
    ];
  });
}

function exceptionsOf(
  group: HeldGroup,
  records: readonly UsageSource[],
): ReadonlyMap<UsageRecord, PlacedException[]> {
  const reports: ExceptionReport<'session'>[] = [];
  const places = new Map<ExceptionFacts, { readonly usageRecord: UsageRecord; readonly event: number }>();
  for (const { usageRecord } of records) {
    if (usageRecord.exceptions === undefined) continue;
    addReports(
      reports,
      usageRecord,
      isLogRecord(usageRecord) ? usageRecord.spanId : usageRecord.id,
      'session',
    );
    let event = 0;
    for (const exception of usageRecord.exceptions) {
      places.set(exception, { usageRecord, event });
      if (exception.channel === 'span_event') event++;
    }
  }
  const counted = new Map<UsageRecord, PlacedException[]>();
  if (reports.length === 0) return counted;
  for (const { report, isCrash } of countedExceptions(group.spans, reports)) {
    const { exception } = report;
    const { usageRecord, event } = places.get(exception)!;
    const known = counted.get(usageRecord) ?? [];
    known.push({
      ...exception,
      // An event without a time has the time of its span.
      ...(exception.atNs === 0n && { atNs: startOf(usageRecord) }),
      ...(exception.channel === 'span_event' && { event }),
      ...(isCrash && { isCrash }),
    });
    counted.set(usageRecord, known);
  }
  return counted;
}

/** S20: a span whose clock was only set at its end begins at its end. */
function startOf(usageRecord: UsageRecord): bigint {
  if (isLogRecord(usageRecord)) return usageRecord.timeNs;
  return isUnset(usageRecord.startNs) && !isUnset(usageRecord.endNs)
    ? usageRecord.endNs
    : usageRecord.startNs;
}
