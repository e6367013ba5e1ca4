import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PriceOf, Usage } from '../normalize/facts.js';
import type { Traits } from './earliest.js';
import { type Fragment, fragments } from './fragment.js';
import { Group, type LogFacts, type SpanFacts } from './records.js';
import { Session } from './session.js';

/** Keeps every cost as it was reported. */
const KEPT: PriceOf = ({ costNanoUsd }) => costNanoUsd;
const fragmentsOf = (of: Group) => fragments(of, KEPT);
const sessionOf = (id: string, all: readonly Fragment[]) => Session.of(id, all, KEPT);

const TRACE = '\x01'.repeat(16);
const TRACE_NAME = '01'.repeat(16);

function span(id: string, facts: Partial<SpanFacts> = {}): SpanFacts {
  return {
    id,
    parentId: '',
    startNs: 100n,
    endNs: 200n,
    size: 50,
    error: false,
    session: undefined,
    service: 'shop',
    identity: undefined,
    usage: undefined,
    visit: undefined,
    exceptions: undefined,
    ...facts,
  };
}

function log(id: string, facts: Partial<LogFacts> = {}): LogFacts {
  return {
    id,
    spanId: '',
    timeNs: 150n,
    session: undefined,
    service: 'shop',
    identity: undefined,
    usage: undefined,
    visit: undefined,
    exceptions: undefined,
    lifecycleEvent: undefined,
    ...facts,
  };
}

function group(records: { spans?: SpanFacts[]; logs?: LogFacts[]; trace?: string }): Group {
  const made = new Group(records.trace ?? TRACE);
  for (const each of records.spans ?? []) made.addSpan(each, () => 0);
  for (const each of records.logs ?? []) made.addLog(each);
  return made;
}

function sessionsOf(records: Parameters<typeof group>[0]): Record<string, [spans: number, logs: number]> {
  return Object.fromEntries(
    [...fragmentsOf(group(records))].map(([id, fragment]) => [id, [fragment.spans, fragment.logs]]),
  );
}

function only(records: Parameters<typeof group>[0]): Fragment {
  const all = fragmentsOf(group(records));
  assert.equal(all.size, 1);
  return [...all.values()][0]!;
}

/** The latest reported end of the session of a fragment. */
function markOf(fragment: Fragment | undefined): bigint | undefined {
  return fragment?.times.lifecycleEvents.at(-1)?.lastNs;
}

function encoded(session: Session): [sums: string, earliest: string, traits: Traits] {
  return [session.encodeSums(), session.encodeEarliest(), session.traits];
}

describe('versions of a span (S2)', () => {
  const versions = [
    span('a', { endNs: 200n, size: 50, service: 'least' }),
    span('a', { endNs: 200n, size: 51, service: 'longer' }),
    span('a', { endNs: 201n, size: 10, service: 'latest end' }),
  ];
  test('the latest end wins, then the greater length, in any order', () => {
    const [least, longer] = [versions[0]!, versions[1]!];
    assert.deepEqual(only({ spans: [least, longer] }).services, ['longer']);
    assert.deepEqual(only({ spans: [longer, least] }).services, ['longer']);
    assert.deepEqual(only({ spans: versions }).services, ['latest end']);
    assert.deepEqual(only({ spans: versions.toReversed() }).services, ['latest end']);
  });

  test('equal end and length are decided by the bytes', () => {
    const made = new Group(TRACE);
    const byService = (a: SpanFacts, b: SpanFacts): number => (a.service! < b.service! ? -1 : 1);
    assert.equal(made.addSpan(span('a', { service: 'm' }), byService), 'new');
    assert.equal(made.addSpan(span('a', { service: 'b' }), byService), 'duplicate');
    assert.equal(made.addSpan(span('a', { service: 'x' }), byService), 'replaced');
    assert.equal(made.spans.get('a')?.service, 'x');
  });

  test('a log record of the same content is one record (S3)', () => {
    assert.deepEqual(sessionsOf({ logs: [log('x', { session: 's' }), log('x', { session: 's' })] }), {
      s: [0, 1],
    });
  });
});

