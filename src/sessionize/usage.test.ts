import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { PriceOf, Usage } from '../normalize/facts.js';
import type { LogFacts, SpanFacts } from './records.js';
import { type GroupRecords, usageOf, verdicts } from './usage.js';

/** Keeps every cost as it was reported. */
const KEPT: PriceOf = ({ costNanoUsd }) => costNanoUsd;
const callsOfGroup = (group: GroupRecords) => usageOf(group, KEPT).counted;
const verdictsOf = (group: GroupRecords) => verdicts(group, KEPT);

const NO_LOGS = new Map<string, LogFacts>();

/** An id of a provider. */
const strong = (name: string) => `msg_${createHash('sha256').update(name).digest('hex')}`;

/** A span, by its id: parent and usage. Every span of a trace has a time of its own. */
type Tree = Readonly<Record<string, readonly [parent: string, usage?: Usage]>>;

function spanOf(id: string, parentId: string, usage: Usage | undefined): SpanFacts {
  return {
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
  };
}

function spansOf(tree: Tree): Map<string, SpanFacts> {
  return new Map(Object.entries(tree).map(([id, [parent, usage]]) => [id, spanOf(id, parent, usage)]));
}

/** Usage of every counted call by the id of its span. */
function counted(spans: ReadonlyMap<string, SpanFacts>): Record<string, Usage> {
  const calls = callsOfGroup({ spans, logs: NO_LOGS });
  assert.equal(
    new Set(calls.map(({ usageRecord }) => usageRecord)).size,
    calls.length,
    'a span is counted once',
  );
  return Object.fromEntries(calls.map(({ usageRecord, usage }) => [usageRecord.id, usage]));
}

const idsOf = (tree: Tree) => Object.keys(counted(spansOf(tree))).sort();

const usage = (kind: Usage['kind'], facts: Partial<Usage> = {}): Usage => ({
  kind,
  dialect: 'test',
  signal: 'span',
  ...facts,
});
const call = (facts?: Partial<Usage>) => usage('call', { inputTokens: 10, ...facts });
const bare = (facts?: Partial<Usage>) => usage('call', facts);
const wrapper = (facts?: Partial<Usage>) => usage('wrapper', { inputTokens: 10, ...facts });

describe('U7: a model call that carries usage counts if none below it does', () => {
  test('the deepest counts, at any depth', () => {
    assert.deepEqual(idsOf({ a: ['', call()], b: ['a', call()], x: ['b'], c: ['x', call()] }), ['c']);
    assert.deepEqual(idsOf({ a: ['', call()], w: ['a', wrapper()], c: ['w', call()] }), ['c']);
    assert.deepEqual(idsOf({ a: ['', call()], b: ['a', bare()], c: ['b', call()] }), ['c']);
  });

  test('siblings count each', () => {
    assert.deepEqual(idsOf({ a: ['', call()], b: ['a', call()], c: ['a', call()] }), ['b', 'c']);
  });

  test('calls without usage and wrappers below do not supersede it', () => {
    assert.deepEqual(idsOf({ a: ['', call()], b: ['a', bare()] }), ['a']);
    assert.deepEqual(idsOf({ a: ['', call()], b: ['a', wrapper()] }), ['a']);
  });

  test('any token number is usage, 0 too, and so is a reported cost, but not a list price', () => {
    const above: Tree = { a: ['', call()] };
    assert.deepEqual(idsOf({ ...above, b: ['a', bare({ inputTokens: 0 })] }), ['b']);
    assert.deepEqual(idsOf({ ...above, b: ['a', bare({ outputTokens: 0 })] }), ['b']);
    assert.deepEqual(idsOf({ ...above, b: ['a', bare({ costNanoUsd: 0, costSource: 'reported' })] }), ['b']);
    assert.deepEqual(idsOf({ ...above, b: ['a', bare({ costNanoUsd: 0, costSource: 'list' })] }), ['a']);
  });

  test('a span whose parent is missing is a root', () => {
    assert.deepEqual(idsOf({ a: ['gone', call()], b: ['gone', call()] }), ['a', 'b']);
  });
});

