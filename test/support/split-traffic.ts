import { Random } from '../../src/demo/random.js';
import { logsJsonToProtobuf, tracesJsonToProtobuf } from '../../src/otlp/json.js';
import { type AttributeValue, type LogSpec, logsJson, type SpanSpec, tracesJson } from './telemetry.js';

/** One export, as a sender keeps it until it is acknowledged. */
export interface TelemetryRequest {
  readonly number: number;
  readonly signal: 'traces' | 'logs';
  readonly spans: readonly SpanSpec[];
  readonly logs: readonly LogSpec[];
  /** The same in protobuf. */
  readonly body: Uint8Array;
}

/** 2025-06-01, so that every session has timed out and no answer depends on the time of the request. */
const BASE_NS = 1_748_736_000_000_000_000n;
/** Each record starts this much after the previous one. */
const STEP_NS = 250_000_007n;
const SESSIONS = 24;
const USERS = 7;
/** Number of spans and log records that wait to be sent: many traces are in progress at a time. */
const WAITING_SPANS = 60;
const WAITING_LOGS = 12;
const MARKERS_PER_TRACE = 10;

/**
 * Endless traffic of services that share sessions, split as badly as possible: the spans of a trace are sent
 * in random order in many requests, children before their parents, and some of them twice, first unfinished
 * and then finished. A seed determines all of it.
 */
export class SplitTraffic {
  /** All requests made so far, by number. */
  readonly requests: TelemetryRequest[] = [];
  readonly #random: Random;
  readonly #spans: SpanSpec[] = [];
  readonly #logs: LogSpec[] = [];
  #traceCount = 0;
  #spanCount = 0;
  #recordCount = 0;

  constructor(seed: string) {
    this.#random = new Random(seed);
  }

