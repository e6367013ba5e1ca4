import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import { lockDirectory, openForWriting } from './database.js';
import { DamagedBlockError, StoredBlocks, TimeBounds } from './stored-block.js';

const root = mkdtempSync(join(tmpdir(), 'sojourn-block-'));
after(() => rmSync(root, { recursive: true }));

const BYTES = Buffer.from('a span, and another span, and another span');
const DIRECTORY = Uint8Array.of(20, 0, 22, 0);

describe('blocks on disk', () => {
  lockDirectory(root).release();
  const db = openForWriting(root, 1 << 20);
  after(() => db.close());
  const blocks = new StoredBlocks(db);
  blocks.insert({
    id: 7,
    project: 3,
    directory: DIRECTORY,
    data: lz4.compressSync(BYTES),
    leastNs: 1n,
    greatestNs: 2n,
  });

  test('are read as they were written', () => {
    const { bytes, ...rest } = blocks.read(7)!;
    assert.equal(bytes.toString(), BYTES.toString());
    assert.deepEqual(
      { ...rest, directory: Uint8Array.from(rest.directory) },
      { id: 7, project: 3, directory: DIRECTORY },
    );
    assert.equal(blocks.read(8), undefined);
    assert.equal([...blocks.after(6)].length, 1);
    assert.equal([...blocks.after(7)].length, 0);
  });

  for (const column of ['directory', 'data']) {
    test(`are not read where a byte of the ${column} is another: the error names the block`, () => {
      const known = db.prepare(`SELECT ${column} AS bytes FROM block WHERE id = 7`).get()!
        .bytes as Uint8Array;
      const set = db.prepare(`UPDATE block SET ${column} = ? WHERE id = 7`);
      for (let at = 0; at < known.length; at++) {
        const flipped = Uint8Array.from(known);
        flipped[at]! ^= 0x10;
        set.run(flipped);
        assert.throws(
          () => blocks.read(7),
          (error) => error instanceof DamagedBlockError && /block 7 /.test(error.message),
        );
        assert.throws(() => [...blocks.after(0)], DamagedBlockError);
      }
      set.run(known);
      assert.ok(blocks.read(7));
    });
  }

  test('of a version before are read without a checksum, those of a later one are refused', () => {
    db.exec('UPDATE block SET format = 0, checksum = NULL');
    assert.ok(blocks.read(7));
    db.exec('UPDATE block SET format = 2');
    assert.throws(() => blocks.read(7), /block 7 has format 2/);
  });
});

test('the bounds of a block hold all of its times, and are at most 4.3 seconds wider', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), { minLength: 1 }), (values) => {
      const times = BigInt64Array.from(values);
      const bounds = new TimeBounds();
      for (const index of times.keys()) bounds.add(times, index);
      const { leastNs, greatestNs } = bounds.take();
      const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const [least, greatest] = [sorted[0]!, sorted.at(-1)!];
      assert.ok(leastNs <= least && least - leastNs < 2n ** 32n);
      assert.ok(greatestNs >= greatest && greatestNs - greatest < 2n ** 32n);
    }),
  );
});
