import { type FilterDigest, filterDigest } from '../../contract/cursor.js';
import { queryError } from '../../contract/errors.js';
import { EXPORT_COLUMNS } from '../../contract/export.js';
import { decodeExportCursor, type ExportCursor, encodeExportCursor } from '../../contract/export-cursor.js';
import { PARQUET_GROUP_ROWS } from '../../contract/export-format.js';
import type { Session } from '../../contract/session.js';
import { DamagedBlockError } from '../../store/contract/damaged.js';
import type { SessionReader } from '../../store/contract/reader.js';
import type { ListedSession, SessionPosition } from '../../store/contract/session.js';
import { canonicalText, type TextQuery } from '../../text-search/text-query.js';
import type { ExportRequest } from '../query-service.js';
import { type FilterOptions, filterTexts, isRangeOnly, sessionFilter } from '../session-filter.js';
import { listedItemStart, sessionItem } from '../session-item.js';
import { type StateLimits, stateOf, statesAt } from '../state.js';
import { BYTE_ORDER_MARK, CSV_COLUMNS, csvHeader, csvLine } from './csv.js';
import { type ExportPart, packPart } from './export-part.js';
import type { SessionContent } from './session-content.js';

export interface ExportOptions extends FilterOptions, StateLimits {
  readonly reader: SessionReader;
  readonly project: string;
  /** The text that sessions must have, if the request has one. */
  readonly text?: TextQuery | undefined;
  now(): bigint;
  /** A clock for the duration of a part, ms. */
  readonly nowMs?: () => number;
}

/** Sessions of a part without telemetry, and of one with it, which soon has its bytes. */
const MOST_ROWS = 500;
const MOST_WITH_CONTENT = 50;
/** Bytes after which a part ends: some milliseconds of reading, and what a slow client holds. */
const MOST_BYTES = 1024 * 1024;
/** Time after which a part with content ends, so that other reads have their turn, ms. */
const MOST_MS = 50;

/** A session whose turn it is. */
export interface ExportedSession extends SessionPosition {
  /** As JSON, without the brace at its end. */
  readonly itemStart: string;
}

/** What of a session was read in one step, and where it goes on. */
export interface ContentStep {
  readonly text: string;
  readonly next?: string;
  readonly records?: number;
  readonly inexact?: number;
  /** The rest of the session is in a damaged block. */
  readonly isDamaged?: true;
}

/**
 * One part of an export of sessions, in the order of the list. Each session is read at one moment, its content
 * in steps. States and filters are of the time at which the export began.
 */
export async function exportPart(
  request: ExportRequest,
  options: ExportOptions,
  content: SessionContent,
): Promise<Uint8Array> {
  refuseCombinations(request);
  const { project } = options;
  const { format, include, sessionId } = request;
  const { text } = options;
  const hasColumns = format === 'csv' || format === 'parquet';
  const columns = format === 'csv' ? CSV_COLUMNS : EXPORT_COLUMNS;
  const filters = filterDigest('export', [
    ...[project, format, include, sessionId, text && canonicalText(text)],
    ...filterTexts(request),
    // A table goes on with the columns that it began with, or not at all.
    ...(hasColumns ? columns.map(({ name, kind }) => `${name} ${kind}`) : []),
  ]);
  const cursor = openCursor(request, filters);
  const asOfNs = cursor?.asOfNs ?? options.now();
  const list = new ListPart(request, options, asOfNs);
  const hasRows = hasColumns || (format === 'jsonl' && include === undefined);
  const nowMs = options.nowMs ?? (() => performance.now());
  const { next, ...part } = !hasRows
    ? await contentPart(request, list, cursor, content.of(request), nowMs)
    : format === 'parquet'
      ? await rowGroupPart(request, list, cursor)
      : await linesPart(request, list, cursor);
  return packPart({
    ...part,
    ...(list.isComplete !== undefined && { isComplete: list.isComplete }),
    asOfNs,
    ...(next && { next: encodeExportCursor({ asOfNs, ...next }, filters) }),
  });
}

function openCursor({ cursor }: ExportRequest, filters: FilterDigest): ExportCursor | undefined {
  return cursor === undefined || cursor === '' ? undefined : decodeExportCursor(cursor, filters);
}

