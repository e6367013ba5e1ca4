import type { WebVital } from '../normalize/facts.js';
import type { StoredPageGroup } from '../store/contract/group.js';
import { GroupRecords } from './group-records.js';
import type { NamedPage, Placing } from './placing.js';
import { measuredFrom, namedPageOf } from './signals.js';

/** A web vital, and what its record says of the document that it is of. */
export interface ReportedVital {
  readonly vital: WebVital;
  readonly timeNs: bigint;
  readonly named: NamedPage;
  /** When it began to be measured, nanoseconds since 1970; undefined where that is not said. */
  readonly fromNs: bigint | undefined;
}

/** A document may be told of this much after it began to be measured. */
const TOLD_AFTER_NS = 1_000_000_000n;

/** The web vitals that records tell of. */
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
 * The page that a web vital is of: the document that was measured, where that is said. Many are reported when the document is left, after the next one was
 * entered. Else the document of the page that the record names, or of that of its time.
 */
export function pageOfVital({ timeNs, named, fromNs }: ReportedVital, places: Placing): number {
  const page = fromNs === undefined ? places.at(timeNs, named) : places.at(fromNs + TOLD_AFTER_NS);
  return places.documentOf(page);
}
