import type { Static } from '@sinclair/typebox';
import { MAX_SCORE_ID, MAX_SCORE_LABEL, MAX_SCORE_NAME, MAX_SCORE_VALUE } from '../normalize/score-terms.js';
import { Type } from './schema-builder.js';
import { count, dateTime, oneOf, ref, TRACE_ID_PATTERN } from './schema-parts.js';

/** Scores of sessions: results of evaluations, and feedback of people. */

const MAX_COMMENT = 4_000;
const MAX_SOURCE = 64;
const MAX_TURN = 128;

/** Most scores of one session that are given by the API. */
export const MOST_GIVEN_SCORES = 500;

/** Most scores of an answer. */
export const MOST_LISTED_SCORES = 5_000;

/** What a score is about. */
export const SCORE_TARGETS = ['session', 'trace', 'span', 'turn'] as const;
export type ScoreTarget = (typeof SCORE_TARGETS)[number];

/** The scores of one name in a session. */
export const SessionScore = Type.Object(
  {
    name: Type.String({ description: 'What was judged.', examples: ['helpfulness'] }),
    count: count('Scores of this name.', 2),
    average: Type.Optional(
      Type.Number({
        description:
          'The mean of those that have a value, to six digits after the point. Left out where none has one.',
        examples: [0.75],
      }),
    ),
    labels: Type.Optional(
      Type.Array(
        Type.Object({
          label: Type.String({ examples: ['pass'] }),
          count: count('Scores with this label.', 1),
        }),
        { description: 'How many have each label. Left out where none has one.' },
      ),
    ),
  },
  { $id: 'SessionScore', description: 'The scores of one name in a session.' },
);
export type SessionScore = Static<typeof SessionScore>;

const traceId = Type.String({
  pattern: TRACE_ID_PATTERN,
  description: 'A trace of the session: 32 hexadecimal digits.',
  examples: ['0af7651916cd43dd8448eb211c80319c'],
});
const spanId = Type.String({
  pattern: '^[0-9a-fA-F]{16}$',
  description: 'A span of that trace: 16 hexadecimal digits.',
  examples: ['b7ad6b7169203331'],
});
const turn = Type.String({
  minLength: 1,
  maxLength: MAX_TURN,
  description: 'A turn of the conversation: the `span_id` or `log_id` that it has there.',
});

const SCORE_EXAMPLE = {
  id: 'thumb-of-ann',
  name: 'helpful',
  value: 1,
  label: 'true',
  comment: 'Found the right invoice at once.',
  source: 'human',
  author: 'key:V1StGXR8Z5jd',
  given_at: '2026-03-01T09:45:00.000000000Z',
  target: 'span',
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  span_id: 'b7ad6b7169203331',
};

export const ScoreInput = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: MAX_SCORE_NAME,
      description: 'What is judged. Few different names: statistics and filters are by name.',
      examples: ['helpful'],
    }),
    value: Type.Optional(
      Type.Union([Type.Number({ minimum: -MAX_SCORE_VALUE, maximum: MAX_SCORE_VALUE }), Type.Boolean()], {
        description:
          'A number, or true or false, which count as 1 and 0 and have the labels `true` and `false`. Averages are of values rounded to six digits after the point.',
        examples: [true],
      }),
    ),
    label: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_SCORE_LABEL,
        description: 'One of few words. A score needs a value, a label, or both.',
        examples: ['pass'],
      }),
    ),
    comment: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_COMMENT,
        description: 'Why.',
        examples: [SCORE_EXAMPLE.comment],
      }),
    ),
    source: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_SOURCE,
        description: 'Who or what judges, such as `human`, `model` or the name of an evaluator.',
        examples: ['human'],
      }),
    ),
    trace_id: Type.Optional(traceId),
    span_id: Type.Optional(spanId),
    turn: Type.Optional(turn),
    idempotency_key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_SCORE_ID,
        description:
          'The id of the score in the session. The same request again changes nothing; another one with this key replaces the score. Without a key each request gives another score.',
        examples: [SCORE_EXAMPLE.id],
      }),
    ),
  },
  { additionalProperties: false, description: 'A score to give.' },
);
export type ScoreInput = Static<typeof ScoreInput>;

export const Score = Type.Object(
  {
    id: Type.String({
      description: 'Its id in the session: the key that it was given with, or a digest of its log record.',
    }),
    name: Type.String(),
    value: Type.Optional(Type.Number({ description: 'Left out where it has none.' })),
    label: Type.Optional(Type.String()),
    comment: Type.Optional(Type.String()),
    source: Type.Optional(Type.String({ description: 'Who or what judged, where it says so.' })),
    author: Type.Optional(
      Type.String({ description: 'Who gave it by the API: the name of the caller in the audit log.' }),
    ),
    given_at: dateTime(
      'When it was given; of telemetry, the time of its log record.',
      SCORE_EXAMPLE.given_at,
    ),
    target: oneOf(SCORE_TARGETS, 'What it is about.'),
    trace_id: Type.Optional(Type.String({ description: 'The trace that it is about.' })),
    span_id: Type.Optional(Type.String({ description: 'The span that it is about.' })),
    turn: Type.Optional(Type.String({ description: 'The turn that it is about.' })),
    is_telemetry: Type.Optional(
      Type.Literal(true, {
        description:
          'It came with telemetry, so it cannot be deleted alone. Left out for scores given by the API.',
      }),
    ),
  },
  {
    $id: 'Score',
    description: 'A score. Fields without a value are left out, never null.',
    examples: [SCORE_EXAMPLE],
  },
);
export type Score = Static<typeof Score>;

export const ScoreList = Type.Object(
  {
    items: Type.Array(ref(Score), { description: 'By the time at which they were given, then by id.' }),
    has_more: Type.Boolean({
      description: `Whether the session has more than these. The first ${MOST_LISTED_SCORES} in the order of their log records are listed.`,
    }),
  },
  {
    $id: 'ScoreList',
    description: 'The scores of a session, one by one.',
    examples: [{ items: [SCORE_EXAMPLE], has_more: false }],
  },
);
export type ScoreList = Static<typeof ScoreList>;

export const ScorePath = Type.Object({
  sessionId: Type.String({ minLength: 1, description: 'The id of the session.' }),
  scoreId: Type.String({ minLength: 1, description: 'The `id` of the score, percent-encoded.' }),
});

export const SCORE_SCHEMAS = [SessionScore, Score, ScoreList];
