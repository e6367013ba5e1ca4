import { Type } from './schema-builder.js';
import { sessionFilters } from './session-filters.js';

/** The shapes of `GET /api/v1/sessions/stream`. */

const MAX_EVENT_ID_LENGTH = 64;

export const SessionStreamQuery = Type.Object(
  {
    ...sessionFilters,
    lastEventId: Type.Optional(
      Type.String({
        minLength: 0,
        maxLength: MAX_EVENT_ID_LENGTH,
        description: 'As the header `Last-Event-ID`, for clients that cannot send one. The header wins.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const SessionStreamHeaders = Type.Object({
  'Last-Event-ID': Type.Optional(
    Type.String({
      description: 'Id of the last event received: go on behind it. Browsers send it by themselves.',
    }),
  ),
});

/** Describes each event of the stream, because OpenAPI has no schema for events. */
export const SESSION_STREAM = Type.String({
  description:
    'Server-sent events. `session`: its data is a `Session` of the list that is new or has changed. `skipped`: its data is `{"count": n}`, the changed sessions that were too many to be sent one by one (under filters, those that were not looked at). `reset`: its data is `{}`; what was missed is no longer known, load anew. Comments come every 15 seconds.',
});
