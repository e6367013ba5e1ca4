import type { Utf8Text } from '../attributes.js';
import { oneLine } from './one-line.js';
import { RecentLines } from './recent-lines.js';

/**
 * Finds the first message of a user in the messages of a model call, which are JSON of any known form, or
 * plain text. Calls repeat all earlier messages, so only the first ones are parsed: the others are not even
 * read.
 */

/** Bytes of plain text that are decoded. */
const MOST_TEXT = 2_048;

/** Longest message that is parsed, bytes. A call with a longer first message gives none. */
const MOST_PARSED = 65_536;

/** Messages that are looked at. */
const MOST_MESSAGES = 32;

/** Deepest nesting of lists and parts. */
const MOST_DEPTH = 6;

/** Names of the field with the messages of a call, as they are written. */
const LISTS = ['"messages"', '"contents"', '"input"', '"prompt"'];
const USERS = ['"user"', '"human"', '"User"', '"Human"', '"USER"'];

const recent = new RecentLines();

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const COMMA = 0x2c;

/**
 * The first message of a user, on one line. Plain text is a message if `isUser`: no role says whose it is.
 */
export function firstMessage({ buffer, start, end }: Utf8Text, isUser: boolean): string | undefined {
  const at = skipSpace(buffer, start, end);
  const first = buffer[at];
  if (at === end) return undefined;
  if (first === OPEN_LIST) return inList(buffer, at, end, isUser) ?? plainText(buffer, at, end, isUser);
  if (first === OPEN_OBJECT) return inObject(buffer, at, end, isUser);
  if (first === QUOTE && end - at <= MOST_PARSED) return recent.get(buffer, at, end, isUser, parsedLine);
  return isUser ? textFrom(buffer, at, end) : undefined;
}

/** Text that only begins like a list: `[urgent] please …`. */
function plainText(buffer: Buffer, at: number, end: number, isUser: boolean): string | undefined {
  const next = buffer[skipSpace(buffer, at + 1, end)]!;
  const letter = next | 0x20;
  const isWord = next >= 0x80 || (letter >= 0x61 && letter <= 0x7a);
  return isUser && isWord ? textFrom(buffer, at, end) : undefined;
}

function textFrom(buffer: Buffer, start: number, end: number): string | undefined {
  let stop = Math.min(end, start + MOST_TEXT);
  // Not within a character.
  if (stop < end) while (stop > start && (buffer[stop]! & 0xc0) === 0x80) stop--;
  return oneLine(buffer.toString('utf8', start, stop));
}

/** Of a list: the first of its messages that is a user's. */
function inList(buffer: Buffer, open: number, end: number, isUser: boolean): string | undefined {
  let at = skipSpace(buffer, open + 1, end);
  for (let i = 0; i < MOST_MESSAGES && at < end; i++) {
    const stop = valueEnd(buffer, at, end);
    if (stop === undefined) return undefined;
    if (stop - at <= MOST_PARSED && mayBeUsers(buffer, at, stop, isUser)) {
      const found = recent.get(buffer, at, stop, isUser, parsedLine);
      if (found !== undefined) return found;
    }
    at = skipSpace(buffer, stop, end);
    if (buffer[at] !== COMMA) return undefined;
    at = skipSpace(buffer, at + 1, end);
  }
  return undefined;
}

const ROLE = Buffer.from('"role"');
const COLON = 0x3a;

/**
 * Whether a message may be a user's. Most senders write the role first: then its first letter decides, so that
 * long instructions are not parsed.
 */
function mayBeUsers(buffer: Buffer, start: number, end: number, isUser: boolean): boolean {
  let at = skipSpace(buffer, start + 1, end);
  let i = 0;
  while (i < ROLE.length && buffer[at + i] === ROLE[i]) i++;
  if (i === ROLE.length) {
    at = skipSpace(buffer, at + i, end);
    if (buffer[at] === COLON) at = skipSpace(buffer, at + 1, end);
    if (buffer[at] === QUOTE) {
      const letter = buffer[at + 1]! | 0x20;
      return letter === 0x75 || letter === 0x68;
    }
  }
  return isUser || USERS.some((user) => buffer.subarray(start, end).includes(user));
}

