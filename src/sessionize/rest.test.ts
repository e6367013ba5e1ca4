import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { PriceOf, Usage } from '../normalize/facts.js';
import type { LogFacts, SpanFacts } from './records.js';
import { sessionCall, sessionVerdicts } from './session-usage.js';
import { usageOf } from './usage.js';

/** A nano-USD per token of model `m`; other models have no price. */
const PRICE: PriceOf = ({ model, inputTokens = 0, outputTokens = 0, costNanoUsd, costSource }) =>
  costSource === 'reported' ? costNanoUsd : model === 'm' ? inputTokens + outputTokens : undefined;

type Tree = Readonly<Record<string, readonly [parent: string, usage?: Usage]>>;

function spansOf(tree: Tree): Map<string, SpanFacts> {
  return new Map(
    Object.entries(tree).map(([id, [parentId, usage]]) => [
      id,
      {
        id,
        parentId,
        startNs: 0n,
        endNs: 0n,
        size: 1,
        error: false,
        session: undefined,
        service: undefined,
        identity: undefined,
        visit: undefined,
        exceptions: undefined,
        usage,
      },
    ]),
  );
}

const NO_LOGS = new Map<string, LogFacts>();
const usage = (kind: Usage['kind'], facts: Partial<Usage>): Usage => ({
  kind,
  dialect: 'test',
  signal: 'span',
  ...facts,
});
const call = (facts: Partial<Usage> = {}) => usage('call', facts);
/** An agent of an unknown dialect, and one whose totals are known to be right. */
const agent = (facts: Partial<Usage>) => usage('wrapper', facts);
const summing = (facts: Partial<Usage>) => usage('wrapper', { sumIsRight: true, ...facts });
const tokens = (inputTokens: number, outputTokens?: number): Partial<Usage> => ({
  inputTokens,
  ...(outputTokens !== undefined && { outputTokens }),
});
const cost = (costNanoUsd: number): Partial<Usage> => ({ costNanoUsd, costSource: 'reported' });

function countedIn(tree: Tree) {
  return usageOf({ spans: spansOf(tree), logs: NO_LOGS }, PRICE).counted;
}

/** Rests by the id of their wrapper, without values that all share. */
function restsIn(tree: Tree): Record<string, Partial<Usage>> {
  const rests = countedIn(tree).filter((each) => each.usage.kind === 'rest');
  return Object.fromEntries(
    rests.map(({ usageRecord, usage: { kind: _k, dialect: _d, signal: _s, ...said } }) => [
      usageRecord.id,
      said,
    ]),
  );
}

function totalsOf(tree: Tree) {
  const all = countedIn(tree).map((each) => each.usage);
  const sum = (of: (each: Usage) => number | undefined) =>
    all.reduce((total, each) => total + (of(each) ?? 0), 0);
  return [
    all.filter(({ kind }) => kind !== 'rest').length,
    sum((each) => each.inputTokens),
    sum((each) => each.outputTokens),
    sum((each) => each.costNanoUsd),
  ];
}

