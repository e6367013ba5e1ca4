import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Usage } from '../normalize/facts.js';
import { type CallReport, contradict, mayBeOneModel, sameCalls } from './same-call.js';

/** An id of a provider, and one that any call may have. */
const STRONG = `msg_${createHash('sha256').update('x').digest('hex')}`;
const WEAK = 'chatcmpl-417';

let made = 0;
function report(facts: Partial<Usage>, startNs = 0, endNs = startNs + 10): CallReport {
  const usage: Usage = { kind: 'call', dialect: 'test', signal: 'span', callIds: [STRONG], ...facts };
  return { id: `t${String(made++).padStart(9, '0')}`, usage, startNs: BigInt(startNs), endNs: BigInt(endNs) };
}

const areOne = (...reports: CallReport[]) => {
  const sets = sameCalls(reports);
  return sets.length === 1 && sets[0]!.length === reports.length;
};

describe('a strong id joins', () => {
  const full = { inputTokens: 100, outputTokens: 10, model: 'gpt-4o' };

  test('reports of any time with equal or missing values', () => {
    assert.ok(areOne(report(full), report(full, 9_000)));
    assert.ok(areOne(report(full), report({}, 9_000)));
    assert.ok(areOne(report(full), report({ inputTokens: 0, outputTokens: 0 })));
  });

  test('no reports with other models or other numbers', () => {
    for (const other of [
      { model: 'llama3' },
      { inputTokens: 101 },
      { outputTokens: 11 },
      { cacheReadTokens: 5 },
      { reasoningTokens: 3 },
    ]) {
      assert.equal(
        areOne(report({ ...full, cacheReadTokens: 4, reasoningTokens: 2 }), report({ ...full, ...other })),
        false,
      );
    }
  });

  test('a report that counts the cache beside its input, or reasoning beside its output', () => {
    const inclusive = {
      inputTokens: 1566,
      cacheReadTokens: 1087,
      cacheWriteTokens: 387,
      outputTokens: 30,
      reasoningTokens: 20,
    };
    for (const input of [92, 1566 - 1087, 1566 - 387])
      assert.ok(areOne(report(inclusive), report({ inputTokens: input, outputTokens: 10 })), String(input));
    assert.equal(areOne(report(inclusive), report({ inputTokens: 93, outputTokens: 10 })), false);
  });

  test('reports with costs of their own price lists; without tokens the costs distinguish them', () => {
    const cost = (costNanoUsd: number) => ({ costNanoUsd, costSource: 'reported' as const });
    assert.ok(areOne(report({ ...full, ...cost(7) }), report({ ...full, ...cost(8) })));
    assert.equal(areOne(report(cost(7)), report(cost(8))), false);
    assert.ok(areOne(report(cost(7)), report(cost(7))));
  });

  test('reports through a third with both ids, but not if these contradict each other', () => {
    const other = `msg_${createHash('sha256').update('y').digest('hex')}`;
    const both = { callIds: [STRONG, other] };
    assert.ok(
      areOne(report({ inputTokens: 5 }), report({ inputTokens: 5, callIds: [other] }), report(both, 50)),
    );
    const sets = sameCalls([
      report({ inputTokens: 5 }),
      report({ inputTokens: 6, callIds: [other] }),
      report(both, 50),
    ]);
    assert.deepEqual(
      sets.map((set) => set.length),
      [2],
      'the third is the first’s',
    );
  });
});

describe('a weak id joins', () => {
  const weak = (facts: Partial<Usage>, startNs = 0, endNs = startNs + 10) =>
    report({ callIds: [WEAK], inputTokens: 100, ...facts }, startNs, endNs);

  test('reports of one time by two instrumentations', () => {
    assert.ok(areOne(weak({ scope: 'one' }), weak({ scope: 'two' }, 5)));
    assert.ok(areOne(weak({}), weak({}, 5)), 'where none is named it may be two');
  });

  test('no reports of another time, by the same instrumentation, or with other numbers', () => {
    assert.equal(areOne(weak({ scope: 'one' }), weak({ scope: 'two' }, 11)), false);
    assert.equal(areOne(weak({ scope: 'one' }), weak({ scope: 'one' }, 5)), false);
    assert.ok(areOne(weak({ scope: 'one' }), weak({ scope: 'one' }, 2, 9)), 'one span around the other');
    assert.equal(areOne(weak({ scope: 'one' }), weak({ scope: 'two', inputTokens: 101 }, 5)), false);
  });

  test('a log record that is written in the span or up to a second after it', () => {
    const log = (at: number) => weak({ signal: 'log' }, at, at);
    assert.ok(areOne(weak({}), log(5)));
    assert.ok(areOne(weak({}), log(1_000_000_010)));
    assert.equal(areOne(weak({}), log(1_000_000_011)), false);
    assert.equal(areOne(log(1), log(2)), false);
  });
});

