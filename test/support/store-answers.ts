import assert from 'node:assert/strict';
import type { TestServer } from './server.js';
import { tracesJson } from './telemetry.js';

/** What a server answers about all that it has, to compare a store with its copy. */

/** Flags of a server of which no session changes its state while a test runs. */
export const STILL = ['--idle-after', '300d', '--timeout-after', '360d'];

/** Answers about a time up to now would change meanwhile. */
const RANGE = [
  ['startTime', -4],
  ['endTime', 1],
]
  .map(([name, days]) => `${name}=${new Date(Date.now() + Number(days) * 86_400_000).toISOString()}`)
  .join('&');

/** Sessions of `sendOne` after the first ones: all alike. */
const PLAIN = /^own-\d{2,}$/;

interface Item {
  readonly 'session.id': string;
  readonly trace_count: number;
}

/** What the API answers, by path, as text: lists, numbers over all sessions, and everything of each session. */
export async function answersOf(server: TestServer): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const ask = async (path: string): Promise<string> => {
    const text = await server.text(path);
    answers.set(path, text);
    return text;
  };
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: Item[]; next_cursor?: string } = JSON.parse(
      await ask(`/api/v1/sessions?limit=100${query}`),
    );
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  await ask('/api/v1/sessions/facets');
  for (const path of ['stats', 'timeline', 'visits', 'top?by=cost', 'stats?hasErrors=true'])
    await ask(`/api/v1/sessions/${path}${path.includes('?') ? '&' : '?'}${RANGE}`);
  for (const { 'session.id': id } of items.filter((item, i) => i === 0 || !PLAIN.test(item['session.id']))) {
    const path = `/api/v1/sessions/${encodeURIComponent(id)}`;
    for (const part of ['', '/usage', '/traces?limit=2']) await ask(`${path}${part}`);
  }
  const oneTrace = /"trace_?[iI]d":"([0-9a-f]{32})"/.exec([...answers.values()].join(''))![1]!;
  await ask(`/api/v1/traces/${oneTrace}`);
  assert.ok(items.length > 0);
  return answers;
}

export function assertEqualAnswers(actual: Map<string, string>, expected: Map<string, string>): void {
  assert.deepEqual([...actual.keys()], [...expected.keys()]);
  for (const [path, text] of expected)
    assert.ok(
      actual.get(path) === text,
      `${path}:\n${actual.get(path)?.slice(0, 1_000)}\n${text.slice(0, 1_000)}`,
    );
}

let lastTrace = 0;

/** Sends a span of a session of its own; resolves to the id of the session once it is acknowledged. */
export async function sendOne(server: TestServer): Promise<string> {
  const id = `own-${++lastTrace}`;
  const start = BigInt(Date.now()) * 1_000_000n;
  const attributes = { 'session.id': id, 'user.id': `${id}@example.com` };
  const trace = `abc${lastTrace.toString(16)}`;
  const response = await server.post(
    '/v1/traces',
    tracesJson([{ trace, span: '1', start, end: start + 1_000n, attributes }]),
  );
  assert.equal(response.status, 200, await response.text());
  return id;
}