describe('U21: a number that only a wrapper reports', () => {
  test('counts if the calls below report no tokens, and they still count as calls', () => {
    const tree: Tree = {
      a: ['', agent({ ...tokens(900, 90), ...cost(7) })],
      b: ['a', call()],
      c: ['a', call()],
    };
    assert.deepEqual(restsIn(tree), { a: { ...tokens(900, 90), ...cost(7) } });
    assert.deepEqual(totalsOf(tree), [2, 900, 90, 7]);
  });

  test('number by number: an output, if the calls report their input', () => {
    const tree: Tree = {
      a: ['', agent(tokens(900, 90))],
      b: ['a', call(tokens(400))],
      c: ['a', call(tokens(300))],
    };
    assert.deepEqual(restsIn(tree), { a: { outputTokens: 90 } });
  });

  test('0 is not a number', () => {
    assert.deepEqual(restsIn({ a: ['', agent(tokens(900, 90))], b: ['a', call(tokens(0, 0))] }), {
      a: tokens(900, 90),
    });
  });

  test('with the parts of what counts: cache, reasoning and audio', () => {
    const parts = { cacheReadTokens: 700, cacheWriteTokens: 50, reasoningTokens: 20, inputAudioTokens: 3 };
    assert.deepEqual(restsIn({ a: ['', agent({ ...tokens(900, 90), ...parts })], b: ['a', call()] }), {
      a: { ...tokens(900, 90), ...parts },
    });
  });

  test('nothing if some of the calls report it, because the usage of the others is unknown', () => {
    assert.deepEqual(
      restsIn({ a: ['', agent(tokens(900))], b: ['a', call(tokens(200))], c: ['a', call()] }),
      {},
    );
  });

  test('a cost that no call has counts once, with the tokens of the calls', () => {
    const tree: Tree = {
      a: ['', agent({ ...tokens(500, 50), ...cost(7) })],
      b: ['a', call({ ...tokens(300, 30), model: 'unknown' })],
      c: ['a', call({ ...tokens(200, 20), model: 'unknown' })],
    };
    assert.deepEqual(restsIn(tree), { a: cost(7) });
    assert.deepEqual(totalsOf(tree), [2, 500, 50, 7]);
  });

  test('no cost beside calls that have one, reported or by the list', () => {
    for (const priced of [cost(3), { model: 'm', costNanoUsd: 330, costSource: 'list' as const }]) {
      const tree: Tree = {
        a: ['', agent({ ...tokens(500, 50), ...cost(7) })],
        b: ['a', call({ ...tokens(300, 30), ...priced })],
        c: ['a', call(tokens(200, 20))],
      };
      assert.deepEqual(restsIn(tree), {});
    }
  });

  test('once, for the deepest of the wrappers that repeat it', () => {
    const sum = agent({ ...tokens(900, 90), ...cost(7) });
    assert.deepEqual(Object.keys(restsIn({ a: ['', sum], b: ['a', sum], x: ['b'], c: ['x', call()] })), [
      'b',
    ]);
  });

  test('not if another instrumentation reports it of the same call, elsewhere in the trace', () => {
    const bare = call({ scope: 'one', model: 'm' });
    const reported = call({ scope: 'two', model: 'm', ...tokens(900, 90) });
    const tree: Tree = { a: ['', agent(tokens(900, 90))], b: ['a', bare], d: ['', reported] };
    assert.deepEqual(totalsOf(tree).slice(0, 3), [1, 900, 90]);
  });

  test('not if another trace of the session reports it of the call below', () => {
    const id = 'msg_01XFDUDYJgAACzvnptvVoYEL';
    const group = (tree: Tree, trace: string) => countedIn(tree).map((each) => sessionCall(trace, each));
    const calls = [
      ...group({ a: ['', agent(tokens(900, 90))], b: ['a', call({ callIds: [id] })] }, 'one'),
      ...group({ c: ['', call({ callIds: [id], ...tokens(900, 90) })] }, 'two'),
    ];
    const counted = sessionVerdicts(calls, PRICE).filter(({ reason }) => reason === undefined);
    assert.deepEqual(
      counted.map(({ usage: { kind, inputTokens } }) => [kind, inputTokens]),
      [['call', 900]],
    );
  });

  test('not if log records of the dialect report the calls', () => {
    const [bare, rest] = countedIn({ a: ['', agent(tokens(900))], b: ['a', call()] }).map((each) =>
      sessionCall('t', each),
    );
    const log = { ...bare!, id: 'log', usage: call({ signal: 'log', ...tokens(900) }) };
    for (const calls of [
      [bare!, rest!, log],
      [log, rest!, bare!],
    ]) {
      const dropped = sessionVerdicts(calls, PRICE).filter(({ reason }) => reason !== undefined);
      assert.deepEqual(
        dropped.map(({ usage: { kind }, reason }) => [kind, reason]),
        [['rest', 'other_signal_counts']],
      );
    }
  });
});

