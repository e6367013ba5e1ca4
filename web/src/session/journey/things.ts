import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatMoney } from '../../../../client/src/text/money.js';
import { formatCount, formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { parseNanoseconds } from '../../format/time.js';
import { summaryOf, toneOf } from '../events/event-text.js';
import { crashText, exceptionName } from '../exceptions/exception-text.js';
import type {
  RecordReference,
  SessionEvent,
  SessionException,
  Turn,
  UsageRecordItem,
  VisitAction,
  VisitPage,
  VisitRequest,
} from '../queries.js';
import type { SessionSearch } from '../search.js';
import type { Outline } from '../timeline/outline.js';
import { recordKey, spanKey } from '../usage/call-marks.js';
import { pageName } from '../visit/page-name.js';
import { serviceEntries } from './service-entries.js';

/** The lanes, from the visitor to the model. */
export const LANES = ['pages', 'actions', 'requests', 'services', 'turns', 'calls', 'events'] as const;
export type Lane = (typeof LANES)[number];

export type Kind =
  | 'page'
  | 'action'
  | 'request'
  | 'service'
  | 'system'
  | 'user'
  | 'assistant'
  | 'tool_call'
  | 'tool_result'
  | 'call'
  | 'exception'
  | 'event';

/** One thing that happened in a session, of whatever kind. */
export interface Thing {
  /** Unique in the session, and the same when it is read again. */
  readonly key: string;
  readonly lane: Lane;
  readonly kind: Kind;
  /** Milliseconds since the start of the session; the end is at or after the start. */
  readonly start: number;
  readonly end: number;
  readonly label: string;
  /** What else is known about it, in words. */
  readonly facts: readonly string[];
  readonly isError: boolean;
  readonly record: RecordReference;
  /** The place in the address of this view. */
  readonly place: SessionSearch;
  /** Where the page shows it in detail, the best place first. */
  readonly links: readonly ThingLink[];
  /** Key of the thing that caused it, where an answer of the API names it. */
  readonly namedCause?: string;
  /** Key of the thing that it belongs to. It is the cause if spans and records tell none. */
  readonly owner?: string;
  readonly vitals?: NonNullable<VisitPage['vitals']>;
  /** Of a span of a service. */
  readonly service?: string;
  /** Of a model call, in US dollars; left out if unknown. */
  readonly costUsd?: number;
}

export interface ThingLink {
  readonly label: string;
  readonly search: SessionSearch;
}

/** What the API answers about a session. Lists may be incomplete. */
export interface Parts {
  /** Start of the session, nanoseconds since 1970. */
  readonly origin: bigint;
  readonly outline: Outline | undefined;
  readonly pages: readonly VisitPage[];
  readonly turns: readonly Turn[];
  readonly usage: readonly UsageRecordItem[];
  readonly exceptions: readonly SessionException[];
  readonly events: readonly SessionEvent[];
}

const MAX_LABEL = 160;
const ACTIONS: Record<VisitAction['kind'], string> = {
  click: 'Click',
  submit: 'Submit',
  input: 'Input',
  key: 'Key',
  scroll: 'Scroll',
  other: 'Action',
};

/** All things of a session by start. A record that several answers report is one thing. */
export function readThings(parts: Parts): readonly Thing[] {
  const since = (text: string): number => {
    const time = parseNanoseconds(text);
    return time === undefined ? 0 : Number(time - parts.origin) / 1e6;
  };
  const ends = spanEnds(parts);
  const visited = parts.pages.flatMap((page, index) => visitThings(page, index + 1, since));
  const pageOf = pagesByRecord(parts.pages);
  const calls = callThings(parts.usage, { since, ends, pageOf });
  const turns = turnThings(parts.turns, { since, pageOf });
  const thrown = parts.exceptions.map((each, index) => exceptionThing(each, index, { since, pageOf }));
  const shown = [...visited, ...calls, ...turns, ...thrown];
  const logs = new Set(shown.map(({ record }) => record.log_id));
  const events = parts.events
    .filter(({ id }) => !logs.has(id))
    .map((event) => eventThing(event, parts.origin));
  const services = parts.outline === undefined ? [] : serviceThings(parts.outline, parts, shown);
  return [...shown, ...services, ...events].sort(
    (a, b) => a.start - b.start || LANES.indexOf(a.lane) - LANES.indexOf(b.lane),
  );
}

interface Context {
  /** Milliseconds from the start of the session to an RFC 3339 time. */
  readonly since: (time: string) => number;
  /** Keys of pages by the records that they name. */
  readonly pageOf: ReadonlyMap<string, string>;
}

function visitThings(page: VisitPage, number: number, since: (time: string) => number): Thing[] {
  const key = pageKey(number);
  const start = since(page.entered_at);
  const entered: Thing = {
    key,
    lane: 'pages',
    kind: 'page',
    start,
    end: start + Math.max(0, page.duration_ms),
    label: short(pageName(page)),
    facts: [
      formatDuration(page.duration_ms),
      ...(page.action_count > 0 ? [formatCounted(page.action_count, 'action')] : []),
      ...(page.request_count > 0 ? [formatCounted(page.request_count, 'request')] : []),
    ],
    isError: page.exception_count > 0 || page.failed_request_count > 0,
    record: referenceOf(page),
    place: { page: number },
    links: [{ label: 'Page', search: { view: 'visit', page: number } }, ...recordLinks(page)],
    ...(page.vitals !== undefined && { vitals: page.vitals }),
  };
  return [
    entered,
    ...page.actions.map((action, index): Thing => {
      const at = since(action.time);
      const target = action.target ?? action.element ?? '';
      return {
        key: `${key}-action${index}`,
        lane: 'actions',
        kind: 'action',
        start: at,
        end: at,
        label: short(`${ACTIONS[action.kind]} ${target}`),
        facts: [],
        isError: false,
        record: referenceOf(action),
        place: placeOf(action),
        links: [...recordLinks(action), { label: 'Page', search: { view: 'visit', page: number } }],
        owner: key,
      };
    }),
    ...page.requests.map((request, index) => requestThing(request, `${key}-request${index}`, number, since)),
  ];
}

function requestThing(
  request: VisitRequest,
  key: string,
  page: number,
  since: (time: string) => number,
): Thing {
  const start = since(request.time);
  const { server, status_code: status, error } = request;
  const serverLink =
    server?.trace_id === undefined || server.span_id === undefined
      ? []
      : [{ label: 'Server', search: { trace: server.trace_id, span: server.span_id } }];
  return {
    key,
    lane: 'requests',
    kind: 'request',
    start,
    end: start + Math.max(0, request.duration_ms),
    label: short([request.method, request.url && pageName(request)].filter(Boolean).join(' ') || 'Request'),
    facts: [
      ...(status === undefined ? [] : [String(status)]),
      ...(error === undefined || error === String(status) ? [] : [short(error)]),
      formatDuration(request.duration_ms),
    ],
    isError: request.failed === true,
    record: referenceOf(request),
    place: placeOf(request),
    links: [...recordLinks(request), ...serverLink, { label: 'Page', search: { view: 'visit', page } }],
    owner: pageKey(page),
  };
}

/** The calls that count. Aggregates are of several calls at unknown times, so they are left out. */
function callThings(
  usage: readonly UsageRecordItem[],
  { since, ends, pageOf }: Context & { readonly ends: ReadonlyMap<string, number> },
): Thing[] {
  return usage
    .filter(({ counted, kind }) => counted && kind === 'call')
    .map((call): Thing => {
      const start = since(call.time);
      const record = recordKey(call);
      const owner = pageOf.get(record);
      const tokens =
        call.input_tokens === undefined && call.output_tokens === undefined
          ? 'tokens unknown'
          : `${formatCount(call.input_tokens ?? 0)} in · ${formatCount(call.output_tokens ?? 0)} out`;
      const end = ends.get(record) ?? start;
      return {
        key: `call-${record}`,
        lane: 'calls',
        kind: 'call',
        start,
        end: Math.max(start, end),
        label: short(call.model ?? 'Model call'),
        facts: [
          tokens,
          call.cost_usd === undefined ? 'cost unknown' : formatMoney(call.cost_usd),
          ...(end > start ? [formatDuration(end - start)] : []),
        ],
        isError: false,
        record: referenceOf(call),
        place: placeOf(call),
        links: [...recordLinks(call), ...recordViews(call, ['conversation', 'usage'])],
        ...(call.cost_usd !== undefined && { costUsd: call.cost_usd }),
        ...(owner !== undefined && { owner }),
      };
    });
}

function turnThings(turns: readonly Turn[], { since, pageOf }: Context): Thing[] {
  const calledBy = new Map<string, string>();
  return turns.map((turn, index): Thing => {
    const key = `turn${index}`;
    const id = turn.tool?.call_id;
    const caller = turn.role === 'tool_result' && id !== undefined ? calledBy.get(id) : undefined;
    if (turn.role === 'tool_call' && id !== undefined) calledBy.set(id, key);
    const owner = pageOf.get(recordKey(turn));
    const at = since(turn.time);
    const failure = [turn.error?.type, turn.error?.message].filter(Boolean).join(': ');
    return {
      key,
      lane: 'turns',
      kind: turn.role,
      start: at,
      end: at,
      label: short(turnText(turn)),
      facts: [
        ...(turn.error === undefined ? [] : [short(failure || 'failed')]),
        ...(turn.latency_ms === undefined ? [] : [`took ${formatDuration(turn.latency_ms)}`]),
      ],
      isError: turn.error !== undefined,
      record: referenceOf(turn),
      place: placeOf(turn),
      links: [...recordViews(turn, ['conversation']), ...recordLinks(turn)],
      ...(caller !== undefined && { namedCause: caller }),
      ...(owner !== undefined && { owner }),
    };
  });
}

function turnText({ role, tool, text, reasoning, error }: Turn): string {
  if (role === 'tool_call') return [tool?.name, tool?.arguments].filter(Boolean).join(' ') || 'Tool call';
  if (role === 'tool_result')
    return [tool?.name, tool?.result ?? text].filter(Boolean).join(': ') || 'Result';
  return text || reasoning || (error === undefined ? 'No text recorded' : 'Failed');
}

function exceptionThing(each: SessionException, index: number, { since, pageOf }: Context): Thing {
  const start = since(each.first_time);
  const owner = pageOf.get(recordKey(each.record));
  const { span } = each;
  // The span around the record is what it happened in.
  const record = { ...referenceOf(span ?? {}), ...referenceOf(each.record) };
  return {
    key: `exception-${recordKey(each.record)}-${index}`,
    lane: 'events',
    kind: 'exception',
    start,
    end: start,
    label: short([exceptionName(each), each.message].filter(Boolean).join(': ')),
    facts: [
      ...(each.service === undefined ? [] : [visibleText(each.service)]),
      ...(each.count > 1 ? [`${formatCount(each.count)} times, the first one here`] : []),
      ...(each.crash_count === undefined ? [] : [crashText(each.crash_count)]),
    ],
    isError: true,
    record,
    place: placeOf(record),
    links: [...recordLinks(span ?? each.record), ...(span === undefined ? [] : logLinks(each.record))],
    ...(owner !== undefined && { owner }),
  };
}

function eventThing(event: SessionEvent, origin: bigint): Thing {
  const start = Number(BigInt(event.time_unix_nano) - origin) / 1e6;
  const record = { ...referenceOf(event), log_id: event.id };
  return {
    key: `event-${event.id}`,
    lane: 'events',
    kind: 'event',
    start,
    end: start,
    label: short([event.event_name, summaryOf(event)].filter(Boolean).join(': ') || 'Log record'),
    facts: [],
    isError: toneOf(event) === 'error',
    record,
    place: { event: event.id },
    links: [...logLinks(record), ...recordLinks(referenceOf(event))],
  };
}

function serviceThings(outline: Outline, { origin, pages }: Parts, shown: readonly Thing[]): Thing[] {
  const offset = Number(outline.origin - origin) / 1e6;
  const requestOf = new Map<string, string>();
  for (const [index, { requests }] of pages.entries()) {
    for (const [place, { server }] of requests.entries()) {
      if (server !== undefined) requestOf.set(recordKey(server), `${pageKey(index + 1)}-request${place}`);
    }
  }
  const visitOrCall = new Set(['page', 'action', 'request', 'call']);
  const taken = new Set(
    shown.filter(({ kind }) => visitOrCall.has(kind)).map(({ record }) => recordKey(record)),
  );
  return serviceEntries(outline.traces, { taken, named: new Set(requestOf.keys()) }).map((entry): Thing => {
    const { span, traceId, spanCount, errorCount } = entry;
    const record = { trace_id: traceId, span_id: span.id };
    const owner = requestOf.get(spanKey(traceId, span.id));
    return {
      key: `service-${spanKey(traceId, span.id)}`,
      lane: 'services',
      kind: 'service',
      start: offset + span.start,
      end: offset + span.end,
      label: short(span.name),
      facts: [
        ...(span.service === undefined ? [] : [visibleText(span.service)]),
        formatDuration(span.end - span.start),
        ...(spanCount > 1 ? [formatCounted(spanCount, 'span')] : []),
        ...(errorCount > 0 ? [formatCounted(errorCount, 'error')] : []),
      ],
      isError: errorCount > 0,
      record,
      place: placeOf(record),
      links: recordLinks(record),
      ...(span.service !== undefined && { service: span.service }),
      ...(owner !== undefined && { owner }),
    };
  });
}

/** Ends of all spans by their key, in milliseconds since the start of the session. */
function spanEnds({ outline, origin }: Parts): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  if (outline === undefined) return ends;
  const offset = Number(outline.origin - origin) / 1e6;
  for (const { id, spans } of outline.traces) {
    for (const span of spans) ends.set(spanKey(id, span.id), offset + span.end);
  }
  return ends;
}

