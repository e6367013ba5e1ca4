import type { AttributeKey, AttributeView } from '../attributes.js';

/** The place of a value: under a key, within JSON under a key, a part of a text, or the sum of several values. */
export type Source = AttributeKey | JsonSource | PartSource | SumSource;

export interface JsonSource {
  readonly json: AttributeKey;
  /** Names of fields and array indexes, from the outside in; empty for a JSON string. */
  readonly path: readonly (string | number)[];
}

/** A source within the JSON under a key. */
export const jsonAt = (json: AttributeKey, ...path: readonly (string | number)[]): JsonSource => ({
  json,
  path,
});

/** The first group of a pattern in the text; no value if the pattern does not match. Anchor it. */
export interface PartSource {
  readonly of: AttributeKey | JsonSource;
  readonly part: RegExp;
}

/** Disjoint parts of a number without a key for its whole: present ones are added up. */
export interface SumSource {
  readonly sum: readonly Source[];
}

export const partOf = (of: AttributeKey | JsonSource, part: RegExp): PartSource => ({ of, part });

export const sumOf = (...sum: readonly Source[]): SumSource => ({ sum });

/** Maximum length of text that is read as JSON, UTF-16 units: usage is short, and longer texts are content. */
const MAX_JSON = 65_536;

/** The value of a source as text, like `AttributeView.text`. */
export function textAt(record: AttributeView, source: Source): string | undefined {
  if (typeof source === 'number') return record.has(source) ? record.text(source) : undefined;
  if ('sum' in source) return undefined;
  if ('part' in source) return source.part.exec(textAt(record, source.of) ?? '')?.[1];
  const value = jsonValue(record, source);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const DECIMAL = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The value of a source as a finite number, like `AttributeView.number`. */
export function numberAt(record: AttributeView, source: Source): number | undefined {
  if (typeof source === 'number') return record.has(source) ? record.number(source) : undefined;
  if ('sum' in source) {
    let total: number | undefined;
    for (const part of source.sum) {
      const number = numberAt(record, part);
      if (number !== undefined) total = (total ?? 0) + number;
    }
    return total;
  }
  const value = 'part' in source ? textAt(record, source) : jsonValue(record, source);
  const number =
    typeof value === 'string' && value.length <= 32 && DECIMAL.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Whether the source is true. */
export function flagAt(record: AttributeView, source: Source): boolean {
  if (typeof source === 'number') return record.has(source) && record.boolean(source) === true;
  return 'json' in source && jsonValue(record, source) === true;
}

/** Whether the source has any value. */
export function isThere(record: AttributeView, source: Source): boolean {
  if (typeof source === 'number') return record.has(source);
  if ('sum' in source) return source.sum.some((part) => isThere(record, part));
  return ('part' in source ? textAt(record, source) : jsonValue(record, source)) !== undefined;
}

/**
 * The value at the end of the path; undefined if the path does not exist or leads to null, or the text is not
 * JSON.
 */
function jsonValue(record: AttributeView, { json, path }: JsonSource): unknown {
  if (!record.has(json)) return undefined;
  const text = record.text(json);
  let value = text === undefined ? undefined : parsed(text);
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value ?? undefined;
}

// Several sources of one record are in the same text.
let latest: { readonly text: string; readonly value: unknown } = { text: '', value: undefined };

function parsed(text: string): unknown {
  if (text.length > MAX_JSON) return undefined;
  if (text !== latest.text) latest = { text, value: parse(text) };
  return latest.value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fromPython(text);
  }
}

/**
 * Python's notation of a dict of numbers, which some senders write in place of JSON: `{'cache_read': 5,
 * 'audio': None}`.
 */
function fromPython(text: string): unknown {
  if (!text.startsWith("{'") || text.includes('"')) return undefined;
  try {
    return JSON.parse(text.replaceAll("'", '"').replace(/\bNone\b/g, 'null'));
  } catch {
    return undefined;
  }
}
