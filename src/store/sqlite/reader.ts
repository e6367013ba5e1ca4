import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { PriceOf } from '../../normalize/facts.js';
import type { Normalizer } from '../../normalize/normalizer.js';
import type { OwnPrice } from '../../normalize/own-prices.js';
import { createPageUrls, type PageUrlMode, type PageUrlReader } from '../../normalize/visit/page-url.js';
import { Binder } from '../../sessionize/bind.js';
import {
  type CallsByKey,
  callsByKey,
  callsUnder,
  keysOfCalls,
  MOST_GROUPS,
  type PlacedCall,
  sharedVerdicts,
} from '../../sessionize/elsewhere.js';
import { fragments } from '../../sessionize/fragment.js';
import type { ByteString } from '../../sessionize/records.js';
import { Session } from '../../sessionize/session.js';
import {
  type SessionCall,
  type SessionVerdict,
  sessionCall,
  sessionVerdicts,
  sharedIds,
} from '../../sessionize/session-usage.js';
import { type Carrier, isLogCarrier, NotCounted, verdicts } from '../../sessionize/usage.js';
import {
  type CountedSessions,
  type EventScan,
  type ExceptionScan,
  type FoundEvents,
  type FoundExceptions,
  type FoundSessions,
  type GroupPosition,
  type GroupScan,
  type GroupVersions,
  type KnownGroups,
  MOST_TOGETHER,
  type OutlineTrace,
  type RecordId,
  type SessionReader,
  type SessionScan,
  type Statistics,
  type StoredCarrier,
  type StoredFacets,
  type StoredGroup,
  type StoredOutline,
  type StoredPageGroup,
  type StoredSession,
  type StoredTimeline,
  type StoredTop,
  type StoredTrace,
  type StoredUsage,
  type StoredUsageRecord,
  type StoredVisits,
  type TimelineScan,
  type TopScan,
  type TraceScan,
  type UsageScan,
  type VisitsScan,
} from '../contract/store.js';
import { CallPlaces } from '../engine/call-index.js';
import {
  type EventKind,
  LOG_KINDS,
  SPAN_EVENT_KINDS,
  UNPLACED_LOGS,
  UNPLACED_SPAN_EVENTS,
} from '../engine/event-places.js';
import { FacetKind } from '../engine/facets.js';
import { runLimits, UserRuns } from '../engine/user-runs.js';
import { EventGroups, type EventsOfGroup } from '../read/event-groups.js';
import {
  compareEvents,
  EVENT_LIMITS,
  type EventEntry,
  type EventLimits,
  type EventRow,
  type EventSource,
  eventsIn,
  logEntry,
  spanEventEntries,
} from '../read/event-pages.js';
import {
  ExceptionKinds,
  MOST_GROUPS as MOST_EXCEPTION_GROUPS,
  MOST_RECORDS as MOST_EXCEPTION_RECORDS,
} from '../read/exception-pages.js';
import { outlineOf } from '../read/outline.js';
import {
  entriesOf,
  hex,
  recordId,
  type UsageEntries,
  type UsageSource,
  usageIn,
} from '../read/usage-pages.js';
import { pagesOf, visitFactsOf } from '../read/visit-facts.js';
import { decodePlaces, encodeRecords, type RecordSource } from '../records/block.js';
import { GroupReader } from '../records/group-reader.js';
import type { HeldGroup, HeldSpan } from '../records/held-records.js';
import { SessionLists } from '../search/session-lists.js';
import { stored } from '../search/stored-session.js';
import { ColumnReader } from './column-reader.js';
import { type Database, GroupKind, Listing, openDatabase, type Statement } from './database.js';
import { SearchStatements } from './search-statements.js';

export interface ReaderOptions {
  readonly directory: string;
  /** Page cache of this connection, bytes. */
  readonly cacheBytes: number;
  /** A session is open until this time after its last activity, ns. */
  readonly timeoutNs: bigint;
  /** Whether traces that name a user and no session are grouped by user; as the writer has it. */
  readonly sessionsByUser?: boolean;
  /** Most traces of a session by user, where it is not MOST_TRACES; as the writer has it. */
  readonly mostTracesByUser?: number;
  /** The operator's own prices, as the writer has them. */
  readonly prices?: readonly OwnPrice[];
  /** What of the addresses of pages is kept, as the writer keeps it. */
  readonly pageUrls?: PageUrlMode;
  /** Most sessions looked at for a page of a list. */
  readonly maxExamined?: number;
  /** Sessions that are read by their rows for sums under filters, whatever there is by columns. */
  readonly fewSessions?: number;
  /** Most records of a session whose calls are compared for a page of its usage. */
  readonly mostTogether?: number;
  /** How much is looked at for a page of events. */
  readonly eventLimits?: EventLimits;
  /** Memory for groups whose events are kept for the next page, bytes. */
  readonly eventCacheBytes?: number;
}

type Value = bigint | number | string;

/** Statements kept ready: filters make many of them. */
const MAX_STATEMENTS = 256;

