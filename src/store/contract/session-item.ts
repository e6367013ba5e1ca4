import { int64Of } from '../../contract/int64.js';
import type { SessionScore } from '../../contract/score.js';
import type { GenAiUsage, Session } from '../../contract/session.js';
import { SCORE_UNITS } from '../../normalize/score-terms.js';
import type { Traits } from '../../sessionize/earliest.js';
import type {
  ListedSession,
  SessionCounts,
  SessionTraits,
  StoredGenAiUsage,
  StoredScore,
  StoredSession,
} from './session.js';

/**
 * The fields of a session under the names of the API, except those that follow from its times and the clock.
 * The writer stores them as text, and a list sends that text unchanged. Stores use names of the API only
 * here. A change here needs another SESSIONS_SCHEMA.
 */

/** Fields that change with its records. */
export function countsItem(session: SessionCounts): CountsItem {
  return definedOf(countsFields(session));
}

/** The same as JSON, without the braces around it. */
export function countsText(session: SessionCounts): string {
  return fieldsText(countsFields(session));
}

type CountsItem = Pick<Session, 'trace_count' | 'span_count' | 'error_count' | 'services'> &
  Partial<
    Pick<
      Session,
      | 'title'
      | 'outcome'
      | 'times_set_aside'
      | 'exception_count'
      | 'crash_count'
      | 'visit'
      | 'vitals'
      | 'genai_usage'
      | 'scores'
    >
  >;

/** Fields without a value are undefined here, which JSON leaves out. */
function countsFields(session: SessionCounts): {
  [Name in keyof CountsItem]-?: CountsItem[Name] | undefined;
} {
  const { exceptionCount = 0, crashCount = 0, genai } = session;
  return {
    title: session.title,
    outcome: session.outcome,
    times_set_aside: session.timesSetAside,
    trace_count: session.traceCount,
    span_count: session.spanCount,
    error_count: session.errorCount,
    exception_count: exceptionCount > 0 ? exceptionCount : undefined,
    crash_count: crashCount > 0 ? crashCount : undefined,
    services: [...session.services],
    visit: session.visit,
    vitals: session.vitals,
    genai_usage: genai && genAiUsage(genai),
    scores: session.scores?.map(scoreItem),
  };
}

/** The scores of one name, with their average to six digits after the point. */
function scoreItem({ name, count, valued, units, labels }: StoredScore): SessionScore {
  return {
    name,
    count,
    ...(valued > 0 && { average: averageOf(units, valued) }),
    ...(labels.length > 0 && { labels: [...labels] }),
  };
}

/** The average of values by their sum in millionths, rounded to a millionth. */
export function averageOf(units: bigint, values: number): number {
  const doubled = 2n * units + BigInt(values) * (units < 0n ? -1n : 1n);
  return Number(doubled / (2n * BigInt(values))) / SCORE_UNITS;
}

function definedOf<T extends object>(fields: { [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** Fields that rarely change. */
export function traitsItem(session: SessionTraits) {
  return {
    ...(session.previousId !== undefined && { 'session.previous_id': session.previousId }),
    ...(session.userId !== undefined && { 'user.id': session.userId }),
    ...(session.client && { client: session.client }),
    ...(session.geo && { geo: session.geo }),
    ...(session.release !== undefined && { release: session.release }),
    ...(session.deviceModel !== undefined && { device_model: session.deviceModel }),
    ...(session.osVersion !== undefined && { os_version: session.osVersion }),
    ...(session.connection !== undefined && { connection: session.connection }),
  } satisfies Partial<Session>;
}

/** Reads back the traits from the text of `traitsItem`. */
export function traitsOfText(text: string): Traits {
  const { client, geo, ...item } = JSON.parse(`{${text}}`) as ReturnType<typeof traitsItem>;
  return {
    previousId: item['session.previous_id'],
    userId: item['user.id'],
    ip: client?.ip,
    userAgent: client?.user_agent,
    deviceType: client?.device_type,
    os: client?.os,
    browser: client?.browser,
    browserVersion: client?.browser_version,
    countryCode: geo?.country_code,
    countryName: geo?.country_name,
    region: geo?.region,
    city: geo?.city,
    postalCode: geo?.postal_code,
    timezone: geo?.timezone,
    release: item.release,
    deviceModel: item.device_model,
    osVersion: item.os_version,
    connection: item.connection,
  } satisfies { readonly [Name in keyof Traits]: Traits[Name] | undefined } as Traits;
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

/** The fields of an item as JSON, without the braces around them. */
export function fieldsText(fields: object): string {
  return JSON.stringify(fields).slice(1, -1);
}

const encoder = new TextEncoder();

/** A session in the form that lists return. */
export function listedSession(session: StoredSession): ListedSession {
  const { id, startNs, lastNs, invalidated, hasEnded } = session;
  return {
    id,
    startNs,
    lastNs,
    invalidated,
    ...(hasEnded === true && !invalidated && { hasEnded }),
    fields: encoder.encode(fieldsText({ ...countsItem(session), ...traitsItem(session) })),
  };
}