describe('binding', () => {
  test('its own id decides (S4), else the nearest ancestor with one (S5)', () => {
    const spans = [
      span('root', { session: 'far' }),
      span('near', { session: 'near', parentId: 'root' }),
      span('between', { parentId: 'near' }),
      span('leaf', { parentId: 'between' }),
      span('aside', { parentId: 'root' }),
    ];
    assert.deepEqual(sessionsOf({ spans }), { far: [2, 0], near: [3, 0] });
  });

  test('without such an ancestor, the id on the earliest span with one decides (S6)', () => {
    const spans = [
      span('orphan', { parentId: 'gone', startNs: 1n }),
      span('b', { session: 'second', startNs: 20n }),
      span('a', { session: 'first', startNs: 10n }),
    ];
    assert.deepEqual(sessionsOf({ spans }), { first: [2, 0], second: [1, 0] });
  });

  test('of spans with the same start the smaller span id decides (S6)', () => {
    const spans = [span('z', { session: 'z' }), span('b', { session: 'b' }), span('free')];
    assert.deepEqual(sessionsOf({ spans }), { z: [1, 0], b: [2, 0] });
  });

  test('a trace without any id is a session by its trace id (S7), and says so (S16)', () => {
    const all = fragmentsOf(group({ spans: [span('a'), span('b')], logs: [log('l')] }));
    assert.deepEqual([...all.keys()], [TRACE_NAME]);
    assert.equal(all.get(TRACE_NAME)?.explicit, false);
  });

  test('a session that one record names is explicit, even if others belong to it by the trace (S16)', () => {
    assert.equal(only({ spans: [span('a', { session: 's' }), span('b')] }).explicit, true);
  });

  test('log records follow their span, else the trace (S8)', () => {
    const records = {
      spans: [
        span('a', { session: 'early', startNs: 1n }),
        span('b', { session: 'late' }),
        span('c', { parentId: 'b' }),
      ],
      logs: [
        log('1', { spanId: 'c' }),
        log('2', { spanId: 'gone' }),
        log('3', { session: 'own', spanId: 'a' }),
      ],
    };
    assert.deepEqual(sessionsOf(records), { early: [1, 1], late: [2, 1], own: [0, 1] });
  });

  test('an id on a log record does not affect the spans of its trace (S6)', () => {
    assert.deepEqual(sessionsOf({ spans: [span('a')], logs: [log('1', { session: 'l' })] }), {
      [TRACE_NAME]: [1, 0],
      l: [0, 1],
    });
  });

  test('parents in a circle count as none (S9)', () => {
    const spans = [
      span('a', { parentId: 'b' }),
      span('b', { parentId: 'a' }),
      span('self', { parentId: 'self' }),
      span('named', { session: 's', startNs: 500n }),
    ];
    assert.deepEqual(sessionsOf({ spans }), { s: [4, 0] });
  });

  test('a chain of 100,000 spans is walked once', () => {
    const spans = Array.from({ length: 100_000 }, (_, i) =>
      span(`s${i}`, { parentId: i === 0 ? '' : `s${i - 1}` }),
    );
    spans[0] = span('s0', { session: 'root' });
    assert.deepEqual(sessionsOf({ spans }), { root: [100_000, 0] });
  });
});

