import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolFacts } from '../normalize/facts.js';
import type { LogFacts, SpanFacts } from './records.js';
import { runOfLog, runOfSpan, toolsOf } from './tool-calls.js';

const SECOND = 1_000_000_000n;
const BASE = 1_700_000_000n * SECOND;

interface Run extends Partial<ToolFacts> {
  readonly id: string;
  readonly parent?: string;
  readonly from: number;
  readonly to: number;
  readonly error?: boolean;
}

function spanOf({ id, parent = '', from, to, error = false }: Run): SpanFacts {
  return {
    id,
    parentId: parent,
    startNs: BASE + BigInt(from) * SECOND,
    endNs: BASE + BigInt(to) * SECOND,
    size: 1,
    error,
    session: undefined,
    service: 'agent',
    identity: undefined,
    usage: undefined,
    visit: undefined,
    exceptions: undefined,
  };
}

/** The calls of the tool `search` that these spans report; `others` run nothing. */
function callsOf(runs: readonly Run[], others: readonly Run[] = []) {
  const spans = new Map([...runs, ...others].map((run) => [run.id, spanOf(run)]));
  const all = runs.map(({ id, parent: _, from: __, to: ___, error: ____, ...tool }) =>
    runOfSpan(spans.get(id)!, { name: 'search', scope: 'sdk', ...tool }, 'session'),
  );
  const [sum, reversed] = [all, all.toReversed()].map((each) => {
    const sums = toolsOf(spans, each).get('session')!;
    return sums.all()[0]![1];
  });
  assert.deepEqual(reversed, sum, 'the order of the records changes nothing');
  return sum!;
}

test('S90: a call fails by its status, and has the duration of its span', () => {
  const sum = callsOf([
    { id: 'a', from: 0, to: 2 },
    { id: 'b', from: 10, to: 11, error: true },
    { id: 'c', from: 20, to: 20, failed: true },
  ]);
  assert.deepEqual([sum.calls, sum.failures], [3, 2]);
  assert.deepEqual([...sum.durations].sort(), [
    [0, 1],
    [1_000_000, 1],
    [2_000_000, 1],
  ]);
});

test('S91: a run below another of the same tool is the same call, unless their ids differ', () => {
  const nested: Run[] = [
    { id: 'a', from: 0, to: 5 },
    { id: 'c', parent: 'b', from: 1, to: 4, error: true },
  ];
  const between: Run[] = [{ id: 'b', parent: 'a', from: 1, to: 4 }];
  const one = callsOf(nested, between);
  assert.deepEqual([one.calls, one.failures, [...one.durations.keys()]], [1, 1, [5_000_000]]);
  const two = callsOf(
    nested.map((run) => ({ ...run, callId: run.id })),
    between,
  );
  assert.equal(two.calls, 2);
});

test('S91: a call that was tried again within it did not fail if the last try succeeded', () => {
  const sum = callsOf([
    { id: 'a', from: 0, to: 5 },
    { id: 'b', parent: 'a', from: 1, to: 2, error: true },
    { id: 'c', parent: 'a', from: 3, to: 4 },
  ]);
  assert.deepEqual([sum.calls, sum.failures, sum.retries], [1, 0, 0]);
});

test('S91: runs with one id of the call are one call', () => {
  const sum = callsOf([
    { id: 'a', from: 0, to: 5, callId: 'x', scope: 'one' },
    { id: 'b', from: 1, to: 4, callId: 'x', scope: 'two' },
    { id: 'c', from: 6, to: 7, callId: 'y', scope: 'two' },
  ]);
  assert.equal(sum.calls, 1, 'of two instrumentations with a call each, the lesser name counts');
  assert.deepEqual([...sum.durations.keys()], [5_000_000]);
});

test('S91: of instrumentations side by side the one with the most calls counts', () => {
  const sum = callsOf([
    { id: 'a', from: 0, to: 1, scope: 'openinference' },
    { id: 'b', from: 0, to: 1, scope: 'traceloop' },
    { id: 'c', from: 2, to: 3, scope: 'traceloop' },
  ]);
  assert.equal(sum.calls, 2);
});

test('S92: the first call to begin after a failed one has ended is a retry, and the rest are not', () => {
  const retries = (runs: readonly Run[]) => callsOf(runs).retries;
  const failed: Run = { id: 'a', from: 0, to: 2, error: true };
  assert.equal(retries([failed]), 0);
  assert.equal(retries([failed, { id: 'b', from: 1, to: 3 }]), 0, 'it ran beside it');
  assert.equal(retries([failed, { id: 'b', from: 2, to: 3 }, { id: 'c', from: 3, to: 4 }]), 1);
  const again: Run = { id: 'b', from: 3, to: 4, error: true };
  assert.equal(retries([failed, again, { id: 'c', from: 5, to: 6 }]), 2);
  const beside: Run = { id: 'b', from: 0, to: 2, error: true };
  assert.equal(retries([failed, beside, { id: 'c', from: 5, to: 6 }]), 1, 'one call follows both');
  const instant: Run = { id: 'a', from: 1, to: 1, error: true };
  assert.equal(retries([instant]), 0, 'no call is a retry of itself');
  assert.equal(retries([instant, { ...instant, id: 'b' }]), 1);
});

test('S91: in a session the signal that reports more calls counts', () => {
  const log: LogFacts = {
    id: 'l',
    spanId: '',
    timeNs: BASE,
    session: undefined,
    service: 'agent',
    identity: undefined,
    usage: undefined,
    lifecycleEvent: undefined,
    visit: undefined,
    exceptions: undefined,
  };
  const tool: ToolFacts = { name: 'search', scope: '', durationNs: 1_234_567_890, failed: true };
  const logs = [log, { ...log, id: 'm', timeNs: BASE + 9n * SECOND }].map((each) =>
    runOfLog(each, tool, 's'),
  );
  const span = spanOf({ id: 'a', from: 0, to: 1 });
  const run = runOfSpan(span, { name: 'search', scope: '' }, 's');
  const both = toolsOf(new Map([[span.id, span]]), [...logs, run]).get('s')!;
  const [, sum] = both.all()[0]!;
  assert.deepEqual(sum, { calls: 2, failures: 2, retries: 1, durations: new Map([[1_230_000, 2]]) });
  const equal = toolsOf(new Map([[span.id, span]]), [logs[0]!, run]).get('s')!;
  assert.deepEqual([...equal.all()[0]![1].durations.keys()], [1_000_000], 'of as many, spans');
});
