import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryReader } from '../../test/support/memory-reader.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import type { SessionFilters } from '../contract/session-filters.js';
import { SessionQueries } from '../query/session-queries.js';
import { ALERT_MEASURES, type AlertMeasure } from './alert.js';
import { measured } from './measure.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };

const queries = new SessionQueries({
  reader: new MemoryReader({
    sessions: [
      storedSession({ id: 'before', startNs: at(-1), lastNs: at(5), userId: 'ann' }),
      storedSession({ id: 'first', startNs: at(0), lastNs: at(2), userId: 'ann', errorCount: 1 }),
      storedSession({
        id: 'scored',
        startNs: at(59.999),
        lastNs: at(69.999),
        userId: 'bob',
        services: ['shop'],
        scores: [{ name: 'helpful', count: 2, valued: 2, units: 1_000_000n, labels: [] }],
      }),
      storedSession({
        id: 'checked',
        startNs: at(120),
        lastNs: at(121),
        scores: [
          { name: 'correct', count: 1, valued: 1, units: 1_000_000n, labels: [] },
          { name: 'helpful', count: 1, valued: 1, units: -3_000_000n, labels: [] },
        ],
      }),
      storedSession({
        id: 'correct',
        startNs: at(122),
        lastNs: at(123),
        scores: [{ name: 'correct', count: 1, valued: 1, units: 1_000_000n, labels: [] }],
      }),
      storedSession({
        id: 'helpful',
        startNs: at(124),
        lastNs: at(125),
        scores: [{ name: 'helpful', count: 1, valued: 1, units: 1_000_000n, labels: [] }],
      }),
      storedSession({ id: 'after', startNs: at(60), lastNs: at(61) }),
    ],
    limits: LIMITS,
  }),
  project: 'default',
  ...LIMITS,
  userIdCandidates: (userId) => [userId],
  now: () => at(3600),
});

const fromMs = Number(at(0) / 1_000_000n);
const window = { fromMs, toMs: fromMs + 59_999 };

const measure = (name: AlertMeasure, service?: string, select: 'started' | 'active' = 'started') =>
  measured(
    queries,
    service === undefined ? {} : { service: [service] },
    { measure: name, select, score: 'helpful' },
    window,
  );

test('a window has the sessions that started in it, both ends included, or those with activity in it', async () => {
  assert.equal(await measure('sessions'), 2);
  assert.equal(await measure('sessions', undefined, 'active'), 3);
  assert.equal(await measure('sessions', 'shop'), 1);
});

test('measures are those of the statistics; without a session, shares and averages have no value', async () => {
  assert.equal(await measure('users'), 2);
  assert.equal(await measure('sessions_with_errors'), 1);
  assert.equal(await measure('error_share'), 0.5);
  assert.equal(await measure('avg_duration_ms'), 6_000);
  assert.equal(await measure('score_average'), 0.5);
  const empty = await Promise.all(
    ALERT_MEASURES.map(async (name) => [name, await measure(name, 'nobody')] as const),
  );
  for (const [name, value] of empty) {
    const isSum = ['sessions', 'users', 'sessions_with_errors', 'model_calls', 'tokens', 'cost_usd'].includes(
      name,
    );
    assert.equal(value, isSum ? 0 : undefined, name);
  }
});

test('the average of a score is over the sessions under the filters, also under those by scores', async () => {
  const average = (filters: SessionFilters) =>
    measured(
      queries,
      filters,
      { measure: 'score_average', select: 'started', score: 'helpful' },
      { fromMs: fromMs + 120_000, toMs: fromMs + 179_999 },
    );
  assert.equal(await average({}), -1);
  assert.equal(await average({ score: ['correct'] }), -3);
  assert.equal(await average({ score: ['correct', 'helpful'] }), -1);
  assert.equal(await average({ score: ['correct'], minScore: { helpful: 0 } }), undefined);
});
