import { EXPORT_COLUMNS, type ExportColumn } from '../../contract/export.js';
import type { Session } from '../../contract/session.js';

/**
 * Sessions as CSV (RFC 4180): a line of names, then one for each session. Text that a spreadsheet would take for
 * a formula has an apostrophe in front (OWASP, "CSV Injection"); numbers and times never do.
 */

export const BYTE_ORDER_MARK = '\ufeff';

const LINE_END = '\r\n';
const SEPARATOR_OF_TEXTS = ';';

export function csvHeader(): string {
  return `${EXPORT_COLUMNS.map(({ name }) => name).join(',')}${LINE_END}`;
}

export function csvLine(session: Session): string {
  return `${EXPORT_COLUMNS.map((column) => cell(column, fieldOf(session, column))).join(',')}${LINE_END}`;
}

/** The value of a column. Undefined if the session has none. */
export function fieldOf(session: Session, { path }: ExportColumn): unknown {
  let value: unknown = session;
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  return value;
}

function cell({ kind }: ExportColumn, value: unknown): string {
  if (value === undefined) return '';
  switch (kind) {
    case 'text':
      return textCell(value as string);
    case 'texts':
      return textCell((value as readonly string[]).join(SEPARATOR_OF_TEXTS));
    case 'json':
      return textCell(JSON.stringify(value));
    case 'integer':
    case 'number':
    case 'boolean':
    case 'time':
      return String(value);
  }
}

function textCell(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
