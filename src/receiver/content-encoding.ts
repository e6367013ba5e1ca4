import { availableParallelism } from 'node:os';
import zlib, { type InputType, type ZlibOptions } from 'node:zlib';

type Callback = (error: Error | null, result: Buffer) => void;

/** Options of zlib and of zstd. */
interface Options extends ZlibOptions {
  readonly params?: Readonly<Record<number, number>>;
}

interface Codec {
  decompress(body: InputType, options: Options, callback: Callback): void;
  /** For bodies so small that a thread costs more than the work. */
  decompressSync(body: InputType, options: Options): Buffer;
  /** Further parameters for a body of at most `maxBytes`. */
  parameters?(maxBytes: number): Readonly<Record<number, number>>;
  /** The decompressed size that the body claims, bytes; undefined if it claims none. The claim may be wrong. */
  claimedSize?(body: Uint8Array): number;
}

const GZIP: Codec = {
  decompress: zlib.gunzip,
  decompressSync: zlib.gunzipSync,
  // RFC 1952, ISIZE: the last four bytes, modulo 2^32, of the last member.
  claimedSize: (body) =>
    body.length < 18 ? 0 : new DataView(body.buffer, body.byteOffset + body.length - 4, 4).getUint32(0, true),
};

const CODECS = new Map<string, Codec>([
  ['gzip', GZIP],
  ['x-gzip', GZIP], // RFC 9110, section 8.4.1.3
  ['deflate', { decompress: zlib.inflate, decompressSync: zlib.inflateSync }],
]);

type InfoOptions = Options & { readonly info: true };
interface WithInfo {
  readonly buffer: Buffer;
  /** `bytesWritten` counts the bytes of the body that were read. */
  readonly engine: { readonly bytesWritten: number };
}
type InfoCallback = (error: Error | null, result: WithInfo) => void;

/** Limit on frames of a body: senders write one, and each costs a call. */
const MOST_FRAMES = 64;

/**
 * The frames of a zstd body. Node.js reads only the first, but a body may have any number (RFC 8878, section
 * 3).
 */
class Frames {
  rest: Uint8Array;
  readonly #given: Options;
  readonly #read: Buffer[] = [];
  #length = 0;

  constructor(body: Uint8Array, options: Options) {
    this.rest = body;
    this.#given = options;
  }

