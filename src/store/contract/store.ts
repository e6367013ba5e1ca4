import type { ExceptionTexts } from '../../normalize/exception-texts.js';
import type {
  ExceptionChannel,
  ExceptionFacts,
  NotRead,
  PageView,
  Usage,
  VisitFacts,
  VitalName,
} from '../../normalize/facts.js';
import type { UsageNumber } from '../../normalize/usage-numbers.js';
import type { LogRecordView, SpanEventView, SpanView } from '../../otlp/read.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { Client, Geo, VisitView, VitalsView } from '../../sessionize/session-view.js';
import type { NotCounted } from '../../sessionize/usage.js';
import type { PageSources } from '../../sessionize/visit.js';

/** The project that everything belongs to until keys say otherwise. */
export const DEFAULT_PROJECT = 'default';

/**
 * Where telemetry is kept. An implementation holds to three rules:
 * - `append` resolves only when every record of the batch is on disk, and rejects when none is.
 * - What is appended twice is kept once (DESIGN 5); a batch of known records resolves and changes nothing.
 * - What `SessionReader` answers is the fold of the set of accepted records (`sessionize/SPEC.md`), whatever their
 *   order or batches. It includes an acknowledged record at once when the store is idle, and within
 *   500 ms under load.
 */
export interface SessionWriter {
  /** Takes ownership of `batch`: its buffers may be moved to another thread. */
  append(project: string, batch: RecordBatch): Promise<AppendResult>;
  /** Marks a session as invalidated by the operator; resolves to false where there is no such session. */
  invalidate(project: string, sessionId: string): Promise<boolean>;
  /**
   * Tells `listener` of every session that is new, has changed or is gone, when readers see it, and of those that are listed as timed out.
   * Resolves when no change from then on is missed. Costs nothing while nobody listens.
   */
  watch(listener: SessionListener): Promise<Watch>;
  /** Finishes what was accepted, writes all derived rows, and releases the data. */
  close(): Promise<void>;
}

/** Ids of one project's sessions, each once. */
export type SessionListener = (project: string, sessionIds: readonly string[]) => void;

export interface Watch {
  /** The listener is told nothing more. */
  end(): void;
}

export interface AppendResult {
  /** Records that were new. */
  readonly stored: number;
  /** Spans that took the place of an earlier version of themselves. */
  readonly replaced: number;
  /** Records that were known already, or older versions of known spans. */
  readonly duplicates: number;
}

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

export interface SessionPosition {
  readonly startNs: bigint;
  readonly id: string;
}

export interface FoundSessions {
  readonly sessions: StoredSession[];
  /**
   * Where the search was given up before `limit` sessions were found: all that match up to here, in the direction of the scan, are among
   * `sessions`; there may be more beyond. Missing where `limit` sessions were found, or all.
   */
  readonly stoppedAt?: SessionPosition;
}

/** Which sessions are asked for; together the conditions mean *and*. Of a list of values a session has to have any; none has one of an empty list. */
export interface SessionFilter {
  /** Exact match on any user id of the session. */
  readonly userIds?: readonly string[];
  /** true: active or idle; false: ended, timed out or invalidated. */
  readonly open?: boolean;
  readonly states?: readonly StateFilter[];
  /** Inclusive bounds of the session's start, nanoseconds since 1970. */
  readonly startFromNs?: bigint;
  readonly startToNs?: bigint;
  /** Least last activity, inclusive, nanoseconds since 1970. */
  readonly lastFromNs?: bigint;
  /** The session's services, models and providers, matched whole. */
  readonly services?: readonly string[];
  readonly models?: readonly string[];
  readonly providers?: readonly string[];
  /** `unknown` also matches sessions without one. */
  readonly deviceTypes?: readonly string[];
  /** true: only sessions of bots, by their type of device; false: none of them. */
  readonly bots?: boolean;
  readonly countryCodes?: readonly string[];
  /** Versions of the page or app, matched whole. */
  readonly releases?: readonly string[];
  /** Begin of the address, path or route of a page, or of the name of a screen. */
  readonly pagePrefix?: string;
  /** Whether there are errors: failed spans or exceptions. */
  readonly errors?: boolean;
  /** Whether there are crashes. */
  readonly crashes?: boolean;
  /** Whether nothing in it is there by a session id: it is named by its trace alone (S16). */
  readonly implicit?: boolean;
  /** Least number of spans. */
  readonly minSpans?: number;
  /** Least number of spans of those that are implicit; all others match. */
  readonly minTraceSpans?: number;
  /** Least last activity − start, ns. */
  readonly minDurationNs?: bigint;
  /** Least known cost, nano-USD; sessions without a known cost never match. */
  readonly minCostNanoUsd?: bigint;
}

