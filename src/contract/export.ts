import type { Static, TSchema } from '@sinclair/typebox';
import { ALL_EXPORT_FORMATS, EXPORT_FORMATS, SESSION_EXPORT_FORMATS } from './export-format.js';
import { Type } from './schema-builder.js';
import { count, dateTime, oneOf } from './schema-parts.js';
import { SESSION_SCHEMAS, Session } from './session.js';
import { type SessionFilters, sessionFilters } from './session-filters.js';
import { type TextFilter, textFilter } from './text-filter.js';

/** Exports of sessions: their parameters, and the columns of their tables. */

/** What can be in a line of `jsonl` besides the session. */
export const EXPORT_INCLUDES = ['turns'] as const;
export type ExportInclude = (typeof EXPORT_INCLUDES)[number];

export const MAX_EXPORT_LIMIT = 10_000;
export const MAX_EXPORT_CURSOR_LENGTH = 4096;

/** A valid query string of an export of sessions. */
export interface SessionsExportQuery extends SessionFilters, TextFilter {
  readonly format: (typeof EXPORT_FORMATS)[number];
  readonly include?: ExportInclude;
  readonly bom?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

const include = Type.Optional(
  oneOf(
    EXPORT_INCLUDES,
    'Only with `format=jsonl`. `turns`: each session has its conversation in `turns`, as `…/conversation` has it.',
  ),
);

function exportCursor(description: string) {
  return Type.Optional(Type.String({ maxLength: MAX_EXPORT_CURSOR_LENGTH, description }));
}

export const SessionsExportQuery = Type.Object(
  {
    ...sessionFilters,
    ...textFilter,
    format: oneOf(
      EXPORT_FORMATS,
      '`csv`: a table of the sessions. `jsonl`: the sessions as the list has them, one a line. `parquet`: the table with types. `otlp`: the telemetry of the sessions, one OTLP/JSON request a line.',
    ),
    include,
    bom: Type.Optional(
      Type.Boolean({
        description:
          'Only with `format=csv`. true: the text begins with a byte order mark, without which some spreadsheets take it for another encoding than UTF-8.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_EXPORT_LIMIT,
        description:
          'Asks for a part: at most so many sessions, and at most some megabytes. The header `Sojourn-Export` has the cursor of the next part. Without it, the answer has all.',
      }),
    ),
    cursor: exportCursor(
      'Opaque: `next_cursor` of a part of the same export. The parts of an export, one after the other, are the export.',
    ),
  },
  { additionalProperties: false },
);

/** A valid query string of an export of one session. */
export interface SessionExportQuery {
  readonly format: (typeof SESSION_EXPORT_FORMATS)[number];
  readonly cursor?: string;
}

export const SessionExportQuery = Type.Object(
  {
    format: oneOf(
      SESSION_EXPORT_FORMATS,
      '`jsonl`: the session with its conversation, on one line. `otlp`: its telemetry, one OTLP/JSON request a line. `perfetto`: its spans and events as a trace in JSON, for ui.perfetto.dev and `chrome://tracing`.',
    ),
    cursor: exportCursor(
      'Not with `format=perfetto`. Asks for a part of some megabytes: the first one if it is empty, else the one behind the part that had this `next_cursor` in its header `Sojourn-Export`. The parts, one after the other, are the export. Without it, the answer has all.',
    ),
  },
  { additionalProperties: false },
);

export const EXPORT_VERSION = 1;

export const ExportSummary = Type.Object(
  {
    version: Type.Literal(EXPORT_VERSION, {
      description: 'Version of this object, and of the columns and lines it is about.',
    }),
    format: oneOf(ALL_EXPORT_FORMATS, 'What was asked for.'),
    project: Type.String(),
    filters: Type.String({ description: 'The filters, as a query string; of very long ones their SHA-256.' }),
    as_of: dateTime('The time of all states and filters.', '2026-03-01T09:45:00.000000000Z'),
    sessions: count('Sessions whose last line or row is in it.', 1000),
    records: Type.Optional(count('Spans and log records. Only of `otlp`.', 0)),
    inexact_records: Type.Optional(
      count(
        'Of the records, those that get other bytes when they are read from the JSON. Only of `otlp`.',
        0,
      ),
    ),
    damaged_sessions: Type.Optional(
      count(
        'Sessions whose turns or telemetry are cut short because a block of the store is damaged. Left out if there are none.',
        1,
      ),
    ),
    is_complete: Type.Optional(
      Type.Boolean({
        description:
          'Only with `q`: whether all telemetry was searched. Else some was not indexed yet, and sessions may be missing.',
      }),
    ),
    bytes: count('Bytes of the part or export, before any compression on the way.', 4096),
    sha256: Type.String({
      description: 'Of these bytes, before any compression too, in hexadecimal digits.',
    }),
    next_cursor: Type.Optional(
      Type.String({ description: 'Cursor of the next part. Left out where it is the last part.' }),
    ),
  },
  {
    $id: 'ExportSummary',
    description:
      'What is said of an export: as the header `Sojourn-Export` of a part, as a trailer of a whole one.',
  },
);
export type ExportSummary = Static<typeof ExportSummary>;

export const EXPORT_SCHEMAS = [ExportSummary];

/** A column of a table of sessions: a field of a session. */
export interface ExportColumn {
  /** Names of the field in the session, joined by dots. */
  readonly name: string;
  readonly path: readonly string[];
  readonly kind: ColumnKind;
}

/** `texts` is a list of texts, `json` any other value. */
export type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'texts' | 'json';

/** Only there when a session is read by its id. */
const NOT_LISTED: ReadonlySet<string> = new Set(['next_ids']);

/** Every field of a listed session, in the order of its schema. */
export const EXPORT_COLUMNS: readonly ExportColumn[] = columnsOf(Session, []).filter(
  ({ name }) => !NOT_LISTED.has(name),
);

function columnsOf(schema: TSchema, path: readonly string[]): ExportColumn[] {
  const { $ref, type, properties, items, format } = schema as {
    readonly $ref?: string;
    readonly type?: string | readonly string[];
    readonly properties?: Readonly<Record<string, TSchema>>;
    readonly items?: TSchema;
    readonly format?: string;
  };
  if ($ref !== undefined) {
    const target = SESSION_SCHEMAS.find(({ $id }) => $id === $ref);
    if (target !== undefined) return columnsOf(target, path);
  }
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([name, property]) => columnsOf(property, [...path, name]));
  }
  return [{ name: path.join('.'), path, kind: kindOf() }];

  function kindOf(): ColumnKind {
    if (type === 'array')
      return (items as { type?: string } | undefined)?.type === 'string' ? 'texts' : 'json';
    if (type === 'integer' || (Array.isArray(type) && type.includes('integer'))) return 'integer';
    if (type === 'number' || type === 'boolean') return type;
    if (type === 'string') return format === 'date-time' ? 'time' : 'text';
    return 'json';
  }
}