  next(): TelemetryRequest {
    while (this.#spans.length < WAITING_SPANS || this.#logs.length < WAITING_LOGS) this.#addTrace();
    return this.#random.chance(0.25)
      ? this.#request([], this.#draw(this.#logs))
      : this.#request(this.#draw(this.#spans), []);
  }

  /** The requests that are still needed to complete all traces. */
  rest(): TelemetryRequest[] {
    const requests: TelemetryRequest[] = [];
    while (this.#spans.length > 0) requests.push(this.#request(this.#draw(this.#spans), []));
    while (this.#logs.length > 0) requests.push(this.#request([], this.#draw(this.#logs)));
    return requests;
  }

  #request(spans: readonly SpanSpec[], logs: readonly LogSpec[]): TelemetryRequest {
    const number = this.requests.length;
    const request =
      logs.length === 0
        ? { signal: 'traces' as const, spans: [...spans, this.#markerSpan(number)], logs }
        : { signal: 'logs' as const, spans, logs: [...logs, this.#markerLog(number)] };
    const { bytes } =
      request.signal === 'traces'
        ? tracesJsonToProtobuf(tracesJson(request.spans))
        : logsJsonToProtobuf(logsJson(request.logs));
    const made = { number, ...request, body: bytes };
    this.requests.push(made);
    return made;
  }

  /** A session of one record, which shows whether the request is stored. */
  #markerSpan(number: number): SpanSpec {
    const trace = `ffff${Math.floor(number / MARKERS_PER_TRACE).toString(16)}`;
    return this.#span({ trace, attributes: { 'session.id': markerSession(number) } });
  }

  #markerLog(number: number): LogSpec {
    return this.#log({ event: 'ping', attributes: { 'session.id': markerSession(number) } });
  }

  /** A few of the waiting ones, in random order. */
  #draw<T>(waiting: T[]): T[] {
    const drawn: T[] = [];
    for (let left = this.#random.int(2, 8); left > 0 && waiting.length > 0; left--) {
      drawn.push(...waiting.splice(this.#random.int(0, waiting.length - 1), 1));
    }
    return drawn;
  }

  #addTrace(): void {
    const random = this.#random;
    const trace = this.#traceId();
    const session = this.#session();
    // Some traces have no session id anywhere.
    const root = this.#span({ trace, name: 'GET /', ...(random.chance(0.85) && { attributes: session }) });
    const spans = [root];
    for (let left = random.int(1, 4); left > 0; left--) {
      spans.push(
        this.#span({
          trace,
          parent: random.pick(spans).span,
          error: random.chance(0.15),
          // Some move to another session half-way.
          ...(random.chance(0.05) && { attributes: this.#session() }),
        }),
      );
    }
    if (random.chance(0.4)) spans.push(...this.#agent(root));
    for (const span of spans) {
      this.#spans.push(span);
      if (random.chance(0.1)) this.#spans.push(unfinished(span));
    }
    this.#logs.push(this.#log({ trace, span: random.pick(spans).span, event: 'remark' }));
    if (random.chance(0.5)) this.#logs.push(this.#log({ event: 'click', attributes: session }));
    if (random.chance(0.1)) this.#logs.push(this.#log({ event: 'session.end', attributes: session }));
  }

  /** An agent, which repeats the total of its model calls; some of those are made from within a tool. */
  #agent({ trace, span: parent }: SpanSpec): SpanSpec[] {
    const random = this.#random;
    const agent = this.#span({ trace, parent, name: 'invoke_agent' });
    const tool = this.#span({ trace, parent: agent.span, name: 'execute_tool' });
    const calls = Array.from({ length: random.int(1, 3) }, () => {
      // Each reports both kinds of tokens: missing ones would be taken from the total (U21).
      const tokens = { input: random.int(1, 9000), output: random.int(1, 900) };
      const above = random.chance(0.4) ? tool : agent;
      const nanoUsd = random.int(1, 50_000_000);
      return { tokens, nanoUsd, span: this.#span({ trace, parent: above.span, name: 'chat' }) };
    });
    const sum = (of: (call: (typeof calls)[number]) => number) => calls.reduce((n, call) => n + of(call), 0);
    return [
      tool,
      ...calls.map(({ span, tokens, nanoUsd }) => ({ ...span, attributes: usage('chat', tokens, nanoUsd) })),
      {
        ...agent,
        attributes: usage(
          'invoke_agent',
          { input: sum(({ tokens }) => tokens.input), output: sum(({ tokens }) => tokens.output) },
          sum(({ nanoUsd }) => nanoUsd),
        ),
      },
    ];
  }

  #session(): Record<string, AttributeValue> {
    const number = this.#random.int(0, SESSIONS - 1);
    return { 'session.id': `visit-${number}`, 'user.id': `user-${number % USERS}` };
  }

  #span(spec: Omit<SpanSpec, 'span' | 'start' | 'end'>): SpanSpec {
    const start = this.#nextTime();
    this.#spanCount += 1;
    return {
      span: this.#spanCount.toString(16),
      start,
      end: start + BigInt(this.#random.int(2, 5_000_000)) * 1003n,
      resource: this.#service(),
      ...spec,
    };
  }

  #log(spec: Omit<LogSpec, 'time'>): LogSpec {
    return { time: this.#nextTime(), resource: this.#service(), ...spec };
  }

  #service(): Record<string, AttributeValue> {
    return { 'service.name': this.#random.pick(['api', 'assistant', 'web']) };
  }

  #traceId(): string {
    this.#traceCount += 1;
    return this.#traceCount.toString(16);
  }

  #nextTime(): bigint {
    this.#recordCount += 1;
    return BASE_NS + BigInt(this.#recordCount) * STEP_NS;
  }
}

const MARKER = /^request-(\d+)$/;

function markerSession(number: number): string {
  return `request-${number}`;
}

/** The number of the request with a session of this id to itself. */
export function markedRequest(sessionId: string): number | undefined {
  const digits = MARKER.exec(sessionId)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** As a sender exports a span that is still running. */
function unfinished({ trace, span, parent, start, resource }: SpanSpec): SpanSpec {
  return {
    trace,
    span,
    ...(parent !== undefined && { parent }),
    name: 'running',
    start,
    end: start + 1n,
    ...(resource !== undefined && { resource }),
  };
}

function usage(
  operation: 'chat' | 'invoke_agent',
  { input, output }: { readonly input: number; readonly output: number },
  nanoUsd: number,
): Record<string, AttributeValue> {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': operation === 'chat' ? 'openai' : 'anthropic',
    'gen_ai.request.model': operation === 'chat' ? `model-${input % 3}` : 'model-of-agent',
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output,
    'gen_ai.usage.cost': nanoUsd / 1e9,
  };
}
