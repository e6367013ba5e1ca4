import { createHash } from 'node:crypto';
import { type AttributeKey, type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import { BoundedMemo } from './bounded-memo.js';
import { withoutJsonQuotes, withoutNul } from './bounded-text.js';
import type { Dialect } from './dialects/dialect.js';
import { isNoValue } from './no-value.js';
import { PREVIOUS_SESSION_KEYS, RUM_SESSION_KEYS } from './rum.js';

/** Longest session id of the contract, UTF-16 units; a longer one is kept as its digest. */
const MAX_LENGTH = 128;
/** Longer ids are digested each time: remembered, they would fill the memory. */
const MAX_REMEMBERED_LENGTH = 2048;

const key = (name: string) => attributeKey(name, KeyGroup.session);

const SESSION_ID = key('session.id');
/** A conversation of Codex; others write the number of an operating system's thread there. */
const THREAD_ID = key('thread_id');

/** A conversation; users of OpenAI's Responses API write the id of the response before there. */
const CONVERSATION_ID = key('gen_ai.conversation.id');

/** The conversation of all who chat without one of their own, in Spring AI. */
const SPRING_CONVERSATION_ID = key('spring.ai.chat.client.conversation.id');

/** Values that are something else than a session under these keys. */
const NO_SESSION = new Map([
  [THREAD_ID, /^\d+$/],
  [CONVERSATION_ID, /^resp_/],
  [SPRING_CONVERSATION_ID, /^default$/],
]);

const digests = new BoundedMemo<string>(256);

/**
 * The form of a session id that is kept: trimmed, 1 to 128 UTF-16 units; undefined for a blank one and for what stands for a missing value. A
 * longer one becomes `sha256:` and 64 hex digits. Applying it to its own result changes nothing.
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

/** Reads the id of the session that the one at hand continues. */
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
  /** The session id of a record of a scope; without a scope's name, that of a scope or resource. */
  (attributes: AttributeView, scopeName?: string): string | undefined;
  /** Equal for two scopes only if equal attributes of their records have the same id. */
  readonly scopeNumber: (scopeName: string) => number;
}

/**
 * Reads the session id that a record, scope or resource carries: `session.id`, then the keys of browsers and apps, then the dialects' own in the order of the
 * dialects, then the dialects' loose ones, then those of its scope only. Texts and integers count, the first that is an id. Look-alikes that are
 * no dialect's on purpose: `thread.id` (an operating system's thread), `mcp.session.id` (a transport's), `langsmith.trace.session_id` (a project).
 */
export function createSessionIdReader(dialects: readonly Dialect[]): SessionIdReader {
  const keys = [
    ...new Set([
      SESSION_ID,
      ...RUM_SESSION_KEYS,
      ...dialects.flatMap(({ sessionKeys }) => sessionKeys),
      ...dialects.flatMap(({ looseSessionKeys }) => looseSessionKeys ?? []),
    ]),
  ];
  const scoped = dialects.flatMap(({ scopedSessionKeys }) => scopedSessionKeys ?? []);
  const keysOf = (scopeName: string): readonly AttributeKey[] =>
    scoped.flatMap((own) => (own.scopeName.test(scopeName) ? own.keys : []));
  // Records of one scope come one after the other.
  let latestScope = '';
  let latestKeys = keysOf(latestScope);
  const scopeNumber = (scopeName: string): number =>
    scoped.reduce((bits, own, i) => (own.scopeName.test(scopeName) ? bits | (1 << i) : bits), 0);
  const read = (attributes: AttributeView, scopeName = ''): string | undefined => {
    const id = firstId(attributes, keys);
    if (id !== undefined) return id;
    if (scopeName !== latestScope) {
      latestScope = scopeName;
      latestKeys = keysOf(scopeName);
    }
    return latestKeys.length === 0 ? undefined : firstId(attributes, latestKeys);
  };
  return Object.assign(read, { scopeNumber });
}

function firstId(attributes: AttributeView, keys: readonly AttributeKey[]): string | undefined {
  for (const each of keys) {
    if (!attributes.has(each)) continue;
    const text = attributes.text(each);
    if (text === undefined || attributes.boolean(each) !== undefined) continue;
    if (NO_SESSION.get(each)?.test(text)) continue;
    const id = normalizeSessionId(withoutJsonQuotes(text));
    if (id !== undefined) return id;
  }
  return undefined;
}
