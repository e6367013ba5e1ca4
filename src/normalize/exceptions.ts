import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { DIALECTS as ALL_DIALECTS } from './dialects/registry.js';
import type { ExceptionMark, Outcome } from './dialects/terms.js';
import { fnv1a } from './fnv-1a.js';

/**
 * How senders report exceptions and crashes: the `exceptions` of all dialects, in the order of the registry.
 * The same tables are used for received telemetry and for display.
 */
const DIALECTS = ALL_DIALECTS.flatMap(({ exceptions }) => exceptions ?? []);

/** The text of an attribute; undefined if it has none. */
export type TextOf = (key: string) => string | undefined;

/** Kind and name of the reporting record. */
export interface ReportedBy {
  readonly signal: 'log' | 'span';
  /** The event name of a log record, the name of a span; may be empty. */
  readonly name: string;
  /** Whether the span's status is ERROR. */
  readonly failed?: boolean;
}

/** The facts of an exception, as they were sent. */
export interface ReportedExceptionFacts {
  readonly isCrash: boolean;
  readonly type?: string;
  readonly message?: string;
}

const EVENTS: ReadonlyMap<string, Outcome> = new Map(
  DIALECTS.flatMap(({ events = {} }) => Object.entries(events)),
);

/**
 * The keys that are read from received records. Stack traces are read only if they mark an exception; their
 * texts are read for display.
 */
const KEYS: ReadonlyMap<string, AttributeKey> = declareKeys();

function declareKeys(): Map<string, AttributeKey> {
  const keys = new Map<string, AttributeKey>();
  for (const { marks = [] } of DIALECTS) {
    for (const { key } of marks) keys.set(key, attributeKey(key, KeyGroup.exception));
  }
  for (const { type, message } of DIALECTS) {
    for (const key of [...type, ...message]) {
      if (!keys.has(key)) keys.set(key, attributeKey(key, KeyGroup.exceptionText));
    }
  }
  return keys;
}

/** The texts of a received record. */
export function textsOf(attributes: AttributeView): TextOf {
  return (key) => {
    const known = KEYS.get(key);
    return known === undefined ? undefined : attributes.text(known);
  };
}

/** Whether log records of this name report an exception, whatever their attributes are. */
export function isExceptionEvent(name: string): boolean {
  return EVENTS.has(name);
}

/** The exception that a record reports by its attributes or its name; undefined if it reports none. */
export function reportedException(text: TextOf, record: ReportedBy): ReportedExceptionFacts | undefined {
  const outcomes = DIALECTS.map(({ marks = [] }) => outcomeOf(marks, text, record));
  const event = EVENTS.get(record.name);
  const isEvent = event !== undefined && record.signal === 'log';
  if (!isEvent && outcomes.every((outcome) => outcome === undefined)) return undefined;
  const type = fieldOf('type', text, outcomes);
  const message = fieldOf('message', text, outcomes);
  return {
    isCrash: event === 'crash' || outcomes.includes('crash'),
    ...(type !== undefined && { type }),
    ...(message !== undefined && { message }),
  };
}

/** The stack trace of an exception that a record reports. */
export function stacktraceOf(text: TextOf, record: ReportedBy): string | undefined {
  const outcomes = DIALECTS.map(({ marks = [] }) => outcomeOf(marks, text, record));
  return fieldOf('stacktrace', text, outcomes);
}

/** If marks contradict each other, the crash counts. */
function outcomeOf(
  marks: readonly ExceptionMark[],
  text: TextOf,
  { signal, failed }: ReportedBy,
): Outcome | undefined {
  let found: Outcome | undefined;
  for (const { key, values, on, unlessFailed } of marks) {
    if (on !== undefined && on !== signal) continue;
    const value = text(key);
    if (value === undefined) continue;
    if (failed === true && unlessFailed !== undefined && firstOf(unlessFailed, text) === undefined) continue;
    const outcome = values === undefined ? 'exception' : values.get(value);
    if (found !== 'crash') found = outcome ?? found;
  }
  return found;
}

function fieldOf(
  field: 'type' | 'message' | 'stacktrace',
  text: TextOf,
  outcomes: readonly (Outcome | undefined)[],
): string | undefined {
  for (const [at, dialect] of DIALECTS.entries()) {
    if (dialect.isGeneral && outcomes[at] === undefined) continue;
    const value = firstOf(dialect[field], text);
    if (value !== undefined) return value;
  }
  return undefined;
}

function firstOf(keys: readonly string[], text: TextOf): string | undefined {
  for (const key of keys) {
    const value = text(key);
    if (value !== undefined) return value;
  }
  return undefined;
}

