import assert from 'node:assert/strict';
import { test } from 'node:test';
import zlib from 'node:zlib';
import {
  BodyTooLargeError,
  CONTENT_ENCODINGS,
  CorruptBodyError,
  type Decompress,
  decompressor,
} from './content-encoding.js';

const MAX = 1 << 20;

function supported(encoding: string | undefined): Decompress {
  const decompress = decompressor(encoding);
  assert.ok(decompress, String(encoding));
  return decompress;
}

/** Text that compresses about as telemetry does. */
function telemetry(length: number): Buffer {
  let text = '';
  for (let i = 0; text.length < length; i++)
    text += `{"span":"${(i * 2_654_435_761) % 4_294_967_291}","name":"GET"}`;
  return Buffer.from(text.slice(0, length));
}

/** A gzip body that claims another size than it has. */
function claiming(size: number, body: Buffer): Buffer {
  const gzip = zlib.gzipSync(body);
  gzip.writeUInt32LE(size, gzip.length - 4);
  return gzip;
}

test('bodies without an encoding are handed on as they are', async () => {
  const body = telemetry(100);
  for (const encoding of [undefined, '', 'identity', ' Identity ']) {
    assert.equal(await supported(encoding)(body, MAX), body);
  }
});

test('encodings that are not known are not supported', () => {
  for (const encoding of ['br', 'compress', 'gzip, gzip', 'toString', '__proto__']) {
    assert.equal(decompressor(encoding), undefined, encoding);
  }
  assert.deepEqual(CONTENT_ENCODINGS.slice(0, 2), ['gzip', 'deflate']);
});

for (const length of [0, 1, 1000, 50_000, 65_536, 65_537, MAX]) {
  test(`${length} bytes come back whole from gzip and deflate`, async () => {
    const body = telemetry(length);
    for (const encoding of ['gzip', 'GZIP', 'x-gzip']) {
      assert.ok(body.equals(await supported(encoding)(zlib.gzipSync(body), MAX)), encoding);
    }
    assert.ok(body.equals(await supported('deflate')(zlib.deflateSync(body), MAX)), 'deflate');
  });
}

test('zstd is supported where the runtime has it', async () => {
  const { zstdCompressSync } = zlib as { zstdCompressSync?: (body: Buffer) => Buffer };
  if (zstdCompressSync === undefined) {
    assert.equal(decompressor('zstd'), undefined);
    assert.ok(!CONTENT_ENCODINGS.includes('zstd'));
  } else {
    const body = telemetry(200_000);
    assert.ok(body.equals(await supported('zstd')(zstdCompressSync(body), MAX)));
    await assert.rejects(supported('zstd')(zstdCompressSync(body), 199_999), BodyTooLargeError);
    await assert.rejects(supported('zstd')(body, MAX), CorruptBodyError);
  }
});

test('a body of several gzip members is read as one', async () => {
  const [one, other] = [telemetry(30_000), telemetry(90_000)];
  const body = Buffer.concat([zlib.gzipSync(other), zlib.gzipSync(one)]);
  assert.ok(Buffer.concat([other, one]).equals(await supported('gzip')(body, MAX)));
});

test('the limit holds to the byte, for small bodies and large ones', async () => {
  for (const length of [1000, 70_000, 500_000]) {
    const body = telemetry(length);
    assert.equal((await supported('gzip')(zlib.gzipSync(body), length)).length, length);
    await assert.rejects(supported('gzip')(zlib.gzipSync(body), length - 1), BodyTooLargeError);
    await assert.rejects(supported('deflate')(zlib.deflateSync(body), length - 1), BodyTooLargeError);
  }
});

test('a bomb is refused whatever size it claims', async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(64 << 20));
  await assert.rejects(supported('gzip')(bomb, MAX), BodyTooLargeError);
  const small = Buffer.alloc(2 << 20);
  for (const size of [0, 10, 0xffffffff]) {
    await assert.rejects(supported('gzip')(claiming(size, small), MAX), BodyTooLargeError);
  }
});

test('what is corrupt, cut off or not compressed at all is refused as such', async () => {
  const body = telemetry(100_000);
  const gzip = zlib.gzipSync(body);
  const flipped = Buffer.from(gzip);
  flipped[gzip.length >> 1]! ^= 0xff;
  for (const sent of [
    gzip.subarray(0, -1),
    gzip.subarray(0, 5),
    flipped,
    body,
    new Uint8Array(),
    claiming(5, body),
  ]) {
    await assert.rejects(supported('gzip')(sent, MAX), CorruptBodyError);
  }
});
