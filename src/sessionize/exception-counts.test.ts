import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashOf } from '../normalize/exceptions.js';
import type { ExceptionChannel } from '../normalize/facts.js';
import {
  ExceptionCounts,
  ExceptionDraft,
  type ExceptionPart,
  MOST_KINDS,
  NO_EXCEPTIONS,
} from './exception-counts.js';

/** A fragment with one exception each of the kinds from `first` on. */
function part(first: number, kinds: number, channel: ExceptionChannel = 'log'): ExceptionPart {
  const draft = new ExceptionDraft();
  for (let kind = first; kind < first + kinds; kind++) {
    const exception = { channel, key: hashOf(`message ${kind}`), atNs: 0n };
    draft.add({ report: { exception, spanId: '', service: 'shop', place: 1 }, isCrash: kind % 7 === 0 });
  }
  return draft.finish();
}

function sumOf(parts: Iterable<ExceptionPart>): ExceptionCounts {
  const sums = new ExceptionCounts();
  for (const each of parts)
    assert.ok(sums.exchange(NO_EXCEPTIONS, each), 'what only grows is never counted anew');
  return sums;
}

test('S60: exceptions of different kinds all count, whichever channels report them', () => {
  for (let session = 0; session < 500; session++) {
    const first = session * 60;
    assert.equal(sumOf([part(first, 30, 'log'), part(first + 30, 30, 'span_event')]).count, 60);
  }
  const half = MOST_KINDS / 2;
  assert.equal(sumOf([part(0, half, 'log'), part(half, half, 'span_event')]).count, MOST_KINDS);
});

test('S60: a session of very many kinds is bounded, and counts exactly what one channel reports', () => {
  const sums = sumOf([part(0, 100_000)]);
  assert.equal(sums.count, 100_000);
  assert.ok(JSON.stringify(sums.form()).length < 100_000);
});

test('S18: folded kinds are unfolded when few are left, or are counted anew', () => {
  const all = [part(0, MOST_KINDS), part(MOST_KINDS, 1, 'span_event')] as const;
  const sums = sumOf(all);
  assert.equal(sums.exchange(all[1], NO_EXCEPTIONS), false);
  const many = [part(0, 2 * MOST_KINDS), part(0, 10)] as const;
  assert.ok(sumOf(many).exchange(many[1], NO_EXCEPTIONS), 'there are certainly too many to unfold');
});

test('S18: exchanged fragments sum up to what all of them sum up to', () => {
  const fragment = fc
    .record({
      first: fc.integer({ min: 0, max: MOST_KINDS }),
      kinds: fc.constantFrom(0, 1, 60, MOST_KINDS - 50, MOST_KINDS, MOST_KINDS + 1, MOST_KINDS + 150),
      channel: fc.constantFrom<ExceptionChannel>('log', 'span_event', 'span'),
    })
    .map(({ first, kinds, channel }) => part(first, kinds, channel));
  const change = fc.record({ group: fc.nat({ max: 3 }), fragment });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const fragments = new Map<number, ExceptionPart>();
      let sums = new ExceptionCounts();
      for (const { group, fragment: replacement } of changes) {
        const isExact = sums.exchange(fragments.get(group) ?? NO_EXCEPTIONS, replacement);
        fragments.set(group, replacement);
        const anew = sumOf(fragments.values());
        if (isExact) assert.deepEqual(sums.form(), anew.form());
        sums = ExceptionCounts.ofForm(anew.form());
      }
    }),
    { numRuns: 25 },
  );
});
