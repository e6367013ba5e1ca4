import type { Random } from './random.js';

/** Attribute values; whole numbers become OTLP integers. Undefined leaves the attribute out. */
export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A sender of telemetry: a resource and an instrumentation scope. Compared by identity. */
export interface Source {
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string };
}

/** Numbers of OTLP's SpanKind. */
export const SpanKind = { internal: 1, server: 2, client: 3 } as const;
export type SpanKind = (typeof SpanKind)[keyof typeof SpanKind];

/** Numbers of OTLP's SeverityNumber. */
export const Severity = { info: 9, warn: 13, error: 17, fatal: 21 } as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

export interface SpanEvent {
  readonly name: string;
  /** Milliseconds since 1970, like all times here. */
  readonly at: number;
  readonly attributes: Attributes;
}

export interface DemoSpan {
  readonly type: 'span';
  readonly source: Source;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** Description of the error; undefined if the span's status is not ERROR. */
  readonly error: string | undefined;
}

export interface DemoLog {
  readonly type: 'log';
  readonly source: Source;
  /** Milliseconds since 1970. It has the name of a span's end, because both are sent at that time. */
  readonly end: number;
  readonly severity: Severity;
  readonly eventName: string | undefined;
  readonly body: string | undefined;
  readonly attributes: Attributes;
  /** The span that was running. */
  readonly span: SpanContext | undefined;
}

export type DemoRecord = DemoSpan | DemoLog;

export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

/** The input of `Recorder` for a span; without a parent it begins a trace. */
export interface SpanStory {
  readonly source: Source;
  readonly parent?: SpanContext | undefined;
  /** Given if children were recorded first; returned by `Recorder.context`. */
  readonly context?: SpanContext;
  readonly name: string;
  readonly kind: SpanKind;
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  readonly events?: readonly SpanEvent[];
  readonly error?: string | undefined;
}

export interface LogStory {
  readonly source: Source;
  readonly at: number;
  readonly severity?: Severity;
  readonly eventName?: string;
  readonly body?: string;
  readonly attributes?: Attributes;
  readonly span?: SpanContext | undefined;
}

/** Records the telemetry of one session and gives its spans their ids. */
export class Recorder {
  readonly records: DemoRecord[] = [];
  readonly #ids: Random;

  constructor(ids: Random) {
    this.#ids = ids;
  }

  /** Ids for a span that is recorded after its children: in the parent's trace, or in a new one. */
  context(parent?: SpanContext): SpanContext {
    return { traceId: parent?.traceId ?? this.#ids.hex(32), spanId: this.#ids.hex(16) };
  }

  span(story: SpanStory): SpanContext {
    const context = story.context ?? this.context(story.parent);
    const { source, name, kind, start, end, attributes, events = [], error } = story;
    this.records.push({
      type: 'span',
      source,
      ...context,
      parentSpanId: story.parent?.spanId,
      name,
      kind,
      start,
      end,
      attributes,
      events,
      error,
    });
    return context;
  }

  log(story: LogStory): void {
    const { source, at, severity = Severity.info, eventName, body, attributes = {}, span } = story;
    this.records.push({ type: 'log', source, end: at, severity, eventName, body, attributes, span });
  }
}

/** The span event with which OpenTelemetry reports an exception. */
export function exceptionEvent(at: number, type: string, message: string, stacktrace: string): SpanEvent {
  return {
    name: 'exception',
    at,
    attributes: {
      'exception.type': type,
      'exception.message': message,
      'exception.stacktrace': stacktrace,
    },
  };
}