/** @throws ApiError */
function refuseCombinations({ format, include, bom }: ExportRequest): void {
  if (include !== undefined && format !== 'jsonl') {
    const message = 'Only format=jsonl has turns. Leave include out, or choose that format.';
    throw queryError([{ field: 'include', message, code: 'query.invalid_enum', rejected_value: include }]);
  }
  if (bom !== undefined && format !== 'csv') {
    const message = 'Only format=csv can begin with a byte order mark. Leave bom out.';
    throw queryError([{ field: 'bom', message, code: 'query.invalid_boolean', rejected_value: String(bom) }]);
  }
}

interface FoundPart {
  readonly sessions: readonly ListedSession[];
  /** Behind the last session, or where the search stopped. Undefined if nothing follows. */
  readonly next?: SessionPosition;
}

/** The sessions of an export, as they follow each other in the list. */
class ListPart {
  readonly #request: ExportRequest;
  readonly #options: ExportOptions;
  readonly #asOfNs: bigint;
  readonly #stateAt: ReturnType<typeof statesAt>;
  /** Whether all reads searched all telemetry for a text; undefined without one. */
  isComplete: boolean | undefined;

  constructor(request: ExportRequest, options: ExportOptions, asOfNs: bigint) {
    this.#request = request;
    this.#options = options;
    this.#asOfNs = asOfNs;
    this.#stateAt = statesAt(asOfNs, options);
  }