describe('U21: totals that are known to be right', () => {
  test('an agent with 900 over a sub-agent’s call of 200 is 900', () => {
    const tree: Tree = {
      a: ['', summing(tokens(900, 90))],
      s: ['a', summing(tokens(200, 20))],
      c: ['s', call(tokens(200, 20))],
    };
    assert.deepEqual(restsIn(tree), { a: tokens(700, 70) });
    assert.deepEqual(totalsOf(tree).slice(0, 3), [1, 900, 90]);
    const unknown: Tree = { ...tree, a: ['', agent(tokens(900, 90))] };
    assert.deepEqual(totalsOf(unknown).slice(0, 3), [1, 200, 20], 'otherwise it is what is reported');
  });

  test('the rest of an agent below counts for the one above', () => {
    const tree: Tree = {
      a: ['', summing(tokens(900))],
      s: ['a', summing(tokens(500))],
      c: ['s', call(tokens(200))],
      d: ['a', call(tokens(100))],
    };
    assert.deepEqual(restsIn(tree), { a: tokens(300), s: tokens(300) });
    assert.equal(totalsOf(tree)[1], 900);
  });

  test('one that reports its last step only is complete; one that reports less than its calls adds nothing', () => {
    const under = (sum: Usage): Tree => ({ a: ['', sum], b: ['a', call(tokens(321, 231))] });
    assert.deepEqual(totalsOf(under(summing(tokens(640, 460)))).slice(0, 3), [1, 640, 460]);
    assert.deepEqual(restsIn(under(summing(tokens(300, 200)))), {});
    assert.deepEqual(restsIn(under(summing(tokens(300, 460)))), { a: { outputTokens: 229 } });
  });

  test('costs: the rest of reported ones, else the list price of the rest, else none', () => {
    const over = (sum: Partial<Usage>, below: Partial<Usage>) =>
      restsIn({ a: ['', summing({ ...tokens(900), ...sum })], b: ['a', call({ ...tokens(200), ...below })] })
        .a;
    assert.deepEqual(over(cost(10), cost(4)), { ...tokens(700), ...cost(6) });
    const listed = { model: 'm', costNanoUsd: 200, costSource: 'list' as const };
    assert.deepEqual(over({ ...cost(10), model: 'm' }, listed), {
      ...tokens(700),
      model: 'm',
      costNanoUsd: 700,
      costSource: 'list',
    });
    assert.deepEqual(over({ model: 'unknown' }, cost(4)), { ...tokens(700), model: 'unknown' });
  });

  test('a call that two instrumentations report below it counts once', () => {
    const of = (scope: string) => call({ scope, model: 'm', ...tokens(200, 20) });
    const tree: Tree = { a: ['', summing(tokens(900, 90))], b: ['a', of('one')], c: ['a', of('two')] };
    assert.deepEqual(totalsOf(tree).slice(0, 3), [1, 900, 90]);
  });

  test('alone it counts as one call, and inside of a call it is part of that', () => {
    assert.deepEqual(totalsOf({ a: ['', summing(tokens(900))] }).slice(0, 2), [1, 900]);
    assert.deepEqual(
      totalsOf({ c: ['', call(tokens(300))], a: ['c', summing(tokens(900))] }).slice(0, 2),
      [1, 300],
    );
  });
});

test('whatever the tree, the order of its spans changes nothing, and an agent with right totals makes its trace at least its total', () => {
  const spans = fc.array(
    fc.record({
      parent: fc.constantFrom('', 's0', 's1', 's2', 's3', 's4'),
      kind: fc.constantFrom<Usage['kind']>('call', 'call', 'wrapper'),
      right: fc.boolean(),
      scope: fc.constantFrom('one', 'two'),
      input: fc.constantFrom(undefined, 0, 5, 7, 30),
      output: fc.constantFrom(undefined, 2, 40),
      cacheRead: fc.constantFrom(undefined, 3),
      cost: fc.constantFrom(undefined, 0, 4, 9),
      id: fc.constantFrom(undefined, 'msg_01XFDUDYJgAACzvnptvVoYEL', 'r'),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const trees = spans
    .map((all) =>
      all.map(
        (
          { parent, kind, right, scope, input, output, cacheRead, cost: costs, id },
          i,
        ): [string, [string, Usage]] => [
          `s${i}`,
          [
            parent === `s${i}` ? '' : parent,
            usage(kind, {
              scope,
              ...(kind === 'wrapper' && right && { sumIsRight: true as const }),
              ...(input !== undefined && { inputTokens: input }),
              ...(output !== undefined && { outputTokens: output }),
              ...(cacheRead !== undefined && (input ?? 0) >= cacheRead && { cacheReadTokens: cacheRead }),
              ...(costs !== undefined && cost(costs)),
              ...(id !== undefined && { callIds: [id] }),
            }),
          ],
        ],
      ),
    )
    .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
  fc.assert(
    fc.property(trees, ([all, other]) => {
      const of = (entries: [string, [string, Usage]][]) =>
        countedIn(Object.fromEntries(entries))
          .map((each) => JSON.stringify([each.usageRecord.id, each.usage]))
          .sort();
      assert.deepEqual(of(other), of(all));
      for (const { usage: each } of countedIn(Object.fromEntries(all))) {
        if (each.kind !== 'rest') continue;
        assert.ok((each.cacheReadTokens ?? 0) <= (each.inputTokens ?? 0));
        assert.ok((each.inputTokens ?? 0) + (each.outputTokens ?? 0) + (each.costNanoUsd ?? 0) > 0);
      }
    }),
    { numRuns: 3_000 },
  );
});
