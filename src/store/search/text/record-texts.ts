import { logRecord, spanRecord } from '../../../conversation/record.js';
import { type Said, saidInLog, saidInSpan } from '../../../conversation/said.js';
import { declaredKeys } from '../../../normalize/attributes.js';
import {
  isContentKey,
  isMessageEvent,
  isMessageKey,
  isToolKey,
} from '../../../normalize/dialects/content-keys.js';
import { DIALECTS } from '../../../normalize/dialects/registry.js';
import { isExceptionEvent } from '../../../normalize/exceptions.js';
import { DATA_POINT } from '../../../normalize/normalizer.js';
import { sessionKeysOf } from '../../../normalize/session-id.js';
import {
  type Attribute,
  type AttributeValue,
  EVENT_NAME,
  type LogRecordView,
  RECORDING,
  type ResourceView,
  type ScopeView,
  type SpanView,
} from '../../../otlp/read.js';
import { eachJsonText } from '../../../text-search/json-texts.js';
import type { RecordText, RecordTexts, SaidText } from '../../../text-search/matcher.js';
import type { Area } from '../../../text-search/text-query.js';
import { reportedBy } from './reported.js';

/** The texts of records that content search finds, by area (docs/decisions/022-content-search.md). */

type Visit = (area: Area, field: string, text: string) => void;

const SESSION_KEYS: ReadonlySet<string> = new Set(
  sessionKeysOf(DIALECTS).map((key) => declaredKeys()[key]!.name),
);
const ERROR_KEYS: ReadonlySet<string> = new Set([
  'error.message',
  'error.type',
  ...DIALECTS.flatMap(({ exceptions }) => exceptions ?? [])
    .filter(({ isGeneral }) => isGeneral !== true)
    .flatMap(({ type, message, stacktrace }) => [...type, ...message, ...stacktrace]),
]);
const ID_KEY = /(?:^|[._-])ids?$|[a-z]I[dD]s?$/;
/** Fields of messages whose values are a few words of their formats. */
const FORMAT_FIELDS: ReadonlySet<string> = new Set(['role', 'type', 'finish_reason']);
const NO_FIELDS: ReadonlySet<string> = new Set();

/** Areas of attributes by key. Senders choose keys, so it is emptied when it is full, and keeps no long ones. */
const areas = new Map<string, Area>();
const MOST_KEYS = 10_000;
/** UTF-16 units. */
const LONGEST_KEY = 256;

function areaOf(key: string): Area {
  let area = areas.get(key);
  if (area === undefined) {
    area = newAreaOf(key);
    if (key.length > LONGEST_KEY) return area;
    if (areas.size === MOST_KEYS) areas.clear();
    areas.set(key, area);
  }
  return area;
}

function newAreaOf(key: string): Area {
  if (isToolKey(key)) return 'tools';
  if (ERROR_KEYS.has(key)) return 'errors';
  if (isContentKey(key)) return 'messages';
  return SESSION_KEYS.has(key) || ID_KEY.test(key) ? 'ids' : 'attributes';
}

/** The texts of a span with its events, without those of its resource. */
export function eachSpanText(span: SpanView, visit: Visit): void {
  visit('spans', 'name', span.name);
  visit('ids', 'trace_id', span.trace_id);
  if (span.status.message !== undefined) visit('errors', 'status.message', span.status.message);
  eachAttribute(span.attributes, areaOf, visit);
  for (const { name, attributes } of span.events) {
    visit('logs', 'event.name', name);
    eachAttribute(attributes, areaWithin(name), visit);
  }
  for (const { attributes } of span.links) eachAttribute(attributes, areaOf, visit);
  eachSessionId(span, visit);
}

/** The same of a log record. A data point of a metric and a part of a recording of the screen have none. */
export function eachLogText(log: LogRecordView, visit: Visit): void {
  let name = log.event_name ?? '';
  for (const { key, value } of log.attributes) {
    if (key === RECORDING || key === DATA_POINT.value) return;
    if (key === EVENT_NAME && typeof value === 'string') name ||= value;
  }
  if (log.trace_id !== undefined) visit('ids', 'trace_id', log.trace_id);
  if (name !== '') visit('logs', 'event.name', name);
  if (log.body !== undefined) {
    const area = isMessageEvent(name) ? 'messages' : isExceptionEvent(name) ? 'errors' : 'logs';
    eachText(log.body, area, 'body', visit);
  }
  eachAttribute(log.attributes, areaWithin(name), visit);
  eachSessionId(log, visit);
}

/** The texts of a resource. */
export function eachResourceText(resource: ResourceView, visit: Visit): void {
  eachAttribute(resource.attributes, () => 'resource', visit);
}

export function spanTexts(span: SpanView): RecordTexts {
  const all = collected((visit) => {
    eachSpanText(span, visit);
    eachResourceText(span.resource, visit);
  });
  return { all, said: saidOnce(() => saidInSpan(spanRecord(span), reportedBy(span))) };
}

export function logTexts(log: LogRecordView): RecordTexts {
  const all = collected((visit) => {
    eachLogText(log, visit);
    eachResourceText(log.resource, visit);
  });
  return {
    all,
    said: saidOnce(() => saidInLog(logRecord(log, ''), reportedBy(log))),
  };
}

/** The texts of what is said, taken apart like others. Read once. */
function saidOnce(read: () => readonly Said[]): () => readonly SaidText[] {
  let texts: SaidText[] | undefined;
  return () => {
    if (texts !== undefined) return texts;
    const found: SaidText[] = [];
    for (const { by: speaker, field, text } of read())
      eachJsonText(text, (each) => found.push({ speaker, field, text: each }), FORMAT_FIELDS);
    texts = found;
    return found;
  };
}

function collected(each: (visit: Visit) => void): RecordText[] {
  const texts: RecordText[] = [];
  each((area, field, text) => {
    if (text !== '') texts.push({ area, field, text });
  });
  return texts;
}

/** In an event that is a message, general keys have its content. */
function areaWithin(name: string): (key: string) => Area {
  return isMessageEvent(name) ? (key) => (isMessageKey(key) ? 'messages' : areaOf(key)) : areaOf;
}

/** The session id that all records of a resource or scope have. */
function eachSessionId(
  {
    resource,
    instrumentation_scope: scope,
  }: { readonly resource: ResourceView; readonly instrumentation_scope?: ScopeView },
  visit: Visit,
): void {
  for (const { attributes } of scope === undefined ? [resource] : [resource, scope]) {
    for (const { key, value } of attributes) {
      if (typeof value === 'string' && SESSION_KEYS.has(key)) visit('ids', key, value);
    }
  }
}

function eachAttribute(
  attributes: readonly Attribute[],
  areaOfKey: (key: string) => Area,
  visit: Visit,
): void {
  for (const { key, value } of attributes) eachText(value, areaOfKey(key), key, visit);
}

/** Texts and numbers. */
function eachText(value: AttributeValue, area: Area, field: string, visit: Visit): void {
  if (typeof value === 'string') {
    const skipped = area === 'messages' ? FORMAT_FIELDS : NO_FIELDS;
    eachJsonText(value, (text) => visit(area, field, text), skipped);
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    visit(area, field, String(value));
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Array.isArray(value) ? value : Object.values(value))
      eachText(each, area, field, visit);
  }
}
