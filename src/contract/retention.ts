import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, dateTime } from './schema-parts.js';

/** Retention: what would go now. */

const EXAMPLE = {
  keep_sessions: '90d,shop=30d',
  data_bytes: 41_200_000_000,
  would_remove: [
    {
      project: 'shop',
      until: '2026-10-31T00:00:00.000000000Z',
      sessions: 1840,
      records: 96_200,
      bytes: 310_000_000,
    },
  ],
  would_remove_content: [],
};

export const RetentionPlan = Type.Object(
  {
    keep_sessions: Type.Optional(
      Type.String({ description: 'How long sessions are kept, as in `--keep-sessions`. Left out for ever.' }),
    ),
    keep_content: Type.Optional(
      Type.String({
        description:
          'How long content of messages is kept, as in `--keep-content`. Left out as long as its session.',
      }),
    ),
    keep_size: Type.Optional(
      Type.String({ description: 'The size of the data, as in `--keep-size`. Left out for any size.' }),
    ),
    data_bytes: count('Bytes of the log, and of the pages of the databases that are in use.', 41_200_000_000),
    held_back: Type.Optional(
      Type.String({ description: 'Why less goes by age than could: the clock is doubted.' }),
    ),
    would_remove: Type.Array(
      Type.Object({
        project: Type.String({ description: 'A project of which something goes.' }),
        until: dateTime('Sessions without activity after this time go.', EXAMPLE.would_remove[0]!.until),
        sessions: count('Sessions that lists show.', 1840),
        records: count('Spans and log records, also of sessions that no list shows.', 96_200),
        bytes: count('Bytes of these records as received, before compression.', 310_000_000),
      }),
    ),
    would_remove_content: Type.Array(
      Type.Object({
        project: Type.String({ description: 'A project of which messages lose their content.' }),
        until: dateTime(
          'Those of sessions without activity after this time.',
          EXAMPLE.would_remove[0]!.until,
        ),
        sessions: count('Sessions that lists show and that stay.', 5210),
      }),
    ),
  },
  { $id: 'RetentionPlan', description: 'What retention would remove now.', examples: [EXAMPLE] },
);

export type RetentionPlan = Static<typeof RetentionPlan>;

export const RetentionQuery = Type.Object(
  {
    keepSessions: Type.Optional(
      Type.String({
        description:
          'Plans for this value of `--keep-sessions`, such as `90d,shop=30d`, in place of the setting.',
        examples: ['90d'],
      }),
    ),
    keepContent: Type.Optional(
      Type.String({
        description: 'The same for `--keep-content`, in place of the setting.',
        examples: ['30d'],
      }),
    ),
    keepSize: Type.Optional(
      Type.String({
        description: 'Plans for this value of `--keep-size`, in place of the setting.',
        examples: ['50GB'],
      }),
    ),
  },
  { additionalProperties: false },
);

export const RETENTION_SCHEMAS = [RetentionPlan];
