import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, filterDigest } from '../contract/cursor.js';
import type { ApiError } from '../contract/errors.js';
import type { SessionFilters } from '../contract/session-filters.js';
import { sessionFilters } from '../contract/session-filters.js';
import {
  FILTER_NAMES,
  type FilterName,
  filterTexts,
  greatestWhole,
  leastWhole,
  sessionFilter,
} from './session-filter.js';

/** Two values of each filter with different results. A missing filter does not compile. */
type TwoOfEach = { readonly [Name in FilterName]: [SessionFilters[Name], SessionFilters[Name]] };

const VALUES: TwoOfEach = {
  sessionIdPrefix: ['a', 'ab'],
  userId: ['ann', 'bob'],
  userIdPrefix: ['a', 'ab'],
  isActive: [true, false],
  startTime: [1n, 2n],
  endTime: [1n, 2n],
  activeFrom: [1n, 2n],
  activeTo: [1n, 2n],
  service: [['web'], ['web', 'api']],
  model: [['m1'], ['m2']],
  provider: [['openai', 'anthropic'], ['openai,anthropic']],
  state: [['active'], ['idle']],
  deviceType: [['desktop'], ['bot']],
  country: [['AT'], ['CH']],
  release: [['1.0'], ['1.1']],
  url: ['/cart', '/cart/'],
  hasErrors: [true, false],
  hasCrash: [true, false],
  implicit: [true, false],
  minSpans: [0, 2],
  maxSpans: [0, 2],
  minTraceSpans: [0, 2],
  minErrors: [0, 2],
  maxErrors: [0, 2],
  minTraces: [0, 2],
  maxTraces: [0, 2],
  bots: [true, false],
  minDurationMs: [0, 0.5],
  maxDurationMs: [0, 0.5],
  minCostUsd: [0, 1e-9],
  maxCostUsd: [0, 1e-9],
  minTokens: [0, 2],
  maxTokens: [0, 2],
  operation: [['chat'], ['embeddings']],
  tool: [['a'], ['b']],
  errorType: [['a'], ['b']],
  route: [['a'], ['b']],
  status: [[404], [500]],
  attr: [
    { a: ['1'], b: ['2'] },
    { a: ['1'], b: ['2', '3'] },
  ],
  attrExists: [['a'], ['b']],
  error: [['a'], ['b']],
  failedTool: [['a'], ['b']],
  score: [['a'], ['b']],
  scoreLabel: [{ a: ['x'] }, { a: ['y'] }],
  minScore: [
    { a: 0, b: 1 },
    { a: 0, b: 2 },
  ],
  maxScore: [{ a: 0 }, { b: 0 }],
  'not.operation': [['chat'], ['embeddings']],
  'not.tool': [['a'], ['b']],
  'not.errorType': [['a'], ['b']],
  'not.error': [['a'], ['b']],
  'not.failedTool': [['a'], ['b']],
  'not.route': [['a'], ['b']],
  'not.status': [[404], [500]],
  'not.attr': [{ a: ['1'] }, { b: ['1'] }],
  'not.attrExists': [['a'], ['b']],
  'not.userId': [['ann'], ['bob']],
  'not.service': [['web'], ['web', 'api']],
  'not.model': [['m1'], ['m2']],
  'not.provider': [['openai'], ['anthropic']],
  'not.state': [['active'], ['idle']],
  'not.deviceType': [['desktop'], ['bot']],
  'not.country': [['AT'], ['CH']],
  'not.release': [['1.0'], ['1.1']],
  'not.url': [['/cart'], ['/cart/']],
};

const { minCostUsd: _, ...allButOne } = VALUES;
// @ts-expect-error One is left out.
allButOne satisfies TwoOfEach;

const digestOf = (filters: SessionFilters) => filterDigest('sessions', ['default', ...filterTexts(filters)]);

test('each filter of the contract has a rule, in the same order', () => {
  assert.deepEqual(FILTER_NAMES, Object.keys(sessionFilters));
});

for (const name of FILTER_NAMES) {
  test(`a cursor made with one ${name} is refused with another, without it, and where only it is set`, () => {
    const [one, other] = VALUES[name];
    const digests = [{ [name]: one }, { [name]: other }, {}].map(digestOf);
    for (const made of digests) {
      const cursor = encodeCursor({ direction: 'next', position: { startNs: 5n, id: 'a' } }, made);
      for (const used of digests) {
        if (made === used) assert.equal(decodeCursor(cursor, used).position.id, 'a');
        else
          assert.throws(
            () => decodeCursor(cursor, used),
            (error: ApiError) => error.code === 'cursor.invalid',
          );
      }
    }
    assert.equal(new Set(digests).size, 3);
  });
}

test('order and repetition of the values of a filter make no difference', () => {
  assert.equal(
    digestOf({ service: ['web', 'api'], state: ['ended', 'idle'] }),
    digestOf({ service: ['api', 'web', 'api'], state: ['idle', 'ended'] }),
  );
});

test('two filters are not the same list', () => {
  const digests = FILTER_NAMES.map((name) => digestOf({ [name]: VALUES[name][0] as never }));
  assert.equal(new Set(digests).size, FILTER_NAMES.length);
});

test('bounds agree with the numbers that items show, to the last digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (ns) => {
      const shown = Number(ns) / 1e6;
      assert.ok(leastWhole(shown, 1e6) <= ns && ns <= greatestWhole(shown, 1e6));
      assert.ok(Number(leastWhole(shown, 1e6) - 1n) / 1e6 < shown);
      assert.ok(Number(greatestWhole(shown, 1e6) + 1n) / 1e6 > shown);
    }),
  );
});

test('exclusions of several filters and values all apply', () => {
  const limits = { activeMs: 1, timeoutMs: 2, userIdCandidates: (id: string) => [id, `h:${id}`] };
  assert.deepEqual(
    sessionFilter(
      { 'not.userId': ['ann', 'bob'], 'not.url': ['/a', '/b'], 'not.service': ['web'] },
      0n,
      limits,
    ),
    {
      not: [
        { userIds: ['ann', 'h:ann', 'bob', 'h:bob'] },
        { services: ['web'] },
        { pagePrefix: '/a' },
        { pagePrefix: '/b' },
      ],
    },
  );
});

describe('an address copied from a browser is looked up in its stored form', () => {
  const cases: readonly [url: string, path: string, full: string][] = [
    ['https://shop.example/cart?tok=1', 'https://shop.example/cart', 'https://shop.example/cart?tok=1'],
    ['https://shop.example/cart#top', 'https://shop.example/cart', 'https://shop.example/cart#top'],
    ['https://ann:pw@shop.example/cart', 'https://shop.example/cart', 'https://shop.example/cart'],
    ['https://shop.example/app#/cart?a=1', 'https://shop.example/cart', 'https://shop.example/app#/cart?a=1'],
    ['/cart?tok=1', '/cart', '/cart?tok=1'],
    ['/?', '/', '/?'],
    ['https://shop.ex', 'https://shop.ex', 'https://shop.ex'],
    ['Cart? #1', 'Cart? #1', 'Cart? #1'],
  ];
  const limits = { activeMs: 1, timeoutMs: 2, userIdCandidates: () => [] };
  for (const [url, path, full] of cases) {
    test(url, () => {
      const prefixIn = (pageUrls: 'path' | 'full') =>
        sessionFilter({ url }, 0n, { ...limits, pageUrls }).pagePrefix;
      assert.equal(prefixIn('path'), path);
      assert.equal(sessionFilter({ url }, 0n, limits).pagePrefix, path);
      assert.equal(prefixIn('full'), full);
    });
  }
});
