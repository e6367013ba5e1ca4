import type { Static } from '@sinclair/typebox';
import { PriceBasis, Unpriced } from '../normalize/cost.js';
import { NotRead } from '../normalize/facts.js';
import { NotCounted } from '../sessionize/usage.js';
import { Type } from './schema-builder.js';
import { count, cursorParameter, dateTime, int64, oneOf, pageLinks, ref } from './schema-parts.js';
import { GenAiUsage } from './session.js';
import { MAX_SESSION_ID_LENGTH } from './session-id.js';

/** The shapes of `GET /api/v1/sessions/{sessionId}/usage`, which explains a session's usage. */

export const DEFAULT_USAGE_LIMIT = 200;
const MAX_USAGE_LIMIT = 1000;

export const UsageQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_USAGE_LIMIT,
        default: DEFAULT_USAGE_LIMIT,
        description:
          'Maximum number of records on a page. If a session has many traces without usage, a page may hold fewer, even none, and still have a next one, because the search for one page is limited.',
      }),
    ),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

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
        '`reported` if the telemetry reports the cost of the call; otherwise the source of the list price.',
      examples: ['@pydantic/genai-prices@0.1.8'],
    }),
    provider: Type.Optional(
      Type.String({
        description: 'The provider whose prices these are, in the name of the price list.',
        examples: ['deepseek'],
      }),
    ),
    basis: Type.Optional(
      oneOf(
        Object.values(PriceBasis),
        'Why these prices apply. `provider`: the telemetry names the provider. `address`: the call went to the API of this provider, whatever provider the telemetry names. `model`: no provider is named, and the name of the model identifies it. `maker`: the named provider has no such model; the prices are those of its maker, or of the seller that the model’s name begins with. `gateway`: the call went to a private address, and the model is one that only its maker runs.',
      ),
    ),
    input_per_million: perMillion('input'),
    cache_read_per_million: perMillion('cached input'),
    cache_write_per_million: perMillion('input written to the cache'),
    cache_write_1h_per_million: perMillion('input written to the cache for an hour'),
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
      'The prices that the cost was calculated from; for a call in another service tier than the usual one, the prices of that tier. Tokens without a price of their own have the price of the tokens that they are part of.',
  },
);
export type Price = Static<typeof Price>;

export const UsageNumber = Type.Object(
  {
    key: Type.String({
      description:
        'The attribute; if its value is a map or JSON, followed by the names of members, with dots between them.',
      examples: ['acme.usage.prompt_tokens'],
    }),
    value: Type.Number({ description: 'As it was sent.' }),
  },
  { $id: 'UsageNumber', description: 'A number that looks like usage.' },
);

