import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { count, dateTime, oneOf } from './schema-parts.js';
import { sessionFilters } from './session-filters.js';

/** Erasure of sessions and users, as a job. */

export const JOB_STATES = ['removing', 'rewriting', 'cleaning', 'done', 'failed'] as const;

const JOB_EXAMPLE = {
  id: 'er_6f0a3c5d9b1e47288c21d0aa',
  target: 'user',
  state: 'rewriting',
  asked_at: '2026-11-30T12:00:00.000000000Z',
  erased: { sessions: 12, traces: 840, spans: 10_250, logs: 96 },
};

export const ErasureJob = Type.Object(
  {
    id: Type.String({ description: 'Read the job at `/api/v1/jobs/{id}`.', examples: [JOB_EXAMPLE.id] }),
    target: oneOf(['sessions', 'user'], 'What it erases.'),
    state: oneOf(
      JOB_STATES,
      '`removing`: sessions leave all answers. `rewriting`: no answer has them, their records leave the log. `cleaning`: free space of the databases is overwritten, then searched. `done`: nothing is left. `failed`: it could not go on, see `error`; the next start tries again.',
    ),
    asked_at: dateTime('When it was asked for.', JOB_EXAMPLE.asked_at),
    finished_at: Type.Optional(
      dateTime('When it was done. Left out before.', '2026-11-30T12:00:03.000000000Z'),
    ),
    erased: Type.Object(
      {
        sessions: count('Sessions.', 12),
        traces: count('Traces that lost records.', 840),
        spans: count('Spans.', 10_250),
        logs: count('Log records and data points.', 96),
      },
      { description: 'What was erased so far.' },
    ),
    error: Type.Optional(Type.String({ description: 'Why it failed.' })),
    receipt: Type.Optional(
      Type.Object(
        {
          statement: Type.String({
            description:
              'JSON text with the job, its times, what was erased, what was searched afterwards, and where ids of it were found, if anywhere. It names no session and no user.',
          }),
          signature: Type.String({
            description: 'Ed25519 signature of the bytes of `statement`, in base64.',
          }),
          public_key: Type.String({ description: 'Public key of the installation: SPKI, in base64.' }),
        },
        { description: 'Once it is done.' },
      ),
    ),
  },
  {
    $id: 'ErasureJob',
    description: 'An erasure. Fields without a value are left out.',
    examples: [JOB_EXAMPLE],
  },
);

export type ErasureJob = Static<typeof ErasureJob>;

export const ErasureCount = Type.Object(
  { sessions: count('Sessions that would be erased.', 12) },
  { $id: 'ErasureCount', description: 'What an erasure would do.', examples: [{ sessions: 12 }] },
);

export const ErasureQuery = Type.Object(
  {
    ...sessionFilters,
    dryRun: Type.Optional(
      Type.Boolean({ default: false, description: 'Only counts the sessions that would be erased.' }),
    ),
  },
  { additionalProperties: false },
);

export const UserPath = Type.Object({
  userId: Type.String({
    minLength: 1,
    description: 'The `user.id`, percent-encoded: as it was sent, or as answers have it.',
    examples: ['u-1842'],
  }),
});

export const JobPath = Type.Object({
  jobId: Type.String({ minLength: 1, description: 'The `id` of the job.', examples: [JOB_EXAMPLE.id] }),
});

export const ERASURE_SCHEMAS = [ErasureJob, ErasureCount];
