import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { SessionEvent } from '../queries.js';
import { exceptionOf } from '../span/read-span.js';

/** A row shows at most this many characters of an event. */
const MAX_SUMMARY = 400;

/** How an event is highlighted: by its severity, or as an exception. */
export type EventTone = 'error' | 'warning' | 'plain' | 'minor';

/** The least SeverityNumber of each range. */
const INFO = 9;
const WARN = 13;
const ERROR = 17;

export function toneOf(event: SessionEvent): EventTone {
  const severity = event.severity_number ?? 0;
  if (severity >= ERROR || isException(event)) return 'error';
  if (severity >= WARN) return 'warning';
  return severity > 0 && severity < INFO ? 'minor' : 'plain';
}

export function isException(event: SessionEvent): boolean {
  return event.event_name === 'exception' || exceptionIn(event) !== undefined;
}

/** The exception of an event; undefined if it has none. */
export function exceptionIn(event: SessionEvent): ReturnType<typeof exceptionOf> {
  return exceptionOf({ name: event.event_name ?? '', attributes: event.attributes });
}

const SEVERITY_NAMES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** The severity as a word: the source's text, else the name of its number. */
export function severityText({ severity_text: text, severity_number: number = 0 }: SessionEvent): string {
  if (text) return visibleText(text.slice(0, 20));
  const name = SEVERITY_NAMES[Math.floor((number - 1) / 4)];
  if (name === undefined) return '';
  const step = (number - 1) % 4;
  return step === 0 ? name : `${name}${step + 1}`;
}

/** Summarises an event in one line: its exception, its body, else its attributes. */
export function summaryOf(event: SessionEvent): string {
  const exception = exceptionIn(event);
  const said = [exception?.type, exception?.message].filter((part) => part !== undefined).join(': ');
  const text = said || textOf(event.body) || attributesText(event);
  return visibleText(text.slice(0, MAX_SUMMARY).replace(/\s+/g, ' ').trim());
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** Attributes with the same value on every event of the session are left out. */
const COMMON = new Set(['session.id', 'event.name', 'event.domain', 'user.id']);

function attributesText({ attributes }: SessionEvent): string {
  let text = '';
  for (const { key, value } of attributes) {
    if (COMMON.has(key)) continue;
    text += `${text === '' ? '' : ' · '}${key}=${textOf(value)}`;
    if (text.length > MAX_SUMMARY) break;
  }
  return text;
}

/** Whether any text of the event contains `text`, in any case. */
export function hasText(event: SessionEvent, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || searchableText(event).includes(wanted);
}

const searchable = new WeakMap<SessionEvent, string>();

function searchableText(event: SessionEvent): string {
  let text = searchable.get(event);
  if (text === undefined) {
    const { resource: _, instrumentation_scope: __, ...own } = event;
    text = JSON.stringify(own).toLowerCase();
    searchable.set(event, text);
  }
  return text;
}

/** Milliseconds from one time to another, both in digits of nanoseconds since 1970. */
export function millisecondsBetween(from: string, to: string): number {
  return Number(BigInt(to) - BigInt(from)) / 1e6;
}

/** Milliseconds since 1970. */
export function millisecondsOf(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1_000_000n);
}
