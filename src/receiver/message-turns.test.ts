import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MESSAGES_AT_ONCE, MessageTurns, MOST_SLOW, MOST_WAITING, SLOW_MESSAGE_MS } from './message-turns.js';
import { ManualClock } from './test-support.js';

test('messages begin in the order in which they came, each once, and never too many', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('take' as const) },
    { weight: 3, arbitrary: fc.nat().map((end) => ({ end })) },
    { weight: 1, arbitrary: fc.constant('wait' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const clock = new ManualClock();
      const turns = new MessageTurns(clock);
      const ends: (() => void)[] = [];
      const begun: number[] = [];
      const running = new Set<number>();
      const slow = new Set<number>();
      const over = new Set<number>();
      for (const step of steps) {
        if (step === 'take') {
          const number = ends.length;
          const end = turns.take(() => {
            begun.push(number);
            running.add(number);
          });
          assert.ok(end !== undefined);
          ends.push(end);
        } else if (step === 'wait') {
          const before = [...running];
          for (const number of before.slice(0, MOST_SLOW - slow.size)) {
            running.delete(number);
            slow.add(number);
          }
          clock.advance(SLOW_MESSAGE_MS);
        } else if (ends.length > 0) {
          const number = step.end % ends.length;
          running.delete(number);
          slow.delete(number);
          over.add(number);
          ends[number]!();
        }
        assert.ok(running.size <= MESSAGES_AT_ONCE);
        const waiting = ends.map((_, i) => i).filter((i) => !begun.includes(i) && !over.has(i));
        assert.ok(
          waiting.length === 0 || running.size === MESSAGES_AT_ONCE,
          'nobody waits while there is room',
        );
        assert.deepEqual(
          begun,
          [...new Set(begun)].sort((a, b) => a - b),
        );
      }
    }),
  );
});

test('further messages are refused while many wait, and taken again when one has begun', () => {
  const turns = new MessageTurns(new ManualClock());
  const [end] = Array.from({ length: MESSAGES_AT_ONCE + MOST_WAITING }, () => turns.take(() => undefined));
  assert.equal(
    turns.take(() => assert.fail()),
    undefined,
  );
  end!();
  assert.notEqual(
    turns.take(() => assert.fail()),
    undefined,
  );
});
