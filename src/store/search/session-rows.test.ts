import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openEngine } from '../../../test/support/engine.js';
import { listedItem } from '../../../test/support/listed-item.js';
import { plainNormalizer } from '../../../test/support/normalizer.js';
import { type SpanSpec, spanBatch } from '../../../test/support/telemetry.js';
import { listedSession } from '../contract/session-item.js';
import { DEFAULT_PROJECT } from '../contract/store.js';
import { SqliteReader } from '../sqlite/reader.js';

const directory = mkdtempSync(join(tmpdir(), 'sojourn-session-rows-'));
after(() => rmSync(directory, { recursive: true }));

const START = 1_795_800_000_000_000_000n;
const TIMEOUT_NS = 1_800_000_000_000n;
const MANY = 10_000;
const SCAN = { direction: 'older', limit: 10, nowNs: START } as const;

function calls(session: string, count: number): SpanSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    trace: session,
    span: String(i + 1),
    start: START + BigInt(i),
    end: START + BigInt(i) + 1_000_000_000n,
    attributes: {
      'session.id': session,
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.id': `response-${session}-${i}`,
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 1,
    },
  }));
}

test('a list reads as much of a session of 10,000 calls as of a session of one call', async () => {
  const normalizer = await plainNormalizer();
  const { db, engine } = openEngine(directory, { normalizer, timeoutNs: TIMEOUT_NS, now: () => START });
  const spans = [...calls('aa', 1), ...calls('bb', MANY)];
  engine.commit([{ project: DEFAULT_PROJECT, batch: spanBatch(normalizer, spans) }], true);
  const reader = new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS }, normalizer);

  const { sessions } = await reader.sessions(DEFAULT_PROJECT, SCAN);
  const [many, one] = sessions;
  assert.deepEqual([listedItem(many!).span_count, listedItem(one!).span_count], [MANY, 1]);
  for (const listed of sessions) {
    assert.deepEqual(listed, listedSession((await reader.session(DEFAULT_PROJECT, listed.id))!));
  }
  // They differ only in the digits of numbers.
  assert.ok(Math.abs(many!.fields.length - one!.fields.length) < 40, 'fields do not grow with the calls');
  const grows = db.prepare('SELECT sum(length(marks)) AS bytes FROM session_mark').get();
  assert.ok(Number(grows!.bytes) > MANY, 'the marks of its calls are in rows of their own');

  // Data that grows with the calls is not read: lists are the same without it.
  db.exec('DELETE FROM session_state; DELETE FROM session_mark');
  assert.deepEqual((await reader.sessions(DEFAULT_PROJECT, SCAN)).sessions, sessions);
  for (const filter of [{ minCostNanoUsd: 1n }, { models: ['gpt-4o'] }, { minDurationNs: 1n }]) {
    assert.deepEqual((await reader.sessions(DEFAULT_PROJECT, { ...SCAN, ...filter })).sessions, sessions);
  }
  const top = await reader.top(DEFAULT_PROJECT, { by: 'cost', limit: 2, nowNs: START });
  assert.deepEqual(top.sessions, sessions);
  await reader.close();
  db.close();
});
