import type { Normalizer } from '../../normalize/normalizer.js';
import type { OwnPrice } from '../../normalize/own-prices.js';
import type { PageUrlMode } from '../../normalize/visit/page-url.js';
import type { RunLimits } from '../../sessionize/by-user.js';
import type { EventScan, FoundEvents } from '../contract/event.js';
import type { ExceptionScan, FoundExceptions } from '../contract/exception.js';
import type {
  GroupPosition,
  GroupScan,
  GroupVersions,
  KnownGroups,
  StoredGroup,
  StoredPageGroup,
} from '../contract/group.js';
import type { SessionReader } from '../contract/reader.js';
import type { FoundSessions, SessionScan, StoredSession } from '../contract/session.js';
import type {
  CountedSessions,
  Statistics,
  StoredFacets,
  StoredTimeline,
  StoredTop,
  StoredVisits,
  TimelineScan,
  TopScan,
  VisitsScan,
} from '../contract/statistics.js';
import type { StoredOutline, StoredTrace, TraceScan } from '../contract/trace.js';
import type { StoredUsage, UsageScan } from '../contract/usage.js';
import { runLimitsOf } from '../engine/identity.js';
import { STATE_KEYS } from '../engine/state-keys.js';
import { runLimits } from '../engine/user-runs.js';
import type { EventLimits } from '../read/event-pages.js';
import { SessionDetails } from '../read/session-details.js';
import type { LogReader } from '../records/log-reader.js';
import { SessionLists } from '../search/session-lists.js';
import { ColumnReader } from './column-reader.js';
import {
  type Database,
  isDamaged,
  KEPT,
  Meta,
  namedFile,
  nameOfFile,
  openDatabase,
  openLogReader,
  type Statement,
} from './database.js';
import { SqliteLoads } from './load.js';
import { releaseStatements } from './release-statements.js';
import { SearchStatements } from './search-statements.js';
import { numberOfFile } from './session-files.js';
import { SqliteSessionReads } from './session-reads.js';
import { SqliteSnapshots } from './snapshots.js';

export interface ReaderOptions {
  readonly directory: string;
  /** Page cache of this connection, bytes. */
  readonly cacheBytes: number;
  /** A session is open until this time after its last activity, ns. */
  readonly timeoutNs: bigint;
  /** Whether traces that name a user and no session are grouped by user. Must be the writer's setting. */
  readonly sessionsByUser?: boolean;
  /** Most traces of a session by user. Default: MOST_TRACES. Must be the writer's setting. */
  readonly mostTracesByUser?: number;
  /** The operator's own prices. Must be the writer's setting. */
  readonly prices?: readonly OwnPrice[];
  /** Which parts of page addresses are kept. Must be the writer's setting. */
  readonly pageUrls?: PageUrlMode;
  /** Most sessions examined for a page of a list. */
  readonly maxExamined?: number;
  /** Up to this number of sessions, sums under filters always read rows instead of columns. */
  readonly fewSessions?: number;
  /** Most records of a session for which a page of usage compares calls. */
  readonly mostTogether?: number;
  /** Search limits for a page of events. */
  readonly eventLimits?: EventLimits;
  /** Memory for events of recently read groups, bytes. */
  readonly eventCacheBytes?: number;
  /** One integer, in which the reader reports the number of a damaged file of sessions. */
  readonly damagedFile?: Int32Array<SharedArrayBuffer>;
}

/** Most prepared statements that are kept. Filters need many different ones. */
const MAX_STATEMENTS = 256;

/**
 * Interval at which an idle reader checks whether its file was replaced, ms. Until it does, the old file uses
 * disk space.
 */
const LEAVE_EVERY_MS = 5_000;

/**
 * The reading half of the SQLite store: a separate connection, which sees the last commit and never writes.
 * Each question is answered from the file of sessions that is named when it begins (session-files.ts). After
 * another file is named, the old one is closed after its last question.
 */
