import { formatRfc3339, milliseconds } from '../contract/timestamp.js';
import type { VisitPageItem } from '../contract/visit.js';
import { VITAL_NAMES } from '../normalize/facts.js';
import type { RecordId } from '../store/contract/group.js';
import type { PageVisit, VisitAction, VisitAgent, VisitRequest, VisitServer } from '../visit/page-visit.js';
import { exceptionItem } from './exception-item.js';
import { given } from './given.js';

/** The contract's item for a page of a visit. */
export function pageItem(visit: PageVisit): VisitPageItem {
  const { page, vitals, agent } = visit;
  return {
    kind: page.kind,
    ...given('url', page.url),
    ...given('name', page.name),
    ...given('referrer', page.referrer),
    entered_at: formatRfc3339(visit.enteredNs),
    left_at: formatRfc3339(visit.leftNs),
    duration_ms: milliseconds(visit.leftNs - visit.enteredNs),
    ...(visit.isEntry && { entry: true as const }),
    ...(visit.isExit && { exit: true as const }),
    ...(vitals.size > 0 && { vitals: vitalsItem(vitals) }),
    click_count: visit.clickCount,
    action_count: visit.actionCount,
    actions: visit.actions.map(actionItem),
    request_count: visit.requestCount,
    failed_request_count: visit.failedRequestCount,
    requests: visit.requests.map(requestItem),
    exception_count: visit.exceptionCount,
    exceptions: visit.exceptions.map(exceptionItem),
    ...given('agent', agent && agentItem(agent)),
    ...(visit.isTruncated && { truncated: true as const }),
    ...recordItem(visit.record),
  };
}

function vitalsItem(vitals: PageVisit['vitals']): NonNullable<VisitPageItem['vitals']> {
  return Object.fromEntries(
    VITAL_NAMES.flatMap((name) => (vitals.has(name) ? [[name, vitals.get(name)]] : [])),
  );
}

function actionItem({ kind, timeNs, target, element, record }: VisitAction) {
  return {
    kind,
    time: formatRfc3339(timeNs),
    ...given('target', target),
    ...given('element', element),
    ...recordItem(record),
  };
}

function requestItem(request: VisitRequest) {
  const { server } = request;
  return {
    time: formatRfc3339(request.startNs),
    duration_ms: milliseconds(request.durationNs),
    ...given('method', request.method),
    ...given('url', request.url),
    ...given('status_code', request.statusCode),
    ...(request.hasFailed && { failed: true as const }),
    ...given('error', request.error),
    ...given('server', server && serverItem(server)),
    ...recordItem(request.record),
  };
}

function serverItem({ record, name, service, durationNs }: VisitServer) {
  return {
    name,
    ...given('service', service),
    duration_ms: milliseconds(durationNs),
    ...given('trace_id', record.traceId),
    ...given('span_id', record.spanId),
  };
}

function agentItem({ callCount, timeNs, record }: VisitAgent) {
  return { call_count: callCount, time: formatRfc3339(timeNs), ...recordItem(record) };
}

function recordItem({ traceId, spanId, logId }: RecordId) {
  return { ...given('trace_id', traceId), ...given('span_id', spanId), ...given('log_id', logId) };
}
