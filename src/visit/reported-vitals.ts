import type { WebVital } from '../normalize/facts.js';
import type { StoredPageGroup } from '../store/contract/group.js';
import { GroupRecords } from './group-records.js';
import type { NamedPage, Placing } from './placing.js';
import { measuredFrom, namedPageOf } from './signals.js';

/** A web vital, and what its record reports about its document. */
export interface ReportedVital {
  readonly vital: WebVital;
  readonly timeNs: bigint;
  readonly named: NamedPage;
  /** When its measurement began, nanoseconds since 1970; undefined if unknown. */
  readonly fromNs: bigint | undefined;
}

/** A document may be reported this long after its measurement began. */
const REPORTED_AFTER_NS = 1_000_000_000n;

/** The web vitals in records. */
export function readVitals(part: NonNullable<StoredPageGroup['vitals']>): ReportedVital[] {
  const { spans, logs } = new GroupRecords(part);
  const logsById = new Map(logs.map((log) => [log.id, log]));
  return (part.facts ?? []).flatMap(({ record: { spanId = '', logId = '' }, visit }) => {
    const record = spans.get(spanId) ?? logsById.get(logId);
    if (record === undefined) return [];
    const timeNs = 'span' in record ? record.span.start_time_unix_nano : record.timeNs;
    return (visit?.vitals ?? []).map((vital) => ({
      vital,
      timeNs,
      named: namedPageOf(record),
      fromNs: measuredFrom(vital),
    }));
  });
}

/**
 * The page of a web vital: the measured document, if known. Many vitals are reported when the document is
 * left, after the next one was entered. Otherwise the document of the page that the record names, or of the
 * page at its time.
 */
export function pageOfVital({ timeNs, named, fromNs }: ReportedVital, places: Placing): number {
  const page = fromNs === undefined ? places.at(timeNs, named) : places.at(fromNs + REPORTED_AFTER_NS);
  return places.documentOf(page);
}
