import { Type } from './schema-builder.js';
import { count, oneOf, ref } from './schema-parts.js';

/** The server's reports about itself. */

export const Health = Type.Object(
  { status: Type.Literal('ok'), version: Type.String({ description: 'Version of the server.' }) },
  { $id: 'Health', description: 'The process answers.', examples: [{ status: 'ok', version: '0.1.0' }] },
);

export const StoreSize = Type.Object(
  {
    size_bytes: count('Bytes of the data directory.', 412_345_678),
    free_bytes: count('Bytes that can still be written on its disk.', 98_765_432_100),
    seconds_until_full: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'Until the disk is full, if the store goes on to grow as it did lately (a day at most). Left out where it does not grow, or is not known long enough.',
        examples: [2_592_000],
      }),
    ),
  },
  { $id: 'StoreSize', description: 'How much room the store takes, and has.' },
);

export const Readiness = Type.Object(
  {
    status: oneOf(['ready', 'unavailable'], 'Whether the server takes telemetry and answers queries.'),
    reason: Type.Optional(
      Type.String({
        description:
          'What it is waiting for, or what is wrong all the same. Only for callers that may read the whole server.',
      }),
    ),
    /** Likewise only for callers that may read the whole server. */
    store: Type.Optional(ref(StoreSize)),
  },
  { $id: 'Readiness', description: 'Whether the server is ready.', examples: [{ status: 'ready' }] },
);

export const SERVER_SCHEMAS = [Health, StoreSize, Readiness];
