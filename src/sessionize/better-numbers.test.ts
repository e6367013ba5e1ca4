import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Usage } from '../normalize/facts.js';
import { borrowAll } from './better-numbers.js';

const usageOf = (facts: Partial<Usage>): Usage => ({
  kind: 'call',
  dialect: 'test',
  signal: 'span',
  ...facts,
});

/** The winner's final values. */
function of(winner: Partial<Usage>, ...superseded: Partial<Usage>[]): Partial<Usage> {
  const { kind: _k, dialect: _d, signal: _s, ...said } = borrowAll(usageOf(winner), superseded.map(usageOf));
  return said;
}

describe('of two reports of one call the better number is used, number by number', () => {
  test('a missing or zero cache write does not hide the one that the other has', () => {
    const whole = { inputTokens: 1566, cacheReadTokens: 1087, cacheWriteTokens: 387 };
    for (const write of [{}, { cacheWriteTokens: 0 }]) {
      assert.deepEqual(of({ inputTokens: 1566, cacheReadTokens: 1087, ...write }, whole), whole);
    }
  });

  test('input that excludes an unknown cache is replaced by the other’s', () => {
    const whole = { inputTokens: 1566, cacheReadTokens: 1087, cacheWriteTokens: 387 };
    assert.deepEqual(of({ inputTokens: 92 }, whole), whole);
    assert.deepEqual(of({ inputTokens: 1179, cacheReadTokens: 1087 }, whole), whole);
    assert.deepEqual(of({ inputTokens: 93 }, whole), { inputTokens: 93 }, 'another input');
  });

  test('output that excludes unknown reasoning is replaced by the other’s', () => {
    const whole = { outputTokens: 30, reasoningTokens: 20 };
    assert.deepEqual(of({ outputTokens: 10 }, whole), whole);
    assert.deepEqual(of({ outputTokens: 30, reasoningTokens: 0 }, whole), whole);
    assert.deepEqual(of({ outputTokens: 11 }, whole), { outputTokens: 11 }, 'what does not fit is not taken');
  });

  test('tokens, if the winner has none', () => {
    assert.deepEqual(of({ inputTokens: 5 }, { inputTokens: 9, outputTokens: 3 }), {
      inputTokens: 5,
      outputTokens: 3,
    });
    assert.deepEqual(of({ inputTokens: 0, outputTokens: 0 }, { inputTokens: 9, outputTokens: 3 }), {
      inputTokens: 9,
      outputTokens: 3,
    });
    assert.deepEqual(of({ inputTokens: 5 }, { inputTokens: 0 }), { inputTokens: 5 });
  });

  test('audio, if the winner has none', () => {
    const whole = {
      inputTokens: 9,
      outputTokens: 5,
      cacheReadTokens: 4,
      inputAudioTokens: 8,
      outputAudioTokens: 3,
      cacheAudioReadTokens: 2,
    };
    const zero = { inputAudioTokens: 0, outputAudioTokens: 0, cacheAudioReadTokens: 0 };
    assert.deepEqual(of({ inputTokens: 9, outputTokens: 5, ...zero }, whole), whole);
  });

  test('a reported cost before a list price, and one above 0 before 0', () => {
    const reported = (costNanoUsd: number) => ({ costNanoUsd, costSource: 'reported' as const });
    assert.deepEqual(of({ costNanoUsd: 5, costSource: 'list' }, reported(7)), reported(7));
    assert.deepEqual(of(reported(0), reported(7)), reported(7));
    assert.deepEqual(of(reported(6), reported(7)), reported(6));
    assert.deepEqual(of(reported(6), reported(0)), reported(6));
  });

  test('the first of several that has it', () => {
    assert.deepEqual(of({}, { model: 'a' }, { model: 'b', provider: 'p', outputTokens: 1 }), {
      model: 'a',
      provider: 'p',
      outputTokens: 1,
    });
  });
});