/** A state (DESIGN 6) and what tells the open ones apart. */
export type StateFilter =
  | { readonly name: 'ended' | 'timed_out' | 'invalidated' }
  /** A session whose last activity is later than `activeAfterNs` is active. Not before the store's own time-out. */
  | { readonly name: 'active' | 'idle'; readonly activeAfterNs: bigint };

export interface SessionScan extends SessionFilter {
  readonly after?: SessionPosition;
  readonly direction: 'older' | 'newer';
  readonly limit: number;
  /** The time of the request in nanoseconds, which state is judged by. */
  readonly nowNs: bigint;
}

/** One session as the store keeps it. `state` is not kept: it follows from these fields and the time. */
export interface StoredSession {
  readonly id: string;
  readonly startNs: bigint;
  /** Latest span end or log time. */
  readonly lastNs: bigint;
  /** Times of its records that are not believed; left out where there is none. */
  readonly timesSetAside?: number;
  readonly traceCount: number;
  readonly spanCount: number;
  readonly errorCount: number;
  /** Exceptions, however told, each once, and those of them that were crashes; left out where there is no exception. */
  readonly exceptionCount?: number;
  readonly crashCount?: number;
  /** Sorted by code unit. */
  readonly services: readonly string[];
  /** Latest time at which a `session.end`, or the `session.start` of a successor, said that it ended. */
  readonly endMarkNs?: bigint;
  /** Whether nothing in it began after that. */
  readonly hasEnded?: true;
  readonly invalidated: boolean;
  /** Whether nothing in it is there by a session id: it is named by its trace alone (S16). */
  readonly isImplicit?: true;
  /** Whether no list has it, whatever its filters (S16); told of a session that was asked for by its id. */
  readonly isUnlisted?: true;
  readonly userId?: string;
  /** User ids that the session is found by besides `userId` (S30). */
  readonly otherUserIds?: readonly string[];
  readonly client?: Client;
  readonly geo?: Geo;
  readonly genai?: StoredGenAiUsage;
  /** The session that this one continues, as its `session.start` said. */
  readonly previousId?: string;
  /** Whose pages count; left out where nobody tells of any. */
  readonly pageSources?: PageSources;
  readonly visit?: VisitView;
  readonly vitals?: VitalsView;
  /** Places of its pages by which it is found (S53), sorted by code unit. */
  readonly places?: readonly string[];
  /** Version of the page or app, else of a backend. */
  readonly release?: string;
  readonly deviceModel?: string;
  readonly osVersion?: string;
  readonly connection?: string;
}

export interface StoredGenAiUsage {
  /** Calls known one by one; 0 where only metrics tell of usage. */
  readonly requestCount: number;
  /** Tokens, exact. */
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Sorted by code unit. */
  readonly models: readonly string[];
  readonly providers: readonly string[];
  /** Sum over the calls whose cost is known, in nano-USD; missing when none is known. */
  readonly costNanoUsd?: bigint;
  /** Counted calls with tokens and no known cost. */
  readonly unpricedCount: number;
  /** Counted calls whose number of tokens nobody told. */
  readonly unreportedCount: number;
}

/** By how many calls a total may be too low. */
export interface UsageGaps {
  /** Model calls that count, with tokens and without a known cost. */
  readonly unpricedCount: number;
  /** Model calls that count, whose number of tokens nobody told. */
  readonly unreportedCount: number;
}

export interface TracePosition {
  readonly startNs: bigint;
  /** 32 lower-case hex digits. */
  readonly traceId: string;
}

export interface TraceScan {
  readonly after?: TracePosition;
  /** 'forward' is later start, 'backward' earlier; the answer is in list order either way. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /**
   * OTLP bytes after which no more traces are read: the one that goes beyond is the last. There are two at least, where there
   * are, so that it is seen whether one comes after the first.
   */
  readonly maxBytes?: number;
}

export interface StoredTrace {
  /** Where the trace stands in the session's list: the earliest start of its spans there. */
  readonly position: TracePosition;
  /** The winning version of each span, of a session's trace of those in the session, as one OTLP `ExportTraceServiceRequest` message. */
  readonly otlp: Uint8Array;
}

