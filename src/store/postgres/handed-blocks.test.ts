import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, test } from 'node:test';
import { BlockSender, HandedBlocks, type HandOverEnd, newHandOver } from './handed-blocks.js';

const MB = 1024 * 1024;
const TEXT = 'a block';

let ends: { readonly intake: HandOverEnd; readonly folder: HandOverEnd };
let sender: BlockSender;
let handed: HandedBlocks;

beforeEach(() => {
  ends = newHandOver();
  sender = new BlockSender(ends.intake);
  handed = new HandedBlocks(ends.folder);
});
afterEach(() => ends.intake.port.close());

/** Hands a block over, if it is wanted. Returns whether it was. */
function send(row: bigint, text: string | Buffer = TEXT): boolean {
  const bytes = sender.copy(Buffer.from(text));
  if (bytes === undefined) return false;
  sender.send([{ row, project: 1, records: 2, directory: Buffer.from([3, 4]), checksum: 5, bytes }]);
  return true;
}

/** The text of a block with this row and checksum. */
function take(row: bigint, checksum = 5): string | undefined {
  handed.receive();
  return handed.take(row, checksum)?.bytes.toString();
}

test('a block is handed over as it was committed, once', () => {
  handed.want(true);
  assert.ok(send(7n));
  handed.receive();
  const block = handed.take(7n, 5)!;
  assert.deepEqual(
    { ...block, bytes: block.bytes.toString(), directory: [...block.directory] },
    { project: 1, records: 2, directory: [3, 4], bytes: TEXT },
  );
  assert.equal(take(7n), undefined);
});

test('a copy does not change when the memory of a commit is used again', () => {
  handed.want(true);
  const bytes = Buffer.from(TEXT);
  const copy = sender.copy(bytes)!;
  bytes.fill(0);
  sender.send([{ row: 1n, project: 1, records: 1, directory: Buffer.alloc(0), checksum: 5, bytes: copy }]);
  assert.equal(take(1n), TEXT);
});

test('a block stands for its row alone', () => {
  handed.want(true);
  send(1n);
  assert.equal(take(2n), undefined);
  assert.equal(take(1n, 6), undefined, 'another checksum');
});

test('nothing is handed over while the lease is held by another process', () => {
  assert.equal(send(1n), false);
  handed.want(true);
  assert.ok(send(2n));
  handed.want(false);
  assert.equal(send(3n), false);
  handed.want(true);
  assert.equal(take(2n), undefined, 'of an earlier lease');
});

test('blocks that nobody takes have a limit', () => {
  handed.want(true);
  const large = Buffer.alloc(8 * MB);
  let count = 0;
  while (send(BigInt(count), large)) count++;
  assert.ok(count > 1 && count < 20);
  handed.receive();
  handed.retain((row) => row !== 0n);
  assert.ok(send(100n, large), 'one has been forgotten');
  assert.ok(!send(101n, large));
  handed.take(1n, 5);
  const copy = sender.copy(large);
  assert.ok(copy, 'one has been taken');
  assert.equal(sender.copy(large), undefined);
  sender.release([copy, undefined]);
  assert.ok(sender.copy(large), 'one was not committed');
});
