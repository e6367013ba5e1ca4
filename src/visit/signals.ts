import { type LogRecord, type Lookup, lookup, type SpanRecord } from '../conversation/record.js';
import { boundedText } from '../normalize/bounded-text.js';
import { type ExceptionTexts, readExceptionTexts } from '../normalize/exception-texts.js';
import type { WebVital } from '../normalize/facts.js';
import { OWN_URL_KEYS, PAGE_URL_KEYS, SCREEN_KEYS } from '../normalize/visit/page-keys.js';
import { createPageUrls, type PageUrlReader } from '../normalize/visit/page-url.js';
import type { AttributeValue, ResourceView, SpanView } from '../otlp/read.js';
import type { PlacedException } from '../store/contract/group.js';
import { type ActionKind, MAX_MESSAGE, MAX_STACK, MAX_TARGET } from './page-visit.js';
import type { NamedPage } from './placing.js';

/** The facts of a visit in records of browsers and apps, besides its pages and vitals (docs/visits.md). */

/** OpenTelemetry's SpanKind. */
const SERVER = 2;
const CLIENT = 3;
const CONSUMER = 5;
const STATUS_ERROR = 2;

const MAX_NAME = 256;

/** A decoded record of a group. */
export type VisitRecord = SpanRecord | LogRecord;

/** Pages are identified by their path. */
const readPath = createPageUrls('path');

const ANY_URL_KEYS = [...PAGE_URL_KEYS, ...OWN_URL_KEYS];

/** The page that a record names, if any: its address without query and fragment. */
export function namedPageOf(record: VisitRecord): NamedPage {
  const get = lookup(record);
  const isAboutPage = !isRequest(record) && !isResource(record);
  const url = urlOf(get, isAboutPage ? ANY_URL_KEYS : PAGE_URL_KEYS, readPath);
  const screen = textOf(get, SCREEN_KEYS, MAX_NAME);
  return { ...(url !== undefined && { url }), ...(screen !== undefined && { screen }) };
}

/** Files that a page loads have an address of their own. */
function isResource(record: VisitRecord): boolean {
  return 'span' in record ? record.span.name === 'resourceFetch' : /resource/.test(record.name);
}

const VISITOR_LANGUAGES: ReadonlySet<AttributeValue> = new Set(['webjs', 'swift']);
const VISITOR_PREFIX = /^(?:browser|device|rum|emb)\./;

/** Whether a program with this resource runs in the visitor's browser or app. */
export function isVisitorSide({ attributes }: ResourceView): boolean {
  return attributes.some(
    ({ key, value }) =>
      VISITOR_PREFIX.test(key) || (key === 'telemetry.sdk.language' && VISITOR_LANGUAGES.has(value)),
  );
}

/** Whether a span is of a server or a consumer of a queue. */
export function isServing({ kind }: SpanView): boolean {
  return kind === SERVER || kind === CONSUMER;
}

const METHOD_KEYS = ['http.request.method', 'http.method'];
/** A server may know only the path. */
const REQUEST_URL_KEYS = [...OWN_URL_KEYS, 'url.path', 'http.target', 'http.route'];
const STATUS_KEYS = ['http.response.status_code', 'http.status_code'];

/** Whether a span is a request sent over HTTP. */
export function isRequest(record: VisitRecord): boolean {
  return (
    'span' in record &&
    record.span.kind === CLIENT &&
    textOf(lookup(record), METHOD_KEYS, MAX_NAME) !== undefined
  );
}

/** Whether a span is a server's span of an HTTP request. */
export function isAnswer(record: SpanRecord): boolean {
  return record.span.kind === SERVER && textOf(lookup(record), METHOD_KEYS, MAX_NAME) !== undefined;
}

/** The facts of a request, from its span. */
export interface RequestFacts {
  readonly method?: string;
  /** The displayed part of its address; a server may know only the path. */
  readonly url?: string;
  readonly statusCode?: number;
  readonly hasFailed: boolean;
  readonly error?: string;
}

/**
 * Facts of the span of a request, of the client or the server. `readUrl` decides which part of its address is
 * shown.
 */
export function requestFacts(record: SpanRecord, readUrl: PageUrlReader): RequestFacts {
  const get = lookup(record);
  const { status } = record.span;
  const method = textOf(get, METHOD_KEYS, MAX_NAME);
  const url = urlOf(get, REQUEST_URL_KEYS, readUrl);
  const code = STATUS_KEYS.map((key) => Number(get(key) ?? Number.NaN)).find(Number.isInteger);
  const type = textOf(get, ['error.type'], MAX_NAME);
  const hasFailed =
    status.code === STATUS_ERROR || type !== undefined || (code !== undefined && (code >= 400 || code <= 0));
  const thrown = record.events.find(({ name }) => name === 'exception');
  const said = [
    boundedText(status.message, MAX_MESSAGE),
    thrown && textOf(lookup(thrown), ['exception.message'], MAX_MESSAGE),
    type,
  ].find((text) => text !== undefined);
  return {
    ...(method !== undefined && { method }),
    ...(url !== undefined && { url }),
    ...(code !== undefined && code > 0 && code < 1_000 && { statusCode: code }),
    hasFailed,
    ...(hasFailed && said !== undefined && { error: said }),
  };
}

/**
 * Names of events, or their last part, by the visitor's action. Parts of a click, such as `mousedown`, are
 * ignored.
 */
