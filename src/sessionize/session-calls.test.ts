import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PriceOf, Usage } from '../normalize/facts.js';
import { type GreatestCall, greatestOf } from './greatest-call.js';
import { RunningUsage } from './running-usage.js';
import { SessionCalls } from './session-calls.js';
import { type SessionCall, sessionVerdicts } from './session-usage.js';
import { UsageTotals } from './usage-totals.js';

/** A price that follows from the tokens and the model, so that what is borrowed shows in it. */
const priceOf: PriceOf = ({ model, inputTokens = 0 }) =>
  model === undefined ? undefined : inputTokens + model.length;

const IDS = ['r', '417', ...['x', 'y'].map((name) => createHash('sha256').update(name).digest('hex'))];

const usage: fc.Arbitrary<Usage> = fc
  .record({
    kind: fc.constantFrom<Usage['kind']>('call', 'call', 'call', 'sum', 'rest'),
    dialect: fc.constantFrom('one', 'two'),
    signal: fc.constantFrom<Usage['signal']>('span', 'log'),
    first: fc.boolean(),
    ids: fc.subarray(IDS, { maxLength: 2 }),
    restOf: fc.subarray(IDS, { maxLength: 2 }),
    model: fc.option(fc.constantFrom('m', 'm-2'), { nil: undefined }),
    provider: fc.option(fc.constantFrom('p', 'q'), { nil: undefined }),
    inputTokens: fc.option(fc.constantFrom(0, 5, 7), { nil: undefined }),
    cacheReadTokens: fc.constantFrom(0, 2),
    outputTokens: fc.option(fc.constantFrom(0, 3), { nil: undefined }),
    costNanoUsd: fc.option(fc.nat(9), { nil: undefined }),
  })
  .map(({ kind, signal, first, ids, restOf, costNanoUsd, ...facts }) => ({
    kind,
    ...said(facts),
    signal: kind === 'sum' ? ('metric' as const) : signal,
    ...(first && signal === 'log' && kind !== 'sum' && { first }),
    ...(ids.length > 0 && kind === 'call' && { callIds: ids }),
    ...(restOf.length > 0 && kind === 'rest' && { restOf }),
    ...(costNanoUsd !== undefined && { costNanoUsd, costSource: 'reported' as const }),
  }));

/** Without what is undefined. */
function said<T extends object>(facts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const fragment = fc.array(
  fc.record({
    usage,
    isSuperseded: fc.boolean(),
    startNs: fc.bigInt({ min: 0n, max: 3n }),
    length: fc.bigInt({ min: 0n, max: 2n }),
  }),
  { maxLength: 5 },
);

/** What groups report at each step: it replaces all that the group reported before. */
const histories = fc.array(fc.tuple(fc.nat(4), fragment), { minLength: 1, maxLength: 12 });

/** The greatest amounts of what counts of all calls, made at one go. */
function expectedGreatest(calls: readonly SessionCall[]): GreatestCall {
  return greatestOf(
    sessionVerdicts(calls, priceOf)
      .filter(({ reason }) => reason === undefined)
      .map(({ call, usage }) => ({ ...call, usage })),
  );
}

/** The totals over what counts of all calls, made at one go. */
function expected(calls: readonly SessionCall[]): UsageTotals {
  const totals = new UsageTotals();
  for (const verdict of sessionVerdicts(calls, priceOf)) {
    if (verdict.reason === undefined) totals.addUsage(verdict.usage, 1);
  }
  return totals;
}

function shown(totals: UsageTotals): unknown {
  return [totals.all, totals.models.entries().sort(), totals.providers.entries().sort()];
}

test('however the calls of its groups change, the totals of a session are those of all its calls', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const reported = new Map<number, readonly SessionCall[]>();
      const session = new SessionCalls([], priceOf);
      for (const [group, calls] of history) {
        const replacement = calls.map(({ usage, isSuperseded, startNs, length }, i): SessionCall => {
          const call = { usage, ...timesOf(startNs, length), id: `${group}.${i}` };
          return isSuperseded && usage.kind === 'call' ? { ...call, superseded: true } : call;
        });
        session.exchange(reported.get(group) ?? [], replacement);
        reported.set(group, replacement);
        const all = [...reported.values()].flat();
        assert.deepEqual(shown(session.totals()), shown(expected(all)));
        assert.deepEqual(session.greatest(), expectedGreatest(all));
      }
    }),
    { numRuns: 3000 },
  );
});

