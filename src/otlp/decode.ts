import { createHash } from 'node:crypto';
import { KeyGroup } from '../normalize/attributes.js';
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
import {
  type CallSide,
  CONNECTION_ADDRESS,
  type Normalizer,
  nameHint,
  type RecordContext,
  RememberedSurroundings,
  type Surroundings,
} from '../normalize/normalizer.js';
import type { Signature, SignatureMemo } from '../normalize/signature-memo.js';
import { AttributeSlots, PieceCounter } from './attribute-slots.js';
import {
  MalformedRequestError,
  NestingError,
  TooManyPiecesError,
  TooManyRecordsError,
} from './decode-errors.js';
import { digestedPart } from './log-digest.js';
import { DIGEST_BYTES, decodeOriginals, ORIGINALS_TAG, type Original } from './originals.js';
import {
  BatchColumns,
  EnvelopeBuilder,
  NONE,
  RECORD_LOG,
  RECORD_SPAN,
  type RecordBatch,
} from './record-batch.js';
import { RejectReason } from './reject-reason.js';
import { finish, StepMeter, type Steps } from './steps.js';
import { dataOf, ProtoReader, utf8Slice, WireType } from './wire.js';

export { MalformedRequestError, TooManyRecordsError } from './decode-errors.js';
export { RejectReason } from './reject-reason.js';

/** The OTLP signals. Data points of metrics are kept as log records. */
export type Signal = 'traces' | 'logs' | 'metrics';

export interface DecodeLimits {
  readonly maxRecords: number;
  /** Limit on attributes of a record, including those of its events and links, and of a resource or scope. */
  readonly maxAttributesPerRecord: number;
  /**
   * Address of the connection, if it is the user's. It is stored as an attribute of the records' resource, so
   * that decoding them again gives the same facts.
   */
  readonly connectionAddress?: string | undefined;
  /** Whether the sender may not give scores as the API does: its key has not the scope `score`. */
  readonly lacksScoreScope?: boolean | undefined;
  /** Whether the bytes are of the log, where records may have lost their content (originals.ts). */
  readonly isStored?: boolean;
}

/** By the names of rules. */
export interface RedactionCounts {
  /** Values that were changed. */
  readonly fired: ReadonlyMap<string, number>;
  /** Values that were masked whole, because the rule could not be applied. */
  readonly failed: ReadonlyMap<string, number>;
}

export interface DecodedRequest {
  readonly batch: RecordBatch;
  /** Log records with neither session nor trace: accepted, counted, not kept. */
  readonly unbound: number;
  /** Rejected records, by reason; empty if all were accepted. */
  readonly rejected: ReadonlyMap<RejectReason, number>;
  /** Description of the first malformed record, for its sender, if known. */
  readonly firstFault?: string;
  /** Message to the sender if the request has content that is not telemetry. */
  readonly notice?: string;
  /** What was redacted; left out if nothing may be. */
  readonly redaction?: RedactionCounts;
}

/**
 * Decodes an OTLP ExportTraceServiceRequest (or any message with the same fields, such as TracesData). The
 * batch keeps `bytes`; only envelopes are copied. An error inside one record rejects that record. A resource
 * or scope with too many attributes or values, or with values nested too deep, rejects all of its records.
 *
 * @throws MalformedRequestError if the framing around the records is broken.
 * @throws TooManyRecordsError
 */
export function decodeTraces(
  bytes: Uint8Array,
  normalizer: Normalizer,
  limits: DecodeLimits,
): DecodedRequest {
  return finish(tracesSteps(bytes, normalizer, limits));
}

/** The same in steps. Nothing else may use the normaliser until it is done. */
export function tracesSteps(
  bytes: Uint8Array,
  normalizer: Normalizer,
  limits: DecodeLimits,
): Steps<DecodedRequest> {
  return new RequestDecoder(bytes, RECORD_SPAN, normalizer, limits).steps();
}

/** Decodes an OTLP ExportLogsServiceRequest; otherwise as `decodeTraces`. */
export function decodeLogs(bytes: Uint8Array, normalizer: Normalizer, limits: DecodeLimits): DecodedRequest {
  return finish(logsSteps(bytes, normalizer, limits));
}

/** The same in steps, like `tracesSteps`. */
export function logsSteps(
  bytes: Uint8Array,
  normalizer: Normalizer,
  limits: DecodeLimits,
): Steps<DecodedRequest> {
  return new RequestDecoder(bytes, RECORD_LOG, normalizer, limits).steps();
}

/**
 * Decodes log records made from data points (`metricLogRecords`), in steps; otherwise like `logsSteps`. A
 * record without a session, or without usage, is rejected.
 */
export function dataPointSteps(
  bytes: Uint8Array,
  normalizer: Normalizer,
  limits: DecodeLimits,
): Steps<DecodedRequest> {
  return new RequestDecoder(bytes, RECORD_LOG, normalizer, limits, true).steps();
}

