import { DEFAULT_CONVERSATION_LIMIT } from '../contract/conversation.js';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  type FilterDigest,
  filterDigest,
} from '../contract/cursor.js';
import { ApiError } from '../contract/errors.js';
import { DEFAULT_EVENT_LIMIT } from '../contract/event.js';
import { DEFAULT_EXCEPTION_LIMIT } from '../contract/exception.js';
import { MOST_FACETS } from '../contract/facets.js';
import { DEFAULT_GROUP_LIMIT } from '../contract/groups.js';
import { parseMediaId } from '../contract/media.js';
import { MAX_COLUMN_SPANS, MAX_OUTLINE_SPANS } from '../contract/outline.js';
import { MOST_LISTED_SCORES } from '../contract/score.js';
import { MOST_SCORE_SUMS } from '../contract/score-statistics.js';
import { DEFAULT_SESSION_LIMIT, MOST_NEXT_SESSIONS } from '../contract/session.js';
import type { SessionState } from '../contract/session-state.js';
import type { TextFilter } from '../contract/text-filter.js';
import { DEFAULT_TABLE_LIMIT } from '../contract/tools-errors.js';
import { DEFAULT_TOP_LIMIT } from '../contract/top.js';
import { DEFAULT_TRACE_LIMIT } from '../contract/trace.js';
import { DEFAULT_USAGE_LIMIT } from '../contract/usage.js';
import { DEFAULT_PAGES_LIMIT } from '../contract/visit.js';
import { MOST_VISIT_VALUES } from '../contract/visits.js';
import { mediaContent } from '../conversation/conversation.js';
import type { OwnPrices } from '../normalize/own-prices.js';
import { SCORE_EVENT } from '../normalize/score-terms.js';
import type { PageUrlMode } from '../normalize/visit/page-url.js';
import { readSpans } from '../otlp/read.js';
import type { EventPosition, StoredEvent } from '../store/contract/event.js';
import type { StoredGroup } from '../store/contract/group.js';
import type { SessionReader } from '../store/contract/reader.js';
import type {
  ListedSession,
  SessionPosition,
  SessionScan,
  StoredSession,
} from '../store/contract/session.js';
import type { SessionRange } from '../store/contract/session-filter.js';
import { averageOf } from '../store/contract/session-item.js';
import type { CountedSessions } from '../store/contract/statistics.js';
import type { StoreCapabilities } from '../store/contract/store.js';
import type { StoredTrace } from '../store/contract/trace.js';
import { canonicalText, type TextQuery } from '../text-search/text-query.js';
import { ConversationIndex } from './conversation-index.js';
import { turnItem } from './conversation-item.js';
import { ConversationList } from './conversation-list.js';
import { eventItem } from './event-item.js';
import { EventList } from './event-list.js';
import { decodePlace, encodePlace, exceptionItem } from './exception-item.js';
import { exportPart } from './export/export-queries.js';
import { SessionContent } from './export/session-content.js';
import { facetsItem, NO_FACETS } from './facets.js';
import { given } from './given.js';
import { groupedBy, groupsItem, NO_GROUPS, percentilesItem } from './groups.js';
import { outlineColumns, outlineItem } from './outline-item.js';
import { type KeysetList, MAX_PAGE_WEIGHT, type Page, readPage } from './page.js';
import type {
  ChangesRequest,
  ConversationRequest,
  CountRequest,
  ErrorRequest,
  EventListRequest,
  ExceptionRequest,
  ExportRequest,
  FacetRequest,
  GroupRequest,
  PagesRequest,
  QueryService,
  ScoreSubject,
  SessionListRequest,
  StatisticsRequest,
  TimelineRequest,
  ToolRequest,
  TopRequest,
  TraceListRequest,
  UsageRequest,
} from './query-service.js';
import { isOwnScore, latestGiven, scoreItems } from './score-item.js';
import {
  changesText,
  conversationPageJson,
  errorStatisticsJson,
  eventPageJson,
  exceptionPageJson,
  facetsJson,
  groupsJson,
  type ItemParts,
  outlineJson,
  pageFields,
  scoreListJson,
  scorePlaceJson,
  scoreStatisticsJson,
  sessionJson,
  sessionPageJson,
  sessionTopJson,
  spanJson,
  statisticsJson,
  timelineJson,
  toolStatisticsJson,
  topCallsJson,
  traceJson,
  tracePageJson,
  traceSessionsJson,
  usageJson,
  visitPageJson,
  visitsJson,
} from './serialize.js';
import { filterTexts, isRangeOnly, isUnfiltered, matchesFilter, sessionFilter } from './session-filter.js';
import { SessionIndexes } from './session-indexes.js';
import { listedItemStart, sessionItem } from './session-item.js';
import { spanItem } from './span-item.js';
import { type StateLimits, stateOf, statesAt } from './state.js';
import { NO_SESSIONS, statisticsItem } from './statistics.js';
import { ListedText, NO_SEARCH, parsedText } from './text-search.js';
import { emptyTimeline, stepFor, timelineItem } from './timeline.js';
import { errorsItem, NO_ERRORS, NO_TOOLS, toolsItem } from './tools-errors.js';
import { topCallsIn } from './top-calls.js';
import { traceItem } from './trace-item.js';
import { usageItem, usageTotals } from './usage-item.js';
import { byTime, UsageList } from './usage-list.js';
import { VisitIndex } from './visit-index.js';
import { pageItem } from './visit-item.js';
import { readVisit } from './visit-list.js';
import { NO_VISITS, visitsItem } from './visits.js';

