import type { AttributeView } from './attributes.js';
import type {
  ExceptionFacts,
  Identity,
  LifecycleEvent,
  PriceOf,
  ScoreFacts,
  TitleFacts,
  ToolFacts,
  Usage,
  VisitFacts,
} from './facts.js';
import type { SignatureMemo } from './signature-memo.js';

/** The context of a record besides its attributes. Values are read on demand. */
export interface RecordContext {
  /** A log record rather than a span. */
  readonly isLog: boolean;
  /** The record's side of a call, by the kind of the span. */
  readonly side: CallSide;
  /** Span name; empty for log records. */
  spanName(): string;
  /** A cheap hash of the span name (`nameHint`), without decoding it; 0 for an empty one. */
  spanNameHint(): number;
  /** Log record's event name; empty for spans and plain log records. */
  eventName(): string;
  /** Whether the span's status is ERROR. */
  readonly failed: boolean;
  /** The message of the span's status; empty if there is none. */
  statusMessage(): string;
  /** A span without a parent. */
  readonly isRoot: boolean;
  /** The exceptions of the span's events, as returned by `exceptionEvent`. */
  readonly eventExceptions: readonly ExceptionFacts[] | undefined;
  /** The first message of a user in the span's events, as returned by `eventMessage`. */
  readonly eventMessage: string | undefined;
  /** Entries of a log record's body if it is a map: before semconv 1.31 events had their fields there. */
  readonly body: AttributeView;
  /** Span start or log time, nanoseconds since 1970. */
  readonly startNs: bigint;
}

/**
 * First and last byte of a name and its length in bytes, up to 255: equal for equal names, and usually
 * different for others.
 */
export function nameHint(first: number, last: number, length: number): number {
  return (first << 16) | (last << 8) | Math.min(length, 255);
}

/**
 * The record's side of a call: the called side (a span of kind SERVER), the caller (CLIENT, PRODUCER), a
 * consumer of a queue (CONSUMER), or unknown (INTERNAL, log records).
 */
export type CallSide = 'called' | 'caller' | 'consumer' | 'unknown';

/** The resource attribute that stores a browser's connection address. */
export const CONNECTION_ADDRESS = 'sojourn.connection.address';

/** Facts of one record. The object is reused for the next record. */
export interface RecordFacts {
  /** The record's own service, if its resource does not name one. */
  service?: string | undefined;
  session: string | undefined;
  identity: Identity | undefined;
  usage: Usage | undefined;
  lifecycleEvent: LifecycleEvent | undefined;
  /** Left out for spans, and for most log records. */
  score?: ScoreFacts | undefined;
  visit: VisitFacts | undefined;
  /** What sessions are found by, as a text for `tagsIn` (tags.ts). */
  tags?: string | undefined;
  /** Left out for records that are no runs of tools. */
  tool?: ToolFacts | undefined;
  /** Undefined rather than empty. */
  exceptions: readonly ExceptionFacts[] | undefined;
  title?: TitleFacts | undefined;
  /** Whether it is a server's span of a quiet request, and names no session. */
  quiet?: boolean;
}

/**
 * The attributes that a data point's log record has in addition (docs/decisions/006-metrics-as-records.md).
 * They come after the point's own attributes, so that their values count.
 */
export const DATA_POINT = {
  /** Integer or double, as it was sent. */
  value: 'sojourn.metric.value',
  /** `delta` or `cumulative`. */
  temporality: 'sojourn.metric.temporality',
  /** Of a delta point: the start of its interval, nanoseconds since 1970. */
  start: 'sojourn.metric.start_time_unix_nano',
  /** Of a cumulative point: identifies its series. */
  series: 'sojourn.metric.series',
} as const;

/**
 * Turns attributes into facts. Called in the order of the wire: a resource, its scopes, their records. Facts
 * of a resource or scope apply to everything below it until the next one.
 */
export interface Normalizer {
  /**
   * `connectionAddress` is the sender's address, if the sender is the user's browser. `resource` and `scope`
   * return what `surroundings` takes.
   */
  resource(attributes: AttributeView, connectionAddress?: string): unknown;
  scope(attributes: AttributeView, name: string, version: string): unknown;
  /** The cache of facts of resources and scopes. Undefined if they are read each time. */
  readonly surroundings?: Surroundings;
  /** The name of the resource's service. */
  readonly serviceName: string | undefined;
  /** Metrics whose data points, as log records, report usage. */
  readonly metricNames: ReadonlySet<string>;
  record(attributes: AttributeView, context: RecordContext): RecordFacts;
  /**
   * The exception of a span event with the name `exception`; `atNs` is the event's time. Left out if
   * exceptions are not needed.
   */
  exceptionEvent?(attributes: AttributeView, atNs: bigint): ExceptionFacts;
  /** The message of a user in a span event with a key of `KeyGroup.message`. */
  eventMessage?(attributes: AttributeView, eventName: string): string | undefined;
  /** The prices that `record` uses, for calls that take price-relevant values from other records. */
  readonly priceOf: PriceOf;
  /** A normaliser whose `usage` names the dialect of each recognised record, even if it is not a call. */
  readonly explainer?: Normalizer;
}

let remembered = 0;

/** The cached facts of a resource, or of a scope within a resource. */
export class RememberedSurroundings {
  /** Identifies it. */
  readonly number = ++remembered;
  /** The return value of `Normalizer.resource` or `Normalizer.scope`. */
  readonly facts: unknown;
  readonly attributeCount: number;
  // Position in the last batch that contained it, for the decoder.
  batch = 0;
  place = 0;
  placeLength = 0;
  envelope = 0;

  constructor(facts: unknown, attributeCount: number) {
    this.facts = facts;
    this.attributeCount = attributeCount;
  }
}

/** Caches the facts of resources and scopes by their bytes. Shared with other normalisers of the same rules. */
export interface Surroundings {
  readonly resources: SignatureMemo<RememberedSurroundings>;
  /** By the number of the resource, and the bytes of the scope. */
  readonly scopes: SignatureMemo<RememberedSurroundings>;
  /** Like `Normalizer.resource`, with its earlier return value. */
  enterResource(facts: unknown): void;
  /** Like `Normalizer.scope`, with its earlier return value. The resource has been entered. */
  enterScope(facts: unknown): void;
}

/** A normaliser that supports several concurrent requests. */
export interface SharedNormalizer extends Normalizer {
  /** Another normaliser with the same rules and caches, and a wire position of its own. */
  fork(): Normalizer;
}