const LENGTH_1 = (1 << 3) | WireType.length;
const LENGTH_2 = (2 << 3) | WireType.length;
const LENGTH_3 = (3 << 3) | WireType.length;
const FIXED64_1 = (1 << 3) | WireType.fixed64;
const VARINT_3 = (3 << 3) | WireType.varint;

/** The number of events of a span that are read for exceptions. */
const MAX_EXCEPTION_EVENTS = 64;

const EXCEPTION = Buffer.from('exception');
/**
 * Offset of the name in a plain event, from the end of the event's length: a time and its tag, the name's tag
 * and length.
 */
const PLAIN_EVENT_NAME = 11;

/** By SpanKind: unspecified, INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER. */
const SIDES: readonly CallSide[] = ['unknown', 'unknown', 'called', 'caller', 'caller', 'consumer'];

/** Latest accepted time: 2262-04-11, the end of signed 64-bit nanoseconds. */
const MAX_TIME = 2n ** 63n - 1n;
/** High half of MAX_TIME. */
const MAX_TIME_HIGH = 2 ** 31 - 1;

/** Number of batches made so far, which identifies a batch. */
let batches = 0;

/** Slots of finished requests, for reuse: creating them costs as much as some records. */
const idleSlots: AttributeSlots[] = [];
const MAX_IDLE_SLOTS = 16;
const NO_READER = new ProtoReader(new Uint8Array());

function takeSlots(reader: ProtoReader, pieces: PieceCounter): AttributeSlots {
  const idle = idleSlots.pop();
  const slots = idle?.isCurrent === true ? idle : new AttributeSlots(reader, pieces);
  slots.begin(reader, pieces);
  return slots;
}

function giveBack(slots: AttributeSlots): void {
  if (idleSlots.length >= MAX_IDLE_SLOTS) return;
  // Idle slots must not keep a request in memory.
  slots.begin(NO_READER, NO_PIECES);
  idleSlots.push(slots);
}

const NO_PIECES = new PieceCounter();

const NO_COLUMNS = new BatchColumns(0, false);

