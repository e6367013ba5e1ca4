import type { AttributeView } from './attributes.js';
import type { ExceptionFacts, Identity, LifecycleEvent, PriceOf, Usage, VisitFacts } from './facts.js';
import type { SignatureMemo } from './signature-memo.js';

/** What a normaliser may ask about the record at hand, besides its attributes. Values are read when asked for. */
export interface RecordContext {
  /** A log record rather than a span. */
  readonly isLog: boolean;
  /** Which side of a call the record is of, by the kind of the span. */
  readonly side: CallSide;
  /** Span name; empty for log records. */
  spanName(): string;
  /** What tells names of spans apart cheaply (`nameHint`), without reading them as text; 0 for an empty one. */
  spanNameHint(): number;
  /** Log record's event name; empty for spans and plain log records. */
  eventName(): string;
  /** Of a span: its status is ERROR. */
  readonly failed: boolean;
  /** Of a span: the exceptions that its events tell of, as `exceptionEvent` made them of their attributes. */
  readonly eventExceptions: readonly ExceptionFacts[] | undefined;
  /** Entries of a log record's body where it is a map: where events kept their fields before semconv 1.31. */
  readonly body: AttributeView;
  /** Span start or log time, nanoseconds since 1970. */
  readonly startNs: bigint;
}

/** First and last byte of a name and its length in bytes, up to 255: equal for equal names, and mostly not for others. */
export function nameHint(first: number, last: number, length: number): number {
  return (first << 16) | (last << 8) | Math.min(length, 255);
}

/**
 * Which side of a call a record is of: the one that is called (a span of kind SERVER), the one that calls (CLIENT, PRODUCER), the one that
 * takes from a queue (CONSUMER), or none that is known (INTERNAL, log records).
 */
export type CallSide = 'called' | 'caller' | 'consumer' | 'unknown';

/** The resource attribute in which a browser's connection address is kept. */
export const CONNECTION_ADDRESS = 'sojourn.connection.address';

/** Facts of one record. The object is reused for the next record. */
export interface RecordFacts {
  /** The record's own service, where its resource does not name one. */
  service?: string | undefined;
  session: string | undefined;
  identity: Identity | undefined;
  usage: Usage | undefined;
  lifecycleEvent: LifecycleEvent | undefined;
  visit: VisitFacts | undefined;
  /** None is left out rather than empty. */
  exceptions: readonly ExceptionFacts[] | undefined;
  /** Whether it is a server's span of a request that no visitor makes, and names no session. */
  quiet?: boolean;
}

/**
 * What a data point says, as attributes of the log record that it is kept as (docs/decisions/006-metrics-as-records.md). They stand after
 * the point's own, so that theirs are the values that count.
 */
export const DATA_POINT = {
  /** Integer or double, as it was sent. */
  value: 'sojourn.metric.value',
  /** `delta` or `cumulative`. */
  temporality: 'sojourn.metric.temporality',
  /** Of a delta point: the start of its interval, nanoseconds since 1970. */
  start: 'sojourn.metric.start_time_unix_nano',
  /** Of a cumulative point: what it has in common with the other points of its series. */
  series: 'sojourn.metric.series',
} as const;

/**
 * Turns attributes into facts. Called in the order of the wire: a resource, its scopes, their records; what a
 * resource or scope says holds for all below it until the next one.
 */
export interface Normalizer {
  /** `connectionAddress`: the sender's address, where the sender is the user's browser. `resource` and `scope` return what `surroundings` takes. */
  resource(attributes: AttributeView, connectionAddress?: string): unknown;
  scope(attributes: AttributeView, name: string, version: string): unknown;
  /** Where what resources and scopes say is remembered. None where they are read each time. */
  readonly surroundings?: Surroundings;
  /** The name of the resource's service. */
  readonly serviceName: string | undefined;
  /** Metrics whose data points, as log records, say facts of usage. */
  readonly metricNames: ReadonlySet<string>;
  record(attributes: AttributeView, context: RecordContext): RecordFacts;
  /** The exception that an event of a span with the name `exception` tells of; `atNs` is the event's time. Left out where none is asked for. */
  exceptionEvent?(attributes: AttributeView, atNs: bigint): ExceptionFacts;
  /** By what `record` prices calls: for those that borrow from others what their price depends on. */
  readonly priceOf: PriceOf;
  /** A normaliser whose `usage` has the dialect of each record that one recognises, whatever the dialect makes of it. */
  readonly explainer?: Normalizer;
}

let remembered = 0;

/** What a resource says, or a scope within a resource. */
export class RememberedSurroundings {
  /** Tells it from all others. */
  readonly number = ++remembered;
  /** What `Normalizer.resource` or `Normalizer.scope` gave. */
  readonly facts: unknown;
  readonly attributeCount: number;
  // Where the batch that had it last has it: the decoder's own.
  batch = 0;
  place = 0;
  placeLength = 0;
  envelope = 0;

  constructor(facts: unknown, attributeCount: number) {
    this.facts = facts;
    this.attributeCount = attributeCount;
  }
}

/** Remembers what resources and scopes say, by the bytes that say it; together with other normalisers of the same rules. */
export interface Surroundings {
  readonly resources: SignatureMemo<RememberedSurroundings>;
  /** By the number of the resource, and the bytes of the scope. */
  readonly scopes: SignatureMemo<RememberedSurroundings>;
  /** As `Normalizer.resource` with what it gave these facts for. */
  enterResource(facts: unknown): void;
  /** As `Normalizer.scope` with what it gave these facts for; the resource has been entered. */
  enterScope(facts: unknown): void;
}

/** A normaliser for several requests at a time. */
export interface SharedNormalizer extends Normalizer {
  /** Another one with the same rules, which remembers what this one has worked out, and has its own place in the order of the wire. */
  fork(): Normalizer;
}
