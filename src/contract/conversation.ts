import type { Static } from '@sinclair/typebox';
import { MAX_TEXT, MEDIA_TYPES, ROLES } from '../conversation/entry.js';
import { Type } from './schema-builder.js';
import { count, cursorParameter, dateTime, oneOf, pageLinks, ref } from './schema-parts.js';

/** The shapes of `GET /api/v1/sessions/{sessionId}/conversation`. */

export const DEFAULT_CONVERSATION_LIMIT = 50;
const MAX_CONVERSATION_LIMIT = 200;

export const ConversationQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_CONVERSATION_LIMIT,
        default: DEFAULT_CONVERSATION_LIMIT,
        description:
          'Most turns on a page. A page with very long texts may hold fewer and still have a next one.',
      }),
    ),
    cursor: cursorParameter,
  },
  { additionalProperties: false },
);

const optionalText = (description: string) => Type.Optional(Type.String({ description }));

const TurnMedia = Type.Object(
  {
    type: oneOf(MEDIA_TYPES, 'Kind of content.'),
    mime_type: optionalText('Its media type.'),
    size: Type.Optional(count('Bytes, where the telemetry has the content itself.', 48_211)),
    uri: optionalText('Where it lies, or its id at the provider. Nothing is ever loaded from there.'),
    media_id: optionalText(
      'Names the content for `GET /api/v1/sessions/{sessionId}/media/{mediaId}`; there where the telemetry has it.',
    ),
  },
  { $id: 'TurnMedia', description: 'Content that is no text: an image, audio, a file.' },
);

export const MediaPath = Type.Object({
  sessionId: Type.String({ minLength: 1, description: 'The id of the session.' }),
  mediaId: Type.String({
    pattern: '^[0-9a-f]{64,66}$',
    description: 'The `media_id` of a turn’s media.',
    examples: [`4c4b6a3be1314ab86138bef4314dde02${'0af7651916cd43dd8448eb211c80319c'}`],
  }),
});

const TurnTool = Type.Object(
  {
    name: optionalText('Name of the tool.'),
    call_id: optionalText('Id that its call and its result have in common.'),
    arguments: optionalText('Of a call: what it was called with, mostly JSON.'),
    result: optionalText('Of a result: what it gave back, as text.'),
  },
  { $id: 'TurnTool', description: 'The tool of a call or result.' },
);

const TurnError = Type.Object(
  { type: optionalText('Its class.'), message: optionalText('What it says.') },
  { $id: 'TurnError', description: 'Why the call of the model, or the run of the tool, failed.' },
);

export const Turn = Type.Object(
  {
    role: oneOf(ROLES, 'Who speaks. Tool calls and their results are turns of their own.'),
    time: dateTime(
      'Start of the call for what was sent to the model, its end for what came back; else the time of the log record.',
      '2026-03-01T09:30:00.123456789Z',
    ),
    text: optionalText(`What was said. At most ${MAX_TEXT} characters, as any text of a turn.`),
    reasoning: optionalText('What the model thought before it answered.'),
    media: Type.Optional(Type.Array(ref(TurnMedia), { description: 'What was sent besides text.' })),
    tool: Type.Optional(ref(TurnTool)),
    content_removed: Type.Optional(
      Type.Literal(true, { description: 'Retention has removed what was said (`--keep-content`).' }),
    ),
    truncated: Type.Optional(Type.Literal(true, { description: 'A text of this turn was longer.' })),
    model: optionalText('The model that answered.'),
    provider: optionalText('Its provider.'),
    input_tokens: Type.Optional(
      count(
        'Input tokens of the call, on the first turn of its answer: they add up to those of the session.',
        5120,
      ),
    ),
    output_tokens: Type.Optional(count('Output tokens of the call, likewise.', 640)),
    latency_ms: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'How long the call, or the run of the tool, took.',
        examples: [812.5],
      }),
    ),
    finish_reason: optionalText('Why the model stopped.'),
    error: Type.Optional(ref(TurnError)),
    trace_id: optionalText('Trace of the record that reports it. Left out for a log record without one.'),
    span_id: optionalText('The span: 16 hexadecimal digits.'),
    log_id: optionalText('Or the log record: 32 hexadecimal digits, a digest of its content.'),
  },
  {
    $id: 'ConversationTurn',
    description: 'A turn of a conversation. Fields without a value are left out, never null.',
    examples: [
      {
        role: 'assistant',
        time: '2026-03-01T09:30:02.000000000Z',
        text: 'It is sunny in Vienna.',
        model: 'gpt-5',
        provider: 'openai',
        input_tokens: 512,
        output_tokens: 12,
        latency_ms: 812.5,
        finish_reason: 'stop',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        span_id: 'b7ad6b7169203331',
      },
    ],
  },
);
export type Turn = Static<typeof Turn>;

export const ConversationPage = Type.Object(
  {
    items: Type.Array(ref(Turn), {
      description: 'By trace (or minute, for log records without one), then by time.',
    }),
    ...pageLinks,
  },
  {
    $id: 'ConversationPage',
    description: 'A page of a conversation.',
    examples: [{ items: Turn.examples, has_more: false }],
  },
);

export const CONVERSATION_SCHEMAS = [TurnMedia, TurnTool, TurnError, Turn, ConversationPage];