export const UsageRecordItem = Type.Object(
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
    dialect: Type.Optional(
      Type.String({
        description: 'The dialect that the record was read by. Left out if no dialect knows it.',
        examples: ['otel-genai'],
      }),
    ),
    scope: Type.Optional(Type.String({ description: 'The instrumentation scope.' })),
    kind: oneOf(
      ['call', 'wrapper', 'sum', 'rest', 'other'],
      '`call`: a model call. `wrapper`: a record around calls, such as that of an agent. `sum`: a data point, a total over an unknown number of calls. `rest`: what the total or cost of a wrapper has beyond the calls below it; it counts no call, and the span that it is named by has a row of its own. `other`: a record with numbers like those of a call that is none of these.',
    ),
    provider: Type.Optional(Type.String()),
    model: Type.Optional(
      Type.String({ description: 'The model that answered, or else the one that was requested.' }),
    ),
    input_tokens: Type.Optional(count('Input tokens, cached ones included.', 5120)),
    cache_read_tokens: Type.Optional(count('Of the input, read from a cache.', 4096)),
    cache_write_tokens: Type.Optional(count('Of the input, written to a cache.', 0)),
    cache_write_1h_tokens: Type.Optional(count('Of these, to be kept for an hour.', 0)),
    output_tokens: Type.Optional(count('Output tokens, reasoning included.', 640)),
    reasoning_tokens: Type.Optional(count('Of the output, reasoning.', 128)),
    input_audio_tokens: Type.Optional(count('Of the input, audio.', 0)),
    output_audio_tokens: Type.Optional(count('Of the output, audio.', 0)),
    cache_audio_read_tokens: Type.Optional(count('Of the audio of the input, read from a cache.', 0)),
    service_tier: Type.Optional(
      Type.String({
        description: 'The service tier of the call, if it was not the usual one.',
        examples: ['batch'],
      }),
    ),
    call_ids: Type.Optional(
      Type.Array(Type.String(), { description: 'Ids that other records of the call have too.' }),
    ),
    cost_usd: Type.Optional(
      Type.Number({ minimum: 0, description: 'US dollars, whole billionths. Left out if unknown.' }),
    ),
    price: Type.Optional(ref(Price)),
    unpriced: Type.Optional(
      oneOf(
        Object.values(Unpriced),
        'Why a record has no cost. `no_tokens`: the number of tokens is unknown. `no_model`: no model is named. `local`: the model ran locally or at a private address, and anybody can run it. `provider_not_listed`, `model_not_listed`: the price list has no such provider, or no such model of it. `not_by_tokens`: the list has a price by the hour or the page. `tier_unknown`: the price of the service tier is unknown. `sum`: prices depend on each call of the sum.',
      ),
    ),
    unreported: Type.Optional(
      oneOf(
        ['not_reported', 'not_read', 'out_of_range'],
        'Why a call has no tokens. `not_reported`: the sender did not report them. `not_read`: it reports them under names that its dialect does not know, see `numbers`. `out_of_range`: what it reports is not a number of tokens.',
      ),
    ),
    numbers: Type.Optional(
      Type.Array(ref(UsageNumber), {
        description: 'Numbers that look like usage and were not read, at most 16.',
      }),
    ),
    counted: Type.Boolean({ description: 'Whether it counts in `genai_usage`.' }),
    reason: Type.Optional(
      oneOf(
        [...Object.values(NotCounted), ...Object.values(NotRead)],
        'Why it does not count. `no_dialect`: no dialect reads these numbers. `no_call`: its dialect says that it is neither a call nor around calls. `out_of_range`: no call can have these numbers.',
      ),
    ),
    by: Type.Optional(ref(RecordReference)),
    by_session: Type.Optional(
      Type.String({
        description: 'The session that `by` is in and the call counts in, if it is another one.',
      }),
    ),
    shares_id_with: Type.Optional(ref(RecordReference)),
  },
  {
    $id: 'UsageRecordItem',
    description:
      'A record with usage of model calls, in normalised numbers, or one that looks like it. `by` is the record that counts instead, or supersedes it. `shares_id_with`, of a record that counts, is another that counts and has an id in common with it: they contradict each other, or many calls may have the id, so they are two calls.',
  },
);
export type UsageRecordItem = Static<typeof UsageRecordItem>;

export const SessionUsage = Type.Object(
  {
    'session.id': Type.String({ minLength: 1, maxLength: MAX_SESSION_ID_LENGTH }),
    genai_usage: Type.Optional(ref(GenAiUsage)),
    counted: Type.Object(
      {
        request_count: count('Calls that count; sums contain none.', 3),
        total_input_tokens: int64({ minimum: 0, description: 'Their input tokens.' }),
        total_output_tokens: int64({ minimum: 0, description: 'Their output tokens.' }),
      },
      {
        description:
          'The total of the records with `counted: true` on all pages: the same numbers as in `genai_usage`, of the whole session on every page.',
      },
    ),
    items: Type.Array(ref(UsageRecordItem), {
      description:
        'By time. Pages go trace by trace, in the order in which these began in the session, log records without a trace by their minute: a long trace may have records that are later than some of the next page.',
    }),
    verdicts: oneOf(
      ['session', 'trace'],
      '`session`: whether a record counts was decided over the whole session. `trace`: the session has too many records to compare those of different traces for a page. A call that several traces report is then `counted` in each of them here; the totals above include it once.',
    ),
    ...pageLinks,
  },
  {
    $id: 'SessionUsage',
    description:
      'A page of the records that the usage of a session comes from, and the totals of the whole session.',
  },
);
export type SessionUsage = Static<typeof SessionUsage>;

export const USAGE_SCHEMAS = [RecordReference, Price, UsageNumber, UsageRecordItem, SessionUsage];