/** Records in a group from which on what was made of it is kept for the next page. */
const LARGE_GROUP = 1_000;

/** Rows of groups that are read at a time: at first, and at most. */
const FIRST_ROWS = 16;
const MOST_ROWS = 256;

/** Sessions whose reasons are kept between pages. */
const MAX_KEPT = 8;

/** The reading half of the SQLite store: a connection of its own, which sees what was last committed. */
export class SqliteReader implements SessionReader {
  readonly #db: Database;
  readonly #groups: GroupReader;
  readonly #lists: SessionLists;
  readonly #mostTogether: number;
  readonly #eventLimits: EventLimits;
  readonly #projects = new Map<string, number>();
  /** The latest used last. */
  readonly #statements = new Map<string, Statement>();
  /** Of sessions whose groups are being read, page by page; the latest last. */
  readonly #kept = new Map<string, KeptReasons>();
  readonly #normalizer: Normalizer;
  readonly #readUrl: PageUrlReader;
  readonly #priceOf: PriceOf;
  /** The large group that a page of usage was last read from. */
  #usageGroup: { readonly key: string; readonly group: UsageEntries } | undefined;
  readonly #eventGroups: EventGroups;
  readonly #callPlaces: CallPlaces;
  /** Undefined where traces are not grouped by user. */
  readonly #users: UserRuns | undefined;
  /** Whether that is of the snapshot under way. */
  #areCallsCaughtUp = false;
  /** Settles when the long reads that were asked for are over. */
  #snapshots: Promise<void> = Promise.resolve();

