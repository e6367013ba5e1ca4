import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../contract/errors.js';
import { CancelFlags, MAX_UNDER_WAY, ReadCancelledError, ReadLimit } from './read-limit.js';

function readLimit(timeoutMs: number) {
  const clock = { nowMs: 5000 };
  const flags = new CancelFlags();
  // The cancelling side only shares the memory.
  const other = new CancelFlags(flags.shared);
  return { clock, other, limit: new ReadLimit({ flags, timeoutMs, nowMs: () => clock.nowMs }) };
}

const isTimeout = (error: unknown) => error instanceof ApiError && error.code === 'query.timeout';

test('a read may not exceed its time limit', () => {
  const { clock, limit } = readLimit(100);
  limit.begin(0);
  clock.nowMs += 100;
  limit.check();
  clock.nowMs += 1;
  assert.throws(limit.check, isTimeout);
  // The next read has a new limit.
  limit.begin(1);
  clock.nowMs += 100;
  limit.check();
});

test('only the read whose client is gone stops', () => {
  const { other, limit } = readLimit(100);
  limit.begin(7);
  other.cancel(8);
  other.cancel(7 + MAX_UNDER_WAY);
  limit.check();
  other.cancel(7);
  assert.throws(limit.check, ReadCancelledError);
  assert.throws(() => limit.begin(8), ReadCancelledError);
  limit.begin(9);
  limit.check();
});
