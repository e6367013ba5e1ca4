import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertConforms } from '../../test/support/contract-check.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import { Session } from '../contract/session.js';
import { SESSION_STATES } from '../contract/session-state.js';
import { sessionJson } from './serialize.js';
import { sessionItem } from './session-item.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('a session without details has only the required fields and its duration', () => {
  assert.deepEqual(sessionItem(storedSession({ id: 's', lastNs: at(1.5) }), 'idle'), {
    'session.id': 's',
    start_time: '2026-03-01T00:00:00.000000000Z',
    duration_ms: 1500,
    trace_count: 1,
    span_count: 1,
    error_count: 0,
    services: ['web'],
    state: 'idle',
  });
});

test('the end is present exactly if the session is closed', () => {
  for (const state of SESSION_STATES) {
    const { end_time } = sessionItem(storedSession({ id: 's', lastNs: at(2) }), state);
    const closed = state === 'ended' || state === 'timed_out' || state === 'invalidated';
    assert.equal(end_time, closed ? '2026-03-01T00:00:02.000000000Z' : undefined);
  }
});

test('durations are exact to the nanosecond', () => {
  const session = storedSession({ id: 's', lastNs: at(0) + 666_876_543_212n });
  assert.match(text(sessionJson(sessionItem(session, 'idle'))), /"duration_ms":666876\.543212[,}]/);
  const days = storedSession({ id: 's', lastNs: at(0) + 999_999_999_999_999n });
  assert.match(text(sessionJson(sessionItem(days, 'idle'))), /"duration_ms":999999999\.999999[,}]/);
});

test('durations are never negative', () => {
  assert.equal(sessionItem(storedSession({ id: 's', lastNs: at(-1) }), 'idle').duration_ms, 0);
});

test('user, client, geo and usage are present if they are known', () => {
  const client = { ip: '203.0.113.7', device_type: 'mobile' as const };
  const geo = { country_code: 'AT', city: 'Wien' };
  const item = sessionItem(
    storedSession({
      id: 's',
      userId: 'u',
      client,
      geo,
      genai: {
        requestCount: 2,
        inputTokens: 2n ** 60n + 1n,
        outputTokens: 7n,
        models: ['a', 'b'],
        providers: ['p'],
        costNanoUsd: 1_234_567_891n,
        unpricedCount: 1,
        unreportedCount: 2,
      },
    }),
    'active',
  );
  assert.equal(item['user.id'], 'u');
  assert.deepEqual(item.client, client);
  assert.deepEqual(item.geo, geo);
  const json = text(sessionJson(item));
  assert.match(json, /"total_input_tokens":"1152921504606846977","total_output_tokens":7,/);
  assert.match(
    json,
    /"estimated_cost_usd":1\.234567891,"unpriced_request_count":1,"unreported_request_count":2/,
  );
});

test('an unknown cost is left out, and so is an unpriced count of 0', () => {
  const genai = {
    requestCount: 1,
    inputTokens: 1n,
    outputTokens: 1n,
    models: [],
    providers: [],
    unpricedCount: 0,
    unreportedCount: 0,
  };
  const usage = sessionItem(storedSession({ id: 's', genai }), 'active').genai_usage;
  assert.deepEqual(usage, {
    request_count: 1,
    total_input_tokens: 1,
    total_output_tokens: 1,
    models_used: [],
    providers_used: [],
  });
});

test('ids are always text', () => {
  for (const id of [
    '__proto__',
    '</script><script>alert(1)</script>',
    '"}],"has_more":false}',
    '\u2028\u0000',
  ]) {
    const json = text(sessionJson(sessionItem(storedSession({ id, userId: id }), 'active')));
    const parsed = JSON.parse(json) as Record<string, unknown>;
    assert.equal(parsed['session.id'], id);
    assert.equal(parsed['user.id'], id);
  }
});

test('a session that continues another has its id', () => {
  const item = sessionItem(storedSession({ id: 'b', previousId: 'a' }), 'ended');
  assert.equal(item['session.previous_id'], 'a');
  assertConforms(Session, item);
  assert.ok(!('session.previous_id' in sessionItem(storedSession({ id: 'b' }), 'ended')));
});
