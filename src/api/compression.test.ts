import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { acceptsGzip, compressed, compressedStream } from './compression.js';

test('gzip is used if the header accepts it or anything, and not if it is refused', () => {
  for (const header of ['gzip', 'br, gzip', 'GZIP;q=0.5', 'x-gzip', '*', 'deflate, *;q=0.1']) {
    assert.equal(acceptsGzip(header), true, header);
  }
  for (const header of [undefined, '', 'br', 'gzip;q=0', 'gzip; q=0.000, *', '*;q=0', 'gzipped']) {
    assert.equal(acceptsGzip(header), false, String(header));
  }
});

test('only large answers are compressed, without loss', async () => {
  const large = Buffer.alloc(300_000, 'sojourn');
  assert.equal(await compressed(large, 'br'), undefined);
  assert.equal(await compressed(large.subarray(0, 1000), 'gzip'), undefined);
  const bytes = await compressed(large, 'gzip');
  assert.ok(bytes !== undefined && bytes.length < large.length / 10);
  assert.ok(gunzipSync(bytes).equals(large));
});

test('a stream that fails before its end fails compressed too', async () => {
  async function* failing() {
    yield Buffer.alloc(1000);
    throw new Error('damaged');
  }
  await assert.rejects(compressedStream(Readable.from(failing())).toArray(), /damaged/);
});

test('a compressed stream that nobody reads to its end ends its source', async () => {
  const source = Readable.from(endless(), { objectMode: false, highWaterMark: 1 });
  const closed = new Promise((resolve) => source.once('close', resolve));
  const stream = compressedStream(source);
  await once(stream, 'readable');
  stream.destroy();
  await closed;
  async function* endless() {
    for (;;) yield Buffer.alloc(1000);
  }
});
