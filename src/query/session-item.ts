import { int64Of } from '../contract/int64.js';
import type { GenAiUsage, Session } from '../contract/session.js';
import type { SessionState } from '../contract/session-state.js';
import { formatRfc3339, milliseconds } from '../contract/timestamp.js';
import type { StoredGenAiUsage, StoredSession } from '../store/contract/session.js';
import { isOpen } from './state.js';

/** The contract's item for a session in `state`. */
export function sessionItem(session: StoredSession, state: SessionState): Session {
  const durationNs = session.lastNs > session.startNs ? session.lastNs - session.startNs : 0n;
  return {
    'session.id': session.id,
    ...(session.previousId !== undefined && { 'session.previous_id': session.previousId }),
    ...(session.userId !== undefined && { 'user.id': session.userId }),
    start_time: formatRfc3339(session.startNs),
    ...(!isOpen(state) && { end_time: formatRfc3339(session.lastNs) }),
    duration_ms: milliseconds(durationNs),
    ...(session.timesSetAside !== undefined && { times_set_aside: session.timesSetAside }),
    trace_count: session.traceCount,
    span_count: session.spanCount,
    error_count: session.errorCount,
    ...exceptionCounts(session),
    services: [...session.services],
    state,
    ...(session.client && { client: session.client }),
    ...(session.geo && { geo: session.geo }),
    ...(session.visit && { visit: session.visit }),
    ...(session.vitals && { vitals: session.vitals }),
    ...(session.release !== undefined && { release: session.release }),
    ...(session.deviceModel !== undefined && { device_model: session.deviceModel }),
    ...(session.osVersion !== undefined && { os_version: session.osVersion }),
    ...(session.connection !== undefined && { connection: session.connection }),
    ...(session.genai && { genai_usage: genAiUsage(session.genai) }),
  };
}

function exceptionCounts({
  exceptionCount = 0,
  crashCount = 0,
}: StoredSession): Pick<Session, 'exception_count' | 'crash_count'> {
  return {
    ...(exceptionCount > 0 && { exception_count: exceptionCount }),
    ...(crashCount > 0 && { crash_count: crashCount }),
  };
}

export function genAiUsage(usage: StoredGenAiUsage): GenAiUsage {
  return {
    request_count: usage.requestCount,
    total_input_tokens: int64Of(usage.inputTokens),
    total_output_tokens: int64Of(usage.outputTokens),
    models_used: [...usage.models],
    providers_used: [...usage.providers],
    ...(usage.costNanoUsd !== undefined && { estimated_cost_usd: Number(usage.costNanoUsd) / 1e9 }),
    ...(usage.unpricedCount > 0 && { unpriced_request_count: usage.unpricedCount }),
    ...(usage.unreportedCount > 0 && { unreported_request_count: usage.unreportedCount }),
  };
}
