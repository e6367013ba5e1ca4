import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { PriceOf, Usage } from '../normalize/facts.js';
import { RunningUsage } from './running-usage.js';
import { type SessionCall, sessionVerdicts, sharedIds } from './session-usage.js';

/** Leaves every cost as it was reported. */
const KEPT: PriceOf = ({ costNanoUsd }) => costNanoUsd;
test('calls that share an id and differ in their numbers are two, and each names the other', () => {
  const id = { callIds: ['chatcmpl-417'] };
  const calls = [
    call('a', id),
    call('b', { ...id, inputTokens: 11 }, 9n),
    call('c', { ...id, inputTokens: 12 }, 18n),
    call('d'),
  ];
  const named = [
    ['a', 'b'],
    ['b', 'a'],
    ['c', 'a'],
  ];
  assert.deepEqual(
    sharedIds(calls).map((each) => [each.call.id, each.sharesIdWith?.id]),
    named,
  );
  const all = sessionVerdicts(calls, KEPT).filter(({ sharesIdWith }) => sharesIdWith !== undefined);
  assert.deepEqual(
    all.map((each) => [each.call.id, each.sharesIdWith?.id]),
    named,
  );
});

const verdictsOf = (calls: readonly SessionCall[]) => sessionVerdicts(calls, KEPT);
const runningUsage = (calls: readonly SessionCall[]) => RunningUsage.of(calls, KEPT);

/** As it comes back from its row. */
const stored = (sums: RunningUsage) => {
  const form = sums.form();
  return RunningUsage.ofForm(form && JSON.parse(JSON.stringify(form)));
};

/** An id as providers make them. */
const strong = (name: string) => `msg_${createHash('sha256').update(name).digest('hex')}`;

function call(id: string, facts: Partial<Usage> = {}, atNs = 0n): SessionCall {
  return {
    id,
    startNs: atNs,
    endNs: atNs + 5n,
    usage: { kind: 'call', dialect: 'agent', signal: 'span', inputTokens: 10, ...facts },
  };
}

const log = (id: string, facts: Partial<Usage> = {}, atNs = 0n) =>
  call(id, { signal: 'log', ...facts }, atNs);
const sum = (id: string, facts: Partial<Usage> = {}, atNs = 0n) =>
  call(id, { kind: 'sum', signal: 'metric', ...facts }, atNs);
const first = (id: string, facts: Partial<Usage> = {}, atNs = 0n) => log(id, { first: true, ...facts }, atNs);

/** Ids of the calls that count, and why the others do not. */
function outcome(calls: readonly SessionCall[]) {
  const all = verdictsOf(calls);
  return {
    counted: all.filter(({ reason }) => reason === undefined).map((verdict) => verdict.call.id),
    reasons: Object.fromEntries(
      all
        .filter(({ reason }) => reason !== undefined)
        .map(({ call: { id }, reason, by }) => [id, [reason, by?.id]]),
    ),
  };
}

describe('U16 over a session', () => {
  test('calls of different traces with one id are one, and the one that counts has what only the other says', () => {
    const calls = [call('b', { callIds: ['r'] }, 1n), call('a', { callIds: ['r'], model: 'm' }, 2n)];
    assert.deepEqual(outcome(calls), { counted: ['b'], reasons: { a: ['same_call_id', 'b'] } });
    assert.equal(verdictsOf(calls)[0]?.usage.model, 'm');
  });

  test('through a third that has the ids of both, whatever the order', () => {
    const [x, y] = [call('x', { callIds: ['x'] }, 1n), call('y', { callIds: ['y'] }, 2n)];
    for (const atNs of [0n, 1n, 3n]) {
      const both = call('z', { callIds: ['y', 'x', 'more'], model: 'm' }, atNs);
      const [first, ...others] =
        atNs === 0n ? ['z', 'x', 'y'] : atNs === 1n ? ['x', 'z', 'y'] : ['x', 'y', 'z'];
      for (const calls of [
        [x, y, both],
        [both, y, x],
      ]) {
        assert.deepEqual(outcome(calls), {
          counted: [first],
          reasons: Object.fromEntries(others.map((id) => [id, ['same_call_id', first]])),
        });
        const { model, callIds } = verdictsOf(calls)[0]!.usage;
        assert.deepEqual([model, callIds?.toSorted()], ['m', ['more', 'x', 'y']]);
      }
    }
  });

  test('many calls with one id, and with ids that form a chain, take no longer than as many others', {
    timeout: 30_000,
  }, () => {
    const indexes = Array.from({ length: 20_000 }, (_, i) => i);
    const star = indexes.map((i) => call(`${i}`, { callIds: [strong('shared'), `own${i}`] }, BigInt(i)));
    const chain = indexes.map((i) =>
      call(`${i}`, { callIds: [strong(`c${i + 1}`), strong(`c${i}`)] }, BigInt((i * 7919) % 20_000)),
    );
    for (const calls of [star, chain]) {
      const all = verdictsOf(calls);
      assert.equal(all.filter(({ reason }) => reason === undefined).length, 1);
      assert.equal(all[0]?.usage.callIds?.length, 20_001);
    }
  });

  test('without ids they are as many as there are', () => {
    assert.equal(outcome([call('a'), call('b')]).counted.length, 2);
  });
});

