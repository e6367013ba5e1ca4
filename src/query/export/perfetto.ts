import type { Attribute, LogRecordView, ResourceView, SpanView } from '../../otlp/read.js';
import { stringifyExact } from '../exact-json.js';

/**
 * Spans and events in the JSON of the Trace Event Format, which Perfetto and Chrome open. A process is a
 * service. Slices of a thread must lie within each other or apart, so a service has as many threads as it takes.
 *
 * The order of all that is written follows from the spans alone, not from the order in which they are given:
 * within a trace, spans by start, the longest first, then by id; services by their first span.
 */

/** What is known of the threads after some traces. Cloneable as JSON. */
export interface ThreadState {
  /** Services by their pid − 1. */
  readonly services: readonly ServiceThreads[];
}

interface ServiceThreads {
  readonly name: string;
  /** For each thread by its tid − 1, where its latest slice ends, ns since 1970, in digits. */
  readonly ends: readonly string[];
}

const UNKNOWN_SERVICE = 'unknown service';
/** The thread of a service with its log records. */
const LOG_THREAD = 0;

export const TRACE_START = (originNs: bigint, sessionId: string): string =>
  `{"displayTimeUnit":"ms","otherData":{"session.id":${JSON.stringify(sessionId)},"time_origin_unix_nano":"${originNs}"},"traceEvents":[`;
export const TRACE_END = ']}\n';

/** Writes the events of traces in order of their starts. */
export class TraceEvents {
  readonly #originNs: bigint;
  readonly #services: { name: string; ends: bigint[] }[];
  readonly #texts: string[] = [];

  /** Times are written in µs after `originNs`. */
  constructor(originNs: bigint, state: ThreadState = { services: [] }) {
    this.#originNs = originNs;
    this.#services = state.services.map(({ name, ends }) => ({ name, ends: ends.map(BigInt) }));
  }

  get state(): ThreadState {
    return { services: this.#services.map(({ name, ends }) => ({ name, ends: ends.map(String) })) };
  }

  /** The events so far, separated by commas. */
  get text(): string {
    return this.#texts.join(',\n');
  }

  /** Adds the spans of one trace, in any order, each with its events. */
  addTrace(spans: readonly SpanView[]): void {
    for (const [service, own] of byService(inOrder(spans))) {
      for (const thread of threadsOf(own)) {
        const { pid, tid } = this.#threadFor(service, thread);
        for (const span of thread.spans) this.#addSpan(span, pid, tid);
      }
    }
  }

  addLog(log: LogRecordView, timeNs: bigint): void {
    const pid = this.#pidOf(serviceOf(log.resource));
    const { trace_id, span_id, severity_text, body, attributes } = log;
    const name = log.event_name ?? (typeof body === 'string' ? body.slice(0, 120) : 'log record');
    this.#add({
      ...{ name, cat: 'log', ph: 'i', s: 't', ts: this.#micros(timeNs), pid, tid: LOG_THREAD },
      args: { trace_id, span_id, severity: severity_text, body, ...argsOf(attributes) },
    });
  }

