import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { criticalPath } from './critical-path.js';
import { flameLayout } from './flame-layout.js';
import type { Outline, OutlinedSpan } from './outline.js';
import { selfTimes } from './self-time.js';
import { shownRows, siblingGroups } from './sibling-groups.js';
import { nextTraceWith, spanMatcher } from './span-search.js';
import { layoutSpans } from './span-tree.js';
import { including, panned, partOf, type TimeWindow, zoomed } from './time-window.js';

function span(id: string, parentId: string | undefined, start: number, end: number, name = id): OutlinedSpan {
  return { id, parentId, name, kind: 1, service: 'web', start, end, isError: false, otherSession: undefined };
}

/** Spans of any shape: several roots, children outside of their parents, names that repeat. */
const anySpans = fc
  .array(
    fc.tuple(fc.option(fc.nat(), { freq: 6 }), fc.nat({ max: 30 }), fc.nat({ max: 30 }), fc.nat({ max: 2 })),
    {
      maxLength: 40,
    },
  )
  .map((specs) =>
    specs.map(([parent, start, length, name], index) => {
      const parentId = parent === null || index === 0 ? undefined : `s${parent % index}`;
      return span(`s${index}`, parentId, start, start + length, `name ${name}`);
    }),
  );

describe('self time', () => {
  it('is the time in which no child runs', () => {
    const spans = [
      span('root', undefined, 0, 100),
      span('a', 'root', 10, 40),
      span('b', 'root', 30, 50),
      span('late', 'root', 90, 120),
      span('below', 'a', 10, 40),
    ];
    const tree = layoutSpans(spans);
    const byId = Object.fromEntries(
      [...selfTimes(spans, tree)].map((ms, row) => [spans[tree.span[row]!]!.id, ms]),
    );
    assert.deepEqual(byId, { root: 50, a: 0, b: 20, late: 30, below: 30 });
  });

  it('is, millisecond by millisecond, what the children leave', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = layoutSpans(spans);
        const self = selfTimes(spans, tree);
        for (const [row, index] of tree.span.entries()) {
          const own = spans[index]!;
          const children = spans.filter((_, at) => tree.parent[rowOf(tree.span, at)] === row);
          let alone = 0;
          for (let ms = own.start; ms < own.end; ms++) {
            if (!children.some(({ start, end }) => start <= ms && ms < end)) alone++;
          }
          assert.equal(self[row], alone);
        }
      }),
    );
  });
});

describe('the critical path', () => {
  it('goes back from the end over the child that ended last', () => {
    const spans = [
      span('root', undefined, 0, 100),
      span('first', 'root', 10, 40),
      span('parallel', 'root', 15, 35),
      span('last', 'root', 50, 90),
      span('inner', 'last', 60, 80),
      span('after', 'root', 95, 130),
    ];
    const tree = layoutSpans(spans);
    const parts = criticalPath(spans, tree).map(
      ({ row, from, to }) => `${spans[tree.span[row]!]!.id} ${from}-${to}`,
    );
    assert.deepEqual(parts, [
      'root 0-10',
      'first 10-40',
      'root 40-50',
      'last 50-60',
      'inner 60-80',
      'last 80-90',
      'root 90-100',
    ]);
  });

  it('covers the longest root, without a gap, by spans that were running, each below the one it held up', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = layoutSpans(spans);
        const parts = criticalPath(spans, tree);
        const roots = spans.filter((_, at) => tree.parent[rowOf(tree.span, at)] === -1);
        const longest = Math.max(0, ...roots.map(({ start, end }) => end - start));
        assert.equal(
          parts.reduce((sum, { from, to }) => sum + to - from, 0),
          longest,
        );
        for (const [at, { row, from, to }] of parts.entries()) {
          const { start, end } = spans[tree.span[row]!]!;
          assert.ok(start <= from && from < to && to <= end);
          if (at > 0) assert.equal(parts[at - 1]!.to, from);
        }
      }),
    );
  });

  it('of a trace as deep as it is long', () => {
    const spans = Array.from({ length: 50_000 }, (_, i) =>
      span(String(i), i === 0 ? undefined : String(i - 1), i, 100_000 - i),
    );
    assert.equal(criticalPath(spans, layoutSpans(spans)).length, 99_999);
  });
});

