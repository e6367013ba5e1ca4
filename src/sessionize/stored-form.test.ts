import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Identity, Usage } from '../normalize/facts.js';
import { type Fragment, fragments } from './fragment.js';
import { Group, type LogFacts, type SpanFacts } from './records.js';
import { Session } from './session.js';
import { aggregateText, FORM_VERSION, FormVersionError, placesOfAggregates } from './stored-form.js';

const priceOf = ({ inputTokens }: Usage) => inputTokens;

/** Names that JSON or objects could do something with. */
const NAMES = ['shop', '', '__proto__', 'constructor', '12', 'a\nb', '"', 'toString', 'ä\u2028', '\ud800'];
const name = fc.constantFrom(...NAMES);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const YEAR = 31_536_000_000_000_000n;
const time = fc.oneof(
  fc.bigInt({ min: 1_795_800_000_000_000_000n, max: 1_795_800_000_000_000_900n }),
  fc.constantFrom(0n, 5n, 1_795_800_000_000_000_000n + YEAR, 1_795_800_000_000_000_000n - YEAR),
);

const usage: fc.Arbitrary<Usage> = fc
  .record({
    kind: fc.constantFrom<Usage['kind']>('call', 'call', 'sum'),
    dialect: name,
    signal: fc.constantFrom<Usage['signal']>('span', 'log', 'metric'),
    model: optional(name),
    provider: optional(name),
    callIds: optional(fc.uniqueArray(fc.constantFrom('r', 'msg_01XFDUDYJgAACzvnptvVoYEL', '__proto__'))),
    inputTokens: optional(fc.constantFrom(0, 7, Number.MAX_SAFE_INTEGER)),
    outputTokens: optional(fc.constantFrom(0, 3)),
  })
  .map(withoutUndefined);

const identity: fc.Arbitrary<Identity> = fc
  .record({
    userId: optional(fc.constantFrom('ann', '__proto__', '7')),
    anonymousId: optional(fc.constantFrom('visitor')),
    ip: optional(fc.constantFrom('192.0.2.1')),
    release: optional(name),
    serviceRelease: optional(name),
    browser: optional(name),
  })
  .map(withoutUndefined);

const facts = {
  session: fc.constantFrom('s', 's', undefined),
  service: optional(name),
  identity: optional(identity),
  usage: fc.oneof({ arbitrary: fc.constant(undefined), weight: 5 }, { arbitrary: usage, weight: 1 }),
  visit: optional(
    fc
      .record({
        page: optional(
          fc
            .record({
              kind: fc.constantFrom('document' as const, 'screen' as const),
              source: name,
              url: optional(fc.constantFrom('https://shop.example/a', 'https://shop.example/b?x=1')),
              name: optional(name),
              referrer: optional(fc.constantFrom('https://search.example/')),
            })
            .map(withoutUndefined),
        ),
        vitals: optional(
          fc.array(
            fc.record({ name: fc.constantFrom('lcp' as const, 'cls' as const), value: fc.nat(4000) }),
            {
              minLength: 1,
              maxLength: 3,
            },
          ),
        ),
      })
      .map(withoutUndefined),
  ),
};