  async read(after: SessionPosition | undefined, most: number): Promise<FoundPart> {
    const { reader, project } = this.#options;
    const limit = Math.min(most, this.#request.limit ?? most);
    const filter = sessionFilter(this.#request, this.#asOfNs, this.#options);
    const { startFromNs = 0n, startToNs } = filter;
    if (startToNs !== undefined && (startToNs < 0n || startFromNs > startToNs)) return { sessions: [] };
    // Telemetry of sessions that no list shows belongs to a whole copy, and to no list under filters.
    const { text } = this.#options;
    const withHidden = this.#request.format === 'otlp' && isRangeOnly(this.#request) && text === undefined;
    const {
      sessions: found,
      stoppedAt,
      searched,
    } = await reader.sessions(project, {
      ...filter,
      nowNs: this.#asOfNs,
      direction: 'older',
      limit: limit + 1,
      ...(after && { after: { startNs: after.startNs, id: after.id } }),
      ...(withHidden && { withHidden }),
      ...(text && { text }),
    });
    if (searched !== undefined) this.isComplete = searched.isComplete && this.isComplete !== false;
    const sessions = found.slice(0, limit);
    const last = found.length > limit ? sessions.at(-1) : stoppedAt;
    return { sessions, ...(last && { next: { startNs: last.startNs, id: last.id } }) };
  }

  /** The session that the request names. Undefined if it does not exist. */
  async named(): Promise<ExportedSession | undefined> {
    const { reader, project } = this.#options;
    const session = await reader.session(project, this.#request.sessionId!);
    if (session === undefined) return undefined;
    const item = JSON.stringify(sessionItem(session, stateOf(session, this.#asOfNs, this.#options)));
    return { startNs: session.startNs, id: session.id, itemStart: item.slice(0, -1) };
  }

  /** The session as JSON. */
  itemOf(session: ListedSession): string {
    return `${this.startOf(session)}}`;
  }

  startOf(session: ListedSession): string {
    return listedItemStart(session, this.#stateAt(session)) + Buffer.from(session.fields).toString();
  }
}

type Part = Omit<ExportPart, 'next' | 'asOfNs'> & { readonly next?: Omit<ExportCursor, 'asOfNs'> };

/** What the list has of each session, as a line. */
async function linesPart(
  { format, bom }: ExportRequest,
  list: ListPart,
  cursor: ExportCursor | undefined,
): Promise<Part> {
  const { sessions, next } = await list.read(cursor, MOST_ROWS);
  const rest = { sessions: sessions.length, ...(next && { next }) };
  const items = sessions.map((session) => list.itemOf(session));
  if (format === 'jsonl') return { ...rest, body: Buffer.from(items.map((item) => `${item}\n`).join('')) };
  const parsed = items.map((item) => JSON.parse(item) as Session);
  const head = cursor === undefined ? `${bom ? BYTE_ORDER_MARK : ''}${csvHeader()}` : '';
  return { ...rest, body: Buffer.from(head + parsed.map(csvLine).join('')) };
}

/**
 * A row group, or nothing yet: a search may stop anywhere, and the same rows are the same row groups wherever it does.
 */
async function rowGroupPart(
  { waiting = [], limit = PARQUET_GROUP_ROWS }: ExportRequest,
  list: ListPart,
  cursor: ExportCursor | undefined,
): Promise<Part> {
  const most = Math.min(limit, PARQUET_GROUP_ROWS - waiting.length);
  const { sessions, next } = await list.read(cursor, most);
  const rest = { sessions: sessions.length, ...(next && { next }) };
  const items = [...waiting, ...sessions.map((session) => list.itemOf(session))];
  const isFull = sessions.length === most || next === undefined;
  if (!isFull) return { ...rest, body: NOTHING, waiting: items };
  if (items.length === 0) return { ...rest, body: NOTHING };
  const { parquetRows } = await import('./parquet.js');
  const { bytes, group } = await parquetRows(items.map((item) => JSON.parse(item) as Session));
  return { ...rest, body: bytes, group };
}

const NOTHING = new Uint8Array();

/** How the content of a session is read and written. */
export interface ContentFormat {
  /** Reads from the beginning of a session, or from where a step before ended. */
  read(session: ExportedSession, within: string | undefined): Promise<ContentStep>;
  /** What stands in place of what cannot be read any more, from there to the end of the session. */
  close(session: ExportedSession, within: string | undefined): string;
}

/** Sessions with what was read of them, until the part has its bytes. A session may go on in the next part. */
async function contentPart(
  { limit = MOST_WITH_CONTENT, sessionId }: ExportRequest,
  list: ListPart,
  cursor: ExportCursor | undefined,
  content: ContentFormat,
  nowMs: () => number,
): Promise<Part> {
  const endMs = nowMs() + MOST_MS;
  const texts: string[] = [];
  let bytes = 0;
  let sessions = 0;
  let records = 0;
  let inexact = 0;
  let damaged = 0;
  const isFull = (): boolean => bytes >= MOST_BYTES || nowMs() >= endMs;
  const partUntil = (next?: Omit<ExportCursor, 'asOfNs'>): Part => ({
    body: Buffer.from(texts.join('')),
    sessions,
    records,
    inexact,
    damaged,
    ...(next && { next }),
  });
  /** Where the session goes on, if the part is full before its end. */
  const whole = async (session: ExportedSession, from?: string): Promise<string | undefined> => {
    let within = from;
    do {
      const step = await contentStep(content, session, within);
      texts.push(step.text);
      bytes += step.text.length;
      records += step.records ?? 0;
      inexact += step.inexact ?? 0;
      damaged += step.isDamaged ? 1 : 0;
      within = step.next;
    } while (within !== undefined && !isFull());
    if (within === undefined) sessions++;
    return within;
  };

  if (sessionId !== undefined) {
    const session =
      cursor?.within === undefined
        ? await list.named()
        : { startNs: cursor.startNs, id: sessionId, itemStart: '' };
    const within = session && (await whole(session, cursor?.within));
    return partUntil(
      within === undefined ? undefined : { startNs: session!.startNs, id: session!.id, within },
    );
  }
  if (cursor?.within !== undefined) {
    const within = await whole({ startNs: cursor.startNs, id: cursor.id, itemStart: '' }, cursor.within);
    if (within !== undefined || isFull())
      return partUntil({ ...position(cursor), ...(within && { within }) });
  }
  // A session that went on here is one of those that the request asks for.
  const most = Math.min(MOST_WITH_CONTENT, limit - sessions);
  if (most === 0) return partUntil(position(cursor!));
  const { sessions: found, next } = await list.read(cursor, most);
  for (const [at, session] of found.entries()) {
    const within = await whole({ ...position(session), itemStart: list.startOf(session) });
    const isLast = at === found.length - 1;
    if (within !== undefined) return partUntil({ ...position(session), within });
    if (!isLast && isFull()) return partUntil(position(session));
  }
  return partUntil(next);
}

/** A damaged block ends its session, and not the export. */
async function contentStep(
  content: ContentFormat,
  session: ExportedSession,
  within: string | undefined,
): Promise<ContentStep> {
  try {
    return await content.read(session, within);
  } catch (error) {
    if (!(error instanceof DamagedBlockError)) throw error;
    return { text: content.close(session, within), isDamaged: true };
  }
}

function position({ startNs, id }: SessionPosition): SessionPosition {
  return { startNs, id };
}
