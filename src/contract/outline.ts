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

/** The shape of `GET /api/v1/sessions/{sessionId}/outline-columns`. */

/** Maximum number of spans in an outline by columns. */
export const MAX_COLUMN_SPANS = 250_000;

const integers = (description: string) => Type.Array(Type.Integer(), { description });
const texts = (description: string) => Type.Array(Type.String(), { description });

export const OutlineColumns = Type.Object(
  {
    traces: Type.Array(
      Type.Object({
        trace_id: OutlineTrace.properties.trace_id,
        start_time_unix_nano: OutlineTrace.properties.start_time_unix_nano,
        end_time_unix_nano: OutlineTrace.properties.end_time_unix_nano,
        span_count: Type.Integer({ minimum: 1, description: 'How many of the spans are of this trace.' }),
      }),
      { description: 'Earliest start within the session first, ties by trace id.' },
    ),
    names: texts('The names of spans, each once.'),
    services: texts('The services, each once.'),
    sessions: texts('The other sessions that spans are in, each once.'),
    span_id: texts('16 hexadecimal digits each.'),
    parent: integers(
      'Place of the parent in the columns; -1 without a parent, -2 if it is not among the spans.',
    ),
    name: integers('Place of its name in `names`.'),
    service: integers('Place of its service in `services`; -1 without one.'),
    session: integers('Place of its session in `sessions`; -1 for the session that was asked for.'),
    kind: integers('Kinds, as those of spans.'),
    status_code: integers('0 unset, 1 ok, 2 error.'),
    start_offset: integers('Nanoseconds from the start of the trace to the start of the span.'),
    duration: integers('Nanoseconds; negative if the span ends before it starts.'),
    truncated: Type.Boolean({
      description: `Whether there are more spans than these: the columns end at ${MAX_COLUMN_SPANS.toLocaleString('en')} spans.`,
    }),
  },
  {
    $id: 'SessionOutlineColumns',
    description:
      'The traces of a session and their spans by columns: the value of one span is at the same place in each of them. Spans follow each other in the order of the traces, within a trace by start, ties by span id.',
    examples: [
      {
        traces: [
          {
            trace_id: '0af7651916cd43dd8448eb211c80319c',
            start_time_unix_nano: '1772357400123456789',
            end_time_unix_nano: '1772357400171667882',
            span_count: 2,
          },
        ],
        names: ['GET /cart', 'render'],
        services: ['web'],
        sessions: [],
        span_id: ['b7ad6b7169203331', '00f067aa0ba902b7'],
        parent: [-1, 0],
        name: [0, 1],
        service: [0, 0],
        session: [-1, -1],
        kind: [2, 1],
        status_code: [0, 0],
        start_offset: [0, 1_200_000],
        duration: [48_211_093, 9_000_000],
        truncated: false,
      },
    ],
  },
);
export type OutlineColumns = Static<typeof OutlineColumns>;

export const OUTLINE_SCHEMAS = [OutlineSpan, OutlineTrace, Outline, OutlineColumns];
