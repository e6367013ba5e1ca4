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
import type { FoundSessions, SessionScan, StoredSession } from './session.js';
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
} from './statistics.js';
import type { StoredOutline, StoredTrace, TraceScan } from './trace.js';
import type { StoredUsage, UsageScan } from './usage.js';

/**
 * Reads of sessions. Every answer comes from one consistent snapshot. A read never writes. A session may have been folded under other settings (prices, how calls
 * are read). `session` and `usage` then answer by the current settings, and lists follow when the writer has folded it again.
 */
export interface SessionReader {
  /**
   * Sessions in list order (newest start first, ties by id descending), beginning next to `after`, at most `limit`.
   * With direction 'newer' they are those nearest before `after`, still in list order. A page costs the same however many sessions
   * there are: a store may stop searching early (`FoundSessions.stoppedAt`).
   */
  sessions(project: string, scan: SessionScan): Promise<FoundSessions>;
  session(project: string, sessionId: string): Promise<StoredSession | undefined>;
  /** Ids of the listed sessions that continue this one by their own account, earliest first, ties by id; at most `limit`. */
  nextSessions(project: string, sessionId: string, limit: number): Promise<string[]>;
  /** Traces with at least one span in the session, each with those of its spans that are in it; earliest start first, ties by trace id. */
  traces(project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]>;
  /** A whole trace, whatever sessions its spans are in. */
  trace(project: string, traceId: string): Promise<StoredTrace | undefined>;
  /** The winning version of a span as an OTLP `ExportTraceServiceRequest` message. Ids are lower-case hex digits. */
  span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined>;
  /** The traces with at least one span in the session, in the order of `traces`, each whole and summarised; at most `maxSpans` spans in all. */
  outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined>;
  /**
   * The records of a session with what they say about model calls, by group: a trace, or a minute of log records without a trace. Earliest
   * first, at most `limit` groups.
   */
  groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]>;
  /** Groups of a session by their keys, in the given order and with the given start; those that it does not have are left out. */
  groupsAt(project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]>;
  /** What the groups of a session say about pages and web vitals, and when they were. Otherwise like `groups`; reads only the facts of records. */
  pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]>;
  /** Versions of the groups of a session, by which a cache of what was derived from them can be checked. Reads no records. */
  groupVersions(project: string, sessionId: string, known: KnownGroups): Promise<GroupVersions>;
  /**
   * What the session's records say about model calls, beginning next to `after`, at most `limit` records: by group, and within a group by
   * time. Undefined where there is no such session. A page costs the groups that it looks at, each of them whole; a large one is cached for the next page. Where
   * calls on the page may be the same as calls of other groups, the first such page costs a reading of the whole session, of up to `MOST_TOGETHER` records. In a
   * session with more records its calls are not compared over groups. A store may stop searching early.
   */
  usage(project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined>;
  /**
   * The exceptions of a session, each once, earliest first. Those of a session of up to some thousand traces and records are merged together, which costs a reading of
   * the whole session. In a larger one, they are merged for a part of the traces at a time. Undefined where there is no such session.
   */
  exceptions(project: string, sessionId: string, scan: ExceptionScan): Promise<FoundExceptions | undefined>;
  /**
   * The log records of a session, each once, and its span events where they are asked for, by time and then by id. Undefined where there is no such session. A page
   * costs the groups with events in its range of time, each of them whole; large ones are cached for the next page. A store may stop searching early.
   */
  events(project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined>;
  statistics(project: string, scan: CountedSessions): Promise<Statistics>;
  /** Counts of sessions by the time of their start. */
  timeline(project: string, scan: TimelineScan): Promise<StoredTimeline>;
  /** The counted sessions with the greatest known cost or duration, and how many calls are missing from those costs. */
  top(project: string, scan: TopScan): Promise<StoredTop>;
  /** Aggregates of the visits among the counted sessions; at most `limit` values of each list. */
  visits(project: string, scan: VisitsScan): Promise<StoredVisits>;
  /** For each name: its values and how many sessions have each, most first, ties by value; at most `limit`. */
  facets(project: string, limit: number): Promise<StoredFacets>;
  close(): Promise<void>;
}