const BODY_MARKS = DIALECTS.flatMap(({ type, message, stacktrace, logfmt }) =>
  logfmt === undefined ? [] : [{ ...logfmt.mark, fields: [...type, ...message, ...stacktrace] }],
);

/**
 * Adds the fields that a collector leaves in the body of a record, as `kind=exception type=Error value="…"`,
 * if an attribute identifies such a dialect. Existing attributes take precedence.
 */
export function withBodyFields(text: TextOf, body: unknown): TextOf {
  if (typeof body !== 'string') return text;
  const marked = BODY_MARKS.find(({ key, value }) => text(key) === value);
  if (marked === undefined) return text;
  return (key) => text(key) ?? (marked.fields.includes(key) ? logfmtField(body, key) : undefined);
}

const LOGFMT: ReadonlyMap<string, RegExp> = new Map(
  BODY_MARKS.flatMap(({ fields }) => fields.map((field) => [field, logfmt(field)])),
);
const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t' };

function logfmt(key: string): RegExp {
  return new RegExp(`(?:^| )${key}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^ "]+))`);
}

function logfmtField(body: string, key: string): string | undefined {
  const match = LOGFMT.get(key)?.exec(body);
  return match?.[1]?.replaceAll(/\\(.)/g, (_, code: string) => UNESCAPED[code] ?? code) ?? match?.[2];
}

/** Number of UTF-16 units of a message that are compared. Senders cut messages at 1,024 and more. */
const MOST_COMPARED = 256;

/** Maximum length of a type before a message. */
const LONGEST_TYPE = 200;

/** Maximum number of prefixes that are removed: an exception that wraps another has the text of both. */
const MOST_PREFIXES = 4;

const UNCAUGHT = /^(?:uncaught|\(in promise\)|unhandled (?:promise )?rejection|unhandled exception):? /i;
const NAME = /^[\w$.:/\\]+$/;
const ENDS_AS_TYPE = /(?:Error|Exception|Throwable|Fault|Failure|Panic|Interrupt)\w{0,40}$/;

/**
 * A hash of 32 bits that reports of the same exception share. It is made of the first line of the message
 * without prefixes, else the last part of the type, else the name of the record. The type is left out if
 * there is a message, because not all reports know it, and a wrapping exception has another type.
 */
export function exceptionKey(
  { type = '', message = '' }: Partial<ReportedExceptionFacts>,
  name = '',
): number {
  return hashOf(comparedText(message, type.trim()) || lastPart(type.trim()) || name.slice(0, MOST_COMPARED));
}

function comparedText(message: string, type: string): string {
  let text = message
    .slice(0, 4 * MOST_COMPARED)
    .trim()
    .split('\n', 1)[0]!;
  for (let i = 0; i < MOST_PREFIXES; i++) {
    const rest = withoutPrefix(text, type);
    if (rest === text || rest === '') break;
    text = rest;
  }
  return text.slice(0, MOST_COMPARED).trim();
}

/** The type before a message, or before the first line of a stack trace. */
export function typeBefore(said: string): string | undefined {
  let text = said.slice(0, MOST_COMPARED).trimStart();
  for (let uncaught = UNCAUGHT.exec(text); uncaught !== null; uncaught = UNCAUGHT.exec(text)) {
    text = text.slice(uncaught[0].length);
  }
  const head = text.slice(0, Math.max(0, text.indexOf(': ')));
  return head.length <= LONGEST_TYPE && NAME.test(head) && ENDS_AS_TYPE.test(head) ? head : undefined;
}

/** Removes the type, or `Uncaught` and similar words, from the start of the text. */
function withoutPrefix(text: string, type: string): string {
  const uncaught = UNCAUGHT.exec(text);
  if (uncaught !== null) return text.slice(uncaught[0].length);
  const end = text.indexOf(': ');
  if (end <= 0 || end > LONGEST_TYPE) return text;
  const head = text.slice(0, end);
  const isType = head === type || head === lastPart(type) || (NAME.test(head) && ENDS_AS_TYPE.test(head));
  return isType ? text.slice(end + 2).trim() : text;
}

/** `IllegalStateException` for `java.lang.IllegalStateException`. */
function lastPart(type: string): string {
  const bounded = type.slice(0, MOST_COMPARED);
  const start = Math.max(bounded.lastIndexOf('.'), bounded.lastIndexOf('$'), bounded.lastIndexOf(':')) + 1;
  return bounded.slice(start) || bounded;
}

/** FNV-1a over UTF-16 units, mixed; 32 bits. */
export function hashOf(text: string): number {
  const hash = fnv1a(text);
  return (hash ^ (hash >>> 15)) >>> 0;
}
