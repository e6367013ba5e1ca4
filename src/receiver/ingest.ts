import {
  type DecodedRequest,
  MalformedRequestError,
  type RejectReason,
  type Signal,
  TooManyRecordsError,
} from '../otlp/decode.js';
import type { RecordBatch } from '../otlp/record-batch.js';
import type { OtlpEncoding, PartialSuccess } from '../otlp/response.js';
import { countOf, type PackedBatch } from '../store/contract/packed-batch.js';
import type { AppendResult } from '../store/contract/store.js';
import { NotStoredError, SessionsBehindError } from '../store/contract/unavailable.js';
import type { Telemetry } from '../telemetry.js';
import type { Refusal } from './refusal.js';
import { rejectionMessage } from './rejection-message.js';
import { AbandonedError } from './turns.js';

/** The context of a request besides its body. */
export interface DecodeContext {
  /** Address of the browser that sent it; undefined for every other sender, whose address is not its user's. */
  readonly browserAddress: string | undefined;
  /** Whether its sender may not give scores as the API does: its key has not the scope `score`. */
  readonly lacksScoreScope?: boolean;
  /** Whether its sender disconnected, so that no answer is needed. Called during long work. */
  isGone?(): boolean;
}

/** The content of a request: decoded on the receiving thread, or packed for the store by another. */
export interface DecodedRecords<Batch extends RecordBatch | PackedBatch = RecordBatch | PackedBatch>
  extends Omit<DecodedRequest, 'batch'> {
  readonly batch: Batch;
}

/** Decoding was lost, though nothing is known to be wrong with the request: a retry may succeed. */
export class DecodingLostError extends Error {
  override readonly name = 'DecodingLostError';
}

/**
 * Decodes a request: synchronously for most, which take little time.
 *
 * @throws MalformedRequestError
 * @throws TooManyRecordsError
 * @throws DecodingLostError
 */
export type Decode = (
  signal: Signal,
  encoding: OtlpEncoding,
  body: Uint8Array,
  context: DecodeContext,
) => DecodedRecords | Promise<DecodedRecords>;

export interface ExportRequest {
  /** Where its records go. */
  readonly project: string;
  readonly signal: Signal;
  readonly encoding: OtlpEncoding;
  /** Decompressed. Owned by the callee: its memory may be transferred to another thread. */
  readonly body: Uint8Array;
  readonly browserAddress?: string | undefined;
  readonly lacksScoreScope?: boolean;
  /** Whether its sender disconnected. Work that is not on its way to the disk by then is dropped. */
  isGone?(): boolean;
}

export type IngestOutcome =
  /** Everything that is kept of the request is on disk. `partial` reports what is not kept, if anything. */
  { readonly kind: 'accepted'; readonly partial?: PartialSuccess } | Refusal;

export interface IngestOptions {
  readonly decode: Decode;
  /** Resolves when the batch is on disk; rejects if nothing of it is. Takes ownership of the batch. */
  append(project: string, batch: RecordBatch | PackedBatch): Promise<AppendResult>;
  readonly telemetry: Telemetry;
  /** Decompressed bytes that may wait for the disk before senders are asked to slow down. */
  readonly maxPendingBytes: number;
  /**
   * Those of them that may be decoded or stored at once. Others wait as received, which takes less memory
   * than records. A larger request is accepted if it is alone.
   */
  readonly maxAtWorkBytes: number;
  /** Whether the store would refuse telemetry now, because sessions are too far behind. */
  areSessionsBehind?(): boolean;
  /** Limit that `decode` rejects records by, for the message to their sender. */
  readonly maxAttributesPerRecord: number;
  /** Called with every internal error that failed a request. */
  onFailure?(error: unknown): void;
  /** The store refused records, whose sender was told so. */
  onNotStored?(error: unknown): void;
}

/** A commit takes milliseconds, so a second later there is room again. HTTP allows only whole seconds. */
const RETRY_AFTER_SECONDS = 1;

/**
 * A request whose decoding takes longer than this, ms, gives its share of `maxAtWorkBytes` to waiting
 * requests. So it delays others by no more than this, as long as they have room within `maxPendingBytes`.
 */
