import { createHash } from 'node:crypto';

/**
 * A part of a message that becomes a turn, before anything is known of the call it came with. One message can make several: an assistant's text
 * and each of its tool calls are entries of their own.
 */
export interface Entry {
  readonly role: Role;
  readonly text?: string;
  readonly reasoning?: string;
  readonly media?: readonly Media[];
  readonly tool?: Tool;
  readonly finishReason?: string;
  /** One of its texts was cut to `MAX_TEXT`. */
  readonly truncated?: true;
}

export const ROLES = ['system', 'user', 'assistant', 'tool_call', 'tool_result'] as const;
export type Role = (typeof ROLES)[number];

export interface Tool {
  readonly name?: string;
  readonly callId?: string;
  /** Text, mostly JSON. */
  readonly arguments?: string;
  readonly result?: string;
}

/** Stands for content that is no text. */
export interface Media {
  readonly type: MediaType;
  readonly mimeType?: string;
  /** Bytes. */
  readonly size?: number;
  /** Where it lies; never its content. */
  readonly uri?: string;
  /** What its content is named by, where the message carries it: 32 hexadecimal digits. */
  readonly digest?: string;
  /** Its content, while the record that it came from is at hand. */
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
 * What an entry is known by when it comes again as history: its role, its content without regard to spacing, and the names of tools. Reasoning
 * has no part in it, as most APIs do not take it back, nor has the id of a call, which some answers lack and programs make up; undefined where
 * there is nothing else.
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
 * What an entry of a tool with an id is known by wherever it stands: the id, and where that is too short to be the only one of its kind
 * (`call_0`), the content as well.
 */
export function toolKey(entry: Entry): string | undefined {
  const { role, tool } = entry;
  if (tool?.callId === undefined) return undefined;
  return digest(
    tool.callId.length < UNIQUE_ID_LENGTH ? [entryKey(entry)!, tool.callId] : [role, tool.callId],
  );
}

/** Ids of fewer characters are numbers that programs count from anew. */
const UNIQUE_ID_LENGTH = 12;

/** What two reports of one entry by different records have in common: the id of a tool call, else the content. */
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

/** Longest text that stands for itself. */
const SHORT = 48;
/** Longest text whose mark is remembered: V8 tells longer ones apart by their lengths alone until it compares them. */
const MOST_REMEMBERED = 16_000;
/** Texts that are remembered in each of two generations, and their characters. */
const MOST_TEXTS = 2_048;
const MOST_CHARACTERS = 2 * 1024 * 1024;

/**
 * What texts are known by: few characters that are the same for texts that `essence` makes the same. Calls repeat their history, so that most texts come again and again: the marks of those
 * lately asked for are remembered.
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

/** Of text without regard to its spacing. */
const wordsMark = createMarks(spaceless);
/** Of what a tool gave back. */
const valueMark = createMarks(canonical);

/** Arguments of a call without any: a model streams none, and programs write that as an empty object. */
const NO_ARGUMENTS = /^\s*(?:\{\s*\}|null)?\s*$/;

function canonicalArguments(text: string | undefined): string {
  return text === undefined || NO_ARGUMENTS.test(text) ? '' : canonical(text);
}

/** JSON text with its spacing and the order of its keys taken out; other text without regard to spacing. */
function canonical(text: string): string {
  if (/^\s*[[{]/.test(text)) {
    try {
      return sortedJson(JSON.parse(text), 0);
    } catch {
      // Text that only looks like JSON.
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