describe('folding', () => {
  test('times span all records, and a span that ends before it starts ends at its start (S10)', () => {
    const fragment = only({
      spans: [span('a', { startNs: 300n, endNs: 1n }), span('b', { startNs: 200n, endNs: 250n })],
      logs: [log('l', { timeNs: 120n })],
    });
    const session = sessionOf('s', [fragment]);
    assert.deepEqual([session.startNs, session.lastNs], [120n, 300n]);
    assert.equal(fragment.traceStartNs, 200n);
  });

  test('the user and the address are those of the earliest record that has them (S12)', () => {
    const session = sessionOf('s', [
      only({
        spans: [
          span('b', { session: 's', startNs: 20n, identity: { userId: 'late', ip: '10.0.0.1' } }),
          span('a', { session: 's', startNs: 10n, identity: { userId: 'early' } }),
        ],
      }),
    ]);
    assert.deepEqual(session.traits, { userId: 'early', ip: '10.0.0.1' });
  });

  test('a device is taken whole from the earliest record with most details, a place too (S12)', () => {
    const phone = { deviceType: 'mobile', os: 'Android' } as const;
    const library = { userAgent: 'okhttp/4.12.0', deviceType: 'unknown' } as const;
    const crawler = { userAgent: 'curl/8.0', deviceType: 'bot' } as const;
    const chrome = {
      userAgent: 'Mozilla/5.0',
      deviceType: 'desktop',
      os: 'Windows',
      browser: 'Chrome',
    } as const;
    const said = (...identities: NonNullable<SpanFacts['identity']>[]) => {
      const spans = identities.map((identity, i) => span(`s${i}`, { startNs: BigInt(i), identity }));
      const apart = spans.map((each, i) => only({ trace: `trace ${i}`.padEnd(16), spans: [each] }));
      const together = sessionOf('s', [only({ spans })]).traits;
      assert.deepEqual(sessionOf('s', apart).traits, together);
      assert.deepEqual(sessionOf('s', apart.toReversed()).traits, together);
      return together;
    };
    assert.deepEqual(said(library, phone), phone);
    assert.deepEqual(said(crawler, phone), phone);
    assert.deepEqual(said(crawler, phone, chrome), chrome, 'no Windows browser on Android');
    assert.deepEqual(
      said(chrome, { ...chrome, browser: 'Edge' }),
      chrome,
      'of those that say as much, the earliest',
    );
    assert.deepEqual(said(library), library);
    assert.deepEqual(
      said({ countryCode: 'US', countryName: 'United States' }, { city: 'Berlin' }),
      { countryCode: 'US', countryName: 'United States' },
      'no Berlin in the US',
    );
    assert.deepEqual(said({ countryCode: 'US' }, { countryCode: 'DE', city: 'Berlin', ...phone }), {
      countryCode: 'DE',
      city: 'Berlin',
      ...phone,
    });
  });

  test('a known user is shown rather than an anonymous one, a public address rather than a private one (S12)', () => {
    const spans = [
      span('a', { session: 's', startNs: 1n, identity: { anonymousId: 'a1', localIp: '10.0.0.1' } }),
      span('b', { session: 's', startNs: 2n, identity: { userId: 'ann', ip: '8.8.8.8' } }),
    ];
    const first = sessionOf('s', [only({ spans: spans.slice(0, 1) })]).traits;
    assert.deepEqual([first.userId, first.ip], ['a1', '10.0.0.1']);
    const both = sessionOf('s', [only({ spans })]).traits;
    assert.deepEqual([both.userId, both.ip], ['ann', '8.8.8.8']);
  });

  test('times of an unset clock count last (S12, S20)', () => {
    const now = 1_790_000_000_000_000_000n;
    const spans = [
      span('a', { session: 's', startNs: 5n, endNs: 6n, identity: { userId: 'early' } }),
      span('b', { session: 's', startNs: now, endNs: now, identity: { userId: 'now' } }),
    ];
    const fragment = only({ spans });
    assert.equal(sessionOf('s', [fragment]).traits.userId, 'now');
    assert.equal(fragment.traceStartNs, now);
    const usageRecords = [
      span('a', { session: 'early', startNs: 5n }),
      span('b', { session: 'now', startNs: now, endNs: now }),
      span('c', { startNs: now, endNs: now }),
    ];
    assert.deepEqual(sessionsOf({ spans: usageRecords }), { early: [1, 0], now: [2, 0] });
  });

  test('a span whose start is of an unset clock begins at its end (S20)', () => {
    const now = 1_790_000_000_000_000_000n;
    const session = sessionOf('s', [only({ spans: [span('a', { session: 's', startNs: 5n, endNs: now })] })]);
    assert.deepEqual([session.startNs, session.lastNs, session.timesSetAside], [now, now, 1]);
  });

  test('times too far ahead are set aside until the clock reaches them (S21)', () => {
    const now = 1_790_000_000_000_000_000n;
    const year = 365n * 86_400_000_000_000n;
    const at = (startNs: bigint) => ({ session: 's', startNs, endNs: startNs + 9n });
    const session = sessionOf('s', [only({ spans: [span('a', at(now)), span('b', at(now + year))] })]);
    session.believeUntil(now + 9n);
    assert.deepEqual([session.startNs, session.lastNs, session.timesSetAside], [now, now + 9n, 2]);
    assert.equal(session.aheadNs, now + year);
    const kept = Session.decode('s', ...encoded(session));
    assert.deepEqual([kept.lastNs, kept.timesSetAside, kept.aheadNs], [now + 9n, 2, now + year]);
    kept.believeUntil(now + year + 9n);
    assert.deepEqual([kept.lastNs, kept.timesSetAside, kept.aheadNs], [now + year + 9n, 0, undefined]);
  });

  test('activity in flight and within ten seconds leaves a session ended, later activity does not (S13)', () => {
    const end = log('l', { session: 's', timeNs: 100n, lifecycleEvent: { kind: 'end' } });
    const endedAfter = (startNs: bigint, endNs: bigint) =>
      sessionOf('s', [only({ spans: [span('a', { session: 's', startNs, endNs })], logs: [end] })]).hasEnded;
    assert.equal(endedAfter(99n, 100_000_000_000n), true);
    assert.equal(endedAfter(10_000_000_100n, 10_000_000_200n), true);
    assert.equal(endedAfter(10_000_000_101n, 10_000_000_200n), false);
  });

  test('a session continues the one that a record names, and never itself (S12)', () => {
    const spans = [
      span('a', { session: 'now', startNs: 1n, identity: { previousId: 'now' } }),
      span('b', { session: 'now', startNs: 2n, identity: { previousId: 'before', os: 'iOS' } }),
    ];
    const all = fragmentsOf(group({ spans }));
    assert.deepEqual([...all.keys()], ['now'], 'and does not end that one');
    assert.deepEqual(sessionOf('now', [all.get('now')!]).traits, { previousId: 'before', os: 'iOS' });
  });

  test('at the same time the smaller ids decide (S12)', () => {
    const spans = [
      span('z', { session: 's', identity: { userId: 'z' } }),
      span('b', { session: 's', identity: { userId: 'b' } }),
    ];
    assert.equal(sessionOf('s', [only({ spans })]).traits.userId, 'b');
    assert.equal(sessionOf('s', [only({ spans: spans.toReversed() })]).traits.userId, 'b');
  });

  test('session.end ends its session, session.start the previous one (S13), which it does not create (S14)', () => {
    const all = fragmentsOf(
      group({
        logs: [
          log('1', { session: 'now', lifecycleEvent: { kind: 'start', previousId: 'before' }, timeNs: 5n }),
          log('2', { session: 'now', lifecycleEvent: { kind: 'end' }, timeNs: 9n }),
          log('3', { session: 'now', lifecycleEvent: { kind: 'end' }, timeNs: 7n }),
        ],
      }),
    );
    assert.equal(markOf(all.get('now')), 9n);
    assert.equal(markOf(all.get('before')), 5n);
    const before = sessionOf('before', [all.get('before')!]);
    assert.equal(before.groups, 0);
    assert.equal(before.fragments, 1);
    assert.equal(sessionOf('now', [all.get('now')!]).traits.previousId, 'before');
  });

  test('lifecycle events without a session id apply to the session that they are bound to (S8, S13)', () => {
    const end = (id: string, spanId: string, timeNs: bigint) =>
      log(id, { spanId, lifecycleEvent: { kind: 'end' }, timeNs });
    const spans = [
      span('a', { session: 'first', startNs: 1n }),
      span('b', { session: 'second', startNs: 2n }),
      span('c', { parentId: 'b', startNs: 3n }),
    ];
    const ended = fragmentsOf(group({ spans, logs: [end('1', 'c', 8n), end('2', 'gone', 9n)] }));
    assert.equal(markOf(ended.get('second')), 8n, 'of the span it names');
    assert.equal(markOf(ended.get('first')), 9n, 'of the trace');
    assert.equal(markOf(fragmentsOf(group({ logs: [end('1', '', 8n)] })).get(TRACE_NAME)), 8n);

    const start = log('1', {
      spanId: 'c',
      lifecycleEvent: { kind: 'start', previousId: 'before' },
      timeNs: 5n,
    });
    const followed = fragmentsOf(group({ spans, logs: [start] }));
    assert.equal(markOf(followed.get('before')), 5n);
    assert.equal(markOf(followed.get('second')), undefined);
    assert.equal(sessionOf('second', [followed.get('second')!]).traits.previousId, 'before');
    const own = log('1', { spanId: 'c', lifecycleEvent: { kind: 'start', previousId: 'second' } });
    assert.equal(markOf(fragmentsOf(group({ spans, logs: [own] })).get('second')), undefined);
  });

  test('a session.start that names its own session as the previous one ends nothing (S13)', () => {
    const fragment = only({
      logs: [log('1', { session: 's', lifecycleEvent: { kind: 'start', previousId: 's' } })],
    });
    assert.equal(markOf(fragment), undefined);
  });

  test('model calls belong to the session of the span that won (S15)', () => {
    const call = (inputTokens: number): Usage => ({
      kind: 'call',
      dialect: 'test',
      signal: 'span',
      inputTokens,
    });
    const all = fragmentsOf(
      group({
        spans: [
          span('agent', {
            session: 'outer',
            usage: { kind: 'wrapper', dialect: 'test', signal: 'span', inputTokens: 30 },
          }),
          span('chat', { session: 'inner', parentId: 'agent', usage: call(30) }),
        ],
      }),
    );
    const superseded = all.get('outer')?.calls.map((each) => each.superseded);
    assert.deepEqual(superseded, [true], 'only the fact that the dialect reports a call is kept');
    assert.equal(all.get('inner')?.calls.length, 1);
  });
});