describe('U18: one signal for a dialect', () => {
  test('spans come before log records', () => {
    assert.deepEqual(outcome([log('l'), call('s'), log('m')]), {
      counted: ['s'],
      reasons: { l: ['other_signal_counts', undefined], m: ['other_signal_counts', undefined] },
    });
  });

  test('log records that come first count, and spans beside them do not', () => {
    assert.deepEqual(outcome([first('l'), call('s'), first('m')]).counted, ['l', 'm']);
  });

  test('log records alone count', () => {
    assert.deepEqual(outcome([log('l'), log('m')]).counted, ['l', 'm']);
  });

  test('what the first signal has not reported counts, if ids show it', () => {
    const ids = (id: string) => ({ callIds: [id] });
    const calls = [first('l', ids('r1')), call('s1', ids('r1')), call('s2', ids('r2')), call('s3')];
    assert.deepEqual(outcome(calls), {
      counted: ['l', 's2'],
      reasons: { s1: ['same_call_id', 'l'], s3: ['other_signal_counts', undefined] },
    });
    assert.deepEqual(outcome([...calls, first('m')]).counted.sort(), ['l', 'm'], 'not where one has no id');
  });

  test('dialects do not meet', () => {
    assert.equal(outcome([first('l'), call('s', { dialect: 'other' })]).counted.length, 2);
  });

  test('a call without numbers does not show which signal reports', () => {
    const { inputTokens: _, ...bare } = call('s').usage;
    assert.deepEqual(outcome([{ ...call('s'), usage: bare }, log('l')]).counted, ['s', 'l']);
  });
});

describe('U18: metrics count if no call is reported', () => {
  const other = { m: ['other_signal_counts', undefined], n: ['other_signal_counts', undefined] };

  test('alone they count, every point of them', () => {
    assert.deepEqual(outcome([sum('m'), sum('n')]).counted, ['m', 'n']);
  });

  test('beside a span or log record of their dialect with usage they do not', () => {
    for (const record of [call('c'), log('c'), first('c'), call('c', { callIds: ['r'] })]) {
      assert.deepEqual(outcome([sum('m'), record, sum('n')]), { counted: ['c'], reasons: other });
    }
  });

  test('nor where that one does not count itself, in its group or in the session', () => {
    const superseded: SessionCall = { ...call('c'), superseded: true };
    assert.deepEqual(outcome([sum('m'), superseded, sum('n')]), { counted: [], reasons: other });
    const gateway = call('g', { dialect: 'gateway', callIds: ['r'] });
    const calls = [gateway, call('h', { callIds: ['r'] }, 1n), sum('m'), sum('n')];
    assert.deepEqual(outcome(calls), {
      counted: ['g'],
      reasons: { h: ['same_call_id', 'g'], ...other },
    });
  });

  test('beside calls of other dialects, and calls without numbers, they do', () => {
    const { inputTokens: _, ...bare } = call('c').usage;
    const calls = [sum('m'), { ...call('c'), usage: bare }, call('d', { dialect: 'other' })];
    assert.deepEqual(outcome(calls).counted, ['c', 'd', 'm']);
  });

  test('are no calls in the sum, and no calls without a price', () => {
    const sums = runningUsage([
      sum('m', { model: 'a', inputTokens: 5 }),
      sum('n', { inputTokens: undefined as never, costNanoUsd: 3, costSource: 'reported', model: 'b' }),
    ]);
    const { requestCount, pointCount, isEmpty, inputTokens, costNanoUsd, unpricedCount } = sums;
    assert.deepEqual(
      [requestCount, pointCount, isEmpty, inputTokens, costNanoUsd, unpricedCount],
      [0, 2, false, 5n, 3n, 0],
    );
    assert.deepEqual(sums.models.names(), ['a', 'b']);
    assert.equal(stored(sums).pointCount, 2);
    assert.ok(runningUsage([]).isEmpty);
  });
});

