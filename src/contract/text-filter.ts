import type { Static, TSchema } from '@sinclair/typebox';
import { AREAS, MAX_QUERY_LENGTH, QUERY_LANGUAGE, SPEAKERS } from '../text-search/text-query.js';
import { Type } from './schema-builder.js';
import { dateTime, oneOf } from './schema-parts.js';

/** Content search: the filter `q` of lists and counts, and what a list says of it. */

export interface TextFilter {
  readonly q?: string;
}

/** The filter of lists and counts that the live stream and erasures do not have. */
export const textFilter = {
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: MAX_QUERY_LENGTH,
      description: `Only sessions in whose telemetry this is found. ${QUERY_LANGUAGE} Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in \`matches\` and say in \`search\` whether all telemetry was searched. Counts are exact, or refused.`,
      examples: ['refund "out of stock" -test -user:angry'],
    }),
  ),
} satisfies Record<keyof TextFilter, TSchema>;

export const TextMatch = Type.Object(
  {
    in: oneOf(AREAS, 'The part of telemetry.'),
    field: Type.String({
      description: 'The key of the attribute, or the name of the field: `name`, `body`, `status.message`, …',
      examples: ['gen_ai.input.messages'],
    }),
    role: Type.Optional(
      oneOf(
        SPEAKERS,
        'Who says it, if it is known: calls and results of tools have none, nor have cut-off JSON, and texts that are in one place more than once by different speakers or nobody.',
      ),
    ),
    snippet: Type.Array(Type.String(), {
      description:
        'Some of the text, in pieces: by turns beside and within the words of the query, so that every second one is to be marked.',
      examples: [['I want a ', 'refund', ' for my order']],
    }),
    kind: oneOf(['span', 'log'], 'The kind of record.'),
    time: dateTime('Start of the span, or time of the log record.', '2026-03-01T09:30:00.123456789Z'),
    trace_id: Type.Optional(Type.String({ description: 'Left out if the record is in no trace.' })),
    span_id: Type.Optional(
      Type.String({ description: 'The span, or the span that the log record is of, if it names one.' }),
    ),
  },
  {
    $id: 'TextMatch',
    description: 'A place where the telemetry of a session meets `q`.',
    examples: [
      {
        in: 'messages',
        field: 'gen_ai.input.messages',
        role: 'user',
        snippet: ['I want a ', 'refund', ' for my order'],
        kind: 'span',
        time: '2026-03-01T09:30:00.123456789Z',
        trace_id: '5b8efff798038103d269b633813fc60c',
        span_id: 'eee19b7ec3c1b174',
      },
    ],
  },
);

export type TextMatch = Static<typeof TextMatch>;

export const TextSearched = Type.Object(
  {
    is_complete: Type.Boolean({
      description:
        'Whether all telemetry was searched. Else some is not indexed yet, and sessions may be missing.',
    }),
    indexed_until: Type.Optional(
      dateTime(
        'Time of the latest telemetry that was searched, unless all was. It is indexed in the order in which it arrived.',
        '2026-03-01T09:30:00.123456789Z',
      ),
    ),
  },
  { $id: 'TextSearched', description: 'How a search went.', examples: [{ is_complete: true }] },
);

export type TextSearched = Static<typeof TextSearched>;

export const TEXT_SCHEMAS = [TextMatch, TextSearched];
