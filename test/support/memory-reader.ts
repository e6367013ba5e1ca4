import { callsOf, type VitalName } from '../../src/normalize/facts.js';
import { attributeTag, TagKind } from '../../src/normalize/tags.js';
import { logIds } from '../../src/otlp/log-ids.js';
import { readLogRecords, readSpans } from '../../src/otlp/read.js';
import { hasErrors, matchesFilter } from '../../src/query/session-filter.js';
import { isOpen, type StateLimits, stateOf } from '../../src/query/state.js';
import type { EventPosition, EventScan, FoundEvents, StoredEvent } from '../../src/store/contract/event.js';
import type { ExceptionScan, FoundExceptions, StoredException } from '../../src/store/contract/exception.js';
import type {
  GroupPosition,
  GroupScan,
  KnownGroups,
  StoredGroup,
  StoredPageGroup,
} from '../../src/store/contract/group.js';
import type { SessionReader } from '../../src/store/contract/reader.js';
import type { FoundRecords, RecordScan } from '../../src/store/contract/record.js';
import type {
  FoundSessions,
  SessionPosition,
  SessionScan,
  StoredSession,
  UsageGaps,
} from '../../src/store/contract/session.js';
import type { Exclusion, SessionFilter } from '../../src/store/contract/session-filter.js';
import { listedSession } from '../../src/store/contract/session-item.js';
import type {
  FacetName,
  FacetScan,
  GroupSum,
  GroupScan as GroupSumScan,
  Quantiles,
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
  TimelineSum,
  TopScan,
  VisitsScan,
  VitalSums,
} from '../../src/store/contract/statistics.js';
import type { StoredOutline, StoredTrace, TraceScan, TraceSession } from '../../src/store/contract/trace.js';
import type {
  StoredUsage,
  StoredUsageRecord,
  UsagePosition,
  UsageScan,
} from '../../src/store/contract/usage.js';

export interface MemoryReaderData {
  readonly sessions: StoredSession[];
  /** Traces by the session that lists them. */
  readonly traces?: { readonly sessionId: string; readonly trace: StoredTrace }[];
  /** Usage of sessions. */
  /** All of different times. */
  readonly exceptions?: readonly { readonly sessionId: string; readonly exception: StoredException }[];
  readonly usages?: readonly SessionUsageRecord[];
  /** Events by their session. */
  readonly events?: readonly { readonly sessionId: string; readonly event: StoredEvent }[];
  /** Groups by the session for which they are read. */
  readonly groups?: { readonly sessionId: string; readonly group: StoredGroup }[];
  /** The same under all filters. */
  readonly tools?: StoredTools;
  readonly errors?: StoredErrors;
  readonly limits: StateLimits;
}

/** A record of usage of a session. */
export interface SessionUsageRecord {
  readonly sessionId: string;
  readonly record: StoredUsageRecord;
}

/** Opens a `MemoryReader` for a query thread. */
export async function openReader(data: MemoryReaderData): Promise<SessionReader> {
  return new MemoryReader(data);
}

/** The session reader that is obviously correct: it sorts arrays. Changes of `data` are seen by later calls. */
export class MemoryReader implements SessionReader {
  readonly #data: MemoryReaderData;

  constructor(data: MemoryReaderData) {
    this.#data = data;
  }

