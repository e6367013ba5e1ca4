import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PriceOf, Usage } from '../normalize/facts.js';
import type { SpanFacts } from './records.js';
import { usageOf, verdicts } from './usage.js';

/** A dollar for a thousand tokens of input, from time 100 on. */
const PRICE: PriceOf = ({ inputTokens }, atNs) =>
  inputTokens === undefined || atNs < 100n ? undefined : inputTokens * 1_000_000;

interface Reported {
  readonly parent?: string;
  readonly at: bigint;
  readonly asked?: string;
  readonly scope?: string;
  readonly ends?: true;
  readonly more?: Partial<Usage>;
}

function spanOf(
  id: string,
  { parent = 'top', at, asked = 'q', scope = 's', ends, more }: Reported,
): SpanFacts {
  const usage: Usage = {
    kind: 'call',
    dialect: 'test',
    signal: 'span',
    scope,
    model: 'm',
    halfOf: asked,
    ...(ends && { ends }),
    ...more,
  };
  const rest = {
    size: 1,
    error: false,
    session: undefined,
    service: undefined,
    identity: undefined,
    visit: undefined,
    exceptions: undefined,
  };
  return { id, parentId: parent, startNs: at, endNs: at + 5n, usage, ...rest };
}

const request = (at: bigint, more: Omit<Reported, 'at' | 'ends'> = {}): Reported => ({ at, ...more });
const ending = (at: bigint, inputTokens: number, more: Omit<Reported, 'at' | 'ends'> = {}): Reported => ({
  at,
  ends: true,
  ...more,
  more: { model: 'm-2', inputTokens, callIds: [`r${inputTokens}`], ...more.more },
});

/** Tokens by counted span; independent of the order of the spans. */
function counted(reported: Readonly<Record<string, Reported>>): Record<string, number | undefined> {
  const spans = Object.entries(reported).map(([id, each]) => [id, spanOf(id, each)] as const);
  const of = (some: typeof spans) =>
    Object.fromEntries(
      usageOf({ spans: new Map(some), logs: new Map() }, PRICE)
        .counted.map(({ usageRecord, usage }) => [usageRecord.id, usage.inputTokens] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  assert.deepEqual(of(spans.toReversed()), of(spans));
  return of(spans);
}

describe('U23: a call whose end is reported by a record of its own is one call', () => {
  test('it has the times of the request, and the values of the end', () => {
    const spans = new Map([
      ['r', spanOf('r', request(100n))],
      ['e', spanOf('e', ending(200n, 12))],
    ]);
    const group = { spans, logs: new Map() };
    const [call, ...others] = usageOf(group, PRICE).counted;
    assert.equal(others.length, 0);
    assert.equal(call!.usageRecord.id, 'r');
    assert.deepEqual(call!.usage, {
      kind: 'call',
      dialect: 'test',
      signal: 'span',
      scope: 's',
      model: 'm-2',
      inputTokens: 12,
      callIds: ['r12'],
      costNanoUsd: 12_000_000,
      costSource: 'list',
    });
    const reasons = verdicts(group, PRICE).map(({ usageRecord, reason, by }) => [
      usageRecord.id,
      reason,
      by?.id,
    ]);
    assert.deepEqual(reasons, [
      ['r', undefined, undefined],
      ['e', 'part_of', 'r'],
    ]);
  });

  test('the content of the request distinguishes concurrent calls', () => {
    const reported = {
      a: request(100n, { asked: 'first' }),
      b: request(101n, { asked: 'second' }),
      x: ending(200n, 7, { asked: 'first' }),
      y: ending(201n, 9, { asked: 'second' }),
    };
    assert.deepEqual(counted(reported), { a: 7, b: 9 });
  });

  test('of equal calls the latest before it', () => {
    const reported = { a: request(100n), b: request(300n), x: ending(200n, 7), y: ending(400n, 9) };
    assert.deepEqual(counted(reported), { a: 7, b: 9 });
  });

  test('a stream that nobody read has no end: a call of unknown tokens', () => {
    assert.deepEqual(counted({ a: request(100n), b: request(300n), y: ending(400n, 9) }), {
      a: undefined,
      b: 9,
    });
  });

  test('an end whose request is missing, or elsewhere, counts itself', () => {
    assert.deepEqual(counted({ x: ending(200n, 7) }), { x: 7 });
    assert.deepEqual(counted({ a: request(100n, { parent: 'other' }), x: ending(200n, 7) }), {
      a: undefined,
      x: 7,
    });
    assert.deepEqual(counted({ a: request(100n, { scope: 'other' }), x: ending(200n, 7) }), {
      a: undefined,
      x: 7,
    });
    assert.deepEqual(counted({ a: request(300n), x: ending(200n, 7) }), { a: undefined, x: 7 });
  });

  test('a request with numbers is complete', () => {
    assert.deepEqual(counted({ a: request(100n, { more: { inputTokens: 5 } }), x: ending(200n, 7) }), {
      a: 5,
      x: 7,
    });
  });

  test('an end without numbers is not a call either', () => {
    const end: Reported = { at: 200n, ends: true };
    assert.deepEqual(counted({ a: request(100n), x: end }), { a: undefined });
  });
});
