import type { Normalizer } from '../../normalize/normalizer.js';
import { createPageUrls, type PageUrlMode, type PageUrlReader } from '../../normalize/visit/page-url.js';
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
import type { FoundRecords, RecordScan } from '../contract/record.js';
import type { StoredSession } from '../contract/session.js';
import type { StoredOutline, StoredTrace, TraceScan, TraceSession } from '../contract/trace.js';
import { MOST_TOGETHER, type StoredUsage, type UsageScan } from '../contract/usage.js';
import { stored } from '../engine/stored-session.js';
import type { EventLimits } from './event-pages.js';
import { EventReads } from './event-reads.js';
import { readExceptions } from './exception-reads.js';
import { FindSession, type FoundSession, type SessionMoment } from './found-session.js';
import { SessionCalls } from './group-calls.js';
import { GroupLoader } from './group-loader.js';
import {
  type GroupReads,
  readGroups,
  readGroupsAt,
  readGroupVersions,
  readPageGroups,
} from './group-reads.js';
import type { Reads, Snapshots } from './reads.js';
import { readRecords } from './record-pages.js';
import { SessionVerdicts } from './session-verdicts.js';
import { readOutline, readSpan, readTrace, readTraceSessions, readTraces } from './trace-reads.js';
import { UsageReads } from './usage-reads.js';
import { UserSessions } from './user-sessions.js';

/** The reads of one session. */
export type SessionDetailReads = Pick<
  SessionReader,
  | 'projects'
  | 'session'
  | 'nextSessions'
  | 'traces'
  | 'trace'
  | 'span'
  | 'outline'
  | 'records'
  | 'groups'
  | 'groupsAt'
  | 'pageGroups'
  | 'groupVersions'
  | 'usage'
  | 'exceptions'
  | 'events'
>;

export interface SessionDetailsOptions {
  readonly normalizer: Normalizer;
  /** Called often while telemetry is read. An error that it throws aborts the read. */
  readonly checkpoint: () => void;
  /** Which parts of page addresses are shown. Default: `path`. */
  readonly pageUrls?: PageUrlMode | undefined;
  /** Limits of sessions by user; must be the writer's. Undefined if traces are not grouped by user. */
  readonly byUser?: RunLimits | undefined;
  /** Most records of a session for which a page of usage compares calls. Default: MOST_TOGETHER. */
  readonly mostTogether?: number | undefined;
  /** Search limits for a page of events. */
  readonly eventLimits?: EventLimits | undefined;
  /** Memory for events of recently read groups, bytes. */
  readonly eventCacheBytes?: number | undefined;
}

/**
 * Reads of one session, for any store. Each answer is from one snapshot. Results are kept for the next page
 * under the data that they depend on: places of records, whose bytes never change, the session's row, and the
 * version of the store.
 */
export class SessionDetails implements SessionDetailReads {
  readonly #snapshots: Snapshots;
  readonly #byUser: RunLimits | undefined;
  readonly #loader: GroupLoader;
  readonly #sessions: FindSession;
  readonly #groups: GroupReads;
  readonly #usage: UsageReads;
  readonly #events: EventReads;
  readonly #readUrl: PageUrlReader;

  constructor(snapshots: Snapshots, options: SessionDetailsOptions) {
    const { normalizer, checkpoint, mostTogether = MOST_TOGETHER } = options;
    const { priceOf } = normalizer;
    const loader = new GroupLoader(normalizer, checkpoint);
    const calls = new SessionCalls(loader, priceOf);
    const verdicts = new SessionVerdicts(calls, priceOf);
    this.#snapshots = snapshots;
    this.#byUser = options.byUser;
    this.#loader = loader;
    this.#sessions = new FindSession({ loader, calls, priceOf, mostTogether });
    this.#groups = { loader, calls, verdicts };
    this.#usage = new UsageReads({ loader, calls, verdicts, normalizer, mostTogether });
    this.#events = new EventReads(loader, options.eventLimits, options.eventCacheBytes);
    this.#readUrl = createPageUrls(options.pageUrls ?? 'path');
  }