test('models may be equal under names of clouds and gateways', () => {
  const one = [
    ['gpt-4o', 'gpt-4o-2024-08-06'],
    ['openai/gpt-4o', 'gpt-4o'],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['claude-3-5-sonnet@20240620', 'claude-3-5-sonnet-20240620'],
  ] as const;
  for (const [a, b] of one) assert.ok(mayBeOneModel(a, b) && mayBeOneModel(b, a), `${a} ${b}`);
  for (const [a, b] of [
    ['llama3:8b', 'llama3:70b'],
    ['gpt-4o', 'gpt-4omni'],
    ['gpt-4o', 'llama3'],
  ] as const) {
    assert.equal(mayBeOneModel(a, b), false, `${a} ${b}`);
  }
});

const reports = fc.array(
  fc
    .record({
      ids: fc.subarray([STRONG, WEAK, `${STRONG}2`], { minLength: 1, maxLength: 2 }),
      scope: fc.constantFrom('one', 'two', undefined),
      signal: fc.constantFrom<Usage['signal']>('span', 'span', 'log'),
      first: fc.boolean(),
      inputTokens: fc.constantFrom(undefined, 0, 10, 14, 17),
      outputTokens: fc.constantFrom(undefined, 3),
      cacheReadTokens: fc.constantFrom(undefined, 0, 4),
      cacheWriteTokens: fc.constantFrom(undefined, 3),
      model: fc.constantFrom(undefined, 'm', 'm-1', 'n'),
      start: fc.integer({ min: 0, max: 4 }),
      length: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ ids, first, scope, signal, start, length, ...numbers }) => {
      const facts = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
      return report(
        {
          callIds: ids,
          signal,
          ...(scope && { scope }),
          ...(signal === 'log' && first && { first }),
          ...facts,
        },
        start,
        signal === 'log' ? start : start + length,
      );
    }),
  { maxLength: 12 },
);

test('the order of the reports changes nothing, and no set has two that contradict each other', () => {
  const shuffled = reports.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([all, other]) => {
      const sets = sameCalls(all);
      assert.deepEqual(sameCalls(other), sets);
      for (const set of sets) {
        for (const a of set) for (const b of set) assert.equal(contradict(a.usage, b.usage), false);
      }
      const members = sets.flat();
      assert.equal(new Set(members).size, members.length, 'each is of one call');
    }),
    { numRuns: 3_000 },
  );
});

describe('tens of thousands of calls with one id', () => {
  const COUNT = 30_000;
  const numbered = (callIds: string[], facts: (i: number) => Partial<Usage>) =>
    Array.from({ length: COUNT }, (_, i) => report({ callIds, ...facts(i) }, i * 20));
  const kinds: Record<string, () => CallReport[]> = {
    'weak, with the same numbers': () => numbered([WEAK], () => ({ inputTokens: 9, outputTokens: 9 })),
    'weak, without numbers': () => numbered([WEAK], () => ({})),
    'strong, with numbers of their own': () =>
      numbered([STRONG], (i) => ({ inputTokens: i + 1, outputTokens: 9 })),
    'strong, with models of their own': () => numbered([STRONG], (i) => ({ model: `m${i}` })),
    'strong, with a cache of their own': () =>
      numbered([STRONG], (i) => ({ inputTokens: 9e8, cacheReadTokens: i + 1 })),
  };
  for (const [what, make] of Object.entries(kinds)) {
    test(`${what}: they are many, and the cost is not quadratic`, { timeout: 60_000 }, () => {
      assert.deepEqual(sameCalls(make()), []);
    });
  }
  test('strong, all the same: they are one', { timeout: 60_000 }, () => {
    assert.equal(sameCalls(numbered([STRONG], () => ({ inputTokens: 9 })))[0]?.length, COUNT);
  });
});
