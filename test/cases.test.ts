import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Turn } from '../src/contract/conversation.js';
import type { SessionUsage } from '../src/contract/usage.js';
import type { SessionQueries } from '../src/query/session-queries.js';
import { KNOWN_FAILURES } from './support/known-failures.js';
import { oneByOne, type RecordedRequest, replay } from './support/replay.js';

/**
 * Small inputs that were once read wrongly, each with its correct result (`fixtures/cases`). A field of an
 * expectation that no test reads is an error, so that every expectation is checked.
 */

type Json = Record<string, unknown>;

interface Expected {
  /** Number of sessions. */
  readonly sessions?: number;
  /** The session that the rest is about; default is the only one. */
  readonly 'session.id'?: string;
  /** Fields of the session. */
  readonly session?: Json;
  /** Fields of the session's client. */
  readonly session_client?: Json;
  readonly genai_usage?: Json;
  /** State by session id. */
  readonly states?: Readonly<Record<string, string>>;
  /** Number of sessions that a filter, written as in a query, finds. */
  readonly filters?: Readonly<Record<string, number>>;
  /** Number of sessions that `hasErrors=true` finds. */
  readonly has_errors?: number;
  /** Whether every session is named by a trace, because none has an id of its own. */
  readonly all_implicit?: boolean;
  /** Turns as [role, text]; for tools, words that the turn contains. */
  readonly conversation?: readonly (readonly [role: string, text: string])[];
  readonly 'usage.items[0]'?: Json;
  // For the reader.
  readonly why: string;
  readonly signal?: string;
}

const CHECKED = new Set<string>([
  'sessions',
  'session.id',
  'session',
  'session_client',
  'genai_usage',
  'states',
  'filters',
  'has_errors',
  'all_implicit',
  'conversation',
  'usage.items[0]',
  'why',
  'signal',
] satisfies (keyof Expected)[]);

const ROOT = join('fixtures', 'cases');
const names = readdirSync(ROOT)
  .filter((name) => name.endsWith('.otlp.json'))
  .map((name) => name.slice(0, -'.otlp.json'.length));

function readCase(name: string, ending: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, `${name}.${ending}.json`), 'utf8'));
}

/** The body, split into a sender's requests. */
function requestsOf(name: string): RecordedRequest[] {
  const { resourceSpans, resourceLogs } = readCase(name, 'otlp') as Json;
  const request = (signal: 'traces' | 'logs', body: Json): RecordedRequest => ({
    signal,
    encoding: 'json',
    body: Buffer.from(JSON.stringify(body)),
  });
  return [
    ...(resourceSpans === undefined ? [] : [request('traces', { resourceSpans })]),
    ...(resourceLogs === undefined ? [] : [request('logs', { resourceLogs })]),
  ];
}

async function json<T>(bytes: Promise<Uint8Array | undefined>): Promise<T> {
  return JSON.parse(Buffer.from((await bytes)!).toString()) as T;
}

async function sessionsUnder(queries: SessionQueries, filter: Json): Promise<Json[]> {
  return (await json<{ items: Json[] }>(queries.list({ limit: 1000, ...filter }))).items;
}

/** `expected` restricted to the fields of `actual` that it names. */
function assertFields(actual: unknown, expected: Json, message: string): void {
  const found = Object.fromEntries(Object.keys(expected).map((key) => [key, (actual as Json)?.[key]]));
  assert.deepEqual(found, expected, message);
}

async function check(requests: readonly RecordedRequest[], expected: Expected): Promise<void> {
  const queries = await replay(requests);
  try {
    const sessions = await sessionsUnder(queries, {});
    if (expected.sessions !== undefined) assert.equal(sessions.length, expected.sessions, 'sessions');
    const id = expected['session.id'] ?? expected.session?.['session.id'];
    const session = id === undefined ? sessions[0] : sessions.find((each) => each['session.id'] === id);
    assert.ok(session !== undefined, `session ${id}`);
    if (expected.session !== undefined) assertFields(session, expected.session, 'session');
    if (expected.session_client !== undefined)
      assertFields(session.client, expected.session_client, 'session_client');
    if (expected.genai_usage !== undefined)
      assertFields(session.genai_usage, expected.genai_usage, 'genai_usage');
    for (const [of, state] of Object.entries(expected.states ?? {})) {
      assert.equal(sessions.find((each) => each['session.id'] === of)?.state, state, `state of ${of}`);
    }
    for (const [filter, count] of Object.entries(expected.filters ?? {})) {
      const found = await sessionsUnder(queries, Object.fromEntries(new URLSearchParams(filter)));
      assert.equal(found.length, count, filter);
    }
    if (expected.has_errors !== undefined) {
      const found = await sessionsUnder(queries, { hasErrors: true });
      assert.equal(found.length, expected.has_errors, 'hasErrors=true');
    }
    if (expected.all_implicit) {
      for (const each of sessions) assert.match(String(each['session.id']), /^[0-9a-f]{32}$/);
    }
    const chosen = String(session['session.id']);
    if (expected.conversation !== undefined) await checkConversation(queries, chosen, expected.conversation);
    const usage = expected['usage.items[0]'];
    if (usage !== undefined) {
      const { items } = await json<SessionUsage>(queries.usage(chosen));
      assertFields(items[0], usage, 'usage.items[0]');
    }
  } finally {
    await queries.close();
  }
}

async function checkConversation(
  queries: SessionQueries,
  id: string,
  expected: NonNullable<Expected['conversation']>,
): Promise<void> {
  const { items } = await json<{ items: Turn[] }>(queries.conversation(id, { limit: 200 }));
  const isTool = (role: string): boolean => role.startsWith('tool');
  const said = items.map(({ role, text, tool }, i) => {
    if (!isTool(role)) return [role, text ?? ''];
    const words = [tool?.name, tool?.call_id, tool?.arguments, tool?.result, text].join(' ');
    const wanted = expected[i]?.[1] ?? '';
    return [role, wanted.split(' ').every((word) => words.includes(word)) ? wanted : words];
  });
  assert.deepEqual(said, expected, 'conversation');
}

describe('cases', () => {
  for (const name of names) {
    const expected = readCase(name, 'expected') as Expected;
    test(`${name}: every expectation is checked`, () => {
      assert.deepEqual(
        Object.keys(expected).filter((key) => !CHECKED.has(key)),
        [],
      );
    });
    if (KNOWN_FAILURES.has(name)) {
      test(`${name} is still read wrongly (remove it from the list once it is right)`, async () => {
        await assert.rejects(check(requestsOf(name), expected));
      });
      continue;
    }
    test(name, () => check(requestsOf(name), expected));
    test(`${name}, each record in a request of its own, the last first`, async () => {
      await check((await oneByOne(requestsOf(name))).reverse(), expected);
    });
  }
});