/** Of an object: the messages in its field of messages, else in all of it if it is small. */
function inObject(buffer: Buffer, open: number, end: number, isUser: boolean): string | undefined {
  for (const list of LISTS) {
    const named = buffer.subarray(open, end).indexOf(list);
    if (named < 0) continue;
    const colon = skipSpace(buffer, open + named + list.length, end);
    const value = skipSpace(buffer, colon + 1, end);
    if (buffer[value] !== OPEN_LIST) continue;
    const found = inList(buffer, value, end, isUser);
    if (found !== undefined) return found;
  }
  if (end - open > MOST_PARSED) return undefined;
  return recent.get(buffer, open, end, isUser, parsedLine);
}

/** The text of a message in JSON, on one line; undefined if it is not a user's. */
function parsedLine(buffer: Buffer, start: number, end: number, isUser: boolean): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(buffer.toString('utf8', start, end));
  } catch {
    return undefined;
  }
  const text = textOf(value, isUser, 0);
  return text === undefined ? undefined : oneLine(text);
}

/** Fields with the content of a message, or with messages. */
const CONTENT = [
  ...['content', 'parts', 'text', 'message', 'kwargs', 'data'],
  ...['messages', 'contents', 'prompt', 'input', 'query', 'question'],
];

/** Kinds of parts that a user does not write. */
const NOT_WRITTEN = /tool|function|image|audio|file|reasoning|thinking/i;

function textOf(value: unknown, isUser: boolean, depth: number): string | undefined {
  if (typeof value === 'string') return isUser && value.trim() !== '' ? value : undefined;
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return undefined;
  if (Array.isArray(value)) {
    for (const element of value.slice(0, MOST_MESSAGES)) {
      const text = textOf(element, isUser, depth + 1);
      if (text !== undefined) return text;
    }
    return undefined;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const role = roleOf(fields);
  if (role === false) return undefined;
  for (const name of CONTENT) {
    if (!Object.hasOwn(fields, name)) continue;
    const text = textOf(fields[name], role ?? isUser, depth + 1);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Whether a message is a user's; undefined if it says nothing about it. */
function roleOf({ role, type }: Readonly<Record<string, unknown>>): boolean | undefined {
  if (typeof role === 'string') return isUserRole(role);
  if (typeof type !== 'string') return undefined;
  if (isUserRole(type)) return true;
  return type === 'ai' || type === 'system' || NOT_WRITTEN.test(type) ? false : undefined;
}

function isUserRole(role: string): boolean {
  return role === 'user' || role === 'human' || role.toLowerCase() === 'user' || role === 'Human';
}

function skipSpace(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && buffer[at]! <= 0x20) at++;
  return at;
}

/** Where the JSON value ends that starts here; undefined if it does not end. */
function valueEnd(buffer: Buffer, start: number, end: number): number | undefined {
  let depth = 0;
  let at = start;
  while (at < end) {
    const byte = buffer[at]!;
    if (byte === QUOTE) {
      const close = closingQuote(buffer, at + 1, end);
      if (close === undefined) return undefined;
      at = close + 1;
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth++;
    } else if (byte === OPEN_LIST + 2 || byte === OPEN_OBJECT + 2) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && byte === COMMA) {
      return at;
    }
    at++;
  }
  return undefined;
}

function closingQuote(buffer: Buffer, start: number, end: number): number | undefined {
  let from = start;
  for (;;) {
    const at = buffer.indexOf(QUOTE, from);
    if (at < 0 || at >= end) return undefined;
    let escapes = 0;
    while (at - escapes > start && buffer[at - escapes - 1] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at;
    from = at + 1;
  }
}
