import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PAGE_KINDS, type PageView, VITAL_NAMES, type VisitFacts } from '../normalize/facts.js';
import { isInPlace, placeQuery, placesOf } from './page-places.js';
import { MOST_USERS } from './user-counts.js';
import { NO_VISIT, VisitDraft, type VisitPart, VisitSums } from './visit.js';

interface VisitRecord {
  readonly facts: VisitFacts;
  readonly atNs: bigint;
  readonly id: string;
}

const page = (url: string, more: Partial<PageView> = {}): PageView => ({
  kind: 'load',
  source: 'documentLoad',
  url,
  ...more,
});

function partOf(all: readonly VisitRecord[]): VisitPart {
  const draft = new VisitDraft();
  for (const { facts, atNs, id } of all) draft.add(facts, atNs, id);
  return draft.finish();
}

function sumOf(parts: readonly VisitPart[]): VisitSums {
  const sums = new VisitSums();
  for (const part of parts) assert.ok(sums.exchange(NO_VISIT, part));
  return sums;
}

/** Everything that a session shows of a visit. */
function view(sums: VisitSums): object {
  const { pageViews, entered, referred, places, isEmpty } = sums;
  const { first, last } = entered;
  return {
    pageViews,
    first,
    last,
    referred,
    places,
    isEmpty,
    vitals: VITAL_NAMES.map((name) => sums.vital(name)),
  };
}

describe('pages of a visit (S50, S51)', () => {
  test('a page that several instruments report is counted by the one that reports most', () => {
    const at = (source: string, kind: PageView['kind'], atNs: bigint): VisitRecord => ({
      facts: { page: page('https://shop.example/', { source, kind }) },
      atNs,
      id: String(atNs),
    });
    const sums = sumOf([
      partOf([at('documentLoad', 'load', 1n), at('browser.navigation', 'load', 2n)]),
      partOf([at('browser.navigation', 'route', 3n), at('browser.navigation', 'load', 4n)]),
    ]);
    assert.equal(sums.pageViews, 3);
    assert.equal(sums.entered.first?.atNs, 2n, 'the first of those that count');
    assert.equal(sums.entered.last?.atNs, 4n);
  });

  test('worst and median of vitals; one that is reported again under its id is one (S52)', () => {
    const lcp = (value: number, id?: string): VisitRecord => ({
      facts: { vitals: [{ name: 'lcp', value, ...(id !== undefined && { id }) }] },
      atNs: 1n,
      id: 'x',
    });
    const grown = partOf([lcp(100, 'a'), lcp(900, 'a'), lcp(800, 'a')]);
    const sums = sumOf([grown, partOf([lcp(1234.5)]), partOf([lcp(300, 'b')])]);
    assert.deepEqual(sums.vital('lcp'), { worst: 1230, median: 900 });
    assert.equal(sums.vital('cls'), undefined);
  });

  test('of many pages the first in order of their characters find the session (S53)', () => {
    const all = Array.from({ length: MOST_USERS + 10 }, (_, i) => `/${String(i).padStart(3, '0')}`);
    const parts = all.map((path, i) => partOf([{ facts: { page: page(path) }, atNs: BigInt(i), id: path }]));
    for (const order of [parts, parts.toReversed()]) {
      const sums = sumOf(order);
      assert.deepEqual(sums.places, all.slice(0, MOST_USERS));
      // Left-out places may belong to them again.
      assert.equal(sums.exchange(parts[0]!, NO_VISIT), false);
    }
  });
});