describe('U8: a wrapper counts only if nothing else does', () => {
  test('it is superseded by a call below it, with usage or without', () => {
    assert.deepEqual(idsOf({ w: ['', wrapper()], a: ['w', call()] }), ['a']);
    assert.deepEqual(idsOf({ w: ['', usage('wrapper')], a: ['w', bare()] }), ['a']);
  });

  test('it is superseded by a wrapper with usage below it', () => {
    assert.deepEqual(idsOf({ w: ['', wrapper()], x: ['w'], v: ['x', wrapper()] }), ['v']);
    assert.deepEqual(idsOf({ w: ['', wrapper()], v: ['w', usage('wrapper')] }), ['w']);
    assert.deepEqual(idsOf({ w: ['', wrapper()], v: ['w', usage('wrapper')], u: ['v', wrapper()] }), ['u']);
  });

  test('inside a call that counts it is part of that call', () => {
    assert.deepEqual(idsOf({ a: ['', call()], x: ['a'], w: ['x', wrapper()] }), ['a']);
    assert.deepEqual(idsOf({ a: ['', call()], b: ['a', call()], w: ['a', wrapper()] }), ['b', 'w']);
  });

  test('without usage it never counts', () => {
    assert.deepEqual(idsOf({ w: ['', usage('wrapper', { model: 'm' })] }), []);
  });

  test('alone it counts as one call', () => {
    assert.deepEqual(idsOf({ w: ['', wrapper()], x: ['w'] }), ['w']);
  });
});

describe('U9: a model call without usage counts if no other call is the same', () => {
  test('alone, and beside others', () => {
    assert.deepEqual(idsOf({ a: ['', bare()] }), ['a']);
    assert.deepEqual(idsOf({ w: [''], a: ['w', bare()], b: ['w', call()] }), ['a', 'b']);
  });

  test('not around another call', () => {
    assert.deepEqual(idsOf({ a: ['', bare()], b: ['a', bare()] }), ['b']);
    assert.deepEqual(idsOf({ a: ['', bare()], b: ['a', call()] }), ['b']);
  });

  test('not within a call that counts', () => {
    assert.deepEqual(idsOf({ a: ['', call()], x: ['a'], b: ['x', bare()] }), ['a']);
    assert.deepEqual(idsOf({ a: ['', call()], w: ['a', wrapper()], b: ['w', bare()] }), ['a']);
  });

  test('within a call that is superseded', () => {
    assert.deepEqual(idsOf({ a: ['', call()], b: ['a', bare()], c: ['a', call()] }), ['b', 'c']);
  });
});