  session(project: string, sessionId: string): Promise<StoredSession | undefined> {
    return this.#withSession(project, sessionId, undefined, async (_, { row, session }) => {
      const found = stored(session, row.invalidated);
      return row.isListed ? found : { ...found, isUnlisted: true };
    });
  }

  projects(): Promise<string[]> {
    return this.#snapshots.snapshot((reads) => reads.projects());
  }

  nextSessions(project: string, sessionId: string, limit: number): Promise<string[]> {
    return this.#inProject(project, [], (moment) =>
      moment.reads.successors(moment.project, sessionId, limit),
    );
  }

  traces(project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]> {
    return this.#inProject(project, [], async (moment) => {
      const row = await this.#sessions.row(moment, sessionId);
      return row === undefined ? [] : readTraces(moment, this.#loader, row, scan);
    });
  }

  trace(project: string, traceId: string): Promise<StoredTrace | undefined> {
    return this.#inProject(project, undefined, (moment) => readTrace(moment, this.#loader, traceId));
  }

  span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined> {
    return this.#inProject(project, undefined, (moment) => readSpan(moment, this.#loader, traceId, spanId));
  }

  traceSessions(project: string, traceId: string): Promise<readonly TraceSession[] | undefined> {
    return this.#inProject(project, undefined, (moment) => readTraceSessions(moment, this.#loader, traceId));
  }

  outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined> {
    return this.#withSession(project, sessionId, undefined, (moment, found) =>
      readOutline(moment, this.#loader, found, maxSpans),
    );
  }

  records(project: string, sessionId: string, scan: RecordScan): Promise<FoundRecords | undefined> {
    return this.#inProject(project, undefined, async (moment) => {
      const row = await this.#sessions.row(moment, sessionId);
      return row && readRecords(moment, this.#loader, row, scan);
    });
  }

  groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]> {
    return this.#withSession(project, sessionId, [], (moment, found) =>
      readGroups(moment, this.#groups, found, scan),
    );
  }

  groupsAt(project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]> {
    return this.#withSession(project, sessionId, [], (moment, found) =>
      readGroupsAt(moment, this.#groups, found, at),
    );
  }

  pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]> {
    return this.#withSession(project, sessionId, [], (moment, found) =>
      readPageGroups(moment, this.#groups, found, scan),
    );
  }

  groupVersions(project: string, sessionId: string, known: KnownGroups): Promise<GroupVersions> {
    return this.#snapshots.snapshot(async (reads) => {
      const moment = await this.#momentOf(reads, project);
      const found = moment && (await this.#sessions.find(moment, sessionId));
      return readGroupVersions(reads, moment?.version ?? (await reads.version()), found, known);
    });
  }

  usage(project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined> {
    return this.#withSession(project, sessionId, undefined, (moment, found) =>
      this.#usage.page(moment, found, scan),
    );
  }

  exceptions(project: string, sessionId: string, scan: ExceptionScan): Promise<FoundExceptions | undefined> {
    return this.#withSession(project, sessionId, undefined, (moment, found) =>
      readExceptions(moment, this.#loader, found, scan, this.#readUrl),
    );
  }

  events(project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined> {
    return this.#withSession(project, sessionId, undefined, (moment, found) =>
      this.#events.page(moment, found, scan),
    );
  }

  /** Reads a session in one snapshot. Returns `none` if the session does not exist. */
  #withSession<T, None>(
    project: string,
    sessionId: string,
    none: None,
    read: (moment: SessionMoment, found: FoundSession) => Promise<T>,
  ): Promise<T | None> {
    return this.#inProject(project, none, async (moment): Promise<T | None> => {
      const found = await this.#sessions.find(moment, sessionId);
      return found === undefined ? none : read(moment, found);
    });
  }

  /** Reads in one snapshot. Returns `none` if the project has no telemetry. */
  #inProject<T, None>(
    project: string,
    none: None,
    read: (moment: SessionMoment) => Promise<T>,
  ): Promise<T | None> {
    return this.#snapshots.snapshot(async (reads): Promise<T | None> => {
      const moment = await this.#momentOf(reads, project);
      return moment === undefined ? none : read(moment);
    });
  }

  async #momentOf(reads: Reads, name: string): Promise<SessionMoment | undefined> {
    const project = await reads.project(name);
    if (project === undefined) return undefined;
    const users = this.#byUser && new UserSessions(reads, this.#byUser);
    return { reads, project, users, version: await reads.version() };
  }
}
