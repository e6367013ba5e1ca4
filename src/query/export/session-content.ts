import type { KeysetPosition } from '../../contract/cursor.js';
import { decodePlaceWithin, timeIn } from '../../contract/export-cursor.js';
import { readSpans } from '../../otlp/read.js';
import { logsToJson, tracesToJson } from '../../otlp/to-json.js';
import type { SessionReader } from '../../store/contract/reader.js';
import type { RecordPosition } from '../../store/contract/record.js';
import type { ConversationIndex } from '../conversation-index.js';
import { turnItem } from '../conversation-item.js';
import { ConversationList } from '../conversation-list.js';
import { stringifyExact } from '../exact-json.js';
import { readPage } from '../page.js';
import type { ExportRequest } from '../query-service.js';
import type { SessionIndexes } from '../session-indexes.js';
import type { ContentFormat, ContentStep, ExportedSession } from './export-queries.js';
import { type ThreadState, TRACE_END, TRACE_START, TraceEvents } from './perfetto.js';

/** Turns, and bytes of telemetry, that are read at a time. */
const TURNS_A_STEP = 50;
const BYTES_A_STEP = 512 * 1024;
const TRACES_A_STEP = 100;
const EVENTS_A_STEP = 500;

const TURNS_START = ',"turns":[';
const TURNS_END = ']}\n';

/** Reads what exports have of a session besides its item. */
export class SessionContent {
  readonly #reader: SessionReader;
  readonly #project: string;
  readonly #conversations: SessionIndexes<ConversationIndex>;

  constructor(reader: SessionReader, project: string, conversations: SessionIndexes<ConversationIndex>) {
    this.#reader = reader;
    this.#project = project;
    this.#conversations = conversations;
  }

  of({ format }: ExportRequest): ContentFormat {
    switch (format) {
      case 'otlp':
        return { read: (session, within) => this.#records(session, within), close: () => '' };
      case 'perfetto':
        return {
          read: (session, within) => this.#traceEvents(session, within),
          close: ({ startNs, id }, within) =>
            (within === undefined ? TRACE_START(startNs, id) : '') + TRACE_END,
        };
      default:
        return {
          read: (session, within) => this.#turns(session, within),
          close: ({ itemStart }, within) =>
            (within === undefined ? `${itemStart}${TURNS_START}` : '') + TURNS_END,
        };
    }
  }

  /** A line: the item of the session with its turns. A step may end within the line. */
  async #turns({ id, itemStart }: ExportedSession, within: string | undefined): Promise<ContentStep> {
    const position = within === undefined ? undefined : turnPosition(within);
    const cursor = position && ({ direction: 'next', position } as const);
    const { items, next } = await this.#conversations.use(this.#project, id, (index) =>
      readPage(new ConversationList(index), TURNS_A_STEP, cursor),
    );
    const turns = items.map((turn) => stringifyExact(turnItem(turn)));
    const isFirst = position === undefined || position.isFirst;
    const text = [
      within === undefined ? `${itemStart}${TURNS_START}` : '',
      turns.length > 0 && !isFirst ? ',' : '',
      turns.join(','),
      next === undefined ? TURNS_END : '',
    ].join('');
    if (next === undefined) return { text };
    const { startNs, id: key } = next.position;
    const hasNone = isFirst && turns.length === 0;
    return { text, next: JSON.stringify([String(startNs), key, hasNone]) };
  }

  /** JSON for Perfetto: first the traces, then the log records. */
  async #traceEvents(session: ExportedSession, within: string | undefined): Promise<ContentStep> {
    const place: TracePlace =
      within === undefined ? { of: 'traces', threads: { services: [] }, hasSome: false } : tracePlace(within);
    const events = new TraceEvents(session.startNs, place.threads);
    const next =
      place.of === 'traces'
        ? await this.#addTraces(session.id, place.after, events)
        : await this.#addLogs(session.id, place.after, events);
    const { text } = events;
    const hasSome = place.hasSome || text !== '';
    const separated = place.hasSome && text !== '' ? `,\n${text}` : text;
    const start = within === undefined ? TRACE_START(session.startNs, session.id) : '';
    if (next === undefined) return { text: start + separated + TRACE_END };
    return {
      text: start + separated,
      next: tracePlaceText({ ...next, threads: events.state, hasSome }),
    };
  }

  async #addTraces(
    id: string,
    after: TracePlace['after'],
    events: TraceEvents,
  ): Promise<Pick<TracePlace, 'of' | 'after'>> {
    const traces = await this.#reader.traces(this.#project, id, {
      direction: 'forward',
      limit: TRACES_A_STEP,
      maxBytes: BYTES_A_STEP,
      ...(after && { after: { startNs: BigInt(after[0]), traceId: after[1] } }),
    });
    for (const { otlp } of traces) events.addTrace(readSpans(otlp));
    const last = traces.at(-1)?.position;
    return last === undefined
      ? { of: 'events' }
      : { of: 'traces', after: [String(last.startNs), last.traceId] };
  }

  /** Undefined behind the last log record. */
  async #addLogs(
    id: string,
    after: TracePlace['after'],
    events: TraceEvents,
  ): Promise<Pick<TracePlace, 'of' | 'after'> | undefined> {
    const found = await this.#reader.events(this.#project, id, {
      direction: 'forward',
      limit: EVENTS_A_STEP,
      maxBytes: BYTES_A_STEP,
      ...(after && { after: { timeNs: BigInt(after[0]), id: after[1] } }),
    });
    for (const event of found?.events ?? []) {
      if (event.kind === 'log') events.addLog(event.log, event.position.timeNs);
    }
    const last = found?.stoppedAt ?? found?.events.at(-1)?.position;
    return last && { of: 'events', after: [String(last.timeNs), last.id] };
  }

  /** Lines of OTLP/JSON. A session that was erased meanwhile has no more of them. */
  async #records({ id }: ExportedSession, within: string | undefined): Promise<ContentStep> {
    const after = within === undefined ? undefined : recordPosition(within);
    const found = await this.#reader.records(this.#project, id, {
      maxBytes: BYTES_A_STEP,
      ...(after && { after }),
    });
    if (found === undefined) return { text: '' };
    const { spans, logs, count, next } = found;
    const lines = [
      ...(spans.length === 0 ? [] : [tracesToJson(spans)]),
      ...(logs.length === 0 ? [] : [logsToJson(logs)]),
    ];
    return {
      text: lines.map(({ text }) => `${text}\n`).join(''),
      records: count,
      inexact: lines.reduce((sum, { inexact }) => sum + inexact, 0),
      ...(next && { next: JSON.stringify([String(next.group.startNs), next.group.key, next.record]) }),
    };
  }
}

