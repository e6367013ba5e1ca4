import type { Normalizer } from '../../normalize/normalizer.js';
import type { OwnPrice } from '../../normalize/own-prices.js';
import type { PageUrlMode } from '../../normalize/visit/page-url.js';
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
import { runLimits } from '../engine/user-runs.js';
import type { EventLimits } from '../read/event-pages.js';
import { SessionDetails } from '../read/session-details.js';
import type { LogReader } from '../records/log-reader.js';
import { SessionLists } from '../search/session-lists.js';
import { ColumnReader } from './column-reader.js';
import { type Database, openDatabase, openLogReader, type Statement } from './database.js';
import { SqliteLoads } from './load.js';
import { SearchStatements } from './search-statements.js';
import { SqliteSessionReads } from './session-reads.js';
import { SqliteSnapshots } from './snapshots.js';

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

/** Statements kept ready: filters make many of them. */
const MAX_STATEMENTS = 256;

/** The reading half of the SQLite store: a connection of its own, which sees what was last committed. It never writes. */
export class SqliteReader implements SessionReader {
  readonly #db: Database;
  readonly #log: LogReader;
  readonly #reads: SqliteSessionReads;
  readonly #snapshots: SqliteSnapshots;
  readonly #details: SessionDetails;
  readonly #lists: SessionLists;
  /** The latest used last. */
  readonly #statements = new Map<string, Statement>();

  /** `checkpoint` is called often while telemetry is read; what it throws ends the reading. */
  constructor(options: ReaderOptions, normalizer: Normalizer, checkpoint: () => void = () => {}) {
    const { directory, cacheBytes, timeoutNs } = options;
    this.#db = openDatabase(directory, { readOnly: true, cacheBytes });
    const prepare = (sql: string): Statement => this.#prepare(sql);
    this.#log = openLogReader(directory);
    this.#reads = new SqliteSessionReads(prepare, new SqliteLoads(this.#db), this.#log);
    this.#snapshots = new SqliteSnapshots(this.#db, this.#reads);
    this.#details = new SessionDetails(this.#snapshots, {
      normalizer,
      checkpoint,
      pageUrls: options.pageUrls,
      byUser: options.sessionsByUser === true ? runLimits(timeoutNs, options.mostTracesByUser) : undefined,
      mostTogether: options.mostTogether,
      eventLimits: options.eventLimits,
      eventCacheBytes: options.eventCacheBytes,
    });
    this.#lists = new SessionLists({
      rows: new SearchStatements(prepare),
      columnRows: new ColumnReader(prepare),
      timeoutNs,
      checkpoint,
      ...(options.maxExamined !== undefined && { maxExamined: options.maxExamined }),
      ...(options.fewSessions !== undefined && { fewSessions: options.fewSessions }),
    });
  }

  sessions(project: string, scan: SessionScan): Promise<FoundSessions> {
    return this.#list(project, (number) => this.#lists.sessions(number, scan));
  }

  session(project: string, sessionId: string): Promise<StoredSession | undefined> {
    return this.#details.session(project, sessionId);
  }

  nextSessions(project: string, sessionId: string, limit: number): Promise<string[]> {
    return this.#details.nextSessions(project, sessionId, limit);
  }

  traces(project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]> {
    return this.#details.traces(project, sessionId, scan);
  }

  trace(project: string, traceId: string): Promise<StoredTrace | undefined> {
    return this.#details.trace(project, traceId);
  }

  span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined> {
    return this.#details.span(project, traceId, spanId);
  }

  outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined> {
    return this.#details.outline(project, sessionId, maxSpans);
  }

  groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]> {
    return this.#details.groups(project, sessionId, scan);
  }

  groupsAt(project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]> {
    return this.#details.groupsAt(project, sessionId, at);
  }

  pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]> {
    return this.#details.pageGroups(project, sessionId, scan);
  }

  groupVersions(project: string, sessionId: string, known: KnownGroups): Promise<GroupVersions> {
    return this.#details.groupVersions(project, sessionId, known);
  }

  usage(project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined> {
    return this.#details.usage(project, sessionId, scan);
  }

  exceptions(project: string, sessionId: string, scan: ExceptionScan): Promise<FoundExceptions | undefined> {
    return this.#details.exceptions(project, sessionId, scan);
  }

  events(project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined> {
    return this.#details.events(project, sessionId, scan);
  }

  statistics(project: string, scan: CountedSessions): Promise<Statistics> {
    return this.#list(project, (number) => this.#lists.statistics(number, scan));
  }

  timeline(project: string, scan: TimelineScan): Promise<StoredTimeline> {
    return this.#list(project, (number) => this.#lists.timeline(number, scan));
  }

  top(project: string, scan: TopScan): Promise<StoredTop> {
    return this.#list(project, (number) => this.#lists.top(number, scan));
  }

  visits(project: string, scan: VisitsScan): Promise<StoredVisits> {
    return this.#list(project, (number) => this.#lists.visits(number, scan));
  }

  facets(project: string, limit: number): Promise<StoredFacets> {
    return this.#list(project, (number) => this.#lists.facets(number, limit));
  }

  async close(): Promise<void> {
    await this.#snapshots.settled();
    this.#db.close();
    this.#log.close();
  }

  /** A read over many sessions, of one snapshot. No project has the number 0. */
  #list<T>(project: string, read: (project: number) => T | Promise<T>): Promise<T> {
    return this.#snapshots.snapshot(async () => read(this.#reads.projectNo(project) ?? 0));
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