describe('a flame graph', () => {
  it('has each span below its parent, and no two of a level at the same time', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const tree = layoutSpans(spans);
        const { level, rows, levelCount } = flameLayout(spans, tree);
        assert.equal(rows.flat().length, spans.length);
        const start = new Map<number, number>();
        for (const row of tree.span.keys()) {
          const parent = tree.parent[row]!;
          const own = spans[tree.span[row]!]!.start;
          start.set(row, parent < 0 ? own : Math.max(own, start.get(parent)!));
          if (parent >= 0) assert.ok(level[row]! > level[parent]!);
          assert.ok(level[row]! < levelCount);
        }
        for (const ofLevel of rows) {
          for (const [at, row] of ofLevel.entries()) {
            const before = ofLevel[at - 1];
            if (before === undefined) continue;
            const end = Math.max(start.get(before)!, spans[tree.span[before]!]!.end);
            assert.ok(end <= start.get(row)!);
          }
        }
      }),
    );
  });

  it('uses the first level that is free', () => {
    const spans = [
      span('root', undefined, 0, 10),
      span('a', 'root', 0, 5),
      span('b', 'root', 3, 8),
      span('c', 'root', 5, 9),
      span('d', 'c', 6, 7),
    ];
    const { level } = flameLayout(spans, layoutSpans(spans));
    // By row: root, a, b, c, d. While b runs on the third level, d goes below it.
    assert.deepEqual([...level], [0, 1, 2, 1, 3]);
  });

  it('is laid out quickly if everything runs at once', () => {
    const spans = Array.from({ length: 20_000 }, (_, i) =>
      span(String(i), i === 0 ? undefined : '0', i, 1_000_000),
    );
    assert.equal(flameLayout(spans, layoutSpans(spans)).levelCount, 20_000);
  });
});

describe('equal siblings', () => {
  const queries = Array.from({ length: 6 }, (_, i) => span(`q${i}`, 'root', i, i + 1, 'SELECT'));
  const spans = [
    span('root', undefined, 0, 9),
    ...queries,
    span('below', 'q2', 2, 3),
    span('other', 'root', 3, 4),
  ];
  const tree = layoutSpans(spans);
  const shown = (unfolded: readonly string[] = [], folded: readonly string[] = []): string[] => {
    const groups = siblingGroups(spans, tree);
    const sets = { folded: new Set(folded), unfolded: new Set(unfolded), groups };
    const { items, depth } = shownRows(tree, spans, sets);
    return [...items].map((item, place) => {
      const name = item < 0 ? `×${groups[~item]!.rows.length}` : spans[tree.span[item]!]!.id;
      return '  '.repeat(depth[place]!) + name;
    });
  };

  it('are one row, until it is unfolded', () => {
    assert.deepEqual(shown(), ['root', '  ×6', '  other']);
    assert.deepEqual(shown(['q0']), [
      'root',
      '  ×6',
      '    q0',
      '    q1',
      '    q2',
      '      below',
      '    q3',
      '    q4',
      '    q5',
      '  other',
    ]);
    assert.deepEqual(shown(['q0'], ['root']), ['root']);
  });

  it('are in one group at most, and each span is shown once if all are unfolded', () => {
    fc.assert(
      fc.property(anySpans, (any) => {
        const anyTree = layoutSpans(any);
        const groups = siblingGroups(any, anyTree);
        const members = groups.flatMap(({ rows }) => rows);
        assert.equal(new Set(members).size, members.length);
        for (const { rows } of groups) {
          assert.ok(rows.length >= 5);
          assert.equal(new Set(rows.map((row) => anyTree.parent[row])).size, 1);
          assert.equal(new Set(rows.map((row) => any[anyTree.span[row]!]!.name)).size, 1);
        }
        const all = shownRows(anyTree, any, {
          folded: new Set(),
          groups,
          unfolded: new Set(groups.map(({ id }) => id)),
        });
        const rows = [...all.items].filter((item) => item >= 0);
        assert.deepEqual(
          rows.sort((a, b) => a - b),
          [...anyTree.span.keys()],
        );
        for (const [row, place] of all.placeOf.entries()) assert.equal(all.items[place], row);
        const few = shownRows(anyTree, any, { folded: new Set(), groups, unfolded: new Set() });
        assert.ok(few.items.length <= all.items.length);
      }),
    );
  });
});