const exceptions = (channel: 'log' | 'span') =>
  optional(
    fc.array(
      fc.record({ channel: fc.constant(channel), key: fc.nat(5), atNs: time, isCrash: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  );

const span = fc.record({
  ...facts,
  id: fc.constantFrom('a', 'b', 'c', 'd').map((id) => id.repeat(8)),
  parentId: fc.constantFrom('', 'a', 'b').map((id) => id.repeat(8)),
  startNs: time,
  endNs: time,
  size: fc.constant(50),
  error: fc.boolean(),
  quiet: fc.boolean(),
  exceptions: exceptions('span'),
});

const log = fc.record({
  ...facts,
  id: fc.constantFrom('x', 'y', 'z').map((id) => id.repeat(16)),
  spanId: fc.constant(''),
  timeNs: time,
  lifecycleEvent: optional(fc.constantFrom({ kind: 'end' as const }, { kind: 'start' as const })),
  exceptions: exceptions('log'),
  score: optional(
    fc
      .record({
        name,
        units: optional(fc.constantFrom(0, 250_000)),
        label: optional(name),
        id: optional(fc.constantFrom('i', '__proto__')),
        givenNs: fc.constantFrom(1n, 2n),
        isDeleted: optional(fc.constant(true as const)),
      })
      .map(withoutUndefined),
  ),
});

const groups = fc.array(fc.tuple(fc.array(span, { maxLength: 4 }), fc.array(log, { maxLength: 3 })), {
  minLength: 1,
  maxLength: 5,
});

/** What a group of these records adds to its sessions. */
function fragmentsOf(
  spans: readonly SpanFacts[],
  logs: readonly LogFacts[],
  number: number,
): Map<string, Fragment> {
  const group = new Group(String.fromCharCode(number + 1).repeat(16));
  for (const each of spans) group.addSpan(each, () => 0);
  for (const each of logs) group.addLog(each);
  return fragments(group, priceOf);
}

/** As it comes back from its row, marks with it. */
function stored(session: Session): Session {
  const marks = session.usage.marks.change(false);
  const made = Session.decode('s', session.encodeSums(), session.encodeEarliest(), session.traits);
  made.usage.marks.takeIn(marks?.row === undefined ? [] : [marks.row.marks]);
  return made;
}

/** All that can be seen of a session. */
function shown(session: Session): unknown {
  const { usage, visit, exceptions, users, services } = session;
  const { groups, fragments, explicitGroups, echoGroups, userGroups, quietGroups } = session;
  return {
    counts: [groups, fragments, explicitGroups, echoGroups, userGroups, quietGroups],
    records: [session.traceCount, session.spanCount, session.logCount, session.errorCount],
    times: [session.startNs, session.lastNs, session.endEventNs, session.aheadNs, session.timesSetAside],
    traits: session.traits,
    earliest: session.earliest,
    services: services.entries().sort(),
    users: [users.ids(), session.otherUserIds],
    usage: [
      usage.all,
      usage.models.entries().sort(),
      usage.providers.entries().sort(),
      usage.needsDeduplication,
    ],
    visit: [
      visit.isEmpty,
      visit.entered,
      visit.referred,
      visit.places,
      visit.vital('lcp'),
      visit.vital('cls'),
    ],
    exceptions: [exceptions.count, exceptions.crashCount],
    scores: [session.scores.all(), session.scores.ids().sort()],
  };
}

describe('a session as it is stored', () => {
  test('comes back whole, and goes on as the one that was stored does', () => {
    let compared = 0;
    fc.assert(
      fc.property(groups, fc.nat(4), (all, later) => {
        const parts = all.flatMap(([spans, logs], number) => {
          const part = fragmentsOf(spans as SpanFacts[], logs as LogFacts[], number).get('s');
          return part === undefined ? [] : [part];
        });
        const held = parts.filter((_, i) => i !== later);
        if (held.length === 0) return;
        const session = Session.of('s', held, priceOf);
        session.believeUntil(1_795_800_000_000_000_900n);
        const again = stored(session);
        assert.deepEqual(shown(again), shown(session));
        assert.equal(again.encodeSums(), session.encodeSums());
        assert.equal(again.encodeEarliest(), session.encodeEarliest());
        const more = parts[later];
        if (more === undefined || session.usage.needsDeduplication) return;
        assert.equal(again.exchange(undefined, more), session.exchange(undefined, more));
        again.believeUntil(1_795_800_000_000_000_900n);
        session.believeUntil(1_795_800_000_000_000_900n);
        assert.deepEqual(shown(again), shown(session));
        compared++;
      }),
      { numRuns: 600 },
    );
    assert.ok(compared > 100);
  });

  test('is not read in another version', () => {
    const sums = new Session('s').encodeSums();
    assert.equal(JSON.parse(sums).v, FORM_VERSION);
    const other = sums.replace(`"v":${FORM_VERSION}`, `"v":${FORM_VERSION + 1}`);
    for (const read of [
      () => Session.decode('s', other, '[]', {}),
      () => Session.decodeUsage(other),
      () => Session.decodeReported(other),
    ]) {
      assert.throws(read, FormVersionError);
    }
  });
});

function withoutUndefined<T extends object>(facts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const FORM = { v: FORM_VERSION, services: { '"places":{"ids":["/no"]}': 1 } };

test('the places of a session are those of its visit', () => {
  const visit = JSON.stringify({ places: { ids: ['/cart https://shop.example', 'Pay'], counts: [2, 1] } });
  assert.deepEqual(placesOfAggregates(aggregateText(FORM, visit)), ['/cart https://shop.example', 'Pay']);
  const hostile = '{"places":{"ids":["__proto__","\\u0000"],"counts":[1,1]}}';
  assert.deepEqual(placesOfAggregates(aggregateText(FORM, hostile)), ['__proto__', '\0']);
});

test('a visit may have no places, and a session no visit', () => {
  assert.deepEqual(placesOfAggregates(aggregateText(FORM, '{"vitals":{"lcp 10":1}}')), []);
  assert.equal(placesOfAggregates(aggregateText(FORM, undefined)), undefined);
});
