import { createHash } from 'node:crypto';
import type { ExportQuery } from '../../../client/src/index.js';
import { EXPORT_ENDINGS, type ExportFormat, exportedSessionName } from '../../contract/export-format.js';
import { duration } from '../../setting-kinds.js';
import { type AskedRange, dateText, startBounds } from './range.js';

export interface NamedExport {
  readonly query: Omit<ExportQuery, 'format' | 'limit'>;
  readonly format: ExportFormat;
  /** One session in place of a list. */
  readonly id: string | undefined;
  readonly gzip: boolean;
  readonly range: AskedRange;
  /** The project that was asked for; undefined for that of the key. */
  readonly project: string | undefined;
}

/** Parameters that the name says by themselves, or that choose no sessions. The name says of all others that there are some. */
const NAMED: ReadonlySet<string> = new Set(['include', 'bom', 'startTime', 'endTime']);

/**
 * The name of a file that says what is in it, such as `sessions-2026-11-23-to-2026-11-29.csv`: dates are of the time
 * zone of this machine. The same command has the same name all day, so that it goes on where it was cut.
 * `nowMs`: ms since 1970.
 */
export function exportFileName({ id, format, gzip, ...list }: NamedExport, nowMs: number): string {
  const name = id === undefined ? listName(list, nowMs) : exportedSessionName(id);
  return `${name}${EXPORT_ENDINGS[format]}${gzip ? '.gz' : ''}`;
}

function listName(
  { query, range, project }: Pick<NamedExport, 'query' | 'range' | 'project'>,
  nowMs: number,
) {
  const filters = Object.entries(query).filter(([parameter]) => !NAMED.has(parameter));
  const words = [
    ...['sessions', project],
    ...[query.include && `with-${query.include}`, filters.length > 0 && `filtered-${digestOf(filters)}`],
    rangeName(query, range, nowMs),
  ];
  return words
    .filter((word) => typeof word === 'string')
    .map((word) => word.replaceAll(':', '').replace(/[^\w.+-]+/g, '_'))
    .join('-');
}

function rangeName({ startTime, endTime }: NamedExport['query'], range: AskedRange, nowMs: number): string {
  const today = dateText(nowMs);
  const until = `until-${endTime ?? today}`;
  if (range.lastMs !== undefined) {
    // More than one of a short time may be wanted on a day.
    const hour = range.lastMs < DAY_MS ? `T${String(new Date(nowMs).getHours()).padStart(2, '0')}` : '';
    return `last-${TIME.format(range.lastMs)}-${until}${hour}`;
  }
  if (range.during !== undefined) {
    const { startTime: start, endTime: end } = startBounds(range, nowMs);
    const [first, last] = [
      dateText(Date.parse(start!)),
      end === undefined ? today : dateText(Date.parse(end)),
    ];
    return first === last ? first : `${first}-to-${last}`;
  }
  return startTime === undefined ? until : `from-${startTime}-${until}`;
}

/** Tells exports under different filters apart. */
function digestOf(filters: readonly (readonly [string, unknown])[]): string {
  const sorted = filters.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, DIGEST_DIGITS);
}

const DIGEST_DIGITS = 6;
const DAY_MS = 86_400_000;
const TIME = duration(1, Number.MAX_SAFE_INTEGER);
