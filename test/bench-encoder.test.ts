import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import protobuf from 'protobufjs';
import { parseSessionId, sessionId, userId } from '../bench/generate/ids.js';
import { Ledger } from '../bench/generate/ledger.js';
import { openStream, type StreamDescription } from '../bench/generate/open-stream.js';
import type { GeneratedRequest } from '../bench/generate/stream.js';

/** The part of OTLP that the generated telemetry uses, for an independent decoder. */
const OTLP = protobuf.parse(`
  syntax = "proto3";
  message TraceRequest { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message LogsRequest { repeated ResourceLogs resource_logs = 1; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message Scope { string name = 1; string version = 2; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; } }
  message Status { string message = 2; int32 code = 3; }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
    repeated Event events = 11; Status status = 15; fixed32 flags = 16;
  }
  message LogRecord {
    fixed64 time_unix_nano = 1; fixed64 observed_time_unix_nano = 11; string event_name = 12;
    repeated KeyValue attributes = 6;
  }
`).root;

interface Decoded {
  traceId: string;
  spanId: string;
  name: string;
  start: bigint;
  end: bigint;
  error: boolean;
  service: string;
  attributes: Map<string, string | number | boolean>;
}

type Message = Record<string, unknown>;

function list(message: Message, name: string): Message[] {
  return (message[name] ?? []) as Message[];
}

function attributes(message: Message): Map<string, string | number | boolean> {
  return new Map(
    list(message, 'attributes').map((each) => {
      const value = each.value as Message;
      const [content] = Object.values(value);
      const isInteger = 'intValue' in value;
      return [each.key as string, isInteger ? Number(content) : (content as string | boolean)];
    }),
  );
}

function decode(type: string, body: Uint8Array): Message {
  const decoder = OTLP.lookupType(type);
  return decoder.toObject(decoder.decode(body), { longs: String }) as Message;
}

function spansOf(request: GeneratedRequest): Decoded[] {
  return list(decode('TraceRequest', request.body), 'resourceSpans').flatMap((group) => {
    const service = String(attributes(group.resource as Message).get('service.name'));
    return list(group, 'scopeSpans').flatMap((scope) =>
      list(scope, 'spans').map((span) => ({
        traceId: Buffer.from(span.traceId as Uint8Array).toString('hex'),
        spanId: Buffer.from(span.spanId as Uint8Array).toString('hex'),
        name: span.name as string,
        start: BigInt(span.startTimeUnixNano as string),
        end: BigInt(span.endTimeUnixNano as string),
        error: (span.status as Message | undefined)?.code === 2,
        service,
        attributes: attributes(span),
      })),
    );
  });
}

function take(description: StreamDescription, requests: number): GeneratedRequest[] {
  const stream = openStream(description);
  const taken: GeneratedRequest[] = [];
  while (taken.length < requests) {
    const request = stream.next();
    if (!request) break;
    taken.push(request);
  }
  return taken;
}

const TIME_MS = Date.UTC(2026, 0, 15);
const WEB: StreamDescription = { kind: 'web', stream: 3, seed: 11, timeMs: TIME_MS };
const THIN: StreamDescription = { kind: 'thin', stream: 6, seed: 14, timeMs: TIME_MS };
const GENAI: StreamDescription = { kind: 'genai', stream: 4, seed: 12, timeMs: TIME_MS };
const HISTORY: StreamDescription = { kind: 'history', stream: 5, seed: 13, timeMs: TIME_MS, sessions: 2000 };

