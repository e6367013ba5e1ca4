import { createHash } from 'node:crypto';
import { DATA_POINT } from '../normalize/normalizer.js';
import { MalformedRequestError, TooManyRecordsError } from './decode-errors.js';
import { RejectReason } from './reject-reason.js';
import { StepMeter, type Steps } from './steps.js';
import { ProtoReader, WireType } from './wire.js';
import { ProtoWriter } from './wire-writer.js';

/**
 * Data points as log records, so that stored metrics use the same path as all other records
 * (docs/decisions/006-metrics-as-records.md).
 *
 * A record's event name is the metric's name. Its attributes are the point's and those of `DATA_POINT`. Its
 * time is the point's, or the start of its series if it is cumulative, so that a value that is sent again is
 * the same record. Resource and scope are the same bytes.
 */
export interface MetricLogRecords {
  /** An ExportLogsServiceRequest. Owns its memory. */
  readonly bytes: Uint8Array;
  /** Data points that have no record, by reason. */
  readonly rejected: ReadonlyMap<RejectReason, number>;
}

export interface MetricLimits {
  /** Limit on data points, and on resources, scopes and metrics. */
  readonly maxRecords: number;
  readonly maxAttributesPerRecord: number;
}

/** Maximum number of attributes that a record has besides its data point's. */
export const ADDED_ATTRIBUTES = 3;

/**
 * Makes log records from the data points of an OTLP ExportMetricsServiceRequest: of monotonic sums with one
 * of these names. Resources, scopes and attributes are not validated; decoding the records does that.
 *
 * @throws MalformedRequestError if the framing around the data points is broken.
 * @throws TooManyRecordsError
 */
export function metricSteps(
  bytes: Uint8Array,
  names: ReadonlySet<string>,
  limits: MetricLimits,
): Steps<MetricLogRecords> {
  return new MetricTranscoder(bytes, names, limits).steps();
}

const { varint: VARINT, fixed64: FIXED64, length: LENGTH } = WireType;
const FIELD_1 = (1 << 3) | LENGTH;
const FIELD_2 = (2 << 3) | LENGTH;

/**
 * Fields of opentelemetry.proto.metrics.v1.Metric with data points: gauge, sum, histogram,
 * exponential_histogram, summary.
 */
const SUM = (7 << 3) | LENGTH;
const DATA: ReadonlySet<number> = new Set([5, 7, 9, 10, 11].map((field) => (field << 3) | LENGTH));

/** opentelemetry.proto.metrics.v1.AggregationTemporality */
const TEMPORALITIES: ReadonlyMap<number, 'delta' | 'cumulative'> = new Map([
  [1, 'delta'],
  [2, 'cumulative'],
]);
/** Bit of opentelemetry.proto.metrics.v1.DataPointFlags: the point has no value. */
const NO_RECORDED_VALUE = 1;

/** A range of bytes of the request. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** A sum whose data points are used. */
interface UsedSum {
  readonly name: string;
  readonly temporality: 'delta' | 'cumulative';
}

/** opentelemetry.proto.metrics.v1.NumberDataPoint */
interface DataPoint {
  readonly attributes: Place[];
  start: bigint;
  time: bigint;
  /** A bigint for integers. */
  value: number | bigint | undefined;
  flags: number;
}

class MetricTranscoder {
  readonly #reader: ProtoReader;
  readonly #writer: ProtoWriter;
  readonly #names: ReadonlySet<string>;
  readonly #limits: MetricLimits;
  readonly #rejected = new Map<RejectReason, number>();
  readonly #meter = new StepMeter();
  #records = 0;
  #points = 0;
  /** Number of resources, scopes and metrics: empty ones cost time too. */
  #envelopes = 0;
  /** Positions of the current resource and scope, and their digests once needed. */
  #resource: readonly Place[] = [];
  #scope: readonly Place[] = [];
  #resourceDigest: Uint8Array | undefined;
  #scopeDigest: Uint8Array | undefined;

  constructor(bytes: Uint8Array, names: ReadonlySet<string>, limits: MetricLimits) {
    this.#reader = new ProtoReader(bytes);
    this.#writer = new ProtoWriter();
    this.#names = names;
    this.#limits = limits;
  }

  *steps(): Steps<MetricLogRecords> {
    const reader = this.#reader;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === FIELD_1) yield* this.#within(this.#resourceMetrics());
      else if (this.#skip(tag)) yield;
    }
    return { bytes: this.#writer.finish(), rejected: this.#rejected };
  }

  /** Skips a field. Returns true if a step ends with it. */
  #skip(tag: number): boolean {
    this.#reader.skip(tag);
    return this.#meter.field();
  }

