import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';

/** Smaller answers are not compressed, because that would cost more than it saves. Bytes. */
const LEAST_BYTES = 256 * 1024;

/** Has most of the savings in a fifth of the time. */
const LEVEL = 1;

const compress = promisify(gzip);

/** Whether an `Accept-Encoding` header accepts gzip (RFC 9110, section 12.5.3). */
export function acceptsGzip(header: string | undefined): boolean {
  let accepted = false;
  for (const entry of (header ?? '').toLowerCase().split(',')) {
    const [coding, ...parameters] = entry.split(';').map((part) => part.trim());
    const isRefused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    if (coding === 'gzip' || coding === 'x-gzip') return !isRefused;
    if (coding === '*') accepted = !isRefused;
  }
  return accepted;
}

/**
 * The compressed answer if it is large and the client accepts that, else undefined. Compresses outside of
 * this thread.
 */
export async function compressed(
  bytes: Uint8Array,
  acceptEncoding: string | undefined,
): Promise<Buffer | undefined> {
  if (bytes.length < LEAST_BYTES || !acceptsGzip(acceptEncoding)) return undefined;
  return compress(bytes, { level: LEVEL });
}

/**
 * The stream compressed, outside of this thread. Each chunk is sent on at once, and none is read before the client has
 * taken those before it. An error of one stream, and its early end, is one of both.
 */
export function compressedStream(source: Readable): Readable {
  const encoder = createGzip({ level: LEVEL, flush: constants.Z_SYNC_FLUSH });
  // Who reads the encoder hears of errors by it.
  return pipeline(source, encoder, () => {});
}
