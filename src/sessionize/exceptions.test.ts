import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExceptionChannel } from '../normalize/facts.js';
import { ExceptionCounts, ExceptionDraft, NO_EXCEPTIONS } from './exception-counts.js';
import { countedExceptions, type ExceptionReport } from './exceptions.js';
import type { SpanFacts } from './records.js';

/** Spans by id, with the ids of their parents. */
function spansOf(parents: Readonly<Record<string, string>>): ReadonlyMap<string, SpanFacts> {
  return new Map(Object.entries(parents).map(([id, parentId]) => [id, { id, parentId } as SpanFacts]));
}

interface Reported {
  readonly on?: string;
  readonly by?: ExceptionChannel;
  readonly key?: number;
  readonly ms?: number;
  readonly service?: string;
  readonly session?: string;
  readonly isCrash?: true;
}

function report({ on = '', by = 'log', key = 1, ms = 0, service = 'web', session = 's', isCrash }: Reported) {
  const exception = { channel: by, key, atNs: BigInt(ms) * 1_000_000n, ...(isCrash && { isCrash }) };
  return { exception, spanId: on, service, place: session } satisfies ExceptionReport<string>;
}

/** How many exceptions and crashes are counted of a group. */
function counts(
  reported: readonly Reported[],
  parents: Readonly<Record<string, string>> = {},
): [number, number] {
  const draft = new ExceptionDraft();
  for (const each of countedExceptions(spansOf(parents), reported.map(report))) draft.add(each);
  const sums = new ExceptionCounts();
  assert.ok(sums.exchange(NO_EXCEPTIONS, draft.finish()));
  const again = ExceptionCounts.ofForm(sums.form());
  assert.deepEqual([again.count, again.crashCount], [sums.count, sums.crashCount]);
  return [sums.count, sums.crashCount];
}

describe('S60: an exception is one', () => {
  test('reported as event, as log record and by attributes', () => {
    const reported: Reported[] = [
      { on: 'a', by: 'span_event' },
      { on: 'a', by: 'log' },
      { on: 'a', by: 'span' },
    ];
    assert.deepEqual(counts(reported, { a: '' }), [1, 0]);
  });

  test('on each span that it passed through on its way up', () => {
    const reported = ['a', 'b', 'c'].map((on): Reported => ({ on, by: 'span_event' }));
    assert.deepEqual(counts(reported, { a: '', x: 'a', b: 'x', c: 'b' }), [1, 0]);
  });

  test('logged above, and thrown below', () => {
    assert.deepEqual(counts([{ on: 'a' }, { on: 'b', by: 'span_event' }], { a: '', b: 'a' }), [1, 0]);
  });

  test('reported again on its span at once', () => {
    const reported = [0, 40, 90].map((ms): Reported => ({ on: 'a', by: 'span_event', ms }));
    assert.deepEqual(counts(reported, { a: '' }), [1, 0]);
  });
});

describe('S60: several are several', () => {
  test('tried again, in spans of their own or later on the same span', () => {
    const tries = ['b', 'c', 'd'].map((on): Reported => ({ on, by: 'span_event' }));
    const above: Reported = { on: 'a', by: 'span_event' };
    assert.deepEqual(counts([...tries, above], { a: '', b: 'a', c: 'a', d: 'a' }), [3, 0]);
    assert.deepEqual(counts([{ on: 'a' }, { on: 'a', ms: 500 }], { a: '' }), [2, 0]);
  });

  test('of log records that name no span', () => {
    assert.deepEqual(counts([{}, {}]), [2, 0]);
  });

  test('of services, and of sessions', () => {
    const two: Reported[] = [
      { on: 'a', by: 'span_event' },
      { on: 'b', by: 'log', service: 'api' },
    ];
    assert.deepEqual(counts(two, { a: '', b: '' }), [2, 0]);
    const sessions: Reported[] = [
      { on: 'a', session: 's' },
      { on: 'b', session: 't' },
    ];
    assert.deepEqual(counts(sessions, { a: '', b: 'a' }), [2, 0]);
  });

  test('where parents form a circle', () => {
    assert.deepEqual(counts([{ on: 'a' }, { on: 'b' }], { a: 'b', b: 'a' }), [2, 0]);
  });
});

test('S60: of many exceptions on a span, the spans below it are compared with their own only', () => {
  const most = 2_000;
  const keys = Array.from({ length: most }, (_, key) => key);
  const spans = spansOf({ root: '', ...Object.fromEntries(keys.map((key) => [`s${key}`, 'root'])) });
  const logged = keys.map((key): Reported => ({ on: 'root', key }));
  const thrown = keys.map((key): Reported => ({ on: `s${key}`, by: 'span_event', key }));
  const reports = [...logged, ...thrown].map(report);
  const { has } = Set.prototype;
  let looks = 0;
  Set.prototype.has = function (value) {
    looks++;
    return has.call(this, value);
  };
  try {
    assert.equal(countedExceptions(spans, reports).length, most);
  } finally {
    Set.prototype.has = has;
  }
  assert.ok(looks < 10 * most, `${looks} looks`);
});

test('S61: a crash is one of the exceptions, whoever says that it is one', () => {
  const reported: Reported[] = [
    { on: 'a', by: 'span_event' },
    { on: 'a', by: 'log', isCrash: true },
    { key: 2 },
  ];
  assert.deepEqual(counts(reported, { a: '' }), [2, 1]);
});
