import { type Static, Type } from '@sinclair/typebox';
import { NotCounted } from '../sessionize/usage.js';
import { count, dateTime, GenAiUsage, int64, MAX_SESSION_ID_LENGTH, oneOf, ref } from './contract.js';

/** The shapes of `GET /api/v1/sessions/{sessionId}/usage`: why a session's usage is what it is. */

const traceId = Type.Optional(Type.String({ description: 'Missing for a log record without a trace.' }));
const spanId = Type.Optional(Type.String({ description: 'Of a span: 16 hexadecimal digits.' }));
const logId = Type.Optional(
  Type.String({ description: 'Of a log record: 32 hexadecimal digits, a digest of its content.' }),
);

export const RecordReference = Type.Object(
  { trace_id: traceId, span_id: spanId, log_id: logId },
  { $id: 'RecordReference', description: 'A span or a log record.' },
);

const perMillion = (what: string) =>
  Type.Optional(Type.Number({ minimum: 0, description: `US dollars for a million ${what} tokens.` }));

export const Price = Type.Object(
  {
    source: Type.String({
      description:
        '`reported` where the telemetry says what the call cost; else where the list price is from.',
      examples: ['@pydantic/genai-prices@0.1.8'],
    }),
    input_per_million: perMillion('input'),
    cache_read_per_million: perMillion('cached input'),
    cache_write_per_million: perMillion('input written to the cache'),
    output_per_million: perMillion('output'),
    reasoning_per_million: perMillion('reasoning'),
    input_audio_per_million: perMillion('audio input'),
    output_audio_per_million: perMillion('audio output'),
    cache_audio_read_per_million: perMillion('cached audio input'),
    per_thousand_requests: Type.Optional(
      Type.Number({ minimum: 0, description: 'US dollars for a thousand calls, besides their tokens.' }),
    ),
  },
  {
    $id: 'UsagePrice',
    description:
      'What the cost was worked out from. Tokens without a price of their own have that of what they are part of.',
  },
);
export type Price = Static<typeof Price>;

export const UsageCarrier = Type.Object(
  {
    signal: oneOf(
      ['span', 'log', 'metric'],
      'The kind of record; `metric` is a data point, which is kept as a log record.',
    ),
    trace_id: traceId,
    span_id: spanId,
    log_id: logId,
    time: dateTime(
      'Start of the span, time of the log record or data point; of a cumulative data point the start of its series.',
      '2026-03-01T09:30:00.123456789Z',
    ),
    dialect: Type.String({ description: 'How the record was understood.', examples: ['otel-genai'] }),
    scope: Type.Optional(Type.String({ description: 'The instrumentation scope.' })),
    kind: oneOf(
      ['call', 'wrapper', 'sum', 'rest'],
      'A call of a model; something around calls such as an agent; of a data point, a sum over calls whose number it does not say; or the rest of an agent: what its own sum or cost has beyond what the calls below it tell. A rest counts no call; the span that it is named by has a row of its own.',
    ),
    provider: Type.Optional(Type.String()),
    model: Type.Optional(Type.String({ description: 'The model that answered, else the one asked for.' })),
    input_tokens: Type.Optional(count('Input tokens, cached ones included.', 5120)),
    cache_read_tokens: Type.Optional(count('Of the input, read from a cache.', 4096)),
    cache_write_tokens: Type.Optional(count('Of the input, written to a cache.', 0)),
    output_tokens: Type.Optional(count('Output tokens, reasoning included.', 640)),
    reasoning_tokens: Type.Optional(count('Of the output, reasoning.', 128)),
    input_audio_tokens: Type.Optional(count('Of the input, audio.', 0)),
    output_audio_tokens: Type.Optional(count('Of the output, audio.', 0)),
    cache_audio_read_tokens: Type.Optional(count('Of the audio of the input, read from a cache.', 0)),
    call_ids: Type.Optional(
      Type.Array(Type.String(), { description: 'Ids that other records of the call have too.' }),
    ),
    cost_usd: Type.Optional(
      Type.Number({ minimum: 0, description: 'US dollars, whole billionths. Left out where unknown.' }),
    ),
    price: Type.Optional(ref(Price)),
    counted: Type.Boolean({ description: 'Whether it counts in `genai_usage`.' }),
    reason: Type.Optional(oneOf(Object.values(NotCounted), 'Why it does not count.')),
    by: Type.Optional(ref(RecordReference)),
    by_session: Type.Optional(
      Type.String({
        description: 'The session that `by` is in and the call counts in, where that is another one.',
      }),
    ),
    shares_id_with: Type.Optional(ref(RecordReference)),
  },
  {
    $id: 'UsageCarrier',
    description:
      'A record that says something about model calls, in normalised numbers. `by` is the record that counts in its place, or beats it. `shares_id_with`, of one that counts, is another that counts and has an id in common with it: they contradict each other, or the id is one that many calls may have, so they are two calls.',
  },
);
export type UsageCarrier = Static<typeof UsageCarrier>;

export const SessionUsage = Type.Object(
  {
    'session.id': Type.String({ minLength: 1, maxLength: MAX_SESSION_ID_LENGTH }),
    genai_usage: Type.Optional(ref(GenAiUsage)),
    counted: Type.Object(
      {
        request_count: count('Calls counted; sums are of none.', 3),
        total_input_tokens: int64({ minimum: 0, description: 'Their input tokens.' }),
        total_output_tokens: int64({ minimum: 0, description: 'Their output tokens.' }),
      },
      { description: 'The sum of the carriers with `counted: true`: the same numbers as in `genai_usage`.' },
    ),
    items: Type.Array(ref(UsageCarrier), { description: 'By time.' }),
  },
  { $id: 'SessionUsage', description: 'Where the usage of a session comes from, record by record.' },
);
export type SessionUsage = Static<typeof SessionUsage>;

export const USAGE_SCHEMAS = [RecordReference, Price, UsageCarrier, SessionUsage];