export interface SessionQueriesOptions extends StateLimits {
  /** Closed together with the queries. */
  readonly reader: SessionReader;
  readonly project: string;
  /** The operator's own prices. Default: none. */
  readonly ownPrices?: OwnPrices;
  /** The stored forms that a user id in a filter may have (DESIGN 7). */
  userIdCandidates(userId: string): string[];
  /** Which parts of page addresses are stored. Default: `path`. */
  readonly pageUrls?: PageUrlMode;
  /** The abilities of the reader's store. Default: all. */
  readonly capabilities?: Partial<Pick<StoreCapabilities, 'filteredCounts' | 'contentSearch'>>;
  /** The time in nanoseconds since 1970. */
  now(): bigint;
}

/** What is known about recently read sessions, of all projects. */
interface Indexes {
  readonly conversations: SessionIndexes<ConversationIndex>;
  readonly visits: SessionIndexes<VisitIndex>;
  /** Of exports, which read many sessions once each. */
  readonly exported: SessionIndexes<ConversationIndex>;
}

function indexesOver(reader: SessionReader): Indexes {
  const conversation = (project: string, id: string) => new ConversationIndex(reader, project, id);
  return {
    conversations: new SessionIndexes(conversation),
    exported: new SessionIndexes(conversation),
    visits: new SessionIndexes((project, id) => new VisitIndex(reader, project, id)),
  };
}

/** The Sessions API of all projects over one reader, in this thread. */
export class ProjectQueries {
  readonly #options: Omit<SessionQueriesOptions, 'project'>;
  readonly #indexes: Indexes;

  constructor(options: Omit<SessionQueriesOptions, 'project'>) {
    this.#options = options;
    this.#indexes = indexesOver(options.reader);
  }

