import { DIALECTS } from './dialects/registry.js';
import {
  type ReportedBy,
  reportedException,
  stacktraceOf,
  type TextOf,
  typeBefore,
  withBodyFields,
} from './exceptions.js';
import { OWN_URL_KEYS, PAGE_URL_KEYS, SCREEN_KEYS } from './visit/page-keys.js';
import type { PageUrlReader } from './visit/page-url.js';

/** The texts of an exception, for display. */
export interface ExceptionTexts {
  readonly type?: string;
  readonly message?: string;
  readonly stacktrace?: string;
  /** Name of the event or span that reports it. */
  readonly name?: string;
  /** The page or screen on which it happened. */
  readonly page?: string;
}

type Value = string | number | bigint | boolean | null | readonly Value[] | { readonly [key: string]: Value };

interface Attributes {
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
}

/**
 * A log record, a span, or a span whose event reports the exception: the index of the event among those with
 * the name `exception`.
 */
export type ExceptionRecord =
  | { readonly log: Attributes & { readonly event_name?: string; readonly body?: Value } }
  | {
      readonly span: Attributes & {
        readonly name: string;
        readonly status: { readonly code: number };
        readonly events: readonly (Attributes & { readonly name: string })[];
      };
      readonly event?: number;
    };

/** Maximum length of shown texts, UTF-16 units; the record has all of them. */
const LONGEST_TEXT = 4_096;
const LONGEST_STACKTRACE = 32_768;
const MOST_FRAMES = 200;
/** Maximum length of JSON text that is read for frames, UTF-16 units. */
const LONGEST_FRAMES_TEXT = 262_144;

/** Attributes with the frames of a stack trace as separate values. */
const FRAMES_KEYS: ReadonlySet<string> = new Set(
  DIALECTS.flatMap(({ exceptions }) => exceptions?.frames ?? []),
);

/** The other addresses of a span may be those of a request. */
const PAGE_URLS_OF_SPAN = PAGE_URL_KEYS;
const PAGE_URLS_OF_LOG = [...PAGE_URL_KEYS, ...OWN_URL_KEYS];

/** Reads the texts of an exception. `readUrl` decides which part of a page's address is shown. */
export function readExceptionTexts(record: ExceptionRecord, readUrl: PageUrlReader): ExceptionTexts {
  if ('log' in record) return textsOfLog(record.log, readUrl);
  const { span, event } = record;
  const reported = event === undefined ? span : span.events.filter(({ name }) => name === 'exception')[event];
  if (reported === undefined) return {};
  const name = event === undefined ? span.name : '';
  const by: ReportedBy = { signal: 'span', name, failed: span.status.code === 2 };
  return shown(textOf(reported), by, span.name, pageOf(textOf(span), PAGE_URLS_OF_SPAN, readUrl));
}

function textsOfLog(
  { event_name: eventName, body, ...log }: Extract<ExceptionRecord, { log: unknown }>['log'],
  readUrl: PageUrlReader,
): ExceptionTexts {
  const own = textOf(log);
  const inBody = isMap(body)
    ? textOf({ attributes: Object.entries(body).map(([key, value]) => ({ key, value })) })
    : () => undefined;
  const text = withBodyFields((key) => own(key) ?? inBody(key), body);
  const name = eventName || own('event.name') || '';
  const texts = shown(text, { signal: 'log', name }, name, pageOf(text, PAGE_URLS_OF_LOG, readUrl));
  // A crash or an error without other texts may have them in its body.
  const message = texts.message === undefined && typeof body === 'string' && body !== '' ? body : undefined;
  const reported = log.attributes.findLast(({ key }) => FRAMES_KEYS.has(key))?.value;
  const frames = texts.stacktrace === undefined ? framesOf(reported) : undefined;
  return {
    ...texts,
    ...(message !== undefined && { message: cut(message, LONGEST_TEXT) }),
    ...(frames !== undefined && { stacktrace: cut(frames, LONGEST_STACKTRACE) }),
  };
}

/**
 * Faro, and HyperDX as JSON text, report the frames of a stack trace separately: `{ frames: [{ filename,
 * function, lineno, colno }] }`.
 */
function framesOf(value: Value | undefined): string | undefined {
  const frames = isMap(value) ? value.frames : undefined;
  if (!isArray(frames)) return undefined;
  const lines = frames.slice(0, MOST_FRAMES).flatMap((frame) => {
    if (!isMap(frame)) return [];
    const { filename = '', function: name = '?', lineno = '', colno = '' } = frame;
    const place = [filename, lineno, colno].map((part) => (typeof part === 'object' ? '' : String(part)));
    return [
      `    at ${typeof name === 'object' ? '?' : name} (${place.filter((part) => part !== '').join(':')})`,
    ];
  });
  return lines.length === 0 ? undefined : lines.join('\n');
}

function withFramesAsLines(stacktrace: string): string {
  if (!stacktrace.startsWith('{"frames":') || stacktrace.length > LONGEST_FRAMES_TEXT) return stacktrace;
  try {
    return framesOf(JSON.parse(stacktrace) as Value) ?? stacktrace;
  } catch {
    return stacktrace;
  }
}

function shown(text: TextOf, by: ReportedBy, name: string, page: string | undefined): ExceptionTexts {
  const { type, message } = reportedException(text, by) ?? {};
  const stacktrace = stacktraceOf(text, by);
  const shownType = type ?? typeBefore(message ?? '') ?? typeBefore(stacktrace ?? '');
  return {
    ...(shownType !== undefined && { type: cut(shownType, LONGEST_TEXT) }),
    ...(message !== undefined && { message: cut(message, LONGEST_TEXT) }),
    ...(stacktrace !== undefined && { stacktrace: cut(withFramesAsLines(stacktrace), LONGEST_STACKTRACE) }),
    ...(name !== '' && { name: cut(name, LONGEST_TEXT) }),
    ...(page !== undefined && { page: cut(page, LONGEST_TEXT) }),
  };
}

/** Like `AttributeView.text`: of equal keys the last counts. */
function textOf({ attributes }: Attributes): TextOf {
  const texts = new Map<string, string>();
  for (const { key, value } of attributes) {
    if (value === null || typeof value === 'object') texts.delete(key);
    else if (value !== '') texts.set(key, String(value));
  }
  return (key) => texts.get(key);
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The address of the page, else the name of the screen. */
function pageOf(text: TextOf, urlKeys: readonly string[], readUrl: PageUrlReader): string | undefined {
  for (const key of urlKeys) {
    const address = text(key);
    const url = address === undefined ? undefined : readUrl(address)?.url;
    if (url !== undefined) return url;
  }
  return SCREEN_KEYS.map(text).find((name) => name !== undefined);
}

/** Does not end in half a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)}…`;
}
