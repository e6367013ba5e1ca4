import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MalformedRequestError } from './decode-errors.js';
import { ProtoReader } from './wire.js';
import { ProtoWriter } from './wire-writer.js';

function written(write: (writer: ProtoWriter) => void): string {
  const writer = new ProtoWriter(1);
  write(writer);
  return Buffer.from(writer.finish()).toString('hex');
}

test('writes each kind of field as protobuf defines it', () => {
  assert.equal(
    written((w) => w.uint32(1, 150)),
    '089601',
  );
  assert.equal(
    written((w) => w.uint32(16, 2 ** 32 - 1)),
    '8001ffffffff0f',
  );
  assert.equal(
    written((w) => w.int64(3, -2)),
    '18feffffffffffffffff01',
  );
  assert.equal(
    written((w) => w.fixed32(1, 1)),
    '0d01000000',
  );
  assert.equal(
    written((w) => w.fixed64(1, 2n ** 64n - 1n)),
    '09ffffffffffffffff',
  );
  assert.equal(
    written((w) => w.double(1, 1)),
    '09000000000000f03f',
  );
  assert.equal(
    written((w) => w.bytes(1, Uint8Array.of(1, 2))),
    '0a020102',
  );
  assert.equal(
    written((w) => w.string(2, 'testing')),
    '120774657374696e67',
  );
  assert.equal(
    written((w) => w.string(2, '')),
    '1200',
  );
});

test('an int64 reads back, whatever its size', () => {
  const anySize = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc
      .nat({ max: 64 })
      .chain((bits) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }))
      .map((value) => BigInt.asIntN(64, value)),
  );
  fc.assert(
    fc.property(anySize, (value) => {
      const writer = new ProtoWriter();
      writer.int64(1, value);
      const bytes = writer.finish();
      const reader = new ProtoReader(bytes);
      reader.tag();
      assert.equal(reader.int64(), value);
      assert.equal(reader.tag(), 0);
      const again = new ProtoReader(bytes);
      again.tag();
      assert.equal(again.int64AsNumber(), Number(value));
      assert.equal(again.tag(), 0);
    }),
  );
});

test('a truncated int64 is refused by both methods', () => {
  for (const bytes of [[0x80], Array(7).fill(0xff), Array(9).fill(0xff), Array(11).fill(0xff)]) {
    assert.throws(() => new ProtoReader(Uint8Array.from(bytes)).int64(), MalformedRequestError);
    assert.throws(() => new ProtoReader(Uint8Array.from(bytes)).int64AsNumber(), MalformedRequestError);
  }
});

test('text of any length and script reads back', () => {
  // Lengths around the changes of method, and around the sizes at which the length takes another byte.
  for (const length of [
    0, 1, 42, 43, 47, 48, 63, 64, 127, 128, 5461, 5462, 16_383, 16_384, 16_385, 700_000,
  ]) {
    for (const unit of ['x', 'ä', '€', '😀']) {
      const value = unit.repeat(length);
      const writer = new ProtoWriter(1);
      writer.string(1, value);
      const reader = new ProtoReader(writer.finish());
      assert.equal(reader.tag(), 10);
      assert.ok(reader.utf8() === value, `${length} of ${unit}`);
      assert.equal(reader.tag(), 0);
    }
  }
});

test('a lone surrogate becomes U+FFFD', () => {
  assert.equal(
    written((w) => w.string(1, 'a\ud800b')),
    '0a0561efbfbd62',
  );
});

test('messages nest, and their lengths take as many bytes as they need', () => {
  for (const length of [0, 1, 120, 127, 128, 16_370, 16_384, 2_097_152]) {
    const content = new Uint8Array(length).fill(0x5a);
    const writer = new ProtoWriter(1);
    const outer = writer.begin(1);
    const inner = writer.begin(2);
    writer.bytes(3, content);
    writer.end(inner);
    writer.uint32(4, 1);
    writer.end(outer);

    const reader = new ProtoReader(writer.finish());
    assert.equal(reader.tag(), 10);
    const outerReader = new ProtoReader(reader.view());
    assert.equal(reader.tag(), 0);
    assert.equal(outerReader.tag(), 18);
    const innerReader = new ProtoReader(outerReader.view());
    assert.equal(innerReader.tag(), 26);
    assert.ok(Buffer.from(content).equals(innerReader.view()));
    assert.equal(outerReader.tag(), 32);
  }
});

test('rewinding drops what was written since, also within open messages', () => {
  const hex = written((w) => {
    const start = w.begin(1);
    w.uint32(1, 1);
    const before = w.position;
    w.begin(2);
    w.string(3, 'x'.repeat(1000));
    w.rewind(before);
    w.end(start);
  });
  assert.equal(hex, '0a020801');
});
