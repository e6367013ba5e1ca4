import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { oneOf, ref, usageGaps } from './schema-parts.js';
import { SESSION_EXAMPLE, Session } from './session.js';
import { sessionFilters } from './session-filters.js';
import { textFilter } from './text-filter.js';

/** The shapes of `GET /api/v1/sessions/top`. */

export const TOP_BY = ['cost', 'duration'] as const;
export const DEFAULT_TOP_LIMIT = 10;

/** The parameters of a list of the greatest: what their descriptions say of `by` and `limit`. */
export const topQuery = (by: string, limit: string) =>
  Type.Object(
    {
      by: Type.Optional(oneOf(TOP_BY, by)),
      ...sessionFilters,
      ...textFilter,
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_TOP_LIMIT, description: limit }),
      ),
    },
    { additionalProperties: false },
  );

export const TopQuery = topQuery(
  'What is greatest: `estimated_cost_usd` of the sessions that have one, or the duration. `cost` where left out.',
  'Most sessions.',
);

export const SessionTop = Type.Object(
  {
    items: Type.Array(ref(Session), { description: 'The greatest first, ties newest first.' }),
    ...usageGaps,
  },
  {
    $id: 'SessionTop',
    description:
      'The sessions with the greatest cost or duration. The counts are of all sessions of the range, also of those that are not among the greatest because their cost is not known.',
    examples: [{ items: [SESSION_EXAMPLE], unpriced_request_count: 0, unreported_request_count: 0 }],
  },
);
export type SessionTop = Static<typeof SessionTop>;

export const TOP_SCHEMAS = [SessionTop];