function totals(requests: readonly GeneratedRequest[]) {
  const ledger = new Ledger();
  for (const request of requests) ledger.add(request.entries);
  return ledger.expected(0);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

describe('generated telemetry', () => {
  for (const description of [WEB, THIN, GENAI, HISTORY]) {
    it(`${description.kind}: decodes to the spans that the ledger counts, each of them once`, () => {
      const requests = take(description, 40);
      const spans = requests.filter((each) => each.path === '/v1/traces').flatMap(spansOf);
      const expected = totals(requests);

      assert.equal(spans.length, sum(requests.map((each) => each.spans)));
      assert.equal(new Set(spans.map((each) => each.traceId + each.spanId)).size, spans.length);
      const bySession = new Map<number, Decoded[]>();
      for (const span of spans) {
        const id = span.attributes.get('session.id') ?? span.attributes.get('gen_ai.conversation.id');
        const parsed = parseSessionId(String(id));
        assert.equal(parsed?.stream, description.stream);
        const group = bySession.get(parsed.number) ?? [];
        group.push(span);
        bySession.set(parsed.number, group);
      }
      for (const [number, group] of bySession) {
        assert.equal(expected.spans[number], group.length);
        assert.equal(expected.traces[number], new Set(group.map((each) => each.traceId)).size);
        assert.equal(expected.errors[number], group.filter((each) => each.error).length);
        const calls = group.filter((each) => each.attributes.get('gen_ai.operation.name') === 'chat');
        assert.equal(expected.calls[number], calls.length);
        const input = calls.map((each) => Number(each.attributes.get('gen_ai.usage.input_tokens')));
        assert.equal(expected.inputTokens[number], sum(input));
        const output = calls.map((each) => Number(each.attributes.get('gen_ai.usage.output_tokens')));
        assert.equal(expected.outputTokens[number], sum(output));
      }
      assert.equal(sum(expected.spans), spans.length);
    });

    it(`${description.kind}: the same description gives the same bytes`, () => {
      const [first, again] = [take(description, 3), take(description, 3)];
      assert.deepEqual(
        first.map((each) => each.body),
        again.map((each) => each.body),
      );
    });

    it(`${description.kind}: times are ordered and near the requested time`, () => {
      const nearNs = BigInt(TIME_MS) * 1_000_000n;
      const monthNs = 31n * 86_400n * 1_000_000_000n;
      for (const span of spansOf(take(description, 1)[0]!)) {
        assert.ok(span.start <= span.end);
        assert.ok(span.start > nearNs - monthNs && span.end < nearNs + monthNs);
      }
    });
  }

  it('web: spans are about 765 bytes, from a browser and a server, mostly of different requests', () => {
    const requests = take(WEB, 40);
    const bytes = sum(requests.map((each) => each.body.length)) / sum(requests.map((each) => each.spans));
    assert.ok(bytes > 700 && bytes < 830, `${bytes} bytes per span`);
    const spans = requests.flatMap(spansOf);
    assert.deepEqual([...new Set(spans.map((each) => each.service))].sort(), ['shop-api', 'shop-web']);
    const spansPerTrace = spans.length / new Set(spans.map((each) => each.traceId)).size;
    assert.ok(spansPerTrace > 5.5 && spansPerTrace < 6.5, `${spansPerTrace} spans per trace`);
    const first = requests.slice(0, 1).flatMap(spansOf);
    assert.ok(!first.some((each) => each.service === 'shop-api'));
  });

  it('genai: spans are about 5 kB and their messages are valid JSON', () => {
    const requests = take(GENAI, 20);
    const bytes = sum(requests.map((each) => each.body.length)) / sum(requests.map((each) => each.spans));
    assert.ok(bytes > 4500 && bytes < 5500, `${bytes} bytes per span`);
    for (const span of requests.flatMap(spansOf)) {
      for (const key of ['gen_ai.input.messages', 'gen_ai.output.messages']) {
        assert.ok(Array.isArray(JSON.parse(String(span.attributes.get(key)))));
      }
    }
  });

  it('history: every session has three spans, and the ends are reported by log records', () => {
    const requests = take(HISTORY, Number.POSITIVE_INFINITY);
    const expected = totals(requests);
    assert.equal(expected.spans.length, 2000);
    assert.ok(expected.spans.every((count) => count === 3));
    assert.ok(expected.traces.every((count) => count === 1 || count === 2));
    const ends = requests
      .filter((each) => each.path === '/v1/logs')
      .flatMap((each) => list(decode('LogsRequest', each.body), 'resourceLogs'))
      .flatMap((group) => list(group, 'scopeLogs'))
      .flatMap((scope) => list(scope, 'logRecords'));
    assert.ok(ends.every((each) => each.eventName === 'session.end'));
    const ended = ends.map((each) => parseSessionId(String(attributes(each).get('session.id')))!.number);
    assert.deepEqual(
      ended.sort((a, b) => a - b),
      [...expected.ended.keys()].filter((number) => expected.ended[number] === 1),
    );
    assert.ok(ended.length > 300 && ended.length < 500);
  });

  it('ids: session ids lead back to their number, user ids are distinct', () => {
    assert.deepEqual(parseSessionId(sessionId(14, 123_456)), { stream: 14, number: 123_456 });
    assert.equal(parseSessionId('0'.repeat(32)), undefined);
    assert.equal(parseSessionId('short'), undefined);
    assert.equal(new Set(Array.from({ length: 50_000 }, (_, i) => userId(i))).size, 50_000);
  });
});