  async sessions(_project: string, scan: SessionScan): Promise<FoundSessions> {
    const { after } = scan;
    const matching = this.#data.sessions
      .filter((session) => this.#matches(session, scan))
      .sort((a, b) => compareSessions(b, a));
    if (scan.direction === 'older') {
      return {
        sessions: matching
          .filter((session) => after === undefined || compareSessions(session, after) < 0)
          .slice(0, scan.limit)
          .map(listedSession),
      };
    }
    const newer = matching.filter((session) => after === undefined || compareSessions(session, after) > 0);
    return { sessions: newer.slice(Math.max(0, newer.length - scan.limit)).map(listedSession) };
  }

  async session(_project: string, sessionId: string): Promise<StoredSession | undefined> {
    return this.#data.sessions.find(({ id }) => id === sessionId);
  }

  async nextSessions(_project: string, sessionId: string, limit: number): Promise<string[]> {
    return this.#data.sessions
      .filter(({ previousId }) => previousId === sessionId)
      .sort(compareSessions)
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async traces(_project: string, sessionId: string, scan: TraceScan): Promise<StoredTrace[]> {
    const sorted = (this.#data.traces ?? [])
      .filter((entry) => entry.sessionId === sessionId)
      .map(({ trace }) => trace)
      .sort((a, b) => compareTraces(a.position, b.position));
    const { after, maxBytes = Number.POSITIVE_INFINITY } = scan;
    const forward = scan.direction === 'forward';
    const found = (forward ? sorted : sorted.toReversed())
      .filter(({ position }) => {
        const order = after === undefined ? 0 : compareTraces(position, after);
        return after === undefined || (forward ? order > 0 : order < 0);
      })
      .slice(0, scan.limit)
      // A trace is read if it is one of the first two, or those before it are within the budget.
      .filter(
        (_, index, all) =>
          index < 2 || all.slice(0, index).reduce((sum, { otlp }) => sum + otlp.length, 0) <= maxBytes,
      );
    return forward ? found : found.reverse();
  }

  async trace(_project: string, traceId: string): Promise<StoredTrace | undefined> {
    return this.#data.traces?.find(({ trace }) => trace.position.traceId === traceId)?.trace;
  }

  async span(project: string, traceId: string, spanId: string): Promise<Uint8Array | undefined> {
    const trace = await this.trace(project, traceId);
    return trace && readSpans(trace.otlp).some(({ span_id }) => span_id === spanId) ? trace.otlp : undefined;
  }

  async traceSessions(project: string, traceId: string): Promise<readonly TraceSession[] | undefined> {
    const trace = await this.trace(project, traceId);
    const owner = this.#data.traces?.find(({ trace: each }) => each === trace);
    return owner && [{ sessionId: owner.sessionId, spanCount: readSpans(owner.trace.otlp).length }];
  }

  async outline(project: string, sessionId: string, maxSpans: number): Promise<StoredOutline | undefined> {
    if ((await this.session(project, sessionId)) === undefined) return undefined;
    const traces = await this.traces(project, sessionId, { direction: 'forward', limit: maxSpans });
    return {
      traces: traces.map(({ position, otlp }) => {
        const spans = readSpans(otlp);
        return {
          traceId: position.traceId,
          startNs: spans[0]!.start_time_unix_nano,
          endNs: spans[0]!.end_time_unix_nano,
          spans: spans.map((span) => ({
            spanId: span.span_id,
            name: span.name,
            kind: span.kind,
            startNs: span.start_time_unix_nano,
            endNs: span.end_time_unix_nano,
            statusCode: span.status.code,
          })),
        };
      }),
      truncated: false,
    };
  }

  async groups(_project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]> {
    const { after, limit, maxBytes = Number.POSITIVE_INFINITY } = scan;
    return this.#groupsOf(sessionId)
      .filter(({ position }) => after === undefined || compareGroups(position, after) > 0)
      .slice(0, limit)
      .filter(
        (_, index, all) => all.slice(0, index).reduce((sum, group) => sum + bytesOf(group), 0) <= maxBytes,
      );
  }

  /** One group a part. */
  async records(
    _project: string,
    sessionId: string,
    { after }: RecordScan,
  ): Promise<FoundRecords | undefined> {
    if (!this.#data.sessions.some(({ id }) => id === sessionId)) return undefined;
    const groups = this.#groupsOf(sessionId);
    const at = groups.findIndex(
      ({ position }) => after === undefined || compareGroups(position, after.group) > 0,
    );
    const group = groups[at];
    if (group === undefined) return { spans: new Uint8Array(), logs: new Uint8Array(), count: 0 };
    const { spans, logs, position } = group;
    const next = at + 1 < groups.length ? { next: { group: position } } : {};
    return { spans, logs, count: readSpans(spans).length, ...next };
  }

  async pageGroups(project: string, sessionId: string, scan: GroupScan): Promise<StoredPageGroup[]> {
    return (await this.groups(project, sessionId, scan)).map(
      ({ position, version, traceId, spans, logs, facts = [] }) => {
        const records = [
          ...readSpans(spans).map((span) => ({
            id: span.span_id,
            startNs: span.start_time_unix_nano,
            endNs: span.end_time_unix_nano,
          })),
          ...readLogRecords(logs).map(({ time_unix_nano: timeNs = 0n }, index) => ({
            id: logIds(logs)[index],
            startNs: timeNs,
            endNs: timeNs,
          })),
        ];
        return {
          position,
          version,
          firstNs: records.reduce(
            (least, { startNs }) => (startNs < least ? startNs : least),
            position.startNs,
          ),
          lastNs: records.reduce((most, { endNs }) => (endNs > most ? endNs : most), position.startNs),
          recordCount: records.length,
          vitals: { ...(traceId !== undefined && { traceId }), spans, logs, facts },
          pages: facts.flatMap(({ record, visit }) => {
            const id = record.spanId ?? record.logId;
            const at = records.find((each) => each.id === id);
            return visit?.page && at ? [{ record, timeNs: at.startNs, page: visit.page }] : [];
          }),
        };
      },
    );
  }

  async groupsAt(_project: string, sessionId: string, at: readonly GroupPosition[]): Promise<StoredGroup[]> {
    const groups = this.#groupsOf(sessionId);
    return at.flatMap(({ key }) => groups.find(({ position }) => position.key === key) ?? []);
  }

  /** The data may define another version of a group. */
  async groupVersions(
    _project: string,
    sessionId: string,
    { count }: KnownGroups,
  ): Promise<{ stamp: number; versions: string }> {
    const versions = this.#groupsOf(sessionId).map(({ version }) => `${version}\n`);
    return { stamp: 0, versions: versions.slice(0, count).join('') };
  }

  #groupsOf(sessionId: string): StoredGroup[] {
    return (this.#data.groups ?? [])
      .filter((entry) => entry.sessionId === sessionId)
      .map(({ group }) => group)
      .sort((a, b) => compareGroups(a.position, b.position));
  }

  async usage(_project: string, sessionId: string, scan: UsageScan): Promise<StoredUsage | undefined> {
    const { after, direction, limit } = scan;
    const session = this.#data.sessions.find(({ id }) => id === sessionId);
    if (session === undefined) return undefined;
    const all = (this.#data.usages ?? [])
      .filter((entry) => entry.sessionId === sessionId)
      .map(({ record }) => record)
      .sort((a, b) => compareUsage(a.position, b.position));
    if (direction === 'forward') {
      const behind = all.filter(({ position }) => after === undefined || compareUsage(position, after) > 0);
      return { session, records: behind.slice(0, limit) };
    }
    const before = all.filter(({ position }) => after === undefined || compareUsage(position, after) < 0);
    return { session, records: before.slice(Math.max(0, before.length - limit)) };
  }

  async exceptions(
    _project: string,
    sessionId: string,
    { after, limit }: ExceptionScan,
  ): Promise<FoundExceptions | undefined> {
    if (!this.#data.sessions.some(({ id }) => id === sessionId)) return undefined;
    const all = (this.#data.exceptions ?? [])
      .filter((entry) => entry.sessionId === sessionId)
      .map(({ exception }) => exception)
      .filter(({ position }) => after === undefined || position.firstNs > after.firstNs)
      .sort((a, b) => (a.firstNs < b.firstNs ? -1 : 1));
    const exceptions = all.slice(0, limit);
    return {
      exceptions,
      ...(all.length > limit && { next: { after: exceptions.at(-1)!.position } }),
    };
  }

  async events(_project: string, sessionId: string, scan: EventScan): Promise<FoundEvents | undefined> {
    const { after, direction, limit } = scan;
    if (!this.#data.sessions.some(({ id }) => id === sessionId)) return undefined;
    const all = (this.#data.events ?? [])
      .filter((entry) => entry.sessionId === sessionId && matchesEvent(entry.event, scan))
      .map(({ event }) => event)
      .sort((a, b) => compareEvents(a.position, b.position));
    if (direction === 'forward') {
      const behind = all.filter(({ position }) => after === undefined || compareEvents(position, after) > 0);
      return { events: behind.slice(0, limit) };
    }
    const before = all.filter(({ position }) => after === undefined || compareEvents(position, after) < 0);
    return { events: before.slice(Math.max(0, before.length - limit)) };
  }

  async scores(_project: string, { limit, ...scan }: ScoresScan): Promise<StoredScoreSum[]> {
    const sums = new Map<string, StoredScoreSum>();
    for (const session of this.#data.sessions.filter((each) => this.#matches(each, scan))) {
      for (const { name, count, units, valued, labels } of session.scores ?? []) {
        const sum = sums.get(name) ?? { name, sessions: 0, count: 0, units: 0n, valued: 0, labels: [] };
        const counts = new Map(sum.labels.map((each) => [each.label, each.count]));
        for (const each of labels) counts.set(each.label, (counts.get(each.label) ?? 0) + each.count);
        sums.set(name, {
          name,
          sessions: sum.sessions + 1,
          count: sum.count + count,
          units: sum.units + units,
          valued: sum.valued + valued,
          labels: [...counts]
            .map(([label, count]) => ({ label, count }))
            .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1)),
        });
      }
    }
    return [...sums.values()]
      .sort((a, b) => b.sessions - a.sessions || (a.name < b.name ? -1 : 1))
      .slice(0, limit);
  }

  async tools(): Promise<StoredTools> {
    return this.#data.tools ?? { tools: [], toolCount: 0, cutSessions: 0 };
  }

  async errors(): Promise<StoredErrors> {
    return this.#data.errors ?? { errors: [], shapeCount: 0, cutSessions: 0 };
  }

  async statistics(_project: string, range: StatisticsScan): Promise<Statistics> {
    const sessions = this.#data.sessions.filter((session) => this.#matches(session, range));
    const byDeviceType = new Map<string, number>();
    const byCountry = new Map<string, { name: string | undefined; count: number }>();
    for (const { client, geo } of sessions) {
      const device = client?.device_type ?? 'unknown';
      byDeviceType.set(device, (byDeviceType.get(device) ?? 0) + 1);
      const country = geo?.country_code;
      if (country !== undefined) {
        const count = (byCountry.get(country)?.count ?? 0) + 1;
        byCountry.set(country, { name: geo?.country_name, count });
      }
    }
    const users = new Set(sessions.flatMap(({ userId }) => (userId === undefined ? [] : [userId])));
    return {
      openSessions: sessions.filter((session) => this.#isOpen(session, range.nowNs)).length,
      totalSessions: sessions.length,
      uniqueUsers: users.size,
      durationMicros: sessions.reduce((sum, { startNs, lastNs }) => sum + (lastNs - startNs) / 1000n, 0n),
      sessionsWithErrors: sessions.filter(hasErrors).length,
      sessionsWithGenAi: sessions.filter(({ genai }) => genai !== undefined).length,
      bounces: sessions.filter(({ spanCount }) => spanCount <= 1).length,
      ...gapsOf(sessions),
      byDeviceType,
      byCountry,
      ...(range.withDurations === true && sessions.length > 0 && { durations: quantiles(sessions)! }),
    };
  }

  /** Without models: a stored session does not say how much of each it used. */
  async timeline(_project: string, scan: TimelineScan): Promise<StoredTimeline> {
    const { startToNs, startFromNs, lastFromNs } = scan;
    const inTime = this.#data.sessions
      .filter((session) => this.#matches(session, scan))
      .sort(compareSessions);
    const isOpen = startFromNs === undefined && lastFromNs === undefined;
    const given = (startFromNs ?? 0n) > (lastFromNs ?? 0n) ? startFromNs! : (lastFromNs ?? 0n);
    const first = isOpen ? (inTime[0]?.startNs ?? startToNs) : given;
    const stepNs = scan.stepFor(first);
    /** By step; −1 has sessions from before. */
    const points = new Map<bigint, TimelineSum>();
    for (const session of inTime) {
      const { startNs, genai } = session;
      const step = startNs < first ? -1n : startNs / stepNs;
      const sum = points.get(step);
      const costNanoUsd = genai?.costNanoUsd ?? sum?.costNanoUsd;
      points.set(step, {
        sessions: (sum?.sessions ?? 0) + 1,
        sessionsWithErrors: (sum?.sessionsWithErrors ?? 0) + (hasErrors(session) ? 1 : 0),
        calls: (sum?.calls ?? 0) + (genai?.requestCount ?? 0),
        inputTokens: (sum?.inputTokens ?? 0n) + (genai?.inputTokens ?? 0n),
        outputTokens: (sum?.outputTokens ?? 0n) + (genai?.outputTokens ?? 0n),
        ...(costNanoUsd !== undefined && {
          costNanoUsd: (genai?.costNanoUsd ?? 0n) + (sum?.costNanoUsd ?? 0n),
        }),
        unpricedCount: (sum?.unpricedCount ?? 0) + (genai?.unpricedCount ?? 0),
        unreportedCount: (sum?.unreportedCount ?? 0) + (genai?.unreportedCount ?? 0),
      });
    }
    const earlier = points.get(-1n);
    points.delete(-1n);
    return {
      fromNs: isOpen ? (first / stepNs) * stepNs : first,
      stepNs,
      points,
      ...(earlier !== undefined && { earlier }),
      models: new Map(),
    };
  }

  async top(_project: string, { by, limit, ...scan }: TopScan): Promise<StoredTop> {
    const amountOf = ({ genai, lastNs, startNs }: StoredSession): bigint | undefined =>
      by === 'cost' ? genai?.costNanoUsd : lastNs - startNs;
    const inTime = this.#data.sessions.filter((session) => this.#matches(session, scan));
    const sessions = inTime
      .filter((session) => amountOf(session) !== undefined)
      .sort((a, b) => Number(amountOf(b)! - amountOf(a)!) || compareSessions(b, a))
      .slice(0, limit);
    return { sessions: sessions.map(listedSession), ...gapsOf(inTime) };
  }

  async topCalls(_project: string, { by, limit, ...scan }: TopScan): Promise<StoredTopCalls> {
    const amountsOf = ({ id }: StoredSession): number[] =>
      (this.#data.usages ?? []).flatMap(({ sessionId, record }) => {
        if (sessionId !== id || record.usage === undefined || record.reason !== undefined) return [];
        if (callsOf(record.usage) === 0) return [];
        return (by === 'cost' ? record.usage.costNanoUsd : record.durationNs) ?? [];
      });
    const inTime = this.#data.sessions.filter((session) => this.#matches(session, scan));
    const sessions = inTime
      .map((session) => ({ session, amounts: amountsOf(session) }))
      .filter(({ amounts }) => amounts.length > 0)
      .map(({ session, amounts }) => ({ session, amount: Math.max(...amounts) }))
      .sort((a, b) => b.amount - a.amount || compareSessions(b.session, a.session))
      .slice(0, limit)
      .map(({ session, amount }) => ({ session: listedSession(session), amount: BigInt(amount) }));
    return { sessions, ...gapsOf(inTime) };
  }

  async visits(_project: string, { limit, ...scan }: VisitsScan): Promise<StoredVisits> {
    return visitsOf(
      this.#data.sessions.filter((session) => this.#matches(session, scan)),
      limit,
    );
  }

  async projects(): Promise<string[]> {
    return ['default'];
  }

  /** A session is in its groups with all of its usage, also by model. */
  async groupSums(_project: string, scan: GroupSumScan): Promise<StoredGroups> {
    const sessions = this.#data.sessions.filter((session) => this.#matches(session, scan));
    const groups = new Map<string, StoredSession[]>();
    for (const session of sessions) {
      for (const value of groupValues(session, scan))
        groups.set(value, [...(groups.get(value) ?? []), session]);
    }
    const amount = ({
      sessions: count,
      sessionsWithErrors,
      inputTokens,
      outputTokens,
      costNanoUsd,
    }: GroupSum) =>
      ({
        sessions: count,
        errors: sessionsWithErrors,
        tokens: inputTokens + outputTokens,
        cost: costNanoUsd ?? -1n,
      })[scan.sort];
    const all = [...groups].map(([value, members]) => ({
      value,
      ...groupSum(members),
      durations: quantiles(members),
    }));
    return {
      total: { ...groupSum(sessions), durations: quantiles(sessions) },
      none: groupSum(sessions.filter((session) => groupValues(session, scan).length === 0)),
      groupCount: groups.size,
      groups: all
        .sort((a, b) => Number(amount(b)) - Number(amount(a)) || (a.value < b.value ? -1 : 1))
        .slice(0, scan.limit),
    };
  }

  async facets(_project: string, scan: FacetScan): Promise<StoredFacets> {
    const { limit, prefix = '', attribute, nowNs, ...filter } = scan;
    const cut: FacetName[] = [];
    const listOf = (
      name: FacetName,
      isOwn: OwnConditions,
      valuesOf: (session: StoredSession) => readonly string[],
    ) => {
      const others = { ...withoutOwn(filter, isOwn), nowNs };
      const counts = new Map<string, number>();
      for (const session of this.#data.sessions.filter((each) => this.#matches(each, others))) {
        for (const value of valuesOf(session).filter((each) => each.startsWith(prefix)))
          counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      if (counts.size > limit) cut.push(name);
      return [...counts]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)))
        .slice(0, limit);
    };
    const named = (
      name: FacetName,
      condition: keyof SessionFilter,
      valuesOf: (session: StoredSession) => readonly string[],
    ) => listOf(name, (each) => each === condition, valuesOf);
    const tags = (name: FacetName, before: string) =>
      listOf(
        name,
        (each, values) => each === 'tags' && values.every((tag) => tag.startsWith(before)),
        ({ tags = [] }) =>
          tags.filter((tag) => tag.startsWith(before)).map((tag) => tag.slice(before.length)),
      );
    return {
      services: named('services', 'services', ({ services }) => services),
      models: named('models', 'models', ({ genai }) => genai?.models ?? []),
      providers: named('providers', 'providers', ({ genai }) => genai?.providers ?? []),
      countryCodes: named('countryCodes', 'countryCodes', ({ geo }) =>
        geo?.country_code === undefined ? [] : [geo.country_code],
      ),
      deviceTypes: named('deviceTypes', 'deviceTypes', ({ client }) => [client?.device_type ?? 'unknown']),
      releases: named('releases', 'releases', ({ release }) => (release === undefined ? [] : [release])),
      operations: tags('operations', TagKind.operation),
      tools: tags('tools', TagKind.tool),
      errorTypes: tags('errorTypes', TagKind.errorType),
      routes: tags('routes', TagKind.route),
      statuses: tags('statuses', TagKind.status),
      attributeKeys: tags('attributeKeys', TagKind.attributeKey),
      attributeValues: attribute === undefined ? [] : tags('attributeValues', attributeTag(attribute, '')),
      cut,
    };
  }

  async close(): Promise<void> {}

  #isOpen(session: StoredSession, nowNs: bigint): boolean {
    return isOpen(stateOf(session, nowNs, this.#data.limits));
  }

  #matches(session: StoredSession, filter: SessionFilter & { readonly nowNs: bigint }): boolean {
    return matchesFilter(session, filter, filter.nowNs, this.#data.limits);
  }
}

/** Whether a condition is on the values of a list. Of tags, each list is a condition. */
type OwnConditions = (name: string, values: readonly string[]) => boolean;

/** A filter without what it says of a list's values, *not* included. */
function withoutOwn({ not = [], tags = [], ...rest }: SessionFilter, isOwn: OwnConditions): SessionFilter {
  const isOwnExclusion = (exclusion: Exclusion): boolean => {
    const [first, ...others] = Object.entries(exclusion).flatMap(([name, value]) =>
      name === 'tags'
        ? (value as readonly (readonly string[])[]).map((values) => [name, values] as const)
        : [[name, value as readonly string[]] as const],
    );
    return first !== undefined && others.length === 0 && isOwn(...first);
  };
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => !isOwn(name, []))),
    tags: tags.filter((values) => !isOwn('tags', values)),
    not: not.filter((exclusion) => !isOwnExclusion(exclusion)),
  };
}

function compareEvents(a: EventPosition, b: EventPosition): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function matchesEvent(event: StoredEvent, scan: EventScan): boolean {
  const { names, minSeverity = 0, spanEvents, traceId } = scan;
  const of = event.kind === 'log' ? event.log.trace_id : event.span.trace_id;
  if (traceId !== undefined && of !== traceId) return false;
  if (event.kind === 'span_event') {
    const severity = event.event.name === 'exception' ? 17 : 0;
    return spanEvents === true && severity >= minSeverity && (names?.includes(event.event.name) ?? true);
  }
  const { event_name: name = '', severity_number: severity = 0 } = event.log;
  return severity >= minSeverity && (names?.includes(name) ?? true);
}

/** The summary of visits, by definition. */
export function visitsOf(sessions: readonly StoredSession[], limit: number): StoredVisits {
  const common = (valueIn: (session: StoredSession) => string | undefined) => {
    const values = new Set(sessions.map(valueIn).filter((value) => value !== undefined));
    return [...values]
      .map((value) => ({ value, having: sessions.filter((session) => valueIn(session) === value) }))
      .sort((a, b) => b.having.length - a.having.length || (a.value < b.value ? -1 : 1))
      .slice(0, limit);
  };
  const pages = (valueIn: (session: StoredSession) => string | undefined) =>
    common(valueIn).map(({ value, having }) => ({ value, count: having.length }));
  const vitals = new Map<VitalName, VitalSums>();
  for (const name of ['lcp', 'inp', 'cls', 'ttfb'] as const) {
    const worst = sessions.flatMap((session) => session.vitals?.[name]?.worst ?? []).sort((a, b) => a - b);
    if (worst.length === 0) continue;
    const nearestRank = (percent: number): number => worst[Math.ceil((worst.length * percent) / 100) - 1]!;
    vitals.set(name, {
      sessions: worst.length,
      p50: nearestRank(50),
      p75: nearestRank(75),
      p95: nearestRank(95),
    });
  }
  return {
    visits: sessions.filter(({ visit }) => visit !== undefined).length,
    pageViews: sessions.reduce((sum, { visit }) => sum + (visit?.page_views ?? 0), 0),
    releases: common(({ release, visit, crashCount = 0 }) =>
      visit !== undefined || crashCount > 0 ? release : undefined,
    ).map(({ value, having }) => ({
      value,
      count: having.length,
      withErrors: having.filter(hasErrors).length,
      withCrashes: having.filter(({ crashCount = 0 }) => crashCount > 0).length,
    })),
    entries: pages(({ visit }) => visit?.entry_url ?? visit?.entry_page),
    exits: pages(({ visit }) => visit?.exit_url ?? visit?.exit_page),
    vitals,
  };
}

function gapsOf(sessions: readonly StoredSession[]): UsageGaps {
  const sum = (of: (session: StoredSession) => number) =>
    sessions.reduce((total, session) => total + of(session), 0);
  return {
    unpricedCount: sum(({ genai }) => genai?.unpricedCount ?? 0),
    unreportedCount: sum(({ genai }) => genai?.unreportedCount ?? 0),
  };
}

function compareUsage(a: UsagePosition, b: UsagePosition): number {
  return (
    compareGroups(a.group, b.group) ||
    compareSessions({ startNs: a.timeNs, id: a.record }, { startNs: b.timeNs, id: b.record })
  );
}

/** By start, then by id. */
function compareSessions(a: SessionPosition, b: SessionPosition): number {
  if (a.startNs !== b.startNs) return a.startNs < b.startNs ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function compareTraces(a: StoredTrace['position'], b: StoredTrace['position']): number {
  return compareSessions({ startNs: a.startNs, id: a.traceId }, { startNs: b.startNs, id: b.traceId });
}

function bytesOf({ spans, logs }: StoredGroup): number {
  return spans.length + logs.length;
}

function compareGroups(a: GroupPosition, b: GroupPosition): number {
  return compareSessions({ startNs: a.startNs, id: a.key }, { startNs: b.startNs, id: b.key });
}

function groupValues(session: StoredSession, { by, attribute = '' }: GroupSumScan): readonly string[] {
  const { services, genai, geo, client, release, userId, tags = [] } = session;
  const one = (value: string | undefined) => (value === undefined ? [] : [value]);
  const tagged = (before: string) =>
    tags.filter((tag) => tag.startsWith(before)).map((tag) => tag.slice(before.length));
  switch (by) {
    case 'user':
      return one(userId);
    case 'service':
      return services;
    case 'model':
      return genai?.models ?? [];
    case 'provider':
      return genai?.providers ?? [];
    case 'country':
      return one(geo?.country_code);
    case 'device':
      return [client?.device_type ?? 'unknown'];
    case 'release':
      return one(release);
    case 'attribute':
      return tagged(attributeTag(attribute, ''));
    default:
      return tagged(TagKind[by]);
  }
}

function groupSum(sessions: readonly StoredSession[]): GroupSum {
  const sum = <N extends number | bigint>(zero: N, of: (session: StoredSession) => N | undefined): N =>
    sessions.reduce((total, session) => ((total as never) + ((of(session) ?? zero) as never)) as N, zero);
  const isPriced = sessions.some(({ genai }) => genai?.costNanoUsd !== undefined);
  return {
    sessions: sessions.length,
    sessionsWithErrors: sessions.filter(hasErrors).length,
    calls: sum(0, ({ genai }) => genai?.requestCount),
    inputTokens: sum(0n, ({ genai }) => genai?.inputTokens),
    outputTokens: sum(0n, ({ genai }) => genai?.outputTokens),
    ...(isPriced && { costNanoUsd: sum(0n, ({ genai }) => genai?.costNanoUsd) }),
    ...gapsOf(sessions),
  };
}

function quantiles(sessions: readonly StoredSession[]): Quantiles | undefined {
  const sorted = sessions.map(({ startNs, lastNs }) => Number(lastNs - startNs)).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const rank = (percent: number): number => sorted.find((_, i) => (i + 1) * 100 >= percent * sorted.length)!;
  return { p50: rank(50), p90: rank(90), p95: rank(95), p99: rank(99) };
}
