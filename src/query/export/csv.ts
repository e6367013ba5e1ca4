import { type ColumnKind, EXPORT_COLUMNS, type ExportColumn } from '../../contract/export.js';
import type { Session } from '../../contract/session.js';

/**
 * Sessions as CSV (RFC 4180): a line of names, then one for each session. Text that a spreadsheet would take for
 * a formula has an apostrophe in front (OWASP, "CSV Injection"); numbers and times never do.
 */

export const BYTE_ORDER_MARK = '\ufeff';

const LINE_END = '\r\n';
const SEPARATOR_OF_TEXTS = ';';

/** `second` is a time to the second, as spreadsheets read it. */
export interface CsvColumn extends Omit<ExportColumn, 'kind'> {
  readonly kind: ColumnKind | 'second';
}

/** The columns of a table of sessions. In front of each time is the same in UTC for spreadsheets. */
export const CSV_COLUMNS: readonly CsvColumn[] = EXPORT_COLUMNS.flatMap((column): CsvColumn[] =>
  column.kind === 'time' ? [{ ...column, name: `${column.name}_utc`, kind: 'second' }, column] : [column],
);

export function csvHeader(): string {
  return `${CSV_COLUMNS.map(({ name }) => name).join(',')}${LINE_END}`;
}

export function csvLine(session: Session): string {
  return `${CSV_COLUMNS.map((column) => cell(column.kind, fieldOf(session, column))).join(',')}${LINE_END}`;
}

/** The value of a column. Undefined if the session has none. */
export function fieldOf(session: Session, { path }: Pick<ExportColumn, 'path'>): unknown {
  let value: unknown = session;
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  return value;
}

function cell(kind: CsvColumn['kind'], value: unknown): string {
  if (value === undefined) return '';
  switch (kind) {
    case 'text':
      return textCell(value as string);
    case 'texts':
      return textCell((value as readonly string[]).join(SEPARATOR_OF_TEXTS));
    case 'json':
      return textCell(JSON.stringify(value));
    case 'second':
      return spreadsheetTime(value as string);
    case 'integer':
    case 'number':
    case 'boolean':
    case 'time':
      return String(value);
  }
}

/**
 * A time of the API to the second, cut and not rounded. Excel takes a time with `T` or `Z` for text, and one with
 * a fraction too where decimals have a comma.
 */
function spreadsheetTime(time: string): string {
  return time.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ');
}

function textCell(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
