import type {
  ExceptionFacts,
  Identity,
  LifecycleEvent,
  ScoreFacts,
  TitleFacts,
  ToolFacts,
  Usage,
  VisitFacts,
} from '../normalize/facts.js';

import type { Original } from './originals.js';

/**
 * The resources and scopes that consecutive records share, as the sender wrote them. A resource is every
 * field of the enclosing ResourceSpans or ResourceLogs except its scopes. A scope is every field of the
 * ScopeSpans or ScopeLogs except its records. Both are protobuf fields with their tags. All are in one
 * buffer, since a request can have hundreds.
 */
export interface Envelopes {
  readonly bytes: Uint8Array;
  /**
   * ENVELOPE_COLUMNS numbers per envelope: offset and length of the resource, of the scope, and index of the
   * service's name or NONE. Several envelopes may have the same parts, if their records name different
   * services.
   */
  readonly table: Int32Array;
}

const ENVELOPE_COLUMNS = 5;

export function resourceOf({ envelopes, envelope }: RecordBatch, record: number): Uint8Array {
  return envelopePart(envelopes, envelope[record]!, 0);
}

export function scopeOf({ envelopes, envelope }: RecordBatch, record: number): Uint8Array {
  return envelopePart(envelopes, envelope[record]!, 2);
}

/** Whether two records of a batch have the same resource and scope. */
export function haveSameEnvelope(
  { envelopes: { table }, envelope }: RecordBatch,
  a: number,
  b: number,
): boolean {
  if (envelope[a] === envelope[b]) return true;
  // Envelopes may differ only in the service.
  const [atA, atB] = [envelope[a]! * ENVELOPE_COLUMNS, envelope[b]! * ENVELOPE_COLUMNS];
  for (let column = 0; column < 4; column++) {
    if (table[atA + column] !== table[atB + column]) return false;
  }
  return true;
}

/** The name of a record's service. */
export function serviceOf({ envelopes, envelope, strings }: RecordBatch, record: number): string | undefined {
  const index = envelopes.table[envelope[record]! * ENVELOPE_COLUMNS + 4]!;
  return index === NONE ? undefined : strings[index];
}

function envelopePart({ bytes, table }: Envelopes, envelope: number, column: number): Uint8Array {
  const at = envelope * ENVELOPE_COLUMNS + column;
  const offset = table[at]!;
  return bytes.subarray(offset, offset + table[at + 1]!);
}

/** Collects envelopes; the scopes of a resource share it. */
export class EnvelopeBuilder {
  #bytes = new Uint8Array(1024);
  #length = 0;
  #table = new Int32Array(16 * ENVELOPE_COLUMNS);
  #count = 0;
  /** The last base envelope of `withService`, and its variants by service. */
  #base = NONE;
  readonly #byService = new Map<number, number>();

  /** Appends bytes and returns their offset. */
  append(bytes: Uint8Array): number {
    const offset = this.#length;
    this.#bytes = withRoom(this.#bytes, offset + bytes.length);
    this.#bytes.set(bytes, offset);
    this.#length += bytes.length;
    return offset;
  }

  /** Adds an envelope made of appended parts, and returns its number. */
  add(resource: number, resourceLength: number, scope: number, scopeLength: number, service: number): number {
    const at = this.#count * ENVELOPE_COLUMNS;
    this.#table = withRoom(this.#table, at + ENVELOPE_COLUMNS);
    this.#table.set([resource, resourceLength, scope, scopeLength, service], at);
    return this.#count++;
  }

  /**
   * The number of an envelope with the same parts and another service. Equal arguments give the same number
   * until a call with another envelope.
   */
  withService(envelope: number, service: number): number {
    const at = envelope * ENVELOPE_COLUMNS;
    if (this.#table[at + 4] === service) return envelope;
    if (envelope !== this.#base) {
      this.#base = envelope;
      this.#byService.clear();
    }
    let other = this.#byService.get(service);
    if (other === undefined) {
      const [resource, resourceLength, scope, scopeLength] = this.#table.subarray(at, at + 4);
      other = this.add(resource!, resourceLength!, scope!, scopeLength!, service);
      this.#byService.set(service, other);
    }
    return other;
  }

  finish(): Envelopes {
    return {
      bytes: this.#bytes.slice(0, this.#length),
      table: this.#table.slice(0, this.#count * ENVELOPE_COLUMNS),
    };
  }
}

function withRoom<T extends Uint8Array | Int32Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => T)(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}

export const RECORD_SPAN = 0;
export const RECORD_LOG = 1;

/** No value, in columns of indexes or offsets. */
export const NONE = -1;

/**
 * Records of one request, decoded to facts: one entry per record in each column. Columns avoid an object per
 * record on the hot path, and cross threads without copying.
 */