  #addSpan(span: SpanView, pid: number, tid: number): void {
    const { startNs, endNs } = rangeOf(span);
    const { trace_id, span_id, parent_span_id, status, attributes } = span;
    this.#add({
      ...{ name: span.name || 'span', cat: status.code === 2 ? 'span,error' : 'span', ph: 'X' },
      ...{ ts: this.#micros(startNs), dur: micros(endNs - startNs), pid, tid },
      args: {
        ...{ trace_id, span_id, parent_span_id, kind: KINDS[span.kind] },
        status: STATUSES[status.code],
        'status.message': status.message,
        ...argsOf(attributes),
      },
    });
    for (const event of span.events) {
      this.#add({
        ...{ name: event.name || 'event', cat: 'event', ph: 'i', s: 't' },
        ...{ ts: this.#micros(event.time_unix_nano || startNs), pid, tid, args: argsOf(event.attributes) },
      });
    }
  }

  /** The first thread of the service that is free again, or a new one. */
  #threadFor(service: string, { startNs, endNs }: Thread): { pid: number; tid: number } {
    const pid = this.#pidOf(service);
    const { ends } = this.#services[pid - 1]!;
    const free = ends.findIndex((end) => end <= startNs);
    const at = free === -1 ? ends.length : free;
    ends[at] = endNs;
    if (free === -1) this.#addName('thread_name', pid, at + 1, `spans ${at + 1}`);
    return { pid, tid: at + 1 };
  }

  #pidOf(service: string): number {
    const known = this.#services.findIndex(({ name }) => name === service);
    if (known !== -1) return known + 1;
    const pid = this.#services.push({ name: service, ends: [] });
    this.#addName('process_name', pid, LOG_THREAD, service);
    this.#addName('thread_name', pid, LOG_THREAD, 'log records');
    return pid;
  }

  #addName(what: 'process_name' | 'thread_name', pid: number, tid: number, name: string): void {
    this.#add({ name: what, ph: 'M', pid, tid, args: { name } });
  }

  #micros(ns: bigint): Micros {
    return micros(ns - this.#originNs);
  }

  #add(event: Readonly<Record<string, unknown>>): void {
    const fields = Object.entries(event).map(
      ([name, value]) =>
        `${JSON.stringify(name)}:${value instanceof Micros ? value.text : stringifyExact(value)}`,
    );
    this.#texts.push(`{${fields.join(',')}}`);
  }
}

/** A span and its range, ns since 1970. */
interface RangedSpan {
  readonly span: SpanView;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** By start, the longest first, ties by id, which is one of a kind in a trace. */
function inOrder(spans: readonly SpanView[]): RangedSpan[] {
  return spans
    .map((span) => ({ span, ...rangeOf(span) }))
    .sort(
      (a, b) =>
        compare(a.startNs, b.startNs) || compare(b.endNs, a.endNs) || compare(a.span.span_id, b.span.span_id),
    );
}

/** The spans of each service, in the given order. Services by their first span. */
function byService(spans: readonly RangedSpan[]): Map<string, RangedSpan[]> {
  const services = new Map<string, RangedSpan[]>();
  for (const span of spans) {
    const service = serviceOf(span.span.resource);
    const own = services.get(service);
    if (own === undefined) services.set(service, [span]);
    else own.push(span);
  }
  return services;
}

/** A number of microseconds that keeps its nanoseconds, which a double would lose. */
class Micros {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function micros(ns: bigint): Micros {
  const size = ns < 0n ? -ns : ns;
  return new Micros(`${ns < 0n ? '-' : ''}${size / 1000n}.${String(size % 1000n).padStart(3, '0')}`);
}

/** Spans of a service that lie within each other or apart, and their range. */
interface Thread {
  readonly spans: SpanView[];
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** Distributes spans, which are in order, to as few threads as a greedy choice finds. */
function threadsOf(spans: readonly RangedSpan[]): Thread[] {
  const threads: { spans: SpanView[]; startNs: bigint; endNs: bigint; open: bigint[] }[] = [];
  for (const { span, startNs, endNs } of spans) {
    const thread = threads.find(({ open }) => {
      while (open.length > 0 && open.at(-1)! <= startNs) open.pop();
      return open.length === 0 || open.at(-1)! >= endNs;
    });
    if (thread === undefined) threads.push({ spans: [span], startNs, endNs, open: [endNs] });
    else {
      thread.spans.push(span);
      thread.open.push(endNs);
      if (endNs > thread.endNs) thread.endNs = endNs;
    }
  }
  return threads;
}

function compare<T extends bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A span that ends before it starts is a point. */
function rangeOf({ start_time_unix_nano: startNs, end_time_unix_nano: endNs }: SpanView) {
  return { startNs, endNs: endNs > startNs ? endNs : startNs };
}

function serviceOf({ attributes }: ResourceView): string {
  const value = attributes.findLast(({ key }) => key === 'service.name')?.value;
  return typeof value === 'string' && value !== '' ? value : UNKNOWN_SERVICE;
}

function argsOf(attributes: readonly Attribute[]): object {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];