/** The current record is not kept. Thrown inside a record, caught around it. */
class Rejection extends Error {
  readonly reason: RejectReason;
  constructor(reason: RejectReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The reason for rejecting the record that threw this; undefined if it is a bug of the program. */
function reasonOf(error: unknown): RejectReason | undefined {
  if (error instanceof Rejection) return error.reason;
  if (error instanceof NestingError) return RejectReason.nesting;
  if (error instanceof TooManyPiecesError) return RejectReason.tooManyPieces;
  if (error instanceof MalformedRequestError) return RejectReason.malformed;
  return undefined;
}

class RequestDecoder implements RecordContext {
  readonly #reader: ProtoReader;
  readonly #kind: typeof RECORD_SPAN | typeof RECORD_LOG;
  readonly #normalizer: Normalizer;
  readonly #limits: DecodeLimits;
  readonly #areDataPoints: boolean;
  readonly #pieces = new PieceCounter();
  #attributes: AttributeSlots;
  #body: AttributeSlots;
  readonly #meter = new StepMeter();
  #columns = NO_COLUMNS;
  #count = 0;
  #unbound = 0;
  readonly #rejected = new Map<RejectReason, number>();
  readonly #strings = new Interned<string>();
  readonly #identities = new Interned<Identity>();
  readonly #usages: Usage[] = [];
  readonly #lifecycleEvents: LifecycleEvent[] = [];
  readonly #scores: ScoreFacts[] = [];
  readonly #tools: ToolFacts[] = [];
  readonly #visits: VisitFacts[] = [];
  readonly #exceptionSets: (readonly ExceptionFacts[])[] = [];
  readonly #titles = new Interned<TitleFacts>();
  readonly #envelopes = new EnvelopeBuilder();

  readonly #surroundings: Surroundings | undefined;
  readonly #batch = ++batches;
  /** Fields that the receiver adds to each resource. */
  readonly #connectionFields: Uint8Array | undefined;
  readonly #resourcePart: EnvelopePart;
  readonly #scopePart: EnvelopePart;
  /** Of the next records. */
  #coming: (Original | undefined)[] = [];
  #originals: Map<number, Original> | undefined;
  /** The reason to reject all records of the current resource. */
  #resourceFault: RejectReason | undefined;
  /** The parts of the current resource and scope that go into the digests of log records. */
  #envelopeParts: readonly Uint8Array[] = [];

  // The current record.
  #startLow = 0;
  #startHigh = 0;
  side: CallSide = 'unknown';
  failed = false;
  isRoot = false;
  eventExceptions: ExceptionFacts[] | undefined;
  eventMessage: string | undefined;
  #nameStart = 0;
  #nameEnd = 0;
  #versionStart = 0;
  #versionEnd = 0;
  #eventNameStart = 0;
  #eventNameEnd = 0;
  #statusStart = 0;
  #statusEnd = 0;

  constructor(
    bytes: Uint8Array,
    kind: typeof RECORD_SPAN | typeof RECORD_LOG,
    normalizer: Normalizer,
    limits: DecodeLimits,
    areDataPoints = false,
  ) {
    this.#areDataPoints = areDataPoints;
    this.#reader = new ProtoReader(bytes);
    this.#kind = kind;
    this.#normalizer = normalizer;
    this.#limits = limits;
    this.#attributes = takeSlots(this.#reader, this.#pieces);
    this.#body = takeSlots(this.#reader, this.#pieces);
    this.#surroundings = normalizer.surroundings;
    const { connectionAddress } = limits;
    this.#connectionFields =
      connectionAddress === undefined ? undefined : encodeConnectionAddress(connectionAddress);
    this.#resourcePart = new EnvelopePart(this.#reader);
    this.#scopePart = new EnvelopePart(this.#reader);
  }

  get startNs(): bigint {
    return (BigInt(this.#startHigh) << 32n) | BigInt(this.#startLow);
  }

  get isLog(): boolean {
    return this.#kind === RECORD_LOG;
  }

  get body(): AttributeSlots {
    return this.#body;
  }

  spanName(): string {
    return utf8Slice(this.#reader.buffer, this.#nameStart, this.#nameEnd);
  }

  spanNameHint(): number {
    const { bytes } = this.#reader;
    const length = this.#nameEnd - this.#nameStart;
    return length === 0 ? 0 : nameHint(bytes[this.#nameStart]!, bytes[this.#nameEnd - 1]!, length);
  }

  statusMessage(): string {
    return utf8Slice(this.#reader.buffer, this.#statusStart, this.#statusEnd);
  }

  eventName(): string {
    return utf8Slice(this.#reader.buffer, this.#eventNameStart, this.#eventNameEnd);
  }

  *steps(): Steps<DecodedRequest> {
    try {
      yield* this.#records();
    } finally {
      giveBack(this.#attributes);
      giveBack(this.#body);
    }
    return {
      batch: {
        bytes: this.#reader.bytes,
        count: this.#count,
        ...this.#columns,
        envelopes: this.#envelopes.finish(),
        strings: this.#strings.values,
        identities: this.#identities.values,
        usages: this.#usages,
        lifecycleEvents: this.#lifecycleEvents,
        scores: this.#scores,
        tools: this.#tools,
        visits: this.#visits,
        exceptionSets: this.#exceptionSets,
        titles: this.#titles.values,
        ...(this.#originals !== undefined && { originals: this.#originals }),
      },
      unbound: this.#unbound,
      rejected: this.#rejected,
    };
  }

  *#records(): Steps<void> {
    const reader = this.#reader;
    const count = yield* countRecords(reader.bytes, this.#limits.maxRecords, this.#meter);
    this.#columns = new BatchColumns(count, this.#kind === RECORD_LOG);
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === LENGTH_1) yield* this.#resourceRecords();
      else if (tag === ORIGINALS_TAG && this.#limits.isStored) this.#coming = decodeOriginals(reader.view());
      else if (this.#skip(tag)) yield;
    }
  }

  /** Notes what the record that was just read was before. It is the last one of the batch if it was `kept`. */
  #noteOriginal(kept: boolean): void {
    const original = this.#coming.shift();
    if (original === undefined || !kept) return;
    const i = this.#count - 1;
    this.#originals ??= new Map();
    this.#originals.set(i, original);
    if (this.isLog) this.#columns.digest.set(original.digest, i * DIGEST_BYTES);
  }

  /** Skips a field. Returns true if a step ends with it. */
  #skip(tag: number): boolean {
    this.#reader.skip(tag);
    return this.#meter.field();
  }

  /** ResourceSpans or ResourceLogs: the resource is read first, whatever its position. */
  *#resourceRecords(): Steps<void> {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    const start = reader.pos;
    const resource = this.#resourcePart;
    resource.reset();
    for (;;) {
      const fieldStart = reader.pos;
      const tag = reader.tag();
      if (tag === 0) break;
      reader.skip(tag);
      if (tag !== LENGTH_2) resource.add(fieldStart, reader.pos);
      if (this.#meter.field()) yield;
    }
    const { connectionAddress } = this.#limits;
    resource.appended = this.#connectionFields;
    const known = this.#recall(
      this.#surroundings?.resources,
      connectionAddress === undefined ? 0 : 1,
      0,
      resource,
    );
    this.#resourceFault = undefined;
    if (known !== undefined) {
      this.#surroundings!.enterResource(known.facts);
      resource.known = known;
    } else {
      yield* this.#resource(start, resource);
    }
    if (this.#meter.record(0)) yield;
    const { serviceName } = this.#normalizer;
    const service = serviceName === undefined ? NONE : this.#strings.index(serviceName);

    reader.pos = start;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === LENGTH_2) yield* this.#scopeRecords(resource, service);
      else if (this.#skip(tag)) yield;
    }
    reader.end = outerEnd;
  }

  /** Reads the resource of the message that starts here. */
  *#resource(start: number, part: EnvelopePart): Steps<void> {
    const reader = this.#reader;
    const attributes = this.#attributes;
    attributes.reset();
    this.#pieces.reset();
    reader.pos = start;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === LENGTH_1)
        this.#resourceFault = this.#excess(() => this.#keyValues(LENGTH_1)) ?? this.#resourceFault;
      else reader.skip(tag);
      if (tag === LENGTH_1 ? this.#meter.record(0) : this.#meter.field()) yield;
    }
    const facts = this.#normalizer.resource(attributes, this.#limits.connectionAddress);
    if (this.#resourceFault !== undefined) return;
    part.known = this.#remember(
      this.#surroundings?.resources,
      this.#limits.connectionAddress === undefined ? 0 : 1,
      0,
      part,
      facts,
    );
  }

  /** The cached facts of a resource or scope with these bytes. */
  #recall(
    memo: SignatureMemo<RememberedSurroundings> | undefined,
    kind: number,
    parent: number,
    part: EnvelopePart,
  ): RememberedSurroundings | undefined {
    if (memo === undefined || !part.sign(memo.signature, kind, parent)) return undefined;
    const known = memo.recall();
    return known !== undefined && known.attributeCount <= this.#limits.maxAttributesPerRecord
      ? known
      : undefined;
  }

  /** Caches the facts that `#recall` did not find. */
  #remember(
    memo: SignatureMemo<RememberedSurroundings> | undefined,
    kind: number,
    parent: number,
    part: EnvelopePart,
    facts: unknown,
  ): RememberedSurroundings | undefined {
    // The signature is written again, because steps of another request may have come between.
    if (memo === undefined || !part.sign(memo.signature, kind, parent)) return undefined;
    const known = new RememberedSurroundings(facts, this.#attributes.count);
    memo.remember(known);
    return known;
  }

  /** ScopeSpans or ScopeLogs. */
  *#scopeRecords(resource: EnvelopePart, service: number): Steps<void> {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    const start = reader.pos;
    const scope = this.#scopePart;
    scope.reset();
    for (;;) {
      const fieldStart = reader.pos;
      const tag = reader.tag();
      if (tag === 0) break;
      reader.skip(tag);
      if (tag !== LENGTH_2) scope.add(fieldStart, reader.pos);
      if (this.#meter.field()) yield;
    }
    let fault = this.#resourceFault;
    const parent = resource.known?.number;
    const known =
      parent === undefined ? undefined : this.#recall(this.#surroundings?.scopes, 0, parent, scope);
    if (known === undefined) fault = (yield* this.#scope(start, scope, parent)) ?? fault;
    else scope.known = known;
    if (this.#meter.record(0)) yield;
    // Created with its first record, so that scopes without records cost nothing.
    let envelope = NONE;
    reader.pos = start;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag !== LENGTH_2) {
        if (this.#skip(tag)) yield;
        continue;
      }
      if (fault !== undefined) {
        this.#reject(fault);
        if (this.#skip(tag)) yield;
        continue;
      }
      if (envelope === NONE) {
        if (scope.known !== undefined) this.#surroundings!.enterScope(scope.known.facts);
        this.#envelopeParts = this.isLog ? [resource.digested, scope.digested] : [];
        envelope = this.#envelope(resource, scope, service);
      }
      const recordStart = reader.pos;
      const countBefore = this.#count;
      this.#record(envelope);
      if (this.#coming.length > 0) this.#noteOriginal(this.#count > countBefore);
      if (this.#meter.record(reader.pos - recordStart)) yield;
    }
    reader.end = outerEnd;
  }

  /** Reads the scope of the message that starts here. Returns the limit that it exceeds, if any. */
  *#scope(start: number, part: EnvelopePart, parent: number | undefined): Steps<RejectReason | undefined> {
    const reader = this.#reader;
    const attributes = this.#attributes;
    attributes.reset();
    this.#pieces.reset();
    this.#nameStart = this.#nameEnd = 0;
    this.#versionStart = this.#versionEnd = 0;
    let fault: RejectReason | undefined;
    reader.pos = start;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === LENGTH_1) fault = this.#excess(() => this.#scopeMessage()) ?? fault;
      else reader.skip(tag);
      if (tag === LENGTH_1 ? this.#meter.record(0) : this.#meter.field()) yield;
    }
    if (fault !== undefined) return fault;
    const version = utf8Slice(reader.buffer, this.#versionStart, this.#versionEnd);
    const facts = this.#normalizer.scope(attributes, this.spanName(), version);
    if (parent !== undefined) part.known = this.#remember(this.#surroundings?.scopes, 0, parent, part, facts);
    return undefined;
  }

  /** Number of the envelope of a resource and a scope. Cached facts are added to a batch once. */
  #envelope(resource: EnvelopePart, scope: EnvelopePart, service: number): number {
    const { known } = scope;
    if (known !== undefined && known.batch === this.#batch) return known.envelope;
    const envelope = this.#envelopes.add(
      ...resource.placedIn(this.#envelopes, this.#batch),
      ...scope.placedIn(this.#envelopes, this.#batch),
      service,
    );
    if (known !== undefined) known.envelope = envelope;
    return envelope;
  }

  /**
   * Reads a field of a resource or scope. Returns the limit that it exceeds, if any, which rejects every
   * record in it.
   */
  #excess(read: () => void): RejectReason | undefined {
    const reader = this.#reader;
    const { pos, end } = reader;
    try {
      read();
      return undefined;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined || reason === RejectReason.malformed) throw error;
      reader.pos = pos;
      reader.end = end;
      reader.pos = reader.lengthEnd();
      return reason;
    }
  }

  #scopeMessage(): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === LENGTH_1) {
        this.#nameEnd = reader.lengthEnd();
        this.#nameStart = reader.pos;
        reader.pos = this.#nameEnd;
      } else if (tag === LENGTH_2) {
        this.#versionEnd = reader.lengthEnd();
        this.#versionStart = reader.pos;
        reader.pos = this.#versionEnd;
      } else if (tag === LENGTH_3) {
        this.#attributes.readKeyValue();
        this.#checkAttributes();
      } else {
        this.#pieces.addField();
        reader.skip(tag);
      }
    }
    reader.end = outerEnd;
  }

  #record(envelope: number): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    const end = reader.lengthEnd();
    const start = reader.pos;
    reader.end = end;
    try {
      this.#attributes.reset();
      this.#pieces.reset();
      this.#nameStart = this.#nameEnd = 0;
      this.#eventNameStart = this.#eventNameEnd = 0;
      if (this.#kind === RECORD_SPAN) this.#span(envelope, start, end);
      else this.#logRecord(envelope, start, end);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      this.#reject(reason);
      reader.pos = end;
    }
    reader.end = outerEnd;
  }

  #reject(reason: RejectReason): void {
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  /** opentelemetry.proto.trace.v1.Span */
  #span(envelope: number, start: number, end: number): void {
    const reader = this.#reader;
    const attributes = this.#attributes;
    let traceId = NONE;
    let spanId = NONE;
    let parentId = NONE;
    let startAt = NONE;
    let endAt = NONE;
    let error = 0;
    let events = 0;
    this.side = 'unknown';
    this.eventExceptions = undefined;
    this.eventMessage = undefined;
    this.#statusStart = this.#statusEnd = 0;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      switch (tag) {
        case (9 << 3) | WireType.length:
          attributes.readKeyValue();
          this.#checkAttributes();
          break;
        case LENGTH_1:
          traceId = this.#id(16, RejectReason.traceId);
          break;
        case LENGTH_2:
          spanId = this.#id(8, RejectReason.spanId);
          break;
        case (4 << 3) | WireType.length:
          parentId = this.#id(8, RejectReason.spanId);
          break;
        case (5 << 3) | WireType.length:
          this.#nameEnd = reader.lengthEnd();
          this.#nameStart = reader.pos;
          reader.pos = this.#nameEnd;
          break;
        case (6 << 3) | WireType.varint:
          this.side = SIDES[reader.varint()] ?? 'unknown';
          break;
        case (7 << 3) | WireType.fixed64:
          startAt = reader.fixed64At();
          break;
        case (8 << 3) | WireType.fixed64:
          endAt = reader.fixed64At();
          break;
        case (11 << 3) | WireType.length:
          events = 1;
          this.#pieces.add();
          this.#event();
          break;
        case (13 << 3) | WireType.length:
          this.#pieces.add();
          this.#keyValues((4 << 3) | WireType.length);
          break;
        case (15 << 3) | WireType.length:
          error = this.#statusCode(error === 1 ? 2 : 0) === 2 ? 1 : 0;
          break;
        default:
          this.#pieces.addField();
          reader.skip(tag);
      }
    }
    if (traceId === NONE) throw new Rejection(RejectReason.traceId);
    if (spanId === NONE) throw new Rejection(RejectReason.spanId);
    const { data } = reader;
    let startLow = 0;
    let startHigh = 0;
    if (startAt !== NONE) {
      startLow = data.getUint32(startAt, true);
      startHigh = data.getUint32(startAt + 4, true);
    }
    const endLow = endAt === NONE ? 0 : data.getUint32(endAt, true);
    const endHigh = endAt === NONE ? 0 : data.getUint32(endAt + 4, true);
    if (startHigh > MAX_TIME_HIGH || endHigh > MAX_TIME_HIGH) throw new Rejection(RejectReason.time);
    // S20: a span without a start begins at its end.
    if (startLow === 0 && startHigh === 0) {
      startLow = endLow;
      startHigh = endHigh;
    }

    const i = this.#count;
    const columns = this.#columns;
    this.failed = error === 1;
    this.isRoot = parentId === NONE;
    this.#startLow = startLow;
    this.#startHigh = startHigh;
    this.#facts(i, envelope);
    columns.kind[i] = RECORD_SPAN;
    columns.offset[i] = start;
    columns.length[i] = end - start;
    columns.traceId[i] = traceId;
    columns.spanId[i] = spanId;
    columns.parentId[i] = parentId;
    columns.setTimes(i, startLow, startHigh, endLow, endHigh);
    columns.error[i] = error;
    columns.events[i] = events;
    this.#count++;
  }

  /** opentelemetry.proto.logs.v1.LogRecord */
  #logRecord(envelope: number, start: number, end: number): void {
    const reader = this.#reader;
    const attributes = this.#attributes;
    this.#body.reset();
    let traceId = NONE;
    let spanId = NONE;
    let time = 0n;
    let observedTime = 0n;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      switch (tag) {
        case (6 << 3) | WireType.length:
          attributes.readKeyValue();
          this.#checkAttributes();
          break;
        case (1 << 3) | WireType.fixed64:
          time = reader.fixed64();
          break;
        case (11 << 3) | WireType.fixed64:
          observedTime = reader.fixed64();
          break;
        case (5 << 3) | WireType.length:
          this.#body.readBody();
          if (this.#body.count > this.#limits.maxAttributesPerRecord) {
            throw new Rejection(RejectReason.tooManyAttributes);
          }
          break;
        case (9 << 3) | WireType.length:
          traceId = this.#id(16, RejectReason.traceId);
          break;
        case (10 << 3) | WireType.length:
          spanId = this.#id(8, RejectReason.spanId);
          break;
        case (12 << 3) | WireType.length:
          this.#eventNameEnd = reader.lengthEnd();
          this.#eventNameStart = reader.pos;
          reader.pos = this.#eventNameEnd;
          break;
        default:
          this.#pieces.addField();
          reader.skip(tag);
      }
    }
    // Logs data model: without a time, the observed time is used.
    if (time === 0n) time = observedTime;
    if (time === 0n) throw new Rejection(RejectReason.noTime);
    if (time > MAX_TIME) throw new Rejection(RejectReason.time);

    const i = this.#count;
    const columns = this.#columns;
    this.#startLow = Number(time & 0xffff_ffffn);
    this.#startHigh = Number(time >> 32n);
    const session = this.#facts(i, envelope);
    if (this.#areDataPoints) {
      if (columns.usage[i] === NONE) throw new Rejection(RejectReason.unusedMetric);
      if (session === undefined) throw new Rejection(RejectReason.noSession);
    }
    if (traceId === NONE && session === undefined) {
      this.#unbound++;
      return;
    }
    columns.kind[i] = RECORD_LOG;
    columns.offset[i] = start;
    columns.length[i] = end - start;
    columns.traceId[i] = traceId;
    columns.spanId[i] = spanId;
    columns.parentId[i] = NONE;
    columns.start[i] = time;
    columns.end[i] = time;
    const hash = createHash('sha256').update(reader.bytes.subarray(start, end));
    for (const part of this.#envelopeParts) hash.update(part);
    const digest = hash.digest();
    columns.digest.set(digest.subarray(0, 16), i * 16);
    this.#count++;
  }

  #facts(i: number, envelope: number): string | undefined {
    const facts = this.#normalizer.record(this.#attributes, this);
    const columns = this.#columns;
    columns.envelope[i] =
      facts.service === undefined
        ? envelope
        : this.#envelopes.withService(envelope, this.#strings.index(facts.service));
    columns.session[i] = facts.session === undefined ? NONE : this.#strings.index(facts.session);
    columns.identity[i] = facts.identity === undefined ? NONE : this.#identities.index(facts.identity);
    columns.usage[i] = facts.usage === undefined ? NONE : this.#usages.push(facts.usage) - 1;
    columns.quiet[i] = facts.quiet === true ? 1 : 0;
    columns.lifecycleEvent[i] =
      facts.lifecycleEvent === undefined ? NONE : this.#lifecycleEvents.push(facts.lifecycleEvent) - 1;
    columns.score[i] = facts.score === undefined ? NONE : this.#scores.push(facts.score) - 1;
    columns.tool[i] = facts.tool === undefined ? NONE : this.#tools.push(facts.tool) - 1;
    columns.tags[i] = facts.tags === undefined ? NONE : this.#strings.index(facts.tags);
    columns.visit[i] = facts.visit === undefined ? NONE : this.#visits.push(facts.visit) - 1;
    columns.exceptions[i] =
      facts.exceptions === undefined ? NONE : this.#exceptionSets.push(facts.exceptions) - 1;
    columns.title[i] = facts.title === undefined ? NONE : this.#titles.index(facts.title);
    return facts.session;
  }