  /** `checkpoint` is called often while telemetry is read; what it throws ends the reading. */
  constructor(options: ReaderOptions, normalizer: Normalizer, checkpoint: () => void = () => {}) {
    this.#normalizer = normalizer;
    this.#readUrl = createPageUrls(options.pageUrls ?? 'path');
    this.#priceOf = normalizer.priceOf;
    this.#db = openDatabase(options.directory, { readOnly: true, cacheBytes: options.cacheBytes });
    const users =
      options.sessionsByUser === true
        ? new UserRuns((sql) => this.#db.prepare(sql), runLimits(options.timeoutNs, options.mostTracesByUser))
        : undefined;
    this.#users = users;
    this.#groups = new GroupReader(
      this.#db,
      normalizer,
      64,
      users && ((project, key) => users.sessionOf(project, key)),
      checkpoint,
    );
    this.#callPlaces = new CallPlaces((sql) => this.#db.prepare(sql));
    const prepare = (sql: string) => this.#prepare(sql);
    this.#lists = new SessionLists({
      rows: new SearchStatements(prepare),
      columnRows: new ColumnReader(prepare),
      timeoutNs: options.timeoutNs,
      checkpoint,
      ...(options.maxExamined !== undefined && { maxExamined: options.maxExamined }),
      ...(options.fewSessions !== undefined && { fewSessions: options.fewSessions }),
    });
    this.#mostTogether = options.mostTogether ?? MOST_TOGETHER;
    this.#eventLimits = options.eventLimits ?? EVENT_LIMITS;
    this.#eventGroups = new EventGroups(options.eventCacheBytes);
  }

  async sessions(project: string, scan: SessionScan): Promise<FoundSessions> {
    return this.#longSnapshot(() => this.#lists.sessions(this.#project(project), scan));
  }

  async session(project: string, sessionId: string): Promise<StoredSession | undefined> {
    const found = this.#snapshot(() => this.#find(this.#project(project), sessionId));
    if (found === undefined) return undefined;
    const session = stored(found.session, found.invalidated);
    return found.isListed ? session : { ...session, isUnlisted: true };
  }

  async nextSessions(project: string, sessionId: string, limit: number): Promise<string[]> {
    return this.#prepare(
      `SELECT f.id FROM facet_value AS v JOIN session_facet AS f ON f.facet = v.no
       WHERE v.project = ? AND v.kind = ${FacetKind.previous} AND v.value = ? ORDER BY f.start_ns, f.id LIMIT ?`,
    )
      .all(this.#project(project), sessionId, limit)
      .map(({ id }) => String(id));
  }

  async traces(project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]> {
    return this.#snapshot(() => {
      const number = this.#project(project);
      const session = this.#rowOf(number, sessionId);
      if (session === undefined) return [];
      const forward = scan.direction === 'forward';
      const conditions = [`session = ? AND kind = ${GroupKind.trace}`];
      const values: (Value | Uint8Array)[] = [session.no as bigint];
      if (scan.after !== undefined) {
        conditions.push(`(start_ns, key) ${forward ? '>' : '<'} (?, ?)`);
        values.push(scan.after.startNs, Buffer.from(scan.after.traceId, 'hex'));
      }
      const order = forward ? 'ASC' : 'DESC';
      const rows = this.#prepare(
        `SELECT start_ns, key FROM session_group WHERE ${conditions.join(' AND ')}
         ORDER BY start_ns ${order}, key ${order} LIMIT ?`,
      ).all(...values, scan.limit);
      const { maxBytes = Number.POSITIVE_INFINITY } = scan;
      const traces: StoredTrace[] = [];
      let bytes = 0;
      for (const row of rows) {
        const key = Buffer.from(row.key as Uint8Array);
        const trace = this.#trace(number, key, row.start_ns as bigint, session.id as string);
        traces.push(trace);
        bytes += trace.otlp.length;
        if (bytes > maxBytes && traces.length > 1) break;
      }
      return forward ? traces : traces.reverse();
    });
  }

  async trace(project: string, traceId: string): Promise<StoredTrace | undefined> {
    return this.#snapshot(() => {
      const number = this.#project(project);
      const key = Buffer.from(traceId, 'hex');
      if (this.#groups.places(number, key) === undefined) return undefined;
      const trace = this.#trace(number, key, undefined, undefined);
      return trace.otlp.length === 0 ? undefined : trace;
    });
  }

  async span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined> {
    return this.#snapshot(() => {
      const group = this.#group(this.#project(project), Buffer.from(traceId, 'hex'));
      const span = group.spans.get(Buffer.from(spanId, 'hex').toString('latin1'));
      return span && encodeRecords([span.source!]).spans;
    });
  }

  async outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined> {
    return this.#snapshot(() => {
      const number = this.#project(project);
      const found = this.#find(number, sessionId);
      if (found === undefined) return undefined;
      const traces: OutlineTrace[] = [];
      let left = maxSpans;
      const rows = this.#prepare(
        `SELECT key FROM session_group WHERE session = ? AND kind = ${GroupKind.trace} ORDER BY start_ns, key`,
      ).iterate(found.no);
      for (const row of rows) {
        if (left === 0) return { traces, truncated: true };
        const group = this.#group(number, Buffer.from(row.key as Uint8Array));
        traces.push(outlineOf(group, found.session.id, left));
        if (group.spans.size > left) return { traces, truncated: true };
        left -= group.spans.size;
      }
      return { traces, truncated: false };
    });
  }

  async groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]> {
    return this.#snapshot(() => {
      const found = this.#find(this.#project(project), sessionId);
      if (found === undefined) return [];
      return this.#groupsOf(found, scan, this.#reasonsFor(found, scan.after === undefined));
    });
  }

  async groupsAt(project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]> {
    return this.#snapshot(() => {
      const found = this.#find(this.#project(project), sessionId);
      if (found === undefined) return [];
      const reasons = this.#reasonsFor(found, false);
      return at
        .map(({ startNs, key }) =>
          this.#storedGroup(found, { start_ns: startNs, key: Buffer.from(key, 'hex') }, reasons),
        )
        .filter(({ spans, logs }) => spans.length + logs.length > 0);
    });
  }

  async pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]> {
    return this.#snapshot(() => {
      const found = this.#find(this.#project(project), sessionId);
      if (found === undefined) return [];
      const groups: StoredPageGroup[] = [];
      let bytes = 0;
      for (const row of this.#rowsOf(found, scan)) {
        const places = this.#groups.places(found.project, row.key) ?? new Uint8Array();
        const { traceId, records } = this.#recordsIn(found, row, places);
        const position = { startNs: row.start_ns, key: Buffer.from(row.key).toString('hex') };
        const version = versionOf(found, row, places);
        groups.push({ position, version, ...pagesOf(position, traceId, records) });
        for (const { source } of records) bytes += source.batch.length[source.index]!;
        if (bytes > (scan.maxBytes ?? Number.POSITIVE_INFINITY)) break;
      }
      return groups;
    });
  }

  async groupVersions(project: string, sessionId: string, known: KnownGroups): Promise<GroupVersions> {
    return this.#snapshot(() => {
      const found = this.#find(this.#project(project), sessionId);
      const stamp = Number(this.#prepare('PRAGMA data_version').get()!.data_version);
      if (stamp === known.stamp) return { stamp };
      if (found === undefined) return { stamp, versions: '' };
      // As one text, SQLite makes it twenty times as fast as rows.
      const row = this.#prepare(
        `SELECT group_concat(start_ns || ' ' || hex(key) || hex(places) || ? || char(10), '') AS versions
         FROM (SELECT g.start_ns, g.key, r.places FROM (${GROUPS} ORDER BY start_ns, key LIMIT ?) AS g
               CROSS JOIN record_group AS r ON r.project = ? AND r.key = g.key ORDER BY g.start_ns, g.key)`,
      ).get(suffixOf(found), found.no, found.no, known.count, found.project);
      return { stamp, versions: (row?.versions as string | null) ?? '' };
    });
  }

  async usage(project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined> {
    return this.#snapshot(() => {
      const found = this.#find(this.#project(project), sessionId);
      if (found === undefined) return undefined;
      const page = usageIn(this.#usageGroups(found, scan), scan);
      const { reasons, isApart } = this.#reasonsOnPage(found, page.records, scan.after === undefined);
      return {
        session: stored(found.session, found.invalidated),
        ...page,
        records: page.records.map((record) => judged(record, reasons)),
        ...(isApart ? { isApart } : {}),
      };
    });
  }

  async exceptions(
    project: string,
    sessionId: string,
    { behind, after, limit }: ExceptionScan,
  ): Promise<FoundExceptions | undefined> {
    return this.#snapshot(() => {
      const found = this.#find(this.#project(project), sessionId);
      if (found === undefined) return undefined;
      if (found.session.exceptions.isEmpty) return { exceptions: [] };
      const kinds = new ExceptionKinds(this.#readUrl);
      const from = behind === undefined ? {} : { after: behind };
      const rows = this.#rowsOf(found, { ...from, limit: MOST_EXCEPTION_GROUPS + 1 });
      let recordCount = 0;
      let rest: GroupPosition | undefined;
      for (const [at, row] of rows.entries()) {
        recordCount += this.#addExceptions(found, row, kinds);
        const isFull = at + 1 === MOST_EXCEPTION_GROUPS || recordCount >= MOST_EXCEPTION_RECORDS;
        if (!isFull || at + 1 === rows.length) continue;
        rest = { startNs: row.start_ns, key: Buffer.from(row.key).toString('hex') };
        break;
      }
      const { items, isMore } = kinds.page(after, limit);
      const last = items.at(-1)?.position;
      const next =
        isMore && last !== undefined ? { ...(behind && { behind }), after: last } : rest && { behind: rest };
      return { exceptions: items, ...(next && { next }) };
    });
  }

  /** Adds those of the group's records that are in the session; how many these are. */
  #addExceptions(found: FoundSession, row: GroupRow, kinds: ExceptionKinds): number {
    const { traceId, group, records } = this.#recordsIn(found, row);
    kinds.addGroup(traceId, group.spans, records);
    return group.size;
  }

  async events(project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined> {
    return this.#snapshot(() => {
      const found = this.#find(this.#project(project), sessionId);
      if (found === undefined) return undefined;
      const { traceId, spanEvents = false } = scan;
      const source = this.#eventSource(found);
      if (traceId === undefined) {
        const kinds = spanEvents ? [...LOG_KINDS, ...SPAN_EVENT_KINDS] : LOG_KINDS;
        return eventsIn(source, kinds, scan, this.#eventLimits);
      }
      const key = Buffer.from(traceId, 'hex');
      const kinds = spanEvents ? [UNPLACED_LOGS, UNPLACED_SPAN_EVENTS] : [UNPLACED_LOGS];
      const rows = (kind: EventKind) => [{ startNs: 0n, key, kind }].values();
      return eventsIn({ ...source, rows }, kinds, scan, this.#eventLimits);
    });
  }

  async statistics(project: string, scan: CountedSessions): Promise<Statistics> {
    return this.#longSnapshot(() => this.#lists.statistics(this.#project(project), scan));
  }

  async timeline(project: string, scan: TimelineScan): Promise<StoredTimeline> {
    return this.#longSnapshot(() => this.#lists.timeline(this.#project(project), scan));
  }

  async top(project: string, scan: TopScan): Promise<StoredTop> {
    return this.#longSnapshot(() => this.#lists.top(this.#project(project), scan));
  }

  async visits(project: string, scan: VisitsScan): Promise<StoredVisits> {
    return this.#longSnapshot(() => this.#lists.visits(this.#project(project), scan));
  }

  async facets(project: string, limit: number): Promise<StoredFacets> {
    return this.#longSnapshot(() => this.#lists.facets(this.#project(project), limit));
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #group(project: number, key: Buffer): HeldGroup {
    const places = decodePlaces(this.#groups.places(project, key) ?? new Uint8Array());
    return this.#groups.read(project, key.toString('latin1'), places);
  }

  /** The spans of a trace, or those of them that are in one session. */
  #trace(
    project: number,
    key: Buffer,
    startNs: bigint | undefined,
    sessionId: string | undefined,
  ): StoredTrace {
    const group = this.#group(project, key);
    const binder = new Binder(group);
    const spans: HeldSpan[] = [];
    let earliest = startNs;
    for (const span of group.spans.values()) {
      if (sessionId !== undefined && binder.span(span).session !== sessionId) continue;
      spans.push(span);
      if (startNs === undefined && (earliest === undefined || span.startNs < earliest))
        earliest = span.startNs;
    }
    return {
      position: { startNs: earliest ?? 0n, traceId: key.toString('hex') },
      otlp: encodeRecords(spans.map((span) => span.source!)).spans,
    };
  }

  #find(project: number, sessionId: string): FoundSession | undefined {
    const row = this.#rowOf(project, sessionId);
    if (row === undefined) return undefined;
    const session = Session.decode(row.id as string, row.sums as string, row.earliest as string);
    if (session.groups === 0) return undefined;
    return {
      project,
      no: row.no as bigint,
      sums: row.sums as string,
      session,
      invalidated: row.invalidated !== 0n,
      isListed: Number(row.listing) !== Listing.hidden,
    };
  }

  /** The row of the session of this id, or of the one that the trace of this id is in for its user. */
  #rowOf(project: number, id: string): Record<string, unknown> | undefined {
    const select = this.#prepare(
      'SELECT no, id, invalidated, listing, sums, earliest FROM session WHERE project = ? AND id = ?',
    );
    const row = select.get(project, id);
    if (row !== undefined || this.#users === undefined) return row;
    const other = this.#users.sessionOfId(project, id);
    return other === undefined ? undefined : select.get(project, other);
  }

  #groupsOf(found: FoundSession, scan: GroupScan, reasons: SessionReasons): StoredGroup[] {
    const { maxBytes = Number.POSITIVE_INFINITY } = scan;
    const groups: StoredGroup[] = [];
    let bytes = 0;
    for (const row of this.#rowsOf(found, scan)) {
      const group = this.#storedGroup(found, row, reasons);
      groups.push(group);
      bytes += group.spans.length + group.logs.length;
      if (bytes > maxBytes) break;
    }
    return groups;
  }

  #storedGroup(found: FoundSession, row: GroupRow, reasons: SessionReasons): StoredGroup {
    const places = this.#groups.places(found.project, row.key) ?? new Uint8Array();
    const group = this.#groupIn(found, row, places);
    const { traceId } = group;
    const facts = visitFactsOf(group);
    return {
      position: { startNs: row.start_ns, key: Buffer.from(row.key).toString('hex') },
      version: versionOf(found, row, places),
      ...(traceId === '' ? {} : { traceId: hex(traceId) }),
      ...encodeRecords(group.records.map(({ source }) => source)),
      carriers: carriersOf(group.told, reasons),
      ...(facts.length > 0 && { facts }),
    };
  }

  /** The groups of a session in the direction of the scan, the one that it goes on in first; what became of calls as far as their group tells. */
  *#usageGroups(found: FoundSession, { after, direction }: UsageScan): Generator<UsageEntries> {
    const isForward = direction === 'forward';
    const range = (kind: number) =>
      `SELECT start_ns, key FROM session_group WHERE session = ? AND kind = ${kind}
       ${after === undefined ? '' : `AND (start_ns, key) ${isForward ? '>=' : '<='} (?, ?)`}`;
    const values =
      after === undefined ? [found.no] : [found.no, after.group.startNs, Buffer.from(after.group.key, 'hex')];
    const order = isForward ? 'ASC' : 'DESC';
    const sql = `${range(GroupKind.trace)} UNION ALL ${range(GroupKind.logs)} ORDER BY start_ns ${order}, key ${order}`;
    const rows = this.#prepare(sql).iterate(...values, ...values) as unknown as Iterable<GroupRow>;
    for (const row of rows) yield this.#usageGroupOf(found, row);
  }

  #usageGroupOf(found: FoundSession, row: GroupRow): UsageEntries {
    const places = this.#groups.places(found.project, row.key) ?? new Uint8Array();
    // The session's sums change where another session comes to count a call of this one, or no longer does (U24).
    const key = `${found.no} ${hex(Buffer.from(row.key).toString('latin1'))} ${Buffer.from(places).toString('latin1')} ${found.sums}`;
    if (this.#usageGroup?.key === key) return this.#usageGroup.group;
    const { traceId, told, records } = this.#groupIn(found, row);
    const position = { startNs: row.start_ns, key: Buffer.from(row.key).toString('hex') };
    const carriers = carriersOf(told, NO_REASONS);
    const group = entriesOf({ position, traceId, carriers, records }, this.#normalizer);
    // It is read again for each of its pages.
    if (records.length >= LARGE_GROUP) this.#usageGroup = { key, group };
    return group;
  }

  #eventSource(found: FoundSession): EventSource {
    return {
      rows: (kind, fromNs, isForward) => this.#eventRows(found, kind, fromNs, isForward),
      open: ({ key, kind: { isOfSpans } }) => {
        const { logs, spanEvents } = this.#eventsOfGroup(found, Buffer.from(key));
        return isOfSpans ? spanEvents : logs;
      },
    };
  }

  *#eventRows(
    { no }: FoundSession,
    kind: EventKind,
    fromNs: bigint,
    isForward: boolean,
  ): Generator<EventRow> {
    const [beyond, order] = isForward ? ['>', 'ASC'] : ['<', 'DESC'];
    const condition = kind.condition === undefined ? '' : `AND ${kind.condition}`;
    const range = 'FROM session_group WHERE session = ? AND kind = ?';
    const ordered = `${condition} ORDER BY start_ns ${order}, key ${order} LIMIT ?`;
    let rows = this.#prepare(`SELECT start_ns, key ${range} AND start_ns ${beyond}= ? ${ordered}`).all(
      no,
      kind.kind,
      fromNs,
      FIRST_ROWS,
    ) as unknown as GroupRow[];
    let limit = FIRST_ROWS;
    for (;;) {
      for (const row of rows) yield { startNs: row.start_ns, key: row.key, kind };
      const last = rows.at(-1);
      if (last === undefined || rows.length < limit) return;
      limit = Math.min(4 * limit, MOST_ROWS);
      rows = this.#prepare(
        `SELECT start_ns, key ${range} AND (start_ns, key) ${beyond} (?, ?) ${ordered}`,
      ).all(no, kind.kind, last.start_ns, last.key, limit) as unknown as GroupRow[];
    }
  }

  #eventsOfGroup({ project, session }: FoundSession, key: Buffer): EventsOfGroup {
    const lies = this.#groups.places(project, key) ?? new Uint8Array();
    // Which session records without an id are in may be said by other groups (S40).
    const byUser = this.#groups.sessionByUser(project, key.toString('latin1')) ?? '';
    const place = `${project} ${session.id} ${byUser} ${key.toString('hex')}`;
    const name = `${place} ${Buffer.from(lies).toString('latin1')}`;
    const kept = this.#eventGroups.get(name);
    if (kept !== undefined) return kept;
    const places = decodePlaces(lies);
    const sources = new Map<ByteString, RecordSource>();
    const group = this.#groups.read(project, key.toString('latin1'), places, sources);
    const binder = new Binder(group);
    const logs: EventEntry[] = [];
    for (const log of group.logs.values()) {
      if (binder.log(log).session === session.id) logs.push(logEntry(log, sources.get(log.id)!));
    }
    const spanEvents: EventEntry[] = [];
    for (const span of group.spans.values()) {
      if (!span.hasEvents || binder.span(span).session !== session.id) continue;
      for (const entry of spanEventEntries(group.traceId, span)) spanEvents.push(entry);
    }
    const events = {
      logs: logs.sort(compareEvents),
      spanEvents: spanEvents.sort(compareEvents),
    };
    this.#eventGroups.put(name, events, places);
    return events;
  }

  /** What became of the calls of a page in their session, where their groups do not tell that alone. */
  #reasonsOnPage(
    found: FoundSession,
    records: readonly StoredUsageRecord[],
    isFirst: boolean,
  ): { reasons: SessionReasons; isApart: boolean } {
    const { usage, spanCount, logCount } = found.session;
    const needsSession = records.some(
      (record) => record.usage !== undefined && usage.mayBeToldTwice(record.usage),
    );
    if (!needsSession) return { reasons: NO_REASONS, isApart: false };
    if (spanCount + logCount > this.#mostTogether) {
      // Without calls that may be one, all that is not said is which share an id.
      return { reasons: NO_REASONS, isApart: usage.entangled };
    }
    return { reasons: this.#keptReasons(found, isFirst), isApart: false };
  }

  #rowsOf({ no }: FoundSession, { after, limit }: GroupScan): GroupRow[] {
    const range = (kind: number) =>
      `SELECT start_ns, key FROM session_group WHERE session = ? AND kind = ${kind}
       ${after === undefined ? '' : 'AND (start_ns, key) > (?, ?)'}`;
    const values = after === undefined ? [no] : [no, after.startNs, Buffer.from(after.key, 'hex')];
    const sql = `${range(GroupKind.trace)} UNION ALL ${range(GroupKind.logs)} ORDER BY start_ns, key LIMIT ?`;
    return this.#prepare(sql).all(...values, ...values, limit) as unknown as GroupRow[];
  }

  /** What all groups of a session tell of calls. Their records are let go of one group after the other. */
  #told(found: FoundSession): ToldCall[] {
    const told: ToldCall[] = [];
    for (const row of this.#rowsOf(found, { limit: Number.MAX_SAFE_INTEGER })) {
      for (const call of this.#groupIn(found, row).told) told.push(call);
    }
    return told;
  }

  /** A group with those of its records that are in the session. */
  #recordsIn({ project, session }: FoundSession, row: GroupRow, known?: Uint8Array): RecordsInSession {
    const key = Buffer.from(row.key);
    const logSources = new Map<ByteString, RecordSource>();
    const places = known ?? this.#groups.places(project, key) ?? new Uint8Array();
    const group = this.#groups.read(project, key.toString('latin1'), decodePlaces(places), logSources);
    const binder = new Binder(group);
    const isIn = (carrier: Carrier): boolean =>
      (isLogCarrier(carrier) ? binder.log(carrier) : binder.span(carrier)).session === session.id;
    const records: UsageSource[] = [];
    for (const span of group.spans.values()) {
      if (isIn(span)) records.push({ carrier: span, source: span.source! });
    }
    for (const log of group.logs.values()) {
      if (isIn(log)) records.push({ carrier: log, source: logSources.get(log.id)! });
    }
    return { traceId: group.traceId, group, records, isIn };
  }

  /** The same, with what they tell of model calls. */
  #groupIn(found: FoundSession, row: GroupRow, known?: Uint8Array): GroupInSession {
    const { traceId, group, records, isIn } = this.#recordsIn(found, row, known);
    const told = verdicts(group, this.#priceOf)
      .filter(({ carrier }) => isIn(carrier))
      .map((verdict) => ({
        call: sessionCall(traceId, verdict),
        reason: verdict.reason,
        by: verdict.by === undefined ? undefined : traceId + verdict.by.id,
      }));
    const key = Buffer.from(row.key).toString('latin1');
    return { traceId, group, records, told: this.#withShared(found, key, group, told) };
  }

  /** What is told, given what other sessions tell (U24). */
  #withShared(
    { project, session: { id: sessionId } }: FoundSession,
    key: ByteString,
    group: HeldGroup,
    told: ToldCall[],
  ): ToldCall[] {
    if (!told.some(({ call, reason }) => reason === undefined && call.usage.callIds !== undefined))
      return told;
    const raw = fragments(group, this.#priceOf);
    const sharing: PlacedCall[][] = [];
    const own = callsByKey(raw, project);
    const others = new Map<ByteString, CallsByKey>();
    if (!this.#areCallsCaughtUp) this.#callPlaces.catchUp();
    this.#areCallsCaughtUp = true;
    for (const callKey of keysOfCalls(raw, project).sorted()) {
      const places = this.#callPlaces.others(callKey, key);
      if (places.length === 0 || places.length > MOST_GROUPS) continue;
      const calls = [...callsUnder(own, callKey)];
      for (const place of places) {
        let ofGroup = others.get(place);
        if (ofGroup === undefined) {
          const read = this.#group(project, Buffer.from(place, 'latin1'));
          ofGroup = callsByKey(fragments(read, this.#priceOf), project);
          if (others.size >= MOST_READ_CALLS) others.clear();
          others.set(place, ofGroup);
        }
        calls.push(...callsUnder(ofGroup, callKey));
      }
      sharing.push(calls);
    }
    if (sharing.length === 0) return told;
    const ownCalls = new Set([...raw.values()].flatMap(({ calls }) => calls));
    const shared = sharedVerdicts(ownCalls, sharing, this.#priceOf);
    // A rest has the id of its wrapper, which does not count.
    const byId = new Map([...shared].map(([call, verdict]) => [call.id, verdict]));
    return told.map((each) => {
      const { call, reason } = each;
      const isRest = call.usage.kind === 'rest';
      const verdict = reason === undefined && (isRest || call.usage.callIds) ? byId.get(call.id) : undefined;
      if (verdict === undefined) return each;
      const { by, usage } = verdict;
      if (by === undefined) return { ...each, call: { ...call, usage } };
      const bySession = by.session === sessionId ? {} : { bySession: by.session };
      return { ...each, reason: isRest ? NotCounted.wrapper : NotCounted.elsewhere, by: by.id, ...bySession };
    });
  }

  /** As they were for the page before, as long as the session's row says the same: they take a reading of the whole session. */
  #reasonsFor(found: FoundSession, isFirst: boolean): SessionReasons {
    if (!found.session.usage.entangled) return new Map();
    return this.#keptReasons(found, isFirst);
  }

  /** Where a list begins, they are those of this moment. */
  #keptReasons(found: FoundSession, isFirst: boolean): SessionReasons {
    const key = String(found.no);
    // Another number after each commit of the writer.
    const version = this.#prepare('PRAGMA data_version').get()!.data_version as bigint;
    const kept = this.#kept.get(key);
    const isKept = kept?.sums === found.sums && (!isFirst || kept.version === version);
    const reasons = isKept ? kept.reasons : reasonsIn(found.session, this.#told(found), this.#priceOf);
    this.#kept.delete(key);
    this.#kept.set(key, { sums: found.sums, version: isKept ? kept.version : version, reasons });
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return reasons;
  }

  /** One read transaction, so that all of an answer is of one moment. */
  #snapshot<T>(read: () => T): T {
    // Between two steps of a long read its snapshot does for this one as well.
    const isOwn = !this.#db.isTransaction;
    if (isOwn) this.#db.exec('BEGIN');
    this.#areCallsCaughtUp = false;
    this.#users?.beginMoment();
    try {
      return read();
    } finally {
      this.#users?.endMoment();
      if (isOwn) this.#db.exec('COMMIT');
    }
  }

  /** The same of a read in several steps: others wait until it is over. */
  async #longSnapshot<T>(read: () => Promise<T>): Promise<T> {
    const before = this.#snapshots;
    let end = (): void => {};
    this.#snapshots = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    try {
      this.#db.exec('BEGIN');
      try {
        return await read();
      } finally {
        this.#db.exec('COMMIT');
      }
    } finally {
      end();
    }
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReadBigInts(true);
      if (this.#statements.size >= MAX_STATEMENTS) {
        this.#statements.delete(this.#statements.keys().next().value!);
      }
    } else {
      this.#statements.delete(sql);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  /** The project's number; 0, which no project has, where it has no telemetry yet. */
  #project(name: string): number {
    const known = this.#projects.get(name);
    if (known !== undefined) return known;
    const row = this.#prepare('SELECT no FROM project WHERE name = ?').get(name);
    if (row === undefined) return 0;
    this.#projects.set(name, Number(row.no));
    return Number(row.no);
  }
}

