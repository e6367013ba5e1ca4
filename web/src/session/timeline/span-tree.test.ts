import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { layoutSpans, type SpanTree } from './span-tree.js';

type Spec = [id: string, parentId: string | undefined, start: number];

function spansOf(...specs: Spec[]) {
  return specs.map(([id, parentId, start]) => ({ id, parentId, start }));
}

/** The rows as text: each id indented by two spaces a level. */
function drawn(spans: ReturnType<typeof spansOf>): string[] {
  const tree = layoutSpans(spans);
  return [...tree.span.keys()].map((row) => '  '.repeat(tree.depth[row]!) + spans[tree.span[row]!]!.id);
}

describe('the tree of a trace', () => {
  it('has parents before their children, siblings by start and then by id', () => {
    const spans = spansOf(
      ['late', 'root', 5],
      ['b', 'root', 2],
      ['a', 'root', 2],
      ['root', undefined, 1],
      ['below', 'b', 9],
    );
    assert.deepEqual(drawn(spans), ['root', '  a', '  b', '    below', '  late']);
  });

  it('has spans without their parent as roots', () => {
    const spans = spansOf(['orphan', 'gone', 3], ['child', 'orphan', 4], ['root', undefined, 1]);
    assert.deepEqual(drawn(spans), ['root', 'orphan', '  child']);
  });

  it('cuts circles at their earliest span', () => {
    const spans = spansOf(['a', 'c', 3], ['b', 'a', 1], ['c', 'b', 2], ['self', 'self', 9], ['tail', 'a', 4]);
    assert.deepEqual(drawn(spans), ['b', '  c', '    a', '      tail', 'self']);
  });

  it('knows the size of subtrees, and the position among siblings', () => {
    const spans = spansOf(['r', undefined, 0], ['a', 'r', 1], ['b', 'r', 2], ['c', 'b', 3]);
    const tree = layoutSpans(spans);
    assert.deepEqual([...tree.size], [4, 1, 2, 1]);
    assert.deepEqual([...tree.place], [1, 1, 2, 1]);
    assert.deepEqual([...tree.siblings], [1, 2, 2, 1]);
    assert.deepEqual([...tree.parent], [-1, 0, 0, 2]);
  });

  it('can be as deep as the trace is long', () => {
    const spans = Array.from({ length: 50_000 }, (_, i) => ({
      id: String(i),
      parentId: i === 0 ? undefined : String(i - 1),
      start: i,
    }));
    const tree = layoutSpans(spans);
    assert.equal(tree.depth.at(-1), 49_999);
    assert.equal(tree.size[0], 50_000);
  });

  it('has each span once, whatever the parents are', () => {
    const id = fc.integer({ min: 0, max: 12 }).map(String);
    const specs = fc.uniqueArray(
      fc.record({ id, parentId: fc.option(id, { nil: undefined }), start: fc.integer({ min: 0, max: 5 }) }),
      { selector: ({ id: key }) => key },
    );
    fc.assert(
      fc.property(specs, (spans) => {
        const tree = layoutSpans(spans);
        assert.deepEqual(
          [...tree.span].sort((a, b) => a - b),
          [...spans.keys()],
        );
        for (const row of tree.span.keys()) checkRow(spans, tree, row);
      }),
    );
  });
});

function checkRow(spans: ReturnType<typeof spansOf>, tree: SpanTree, row: number): void {
  const parent = tree.parent[row]!;
  const span = spans[tree.span[row]!]!;
  if (parent >= 0) {
    assert.equal(spans[tree.span[parent]!]!.id, span.parentId);
    assert.equal(tree.depth[row], tree.depth[parent]! + 1);
    assert.ok(row > parent && row < parent + tree.size[parent]!);
  } else assert.equal(tree.depth[row], 0);
}
