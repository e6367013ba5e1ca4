import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { packLane } from './pack.js';

const ROOM = { rows: 3, least: 10, space: 2, width: 1_310 };
const placed = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 300 })), { maxLength: 300 })
  .map((pairs) =>
    pairs.sort(([a], [b]) => a - b).map(([from, length], index) => ({ index, from, to: from + length })),
  );

describe('the blocks of a lane', () => {
  it('have each thing exactly once, and cover it', () => {
    fc.assert(
      fc.property(placed, (things) => {
        const blocks = packLane(things, ROOM);
        const members = blocks.flatMap((block) => block.members);
        assert.deepEqual(
          members.toSorted((a, b) => a - b),
          [...things.keys()],
        );
        for (const { from, to, members } of blocks) {
          for (const index of members) assert.ok(things[index]!.from >= from && things[index]!.to <= to);
        }
      }),
    );
  });

  it('do not overlap in a row, know their room, and are no more than fit', () => {
    fc.assert(
      fc.property(placed, (things) => {
        const blocks = packLane(things, ROOM);
        for (let row = 0; row < ROOM.rows; row++) {
          const own = blocks.filter((block) => block.row === row);
          for (const [index, block] of own.entries()) {
            const next = own[index + 1];
            assert.equal(block.room, (next?.from ?? ROOM.width) - block.to);
            assert.ok(next === undefined || block.room >= ROOM.space);
          }
        }
        assert.ok(blocks.every(({ row }) => row < ROOM.rows));
        assert.ok(blocks.length <= ROOM.rows * Math.ceil(1_310 / (ROOM.least + ROOM.space)));
      }),
    );
  });

  it('are single things where there is room', () => {
    const things = [0, 20, 40].map((from, index) => ({ index, from, to: from }));
    assert.deepEqual(
      packLane(things, ROOM).map(({ row, members }) => [row, members.length]),
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
    );
  });
});
