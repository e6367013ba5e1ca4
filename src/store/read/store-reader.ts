import { AttributeNormalizer } from '../../normalize/attribute-normalizer.js';
import { DIALECTS } from '../../normalize/dialects/registry.js';
import type { Normalizer } from '../../normalize/normalizer.js';
import { type OwnPrice, OwnPrices } from '../../normalize/own-prices.js';
import { createUsageReader } from '../../normalize/usage.js';
import { DEFAULT_PAGE_URLS, type PageUrlMode } from '../../normalize/visit/page-url.js';
import { createVisitReader } from '../../normalize/visit/visit-reader.js';
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
import type { FoundSessions, SessionScan, StoredSession } from '../contract/session.js';
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
} from '../contract/statistics.js';
import type { StoredOutline, StoredTrace, TraceScan, TraceSession } from '../contract/trace.js';
import type { StoredUsage, UsageScan } from '../contract/usage.js';
import { runLimitsOf } from '../engine/identity.js';
import { runLimits } from '../engine/user-runs.js';
import { SessionLists, type SessionListsOptions } from '../search/session-lists.js';
import type { EventLimits } from './event-pages.js';
import type { Snapshots } from './reads.js';
import { SessionDetails } from './session-details.js';

/** What readers of all stores are opened with. Cloneable. */
export interface StoreReaderOptions {
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
  /** Whether the store has an index of texts. */
  readonly contentSearch?: boolean;
  /** Up to this size, documents that may have a text are all looked through for a list, bytes. */
  readonly mostTextBytes?: number;
  /** Search limits for a page of events. */
  readonly eventLimits?: EventLimits;
  /** Memory for events of recently read groups, bytes. */
  readonly eventCacheBytes?: number;
}

/** How a reader interprets telemetry. The rows of sessions already have users and places. */
export function readerNormalizer({ prices = [], pageUrls }: StoreReaderOptions): Normalizer {
  return new AttributeNormalizer(undefined, createUsageReader(DIALECTS, new OwnPrices(prices)), {
    visit: createVisitReader({ pageUrls: pageUrls ?? DEFAULT_PAGE_URLS }),
  });
}

/**
 * Reads of one session. `sessionsBy` says how the rows were grouped by user (`EngineState.sessionsBy`); without
 * it, the options do.
 */
export function sessionDetails(
  snapshots: Snapshots,
  options: StoreReaderOptions,
  sessionsBy: string | undefined,
  normalizer: Normalizer,
  checkpoint: () => void,
): SessionDetails {
  return new SessionDetails(snapshots, {
    normalizer,
    checkpoint,
    pageUrls: options.pageUrls,
    byUser: byUserOf(options, sessionsBy),
    mostTogether: options.mostTogether,
    eventLimits: options.eventLimits,
    eventCacheBytes: options.eventCacheBytes,
  });
}

/** How traces were grouped by user; undefined if they were not. `sessionsBy` as in `sessionDetails`. */
export function byUserOf(
  { timeoutNs, sessionsByUser, mostTracesByUser }: StoreReaderOptions,
  sessionsBy: string | undefined,
): RunLimits | undefined {
  if (sessionsBy !== undefined) return runLimitsOf(sessionsBy);
  return sessionsByUser === true ? runLimits(timeoutNs, mostTracesByUser) : undefined;
}

/** Reads of many sessions. */
export function sessionLists(
  rows: Pick<SessionListsOptions, 'rows' | 'columnRows' | 'text'>,
  { timeoutNs, maxExamined, fewSessions, mostTextBytes }: StoreReaderOptions,
  checkpoint: () => void,
): SessionLists {
  return new SessionLists({
    ...rows,
    timeoutNs,
    checkpoint,
    ...(maxExamined !== undefined && { maxExamined }),
    ...(fewSessions !== undefined && { fewSessions }),
    ...(mostTextBytes !== undefined && { mostTextBytes }),
  });
}

/**
 * A reader made of reads of one session and reads of many. Each store decides from which rows a question is
 * answered.
 */