const SLOW_DECODING_MS = 1_000;

/** Why a request is refused under load, with the message to its sender. */
const OVERLOADS = {
  pending_bytes: 'too much telemetry is waiting for the disk; send it again later',
  sessions_behind: 'more telemetry comes than can be made into sessions; send it again later',
} as const;
type OverloadReason = keyof typeof OVERLOADS;

/** The share of `maxAtWorkBytes` of a request, until it is given back. */
interface Room {
  bytes: number;
}

/** Takes a request to the disk, from any transport. */
export class Ingest {
  readonly #options: IngestOptions;
  #pendingBytes = 0;
  #underWay = 0;
  /** Bytes of the requests that are past `#turnOf`. */
  #atWorkBytes = 0;
  /** In the order in which they came. */
  readonly #waiting: { readonly bytes: number; begin(): void }[] = [];
  #draining = false;
  readonly #idleWaiters: (() => void)[] = [];

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /**
   * Why a body of this many bytes would be refused now; undefined if it would not. Lets a transport refuse
   * without reading the body; `export` checks again.
   */
  refusal(bytes: number): Refusal | undefined {
    if (this.#draining) return unavailable('the server is shutting down');
    if (this.#options.areSessionsBehind?.() === true) return this.#overloaded('sessions_behind');
    const isFull = this.#pendingBytes + bytes > this.#options.maxPendingBytes;
    return isFull ? this.#overloaded('pending_bytes') : undefined;
  }

  #overloaded(reason: OverloadReason): Refusal {
    this.#options.telemetry.overloadRefusals.inc({ reason });
    return { kind: 'overloaded', message: OVERLOADS[reason], retryAfterSeconds: RETRY_AFTER_SECONDS };
  }

  /** Adds bytes to the count of waiting bytes while they are received. A negative number subtracts them. */
  hold(bytes: number): void {
    this.#pendingBytes += bytes;
    this.#options.telemetry.pendingBytes.set(this.#pendingBytes);
  }

  /** Never rejects. */
  async export(request: ExportRequest): Promise<IngestOutcome> {
    // Read now, because the body's memory may be transferred before it is stored.
    const bytes = request.body.length;
    const refusal = this.refusal(bytes);
    if (refusal !== undefined) return refusal;
    this.#underWay++;
    this.hold(bytes);
    const turn = this.#turnOf(bytes);
    if (turn !== undefined) await turn;
    const room: Room = { bytes };
    try {
      if (turn !== undefined && request.isGone?.()) return unavailable('the sender went away');
      return await this.#ingest(request, room);
    } catch (error) {
      if (error instanceof MalformedRequestError) return { kind: 'malformed', message: error.message };
      if (error instanceof TooManyRecordsError) return { kind: 'tooManyRecords', message: error.message };
      if (error instanceof AbandonedError) return unavailable('the sender went away');
      if (error instanceof DecodingLostError)
        return unavailable('the request was not read to its end; send it again');
      this.#options.onFailure?.(error);
      return { kind: 'failed', message: 'the server failed on this request' };
    } finally {
      this.#endTurn(room);
      this.hold(-bytes);
      this.#underWay--;
      if (this.#underWay === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
    }
  }

  /**
   * Resolves when a request of this size may be decoded; undefined if it may be now. `#endTurn` must follow.
   */
  #turnOf(bytes: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#isRoomFor(bytes)) {
      this.#atWorkBytes += bytes;
      return undefined;
    }
    return new Promise((begin) => {
      this.#waiting.push({ bytes, begin });
      this.#options.telemetry.requestsWaiting.set(this.#waiting.length);
    });
  }

