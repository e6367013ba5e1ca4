import { type LogRecord, logRecord, type SpanRecord, spanRecord } from '../conversation/record.js';
import { logIds } from '../otlp/log-ids.js';
import { type ResourceView, readLogRecords, readSpans } from '../otlp/read.js';
import type { RecordId, StoredGroup } from '../store/contract/group.js';
import { isAnswer, isRequest, isServing, isVisitorSide } from './signals.js';

/** A span and its position in its trace. */
export interface PlacedSpan {
  readonly record: SpanRecord;
  /**
   * The span that decides its page: the nearest one at or above it that ran in the browser or app, else the
   * topmost one.
   */
  readonly anchor: SpanRecord;
  readonly isVisitors: boolean;
  /** The request that it is, or is part of. */
  readonly request: RequestSpans | undefined;
  /** Whether a server's span is at or above it. */
  readonly isServed: boolean;
}

/** A request of the visitor: its topmost span, and the server's span if another span reports it. */
export interface RequestSpans {
  readonly record: SpanRecord;
  readonly isVisitors: boolean;
  answer?: SpanRecord;
}

/** The decoded records of a group, with their positions in the trace as far as a visit needs them. */
export class GroupRecords {
  readonly #traceId: string | undefined;
  readonly spans: ReadonlyMap<string, SpanRecord>;
  readonly logs: readonly LogRecord[];
  readonly requests: RequestSpans[] = [];
  readonly #placed = new Map<string, PlacedSpan>();
  readonly #sides = new Map<ResourceView, boolean>();

  constructor({ traceId, spans, logs }: Pick<StoredGroup, 'traceId' | 'spans' | 'logs'>) {
    this.#traceId = traceId;
    // By their ids, so that the place where a circle of parents is cut does not depend on the order of
    // arrival.
    const inOrder = readSpans(spans).sort((a, b) => (a.span_id < b.span_id ? -1 : 1));
    this.spans = new Map(inOrder.map((span) => [span.span_id, spanRecord(span)]));
    const ids = logIds(logs);
    this.logs = readLogRecords(logs)
      .map((log, index) => logRecord(log, ids[index]!))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const record of this.spans.values()) this.#place(record);
  }

  /** Undefined if the group has no such span. */
  placed(spanId: string | undefined): PlacedSpan | undefined {
    return spanId === undefined ? undefined : this.#placed.get(spanId);
  }

  isVisitors({ log: { resource } }: LogRecord): boolean {
    return this.#isVisitorSide(resource);
  }

  idOf(record: SpanRecord | LogRecord): RecordId {
    const trace = this.#traceId === undefined ? {} : { traceId: this.#traceId };
    return 'span' in record ? { ...trace, spanId: record.span.span_id } : { ...trace, logId: record.id };
  }

  /** Places a span after those above it. A circle of parents is cut where it closes. */
  #place(from: SpanRecord): void {
    const way: SpanRecord[] = [];
    const seen = new Set<string>();
    let at: SpanRecord | undefined = from;
    while (at !== undefined && !this.#placed.has(at.span.span_id) && !seen.has(at.span.span_id)) {
      way.push(at);
      seen.add(at.span.span_id);
      at = this.spans.get(at.span.parent_span_id ?? '');
    }
    let above = at && this.#placed.get(at.span.span_id);
    for (const record of way.reverse()) {
      above = this.#placeBelow(record, above);
      this.#placed.set(record.span.span_id, above);
    }
  }

  #placeBelow(record: SpanRecord, above: PlacedSpan | undefined): PlacedSpan {
    const isVisitors = this.#isVisitorSide(record.span.resource);
    const anchor = isVisitors ? record : (above?.anchor ?? record);
    const isServedAbove = above?.isServed ?? false;
    // A request of the page is not part of the request that loaded the page.
    let request = isVisitors && above?.request?.isVisitors === false ? undefined : above?.request;
    if (request === undefined) {
      const isReported = isRequest(record)
        ? isVisitors || !isServedAbove
        : isAnswer(record) && !isServedAbove;
      if (isReported) {
        request = { record, isVisitors };
        this.requests.push(request);
      }
    } else if (isAnswer(record) && isEarlier(record, request.answer) && !isAnswer(request.record)) {
      request.answer = record;
    }
    return {
      record,
      anchor,
      isVisitors,
      request,
      isServed: isServedAbove || (isServing(record.span) && !isVisitors),
    };
  }

  #isVisitorSide(resource: ResourceView): boolean {
    const known = this.#sides.get(resource) ?? isVisitorSide(resource);
    this.#sides.set(resource, known);
    return known;
  }
}

/** Of several answers, for example of retried requests, the first is shown; those below it started later. */
function isEarlier({ span }: SpanRecord, known: SpanRecord | undefined): boolean {
  if (known === undefined) return true;
  const [a, b] = [span.start_time_unix_nano, known.span.start_time_unix_nano];
  return a < b || (a === b && span.span_id < known.span.span_id);
}
