import type { ExceptionFacts } from '../../normalize/facts.js';
import { countedExceptions, type Telling } from '../../sessionize/exceptions.js';
import { tell } from '../../sessionize/fragment.js';
import { type ByteString, lastNsOf } from '../../sessionize/records.js';
import { isUnset } from '../../sessionize/stretches.js';
import { type Carrier, isLogCarrier } from '../../sessionize/usage.js';
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

/** What records of a group tell of pages and web vitals, and from when to when they are. */
export function pagesOf(
  position: GroupPosition,
  traceId: ByteString,
  records: readonly UsageSource[],
): Omit<StoredPageGroup, 'position' | 'version'> {
  let [firstNs, lastNs] = [position.startNs, position.startNs];
  const pages: StoredPage[] = [];
  for (const { carrier } of records) {
    const startNs = startOf(carrier);
    const endNs = isLogCarrier(carrier) ? startNs : lastNsOf(carrier);
    if (startNs < firstNs) firstNs = startNs;
    if (endNs > lastNs) lastNs = endNs;
    const page = carrier.visit?.page;
    if (page !== undefined) pages.push({ record: recordId(traceId, carrier), timeNs: startNs, page });
  }
  const vitals = records.filter(({ carrier }) => carrier.visit?.vitals !== undefined);
  return {
    firstNs,
    lastNs,
    recordCount: records.length,
    pages,
    ...(vitals.length > 0 && {
      vitals: {
        ...(traceId !== '' && { traceId: hexOf(traceId) }),
        ...encodeRecords(vitals.map(({ source }) => source)),
        facts: vitals.map(({ carrier }) => ({
          record: recordId(traceId, carrier),
          visit: carrier.visit!,
        })),
      },
    }),
  };
}

/** What records of a group tell of a visit and of exceptions: of those the ones that count (S60). */
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
  return records.flatMap(({ carrier }) => {
    const { visit, service } = carrier;
    const counted = exceptions.get(carrier);
    if (visit === undefined && counted === undefined) return [];
    return [
      {
        record: recordId(traceId, carrier),
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
): ReadonlyMap<Carrier, PlacedException[]> {
  const tellings: Telling<'session'>[] = [];
  const places = new Map<ExceptionFacts, { readonly carrier: Carrier; readonly event: number }>();
  for (const { carrier } of records) {
    if (carrier.exceptions === undefined) continue;
    tell(tellings, carrier, isLogCarrier(carrier) ? carrier.spanId : carrier.id, 'session');
    let event = 0;
    for (const exception of carrier.exceptions) {
      places.set(exception, { carrier, event });
      if (exception.channel === 'span_event') event++;
    }
  }
  const counted = new Map<Carrier, PlacedException[]>();
  if (tellings.length === 0) return counted;
  for (const { telling, isCrash } of countedExceptions(group.spans, tellings)) {
    const { exception } = telling;
    const { carrier, event } = places.get(exception)!;
    const known = counted.get(carrier) ?? [];
    known.push({
      ...exception,
      // An event without a time is of the time of its span.
      ...(exception.atNs === 0n && { atNs: startOf(carrier) }),
      ...(exception.channel === 'span_event' && { event }),
      ...(isCrash && { isCrash }),
    });
    counted.set(carrier, known);
  }
  return counted;
}

/** S20: a span whose clock was set only at its end begins there. */
function startOf(carrier: Carrier): bigint {
  if (isLogCarrier(carrier)) return carrier.timeNs;
  return isUnset(carrier.startNs) && !isUnset(carrier.endNs) ? carrier.endNs : carrier.startNs;
}
