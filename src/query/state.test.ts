import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SESSION_STATES } from '../contract/session-state.js';
import { isOpen, stateOf } from './state.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };
const LAST = 1_772_323_200_000_000_000n;
const ACTIVE_NS = 300_000_000_000n;
const TIMEOUT_NS = 1_800_000_000_000n;

function stateAfter(ns: bigint, fields: { hasEnded?: true; invalidated?: boolean } = {}) {
  return stateOf({ lastNs: LAST, invalidated: false, ...fields }, LAST + ns, LIMITS);
}

test('the limits are exact to the nanosecond', () => {
  assert.equal(stateAfter(0n), 'active');
  assert.equal(stateAfter(ACTIVE_NS - 1n), 'active');
  assert.equal(stateAfter(ACTIVE_NS), 'idle');
  assert.equal(stateAfter(TIMEOUT_NS - 1n), 'idle');
  assert.equal(stateAfter(TIMEOUT_NS), 'timed_out');
});

test('activity in the future counts as now', () => {
  assert.equal(stateAfter(-1n), 'active');
  assert.equal(stateAfter(-ACTIVE_NS), 'active');
  assert.equal(stateAfter(-1_000n * ACTIVE_NS), 'active');
});

test('an ended session stays ended at any time', () => {
  assert.equal(stateAfter(0n, { hasEnded: true }), 'ended');
  assert.equal(stateAfter(TIMEOUT_NS, { hasEnded: true }), 'ended');
});

test('invalidation by the operator has precedence', () => {
  assert.equal(stateAfter(0n, { invalidated: true, hasEnded: true }), 'invalidated');
});

test('active and idle sessions are open, all others closed', () => {
  assert.deepEqual(SESSION_STATES.filter(isOpen), ['active', 'idle']);
});