/** Pages by the records of their exceptions and of the agent that they led to. */
function pagesByRecord(pages: readonly VisitPage[]): ReadonlyMap<string, string> {
  const pageOf = new Map<string, string>();
  for (const [index, { exceptions, agent }] of pages.entries()) {
    const records = exceptions.map(({ record }) => record);
    for (const record of agent === undefined ? records : [...records, agent]) {
      pageOf.set(recordKey(record), pageKey(index + 1));
    }
  }
  return pageOf;
}

function pageKey(number: number): string {
  return `page${number}`;
}

function referenceOf({ trace_id, span_id, log_id }: RecordReference): RecordReference {
  return {
    ...(trace_id !== undefined && { trace_id }),
    ...(span_id !== undefined && { span_id }),
    ...(log_id !== undefined && { log_id }),
  };
}

function placeOf({ trace_id: trace, span_id: span, log_id: event }: RecordReference): SessionSearch {
  if (trace !== undefined && span !== undefined) return { trace, span };
  return event === undefined ? {} : { event };
}

function recordLinks(record: RecordReference): ThingLink[] {
  const { trace_id: trace, span_id: span } = record;
  if (trace !== undefined && span !== undefined) return [{ label: 'Span', search: { trace, span } }];
  return logLinks(record);
}

function logLinks({ log_id: event }: RecordReference): ThingLink[] {
  return event === undefined ? [] : [{ label: 'Log record', search: { view: 'events', event } }];
}

function recordViews(
  { trace_id: trace, span_id: span }: RecordReference,
  views: readonly ('conversation' | 'usage')[],
): ThingLink[] {
  const place = trace !== undefined && span !== undefined ? { trace, span } : {};
  const labels = { conversation: 'Conversation', usage: 'Usage' };
  return views.map((view) => ({ label: labels[view], search: { view, ...place } }));
}

function short(text: string): string {
  return visibleText(text.slice(0, MAX_LABEL).replace(/\s+/g, ' ').trim());
}