describe('a session as the aggregate of its fragments (S18)', () => {
  const early = only({
    spans: [span('a', { session: 's', startNs: 1n, endNs: 2n, identity: { userId: 'u' } })],
  });
  const late = only({
    trace: '\x02'.repeat(16),
    spans: [span('b', { session: 's', startNs: 50n, endNs: 90n, error: true, service: 'api' })],
  });

  test('removing a group leaves the others', () => {
    const session = sessionOf('s', [early, late]);
    assert.equal(session.exchange(late, undefined), false, 'the last activity may have gone');
    assert.equal(session.spanCount, 1);
    assert.equal(session.errorCount, 0);
    assert.deepEqual(session.services.names(), ['shop']);
  });

  test('removing a minimum or a trait requires folding again, other changes do not', () => {
    assert.equal(sessionOf('s', [early, late]).exchange(early, undefined), false);
    const between = only({
      trace: '\x03'.repeat(16),
      spans: [span('c', { session: 's', startNs: 20n, endNs: 30n })],
    });
    const session = sessionOf('s', [early, late, between]);
    assert.equal(session.exchange(between, undefined), true);
    assert.deepEqual(encoded(session), encoded(sessionOf('s', [early, late])));
  });

  test('encode and decode are inverse', () => {
    const session = sessionOf('s', [early, late]);
    assert.deepEqual(encoded(Session.decode('s', ...encoded(session))), encoded(session));
  });
});
