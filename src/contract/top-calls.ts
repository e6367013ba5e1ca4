import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { ref, usageGaps } from './schema-parts.js';
import { SESSION_EXAMPLE, Session } from './session.js';
import { topQuery } from './top.js';
import { UsageRecordItem } from './usage.js';

/** The shapes of `GET /api/v1/sessions/top-calls`. */

export const TopCallsQuery = topQuery(
  'What is greatest: the cost of the calls whose cost is known, or the duration of those that a span reports. `cost` where left out.',
  'Most calls. Up to as many sessions are read from their beginning to their end.',
);

export const TopCall = Type.Object(
  {
    session: ref(Session),
    call: ref(UsageRecordItem),
    duration_ms: Type.Optional(
      Type.Number({
        minimum: 0,
        description: 'From start to end of the span. Left out where a log record reports the call.',
        examples: [5210.4],
      }),
    ),
  },
  {
    $id: 'TopCall',
    description:
      'A model call that counts, and its session. With its `trace_id` and `span_id` the page shows its turn: `/sessions/{session.id}?view=conversation&trace={trace_id}&span={span_id}`.',
  },
);
export type TopCall = Static<typeof TopCall>;

export const TopCalls = Type.Object(
  {
    items: Type.Array(ref(TopCall), {
      description: 'The greatest first, ties by the start of the session and then of the call, newest first.',
    }),
    ...usageGaps,
  },
  {
    $id: 'TopCalls',
    description:
      'The model calls with the greatest cost or duration. The counts are of all sessions that match: calls whose cost is not known are not among the dearest.',
    examples: [
      {
        items: [
          {
            session: SESSION_EXAMPLE,
            call: {
              signal: 'span',
              trace_id: '5b8efff798038103d269b633813fc60c',
              span_id: 'eee19b7ec3c1b174',
              time: '2026-03-01T09:30:00.123456789Z',
              dialect: 'otel-genai',
              kind: 'call',
              provider: 'openai',
              model: 'gpt-5',
              input_tokens: 90000,
              output_tokens: 4100,
              cost_usd: 0.1535,
              counted: true,
            },
            duration_ms: 41250.5,
          },
        ],
        unpriced_request_count: 0,
        unreported_request_count: 0,
      },
    ],
  },
);
export type TopCalls = Static<typeof TopCalls>;

export const TOP_CALLS_SCHEMAS = [TopCall, TopCalls];