const calls = fc
  .array(
    fc
      .record({
        dialect: fc.constantFrom('one', 'two'),
        signal: fc.constantFrom<Usage['signal']>('span', 'log', 'metric'),
        superseded: fc.boolean(),
        first: fc.boolean(),
        ids: fc.subarray(['r', 'q', 'p'], { maxLength: 2 }),
        inputTokens: fc.constantFrom(0, 5),
        cost: fc.option(fc.nat(9)),
        startNs: fc.bigInt({ min: 0n, max: 3n }),
        length: fc.bigInt({ min: 0n, max: 2n }),
      })
      .map(({ first, ids, cost, startNs, length, superseded, ...facts }) => ({
        startNs,
        endNs: startNs + length,
        ...(superseded && facts.signal !== 'metric' && { superseded }),
        usage: {
          kind: facts.signal === 'metric' ? ('sum' as const) : ('call' as const),
          ...facts,
          ...(first && facts.signal === 'log' && { first }),
          ...(ids.length > 0 && facts.signal !== 'metric' && { callIds: ids }),
          ...(cost !== null && { costNanoUsd: cost, costSource: 'reported' as const }),
        } satisfies Usage,
      })),
    { maxLength: 10 },
  )
  .map((all) => all.map((each, i): SessionCall => ({ ...each, id: `c${i}` })));

test('the order of the calls changes nothing', () => {
  const shuffled = calls.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([all, other]) => assert.deepEqual(verdictsOf(other), verdictsOf(all))),
    { numRuns: 2000 },
  );
});

describe('running sums', () => {
  const sumsOf = ({ requestCount, pointCount, inputTokens, costNanoUsd, pricedCount }: RunningUsage) => ({
    requestCount,
    pointCount,
    inputTokens,
    costNanoUsd,
    pricedCount,
  });

  test('are the sum over what counts, however calls come and go, or say that they cannot be', () => {
    const changes = fc.array(fc.tuple(calls, calls), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, (steps) => {
        // Each step takes the calls of one group out and puts others in.
        let sums = new RunningUsage();
        let at = 0;
        for (const [old, replacement] of steps) {
          const named = (all: SessionCall[]) => all.map((each) => ({ ...each, id: `${at++}` }));
          const [before, after] = [named(old), named(replacement)];
          sums = runningUsage(before);
          const exact = stored(sums);
          assert.deepEqual(exact.form(), sums.form());
          if (exact.exchange(before, after)) assert.deepEqual(sumsOf(exact), sumsOf(runningUsage(after)));
          else assert.ok(exact.needsDeduplication || isLess(runningUsage(after), runningUsage(before)));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('notice a call that is reported twice, whichever group it comes in', () => {
    const sums = runningUsage([call('a', { callIds: ['r'] })]);
    assert.equal(sums.exchange([], [call('b', { callIds: ['q'] })]), true);
    assert.equal(sums.exchange([], [call('c', { callIds: ['r'] })]), false);
    assert.equal(
      runningUsage([call('a', { callIds: ['r'] }), call('c', { callIds: ['r'] })]).requestCount,
      1,
    );
  });

  test('notice a call that is reported again with the cache beside its input, or without numbers, and no other with its id', () => {
    const id = { callIds: ['chatcmpl-417'] };
    const whole = runningUsage([call('a', { ...id, inputTokens: 100, cacheReadTokens: 40 })]);
    assert.equal(whole.exchange([], [call('b', { ...id, inputTokens: 99 })]), true);
    assert.equal(whole.exchange([], [call('c', { ...id, inputTokens: 60 })]), false);
    const { inputTokens: _, ...bare } = call('b', id).usage;
    assert.equal(runningUsage([call('a', id)]).exchange([], [{ ...call('b'), usage: bare }]), false);
    assert.equal(runningUsage([{ ...call('b'), usage: bare }]).exchange([], [call('a', id)]), false);
    assert.equal(
      runningUsage([{ ...call('b'), usage: bare }]).exchange([], [{ ...call('c'), usage: bare }]),
      false,
    );
  });

  test('notice that the call of a metric is reported, even if it does not count', () => {
    const superseded: SessionCall = { ...call('b'), superseded: true };
    assert.equal(runningUsage([sum('a')]).exchange([], [superseded]), false);
    assert.equal(runningUsage([superseded]).exchange([], [sum('a')]), false);
    assert.equal(runningUsage([superseded]).exchange([], [log('c')]), true);
  });

  test('notice a second signal of a dialect', () => {
    assert.equal(runningUsage([call('a')]).exchange([], [log('b')]), false);
    assert.equal(runningUsage([call('a')]).exchange([], [log('b', { dialect: 'other' })]), true);
    assert.equal(runningUsage([call('a')]).exchange([], [sum('b')]), false);
    assert.equal(runningUsage([sum('a')]).exchange([], [log('b')]), false);
    assert.equal(runningUsage([sum('a')]).exchange([], [sum('b')]), true);
  });
});

/** Whether the greatest call is less great than before, by cost or by duration: then all calls have to be looked at. */
function isLess({ greatestCall: now }: RunningUsage, { greatestCall: before }: RunningUsage): boolean {
  return (
    (now.costNanoUsd ?? -1) < (before.costNanoUsd ?? -1) || (now.durationNs ?? -1) < (before.durationNs ?? -1)
  );
}
