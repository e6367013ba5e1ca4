import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../normalize/facts.js';
import { HOUR_NS, MOST_NS, userPart } from './by-user.js';
import { fragments } from './fragment.js';
import { Group, type LogFacts, type SpanFacts } from './records.js';
import { Session } from './session.js';

/** S40: which part of a trace is grouped by user. The index's own test covers which parts are of one session. */

const TRACE = 'T'.repeat(16);
const AT_NS = 500_000n * HOUR_NS;
const NOTHING = {
  service: undefined,
  identity: undefined,
  usage: undefined,
  visit: undefined,
  exceptions: undefined,
  session: undefined,
};
const noPrice = () => undefined;

interface Times {
  readonly startNs?: bigint;
  readonly endNs?: bigint;
}

function span(
  id: string,
  identity: Identity | undefined,
  { startNs = AT_NS, endNs = startNs }: Times = {},
): SpanFacts {
  return { ...NOTHING, id, parentId: '', startNs, endNs, size: 1, error: false, identity };
}

function log(id: string, facts: Partial<LogFacts>): LogFacts {
  return { ...NOTHING, id, spanId: '', timeNs: AT_NS, lifecycleEvent: undefined, ...facts };
}

function groupOf(spans: readonly SpanFacts[], logs: readonly LogFacts[] = [], traceId = TRACE): Group {
  const group = new Group(traceId);
  for (const each of spans) group.addSpan(each, () => 0);
  for (const each of logs) group.addLog(each);
  return group;
}

test('the user is the known one, else the anonymous one; several users give none', () => {
  const userOf = (...identities: (Identity | undefined)[]) =>
    userPart(groupOf(identities.map((identity, i) => span(String(i), identity))))?.user;
  assert.equal(userOf(undefined, { userId: 'ann' }, { userId: 'ann' }), 'ann');
  assert.equal(userOf({ userId: 'ann' }, { userId: 'bob' }), undefined);
  assert.equal(userOf({ userId: 'ann' }, { userId: 'bob' }, { anonymousId: 'x' }), undefined);
  assert.equal(userOf({ anonymousId: 'x' }, { anonymousId: 'y' }, { userId: 'ann' }), 'ann');
  assert.equal(userOf({ anonymousId: 'x' }, undefined), 'x');
  assert.equal(userOf({ anonymousId: 'x' }, { anonymousId: 'y' }), undefined);
  assert.equal(userOf(undefined), undefined);
});

test('if a span names a session, the trace is not grouped; a log record that names one is left out', () => {
  const ann = { userId: 'ann' };
  assert.equal(userPart(groupOf([span('a', ann), { ...span('b', ann), session: 's' }])), undefined);
  const other = log('l', { session: 's', identity: { userId: 'bob' }, timeNs: AT_NS + 9n });
  const own = log('m', { identity: ann, timeNs: AT_NS + 5n });
  assert.deepEqual(userPart(groupOf([span('a', undefined)], [other, own])), {
    user: 'ann',
    startNs: AT_NS,
    endNs: AT_NS + 5n,
  });
  assert.equal(userPart(groupOf([], [own], '')), undefined, 'log records without a trace');
});

test('times of an unset clock, and those more than a day after the first, do not count', () => {
  const ann = { userId: 'ann' };
  const timesOf = (...times: Times[]) => {
    const part = userPart(groupOf(times.map((each, i) => span(String(i), ann, each))));
    return part && [part.startNs - AT_NS, part.endNs - AT_NS];
  };
  assert.deepEqual(timesOf({ startNs: 7n, endNs: AT_NS }, { startNs: AT_NS + 1n }), [0n, 1n]);
  assert.equal(timesOf({ startNs: 7n, endNs: 8n }), undefined);
  assert.deepEqual(timesOf({ endNs: AT_NS - 5n }), [0n, 0n], 'a span that ends before it starts');
  assert.deepEqual(timesOf({ endNs: AT_NS + MOST_NS }), [0n, MOST_NS]);
  assert.deepEqual(timesOf({ endNs: AT_NS + 3n }, { endNs: 9_200_000_000_000_000_000n }), [0n, 3n]);
});

test('a session bound by its user is not implicit (S16), and stays so when stored', () => {
  const group = groupOf([span('a', { userId: 'ann' })], [log('l', { session: 's' })]);
  const decoded = () => {
    const all = fragments(group, noPrice);
    return [...all].map(([id, fragment]) => {
      const session = Session.of(id, [fragment], noPrice);
      return [
        id,
        Session.decode(id, session.encodeSums(), session.encodeEarliest(), session.traits).isImplicit,
      ];
    });
  };
  const traceName = Buffer.from(TRACE).toString('hex');
  assert.deepEqual(decoded(), [
    [traceName, true],
    ['s', false],
  ]);
  group.sessionByUser = 'another';
  assert.deepEqual(decoded(), [
    ['another', false],
    ['s', false],
  ]);
});
