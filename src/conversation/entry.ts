import { createHash } from 'node:crypto';

/**
 * A part of a message that becomes a turn, before it is connected with a call. One message can have several:
 * an assistant's text and each of its tool calls are separate entries.
 */
export interface Entry {
  readonly role: Role;
  readonly text?: string;
  readonly reasoning?: string;
  readonly media?: readonly Media[];
  readonly tool?: Tool;
  readonly finishReason?: string;
  /** Set if one of its texts was cut to `MAX_TEXT`. */
  readonly truncated?: true;
}

export const ROLES = ['system', 'user', 'assistant', 'tool_call', 'tool_result'] as const;
export type Role = (typeof ROLES)[number];

export interface Tool {
  readonly name?: string;
  readonly callId?: string;
  /** Text, usually JSON. */
  readonly arguments?: string;
  readonly result?: string;
}

/** Reference to content that is not text. */
export interface Media {
  readonly type: MediaType;
  readonly mimeType?: string;
  /** Size in bytes. */
  readonly size?: number;
  /** Address of the content; never the content itself. */
  readonly uri?: string;
  /** Digest of the content, if the message carries it: 32 hexadecimal digits. */
  readonly digest?: string;
  /** Returns the content, while its record is in memory. */
  readonly data?: () => Uint8Array;
}

export const MEDIA_TYPES = ['image', 'audio', 'video', 'document', 'file'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** Longest text of a turn, UTF-16 units. */
export const MAX_TEXT = 100_000;
/** Longest name, id or address. */
export const MAX_NAME = 2_048;

/** `text` cut to `length`, never in the middle of a character. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/**
 * Key by which an entry is recognised when it is repeated as history: its role, its content without regard to
 * spacing, and the names of tools. Not part of it are reasoning, which most APIs do not accept back, and the
 * id of a call, which some answers lack and programs make up. Undefined if the entry has nothing else.
 */
export function entryKey(entry: Entry): string | undefined {
  const { role, text, media, tool } = entry;
  if (text === undefined && media === undefined && tool === undefined) return undefined;
  let key = keys.get(entry);
  if (key === undefined) {
    key = keyOf(role, text, media, tool);
    keys.set(entry, key);
  }
  return key;
}

const keys = new WeakMap<Entry, string>();

function keyOf(role: Role, text: string | undefined, media: Entry['media'], tool: Tool | undefined): string {
  const words = text === undefined ? '' : wordsMark(text);
  if (media === undefined && tool === undefined) return `${role} ${words}`;
  return digest([
    role,
    words,
    ...(media ?? []).map(({ type, uri, size, digest }) => `${type} ${uri ?? digest ?? size ?? ''}`),
    role === 'tool_call' && tool?.name !== undefined ? '' : (tool?.callId ?? ''),
    tool?.name ?? '',
    canonicalArguments(tool?.arguments),
    tool?.result === undefined ? '' : valueMark(tool.result),
  ]);
}

/**
 * Key by which an entry of a tool with an id is recognised anywhere: the id, and the content too if the id is
 * so short that it may not be unique (`call_0`).
 */
export function toolKey(entry: Entry): string | undefined {
  const { role, tool } = entry;
  if (tool?.callId === undefined) return undefined;
  return digest(
    tool.callId.length < UNIQUE_ID_LENGTH ? [entryKey(entry)!, tool.callId] : [role, tool.callId],
  );
}

/** Shorter ids may be numbers that programs start counting again. */
const UNIQUE_ID_LENGTH = 12;

/**
 * Key that two reports of one entry by different records share: the id of a tool call, or else the content.
 */
export function witnessKey(entry: Entry): string | undefined {
  const { role, tool } = entry;
  if (tool?.callId !== undefined) return digest([role, tool.callId]);
  if (role === 'tool_result') return digest([role, tool?.result === undefined ? '' : valueMark(tool.result)]);
  return entryKey(entry);
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest().toString('latin1', 0, 16);
}

function spaceless(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Longest text that is its own mark. */
const SHORT = 48;
/** Longest text whose mark is cached. V8 hashes longer texts by their length alone. */
const MOST_REMEMBERED = 16_000;
/** Limits of each of the two generations of the cache: texts, and their characters. */
const MOST_TEXTS = 2_048;
const MOST_CHARACTERS = 2 * 1024 * 1024;

/**
 * Returns a function from texts to marks: short strings that are equal for texts for which `essence` is
 * equal. Calls repeat their history, so most texts occur again and again. Marks of recently requested texts
 * are cached.
 */
function createMarks(essence: (text: string) => string): (text: string) => string {
  let lately = new Map<string, string>();
  let before = new Map<string, string>();
  let characters = 0;
  const made = (text: string): string => {
    const known = essence(text);
    return known.length <= SHORT ? `=${known}` : `#${digest([known])}`;
  };
  return (text) => {
    if (text.length <= SHORT || text.length > MOST_REMEMBERED) return made(text);
    let mark = lately.get(text);
    if (mark !== undefined) return mark;
    mark = before.get(text) ?? made(text);
    if (lately.size >= MOST_TEXTS || characters > MOST_CHARACTERS) {
      before = lately;
      lately = new Map();
      characters = 0;
    }
    lately.set(text, mark);
    characters += text.length;
    return mark;
  };
}

/** Mark of a text without regard to spacing. */
const wordsMark = createMarks(spaceless);
/** Mark of a tool's result. */
const valueMark = createMarks(canonical);

/** Arguments of a call without arguments: a model streams none, and programs write an empty object. */
const NO_ARGUMENTS = /^\s*(?:\{\s*\}|null)?\s*$/;

function canonicalArguments(text: string | undefined): string {
  return text === undefined || NO_ARGUMENTS.test(text) ? '' : canonical(text);
}

/**
 * Canonical form: of JSON text without spacing and with sorted keys, of other text without regard to spacing.
 */
function canonical(text: string): string {
  if (/^\s*[[{]/.test(text)) {
    try {
      return sortedJson(JSON.parse(text), 0);
    } catch {
      // The text only looks like JSON.
    }
  }
  return spaceless(text);
}

function sortedJson(value: unknown, depth: number): string {
  if (depth > 32) return '';
  if (Array.isArray(value)) return `[${value.map((element) => sortedJson(element, depth + 1)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${sortedJson(field, depth + 1)}`).join()}}`;
}