/** Where a trace in JSON goes on: behind a trace or, once all traces are written, behind an event. */
interface TracePlace {
  readonly of: 'traces' | 'events';
  readonly after?: readonly [ns: string, id: string];
  readonly threads: ThreadState;
  /** Whether an event is written. */
  readonly hasSome: boolean;
}

function turnPosition(text: string): KeysetPosition & { readonly isFirst: boolean } {
  return decodePlaceWithin(text, ([start, id, isFirst]) => {
    const startNs = timeIn(start);
    if (startNs === undefined || typeof id !== 'string') return undefined;
    return { startNs, id, isFirst: isFirst === true };
  });
}

function recordPosition(text: string): RecordPosition {
  return decodePlaceWithin(text, ([start, key, record]) => {
    const startNs = timeIn(start);
    if (startNs === undefined || typeof key !== 'string') return undefined;
    return { group: { startNs, key }, ...(typeof record === 'string' && { record }) };
  });
}

function tracePlaceText({ of, after, threads, hasSome }: TracePlace): string {
  const services = threads.services.map(({ name, ends }) => [name, ...ends]);
  return JSON.stringify([of, hasSome, services, ...(after ?? [])]);
}

function tracePlace(text: string): TracePlace {
  return decodePlaceWithin(text, ([of, hasSome, services, start, id]) => {
    if ((of !== 'traces' && of !== 'events') || !Array.isArray(services)) return undefined;
    const threads: ThreadState = {
      services: services.flatMap((service) => {
        const [name, ...ends] = Array.isArray(service) ? (service as unknown[]) : [];
        return typeof name === 'string' && ends.every((end) => timeIn(end) !== undefined)
          ? [{ name, ends: ends as string[] }]
          : [];
      }),
    };
    const isAfter = typeof start === 'string' && timeIn(start) !== undefined && typeof id === 'string';
    if (threads.services.length < services.length || isAfter === (start === undefined)) return undefined;
    return { of, hasSome: hasSome === true, threads, ...(isAfter && { after: [start, id] }) };
  });
}