  /** Offset of an id of this many bytes. NONE if it is empty or all zero, which means "no id" in OTLP. */
  #id(length: number, reason: RejectReason): number {
    const reader = this.#reader;
    const end = reader.lengthEnd();
    const start = reader.pos;
    reader.pos = end;
    if (end === start) return NONE;
    if (end - start !== length) throw new Rejection(reason);
    for (let i = start; i < end; i++) if (reader.bytes[i] !== 0) return start;
    return NONE;
  }

  /** Reads a message whose field with `tag` is a repeated KeyValue, and adds them to the current attributes. */
  #keyValues(attributeTag: number): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    // Attributes of links are checked and counted, but do not describe the span.
    const slots = attributeTag === LENGTH_1 ? this.#attributes : this.#body;
    const counted = this.#attributes;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag !== attributeTag) {
        this.#pieces.addField();
        reader.skip(tag);
        continue;
      }
      slots.readKeyValue();
      if (slots !== counted) counted.count++;
      this.#checkAttributes();
    }
    reader.end = outerEnd;
  }

  /**
   * Reads an event that has only a time and a name and reports no exception. Returns false for any other
   * event, without having read anything.
   */
  #plainEvent(): boolean {
    const reader = this.#reader;
    const { buffer, pos } = reader;
    const length = buffer[pos]!;
    const end = pos + 1 + length;
    if (
      length < PLAIN_EVENT_NAME ||
      length >= 0x80 ||
      end > reader.end ||
      buffer[pos + 1] !== FIXED64_1 ||
      buffer[pos + 10] !== LENGTH_2 ||
      buffer[pos + 11] !== length - PLAIN_EVENT_NAME ||
      (length === PLAIN_EVENT_NAME + EXCEPTION.length && isSame(buffer, end - EXCEPTION.length, EXCEPTION))
    ) {
      return false;
    }
    this.#pieces.addTwoFields();
    reader.pos = end;
    return true;
  }

  /**
   * opentelemetry.proto.trace.v1.Span.Event. Its attributes are checked and counted; only those of an
   * exception or a message are read.
   */
  #event(): void {
    const reader = this.#reader;
    if (this.#plainEvent()) return;
    const slots = this.#body;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    slots.reset();
    let timeAt = NONE;
    let nameStart = 0;
    let nameEnd = 0;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      if (tag === LENGTH_3) {
        slots.readKeyValue();
        this.#attributes.count++;
        this.#checkAttributes();
        continue;
      }
      this.#pieces.addField();
      if (tag === LENGTH_2) {
        nameEnd = reader.lengthEnd();
        nameStart = reader.pos;
        reader.pos = nameEnd;
      } else {
        if (tag === FIXED64_1) timeAt = reader.pos;
        reader.skip(tag);
      }
    }
    reader.end = outerEnd;
    if (nameEnd - nameStart === EXCEPTION.length && isSame(reader.bytes, nameStart, EXCEPTION)) {
      this.#exceptionEvent(timeAt);
    } else if (this.eventMessage === undefined && (slots.groups & KeyGroup.message) !== 0) {
      this.eventMessage = this.#normalizer.eventMessage?.(
        slots,
        utf8Slice(reader.buffer, nameStart, nameEnd),
      );
    }
  }

  /** Adds the exception of the event that was read last. */
  #exceptionEvent(timeAt: number): void {
    const reader = this.#reader;
    const exceptions = this.eventExceptions ?? [];
    if (exceptions.length === MAX_EXCEPTION_EVENTS) return;
    const { pos } = reader;
    reader.pos = timeAt;
    const atNs = timeAt === NONE ? 0n : reader.fixed64();
    reader.pos = pos;
    const exception = this.#normalizer.exceptionEvent?.(this.#body, atNs);
    if (exception === undefined) return;
    exceptions.push(exception);
    this.eventExceptions = exceptions;
  }

  #checkAttributes(): void {
    if (this.#attributes.count > this.#limits.maxAttributesPerRecord) {
      throw new Rejection(RejectReason.tooManyAttributes);
    }
  }

  /** Code of a Status message; keeps the place of its text. `code` is that of an earlier piece, with which protobuf merges it. */
  #statusCode(code: number): number {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    let merged = code;
    for (;;) {
      const tag = reader.tag();
      if (tag === 0) break;
      this.#pieces.addField();
      if (tag === VARINT_3) {
        merged = reader.varint();
      } else if (tag === LENGTH_2) {
        this.#statusEnd = reader.lengthEnd();
        this.#statusStart = reader.pos;
        reader.pos = this.#statusEnd;
      } else {
        reader.skip(tag);
      }
    }
    reader.end = outerEnd;
    return merged;
  }
}