export interface RecordBatch {
  /** OTLP protobuf that the offsets below refer to. */
  readonly bytes: Uint8Array;
  readonly count: number;
  /** RECORD_SPAN or RECORD_LOG. */
  readonly kind: Uint8Array;
  /** Offset and length of the record's own message in `bytes`. */
  readonly offset: Uint32Array;
  readonly length: Uint32Array;
  /** Offsets of the 16-byte trace id, 8-byte span id and 8-byte parent id, or NONE. */
  readonly traceId: Int32Array;
  readonly spanId: Int32Array;
  readonly parentId: Int32Array;
  /** Spans: start and end. Log records: the time in both. Nanoseconds since 1970. */
  readonly start: BigInt64Array;
  readonly end: BigInt64Array;
  /** 1 if a span's status is ERROR. */
  readonly error: Uint8Array;
  /** 1 if a span is a server's, of a quiet request, and names no session. */
  readonly quiet: Uint8Array;
  /** 1 if a span has events. */
  readonly events: Uint8Array;
  /** Indexes into the tables below, or NONE. */
  readonly envelope: Int32Array;
  readonly session: Int32Array;
  readonly identity: Int32Array;
  readonly usage: Int32Array;
  readonly lifecycleEvent: Int32Array;
  readonly score: Int32Array;
  readonly tool: Int32Array;
  readonly visit: Int32Array;
  readonly exceptions: Int32Array;
  readonly title: Int32Array;
  /** Index into `strings`, or NONE. */
  readonly tags: Int32Array;
  /** 16 bytes of the content's digest for each log record, in the order of the records; zeros for spans. */
  readonly digest: Uint8Array;

  /** What records were before their content went, by their index. Only of batches that are read from the log. */
  readonly originals?: ReadonlyMap<number, Original>;

  readonly envelopes: Envelopes;
  readonly strings: readonly string[];
  readonly identities: readonly Identity[];
  readonly usages: readonly Usage[];
  readonly lifecycleEvents: readonly LifecycleEvent[];
  readonly scores: readonly ScoreFacts[];
  readonly tools: readonly ToolFacts[];
  readonly visits: readonly VisitFacts[];
  readonly exceptionSets: readonly (readonly ExceptionFacts[])[];
  readonly titles: readonly TitleFacts[];
}

/** Index of the low half of a 64-bit number, by the byte order of the machine. */
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** The columns of a batch of at most `capacity` records, in one buffer so that they are transferred together. */
export class BatchColumns {
  readonly kind: Uint8Array;
  readonly offset: Uint32Array;
  readonly length: Uint32Array;
  readonly traceId: Int32Array;
  readonly spanId: Int32Array;
  readonly parentId: Int32Array;
  readonly start: BigInt64Array;
  readonly end: BigInt64Array;
  readonly error: Uint8Array;
  readonly quiet: Uint8Array;
  readonly events: Uint8Array;
  readonly envelope: Int32Array;
  readonly session: Int32Array;
  readonly identity: Int32Array;
  readonly usage: Int32Array;
  readonly lifecycleEvent: Int32Array;
  readonly score: Int32Array;
  readonly tool: Int32Array;
  readonly visit: Int32Array;
  readonly exceptions: Int32Array;
  readonly title: Int32Array;
  readonly tags: Int32Array;
  readonly digest: Uint8Array;
  // `start` and `end` as 32-bit halves, because each bigint would be an object.
  readonly #startHalves: Uint32Array;
  readonly #endHalves: Uint32Array;

  constructor(capacity: number, withDigests: boolean) {
    const digestBytes = withDigests ? 16 * capacity : 0;
    const buffer = new ArrayBuffer(capacity * (2 * 8 + 16 * 4 + 4) + digestBytes);
    let at = 0;
    const next = (bytesEach: number): [ArrayBuffer, number, number] => {
      const place: [ArrayBuffer, number, number] = [buffer, at, capacity];
      at += bytesEach * capacity;
      return place;
    };
    this.start = new BigInt64Array(...next(8));
    this.end = new BigInt64Array(...next(8));
    this.#startHalves = new Uint32Array(buffer, 0, 2 * capacity);
    this.#endHalves = new Uint32Array(buffer, 8 * capacity, 2 * capacity);
    this.offset = new Uint32Array(...next(4));
    this.length = new Uint32Array(...next(4));
    this.traceId = new Int32Array(...next(4));
    this.spanId = new Int32Array(...next(4));
    this.parentId = new Int32Array(...next(4));
    this.envelope = new Int32Array(...next(4));
    this.session = new Int32Array(...next(4));
    this.identity = new Int32Array(...next(4));
    this.usage = new Int32Array(...next(4));
    this.lifecycleEvent = new Int32Array(...next(4));
    this.score = new Int32Array(...next(4));
    this.tool = new Int32Array(...next(4));
    this.visit = new Int32Array(...next(4));
    this.exceptions = new Int32Array(...next(4));
    this.title = new Int32Array(...next(4));
    this.tags = new Int32Array(...next(4));
    this.kind = new Uint8Array(...next(1));
    this.error = new Uint8Array(...next(1));
    this.quiet = new Uint8Array(...next(1));
    this.events = new Uint8Array(...next(1));
    this.digest = new Uint8Array(buffer, at, digestBytes);
  }

  /** Sets start and end of a record, each by its low and high half. */
  setTimes(record: number, startLow: number, startHigh: number, endLow: number, endHigh: number): void {
    this.#startHalves[2 * record + LOW] = startLow;
    this.#startHalves[2 * record + HIGH] = startHigh;
    this.#endHalves[2 * record + LOW] = endLow;
    this.#endHalves[2 * record + HIGH] = endHigh;
  }
}