export interface StoredOutline {
  readonly traces: readonly OutlineTrace[];
  /** Whether spans are missing: the last of the last trace, and all traces behind it. */
  readonly truncated: boolean;
}

export interface OutlineTrace {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** Over all of its spans. One that ends before it starts counts as a point. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** By start, ties by id. */
  readonly spans: readonly OutlineSpan[];
}

export interface OutlineSpan {
  /** 16 lower-case hex digits each. */
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly statusCode: number;
  readonly service?: string;
  /** The session it is in, where that is another one. */
  readonly sessionId?: string;
}

export interface GroupPosition {
  /** Earliest time of its records in the session: of its spans where it has any. */
  readonly startNs: bigint;
  /** Lower-case hex digits: the trace id, or longer what tells log records without a trace apart. */
  readonly key: string;
}

export interface GroupScan {
  readonly after?: GroupPosition;
  readonly limit: number;
  /** OTLP bytes after which no more groups are read: the one that goes beyond is the last. */
  readonly maxBytes?: number;
}

export interface KnownGroups {
  /** As this reader gave it. */
  readonly stamp?: number;
  /** How many groups, from the first. */
  readonly count: number;
}

export interface GroupVersions {
  /** Another one where anything in the store may have changed. */
  readonly stamp: number;
  /** Versions of the first groups, as in `StoredGroup`, each with a line feed behind it; missing where the stamp is the known one. */
  readonly versions?: string;
}

export interface StoredGroup {
  readonly position: GroupPosition;
  /** All that the group's place, records and carriers depend on: a text of one line, for comparison. */
  readonly version: string;
  /** Missing for log records without a trace. */
  readonly traceId?: string;
  /** The records of the group that are in the session, as an OTLP ExportTraceServiceRequest and an ExportLogsServiceRequest. */
  readonly spans: Uint8Array;
  readonly logs: Uint8Array;
  /** All records of the session in this group that say something about a model call, by time. */
  readonly carriers: readonly StoredCarrier[];
  /** Of those of its records that tell of a visit or of exceptions; left out where none does. */
  readonly facts?: readonly StoredFacts[];
}

/** What a record tells of a visit and of exceptions. */
export interface StoredFacts {
  readonly record: RecordId;
  /** The service of the record, which need not be `service.name` of its resource (docs/visits.md). */
  readonly service?: string;
  readonly visit?: VisitFacts;
  /** Those that count in their group (S60), where they were told first. */
  readonly exceptions?: readonly PlacedException[];
}

export interface PlacedException extends ExceptionFacts {
  /** Of one that an event of a span tells: its number among those events. */
  readonly event?: number;
}

/** A group as far as it tells of pages. */
export interface StoredPageGroup {
  readonly position: GroupPosition;
  /** As in `StoredGroup`. */
  readonly version: string;
  /** Least start and greatest end of the group's records in the session. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly recordCount: number;
  readonly pages: readonly StoredPage[];
  /** Of its records those that tell of web vitals; left out where none does. */
  readonly vitals?: Pick<StoredGroup, 'traceId' | 'spans' | 'logs' | 'facts'>;
}

/** A record that tells of a page or screen that was entered. */
export interface StoredPage {
  readonly record: RecordId;
  /** Start of the span, or time of the log record. */
  readonly timeNs: bigint;
  readonly page: PageView;
}

/** Records of a session, whatever their kind, up to which its calls are compared with those of other groups for a page of its usage. */
export const MOST_TOGETHER = 25_000;

/** Where a record stands among those of its session. */
export interface UsagePosition {
  readonly group: GroupPosition;
  readonly timeNs: bigint;
  /** Span id or digest in hex digits, and `+` behind it for the rest of a sum; empty is before all of that time. */
  readonly record: string;
}

export interface UsageScan {
  readonly after?: UsagePosition;
  /** 'forward' is later, 'backward' earlier; the answer is in list order either way. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
}

export interface StoredUsage {
  readonly session: StoredSession;
  /** In list order. The sum of all that count, over all pages, is the session's `genai`. */
  readonly records: readonly StoredUsageRecord[];
  /** Where the search was given up before `limit` records were found; there may be more beyond. */
  readonly stoppedAt?: UsagePosition;
  /** Calls of different groups may be one, and were not compared: the session has too many records. What counts twice here counts once in `session`. */
  readonly isApart?: true;
}

