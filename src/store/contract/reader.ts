import type { EventScan, FoundEvents } from './event.js';
import type { ExceptionScan, FoundExceptions } from './exception.js';
import type {
  GroupPosition,
  GroupScan,
  GroupVersions,
  KnownGroups,
  StoredGroup,
  StoredPageGroup,
} from './group.js';
import type { FoundRecords, RecordScan } from './record.js';
import type { FoundSessions, SessionScan, StoredSession } from './session.js';
import type {
  ErrorScan,
  FacetScan,
  GroupScan as GroupSumScan,
  ScoresScan,
  Statistics,
  StatisticsScan,
  StoredErrors,
  StoredFacets,
  StoredGroups,
  StoredScoreSum,
  StoredTimeline,
  StoredTools,
  StoredTop,
  StoredTopCalls,
  StoredVisits,
  TimelineScan,
  ToolScan,
  TopScan,
  VisitsScan,
} from './statistics.js';
import type { StoredOutline, StoredTrace, TraceScan, TraceSession } from './trace.js';
import type { StoredUsage, UsageScan } from './usage.js';

/**
 * Reads of sessions. Every answer is from one consistent snapshot. A read never writes. A session may have
 * been folded under other settings (prices, how calls are read). `session` and `usage` then already answer
 * with the current settings. Lists do so once the writer has folded the session again.
 *
 * Texts (ids, names, values) are in the order of the bytes of their UTF-8, in every store and every locale.
 */
export interface SessionReader {
  /** The names of the projects that have had telemetry, in order. */
  projects(): Promise<string[]>;
  /**
   * Sessions in list order (newest start first, ties by id descending) that follow `after`, at most `limit`.
   * With direction 'newer', those directly before `after`, still in list order. The cost of a page does not
   * grow with the number of sessions: a store may stop searching early (`FoundSessions.stoppedAt`).
   */
  sessions(project: string, scan: SessionScan): Promise<FoundSessions>;
  session(project: string, sessionId: string): Promise<StoredSession | undefined>;
  /**
   * Ids of the listed sessions that report this one as their previous session, earliest first, ties by id. At
   * most `limit`.
   */
  nextSessions(project: string, sessionId: string, limit: number): Promise<string[]>;
  /**
   * Traces with at least one span in the session, each with its spans in the session. Earliest start first,
   * ties by trace id.
   */
  traces(project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]>;
  /** A whole trace, whatever sessions its spans are in. */
  trace(project: string, traceId: string): Promise<StoredTrace | undefined>;
  /** The winning version of a span as an OTLP `ExportTraceServiceRequest` message. Ids are lower-case hex digits. */
  span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined>;
  /**
   * Summaries of the traces with at least one span in the session, in the order of `traces`. A summary is
   * about the whole trace. At most `maxSpans` spans in all.
   */
  outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined>;
  /**
   * The sessions that a trace has spans in: those with most spans first, ties by id. Undefined if the trace does
   * not exist.
   */
  traceSessions(project: string, traceId: string): Promise<readonly TraceSession[] | undefined>;
  /**
   * The records of a session as they were received, without what later versions of spans replaced. Undefined if
   * the session does not exist.
   */
  records(project: string, sessionId: string, scan: RecordScan): Promise<FoundRecords | undefined>;
  /**
   * The records of a session with the model calls that they report, by group: a trace, or a minute of log
   * records without a trace. Earliest first, at most `limit` groups.
   */
  groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]>;
  /**
   * Groups of a session by their keys, in the given order and with the given start. Groups that it does not
   * have are left out.
   */
  groupsAt(project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]>;
  /**
   * The pages and web vitals that the groups of a session report, with their times. Otherwise like `groups`,
   * but reads only the facts of records.
   */
  pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]>;
  /**
   * Versions of the groups of a session, for validating a cache of what was derived from them. Reads no
   * records.
   */
  groupVersions(project: string, sessionId: string, known: KnownGroups): Promise<GroupVersions>;
  /**
   * The usage that the session's records report, at most `limit` records that follow `after`: by group, and
   * within a group by time. Undefined if the session does not exist. A page reads the groups that it searches
   * as a whole; a large one is cached for the next page. If calls of the page may be the same as calls of
   * other groups, the first such page reads the whole session, up to `MOST_TOGETHER` records. In a session
   * with more records, calls of different groups are not compared. A store may stop searching early.
   */
  usage(project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined>;
  /**
   * The exceptions of a session, each once, earliest first. Undefined if the session does not exist. In a
   * session of up to a few thousand traces and records, all of them are merged, which reads the whole
   * session. In a larger one, they are merged for a part of the traces at a time.
   */
  exceptions(project: string, sessionId: string, scan: ExceptionScan): Promise<FoundExceptions | undefined>;
  /**
   * The log records of a session, each once, and its span events if requested, by time and then by id.
   * Undefined if the session does not exist. A page reads the groups with events in its range of time as a
   * whole; large ones are cached for the next page. A store may stop searching early.
   */
  events(project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined>;
  statistics(project: string, scan: StatisticsScan): Promise<Statistics>;
  /** Counts of sessions by the time of their start. */
  timeline(project: string, scan: TimelineScan): Promise<StoredTimeline>;
  /**
   * The counted sessions with the greatest known cost or duration, and the number of calls missing from those
   * costs.
   */
  top(project: string, scan: TopScan): Promise<StoredTop>;
  /**
   * The counted sessions whose greatest call has the greatest known cost or duration. The greatest calls of all
   * counted sessions are in them: in as many sessions as there are calls asked for.
   */
  topCalls(project: string, scan: TopScan): Promise<StoredTopCalls>;
  /**
   * The scores of the counted sessions: the names of which most sessions have scores, ties by name, at most
   * `limit`; of each as many labels, most scores first, ties by label.
   */
  scores(project: string, scan: ScoresScan): Promise<StoredScoreSum[]>;
  /** The tools that the counted sessions called. @throws TooManyGroupsError */
  tools(project: string, scan: ToolScan): Promise<StoredTools>;
  /** The errors of the counted sessions by shape. @throws TooManyGroupsError */
  errors(project: string, scan: ErrorScan): Promise<StoredErrors>;
  /** Sums of the counted sessions by the values of something. */
  groupSums(project: string, scan: GroupSumScan): Promise<StoredGroups>;
  /** Aggregates of the visits among the counted sessions. Each list has at most `limit` values. */
  visits(project: string, scan: VisitsScan): Promise<StoredVisits>;
  /**
   * For each name, its values and the number of sessions with each, most first, ties by the bytes of the value.
   * At most `limit`.
   */
  facets(project: string, scan: FacetScan): Promise<StoredFacets>;
  close(): Promise<void>;
}