test('the aggregate of a visit is a function of the set of its parts, after any additions, removals and replacements (S18)', () => {
  const urls = ['https://a.example/', 'https://a.example/cart', 'https://b.example/x y', '/cart'];
  const facts: fc.Arbitrary<VisitFacts> = fc.record(
    {
      page: fc.record(
        {
          kind: fc.constantFrom(...PAGE_KINDS),
          source: fc.constantFrom('one', 'two'),
          url: fc.constantFrom(...urls),
          name: fc.constantFrom('/cart', 'Cart'),
          referrer: fc.constantFrom('https://search.example/'),
        },
        { requiredKeys: ['kind', 'source'] },
      ),
      vitals: fc.array(
        fc.record(
          {
            name: fc.constantFrom(...VITAL_NAMES),
            value: fc.constantFrom(0, 0.1, 12.345, 99_999),
            id: fc.constantFrom('a', 'b'),
          },
          { requiredKeys: ['name', 'value'] },
        ),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<VisitFacts>;
  const visitRecord: fc.Arbitrary<VisitRecord> = fc.record({
    facts,
    atNs: fc.constantFrom(1n, 2n, 2_000_000_000_000_000_000n),
    id: fc.constantFrom('a', 'b', 'c'),
  });
  // A record at a position in time is one record.
  const part = fc
    .uniqueArray(visitRecord, { selector: ({ atNs, id }) => `${atNs} ${id}`, maxLength: 4 })
    .map(partOf);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(3), fc.option(part, { nil: NO_VISIT })), { maxLength: 12 }),
      (steps) => {
        const now: VisitPart[] = [NO_VISIT, NO_VISIT, NO_VISIT, NO_VISIT];
        let sums = new VisitSums();
        for (const [group, replacement] of steps) {
          const isExact = sums.exchange(now[group]!, replacement);
          now[group] = replacement;
          if (!isExact) sums = sumOf(now);
          sums = VisitSums.decode(sums.encode());
        }
        // Records at one position in time in several groups are not distinguished: traces have ids of their
        // own.
        const fresh = view(sumOf(now)) as Record<string, unknown>;
        for (const [name, value] of Object.entries(view(sums))) {
          if (['first', 'last', 'referred'].includes(name)) continue;
          assert.deepEqual(value, fresh[name], name);
        }
        assert.deepEqual(placeInTime(sums.entered.first), placeInTime(sumOf(now).entered.first));
        assert.deepEqual(placeInTime(sums.entered.last), placeInTime(sumOf(now).entered.last));
      },
    ),
    { numRuns: 300 },
  );
});

function placeInTime(at: { readonly atNs: bigint; readonly id: string } | undefined): object | undefined {
  return at && { atNs: at.atNs, id: at.id };
}

describe('finding by page', () => {
  const cases: readonly [page: PageView, prefix: string, is: boolean][] = [
    [page('https://shop.example/cart/7'), '/cart', true],
    [page('https://shop.example/cart/7'), 'https://shop.example/ca', true],
    [page('https://shop.example/cart/7'), 'https://SHOP.example/ca', true],
    [page('https://shop.example/cart/7'), 'https://shop.ex', true],
    [page('https://shop.example/cart/7'), 'https://shop.example.org/cart', false],
    [page('https://shop.example/cart/7'), 'http://shop.example/cart', false],
    [page('https://shop.example/cart/7'), '/art', false],
    [page('https://shop.example'), 'https://shop.example/', true],
    [page('https://shop.example/a b'), '/a b', true],
    [page('https://shop.example/a b'), 'https://shop.example/a b', true],
    [page('https://shop.example/', { name: '/cart/:id' }), '/cart/:', true],
    [page('https://shop.example/', { name: '/cart/:id' }), 'https://shop.example/cart/:', true],
    [page('https://shop.example/', { name: 'Cart' }), 'Cart', false],
    [{ kind: 'screen', source: 'app.screen', name: 'Cart of Ann' }, 'Cart of', true],
    [page(`/${'x'.repeat(2000)}`), `/${'x'.repeat(1000)}`, true],
  ];
  for (const [of, prefix, is] of cases) {
    test(`${of.url?.slice(0, 40)} ${of.name ?? ''} ${is ? 'begins' : 'does not begin'} with ${prefix.slice(0, 40)}`, () => {
      const query = placeQuery(prefix);
      assert.equal(
        placesOf(of).some((place) => isInPlace(place, query)),
        is,
      );
    });
  }
});