export class SqliteReader implements SessionReader {
  readonly #open: () => OpenFile;
  readonly #damagedFile: Int32Array<SharedArrayBuffer> | undefined;
  /** The file for the next question. */
  #file: OpenFile;
  /** That file, and earlier ones with unfinished questions. */
  readonly #files = new Set<OpenFile>();
  readonly #leaving: NodeJS.Timeout;

  /** `checkpoint` is called often while telemetry is read. An error that it throws aborts the read. */
  constructor(options: ReaderOptions, normalizer: Normalizer, checkpoint: () => void = () => {}) {
    this.#damagedFile = options.damagedFile;
    this.#open = () => new OpenFile(options, normalizer, checkpoint);
    this.#file = this.#open();
    this.#files.add(this.#file);
    this.#leaving = setInterval(() => this.#leaveReplaced(), LEAVE_EVERY_MS).unref();
  }

  sessions(project: string, scan: SessionScan): Promise<FoundSessions> {
    return this.#list(project, (lists, number) => lists.sessions(number, scan));
  }

  session(project: string, sessionId: string): Promise<StoredSession | undefined> {
    return this.#ask(({ details }) => details.session(project, sessionId));
  }

  nextSessions(project: string, sessionId: string, limit: number): Promise<string[]> {
    return this.#ask(({ details }) => details.nextSessions(project, sessionId, limit));
  }

  traces(project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]> {
    return this.#ask(({ details }) => details.traces(project, sessionId, scan));
  }

  trace(project: string, traceId: string): Promise<StoredTrace | undefined> {
    return this.#ask(({ details }) => details.trace(project, traceId));
  }

  span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined> {
    return this.#ask(({ details }) => details.span(project, traceId, spanId));
  }

  outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined> {
    return this.#ask(({ details }) => details.outline(project, sessionId, maxSpans));
  }

  groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]> {
    return this.#ask(({ details }) => details.groups(project, sessionId, scan));
  }

  groupsAt(project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]> {
    return this.#ask(({ details }) => details.groupsAt(project, sessionId, at));
  }

  pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]> {
    return this.#ask(({ details }) => details.pageGroups(project, sessionId, scan));
  }

  groupVersions(project: string, sessionId: string, known: KnownGroups): Promise<GroupVersions> {
    return this.#ask(({ details }) => details.groupVersions(project, sessionId, known));
  }

  usage(project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined> {
    return this.#ask(({ details }) => details.usage(project, sessionId, scan));
  }

  exceptions(project: string, sessionId: string, scan: ExceptionScan): Promise<FoundExceptions | undefined> {
    return this.#ask(({ details }) => details.exceptions(project, sessionId, scan));
  }

  events(project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined> {
    return this.#ask(({ details }) => details.events(project, sessionId, scan));
  }

  statistics(project: string, scan: CountedSessions): Promise<Statistics> {
    return this.#list(project, (lists, number) => lists.statistics(number, scan));
  }

  timeline(project: string, scan: TimelineScan): Promise<StoredTimeline> {
    return this.#list(project, (lists, number) => lists.timeline(number, scan));
  }

  top(project: string, scan: TopScan): Promise<StoredTop> {
    return this.#list(project, (lists, number) => lists.top(number, scan));
  }

  visits(project: string, scan: VisitsScan): Promise<StoredVisits> {
    return this.#list(project, (lists, number) => lists.visits(number, scan));
  }

  facets(project: string, limit: number): Promise<StoredFacets> {
    return this.#list(project, (lists, number) => lists.facets(number, limit));
  }

  async close(): Promise<void> {
    clearInterval(this.#leaving);
    for (const file of [...this.#files]) {
      await file.settled();
      this.#closeFile(file);
    }
  }

  /** Answers a question from the named file. */
  async #ask<T>(question: (file: OpenFile) => Promise<T>): Promise<T> {
    this.#leaveReplaced();
    const file = this.#file;
    file.questions++;
    try {
      return await question(file);
    } catch (error) {
      if (this.#damagedFile !== undefined && isDamaged(error)) {
        Atomics.store(this.#damagedFile, 0, numberOfFile(file.name));
      }
      throw error;
    } finally {
      file.questions--;
      if (file !== this.#file && file.questions === 0) this.#closeFile(file);
    }
  }

  /** A read over many sessions in one snapshot. 0 stands for a project that does not exist. */
  #list<T>(project: string, read: (lists: SessionLists, project: number) => T | Promise<T>): Promise<T> {
    return this.#ask(({ snapshots, reads, lists }) =>
      snapshots.snapshot(async () => read(lists, reads.projectNo(project) ?? 0)),
    );
  }

  /** Switches to the named file if it has changed. Nothing derived from the old one is reused. */
  #leaveReplaced(): void {
    const old = this.#file;
    if (!old.isReplaced()) return;
    this.#file = this.#open();
    this.#files.add(this.#file);
    if (old.questions === 0) this.#closeFile(old);
  }

  #closeFile(file: OpenFile): void {
    if (!this.#files.delete(file)) return;
    file.close();
    if (file !== this.#file) releaseStatements();
  }
}

/**
 * Opens the named file of sessions. Retried if another file is named meanwhile, because the first may be
 * removed.
 */
function openNamed(directory: string, cacheBytes: number): { readonly db: Database; readonly file: string } {
  for (;;) {
    const file = nameOfFile(directory);
    try {
      return { db: openDatabase(directory, { readOnly: true, cacheBytes, file }), file };
    } catch (error) {
      if (nameOfFile(directory) === file) throw error;
    }
  }
}

/** Number of files opened in this thread. */
let opened = 0;

/** A connection to a file of sessions, and everything derived from it. */
class OpenFile {
  /** Name of the file. */
  readonly name: string;
  readonly reads: SqliteSessionReads;
  readonly snapshots: SqliteSnapshots;
  readonly details: SessionDetails;
  readonly lists: SessionLists;
  /** Number of unfinished questions. */
  questions = 0;
  readonly #db: Database;
  readonly #kept: Meta;
  readonly #log: LogReader;
  /** Least recently used first. */
  readonly #statements = new Map<string, Statement>();

  constructor(options: ReaderOptions, normalizer: Normalizer, checkpoint: () => void) {
    const { directory, cacheBytes, timeoutNs } = options;
    ({ db: this.#db, file: this.name } = openNamed(directory, cacheBytes));
    this.#kept = new Meta(this.#db, KEPT);
    const prepare = (sql: string): Statement => this.#prepare(sql);
    this.#log = openLogReader(directory);
    this.reads = new SqliteSessionReads(prepare, new SqliteLoads(this.#db), this.#log, ++opened);
    this.snapshots = new SqliteSnapshots(this.#db, this.reads);
    this.details = new SessionDetails(this.snapshots, {
      normalizer,
      checkpoint,
      pageUrls: options.pageUrls,
      byUser: this.#byUser(options),
      mostTogether: options.mostTogether,
      eventLimits: options.eventLimits,
      eventCacheBytes: options.eventCacheBytes,
    });
    this.lists = new SessionLists({
      rows: new SearchStatements(prepare),
      columnRows: new ColumnReader(prepare),
      timeoutNs,
      checkpoint,
      ...(options.maxExamined !== undefined && { maxExamined: options.maxExamined }),
      ...(options.fewSessions !== undefined && { fewSessions: options.fewSessions }),
    });
  }

  /** Whether another file is named now. */
  isReplaced(): boolean {
    return namedFile(this.#kept) !== this.name;
  }

  /** Resolves when all questions asked so far are answered. */
  settled(): Promise<void> {
    return this.snapshots.settled();
  }

  close(): void {
    this.#db.close();
    this.#log.close();
  }

  /**
   * The limits by which rows of this file are grouped by user. If there are no rows yet, the current
   * settings.
   */
  #byUser({ timeoutNs, sessionsByUser, mostTracesByUser }: ReaderOptions): RunLimits | undefined {
    const sessionsBy = new Meta(this.#db).text(STATE_KEYS.sessionsBy);
    if (sessionsBy !== undefined) return runLimitsOf(sessionsBy);
    return sessionsByUser === true ? runLimits(timeoutNs, mostTracesByUser) : undefined;
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
}