const ACTIONS: ReadonlyMap<string, ActionKind> = new Map<string, ActionKind>([
  ...['click', 'dblclick', 'tap', 'press', 'long_press'].map((name) => [name, 'click'] as const),
  ...['input', 'change', 'paste'].map((name) => [name, 'input'] as const),
  ['submit', 'submit'],
  ...['keydown', 'keypress'].map((name) => [name, 'key'] as const),
  ...['scroll', 'swipe', 'wheel'].map((name) => [name, 'scroll'] as const),
  ...['action', 'user_action'].map((name) => [name, 'other'] as const),
]);
const PARTS_OF_ACTIONS = /^(?:mouse(?!wheel)|pointer|touch|keyup|focus|blur)/;
/** Prefixes of user events before that part. */
const ACTION_EVENT =
  /^(?:(?:browser\.|app\.|faro\.|ui\.|ux\.|emb-ui\.|rum\.|device\.)?(?:user_action|user\.action|user_interaction|userAction|interaction|action|widget|screen|ui|view)?[._-]?)([a-z_]+)$/;
const TARGET_KEYS = [
  'app.widget.name',
  'app.widget.id',
  'user_action_name',
  'action.name',
  'target_text',
  'browser.element.text',
  'element.text',
  'browser.css_selector',
  'element.selector',
  'target_xpath',
  'browser.element.xpath',
  'element.xpath',
  'element.id',
  'target.id',
];
/** Some SDKs report only this of a target: `<button>`. */
const TAG = /^<[\w-]*>$/;
const ELEMENT_KEYS = ['target_element', 'browser.tag_name', 'browser.element.tag_name', 'element.tag_name'];
/** Attributes on spans of the visitor's actions. */
const INTERACTION_KEYS = ['event_type', 'target_xpath', 'target_element'];

/** The visitor's action that a record reports. */
export interface ActionFacts {
  readonly kind: ActionKind;
  readonly target?: string;
  readonly element?: string;
}

/** Undefined if a record reports no action. */
export function actionOf(record: VisitRecord): ActionFacts | undefined {
  const get = lookup(record);
  const kind = 'span' in record ? spanAction(record.span, get) : eventAction(record.name);
  if (kind === undefined) return undefined;
  const target = textOf(get, TARGET_KEYS, MAX_TARGET, (text) => !TAG.test(text));
  const element = textOf(get, ELEMENT_KEYS, MAX_NAME);
  return {
    kind,
    ...(target !== undefined && { target }),
    ...(element !== undefined && { element }),
  };
}

function spanAction(span: SpanView, get: Lookup): ActionKind | undefined {
  if (INTERACTION_KEYS.every((key) => get(key) === undefined)) return undefined;
  const type = get('event_type');
  const name = typeof type === 'string' ? type : span.name;
  return ACTIONS.get(name) ?? (PARTS_OF_ACTIONS.test(name) ? undefined : 'other');
}

function eventAction(name: string): ActionKind | undefined {
  if (name.length > MAX_NAME) return undefined;
  const what = ACTION_EVENT.exec(name)?.[1];
  return what === undefined ? undefined : ACTIONS.get(what);
}

/**
 * The id that the web-vitals library gives a value when it begins to measure a document. It contains that
 * time, milliseconds since 1970.
 */
const VITAL_ID = /^v\d+-(\d{13})-/;

/**
 * When the measurement of a web vital's document began, nanoseconds since 1970; undefined if its id does not
 * contain it.
 */
export function measuredFrom({ id = '' }: WebVital): bigint | undefined {
  const ms = VITAL_ID.exec(id)?.[1];
  return ms === undefined ? undefined : BigInt(ms) * 1_000_000n;
}

/** The displayed part of an exception's texts. */
export function exceptionTexts(
  record: VisitRecord,
  { channel, event }: PlacedException,
  readUrl: PageUrlReader,
): ExceptionTexts {
  const texts = readExceptionTexts(
    'log' in record
      ? { log: record.log }
      : { span: record.span, ...(channel === 'span_event' && { event: event ?? 0 }) },
    readUrl,
  );
  const type = boundedText(texts.type, MAX_NAME);
  const message = boundedText(texts.message, MAX_MESSAGE);
  const stacktrace = boundedText(texts.stacktrace, MAX_STACK);
  const name = boundedText(texts.name, MAX_NAME);
  return {
    ...(type !== undefined && { type }),
    ...(message !== undefined && { message }),
    ...(stacktrace !== undefined && { stacktrace }),
    ...(name !== undefined && { name }),
    ...(texts.page !== undefined && { page: texts.page }),
  };
}

/** The first of these attributes that is an address; its displayed part. */
function urlOf(get: Lookup, keys: readonly string[], readUrl: PageUrlReader): string | undefined {
  for (const key of keys) {
    const value = get(key);
    const url = typeof value === 'string' ? readUrl(value)?.url : undefined;
    if (url !== undefined) return url;
  }
  return undefined;
}

/** The first of these attributes with a text that is not empty and fits. */
function textOf(
  get: Lookup,
  keys: readonly string[],
  maxLength: number,
  fits: (text: string) => boolean = () => true,
): string | undefined {
  for (const key of keys) {
    const value = get(key);
    const text = typeof value === 'string' ? boundedText(value, maxLength) : undefined;
    if (text !== undefined && fits(text)) return text;
  }
  return undefined;
}