interface FoundSession {
  readonly project: number;
  readonly no: bigint;
  readonly sums: string;
  readonly session: Session;
  readonly invalidated: boolean;
  readonly isListed: boolean;
}

interface KeptReasons {
  /** The session's row, and the state of the database, that they were worked out from. */
  readonly sums: string;
  readonly version: bigint;
  readonly reasons: SessionReasons;
}

interface GroupRow {
  readonly start_ns: bigint;
  readonly key: Uint8Array;
}

/** The groups of a session that records of it are in. */
const GROUPS = [GroupKind.trace, GroupKind.logs]
  .map((kind) => `SELECT start_ns, key FROM session_group WHERE session = ? AND kind = ${kind}`)
  .join(' UNION ALL ');

/** Of a group: its place in the session and where its records lie, as `groupVersions` has it. */
function versionOf(found: FoundSession, row: GroupRow, places: Uint8Array): string {
  const [key, lies] = [row.key, places].map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase());
  return `${row.start_ns} ${key}${lies}${suffixOf(found)}`;
}

/** What else the groups of a session depend on: where calls of different groups may be one, all that the session's row says. */
function suffixOf({ session, sums }: FoundSession): string {
  return session.usage.entangled ? ` ${createHash('sha256').update(sums).digest('hex')}` : '';
}

