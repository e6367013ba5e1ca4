import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Expected, Ledger } from '../generate/ledger.js';
import { openStream, type StreamDescription } from '../generate/open-stream.js';
import type { TelemetryStream } from '../generate/stream.js';
import type { PrepareResult } from './protocol.js';

const compress = promisify(gzip);

/** The level of OpenTelemetry SDKs and collectors: fast rather than small. */
const GZIP_LEVEL = 1;
/** Number of requests that zlib's threads compress at once. */
const COMPRESSING = 4;

export interface WaitingRequest {
  readonly path: string;
  readonly gzip: Buffer;
  readonly spans: number;
  readonly entries: Uint32Array;
}

/** Waiting requests of one stream, and the ledger of acknowledged ones. */
export class Outbox {
  readonly #description: StreamDescription;
  readonly #stream: TelemetryStream;
  readonly #ledger = new Ledger();
  #waiting: WaitingRequest[] = [];
  #next = 0;
  #waitingSpans = 0;
  #waitingBytes = 0;
  #encodedBytes = 0;
  #gzipBytes = 0;
  #generatedSpans = 0;
  #ended = false;

  constructor(description: StreamDescription) {
    this.#description = description;
    this.#stream = openStream(description);
  }

  async prepare(spans: number, maxBytes: number): Promise<PrepareResult> {
    this.#waiting.splice(0, this.#next);
    this.#next = 0;
    while (!this.#ended && this.#waitingSpans < spans && this.#waitingBytes < maxBytes) {
      const batch = [];
      while (batch.length < COMPRESSING) {
        const request = this.#stream.next();
        if (!request) {
          this.#ended = true;
          break;
        }
        batch.push(
          compress(request.body, { level: GZIP_LEVEL }).then((bytes) => ({
            path: request.path,
            // zlib's result may share a larger block, so it is copied.
            gzip: Buffer.from(bytes),
            spans: request.spans,
            entries: request.entries,
            encoded: request.body.length,
          })),
        );
      }
      for (const { encoded, ...request } of await Promise.all(batch)) {
        this.#waiting.push(request);
        this.#waitingSpans += request.spans;
        this.#waitingBytes += request.gzip.length;
        this.#encodedBytes += encoded;
        this.#gzipBytes += request.gzip.length;
        this.#generatedSpans += request.spans;
      }
    }
    return {
      spans: this.#waitingSpans,
      requests: this.#waiting.length,
      encodedBytes: this.#encodedBytes,
      gzipBytes: this.#gzipBytes,
      generatedSpans: this.#generatedSpans,
      ended: this.#ended,
    };
  }

  /** Takes the next waiting request, in the order of the stream. */
  take(): WaitingRequest | undefined {
    const request = this.#waiting[this.#next];
    if (request) {
      this.#next++;
      this.#waitingSpans -= request.spans;
      this.#waitingBytes -= request.gzip.length;
    }
    return request;
  }

  /** Drops the waiting requests. */
  discard(): void {
    while (this.take() !== undefined);
  }

  /** The waiting requests, repeatedly, without taking them. */
  *rehearsal(): Generator<WaitingRequest, undefined> {
    while (this.#waiting.length > this.#next) {
      for (let i = this.#next; i < this.#waiting.length; i++) yield this.#waiting[i]!;
    }
    return undefined;
  }

  acknowledged(request: WaitingRequest): void {
    this.#ledger.add(request.entries);
  }

  expected(): Expected {
    return this.#ledger.expected(this.#description.stream);
  }
}