export type StoredUsageRecord = { readonly position: UsagePosition } & (
  | (StoredCarrier & {
      /** Numbers that look like usage and were not read. */
      readonly unread: readonly UsageNumber[];
    })
  | StoredUnread
);

/** A record that says nothing of model calls as far as any dialect knows, and has numbers that look like it. */
export interface StoredUnread {
  readonly record: RecordId;
  readonly timeNs: bigint;
  readonly signal: 'span' | 'log';
  readonly dialect?: string;
  readonly scope?: string;
  readonly usage?: undefined;
  readonly unread: readonly UsageNumber[];
  readonly reason: NotRead;
}

/** A record by its ids, in lower-case hex digits. */
export interface RecordId {
  /** Missing for a log record without a trace. */
  readonly traceId?: string;
  /** Of a span. */
  readonly spanId?: string;
  /** Of a log record: the digest of its content. */
  readonly logId?: string;
}

/** A record that says something about a model call, and whether it counts (docs/usage.md). */
export interface StoredCarrier {
  readonly record: RecordId;
  /** Start of the span, or time of the log record. */
  readonly timeNs: bigint;
  /** What it says, with what it has borrowed. */
  readonly usage: Usage;
  /** Why it does not count; missing where it does. */
  readonly reason?: NotCounted;
  /** The record that counts in its place, or beats it. */
  readonly by?: RecordId;
  /** The session that `by` is in, where that is another one. */
  readonly bySession?: string;
  /** Of one that counts: another record that counts and has an id in common with it, though they are two calls (U16). */
  readonly sharesIdWith?: RecordId;
}

/** Where an exception stands among those that are told together. */
export interface ExceptionPosition {
  readonly firstNs: bigint;
  /** A short text without spaces, equal for the same exception of the same service. */
  readonly kind: string;
}

export interface ExceptionScan {
  /** The groups behind this one are looked at; all from the first where it is left out. */
  readonly behind?: GroupPosition;
  /** Of what is told in them, what comes after this. */
  readonly after?: ExceptionPosition;
  readonly limit: number;
}

export interface FoundExceptions {
  readonly exceptions: readonly StoredException[];
  /** Where it goes on; missing where there is nothing more. */
  readonly next?: Pick<ExceptionScan, 'behind' | 'after'>;
}

/** An exception of a service, with all that tell of it. */
export interface StoredException extends ExceptionTexts {
  readonly position: ExceptionPosition;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly service?: string;
  readonly channels: readonly ExceptionChannel[];
  /** How often it was thrown, and how often it was a crash. */
  readonly count: number;
  readonly crashCount: number;
  /** The first record that tells of it. */
  readonly record: RecordId;
  /** A span that it is told on. */
  readonly span?: RecordId;
}

/** Where an event stands among those of its session. */
export interface EventPosition {
  /** Of a log record its time, or that of its observation. Of a span event its time, within its span: one that is outside stands at the nearer end. */
  readonly timeNs: bigint;
  /** Of a log record the digest of its content in hex digits; of a span event `spanEventId`. Empty is before all of that time. */
  readonly id: string;
}

/** The id of an event of a span: its trace and span id, and its place among the span's events, such that these are in order. */
export function spanEventId(traceId: string, spanId: string, index: number): string {
  return `${traceId}-${spanId}-${String(index).padStart(4, '0')}`;
}

/** Which events are asked for; together the conditions mean *and*. */
export interface EventFilter {
  /** Matched whole; any of them. */
  readonly names?: readonly string[];
  /** SeverityNumber, 1 to 24. Events without one do not match, but span events named `exception` count as errors. */
  readonly minSeverity?: number;
  /** Whether span events are among them. */
  readonly spanEvents?: boolean;
  /** Those of one trace; lower-case hex digits. */
  readonly traceId?: string;
}

export interface EventScan extends EventFilter {
  readonly after?: EventPosition;
  /** 'forward' is later, 'backward' earlier; the answer is in order of time either way. */
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  /** Bytes after which no more events are read: the one that goes beyond is the last, and there are two at least, where there are. */
  readonly maxBytes?: number;
}

export interface FoundEvents {
  readonly events: readonly StoredEvent[];
  /** Where the search was given up before `limit` events were found; there may be more beyond. */
  readonly stoppedAt?: EventPosition;
}