describe('U10: the winner borrows missing values from superseded calls above it', () => {
  const full: Partial<Usage> = {
    provider: 'openai',
    model: 'gpt-4o',
    callIds: ['r1'],
    cacheReadTokens: 4,
    cacheWriteTokens: 2,
    costNanoUsd: 7,
    costSource: 'reported',
  };

  test('names, cost, response id and cache split', () => {
    const spans = spansOf({ a: ['', call({ ...full, inputTokens: 99 })], b: ['a', call()] });
    assert.deepEqual(counted(spans), { b: call(full) });
    assert.deepEqual(spans.get('b')?.usage, call(), 'the span’s own values stay');
  });

  test('audio, as far as it fits', () => {
    const audio = { inputAudioTokens: 8, outputAudioTokens: 3, cacheAudioReadTokens: 2, cacheReadTokens: 4 };
    const superseded = { inputTokens: 99, outputTokens: 99, ...audio };
    const borrowedBy = (own: Partial<Usage>) =>
      counted(spansOf({ a: ['', call(superseded)], b: ['a', call(own)] })).b;
    assert.deepEqual(borrowedBy({ outputTokens: 4 }), call({ outputTokens: 4, ...audio }));
    const thinking = { inputTokens: 7, outputTokens: 4, reasoningTokens: 2 };
    assert.deepEqual(borrowedBy(thinking), call({ ...thinking, cacheReadTokens: 4 }));
    const own = { outputTokens: 4, inputAudioTokens: 1, outputAudioTokens: 0, cacheReadTokens: 1 };
    assert.deepEqual(borrowedBy(own), call({ ...own, outputAudioTokens: 3 }), 'only missing values');
  });

  test('only missing values', () => {
    const own: Partial<Usage> = {
      provider: 'azure.ai.openai',
      model: 'deployment',
      callIds: ['r2'],
      cacheReadTokens: 1,
      costNanoUsd: 8,
      costSource: 'reported',
    };
    assert.deepEqual(
      counted(spansOf({ a: ['', call({ ...full, scope: 'framework' })], b: ['a', call(own)] })),
      {
        b: call({ ...own, callIds: ['r2', 'r1'], cacheWriteTokens: 2 }),
      },
    );
  });

  test('a reported cost comes before its own list price; a list price is not lent', () => {
    const listed = { costNanoUsd: 5, costSource: 'list' } as const;
    const { costNanoUsd, costSource } = counted(spansOf({ a: ['', call(full)], b: ['a', call(listed)] })).b!;
    assert.deepEqual([costNanoUsd, costSource], [7, 'reported']);
    assert.deepEqual(counted(spansOf({ a: ['', call(listed)], b: ['a', call()] })), { b: call() });
  });

  test('a list price is computed again from all that the call has then, a reported one stays', () => {
    const priceOf: PriceOf = ({ model, cacheReadTokens = 0, inputTokens = 0 }, atNs) =>
      model === 'm' && atNs === 0n ? 10 * (inputTokens - cacheReadTokens) + cacheReadTokens : undefined;
    const costOf = (above: Partial<Usage>, own: Partial<Usage>) => {
      const spans = spansOf({ a: ['', call({ scope: 'framework', ...above })], b: ['a', call(own)] });
      const [only] = usageOf({ spans, logs: NO_LOGS }, priceOf).counted;
      return [only!.usage.costNanoUsd, only!.usage.costSource];
    };
    const listed = { model: 'm', costNanoUsd: 100, costSource: 'list' } as const;
    assert.deepEqual(costOf({ cacheReadTokens: 4 }, listed), [64, 'list'], '6 at 10 and 4 at 1');
    assert.deepEqual(costOf({ model: 'm' }, {}), [100, 'list'], 'the model was borrowed');
    assert.deepEqual(costOf({ model: 'other' }, {}), [undefined, undefined]);
    assert.deepEqual(costOf({ provider: 'p', cacheReadTokens: 4 }, { ...listed, costSource: 'reported' }), [
      100,
      'reported',
    ]);
    assert.deepEqual(costOf({}, { ...listed, costNanoUsd: 1 }), [1, 'list'], 'nothing was borrowed');
  });

  test('a wrapper lends only its model, if its dialect writes it there', () => {
    const turn = usage('wrapper', { model: 'turn', provider: 'p', lendsModel: true });
    const sampling = usage('wrapper', { model: 'sampling', lendsModel: true, cacheReadTokens: 1 });
    const borrowed = (tree: Tree) => Object.values(counted(spansOf(tree))).map(({ model }) => model);
    assert.deepEqual(borrowed({ a: ['', turn], b: ['a', sampling], x: ['b'], c: ['x', call()] }), [
      'sampling',
    ]);
    assert.deepEqual(borrowed({ a: ['', turn], x: ['a'], c: ['x', call()], d: ['a', call()] }), [
      'turn',
      'turn',
    ]);
    assert.deepEqual(borrowed({ a: ['', turn], c: ['a', call({ model: 'own' })] }), ['own']);
    assert.deepEqual(borrowed({ a: ['', turn], c: ['a', call({ dialect: 'other' })] }), [undefined]);
    assert.deepEqual(borrowed({ a: ['', usage('wrapper', { model: 'turn' })], c: ['a', call()] }), [
      undefined,
    ]);
    assert.equal(counted(spansOf({ a: ['', sampling], c: ['a', call()] })).c?.cacheReadTokens, undefined);
  });

  test('a cache split that does not fit into its input is not borrowed', () => {
    const split = { cacheReadTokens: 8, cacheWriteTokens: 3 };
    const above = call({ inputTokens: 20, ...split });
    assert.deepEqual(counted(spansOf({ a: ['', above], b: ['a', call({ inputTokens: 11 })] })), {
      b: call({ inputTokens: 11, ...split }),
    });
    assert.deepEqual(counted(spansOf({ a: ['', above], b: ['a', call()] })), { b: call() });
    const outputOnly = bare({ outputTokens: 1 });
    assert.deepEqual(
      counted(spansOf({ a: ['', above], b: ['a', outputOnly] })),
      { b: { ...outputOnly, inputTokens: 20, ...split } },
      'with the input that it is part of, where there is none',
    );
  });

  test('from a call that consists of several others, only names', () => {
    const names = { provider: 'openai', model: 'gpt-4o' };
    const tree: Tree = { a: ['', call(full)], b: ['a', call()], c: ['a', bare()] };
    assert.deepEqual(counted(spansOf(tree)), { b: call(names), c: bare(names) });
  });

  test('from the nearest first, then from those further up', () => {
    const tree: Tree = {
      a: ['', call({ provider: 'far', model: 'far', callIds: ['far'] })],
      b: ['a', call({ model: 'near' })],
      x: ['b'],
      c: ['x', call()],
    };
    assert.deepEqual(counted(spansOf(tree)), {
      c: call({ provider: 'far', model: 'near', callIds: ['far'] }),
    });
  });

  test('through a nearer one, nothing of a call that consists of several', () => {
    const tree: Tree = { a: ['', call(full)], b: ['a', call()], c: ['b', call()], d: ['a', call()] };
    const names = { provider: 'openai', model: 'gpt-4o' };
    assert.deepEqual(counted(spansOf(tree)), { c: call(names), d: call(names) });
  });

  test('never from wrappers', () => {
    const priced = call({ costNanoUsd: 5, costSource: 'list' });
    assert.deepEqual(counted(spansOf({ w: ['', wrapper(full)], a: ['w', priced] })), { a: priced });
  });

  test('without anything to borrow the usage is unchanged', () => {
    const own = call();
    assert.equal(counted(spansOf({ a: ['', call()], b: ['a', own] })).b, own);
  });
});

