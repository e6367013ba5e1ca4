import type { AuditEntry, RetentionPlan } from '../../../client/src/index.js';
import { count, megabytes } from '../progress-line.js';
import { timeText } from './session-text.js';
import { type Cell, type Column, type Style, tableLines } from './table.js';

/** What a pass of retention removed of a project, as the audit log has it. */
export interface WentItem {
  readonly time: string;
  readonly project: string;
  readonly sessions: number;
  readonly records: number;
  readonly bytes: number;
  /** Records that lost content of messages, and stayed. */
  readonly contents: number;
}

interface Detailed {
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Entries of the audit log that tell what went. */
export function wentItem(
  entry: Pick<AuditEntry, 'action' | 'time' | 'subject'> & Detailed,
): WentItem | undefined {
  const { action, time, subject, detail } = entry;
  if (action !== 'retention.passed') return undefined;
  const number = (name: string): number => Number(detail[name] ?? 0);
  return {
    time,
    project: subject,
    sessions: number('sessions'),
    records: number('records'),
    bytes: number('bytes'),
    contents: number('contents'),
  };
}

const AMOUNTS: readonly Column[] = [
  { title: 'SESSIONS', isNumber: true },
  { title: 'RECORDS', isNumber: true, dropped: 0 },
  { title: 'BYTES', isNumber: true },
];

/** Lines for people: what would go, and what went. */
export function retentionLines(plan: RetentionPlan, went: readonly WentItem[], style: Style): string[] {
  const { keep_sessions: sessions, keep_content: content, keep_size: size } = plan;
  const { data_bytes: bytes, held_back: held } = plan;
  const settings = [
    ...(sessions === undefined ? [] : [`--keep-sessions ${sessions}`]),
    ...(content === undefined ? [] : [`--keep-content ${content}`]),
    ...(size === undefined ? [] : [`--keep-size ${size}`]),
  ];
  const lines = [
    settings.length === 0
      ? 'Everything is kept: none of --keep-sessions, --keep-content and --keep-size is set.\n'
      : `${settings.join(' ')}\n`,
    `The data has ${megabytes(bytes)}.\n`,
  ];
  if (held !== undefined) lines.push(`${style.trouble('Held back')}: ${held}.\n`);
  if (settings.length > 0) lines.push('\n', ...plannedLines(plan, style), ...contentLines(plan, style));
  if (went.length > 0) lines.push('\n', ...wentLines(went, style));
  return lines;
}

function plannedLines({ would_remove: planned }: RetentionPlan, style: Style): string[] {
  if (planned.length === 0) return ['No session would go now.\n'];
  const columns = [
    { title: 'WOULD GO NOW', isCut: true as const },
    { title: 'WITHOUT ACTIVITY AFTER' },
    ...AMOUNTS,
  ];
  const rows = planned.map((each) => [cell(each.project), cell(timeText(each.until)), ...amountsOf(each)]);
  return tableLines(columns, rows, style);
}

function contentLines({ would_remove_content: planned }: RetentionPlan, style: Style): string[] {
  if (planned.length === 0) return [];
  const columns = [
    { title: 'CONTENT WOULD GO NOW', isCut: true as const },
    { title: 'WITHOUT ACTIVITY AFTER' },
    { title: 'SESSIONS', isNumber: true as const },
  ];
  const rows = planned.map((each) => [
    cell(each.project),
    cell(timeText(each.until)),
    cell(count(each.sessions)),
  ]);
  return ['\n', ...tableLines(columns, rows, style)];
}

function wentLines(went: readonly WentItem[], style: Style): string[] {
  const columns = [
    { title: 'WENT', isCut: true as const },
    { title: 'AT' },
    ...AMOUNTS,
    { title: 'CONTENTS', isNumber: true as const, dropped: 1 },
  ];
  const rows = went.map((each) => [
    cell(each.project),
    cell(timeText(each.time)),
    ...amountsOf(each),
    cell(count(each.contents)),
  ]);
  return tableLines(columns, rows, style);
}

function amountsOf({ sessions, records, bytes }: Pick<WentItem, 'sessions' | 'records' | 'bytes'>): Cell[] {
  return [cell(count(sessions)), cell(count(records)), cell(megabytes(bytes))];
}

function cell(text: string): Cell {
  return { text };
}
