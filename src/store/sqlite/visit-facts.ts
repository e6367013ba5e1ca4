import type { ExceptionFacts } from '../../normalize/facts.js';
import { PassedThrough } from '../../sessionize/exceptions.js';
import { type ByteString, lastNsOf, type SpanFacts } from '../../sessionize/records.js';
import { isUnset } from '../../sessionize/stretches.js';
import { type Carrier, isLogCarrier } from '../../sessionize/usage.js';
import type { GroupPosition, StoredFacts, StoredPage, StoredPageGroup } from '../store.js';
import type { HeldGroup } from './group-reader.js';
import { recordId, type UsageSource } from './usage-pages.js';

/** What records of a group tell of pages, and from when to when they are. */
export function pagesOf(
  position: GroupPosition,
  traceId: ByteString,
  records: readonly UsageSource[],
): Pick<StoredPageGroup, 'firstNs' | 'lastNs' | 'recordCount' | 'pages'> {
  let [firstNs, lastNs] = [position.startNs, position.startNs];
  const pages: StoredPage[] = [];
  for (const { carrier } of records) {
    const startNs = startOf(carrier);
    const endNs = isLogCarrier(carrier) ? startNs : lastNsOf(carrier);
    if (startNs < firstNs) firstNs = startNs;
    if (endNs > lastNs) lastNs = endNs;
    const page = carrier.visit?.page;
    if (page !== undefined) pages.push({ record: recordId(traceId + carrier.id), timeNs: startNs, page });
  }
  return { firstNs, lastNs, recordCount: records.length, pages };
}

/** What records of a group tell of a visit and of exceptions, each exception where it was thrown. */
export function visitFactsOf({
  traceId,
  group,
  records,
}: {
  readonly traceId: ByteString;
  readonly group: HeldGroup;
  readonly records: readonly UsageSource[];
}): StoredFacts[] {
  const facts: StoredFacts[] = [];
  let passed: PassedThrough | undefined;
  for (const { carrier } of records) {
    const { visit } = carrier;
    let { exceptions } = carrier;
    if (visit === undefined && exceptions === undefined) continue;
    if (exceptions !== undefined && !isLogCarrier(carrier)) {
      passed ??= new PassedThrough(group.spans, withExceptions(group.spans.values()));
      exceptions = thrownIn(carrier, exceptions, passed);
    }
    facts.push({
      record: recordId(traceId + carrier.id),
      ...(visit !== undefined && { visit }),
      ...(exceptions !== undefined && exceptions.length > 0 && { exceptions }),
    });
  }
  return facts;
}

/** S20: a span whose clock was set only at its end begins there. */
function startOf(carrier: Carrier): bigint {
  if (isLogCarrier(carrier)) return carrier.timeNs;
  return isUnset(carrier.startNs) && !isUnset(carrier.endNs) ? carrier.endNs : carrier.startNs;
}

function thrownIn(
  span: SpanFacts,
  exceptions: readonly ExceptionFacts[],
  passed: PassedThrough,
): ExceptionFacts[] {
  return exceptions.filter(({ key }) => !passed.has(span, key));
}

function* withExceptions(spans: Iterable<SpanFacts>): Generator<SpanFacts> {
  for (const span of spans) if (span.exceptions !== undefined) yield span;
}
