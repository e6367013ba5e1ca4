import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openEngine } from '../../../test/support/engine.js';
import { listedItem } from '../../../test/support/listed-item.js';
import { type SpanSpec, spanBatch, traceId } from '../../../test/support/telemetry.js';
import { createNormalizer } from '../../normalize/create.js';
import type { OwnPrice } from '../../normalize/own-prices.js';
import { DEFAULT_PROJECT } from '../contract/store.js';
import { SqliteReader } from '../sqlite/reader.js';

/** A read answers under the current settings and writes nothing. */

const directory = mkdtempSync(join(tmpdir(), 'sojourn-current-settings-'));
after(() => rmSync(directory, { recursive: true }));

const START = 1_795_800_000_000_000_000n;
const TIMEOUT_NS = 1_800_000_000_000n;
const NOW = () => START + 3_600_000_000_000n;
const FORWARD = { direction: 'forward', limit: 100 } as const;

const normalizerWith = (prices: readonly OwnPrice[]) =>
  createNormalizer({
    userIds: 'keep',
    userIdKey: new Uint8Array(32),
    clientIp: 'keep',
    geoDatabase: undefined,
    prices,
  });

function call(session: string, trace: string, responseId: string): SpanSpec {
  return {
    trace,
    span: '1',
    start: START,
    end: START + 1_000_000_000n,
    attributes: {
      'session.id': session,
      'user.id': 'u1',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'house-model',
      'gen_ai.response.id': responseId,
      'gen_ai.usage.input_tokens': 1_000_000,
      'gen_ai.usage.output_tokens': 1,
    },
  };
}

test('a session folded under other prices is read with the current prices, and so is its usage; lists follow later', async () => {
  const before = await normalizerWith([{ model: 'house-model', input: 1 }]);
  const current = await normalizerWith([{ model: 'house-model', input: 3 }]);
  const settings = { timeoutNs: TIMEOUT_NS, now: NOW };
  const first = openEngine(directory, { ...settings, normalizer: before, settings: 'before' });
  const spans = [
    call('s1', 'a', 'call-number-one-of-all'),
    call('s1', 'b', 'call-number-two-of-all'),
    // Reported in both sessions, it counts in one.
    call('s2', 'c', 'call-number-two-of-all'),
  ];
  first.engine.commit([{ project: DEFAULT_PROJECT, batch: spanBatch(before, spans) }], true);
  first.db.close();
  const second = openEngine(directory, { ...settings, normalizer: current, settings: 'current' });
  const reader = new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS }, current);

  const session = await reader.session(DEFAULT_PROJECT, 's1');
  const usage = await reader.usage(DEFAULT_PROJECT, 's1', FORWARD);
  assert.equal(session?.genai?.costNanoUsd, 6_000_000_000n);
  assert.equal(session?.genai?.requestCount, 2);
  assert.equal(session?.userId, 'u1', 'who it is about stands in its row');
  assert.deepEqual(usage?.session, session);
  assert.deepEqual(
    usage?.records.map((record) => record.usage?.costNanoUsd),
    [3_000_000_000, 3_000_000_000],
  );
  const other = await reader.session(DEFAULT_PROJECT, 's2');
  assert.equal(other?.genai, undefined, 'the call counts in the first session, under all settings');

  const list = () =>
    reader
      .sessions(DEFAULT_PROJECT, { direction: 'older', limit: 10, nowNs: NOW() })
      .then(({ sessions }) => listedItem(sessions.find(({ id }) => id === 's1')!).genai_usage);
  assert.equal((await list())?.estimated_cost_usd, 2, 'reading has written nothing');
  while (second.engine.followSettings(1));
  assert.equal((await list())?.estimated_cost_usd, 6);
  assert.deepEqual(await reader.session(DEFAULT_PROJECT, 's1'), session);
  await reader.close();
  second.db.close();
});

test('reads of one connection take turns, and each sees one snapshot', async () => {
  const normalizer = await normalizerWith([]);
  const reader = new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS }, normalizer);
  const answers = await Promise.all([
    reader.session(DEFAULT_PROJECT, 's1'),
    reader.usage(DEFAULT_PROJECT, 's1', FORWARD),
    reader.trace(DEFAULT_PROJECT, traceId('a')),
    reader.sessions(DEFAULT_PROJECT, { direction: 'older', limit: 10, nowNs: NOW() }),
    reader.groups(DEFAULT_PROJECT, 's1', { limit: 10 }),
    reader.session('no-project', 's1'),
  ]);
  const [session, usage, trace, list, groups, nothing] = answers;
  assert.equal(session?.id, 's1');
  assert.equal(usage?.records.length, 2);
  assert.equal(trace?.position.traceId, traceId('a'));
  assert.equal(list.sessions.length, 2);
  assert.equal(groups.length, 2);
  assert.equal(nothing, undefined);
  await reader.close();
});