  of(project: string): QueryService {
    return new SessionQueries({ ...this.#options, project }, this.#indexes);
  }

  /** Closes the reader. */
  close(): Promise<void> {
    return this.#options.reader.close();
  }
}

/** The Sessions API over a reader, in this thread. Each request uses one time for states and filters. */
export class SessionQueries implements QueryService {
  readonly #options: SessionQueriesOptions;
  readonly #indexes: Indexes;

  constructor(options: SessionQueriesOptions, indexes: Indexes = indexesOver(options.reader)) {
    this.#options = options;
    this.#indexes = indexes;
  }

  async projects(): Promise<Uint8Array> {
    return Uint8Array.from(Buffer.from(JSON.stringify(await this.#options.reader.projects())));
  }

  async list(query: SessionListRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const nowNs = this.#options.now();
    const text = this.#textOf(query);
    const { sort = 'start', order = 'desc' } = query;
    const filters = filterDigest('sessions', [
      project,
      ...filterTexts(query),
      ...(text === undefined ? [] : [canonicalText(text)]),
      // Cursors of the usual order stay as they were before there were others.
      ...(sort === 'start' && order === 'desc' ? [] : [`sort=${sort} ${order}`]),
    ]);
    const cursor = openCursor(query.cursor, filters);
    const filter = {
      ...sessionFilter(query, nowNs, this.#options),
      nowNs,
      ...(text && { text }),
      ...(sort !== 'start' && { sort }),
    };
    const searched = new ListedText();
    const isAscending = order === 'asc';
    const sessions: KeysetList<ListedSession> = {
      order: isAscending ? 'ascending' : 'descending',
      read: async (direction, after, limit) => {
        const isOlder = (direction === 'next') !== isAscending;
        const found = await reader.sessions(project, sessionScan(filter, isOlder, after, limit));
        searched.add(found.searched);
        // The reader lists the newest or greatest first.
        const items = isAscending ? found.sessions.reverse() : found.sessions;
        return { items, ...(found.stoppedAt && { stoppedAt: found.stoppedAt }) };
      },
      positionOf: ({ amount, startNs, id }) => ({ ...(amount !== undefined && { amount }), startNs, id }),
    };
    const stateAt = statesAt(nowNs, this.#options);
    const page: Page<ListedSession> = isEmptyRange(filter)
      ? { items: [] }
      : await readPage(sessions, query.limit ?? DEFAULT_SESSION_LIMIT, cursor);
    const fields = pageFields(
      page,
      (session) => searched.withMatches(itemParts(session, stateAt(session)), session.id),
      (link) => encodeCursor(link, filters),
    );
    return sessionPageJson(text === undefined ? fields : { ...fields, search: searched.item() });
  }

  async changes({ sessionIds, filters }: ChangesRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const nowNs = this.#options.now();
    const stored = await Promise.all(sessionIds.map((id) => reader.session(project, id)));
    const items = stored.map(
      (session) => session && sessionItem(session, stateOf(session, nowNs, this.#options)),
    );
    const matches = filters.map((query) => {
      const filter = sessionFilter(query, nowNs, this.#options);
      return stored.flatMap((session, index) =>
        session && matchesFilter(session, filter, nowNs, this.#options) ? [index] : [],
      );
    });
    return changesText(items, matches);
  }

  async get(sessionId: string): Promise<Uint8Array | undefined> {
    const { reader, project } = this.#options;
    const nowNs = this.#options.now();
    const session = await reader.session(project, sessionId);
    if (session === undefined) return undefined;
    const item = sessionItem(session, stateOf(session, nowNs, this.#options));
    const nextIds = await reader.nextSessions(project, sessionId, MOST_NEXT_SESSIONS);
    return sessionJson(nextIds.length === 0 ? item : { ...item, next_ids: nextIds });
  }

  async traces(sessionId: string, query: TraceListRequest): Promise<Uint8Array | undefined> {
    const { reader, project } = this.#options;
    const filters = filterDigest('traces', [project, sessionId]);
    const cursor = openCursor(query.cursor, filters);
    if ((await reader.session(project, sessionId)) === undefined) return undefined;

    const traces: KeysetList<StoredTrace> = {
      order: 'ascending',
      read: async (direction, after, limit) => ({
        items: await reader.traces(project, sessionId, {
          direction: direction === 'next' ? 'forward' : 'backward',
          limit,
          maxBytes: MAX_PAGE_WEIGHT,
          ...(after && { after: { startNs: after.startNs, traceId: after.id } }),
        }),
      }),
      positionOf: ({ position }) => ({ startNs: position.startNs, id: position.traceId }),
      weightOf: (trace) => trace.otlp.length,
    };
    const page = await readPage(traces, query.limit ?? DEFAULT_TRACE_LIMIT, cursor);
    return tracePageJson(pageFields(page, traceItem, (link) => encodeCursor(link, filters)));
  }

  async usage(sessionId: string, query: UsageRequest = {}): Promise<Uint8Array | undefined> {
    const { reader, project, ownPrices } = this.#options;
    const filters = filterDigest('usage', [project, sessionId]);
    const cursor = openCursor(query.cursor, filters);
    const records = new UsageList((scan) => reader.usage(project, sessionId, scan));
    const page = await readPage(records, query.limit ?? DEFAULT_USAGE_LIMIT, cursor);
    const { session, isComparedByTrace } = records;
    if (session === undefined) return undefined;
    const { items, ...links } = pageFields(
      page,
      (record) => record,
      (link) => encodeCursor(link, filters),
    );
    return usageJson({
      ...usageTotals(session),
      items: items.sort(byTime).map((record) => usageItem(record, ownPrices)),
      ...links,
      verdicts: isComparedByTrace ? 'trace' : 'session',
    });
  }

  async exceptions(sessionId: string, query: ExceptionRequest = {}): Promise<Uint8Array | undefined> {
    const { reader, project } = this.#options;
    const filters = filterDigest('exceptions', [project, sessionId]);
    const cursor = openCursor(query.cursor, filters);
    const found = await reader.exceptions(project, sessionId, {
      ...(cursor && decodePlace(cursor.position)),
      limit: query.limit ?? DEFAULT_EXCEPTION_LIMIT,
    });
    if (found === undefined) return undefined;
    const { exceptions, next } = found;
    return exceptionPageJson({
      items: exceptions.map(exceptionItem),
      has_more: next !== undefined,
      ...(next && { next_cursor: encodeCursor({ direction: 'next', position: encodePlace(next) }, filters) }),
    });
  }

  async events(sessionId: string, query: EventListRequest): Promise<Uint8Array | undefined> {
    const { reader, project } = this.#options;
    const { name, minSeverity, spanEvents = false, order = 'asc' } = query;
    const traceId = query.traceId?.toLowerCase();
    const names = name && [...new Set(name)].sort();
    const conditions = [names && JSON.stringify(names), minSeverity?.toString(), traceId];
    const filters = filterDigest('events', [project, sessionId, String(spanEvents), order, ...conditions]);
    const cursor = openCursor(query.cursor, filters);
    const filter = {
      ...(names !== undefined && { names }),
      ...(minSeverity !== undefined && { minSeverity }),
      ...(traceId !== undefined && { traceId }),
      spanEvents,
    };
    const events = new EventList(order, (scan) => reader.events(project, sessionId, { ...filter, ...scan }));
    const page = await readPage(events, query.limit ?? DEFAULT_EVENT_LIMIT, cursor);
    if (!events.isInSession) return undefined;
    return eventPageJson(pageFields(page, eventItem, (link) => encodeCursor(link, filters)));
  }

  async scores(sessionId: string): Promise<Uint8Array | undefined> {
    // However many come with telemetry, those of the API are listed.
    const own: StoredEvent[] = [];
    const others: StoredEvent[] = [];
    let hasMore = false;
    for await (const events of this.#scoreEvents(sessionId)) {
      if (events === undefined) return undefined;
      for (const event of events) {
        const kept = isOwnScore(event) ? own : others;
        if (kept.length < MOST_LISTED_SCORES) kept.push(event);
        else hasMore = true;
      }
    }
    return scoreListJson({ items: scoreItems([...own, ...others]), has_more: hasMore });
  }

  /** The log records of scores, in parts; undefined if the session does not exist. */
  async *#scoreEvents(sessionId: string): AsyncGenerator<readonly StoredEvent[] | undefined> {
    const { reader, project } = this.#options;
    let after: EventPosition | undefined;
    do {
      const page = await reader.events(project, sessionId, {
        names: [SCORE_EVENT],
        direction: 'forward',
        limit: MOST_LISTED_SCORES,
        ...(after && { after }),
      });
      yield page?.events;
      const isFull = page !== undefined && page.events.length === MOST_LISTED_SCORES;
      after = page?.stoppedAt ?? (isFull ? page.events.at(-1)!.position : undefined);
    } while (after !== undefined);
  }

  async scorePlace(
    sessionId: string,
    { traceId, spanId, scoreId }: ScoreSubject,
  ): Promise<Uint8Array | undefined> {
    const { reader, project } = this.#options;
    const session = await reader.session(project, sessionId);
    if (session === undefined) return undefined;
    const at = async (key: string): Promise<StoredGroup | undefined> =>
      (await reader.groupsAt(project, session.id, [{ startNs: 0n, key }]))[0];
    // An implicit session, or a run of a user's traces: only traces lead to it.
    const own = TRACE_ID.test(session.id) ? await at(session.id) : undefined;
    const isNamedByTrace = session.isImplicit === true || own !== undefined;
    const group = traceId !== undefined ? await at(traceId) : own;
    if (traceId !== undefined && group === undefined) {
      throw new ApiError('trace.not_found', 'The session has no trace with this id.', {
        resource: { type: 'trace', id: traceId },
      });
    }
    if (spanId !== undefined && !readSpans(group!.spans).some(({ span_id }) => span_id === spanId)) {
      throw new ApiError('span.not_found', 'The session has no span with this id in this trace.', {
        resource: { type: 'span', id: spanId },
      });
    }
    const ids = session.scoreIds ?? [];
    let latestNs = 0n;
    if (scoreId !== undefined && ids.length > 0) {
      for await (const events of this.#scoreEvents(session.id)) {
        const partNs = latestGiven(events ?? [], scoreId);
        if (partNs > latestNs) latestNs = partNs;
      }
    }
    return scorePlaceJson({
      time: String(scoreTime(isNamedByTrace ? group : undefined, session)),
      ...(!isNamedByTrace && { session: session.id }),
      ...given('trace', traceId ?? group?.traceId),
      given: ids.length,
      isKnown: scoreId !== undefined && ids.includes(scoreId),
      latestNs: String(latestNs),
    });
  }

  async conversation(sessionId: string, query: ConversationRequest): Promise<Uint8Array | undefined> {
    const { reader, project } = this.#options;
    const filters = filterDigest('conversation', [project, sessionId]);
    const cursor = openCursor(query.cursor, filters);
    if ((await reader.session(project, sessionId)) === undefined) return undefined;

    const page = await this.#indexes.conversations.use(project, sessionId, (index) =>
      readPage(new ConversationList(index), query.limit ?? DEFAULT_CONVERSATION_LIMIT, cursor),
    );
    return conversationPageJson(pageFields(page, turnItem, (link) => encodeCursor(link, filters)));
  }

  async pages(sessionId: string, query: PagesRequest): Promise<Uint8Array | undefined> {
    const { reader, project, pageUrls = 'path' } = this.#options;
    const filters = filterDigest('pages', [project, sessionId]);
    const cursor = openCursor(query.cursor, filters);
    const session = await reader.session(project, sessionId);
    if (session === undefined) return undefined;

    const { items, ...page } = await this.#indexes.visits.use(project, sessionId, (index) =>
      readVisit(reader, project, index, session, query.limit ?? DEFAULT_PAGES_LIMIT, cursor, { pageUrls }),
    );
    const { items: _, ...links } = pageFields(
      { items: [], ...page },
      () => undefined,
      (link) => encodeCursor(link, filters),
    );
    return visitPageJson({ items: items.map(pageItem), ...links });
  }

  async media(sessionId: string, mediaId: string): Promise<Uint8Array | undefined> {
    const { reader, project } = this.#options;
    const { digest, groupKey } = parseMediaId(mediaId) ?? {};
    if (digest === undefined || groupKey === undefined) return undefined;
    const [group] = await reader.groupsAt(project, sessionId, [{ startNs: 0n, key: groupKey }]);
    const content = group && mediaContent(group, digest);
    // A separate copy: bytes that share a small buffer cannot be transferred to another thread.
    return content && Uint8Array.from(content);
  }

  async outline(sessionId: string): Promise<Uint8Array | undefined> {
    const outline = await this.#options.reader.outline(this.#options.project, sessionId, MAX_OUTLINE_SPANS);
    return outline && outlineJson(outlineItem(outline));
  }

  async outlineColumns(sessionId: string): Promise<Uint8Array | undefined> {
    const outline = await this.#options.reader.outline(this.#options.project, sessionId, MAX_COLUMN_SPANS);
    return outline && outlineJson(outlineColumns(outline));
  }

  async traceSessions(traceId: string): Promise<Uint8Array | undefined> {
    const sessions = await this.#options.reader.traceSessions(this.#options.project, traceId);
    return (
      sessions &&
      traceSessionsJson({
        items: sessions.map(({ sessionId, spanCount }) => ({
          'session.id': sessionId,
          span_count: spanCount,
        })),
      })
    );
  }

  async span(traceId: string, spanId: string): Promise<Uint8Array | undefined> {
    const otlp = await this.#options.reader.span(this.#options.project, traceId, spanId);
    const span = otlp && readSpans(otlp).find(({ span_id }) => span_id === spanId);
    return span && spanJson(spanItem(span));
  }

  async timeline(query: TimelineRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const { intervalMs } = query;
    const range = this.#counted(query);
    // To the end of the current minute: whole minutes are summed by rows instead of session by session.
    const toNs = range.startToNs ?? endOfMinute(range.nowNs);
    if (isEmptyRange({ ...range, startToNs: toNs })) {
      return timelineJson(emptyTimeline(range.startFromNs ?? toNs, toNs, intervalMs));
    }
    const timeline = await reader.timeline(project, {
      ...range,
      startToNs: toNs,
      stepFor: (fromNs) => stepFor(fromNs, toNs, intervalMs),
    });
    return timelineJson(timelineItem(timeline, toNs));
  }

  async top(query: TopRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const { by = 'cost', limit = DEFAULT_TOP_LIMIT } = query;
    const range = this.#counted(query);
    const { nowNs } = range;
    const { sessions, unpricedCount, unreportedCount } = isEmptyRange(range)
      ? { sessions: [], unpricedCount: 0, unreportedCount: 0 }
      : await reader.top(project, { ...range, by, limit });
    const stateAt = statesAt(nowNs, this.#options);
    return sessionTopJson({
      items: sessions.map((session) => itemParts(session, stateAt(session))),
      unpriced_request_count: unpricedCount,
      unreported_request_count: unreportedCount,
    });
  }

  async topCalls(query: TopRequest): Promise<Uint8Array> {
    const { reader, project, ownPrices } = this.#options;
    const { by = 'cost', limit = DEFAULT_TOP_LIMIT } = query;
    const range = this.#counted(query);
    const { sessions, unpricedCount, unreportedCount } = isEmptyRange(range)
      ? { sessions: [], unpricedCount: 0, unreportedCount: 0 }
      : await reader.topCalls(project, { ...range, by, limit });
    const calls = await topCallsIn(sessions, { reader, project, by, limit });
    const stateAt = statesAt(range.nowNs, this.#options);
    return topCallsJson({
      items: calls.map(({ session, record }) => ({
        session: itemParts(session, stateAt(session)),
        call: usageItem(record, ownPrices),
        ...(record.durationNs !== undefined && { duration_ms: record.durationNs / NS_PER_MS }),
      })),
      unpriced_request_count: unpricedCount,
      unreported_request_count: unreportedCount,
    });
  }

  async scoreStats(query: CountRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const range = this.#counted(query);
    const sums = isEmptyRange(range)
      ? []
      : await reader.scores(project, { ...range, limit: MOST_SCORE_SUMS });
    return scoreStatisticsJson({
      items: sums.map(({ units, valued, ...sum }) => ({
        ...sum,
        ...(valued > 0 && { average: averageOf(units, valued) }),
        labels: [...sum.labels],
      })),
    });
  }

  async toolStats(query: ToolRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const { sort = 'calls', limit = DEFAULT_TABLE_LIMIT } = query;
    const range = this.#counted(query);
    const tools = isEmptyRange(range) ? NO_TOOLS : await reader.tools(project, { ...range, sort, limit });
    return toolStatisticsJson(toolsItem(tools));
  }

  async errorStats(query: ErrorRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const { sort = 'sessions', limit = DEFAULT_TABLE_LIMIT } = query;
    const range = this.#counted(query);
    const errors = isEmptyRange(range) ? NO_ERRORS : await reader.errors(project, { ...range, sort, limit });
    return errorStatisticsJson(errorsItem(errors));
  }

  async visits(query: CountRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const range = this.#counted(query);
    const visits = isEmptyRange(range)
      ? NO_VISITS
      : await reader.visits(project, { ...range, limit: MOST_VISIT_VALUES });
    return visitsJson(visitsItem(visits));
  }

  async facets({ prefix, attribute, ...query }: FacetRequest = {}): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const counted = this.#counted(query, isUnfiltered);
    const facets = isEmptyRange(counted)
      ? NO_FACETS
      : await reader.facets(project, {
          ...counted,
          limit: MOST_FACETS,
          ...(prefix !== undefined && { prefix }),
          ...(attribute !== undefined && { attribute }),
        });
    return facetsJson(facetsItem(facets, attribute !== undefined));
  }

  async trace(traceId: string): Promise<Uint8Array | undefined> {
    const trace = await this.#options.reader.trace(this.#options.project, traceId);
    return trace && traceJson(traceItem(trace));
  }

  async stats(query: StatisticsRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const range = this.#counted(query);
    const statistics = isEmptyRange(range)
      ? NO_SESSIONS
      : await reader.statistics(project, { ...range, withDurations: query.percentiles === true });
    const { durations } = statistics;
    return statisticsJson({
      ...statisticsItem(statistics),
      ...(durations && { duration_percentiles_ms: percentilesItem(durations) }),
    });
  }

  async groups(query: GroupRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const { by, sort = 'sessions', limit = DEFAULT_GROUP_LIMIT } = query;
    const range = this.#counted(query);
    const groups = isEmptyRange(range)
      ? NO_GROUPS
      : await reader.groupSums(project, { ...range, ...groupedBy(by), sort, limit });
    return groupsJson(groupsItem(groups));
  }

  async exportPart(request: ExportRequest): Promise<Uint8Array> {
    const { reader, project } = this.#options;
    const content = new SessionContent(reader, project, this.#indexes.exported);
    return exportPart(request, { ...this.#options, text: this.#textOf(request) }, content);
  }

  /** Closes the reader. */
  close(): Promise<void> {
    return this.#options.reader.close();
  }

  /**
   * @param isReady whether a store answers without `filteredCounts`.
   * @throws ApiError `store.unsupported`
   */
  #counted(query: CountRequest, isReady: (query: CountRequest) => boolean = isRangeOnly): CountedSessions {
    const { filteredCounts = true } = this.#options.capabilities ?? {};
    if (!filteredCounts && !isReady(query)) {
      throw new ApiError(
        'store.unsupported',
        'This store counts all sessions of a range of time: leave out the other filters.',
      );
    }
    const nowNs = this.#options.now();
    const text = this.#textOf(query);
    return { ...sessionFilter(query, nowNs, this.#options), nowNs, ...(text && { text }) };
  }

  /** @throws ApiError `query.invalid_search`, `store.unsupported` */
  #textOf({ q }: TextFilter): TextQuery | undefined {
    if (q === undefined) return undefined;
    const { contentSearch = true } = this.#options.capabilities ?? {};
    if (!contentSearch) throw new ApiError('store.unsupported', NO_SEARCH);
    return parsedText(q);
  }
}

function itemParts(session: ListedSession, state: SessionState): ItemParts {
  return { start: listedItemStart(session, state), fields: session.fields };
}

function openCursor(text: string | undefined, filters: FilterDigest): Cursor | undefined {
  return text === undefined || text === '' ? undefined : decodeCursor(text, filters);
}

function sessionScan(
  filter: Omit<SessionScan, 'after' | 'direction' | 'limit'>,
  isOlder: boolean,
  after: SessionPosition | undefined,
  limit: number,
): SessionScan {
  return {
    ...filter,
    direction: isOlder ? 'older' : 'newer',
    limit,
    ...(after && { after }),
  };
}

const NS_PER_MS = 1e6;

const TRACE_ID = /^[0-9a-f]{32}$/;

/**
 * A time at which a score is no activity: the start of the trace that its record is bound by, else of the session.
 * Never 0, the start of a session that is in the future: a record without a time counts at its observed time.
 */
function scoreTime(trace: StoredGroup | undefined, { startNs }: StoredSession): bigint {
  const starts = trace === undefined ? [] : readSpans(trace.spans).map((span) => span.start_time_unix_nano);
  const first = starts.reduce((least, start) => (start < least ? start : least), starts[0] ?? startNs);
  return first || startNs || 1n;
}

/** The last nanosecond of the minute. */
function endOfMinute(ns: bigint): bigint {
  const minuteNs = 60_000_000_000n;
  return ns - (ns % minuteNs) + minuteNs - 1n;
}

/** A range that ends before it starts, or before 1970, is empty. Stores are not asked for it. */
function isEmptyRange({ startFromNs = 0n, startToNs }: SessionRange): boolean {
  return startToNs !== undefined && (startToNs < 0n || startFromNs > startToNs);
}
