import type { Static } from '@sinclair/typebox';
import { Type } from './schema-builder.js';
import { ref } from './schema-parts.js';
import { Span, unixNano } from './trace.js';

/** The shapes of `GET /api/v1/sessions/{sessionId}/outline`: field names are those of `Span`. */

/** Maximum number of spans in an outline. */
export const MAX_OUTLINE_SPANS = 50_000;

const { span_id, parent_span_id, name, kind, start_time_unix_nano, end_time_unix_nano } = Span.properties;

export const OutlineSpan = Type.Object(
  {
    span_id,
    parent_span_id,
    name,
    kind,
    start_time_unix_nano,
    end_time_unix_nano,
    status_code: Type.Integer({ minimum: 0, description: '0 unset, 1 ok, 2 error.' }),
    service: Type.Optional(Type.String({ description: '`service.name` of its resource.' })),
    session_id: Type.Optional(
      Type.String({
        description: 'The session that the span is in, where it is another than the one asked for.',
      }),
    ),
  },
  { $id: 'OutlineSpan', description: 'A span without its attributes, events and links.' },
);

export const OutlineTrace = Type.Object(
  {
    trace_id: Type.String({ description: '32 hexadecimal digits.' }),
    start_time_unix_nano: unixNano('Earliest start of its spans'),
    end_time_unix_nano: unixNano('Latest end of its spans'),
    spans: Type.Array(ref(OutlineSpan), { description: 'By start, ties by span id.' }),
  },
  { $id: 'OutlineTrace', description: 'All spans of a trace with at least one span in the session.' },
);

export const Outline = Type.Object(
  {
    traces: Type.Array(ref(OutlineTrace), {
      description: 'Earliest start within the session first, ties by trace id.',
    }),
    truncated: Type.Boolean({
      description: `Whether there are more traces than these: the outline ends with the trace that takes it to ${MAX_OUTLINE_SPANS.toLocaleString('en')} spans, which is cut there.`,
    }),
  },
  {
    $id: 'SessionOutline',
    description: 'The traces of a session and their spans, in short.',
    examples: [
      {
        traces: [
          {
            trace_id: '0af7651916cd43dd8448eb211c80319c',
            start_time_unix_nano: '1772357400123456789',
            end_time_unix_nano: '1772357400171667882',
            spans: [
              {
                span_id: 'b7ad6b7169203331',
                name: 'GET /cart',
                kind: 2,
                start_time_unix_nano: '1772357400123456789',
                end_time_unix_nano: '1772357400171667882',
                status_code: 0,
                service: 'web',
              },
            ],
          },
        ],
        truncated: false,
      },
    ],
  },
);
export type Outline = Static<typeof Outline>;

export const OUTLINE_SCHEMAS = [OutlineSpan, OutlineTrace, Outline];
