import { availableParallelism } from 'node:os';
import zlib, { type InputType, type ZlibOptions } from 'node:zlib';

type Callback = (error: Error | null, result: Buffer) => void;

/** Of zlib and of zstd. */
interface Options extends ZlibOptions {
  readonly params?: Readonly<Record<number, number>>;
}

interface Codec {
  decompress(body: InputType, options: Options, callback: Callback): void;
  /** For bodies so small that a thread costs more than the work. */
  decompressSync(body: InputType, options: Options): Buffer;
  /** What else a body of at most so many bytes asks for. */
  parameters?(maxBytes: number): Readonly<Record<number, number>>;
  /** Decompressed size as the body claims, bytes; undefined where it does not. Anything may be claimed. */
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

/** Frames that a body may have: senders write one, and each costs a call. */
const MOST_FRAMES = 64;

/** The frames of a zstd body, one after the other: Node.js reads the first and says nothing of others (RFC 8878, section 3, has any number of them). */
class Frames {
  rest: Uint8Array;
  readonly #given: Options;
  readonly #read: Buffer[] = [];
  #length = 0;

  constructor(body: Uint8Array, options: Options) {
    this.rest = body;
    this.#given = options;
  }

  /** For the next frame: what is left of the limit. */
  get options(): InfoOptions {
    const { maxOutputLength } = this.#given;
    const left = maxOutputLength === undefined ? {} : { maxOutputLength: maxOutputLength - this.#length };
    return { ...this.#given, ...left, info: true };
  }

  /** Takes a frame; true where it was the last. Throws where more follow than may. */
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

// Node.js has zstd from 22.15 and 23.8 on.
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
 * The largest window that a zstd body may ask memory for, as the logarithm of its bytes to base 2: 32 MiB, the most that the encoder of the OpenTelemetry Collector
 * takes at any of its levels, and what the largest body needs that is one segment.
 */
function windowLog(maxBytes: number): number {
  return Math.min(27, Math.max(25, Math.ceil(Math.log2(maxBytes))));
}

/** Values of Content-Encoding that can be read, best known first. */
export const CONTENT_ENCODINGS: readonly string[] = [...CODECS.keys()].filter((name) => name !== 'x-gzip');

/** The body is not what its Content-Encoding says, or not whole. */
export class CorruptBodyError extends Error {
  override readonly name = 'CorruptBodyError';
}

/** The body is larger than allowed once it is decompressed. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** Reads bodies of one Content-Encoding. */
export type Decompress = (body: Uint8Array, maxBytes: number) => Promise<Uint8Array>;

/**
 * How to read bodies with this Content-Encoding header; undefined where it is not supported. What is returned rejects
 * with CorruptBodyError or BodyTooLargeError, and never holds more than `maxBytes` and a chunk.
 */
export function decompressor(contentEncoding: string | undefined): Decompress | undefined {
  const name = (contentEncoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return async (body) => body;
  const codec = CODECS.get(name);
  return codec && ((body, maxBytes) => decompress(codec, body, maxBytes));
}

/**
 * Bounds for working on the calling thread: up to about 2 ms, as long as decoding the same telemetry takes there. Handing it to another thread
 * costs 0.1 to 0.4 ms of the calling one and a fifth of the throughput on two cores.
 */
const SYNC_BYTES = 256 * 1024;
const SYNC_RESULT_BYTES = 1024 * 1024;

/** What telemetry shrinks by, about. */
const USUAL_RATIO = 10;
/** Deflate cannot shrink by more. */
const MAX_RATIO = 1032;
const MIN_CHUNK = 1024;

async function decompress(codec: Codec, body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  // One chunk that takes the whole result: with zlib's own of 16 KiB each, 192 KiB take three times as long.
  const size = Math.min(
    codec.claimedSize?.(body) ?? body.length * USUAL_RATIO,
    body.length * MAX_RATIO,
    maxBytes,
  );
  // A claim that is too low must not make thousands of small ones.
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
      // It was larger than it claimed: the other way is for that.
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

/** Lets so many in at a time, in the order in which they came. */
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
 * Bodies that are decompressed at a time on other threads: one for each core, of the four threads that Node.js has. What
 * waits takes no memory for its result, so that many bombs at once do not take many times the most that one body may have.
 */
const ASIDE = new Turnstile(Math.min(4, availableParallelism()));

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

function decompressionError(error: unknown): Error {
  return isTooLarge(error) ? new BodyTooLargeError() : new CorruptBodyError((error as Error).message);
}