test('however the calls of its groups change, a session knows its greatest call, or is made again', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const reported = new Map<number, readonly SessionCall[]>();
      let sums = RunningUsage.of([], priceOf);
      for (const [group, calls] of history) {
        const replacement = calls.map(
          ({ usage, startNs, length }, i): SessionCall => ({
            usage,
            ...timesOf(startNs, length),
            id: `${group}.${i}`,
          }),
        );
        const isExact = sums.exchange(reported.get(group) ?? [], replacement);
        reported.set(group, replacement);
        const all = [...reported.values()].flat();
        if (!isExact) sums = RunningUsage.of(all, priceOf);
        const isPlain = !sums.needsDeduplication;
        assert.deepEqual(sums.greatestCall, isPlain ? greatestOf(all) : expectedGreatest(all));
        const form = sums.form();
        const stored = RunningUsage.ofForm(form && JSON.parse(JSON.stringify(form)));
        assert.deepEqual(stored.greatestCall, sums.greatestCall);
      }
    }),
    { numRuns: 1000 },
  );
});

/** Times of a call of some days after 2026 began. */
function timesOf(start: bigint, length: bigint): Pick<SessionCall, 'startNs' | 'endNs'> {
  const startNs = 1_770_000_000_000_000_000n + start;
  return { startNs, endNs: startNs + length };
}

test('the verdict on a call that no other affects follows from the signals of its dialect', () => {
  let [alone, others] = [0, 0];
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 4 }), (groups) => {
      const calls = groups.flatMap((reported, group) =>
        reported.map(({ usage, isSuperseded, startNs, length }, i): SessionCall => {
          const call = { usage, startNs, endNs: startNs + length, id: `${group}.${i}` };
          return isSuperseded && usage.kind === 'call' ? { ...call, superseded: true } : call;
        }),
      );
      const sums = RunningUsage.of(calls, priceOf);
      const form = sums.form();
      const stored = RunningUsage.ofForm(form && JSON.parse(JSON.stringify(form)));
      for (const { call, usage, reason, sharesIdWith } of sessionVerdicts(calls, priceOf)) {
        assert.equal(sums.isShared(call.usage), stored.isShared(call.usage));
        if (stored.isShared(call.usage)) {
          others++;
          continue;
        }
        assert.deepEqual([usage, sharesIdWith], [call.usage, undefined]);
        // Precedence within a signal is one for all records of a dialect, but not here.
        if (!stored.needsDeduplication) continue;
        alone++;
        assert.equal(stored.reasonAlone(call.usage), reason);
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(alone > 1000 && others > 1000);
});

test('a change costs what it touches, however many calls there are', () => {
  const calls = Array.from({ length: 10_000 }, (_, i): SessionCall[] => {
    const callIds = [createHash('sha256').update(`${i}`).digest('hex')];
    const reported = { dialect: 'one', kind: 'call' as const, callIds, inputTokens: i, outputTokens: 1 };
    const at = { startNs: BigInt(i), endNs: BigInt(i + 1) };
    return [
      { ...at, id: `span ${i}`, usage: { ...reported, signal: 'span' } },
      // The span borrows the model, and so is priced anew whenever the two are looked at.
      { ...at, id: `log ${i}`, usage: { ...reported, signal: 'log', model: 'm' } },
    ];
  });
  let asked = 0;
  const counting: PriceOf = () => {
    asked++;
    return undefined;
  };
  const session = new SessionCalls(calls.flat(), counting);
  asked = 0;
  for (const group of calls.slice(0, 100)) session.exchange(group, group);
  assert.equal(asked, 100);
  assert.equal(session.totals().requestCount, 10_000);
});

test('where a call is taken out that the session does not have, it is summed up anew', () => {
  const reported = { kind: 'call', dialect: 'one', callIds: ['r'], inputTokens: 5 } as const;
  const call = (id: string): SessionCall => ({
    id,
    startNs: 0n,
    endNs: 0n,
    usage: { ...reported, signal: 'span' },
  });
  assert.equal(new SessionCalls([], priceOf).exchange([call('a')], []), false);
  const sums = RunningUsage.of([call('a'), call('b')], priceOf);
  assert.equal(sums.exchange([call('a')], [call('c')]), true);
  assert.equal(sums.exchange([call('a')], []), false);
  assert.equal(sums.exchange([call('b')], []), false, 'until it was');
});
