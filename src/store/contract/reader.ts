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
 * Reads of sessions. Every answer comes from one consistent snapshot. A read never writes: of a session that was folded under other settings (prices, how calls are
 * read), `session` and `usage` tell what its calls are under today's, and lists follow when the writer has folded it again.
 */
export interface SessionReader {
  /**
   * Sessions in list order (newest start first, ties by id descending), beginning next to `after`, at most `limit`.
   * With direction 'newer' they are the ones nearest before `after`, still in list order. A page costs the same however many sessions
   * there are: a store may give up looking for more.
   */
  sessions(project: string, scan: SessionScan): Promise<FoundSessions>;
  session(project: string, sessionId: string): Promise<StoredSession | undefined>;
  /** Ids of the listed sessions that say that they continue this one, earliest first, ties by id; at most `limit`. */
  nextSessions(project: string, sessionId: string, limit: number): Promise<string[]>;
  /** Traces with at least one span in the session, each with those of its spans that are in it; earliest start first, ties by trace id. */
  traces(project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]>;
  /** A whole trace, whatever sessions its spans are in. */
  trace(project: string, traceId: string): Promise<StoredTrace | undefined>;
  /** The winning version of a span as an OTLP `ExportTraceServiceRequest` message. Ids are lower-case hex digits. */
  span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined>;
  /** The traces with at least one span in the session, in the order of `traces`, each whole and in short; at most `maxSpans` spans in all. */
  outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined>;
  /**
   * The records of a session, a trace or a minute of log records without a trace at a time, with what they say of model calls: earliest
   * first, at most `limit`.
   */
  groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]>;
  /** Groups of a session by their keys, in this order; those that it does not have are left out. Their start is the given one. */
  groupsAt(project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]>;
  /** What the groups of a session tell of pages and web vitals, and where they lie in time. Otherwise as `groups`; reads the facts of records only. */
  pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]>;
  /** What the groups of a session are now, for who keeps what was worked out of them. Reads no records. */
  groupVersions(project: string, sessionId: string, known: KnownGroups): Promise<GroupVersions>;
  /**
   * What the session's records say of model calls, beginning next to `after`, at most `limit` records in list order: by group, and within one by
   * time. Undefined where there is no such session. A page costs the groups it looks at, each of them whole; a large one is kept for the page behind it. Where calls
   * on it may be the same as calls of other groups, the first such page costs a reading of the whole session, of up to `MOST_TOGETHER` records; in a session with
   * more of them its calls are left apart. A store may give up looking for more.
   */
  usage(project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined>;
  /**
   * The exceptions of a session, each told once, earliest first. Those of a session of up to some thousand traces and records are told together, which costs a reading of the whole
   * session; beyond it a part of the traces at a time. Undefined where there is no such session.
   */
  exceptions(project: string, sessionId: string, scan: ExceptionScan): Promise<FoundExceptions | undefined>;
  /**
   * The log records of a session, each once, and its span events where they are asked for, by time and then by id. Undefined where there is no such session. A page
   * costs the groups with events in its range of time, each of them whole; large ones are kept for the page behind it. A store may give up looking for more.
   */
  events(project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined>;
  statistics(project: string, scan: CountedSessions): Promise<Statistics>;
  /** The sessions that are counted, by the time of their start. */
  timeline(project: string, scan: TimelineScan): Promise<StoredTimeline>;
  /** Of the sessions that are counted those with the greatest cost (of those with one) or duration, and what no cost of theirs has in it. */
  top(project: string, scan: TopScan): Promise<StoredTop>;
  /** Sums over the visits among the sessions that are counted; of each list of values at most `limit`. */
  visits(project: string, scan: VisitsScan): Promise<StoredVisits>;
  /** For each name: its values and how many sessions have each, most first, ties by value; at most `limit`. */
  facets(project: string, limit: number): Promise<StoredFacets>;
  close(): Promise<void>;
}
