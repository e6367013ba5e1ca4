import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '../receiver/test-support.js';
import { AccessError } from './access-error.js';
import { BadTries } from './bad-tries.js';
import { RateLimits } from './rate-limits.js';

const ADDRESS = '203.0.113.7';

/** How many of the promises are settled once everything that is due has run. */
async function settled(promises: readonly Promise<unknown>[]): Promise<number> {
  let count = 0;
  for (const promise of promises)
    promise.then(
      () => count++,
      () => count++,
    );
  await new Promise((resolve) => setImmediate(resolve));
  return count;
}

describe('wrong tries', () => {
  test('are answered at once at first, and later and later from then on', async () => {
    const clock = new ManualClock();
    const tries = new BadTries(clock);
    for (let i = 0; i < 5; i++) await tries.count(ADDRESS);
    const sixth = tries.count(ADDRESS);
    assert.equal(await settled([sixth]), 0);
    clock.advance(250);
    assert.equal(await settled([sixth]), 1);
    const seventh = tries.count(ADDRESS);
    clock.advance(250);
    assert.equal(await settled([seventh]), 0);
    clock.advance(250);
    assert.equal(await settled([seventh]), 1);
  });

  test('of one address delay no other, but all of the /64 of an IPv6 address count as one', async () => {
    const clock = new ManualClock();
    const tries = new BadTries(clock);
    for (let i = 0; i < 5; i++) await tries.count(`2001:db8:1:2::${i}`);
    const same = tries.count('2001:db8:1:2:ffff::1');
    const others = ['2001:db8:1:3::1', '192.0.2.1', '::ffff:192.0.2.2'].map((each) => tries.count(each));
    assert.equal(await settled(others), others.length);
    assert.equal(await settled([same]), 0);
  });

  test('that come while many wait are refused at once, with the time to wait', async () => {
    const clock = new ManualClock();
    const tries = new BadTries(clock);
    for (let i = 0; i < 5; i++) await tries.count(ADDRESS);
    const waiting = Array.from({ length: 8 }, () => tries.count(ADDRESS));
    assert.equal(await settled(waiting), 0);
    await assert.rejects(
      tries.count(ADDRESS),
      (error: unknown) =>
        error instanceof AccessError && error.reason === 'tries' && error.retryAfterSeconds === 8,
    );
    clock.advance(8_000);
    assert.equal(await settled(waiting), waiting.length);
  });

  test('are forgotten with time', async () => {
    const clock = new ManualClock();
    const tries = new BadTries(clock);
    for (let i = 0; i < 5; i++) await tries.count(ADDRESS);
    clock.advance(50_000);
    for (let i = 0; i < 5; i++) assert.equal(await settled([tries.count(ADDRESS)]), 1);
  });
});

test('a limit allows a minute’s requests at once, then one whenever its time has come', () => {
  let nowMs = 0;
  const limits = new RateLimits(() => nowMs);
  for (let i = 0; i < 60; i++) assert.equal(limits.take('key', 60), 0);
  assert.equal(limits.take('key', 60), 1);
  assert.equal(limits.take('other', 60), 0, 'another key has its own');
  nowMs = 1_000;
  assert.equal(limits.take('key', 60), 0);
  assert.equal(limits.take('key', 60), 1);
  nowMs = 3_600_000;
  for (let i = 0; i < 60; i++) assert.equal(limits.take('key', 60), 0);
  assert.ok(limits.take('key', 60) > 0);
  assert.equal(limits.take('slow', 1), 0);
  assert.equal(limits.take('slow', 1), 60);
});
