import type { Statistics } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type ColumnKind, EXPORT_COLUMNS } from '../../contract/export.js';
import type { Session } from '../../contract/session.js';
import { parseRfc3339 } from '../../contract/timestamp.js';
import { fieldOf } from './csv.js';

/**
 * Sessions as Parquet. Row groups are written in any thread, the footer
 * that names all of them once at the end.
 */

export type RowGroup = ParquetWriter['row_groups'][number];
export type SchemaElement = ParquetWriter['schema'][number];

/** A row group, and its description with offsets from its own start. */
export interface WrittenRows {
  readonly bytes: Uint8Array;
  readonly group: RowGroup;
}

export const PARQUET_START = Buffer.from('PAR1');

/** At least one session. */
export async function parquetRows(sessions: readonly Session[]): Promise<WrittenRows> {
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: [...SCHEMA] });
  const columnData = EXPORT_COLUMNS.map((column) => ({
    name: column.name,
    data: sessions.map((session) => valueFor(column.kind, fieldOf(session, column))),
    offsetIndex: false,
  }));
  await file.write({ columnData, rowGroupSize: sessions.length });
  const [group] = file.row_groups;
  return {
    bytes: writer.getBytes().slice(PARQUET_START.length),
    group: moved(group!, -PARQUET_START.length),
  };
}

/** The footer of a file that begins with `PARQUET_START` and has these row groups, of one schema, behind it. */
export async function parquetEnd(
  groups: readonly WrittenGroup[],
  facts: Readonly<Record<string, string>>,
  schema: readonly SchemaElement[] = SCHEMA,
): Promise<Uint8Array> {
  const writer = new ByteWriter();
  const kvMetadata = Object.entries(facts).map(([key, value]) => ({ key, value }));
  const file = new ParquetWriter({ writer, schema: [...schema], kvMetadata, createdBy: 'sojourn' });
  file.row_groups = groups.map(({ group, offset }) => moved(group, offset));
  file.num_rows = groups.reduce((sum, { group }) => sum + group.num_rows, 0n);
  await file.finish();
  return writer.getBytes().slice(PARQUET_START.length);
}

/** A row group and where it begins in its file. */
export interface WrittenGroup {
  readonly group: RowGroup;
  readonly offset: number;
}

function moved(group: RowGroup, by: number): RowGroup {
  const shift = (offset: bigint): bigint => offset + BigInt(by);
  return {
    ...group,
    columns: group.columns.map(({ meta_data: data, ...column }) => ({
      ...column,
      file_offset: shift(column.file_offset),
      ...(data && {
        meta_data: {
          ...data,
          ...(data.statistics && { statistics: withoutNotNumbers(data.statistics) }),
          data_page_offset: shift(data.data_page_offset),
          ...(data.dictionary_page_offset !== undefined && {
            dictionary_page_offset: shift(data.dictionary_page_offset),
          }),
        },
      }),
    })),
  };
}

/** Without the count of values that are no numbers: there are none in JSON, and not every reader of a footer knows it. */
function withoutNotNumbers({ nan_count: _, ...statistics }: Statistics & { nan_count?: bigint }): Statistics {
  return statistics;
}

function valueFor(kind: ColumnKind, value: unknown): unknown {
  if (value === undefined) return undefined;
  switch (kind) {
    case 'integer':
      return BigInt(value as number | string);
    case 'time':
      return parseRfc3339(value as string);
    case 'json':
      return JSON.stringify(value);
    case 'text':
    case 'texts':
    case 'number':
    case 'boolean':
      return value;
  }
}

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;

const TYPES: { readonly [K in Exclude<ColumnKind, 'texts'>]: Omit<SchemaElement, 'name'> } = {
  text: TEXT,
  json: TEXT,
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  time: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } },
};

const SCHEMA: readonly SchemaElement[] = [
  { name: 'sessions', num_children: EXPORT_COLUMNS.length },
  ...EXPORT_COLUMNS.flatMap(({ name, kind }): SchemaElement[] =>
    kind === 'texts'
      ? [
          {
            name,
            repetition_type: 'OPTIONAL',
            num_children: 1,
            converted_type: 'LIST',
            logical_type: { type: 'LIST' },
          },
          { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
          { name: 'element', repetition_type: 'REQUIRED', ...TEXT },
        ]
      : [{ name, repetition_type: 'OPTIONAL', ...TYPES[kind] }],
  ),
];
