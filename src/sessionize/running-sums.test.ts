import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Usage } from '../normalize/facts.js';
import { type SiblingReport, takenApart } from './running-sums.js';

type Call = [
  input: number,
  output: number,
  facts?: Partial<Usage>,
  times?: [number, number],
  parent?: string,
];

/** Consecutive calls, each of which except the last ends for a tool. */
function loop(...calls: Call[]): SiblingReport[] {
  return calls.map(([inputTokens, outputTokens, facts, times, parentId = 'p'], i) => ({
    id: `c${i}`,
    parentId: parentId === '' ? undefined : parentId,
    startNs: BigInt(times?.[0] ?? i * 10),
    endNs: BigInt(times?.[1] ?? i * 10 + 5),
    usage: {
      kind: 'call',
      dialect: 'spring-ai',
      signal: 'span',
      runningSum: true,
      ...(i < calls.length - 1 && { calledTool: true }),
      inputTokens,
      outputTokens,
      ...facts,
    },
  }));
}

/** The resulting input and output of each call. */
function numbersOf(reports: readonly SiblingReport[]): (number | undefined)[][] {
  const apart = takenApart(reports.toReversed());
  return reports.map((each) => {
    const { inputTokens, outputTokens } = apart.get(each) ?? each.usage;
    return [inputTokens, outputTokens];
  });
}

test('each call of a loop has what it adds to the total', () => {
  assert.deepEqual(numbersOf(loop([272, 182], [545, 365])), [
    [272, 182],
    [273, 183],
  ]);
  assert.deepEqual(numbersOf(loop([100, 10], [220, 25], [360, 45])), [
    [100, 10],
    [120, 15],
    [140, 20],
  ]);
});

test('parts of the numbers are split as well', () => {
  const calls = loop(
    [100, 10, { cacheReadTokens: 5 }],
    [220, 25, { cacheReadTokens: 8, reasoningTokens: 2 }],
  );
  const { cacheReadTokens, reasoningTokens } = [...takenApart(calls).values()][0]!;
  assert.deepEqual([cacheReadTokens, reasoningTokens], [3, 2]);
});

const same = (what: string, calls: SiblingReport[]) =>
  test(`nothing is split ${what}`, () => assert.equal(takenApart(calls).size, 0));

same('if a number shrinks', loop([100, 10], [90, 25]));
same('if the output shrinks', loop([100, 10], [250, 9]));
same('if the remaining input would be less than that of the previous call', loop([100, 10], [150, 25]));
same('after a call that called no tool', loop([100, 10, { calledTool: undefined as never }], [220, 25]));
same('of another parent', loop([100, 10], [220, 25, {}, [10, 15], 'q']));
same('without a parent', loop([100, 10, {}, [0, 5], ''], [220, 25, {}, [10, 15], '']));
same('if calls overlap', loop([100, 10, {}, [0, 20]], [220, 25, {}, [10, 30]]));
same('of another model', loop([100, 10, { model: 'a' }], [220, 25, { model: 'b' }]));
same(
  'of a dialect without running sums',
  loop([100, 10, { runningSum: undefined as never }], [220, 25, { runningSum: undefined as never }]),
);
same('if a number is no longer reported', loop([100, 10, { reasoningTokens: 3 }], [220, 25]));