describe('a window on the axis', () => {
  const whole = { from: 0, to: 1_000 };
  const windows = fc
    .tuple(fc.integer({ min: 0, max: 990 }), fc.integer({ min: 1, max: 1_000 }))
    .map(([from, length]): TimeWindow => ({ from, to: Math.min(1_000, from + length) }));
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const isIn = ({ from, to }: TimeWindow): void => assert.ok(from >= 0 && to <= 1_000 && from < to);

  it('never leaves the whole, whatever is done', () => {
    const factor = fc.double({ min: 0.001, max: 1_000, noNaN: true });
    const by = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(windows, factor, share, by, share, (window, scale, at, move, other) => {
        isIn(zoomed(window, whole, scale, at));
        isIn(panned(window, whole, move));
        isIn(partOf(window, whole, at, other));
      }),
    );
  });

  it('zooms around a time, and back to the whole', () => {
    assert.deepEqual(zoomed({ from: 200, to: 600 }, whole, 0.5, 0.25), { from: 250, to: 450 });
    assert.deepEqual(zoomed({ from: 200, to: 600 }, whole, 100, 0.5), whole);
    assert.deepEqual(panned({ from: 200, to: 600 }, whole, 0.5), { from: 400, to: 800 });
    assert.deepEqual(panned({ from: 200, to: 600 }, whole, 9), { from: 600, to: 1_000 });
    assert.deepEqual(partOf({ from: 200, to: 600 }, whole, 0.75, 0.25), { from: 300, to: 500 });
  });

  it('moves to a span, and keeps its length', () => {
    fc.assert(
      fc.property(windows, windows, (window, each) => {
        const moved = including(window, whole, { start: each.from, end: each.to });
        assert.equal(moved.to - moved.from, window.to - window.from);
        assert.ok(moved.from <= each.to && moved.to >= each.from);
        if (each.to - each.from <= window.to - window.from) {
          assert.ok(moved.from <= each.from && each.to <= moved.to);
        }
      }),
    );
  });
});

describe('the search for spans', () => {
  const spans = [span('ab12', undefined, 0, 1, 'GET /Cart'), span('cd34', 'ab12', 0, 1, 'render')];
  const found = (search: string): string[] => spans.filter(spanMatcher(search)!).map(({ id }) => id);

  it('finds all words in name and service, or the beginning of an id', () => {
    assert.deepEqual(found('cart get'), ['ab12']);
    assert.deepEqual(found('WEB'), ['ab12', 'cd34']);
    assert.deepEqual(found('cd3'), ['cd34']);
    assert.deepEqual(found('d34'), []);
    assert.equal(spanMatcher('  '), undefined);
  });

  it('finds words in keys and values of attributes, also some there and some in the name', () => {
    const attributes = new Map([['cd34', 'http.route /pay\napp.tenant acme']]);
    const withAttributes = (search: string): string[] =>
      spans.filter(spanMatcher(search, attributes)!).map(({ id }) => id);
    assert.deepEqual(withAttributes('ACME'), ['cd34']);
    assert.deepEqual(withAttributes('tenant render'), ['cd34']);
    assert.deepEqual(withAttributes('acme cart'), []);
    assert.deepEqual(withAttributes('cart'), ['ab12']);
  });

  it('goes on in other traces', () => {
    const trace = (id: string, name: string) => ({
      id,
      name,
      start: 0,
      end: 1,
      errorCount: 0,
      spans: [span('x', undefined, 0, 1, name)],
    });
    const outline: Outline = {
      origin: 0n,
      duration: 1,
      traces: [trace('a', 'pay'), trace('b', 'look'), trace('c', 'pay')],
      services: [],
      isTruncated: false,
    };
    const matches = spanMatcher('pay')!;
    assert.equal(nextTraceWith(outline, 'a', 1, matches), 'c');
    assert.equal(nextTraceWith(outline, 'c', 1, matches), 'a');
    assert.equal(nextTraceWith(outline, 'c', -1, matches), 'a');
    assert.equal(nextTraceWith(outline, 'a', 1, spanMatcher('look')!), 'b');
    assert.equal(nextTraceWith(outline, 'b', 1, spanMatcher('look')!), undefined);
  });
});

function rowOf(rows: Int32Array, index: number): number {
  return rows.indexOf(index);
}
