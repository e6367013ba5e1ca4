import { Binder } from '../../sessionize/bind.js';
import type { EventScan, FoundEvents } from '../contract/event.js';
import { LOG_KINDS, SPAN_EVENT_KINDS, UNPLACED_LOGS, UNPLACED_SPAN_EVENTS } from '../engine/event-places.js';
import { decodePlaces } from '../records/block.js';
import { bytesOfEvents, EVENT_CACHE_BYTES, type EventsOfGroup } from './event-groups.js';
import {
  compareEvents,
  EVENT_LIMITS,
  type EventEntry,
  type EventLimits,
  type EventRow,
  type EventSource,
  type EventStart,
  eventsIn,
  logEntry,
  spanEventEntries,
} from './event-pages.js';
import type { FoundSession, SessionMoment } from './found-session.js';
import { nameOf } from './group-calls.js';
import { type GroupLoader, type LoadedGroup, sessionByUser } from './group-loader.js';
import { bytesOfHex } from './group-versions.js';
import { Kept } from './kept.js';
import type { GroupRow } from './reads.js';

/** Rows of groups that are read at once: initially, and at most. */
const FIRST_ROWS = 16;
const MOST_ROWS = 256;

/** Pages of the log records and span events of a session. */
export class EventReads {
  readonly #loader: GroupLoader;
  readonly #limits: EventLimits;
  /** The bytes at a place never change, so equal places mean equal events. */
  readonly #kept: Kept<EventsOfGroup>;

  /** `cacheBytes` is the memory for groups whose events are kept for the next page. */
  constructor(loader: GroupLoader, limits = EVENT_LIMITS, cacheBytes = EVENT_CACHE_BYTES) {
    this.#loader = loader;
    this.#limits = limits;
    this.#kept = new Kept(cacheBytes);
  }

  async page(moment: SessionMoment, found: FoundSession, scan: EventScan): Promise<FoundEvents> {
    const { traceId, spanEvents = false } = scan;
    const source: EventSource = {
      rows: (starts, isForward) => eventRows(moment, found, starts, isForward),
      open: async (row) => {
        const { logs, spanEvents } = await this.#eventsOf(moment, found, row);
        return row.kind.isOfSpans ? spanEvents : logs;
      },
    };
    if (traceId === undefined) {
      const kinds = spanEvents ? [...LOG_KINDS, ...SPAN_EVENT_KINDS] : LOG_KINDS;
      return eventsIn(source, kinds, scan, this.#limits);
    }
    const key = bytesOfHex(traceId);
    const [places] = await moment.reads.places([{ project: moment.project, key }]);
    const kinds = spanEvents ? [UNPLACED_LOGS, UNPLACED_SPAN_EVENTS] : [UNPLACED_LOGS];
    const rows = async (starts: readonly EventStart[]) =>
      starts.map(async function* ({ kind }) {
        if (places !== undefined) yield { startNs: 0n, key, places, kind };
      });
    return eventsIn({ ...source, rows }, kinds, scan, this.#limits);
  }

  /** Other groups may decide in which sessions records without an id are (S40). */
  async #eventsOf(
    moment: SessionMoment,
    { row, session }: FoundSession,
    at: GroupRow,
  ): Promise<EventsOfGroup> {
    const byUser = await sessionByUser(moment, at.key);
    const name = `${session.id.length} ${session.id} ${row.no} ${nameOf(moment.project, at, byUser)}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const events = eventsOf(await this.#loader.group(moment, at), session.id);
    this.#kept.put(name, events, bytesOfEvents(events, decodePlaces(at.places)));
    return events;
  }
}

/** The events of a group that are in a session. */
function eventsOf({ group, logSources }: LoadedGroup, sessionId: string): EventsOfGroup {
  const binder = new Binder(group);
  const logs: EventEntry[] = [];
  for (const log of group.logs.values()) {
    if (binder.log(log).session === sessionId) logs.push(logEntry(log, logSources.get(log.id)!));
  }
  const spanEvents: EventEntry[] = [];
  for (const span of group.spans.values()) {
    if (!span.hasEvents || binder.span(span).session !== sessionId) continue;
    for (const entry of spanEventEntries(group.traceId, span)) spanEvents.push(entry);
  }
  return { logs: logs.sort(compareEvents), spanEvents: spanEvents.sort(compareEvents) };
}

/** Rows of each kind from a time on. The first rows of all kinds are requested together. */
async function eventRows(
  { reads }: SessionMoment,
  { row }: FoundSession,
  starts: readonly EventStart[],
  isForward: boolean,
): Promise<AsyncIterator<EventRow>[]> {
  const direction = isForward ? 'forward' : 'backward';
  const first = await reads.eventGroups(
    row,
    starts.map(({ kind, fromNs }) => ({ kind, from: { startNs: fromNs }, direction, limit: FIRST_ROWS })),
  );
  return starts.map(async function* ({ kind }, at) {
    let limit = FIRST_ROWS;
    let rows = first[at] ?? [];
    for (;;) {
      for (const each of rows) yield { ...each, kind };
      const last = rows.at(-1);
      if (last === undefined || rows.length < limit) return;
      limit = Math.min(4 * limit, MOST_ROWS);
      [rows = []] = await reads.eventGroups(row, [{ kind, from: last, direction, limit }]);
    }
  });
}