describe('U11: spans whose parents form a circle are roots', () => {
  test('each counts by itself, and their descendants are below them', () => {
    assert.deepEqual(idsOf({ a: ['b', call()], b: ['a', call()] }), ['a', 'b']);
    assert.deepEqual(idsOf({ a: ['a', call()] }), ['a']);
    assert.deepEqual(idsOf({ a: ['x', call()], x: ['a'] }), ['a']);
    assert.deepEqual(idsOf({ a: ['b', call()], b: ['c', call()], c: ['a'], d: ['b', call()] }), ['a', 'd']);
  });
});

/** Up to 9 spans with any parents: missing, themselves, in circles. */
const anyTree: fc.Arbitrary<Tree> = fc
  .array(
    fc.tuple(
      fc.constantFrom('', 'gone', ...'abcdefghi'),
      fc.option(
        fc
          .record({
            kind: fc.constantFrom('call', 'wrapper'),
            tokens: fc.option(fc.integer({ min: 0, max: 9 }), { freq: 1 }),
            model: fc.option(fc.constantFrom('m1', 'm2')),
            cost: fc.option(fc.integer({ min: 0, max: 9 }), { freq: 1 }),
            split: fc.option(fc.integer({ min: 0, max: 9 })),
          })
          .map(({ kind, tokens, model, cost, split }) =>
            usage(kind, {
              ...(tokens === null ? {} : { inputTokens: tokens }),
              ...(tokens === null || split === null || split > tokens ? {} : { cacheReadTokens: split }),
              ...(model === null ? {} : { model }),
              ...(cost === null ? {} : { costNanoUsd: cost, costSource: 'reported' }),
            }),
          ),
        { freq: 4 },
      ),
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((spans) =>
    Object.fromEntries(
      spans.map(([parent, used], place) => ['abcdefghi'[place]!, used === null ? [parent] : [parent, used]]),
    ),
  );

/** U7 to U9 and U11 literally, without regard to speed. */
function countedByTheBook(tree: Tree): string[] {
  const withUsage = Object.keys(tree).filter((id) => tree[id]![1] !== undefined);
  const usageOf = (id: string) => tree[id]![1]!;
  const nearest = (id: string): string | undefined => {
    const seen = new Set<string>();
    for (let at = tree[id]![0]; at in tree && !seen.has(at); at = tree[at]![0]) {
      if (tree[at]![1] !== undefined) return at;
      seen.add(at);
    }
    return undefined;
  };
  const climb = (id: string, next: (id: string) => string | undefined): string[] => {
    const way: string[] = [];
    for (let at = next(id); at !== undefined && !way.includes(at); at = next(at)) way.push(at);
    return way;
  };
  const onCircle = new Set(withUsage.filter((id) => climb(id, nearest).includes(id)));
  const above = (id: string) => climb(id, (at) => (onCircle.has(at) ? undefined : nearest(at)));
  const below = (id: string) => withUsage.filter((other) => above(other).includes(id));
  const isCall = (id: string) => usageOf(id).kind === 'call';
  const carries = (id: string) =>
    usageOf(id).inputTokens !== undefined || usageOf(id).costSource === 'reported';
  const winner = (id: string) =>
    isCall(id) && carries(id) && !below(id).some((other) => isCall(other) && carries(other));
  const bareCall = (id: string) =>
    isCall(id) && !carries(id) && !below(id).some(isCall) && ![...above(id), ...below(id)].some(winner);
  const counts = (id: string): boolean =>
    winner(id) ||
    bareCall(id) ||
    (!isCall(id) &&
      carries(id) &&
      !below(id).some(counts) &&
      !below(id).some((other) => !isCall(other) && carries(other)) &&
      !above(id).some(winner));
  return withUsage.filter(counts);
}

test('follows the rules, for any parents', () => {
  fc.assert(
    fc.property(anyTree, (tree) => assert.deepEqual(idsOf(tree), countedByTheBook(tree).sort())),
    { numRuns: 5000 },
  );
});

test('the order of the spans changes nothing', () => {
  const ordered = anyTree.chain((tree) =>
    fc
      .shuffledSubarray(Object.keys(tree), { minLength: Object.keys(tree).length })
      .map((order) => [tree, order] as const),
  );
  fc.assert(
    fc.property(ordered, ([tree, order]) => {
      const spans = spansOf(tree);
      const shuffled = new Map(order.map((id) => [id, spans.get(id)!]));
      assert.deepEqual(counted(shuffled), counted(spans));
    }),
    { numRuns: 3000 },
  );
});

test('parts are never larger than their whole, and no reported cost is used twice', () => {
  fc.assert(
    fc.property(anyTree, (tree) => {
      const reported = Object.values(tree).filter(([, used]) => used?.costSource === 'reported');
      const calls = Object.values(counted(spansOf(tree)));
      for (const each of calls) assert.ok((each.cacheReadTokens ?? 0) <= (each.inputTokens ?? 0));
      assert.ok(calls.filter((each) => each.costSource === 'reported').length <= reported.length);
    }),
    { numRuns: 2000 },
  );
});

/** A log record of a call. */
function logOf(id: string, spanId: string, usage: Usage, timeNs = 0n): LogFacts {
  return {
    id,
    spanId,
    timeNs,
    session: undefined,
    service: undefined,
    identity: undefined,
    visit: undefined,
    exceptions: undefined,
    usage,
    lifecycleEvent: undefined,
  };
}

/** Usage of every counted call of a group by its record's id, and why the others do not count. */
function outcome(spans: readonly SpanFacts[], logs: readonly LogFacts[] = []) {
  const group = {
    spans: new Map(spans.map((span) => [span.id, span])),
    logs: new Map(logs.map((log) => [log.id, log])),
  };
  const all = verdictsOf(group);
  const reasons = all.filter(({ reason }) => reason !== undefined);
  return {
    counted: Object.fromEntries(callsOfGroup(group).map(({ usageRecord, usage }) => [usageRecord.id, usage])),
    reasons: Object.fromEntries(
      reasons.map(({ usageRecord, reason, by }) => [usageRecord.id, [reason, by?.id]]),
    ),
  };
}

const timed = (id: string, parent: string, used: Usage, startNs: bigint, endNs: bigint): SpanFacts => ({
  ...spanOf(id, parent, used),
  startNs,
  endNs,
});

describe('U7: calls of one instrumentation with ids that differ', () => {
  test('are different calls, even if one is below the other', () => {
    const tree: Tree = { a: ['', call({ callIds: ['r1'] })], b: ['a', call({ callIds: ['r2'] })] };
    assert.deepEqual(idsOf(tree), ['a', 'b']);
  });

  test('but not of two instrumentations, or if one has no id, or they share one', () => {
    const other = call({ callIds: ['r1'], scope: 'framework' });
    assert.deepEqual(idsOf({ a: ['', other], b: ['a', call({ callIds: ['r2'] })] }), ['b']);
    assert.deepEqual(idsOf({ a: ['', call({ callIds: ['r1'] })], b: ['a', call()] }), ['b']);
    assert.deepEqual(idsOf({ a: ['', call()], b: ['a', call({ callIds: ['r2'] })] }), ['b']);
    const both = call({ callIds: ['r1', 'r2'] });
    assert.deepEqual(idsOf({ a: ['', both], b: ['a', call({ callIds: ['r2'] })] }), ['b']);
  });
});

describe('log records that report calls', () => {
  const reported = (facts: Partial<Usage> = {}) => call({ signal: 'log', scope: 'logs', ...facts });

  test('in the span of a call they are that call, and lend it missing values (U10)', () => {
    const span = spanOf('s', '', call());
    const log = logOf('l', 's', reported({ inputTokens: 99, costNanoUsd: 5, costSource: 'reported' }));
    const { counted, reasons } = outcome([span], [log]);
    assert.deepEqual(counted, { s: call({ costNanoUsd: 5, costSource: 'reported' }) });
    assert.deepEqual(reasons, { l: ['part_of', 's'] });
  });

  test('below a call too, at any depth', () => {
    const spans = [spanOf('s', '', call()), spanOf('x', 's', undefined)];
    assert.deepEqual(Object.keys(outcome(spans, [logOf('l', 'x', reported())]).counted), ['s']);
  });

  test('of a dialect whose log records come first, they count (U18)', () => {
    const { counted, reasons } = outcome(
      [spanOf('s', '', call())],
      [logOf('l', 's', reported({ first: true }))],
    );
    assert.deepEqual(Object.keys(counted), ['l']);
    assert.deepEqual(reasons, { s: ['same_call_below', 'l'] });
  });

  test('in an agent without calls they are the calls, and supersede its total', () => {
    const logs = [logOf('l', 'w', reported()), logOf('m', 'w', reported({ inputTokens: 3 }))];
    const { counted, reasons } = outcome([spanOf('w', '', wrapper())], logs);
    assert.deepEqual(Object.keys(counted).sort(), ['l', 'm']);
    assert.equal(reasons.w?.[0], 'wrapper_of');
  });

  test('in a call without numbers they are the call', () => {
    assert.deepEqual(Object.keys(outcome([spanOf('s', '', bare())], [logOf('l', 's', reported())]).counted), [
      'l',
    ]);
  });

  test('of a missing span they count by themselves', () => {
    assert.deepEqual(
      Object.keys(outcome([spanOf('s', '', bare())], [logOf('l', 'gone', reported(), 9n)]).counted),
      ['s', 'l'],
    );
  });
});

describe('U16: one id, one call', () => {
  test('the earlier counts, with values that only the other has', () => {
    const first = timed('b', '', call({ callIds: [strong('r')], scope: 'one' }), 1n, 2n);
    const second = timed(
      'a',
      '',
      call({ callIds: [strong('r'), strong('q')], scope: 'two', model: 'm' }),
      5n,
      6n,
    );
    const { counted, reasons } = outcome([second, first]);
    assert.deepEqual(counted, { b: call({ callIds: [strong('r'), strong('q')], scope: 'one', model: 'm' }) });
    assert.deepEqual(reasons, { a: ['same_call_id', 'b'] });
  });

  test('through a third that has the ids of both', () => {
    const spans = [[strong('r')], [strong('q')], [strong('r'), strong('q')]].map((callIds, i) =>
      timed(`s${i}`, '', call({ callIds }), BigInt(i), BigInt(i)),
    );
    for (const order of [spans, spans.toReversed()])
      assert.deepEqual(Object.keys(outcome(order).counted), ['s0']);
  });

  test('many with one id and one of their own, as spans or as log records of one span', {
    timeout: 30_000,
  }, () => {
    const indexes = Array.from({ length: 20_000 }, (_, i) => i);
    const spans = indexes.map((i) =>
      timed(`s${i}`, '', call({ callIds: [strong('shared'), `own${i}`] }), BigInt(i), BigInt(i)),
    );
    const logs = indexes.map((i) =>
      logOf(`l${i}`, 's', call({ signal: 'log', callIds: [`own${i}`] }), BigInt(i)),
    );
    assert.equal(outcome(spans).counted.s0?.callIds?.length, 20_001);
    assert.equal(outcome([timed('s', '', call(), 0n, 9n)], logs).counted.s?.callIds?.length, 20_000);
  });

  test('a span comes before a log record, and a log record that comes first before it', () => {
    const span = timed('s', '', call({ callIds: [strong('r')] }), 5n, 6n);
    const log = (first?: true) =>
      logOf('l', '', call({ signal: 'log', callIds: [strong('r')], ...(first && { first }) }), 1n);
    assert.deepEqual(Object.keys(outcome([span], [log()]).counted), ['s']);
    assert.deepEqual(Object.keys(outcome([span], [log(true)]).counted), ['l']);
  });

  test('other ids are other calls', () => {
    const spans = [strong('r'), strong('q')].map((id) => timed(id, '', call({ callIds: [id] }), 0n, 0n));
    assert.equal(Object.keys(outcome(spans).counted).length, 2);
  });
});

describe('U17: two instrumentations that report the same', () => {
  const of = (scope: string, facts: Partial<Usage> = {}) =>
    call({ scope, model: 'm', outputTokens: 3, ...facts });

  test('are one call if model, tokens and time agree', () => {
    const spans = [timed('a', '', of('one'), 0n, 10n), timed('b', '', of('two', { callIds: ['r'] }), 2n, 9n)];
    const { counted, reasons } = outcome(spans);
    assert.deepEqual(counted, { a: of('one', { callIds: ['r'] }) });
    assert.deepEqual(reasons, { b: ['same_call_alike', 'a'] });
  });

  const apart: Readonly<Record<string, SpanFacts>> = {
    'of one instrumentation': timed('b', '', of('one'), 2n, 9n),
    'with other input': timed('b', '', of('two', { inputTokens: 11 }), 2n, 9n),
    'with other output': timed('b', '', of('two', { outputTokens: 4 }), 2n, 9n),
    'of another model': timed('b', '', of('two', { model: 'n' }), 2n, 9n),
    'at another time': timed('b', '', of('two'), 11n, 12n),
    'with an id, where the first has another': timed('b', '', of('two', { callIds: ['q'] }), 2n, 9n),
  };
  for (const [what, second] of Object.entries(apart)) {
    test(`${what}, they are two`, () => {
      const first = timed('a', '', of('one', { callIds: ['r'] }), 0n, 10n);
      assert.equal(Object.keys(outcome([first, second]).counted).length, 2);
    });
  }

  test('a dated model equals the requested one', () => {
    const asked = timed('a', '', of('one', { model: 'gpt-4o' }), 0n, 10n);
    const answered = timed('b', '', of('two', { model: 'gpt-4o-2024-08-06' }), 2n, 9n);
    const other = timed('b', '', of('two', { model: 'gpt-4omni' }), 2n, 9n);
    assert.equal(Object.keys(outcome([asked, answered]).counted).length, 1);
    assert.equal(Object.keys(outcome([asked, other]).counted).length, 2);
  });

  test('one without numbers is the other’s call', () => {
    const reported = timed('b', '', of('two'), 2n, 9n);
    assert.deepEqual(
      Object.keys(outcome([timed('a', '', bare({ scope: 'one' }), 0n, 10n), reported]).counted),
      ['b'],
    );
    assert.equal(
      Object.keys(outcome([timed('a', '', bare({ scope: 'two' }), 0n, 10n), reported]).counted).length,
      2,
    );
    assert.equal(
      Object.keys(outcome([timed('a', '', bare({ scope: 'one' }), 20n, 30n), reported]).counted).length,
      2,
    );
  });

  test('two calls each make two', () => {
    const spans = ['one', 'two'].flatMap((scope) =>
      [0, 1].map((i) => timed(`${scope}${i}`, '', of(scope), BigInt(i), 10n)),
    );
    assert.equal(Object.keys(outcome(spans).counted).length, 2);
    const three = [...spans, timed('three', '', of('three'), 0n, 10n)];
    assert.equal(Object.keys(outcome(three).counted).length, 2);
  });
});

test('for any reports, the order of the records changes nothing', () => {
  const reported = fc.record({
    kind: fc.constantFrom<Usage['kind']>('call', 'call', 'wrapper'),
    scope: fc.constantFrom('one', 'two'),
    first: fc.boolean(),
    tokens: fc.option(fc.constantFrom(1, 2)),
    ids: fc.subarray(['r', 'q', 'p'], { maxLength: 2 }),
    start: fc.bigInt({ min: 0n, max: 3n }),
    length: fc.bigInt({ min: 0n, max: 2n }),
    parent: fc.constantFrom('', 's0', 's1', 's2', 's3'),
    isLog: fc.boolean(),
  });
  const groups = fc.array(reported, { minLength: 1, maxLength: 8 }).chain((all) => {
    const records = all.map(({ kind, scope, first, tokens, ids, start, length, parent, isLog }, i) => {
      const used: Usage = {
        kind: isLog ? 'call' : kind,
        dialect: 'test',
        signal: isLog ? 'log' : 'span',
        scope,
        ...(isLog && first && { first }),
        ...((tokens !== null || isLog) && { inputTokens: tokens ?? 1 }),
        ...(ids.length > 0 && { callIds: ids }),
      };
      return isLog
        ? logOf(`l${i}`, parent, used, start)
        : timed(`s${i}`, parent, used, start, start + length);
    });
    const shuffled = fc.shuffledSubarray(records, { minLength: records.length });
    return fc.tuple(fc.constant(records), shuffled);
  });
  const isSpan = (record: SpanFacts | LogFacts): record is SpanFacts => !('timeNs' in record);
  const of = (records: readonly (SpanFacts | LogFacts)[]) =>
    outcome(records.filter(isSpan), records.filter((record) => !isSpan(record)) as LogFacts[]);
  fc.assert(
    fc.property(groups, ([records, shuffled]) => assert.deepEqual(of(shuffled), of(records))),
    { numRuns: 3000 },
  );
});

describe('large traces', () => {
  const SIZE = 200_000;
  const shapes: Readonly<Record<string, (i: number) => [parent: string, usage?: Usage]>> = {
    'one long chain of calls': (i) => [String(i - 1), call()],
    'a chain of calls, then as many leaves': (i) => [
      String(i < SIZE / 2 ? i - 1 : SIZE / 2 - 1),
      call({ model: 'm' }),
    ],
    'one circle of calls': (i) => [String((i + 1) % SIZE), call()],
    'a circle without usage and calls that hang on it': (i) =>
      i < SIZE / 2 ? [String((i + 1) % (SIZE / 2))] : [String(i - SIZE / 2), call()],
    'wrappers and bare calls in turn': (i) => [String(i - 1), i % 2 === 0 ? wrapper() : bare()],
  };
  for (const [name, spanAt] of Object.entries(shapes)) {
    // Anything worse than linear time takes minutes here.
    test(name, { timeout: 30_000 }, () => {
      const spans = new Map<string, SpanFacts>();
      for (let i = 0; i < SIZE; i++) spans.set(String(i), spanOf(String(i), ...fill(spanAt(i))));
      assert.ok(callsOfGroup({ spans, logs: NO_LOGS }).length > 0);
    });
  }
});

function fill([parent, used]: [parent: string, usage?: Usage]): [string, Usage | undefined] {
  return [parent, used];
}

describe('U19: of a cumulative series the largest value counts', () => {
  const point = (id: string, inputTokens: number, series?: string): LogFacts => ({
    id,
    spanId: '',
    timeNs: 0n,
    session: 's',
    service: undefined,
    identity: undefined,
    visit: undefined,
    exceptions: undefined,
    usage: usage('sum', { signal: 'metric', inputTokens, ...(series !== undefined && { series }) }),
    lifecycleEvent: undefined,
  });
  const groupOf = (points: readonly LogFacts[]) => ({
    spans: new Map<string, SpanFacts>(),
    logs: new Map(points.map((each) => [each.id, each])),
  });

  test('the others do not, and name it', () => {
    const points = [point('a', 5, 'x'), point('b', 9, 'x'), point('c', 7, 'x')];
    for (const all of [points, points.toReversed()]) {
      const reasons = Object.fromEntries(
        verdictsOf(groupOf(all)).map(({ usageRecord, reason, by }) => [usageRecord.id, [reason, by?.id]]),
      );
      assert.deepEqual(reasons, {
        a: ['same_series', 'b'],
        b: [undefined, undefined],
        c: ['same_series', 'b'],
      });
    }
  });

  test('of equal ones the lesser id', () => {
    const all = [point('b', 5, 'x'), point('a', 5, 'x')];
    assert.deepEqual(
      callsOfGroup(groupOf(all)).map(({ usageRecord }) => usageRecord.id),
      ['a'],
    );
  });

  test('each series counts, and so does every delta point, even equal ones', () => {
    const all = [point('a', 5, 'x'), point('b', 5, 'y'), point('c', 5), point('d', 5)];
    assert.equal(callsOfGroup(groupOf(all)).length, 4);
  });

  test('an aggregate is never the same call as another record', () => {
    const log: LogFacts = {
      ...point('l', 5),
      usage: usage('call', { signal: 'log', inputTokens: 5, scope: 'other' }),
    };
    const { counted, superseded } = usageOf(
      groupOf([log, point('a', 5), point('b', 4, 'x'), point('c', 5, 'x')]),
      KEPT,
    );
    assert.deepEqual(counted.map(({ usageRecord }) => usageRecord.id).sort(), ['a', 'c', 'l']);
    assert.deepEqual(superseded, [], 'no call is superseded');
  });
});