  #endTurn(room: Room): void {
    this.#atWorkBytes -= room.bytes;
    room.bytes = 0;
    let next = this.#waiting[0];
    while (next !== undefined && this.#isRoomFor(next.bytes)) {
      this.#waiting.shift();
      this.#atWorkBytes += next.bytes;
      next.begin();
      next = this.#waiting[0];
      this.#options.telemetry.requestsWaiting.set(this.#waiting.length);
    }
  }

  /** Waits for decoding, and ends its turn if it takes longer than `SLOW_DECODING_MS`. */
  async #decoded<T>(decoding: Promise<T>, room: Room): Promise<T> {
    const slow = setTimeout(() => this.#endTurn(room), SLOW_DECODING_MS);
    try {
      return await decoding;
    } finally {
      clearTimeout(slow);
    }
  }

  #isRoomFor(bytes: number): boolean {
    return this.#atWorkBytes === 0 || this.#atWorkBytes + bytes <= this.#options.maxAtWorkBytes;
  }

  /** Refuses new requests as unavailable. Resolves when running ones are answered. */
  drain(): Promise<void> {
    this.#draining = true;
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  async #ingest(request: ExportRequest, room: Room): Promise<IngestOutcome> {
    const { signal, project } = request;
    const { telemetry, decode } = this.#options;
    const { browserAddress, lacksScoreScope, isGone } = request;
    const context = {
      browserAddress,
      ...(lacksScoreScope && { lacksScoreScope }),
      ...(isGone && { isGone }),
    };
    const decoding = decode(signal, request.encoding, request.body, context);
    const { batch, unbound, rejected, firstFault, notice, redaction } =
      decoding instanceof Promise ? await this.#decoded(decoding, room) : decoding;
    // Read now, because storing the batch transfers its buffers.
    const count = countOf(batch);
    if (count > 0) {
      const refusal = await this.#append(project, signal, batch);
      if (refusal !== undefined) return refusal;
    }

    // Counted only here, so that a retried request is not counted twice.
    const rejectedCount = this.#countRejected(signal, rejected);
    telemetry.recordsReceived.inc({ signal }, count + unbound + rejectedCount);
    telemetry.logRecordsUnbound.inc(unbound);
    for (const [rule, values] of redaction?.fired ?? []) telemetry.redactions.inc({ rule }, values);
    for (const [rule, values] of redaction?.failed ?? []) telemetry.redactionFailures.inc({ rule }, values);
    if (rejectedCount === 0) {
      return notice === undefined
        ? { kind: 'accepted' }
        : { kind: 'accepted', partial: { rejected: 0, message: notice } };
    }
    const reasons = rejectionMessage(signal, rejected, this.#options.maxAttributesPerRecord);
    const first = firstFault === undefined ? '' : ` (first: ${firstFault})`;
    const message = `${reasons}${first}${notice === undefined ? '' : `; ${notice}`}`;
    return { kind: 'accepted', partial: { rejected: rejectedCount, message } };
  }

  async #append(
    project: string,
    signal: Signal,
    batch: RecordBatch | PackedBatch,
  ): Promise<Refusal | undefined> {
    const { telemetry } = this.#options;
    const stopTimer = telemetry.appendSeconds.startTimer();
    let result: AppendResult;
    try {
      result = await this.#options.append(project, batch);
    } catch (error) {
      if (error instanceof SessionsBehindError) return this.#overloaded('sessions_behind');
      this.#options.onNotStored?.(error);
      const reason = error instanceof NotStoredError ? `: ${error.reason}` : '';
      return unavailable(`the telemetry could not be stored${reason}; send it again later`);
    }
    stopTimer();
    telemetry.recordsStored.inc({ signal }, result.stored);
    telemetry.recordsReplaced.inc(result.replaced);
    telemetry.recordsDuplicate.inc(result.duplicates);
    telemetry.recordsErased.inc(result.erased ?? 0);
    return undefined;
  }

  #countRejected(signal: Signal, rejected: ReadonlyMap<RejectReason, number>): number {
    let total = 0;
    const { metricPointsNotKept, recordsRejected } = this.#options.telemetry;
    for (const [reason, count] of rejected) {
      if (signal === 'metrics') metricPointsNotKept.inc({ reason }, count);
      else recordsRejected.inc({ signal, reason }, count);
      total += count;
    }
    return total;
  }
}

function unavailable(message: string): Refusal {
  return { kind: 'unavailable', message, retryAfterSeconds: RETRY_AFTER_SECONDS };
}