interface GroupInSession {
  readonly traceId: ByteString;
  readonly group: HeldGroup;
  readonly records: readonly UsageSource[];
  readonly told: readonly ToldCall[];
}

interface RecordsInSession extends Omit<GroupInSession, 'told'> {
  isIn(carrier: Carrier): boolean;
}

/** What a record says of a call, and what its group makes of it. */
interface ToldCall {
  readonly call: SessionCall;
  readonly reason: NotCounted | undefined;
  /** Id, like that of `call`, of the record that counts in its place or beats it. */
  readonly by: ByteString | undefined;
  /** The session that the record is in, where that is another one. */
  readonly bySession?: string;
}

/** Groups whose calls are kept while one is compared with them. */
const MOST_READ_CALLS = 256;

/** By id of the call. */
type SessionReasons = ReadonlyMap<ByteString, SessionVerdict>;

/** What became of calls that count in their group; empty unless calls of different groups may be one. */
function reasonsIn(session: Session, told: readonly ToldCall[], priceOf: PriceOf): SessionReasons {
  if (!session.usage.entangled) {
    const counted = told.filter(({ reason }) => reason === undefined).map(({ call }) => call);
    return new Map(sharedIds(counted).map((verdict) => [verdict.call.id, verdict]));
  }
  const calls = told
    .filter(({ call, reason }) => reason === undefined || call.usage.kind !== 'sum')
    .map(({ call, reason }) => (reason === undefined ? call : { ...call, beaten: true as const }));
  return new Map(sessionVerdicts(calls, priceOf).map((verdict) => [verdict.call.id, verdict]));
}

