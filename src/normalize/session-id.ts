import { createHash } from 'node:crypto';
import type { AttributeKey, AttributeView } from './attributes.js';
import { BoundedMemo } from './bounded-memo.js';
import { withoutJsonQuotes, withoutNul } from './bounded-text.js';
import type { Dialect } from './dialects/dialect.js';
import { isNoValue } from './no-value.js';
import { PREVIOUS_SESSION_KEYS } from './rum.js';

/** Maximum length of a session id in the contract, UTF-16 units; a longer one is stored as its digest. */
const MAX_LENGTH = 128;
/** Longer ids are digested each time, because caching them would fill the memory. */
const MAX_REMEMBERED_LENGTH = 2048;

const digests = new BoundedMemo<string>(256);

/**
 * The stored form of a session id: trimmed, 1 to 128 UTF-16 units; undefined for a blank one and for
 * placeholders. A longer one becomes `sha256:` and 64 hex digits. Idempotent.
 */
export function normalizeSessionId(raw: string): string | undefined {
  const id = raw.trim();
  if (id === '' || isNoValue(id)) return undefined;
  if (id.length <= MAX_LENGTH) return withoutNul(id);
  return id.length <= MAX_REMEMBERED_LENGTH ? digests.get(id, digest) : digest(id);
}

function digest(id: string): string {
  return `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

/** Reads the id of the previous session. */
export function readPreviousSession(attributes: AttributeView): string | undefined {
  for (const { key, entry } of PREVIOUS_SESSION_KEYS) {
    if (!attributes.has(key)) continue;
    const text = entry === undefined ? attributes.text(key) : attributes.entryText(key, entry);
    const id = text === undefined ? undefined : normalizeSessionId(withoutJsonQuotes(text));
    if (id !== undefined) return id;
  }
  return undefined;
}

export interface SessionIdReader {
  /** The session id of a record of a scope; without a scope name, that of a scope or resource. */
  (attributes: AttributeView, scopeName?: string): string | undefined;
  /** Equal for two scopes only if equal attributes of their records give the same id. */
  readonly scopeNumber: (scopeName: string) => number;
}

/**
 * The session keys of any record, in reading order: the keys of all dialects, then the loose keys of all
 * dialects.
 */
export function sessionKeysOf(dialects: readonly Dialect[]): readonly AttributeKey[] {
  return [
    ...new Set([
      ...dialects.flatMap(({ sessionKeys = [] }) => sessionKeys),
      ...dialects.flatMap(({ looseSessionKeys = [] }) => looseSessionKeys),
    ]),
  ];
}

/**
 * Creates a reader of the session id of a record, scope or resource. It reads the keys of `sessionKeysOf`,
 * then the keys that dialects use only in the record's scope. Texts and integers count; the first id is used.
 * Deliberately not read: `thread.id` (an operating system's thread), `mcp.session.id` (a transport's),
 * `langsmith.trace.session_id` (a project).
 */
export function createSessionIdReader(dialects: readonly Dialect[]): SessionIdReader {
  const keys = sessionKeysOf(dialects);
  const noSessions = new Map(
    dialects.flatMap((dialect) => (dialect.noSessions ?? []).map(({ key, value }) => [key, value] as const)),
  );
  const scoped = dialects.flatMap(({ scopedSessionKeys }) => scopedSessionKeys ?? []);
  const keysOf = (scopeName: string): readonly AttributeKey[] =>
    scoped.flatMap((own) => (own.scopeName.test(scopeName) ? own.keys : []));
  // Records of one scope are consecutive.
  let latestScope = '';
  let latestKeys = keysOf(latestScope);
  const scopeNumber = (scopeName: string): number =>
    scoped.reduce((bits, own, i) => (own.scopeName.test(scopeName) ? bits | (1 << i) : bits), 0);
  const read = (attributes: AttributeView, scopeName = ''): string | undefined => {
    const id = firstId(attributes, keys, noSessions);
    if (id !== undefined) return id;
    if (scopeName !== latestScope) {
      latestScope = scopeName;
      latestKeys = keysOf(scopeName);
    }
    return latestKeys.length === 0 ? undefined : firstId(attributes, latestKeys, noSessions);
  };
  return Object.assign(read, { scopeNumber });
}

function firstId(
  attributes: AttributeView,
  keys: readonly AttributeKey[],
  noSessions: ReadonlyMap<AttributeKey, RegExp>,
): string | undefined {
  for (const each of keys) {
    if (!attributes.has(each)) continue;
    const text = attributes.text(each);
    if (text === undefined || attributes.boolean(each) !== undefined) continue;
    if (noSessions.get(each)?.test(text)) continue;
    const id = normalizeSessionId(withoutJsonQuotes(text));
    if (id !== undefined) return id;
  }
  return undefined;
}