  /** For the next frame: the rest of the limit. */
  get options(): InfoOptions {
    const { maxOutputLength } = this.#given;
    const left = maxOutputLength === undefined ? {} : { maxOutputLength: maxOutputLength - this.#length };
    return { ...this.#given, ...left, info: true };
  }

  /** Adds a frame. Returns true if it was the last. Throws if there are too many. */
  take({ buffer, engine }: WithInfo): boolean {
    this.#read.push(buffer);
    this.#length += buffer.length;
    this.rest = this.rest.subarray(engine.bytesWritten);
    if (this.rest.length === 0) return true;
    if (engine.bytesWritten === 0 || this.#read.length === MOST_FRAMES)
      throw new Error('too many zstd frames');
    if (this.#length >= (this.#given.maxOutputLength ?? Number.POSITIVE_INFINITY)) {
      throw Object.assign(new RangeError('larger than allowed'), { code: 'ERR_BUFFER_TOO_LARGE' });
    }
    return false;
  }

  get whole(): Buffer {
    return this.#read.length === 1 ? this.#read[0]! : Buffer.concat(this.#read);
  }
}

// Node.js has zstd since 22.15 and 23.8.
const { zstdDecompress, zstdDecompressSync, constants } = zlib as {
  readonly zstdDecompress?: (body: Uint8Array, options: InfoOptions, callback: InfoCallback) => void;
  readonly zstdDecompressSync?: (body: Uint8Array, options: InfoOptions) => WithInfo;
  readonly constants: { readonly ZSTD_d_windowLogMax?: number };
};
const { ZSTD_d_windowLogMax: WINDOW_LOG_MAX } = constants;
if (zstdDecompress !== undefined && zstdDecompressSync !== undefined && WINDOW_LOG_MAX !== undefined) {
  const parameters = (maxBytes: number) => ({ [WINDOW_LOG_MAX]: windowLog(maxBytes) });
  CODECS.set('zstd', {
    decompress: (body, options, callback) => {
      const frames = new Frames(body as Uint8Array, options);
      const next = (): void =>
        zstdDecompress(frames.rest, frames.options, (error, result) => {
          if (error !== null) return callback(error, Buffer.alloc(0));
          try {
            if (!frames.take(result)) return next();
          } catch (fault) {
            return callback(fault as Error, Buffer.alloc(0));
          }
          return callback(null, frames.whole);
        });
      next();
    },
    decompressSync: (body, options) => {
      const frames = new Frames(body as Uint8Array, options);
      while (!frames.take(zstdDecompressSync(frames.rest, frames.options)));
      return frames.whole;
    },
    parameters,
  });
}

/**
 * The largest window that a zstd body may require, as the binary logarithm of its bytes: 32 MiB. The encoder
 * of the OpenTelemetry Collector uses at most this at any level, and the largest body in one segment needs
 * it.
 */
function windowLog(maxBytes: number): number {
  return Math.min(27, Math.max(25, Math.ceil(Math.log2(maxBytes))));
}

/** Values of Content-Encoding that can be read, best known first. */
export const CONTENT_ENCODINGS: readonly string[] = [...CODECS.keys()].filter((name) => name !== 'x-gzip');

/** The body does not match its Content-Encoding, or is incomplete. */
export class CorruptBodyError extends Error {
  override readonly name = 'CorruptBodyError';
}

/** The decompressed body is larger than allowed. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** Decompresses bodies of one Content-Encoding. */
export type Decompress = (body: Uint8Array, maxBytes: number) => Promise<Uint8Array>;

/**
 * The decompressor for a Content-Encoding header; undefined if it is not supported. Its promise rejects with
 * CorruptBodyError or BodyTooLargeError. It never holds more than `maxBytes` and a chunk.
 */
export function decompressor(contentEncoding: string | undefined): Decompress | undefined {
  const name = (contentEncoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return async (body) => body;
  const codec = CODECS.get(name);
  return codec && ((body, maxBytes) => decompress(codec, body, maxBytes));
}

/**
 * Limits for working on the calling thread: up to about 2 ms, as long as decoding the same telemetry takes
 * there. Another thread costs the calling one 0.1 to 0.4 ms, and a fifth of the throughput on two cores.
 */
const SYNC_BYTES = 256 * 1024;
const SYNC_RESULT_BYTES = 1024 * 1024;

/** Usual compression ratio of telemetry. */
const USUAL_RATIO = 10;
/** Maximum compression ratio of deflate. */
const MAX_RATIO = 1032;
const MIN_CHUNK = 1024;

async function decompress(codec: Codec, body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  // One chunk for the whole result: with zlib's default chunks of 16 KiB, 192 KiB take three times as long.
  const size = Math.min(
    codec.claimedSize?.(body) ?? body.length * USUAL_RATIO,
    body.length * MAX_RATIO,
    maxBytes,
  );
  // If the claim is too low, chunks must not become tiny.
  const chunkSize = Math.max(MIN_CHUNK, size + 1, body.length);
  const params = codec.parameters?.(maxBytes);
  const options: Options = { chunkSize, ...(params !== undefined && { params }) };
  if (body.length <= SYNC_BYTES && size <= SYNC_RESULT_BYTES) {
    try {
      return codec.decompressSync(body, {
        ...options,
        maxOutputLength: Math.min(maxBytes, SYNC_RESULT_BYTES),
      });
    } catch (error) {
      // The body is larger than it claimed, so it is read by the other method.
      if (!isTooLarge(error) || maxBytes <= SYNC_RESULT_BYTES) throw decompressionError(error);
    }
  }
  await ASIDE.enter();
  return new Promise((resolve, reject) => {
    codec.decompress(body, { ...options, maxOutputLength: maxBytes }, (error, result) => {
      ASIDE.leave();
      if (error === null) resolve(result);
      else reject(decompressionError(error));
    });
  });
}

/** Admits a limited number at a time, in order of arrival. */
class Turnstile {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async enter(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

/**
 * Number of bodies that other threads decompress at a time: one for each core, of the four threads of
 * Node.js. A waiting body takes no memory for its result, so many bombs at once take only a few times the
 * limit of one.
 */
const ASIDE = new Turnstile(Math.min(4, availableParallelism()));

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

function decompressionError(error: unknown): Error {
  return isTooLarge(error) ? new BodyTooLargeError() : new CorruptBodyError((error as Error).message);
}