const NO_REASONS: SessionReasons = new Map();

/** A record of usage with what became of it in its session. */
function judged(record: StoredUsageRecord, reasons: SessionReasons): StoredUsageRecord {
  if (record.usage === undefined || record.reason !== undefined) return record;
  const inSession = reasons.get(idOf(record.record));
  if (inSession === undefined) return record;
  const { usage, reason, by, sharesIdWith } = inSession;
  return {
    ...record,
    usage,
    ...(sharesIdWith === undefined ? {} : { sharesIdWith: recordId(sharesIdWith.id) }),
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by: recordId(by.id) }),
  };
}

/** The inverse of `recordId`. */
function idOf({ traceId = '', spanId = '', logId = '' }: RecordId): ByteString {
  return Buffer.from(traceId + spanId + logId, 'hex').toString('latin1');
}

/** By time. */
function carriersOf(told: readonly ToldCall[], reasons: SessionReasons): StoredCarrier[] {
  return told
    .map(({ call, ...inGroup }) => {
      const inSession = inGroup.reason === undefined ? reasons.get(call.id) : undefined;
      const reason = inGroup.reason ?? inSession?.reason;
      const by = inGroup.by ?? inSession?.by?.id;
      return {
        record: recordId(call.id),
        timeNs: call.startNs,
        usage: inSession?.usage ?? call.usage,
        ...(reason === undefined ? {} : { reason }),
        ...(by === undefined ? {} : { by: recordId(by) }),
        ...(inGroup.bySession === undefined ? {} : { bySession: inGroup.bySession }),
        ...(inSession?.sharesIdWith === undefined
          ? {}
          : { sharesIdWith: recordId(inSession.sharesIdWith.id) }),
      };
    })
    .sort(byTime);
}

function byTime(a: StoredCarrier, b: StoredCarrier): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  const [first, second] = [a, b].map(
    // The rest of a wrapper's sum has the wrapper's id, and stands behind it.
    ({ record, usage }) => `${record.traceId} ${record.spanId ?? record.logId} ${usage.kind === 'rest'}`,
  );
  return first! < second! ? -1 : 1;
}
