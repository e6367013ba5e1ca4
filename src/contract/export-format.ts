/** The formats of exports, for all who name or write files of them. */

/** Of a list of sessions. */
export const EXPORT_FORMATS = ['csv', 'jsonl', 'parquet', 'otlp'] as const;
/** Of one session. */
export const SESSION_EXPORT_FORMATS = ['jsonl', 'otlp', 'perfetto'] as const;
export const ALL_EXPORT_FORMATS = [...EXPORT_FORMATS, 'perfetto'] as const;
export type ExportFormat = (typeof ALL_EXPORT_FORMATS)[number];

/** How the name of a file ends. */
export const EXPORT_ENDINGS: { readonly [F in ExportFormat]: string } = {
  csv: '.csv',
  jsonl: '.jsonl',
  parquet: '.parquet',
  otlp: '.otlp.jsonl',
  perfetto: '.perfetto.json',
};

/** The name of a file of one session, without its ending. */
export function exportedSessionName(id: string): string {
  return `session-${id.replace(/[^\w.-]+/g, '_').slice(0, 80)}`;
}

/** Rows of each row group of `parquet` but the last. A part of as many sessions is a row group. */
export const PARQUET_GROUP_ROWS = 4_000;