/**
 * Counts the records of a request by its framing alone. Resources and scopes have the same limit, since empty
 * ones cost time too.
 */
function* countRecords(bytes: Uint8Array, limit: number, meter: StepMeter): Steps<number> {
  const reader = new ProtoReader(bytes);
  let records = 0;
  let envelopes = 0;
  const checked = (count: number, what: string): number => {
    if (count > limit) throw new TooManyRecordsError(`more than ${limit} ${what} in one request`);
    return count;
  };
  const depths: readonly number[] = [LENGTH_1, LENGTH_2, LENGTH_2];
  const ends: number[] = [];
  for (;;) {
    const tag = reader.tag();
    if (tag === 0) {
      const outerEnd = ends.pop();
      if (outerEnd === undefined) return records;
      reader.end = outerEnd;
    } else if (tag !== depths[ends.length]) {
      reader.skip(tag);
    } else if (ends.length === depths.length - 1) {
      records = checked(records + 1, 'records');
      reader.skip(tag);
    } else {
      envelopes = checked(envelopes + 1, 'resources and scopes');
      ends.push(reader.end);
      reader.end = reader.lengthEnd();
    }
    if (meter.field()) yield;
  }
}

function isSame(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

/** Numbers distinct values in the order in which they occur. */
class Interned<T> {
  readonly values: T[] = [];
  readonly #indexes = new Map<T, number>();
  #lastValue: T | undefined;
  #lastIndex = NONE;

  index(value: T): number {
    if (value === this.#lastValue) return this.#lastIndex;
    let index = this.#indexes.get(value);
    if (index === undefined) {
      index = this.values.push(value) - 1;
      this.#indexes.set(value, index);
    }
    this.#lastValue = value;
    this.#lastIndex = index;
    return index;
  }
}

/** The fields of a resource or scope. Usually they are contiguous, but they need not be. */
class EnvelopePart {
  readonly #reader: ProtoReader;
  /** Start and end of each contiguous run. */
  readonly #runs: number[] = [];
  #place = NONE;
  #length = 0;
  #digested: Uint8Array | undefined;
  /** Fields that the receiver adds. */
  appended: Uint8Array | undefined;
  /** The facts cached for these fields. */
  known: RememberedSurroundings | undefined;

  constructor(reader: ProtoReader) {
    this.#reader = reader;
  }

  reset(): void {
    this.#runs.length = 0;
    this.#place = NONE;
    this.#digested = undefined;
    this.appended = undefined;
    this.known = undefined;
  }

  add(start: number, end: number): void {
    const runs = this.#runs;
    if (runs.length > 0 && runs[runs.length - 1] === start) runs[runs.length - 1] = end;
    else runs.push(start, end);
  }

  /** The fields in their order. */
  #parts(): Uint8Array[] {
    const parts: Uint8Array[] = [];
    for (let i = 0; i < this.#runs.length; i += 2) {
      parts.push(this.#reader.bytes.subarray(this.#runs[i], this.#runs[i + 1]));
    }
    if (this.appended !== undefined) parts.push(this.appended);
    return parts;
  }

  /** Writes a signature of the fields and their context. Returns false if they are too long for one. */
  sign(to: Signature, kind: number, parent: number): boolean {
    const { data } = this.#reader;
    to.begin(kind);
    to.add(parent | 0, data, 0, 0);
    to.add((parent / 2 ** 32) | 0, data, 0, 0);
    for (let i = 0; i < this.#runs.length; i += 2) {
      const start = this.#runs[i]!;
      const end = this.#runs[i + 1]!;
      if (!to.add(end - start, data, start, end)) return false;
    }
    const { appended } = this;
    return appended === undefined || to.add(appended.length, dataOf(appended), 0, appended.length);
  }

  /** The bytes for the digests of log records. The fields must be complete. */
  get digested(): Uint8Array {
    this.#digested ??= digestedPart(this.#parts());
    return this.#digested;
  }

  /** Offset of the fields among the envelopes of a batch. The first call copies them there. */
  placedIn(envelopes: EnvelopeBuilder, batch: number): [offset: number, length: number] {
    const { known } = this;
    if (known !== undefined && known.batch === batch) return [known.place, known.placeLength];
    if (this.#place === NONE) {
      const parts = this.#parts();
      const offsets = parts.map((part) => envelopes.append(part));
      this.#place = offsets[0] ?? 0;
      this.#length = parts.reduce((sum, part) => sum + part.length, 0);
    }
    if (known !== undefined) {
      known.batch = batch;
      known.place = this.#place;
      known.placeLength = this.#length;
    }
    return [this.#place, this.#length];
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A `resource` field with one attribute: protobuf merges it into the resource before it. */
function encodeConnectionAddress(address: string): Uint8Array {
  const field = (tag: number, content: Uint8Array): Uint8Array =>
    concatenate([Uint8Array.of(tag, content.length), content]);
  const keyValue = concatenate([
    field(LENGTH_1, Buffer.from(CONNECTION_ADDRESS)),
    field(LENGTH_2, field(LENGTH_1, Buffer.from(address))),
  ]);
  return field(LENGTH_1, field(LENGTH_1, keyValue));
}