export abstract class StoreReader implements SessionReader {
  /** Runs a question about one session. It may be run again if rows are replaced meanwhile. */
  protected abstract askDetails<T>(question: (details: SessionDetails) => Promise<T>): Promise<T>;
  /** Runs a question about many sessions within one snapshot. The number of an unknown project is 0. */
  protected abstract askLists<T>(
    project: string,
    question: (lists: SessionLists, project: number) => Promise<T>,
  ): Promise<T>;
  abstract close(): Promise<void>;

  projects(): Promise<string[]> {
    return this.askDetails((details) => details.projects());
  }

  sessions(project: string, scan: SessionScan): Promise<FoundSessions> {
    return this.askLists(project, (lists, number) => lists.sessions(number, scan));
  }

  session(project: string, sessionId: string): Promise<StoredSession | undefined> {
    return this.askDetails((details) => details.session(project, sessionId));
  }

  nextSessions(project: string, sessionId: string, limit: number): Promise<string[]> {
    return this.askDetails((details) => details.nextSessions(project, sessionId, limit));
  }

  traces(project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]> {
    return this.askDetails((details) => details.traces(project, sessionId, scan));
  }

  trace(project: string, traceId: string): Promise<StoredTrace | undefined> {
    return this.askDetails((details) => details.trace(project, traceId));
  }

  span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined> {
    return this.askDetails((details) => details.span(project, traceId, spanId));
  }

  traceSessions(project: string, traceId: string): Promise<readonly TraceSession[] | undefined> {
    return this.askDetails((details) => details.traceSessions(project, traceId));
  }

  outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined> {
    return this.askDetails((details) => details.outline(project, sessionId, maxSpans));
  }

  records(project: string, sessionId: string, scan: RecordScan): Promise<FoundRecords | undefined> {
    return this.askDetails((details) => details.records(project, sessionId, scan));
  }

  groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]> {
    return this.askDetails((details) => details.groups(project, sessionId, scan));
  }

  groupsAt(project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]> {
    return this.askDetails((details) => details.groupsAt(project, sessionId, at));
  }

  pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]> {
    return this.askDetails((details) => details.pageGroups(project, sessionId, scan));
  }

  groupVersions(project: string, sessionId: string, known: KnownGroups): Promise<GroupVersions> {
    return this.askDetails((details) => details.groupVersions(project, sessionId, known));
  }

  usage(project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined> {
    return this.askDetails((details) => details.usage(project, sessionId, scan));
  }

  exceptions(project: string, sessionId: string, scan: ExceptionScan): Promise<FoundExceptions | undefined> {
    return this.askDetails((details) => details.exceptions(project, sessionId, scan));
  }

  events(project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined> {
    return this.askDetails((details) => details.events(project, sessionId, scan));
  }

  statistics(project: string, scan: StatisticsScan): Promise<Statistics> {
    return this.askLists(project, (lists, number) => lists.statistics(number, scan));
  }

  timeline(project: string, scan: TimelineScan): Promise<StoredTimeline> {
    return this.askLists(project, (lists, number) => lists.timeline(number, scan));
  }

  top(project: string, scan: TopScan): Promise<StoredTop> {
    return this.askLists(project, (lists, number) => lists.top(number, scan));
  }

  topCalls(project: string, scan: TopScan): Promise<StoredTopCalls> {
    return this.askLists(project, (lists, number) => lists.topCalls(number, scan));
  }

  scores(project: string, scan: ScoresScan): Promise<StoredScoreSum[]> {
    return this.askLists(project, (lists, number) => lists.scores(number, scan));
  }

  tools(project: string, scan: ToolScan): Promise<StoredTools> {
    return this.askLists(project, (lists, number) => lists.tools(number, scan));
  }

  errors(project: string, scan: ErrorScan): Promise<StoredErrors> {
    return this.askLists(project, (lists, number) => lists.errors(number, scan));
  }

  visits(project: string, scan: VisitsScan): Promise<StoredVisits> {
    return this.askLists(project, (lists, number) => lists.visits(number, scan));
  }

  groupSums(project: string, scan: GroupSumScan): Promise<StoredGroups> {
    return this.askLists(project, (lists, number) => lists.groups(number, scan));
  }

  facets(project: string, scan: FacetScan): Promise<StoredFacets> {
    return this.askLists(project, (lists, number) => lists.facets(number, scan));
  }
}
