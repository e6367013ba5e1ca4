import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
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

/** Text that compresses about as well as telemetry. */
function telemetry(length: number): Buffer {
  let text = '';
  for (let i = 0; text.length < length; i++)
    text += `{"span":"${(i * 2_654_435_761) % 4_294_967_291}","name":"GET"}`;
  return Buffer.from(text.slice(0, length));
}

/** A gzip body that claims a wrong size. */
function claiming(size: number, body: Buffer): Buffer {
  const gzip = zlib.gzipSync(body);
  gzip.writeUInt32LE(size, gzip.length - 4);
  return gzip;
}

test('bodies without an encoding are passed on as they are', async () => {
  const body = telemetry(100);
  for (const encoding of [undefined, '', 'identity', ' Identity ']) {
    assert.equal(await supported(encoding)(body, MAX), body);
  }
});

test('unknown encodings are not supported', () => {
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

const { zstdCompressSync } = zlib as {
  readonly zstdCompressSync?: (body: Uint8Array, options?: object) => Buffer;
};
const NO_ZSTD = zstdCompressSync === undefined && 'this Node.js has no zstd';

test('zstd is supported if and only if the runtime has it', () => {
  assert.equal(decompressor('zstd') !== undefined, zstdCompressSync !== undefined);
  assert.equal(CONTENT_ENCODINGS.includes('zstd'), zstdCompressSync !== undefined);
});

test('zstd comes back whole, within the limit to the byte', { skip: NO_ZSTD }, async () => {
  for (const length of [0, 1, 50_000, 200_000, MAX]) {
    const body = telemetry(length);
    const sent = zstdCompressSync!(body);
    assert.ok(body.equals(await supported('zstd')(sent, MAX)), `${length}`);
    if (length > 1) await assert.rejects(supported('zstd')(sent, length - 1), BodyTooLargeError);
  }
  const [one, other] = [telemetry(30_000), telemetry(90_000)];
  const frames = Buffer.concat([zstdCompressSync!(one), zstdCompressSync!(other)]);
  assert.ok(Buffer.concat([one, other]).equals(await supported('zstd')(frames, MAX)), 'several frames');
  assert.equal((await supported('zstd')(frames, 120_000)).length, 120_000);
  await assert.rejects(supported('zstd')(frames, 119_999), BodyTooLargeError);
  await assert.rejects(supported('zstd')(frames, 30_000), BodyTooLargeError);
  const large = Buffer.concat([zstdCompressSync!(randomBytes(300_000)), zstdCompressSync!(other)]);
  assert.equal((await supported('zstd')(large, MAX)).length, 390_000, 'on another thread');
  await assert.rejects(
    supported('zstd')(Buffer.concat([frames, Buffer.from('more')]), MAX),
    CorruptBodyError,
  );
  const many = Buffer.concat(Array.from({ length: 65 }, () => zstdCompressSync!(Buffer.from('x'))));
  await assert.rejects(supported('zstd')(many, MAX), CorruptBodyError);
});

test('zstd that is a bomb, corrupt, truncated or something else is refused as such', {
  skip: NO_ZSTD,
}, async () => {
  await assert.rejects(supported('zstd')(zstdCompressSync!(Buffer.alloc(64 << 20)), MAX), BodyTooLargeError);
  const body = telemetry(200_000);
  const sent = zstdCompressSync!(body);
  for (const bad of [body, sent.subarray(0, -1), sent.subarray(0, 5), zlib.gzipSync(body)]) {
    await assert.rejects(supported('zstd')(bad, MAX), CorruptBodyError);
  }
});

test('zstd may ask for a window of 32 MiB, and for none of 128', { skip: NO_ZSTD }, async () => {
  // RFC 8878, section 3.1.1.1.2: frames without content size that differ only in their window descriptor; one
  // raw block "hello".
  const frame = (windowLog: number): Buffer => {
    const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (windowLog - 10) << 3]);
    return Buffer.concat([head, Buffer.from([(5 << 3) | 1, 0, 0]), Buffer.from('hello')]);
  };
  for (const windowLog of [10, 23, 25]) {
    assert.equal(Buffer.from(await supported('zstd')(frame(windowLog), MAX)).toString(), 'hello');
  }
  await assert.rejects(supported('zstd')(frame(27), MAX), CorruptBodyError);
  assert.equal(Buffer.from(await supported('zstd')(frame(27), 1 << 27)).toString(), 'hello');
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

test('corrupt, truncated or uncompressed bodies are refused as such', async () => {
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