export type StoredEvent = {
  readonly position: EventPosition;
  /** Bytes of the event, its resource and its scope. */
  readonly size: number;
} & (
  | { readonly kind: 'log'; readonly log: LogRecordView }
  | { readonly kind: 'span_event'; readonly event: SpanEventView; readonly span: SpanView }
);

/** Sessions that started in a range of time, and were active at an instant or later; both bounds of the start are inclusive. */
export type SessionRange = Pick<SessionFilter, 'startFromNs' | 'startToNs' | 'lastFromNs'>;

/**
 * Sessions that are counted. Of a range alone, counts come from sums that are kept ready. Under any other filter the sessions of the
 * range are looked at, so that what is read grows with their number; the counts are as exact.
 */
export interface CountedSessions extends SessionFilter {
  /** The time of the request in nanoseconds, which state is judged by. */
  readonly nowNs: bigint;
}

export interface TopScan extends CountedSessions {
  readonly by: 'cost' | 'duration';
  readonly limit: number;
}

export interface StoredTop extends UsageGaps {
  /** Greatest first, ties in list order. */
  readonly sessions: readonly StoredSession[];
}

/** Whole-number facts about the sessions that are counted. */
export interface Statistics extends UsageGaps {
  readonly openSessions: number;
  readonly totalSessions: number;
  readonly uniqueUsers: number;
  /** Sum of last activity − start, in whole microseconds per session. */
  readonly durationMicros: bigint;
  readonly sessionsWithErrors: number;
  readonly sessionsWithGenAi: number;
  /** Sessions with at most one span. */
  readonly bounces: number;
  readonly byDeviceType: ReadonlyMap<string, number>;
  /** Sessions per ISO 3166-1 alpha-2 code, with the name kept for it. */
  readonly byCountry: ReadonlyMap<string, { readonly name: string | undefined; readonly count: number }>;
}

export interface TimelineScan extends CountedSessions {
  /** Inclusive, and not before `startFromNs`. */
  readonly startToNs: bigint;
  /** Length of a step for a range from this on, ns: whole minutes, and whole hours or days where it is longer than one. */
  stepFor(fromNs: bigint): bigint;
}

export interface StoredTimeline {
  /** Where the steps begin: the later of `startFromNs` and `lastFromNs`; where both are left out, the step of the first session that is counted. */
  readonly fromNs: bigint;
  readonly stepNs: bigint;
  /** By the number of steps since 1970; steps without a session are missing. */
  readonly points: ReadonlyMap<bigint, TimelineSum>;
  /** The counted sessions that started before the steps begin; missing where there is none. */
  readonly earlier?: TimelineSum;
  /** Of the calls that name a model, by its name; without sessions. */
  readonly models: ReadonlyMap<string, TimelineSum>;
}

export interface TimelineSum extends UsageGaps {
  readonly sessions: number;
  readonly sessionsWithErrors: number;
  /** Model calls that count. */
  readonly calls: number;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  /** Missing where the cost of no call is known. */
  readonly costNanoUsd?: bigint;
}

export interface VisitsScan extends CountedSessions {
  /** Most values of a list. */
  readonly limit: number;
}

/** Lists of values: most sessions first, ties by value. */
export interface StoredVisits {
  /** Sessions with a page view. */
  readonly visits: number;
  readonly pageViews: number;
  readonly releases: readonly StoredRelease[];
  /** Addresses of the first pages and the last ones; their names where they have none. */
  readonly entries: readonly StoredFacet[];
  readonly exits: readonly StoredFacet[];
  /** Of those that a session tells. */
  readonly vitals: ReadonlyMap<VitalName, VitalSums>;
}

export interface StoredRelease extends StoredFacet {
  readonly withErrors: number;
  readonly withCrashes: number;
}

/** Of the sessions that tell a vital their number, and percentiles of their worst values, by nearest rank. */
export interface VitalSums {
  readonly sessions: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

/** Values that sessions can be filtered by. */
export interface StoredFacets {
  readonly services: readonly StoredFacet[];
  readonly models: readonly StoredFacet[];
  readonly providers: readonly StoredFacet[];
  readonly countryCodes: readonly StoredFacet[];
  /** Sessions that do not say are `unknown`. */
  readonly deviceTypes: readonly StoredFacet[];
  readonly releases: readonly StoredFacet[];
}

export interface StoredFacet {
  readonly value: string;
  readonly count: number;
}