  /** Reads the message whose length comes next, up to its end. */
  *#within(read: Steps<void>): Steps<void> {
    const reader = this.#reader;
    const outerEnd = reader.end;
    reader.end = reader.lengthEnd();
    yield* read;
    reader.pos = reader.end;
    reader.end = outerEnd;
  }

  /** ResourceMetrics, read like ResourceLogs. */
  *#resourceMetrics(): Steps<void> {
    this.#resource = yield* this.#otherFields();
    this.#resourceDigest = undefined;
    yield* this.#withRecords(1, this.#resource, () => this.#scopeMetrics());
  }

  /** ScopeMetrics, read like ScopeLogs. */
  *#scopeMetrics(): Steps<void> {
    this.#scope = yield* this.#otherFields();
    this.#scopeDigest = undefined;
    yield* this.#withRecords(2, this.#scope, () => this.#metric());
  }

  #limited(count: number, what: string): number {
    const { maxRecords } = this.#limits;
    if (count <= maxRecords) return count;
    throw new TooManyRecordsError(`more than ${maxRecords} ${what} in one request`);
  }

  /** Counts a resource, scope or metric. Returns true if a step ends. */
  #enter(): boolean {
    this.#envelopes = this.#limited(this.#envelopes + 1, 'resources, scopes and metrics');
    return this.#meter.record(0);
  }

  /**
   * Writes a message with these fields and the output of `read` for each of its fields 2. Writes nothing if
   * there are no records.
   */
  *#withRecords(field: number, fields: readonly Place[], read: () => Steps<void>): Steps<void> {
    if (this.#enter()) yield;
    const [reader, writer] = [this.#reader, this.#writer];
    const before = writer.position;
    const records = this.#records;
    const message = writer.begin(field);
    for (const { start, end } of fields) writer.raw(reader.bytes.subarray(start, end));
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === FIELD_2) yield* this.#within(read());
      else if (this.#skip(tag)) yield;
    }
    if (this.#records === records) writer.rewind(before);
    else writer.end(message);
  }

  /** All fields except 2, which contain scopes and metrics. Resets the reader to the start. */
  *#otherFields(): Steps<Place[]> {
    const reader = this.#reader;
    const begin = reader.pos;
    const found: Place[] = [];
    for (;;) {
      const start = reader.pos;
      const tag = reader.tag();
      if (tag === 0) break;
      const isStepOver = this.#skip(tag);
      if (tag !== FIELD_2) found.push({ start, end: reader.pos });
      if (isStepOver) yield;
    }
    reader.pos = begin;
    return found;
  }

  /** opentelemetry.proto.metrics.v1.Metric. Its name may come after its data. */
  *#metric(): Steps<void> {
    if (this.#enter()) yield;
    const reader = this.#reader;
    const begin = reader.pos;
    let name = '';
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === FIELD_1) {
        name = reader.utf8();
        if (this.#meter.record(name.length)) yield;
      } else if (this.#skip(tag)) {
        yield;
      }
    }
    reader.pos = begin;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (DATA.has(tag)) yield* this.#within(this.#data(tag === SUM ? name : undefined));
      else if (this.#skip(tag)) yield;
    }
  }

  /** Gauge, Sum and similar messages; `name` is that of a sum. */
  *#data(name: string | undefined): Steps<void> {
    const reader = this.#reader;
    const sum = name !== undefined && this.#names.has(name) ? yield* this.#usedSum(name) : undefined;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag !== FIELD_1) {
        if (this.#skip(tag)) yield;
        continue;
      }
      this.#points = this.#limited(this.#points + 1, 'data points');
      if (sum !== undefined) {
        const start = reader.pos;
        this.#point(sum);
        if (this.#meter.record(reader.pos - start)) yield;
      } else {
        this.#reject(RejectReason.unusedMetric);
        if (this.#skip(tag)) yield;
      }
    }
  }

  /** The fields beside the points, in any order. Resets the reader to the start. */
  *#usedSum(name: string): Steps<UsedSum | undefined> {
    const reader = this.#reader;
    const begin = reader.pos;
    let temporality = 0;
    let isMonotonic = false;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === ((2 << 3) | VARINT)) temporality = reader.varint();
      else if (tag === ((3 << 3) | VARINT)) isMonotonic = reader.varint() !== 0;
      else reader.skip(tag);
      if (this.#meter.field()) yield;
    }
    reader.pos = begin;
    const known = TEMPORALITIES.get(temporality);
    return isMonotonic && known !== undefined ? { name, temporality: known } : undefined;
  }

  #point(sum: UsedSum): void {
    const reader = this.#reader;
    const outerEnd = reader.end;
    const end = reader.lengthEnd();
    reader.end = end;
    const before = this.#writer.position;
    try {
      const point = this.#readPoint();
      const reason = this.#faultOf(point, sum);
      if (reason === undefined) this.#writeRecord(point, sum);
      else this.#reject(reason);
    } catch (error) {
      if (!(error instanceof MalformedRequestError)) throw error;
      this.#writer.rewind(before);
      this.#reject(RejectReason.malformed);
    }
    reader.pos = end;
    reader.end = outerEnd;
  }

  #reject(reason: RejectReason): void {
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  #readPoint(): DataPoint {
    const reader = this.#reader;
    const point: DataPoint = { attributes: [], start: 0n, time: 0n, value: undefined, flags: 0 };
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      switch (tag) {
        case (7 << 3) | LENGTH: {
          const end = reader.lengthEnd();
          point.attributes.push({ start: reader.pos, end });
          reader.pos = end;
          break;
        }
        case (2 << 3) | FIXED64:
          point.start = reader.fixed64();
          break;
        case (3 << 3) | FIXED64:
          point.time = reader.fixed64();
          break;
        case (4 << 3) | FIXED64:
          point.value = reader.double();
          break;
        case (6 << 3) | FIXED64:
          point.value = BigInt.asIntN(64, reader.fixed64());
          break;
        case (8 << 3) | VARINT:
          point.flags = Number(reader.varint64() & 0xffn);
          break;
        default:
          reader.skip(tag);
      }
    }
    return point;
  }

  #faultOf({ attributes, start, value, flags }: DataPoint, sum: UsedSum): RejectReason | undefined {
    if (attributes.length > this.#limits.maxAttributesPerRecord) return RejectReason.tooManyAttributes;
    const isUsable = value !== undefined && Number.isFinite(Number(value)) && value >= 0;
    if (!isUsable || (flags & NO_RECORDED_VALUE) !== 0) return RejectReason.noValue;
    // Without a start, a smaller late value cannot be distinguished from a restarted series.
    if (sum.temporality === 'cumulative' && start === 0n) return RejectReason.noStart;
    return undefined;
  }

  /** opentelemetry.proto.logs.v1.LogRecord */
  #writeRecord(point: DataPoint, sum: UsedSum): void {
    this.#records++;
    const [reader, writer] = [this.#reader, this.#writer];
    const isCumulative = sum.temporality === 'cumulative';
    const record = writer.begin(2);
    const time = isCumulative ? point.start : point.time;
    if (time !== 0n) writer.fixed64(1, time);
    for (const { start, end } of point.attributes) writer.bytes(6, reader.bytes.subarray(start, end));
    const value = point.value!;
    this.#attribute(DATA_POINT.value, () =>
      typeof value === 'bigint' ? writer.int64(3, value) : writer.double(4, value),
    );
    this.#attribute(DATA_POINT.temporality, () => writer.string(1, sum.temporality));
    if (isCumulative) {
      const series = this.#seriesOf(point, sum);
      this.#attribute(DATA_POINT.series, () => writer.string(1, series));
    } else if (point.start !== 0n) {
      this.#attribute(DATA_POINT.start, () => writer.int64(3, point.start));
    }
    writer.string(12, sum.name);
    writer.end(record);
  }

  #attribute(key: string, writeValue: () => void): void {
    const writer = this.#writer;
    const attribute = writer.begin(6);
    writer.string(1, key);
    const value = writer.begin(2);
    writeValue();
    writer.end(value);
    writer.end(attribute);
  }

  /**
   * Identifies a cumulative series from one start to the next, as 32 hexadecimal digits. The order of
   * attributes does not matter, because a sender may change it.
   */
  #seriesOf({ attributes, start }: DataPoint, { name }: UsedSum): string {
    this.#resourceDigest ??= this.#digestOf(this.#resource);
    this.#scopeDigest ??= this.#digestOf(this.#scope);
    const hash = createHash('sha256').update(this.#resourceDigest).update(this.#scopeDigest);
    hash.update(JSON.stringify([name, String(start)]));
    for (const attribute of this.#sorted(attributes)) hash.update(lengthOf(attribute)).update(attribute);
    return hash.digest('hex').slice(0, 32);
  }

  /** Digest of a resource or scope: its attributes, name and version, in any order. */
  #digestOf(envelope: readonly Place[]): Uint8Array {
    const reader = this.#reader;
    const { pos, end } = reader;
    const fields: Place[] = [];
    for (const part of envelope) {
      reader.pos = part.start;
      reader.end = part.end;
      // A schema URL does not identify a series.
      if (reader.tag() !== FIELD_1) continue;
      reader.end = reader.lengthEnd();
      for (;;) {
        const start = reader.pos;
        const tag = reader.tag();
        if (tag === 0) break;
        reader.skip(tag);
        if ((tag & 7) === LENGTH) fields.push({ start, end: reader.pos });
      }
    }
    reader.pos = pos;
    reader.end = end;
    const hash = createHash('sha256');
    for (const field of this.#sorted(fields)) hash.update(lengthOf(field)).update(field);
    return hash.digest();
  }

  #sorted(places: readonly Place[]): Uint8Array[] {
    const { bytes } = this.#reader;
    return places.map(({ start, end }) => bytes.subarray(start, end)).sort(Buffer.compare);
  }
}

function lengthOf({ length }: Uint8Array): string {
  return `${length}:`;
}
