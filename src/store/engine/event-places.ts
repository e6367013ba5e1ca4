import type { EventTimes, TimeSpan } from '../../sessionize/fragment.js';
import { MAX_INTEGER } from '../contract/listing.js';
import { GroupKind } from './row-values.js';

/**
 * Where the events of a group are found in time. The groups of a session overlap, so a page in time order
 * must know which groups can have events in a range.
 *
 * If all log records of a group, or all of its spans with events, are near the start of its row in
 * `session_group`, that row is enough. Log records without a trace are in groups of one minute, so their row
 * is always enough.
 *
 * Any other group has a further row at its first event. The kind of that row limits the time from the first
 * to the last event, in lengths that grow fourfold. A search by time goes back by no more than the length of
 * each kind.
 */

/** A row of `session_group` for a known group. */
export interface GroupPlace {
  readonly kind: number;
  readonly startNs: bigint;
  /** Which events this row finds: a sum of `EventsNear`. */
  readonly events: number;
}

/** Values of `session_group.events`. */
export const EventsNear = { logs: 1, spanEvents: 2 } as const;

/** Greatest time from first to last event by length class, ns. The last class has no limit. */
const LENGTHS: readonly bigint[] = Array.from({ length: 19 }, (_, exponent) => {
  const length = 4n ** BigInt(exponent) * 250_000_000n;
  return length < MAX_INTEGER ? length : MAX_INTEGER;
});

const MINUTE_NS = 60_000_000_000n;

/** How long after its start a row finds events. */
const NEAR_NS = 4_000_000_000n;

/**
 * Rows of groups of log records without a trace, or rows with events nearby of the types in these bits of
 * `EventsNear`.
 */
export type EventRows = { readonly without: 'trace' } | { readonly near: number };

/** A kind of rows to search for events, and how far its events can be from the row's start, ns. */
export interface EventKind {
  readonly kind: number;
  readonly lengthNs: bigint;
  /** Whether it is for span events. */
  readonly isOfSpans: boolean;
  /** Which rows of the kind; all if omitted. */
  readonly rows?: EventRows;
}

const NEAR_LOGS = { lengthNs: NEAR_NS, isOfSpans: false, rows: { near: EventsNear.logs } } as const;

/** The kinds of rows of groups with log records. */
export const LOG_KINDS: readonly EventKind[] = [
  { kind: GroupKind.logs, lengthNs: MINUTE_NS, isOfSpans: false, rows: { without: 'trace' } },
  { kind: GroupKind.logs, ...NEAR_LOGS },
  { kind: GroupKind.trace, ...NEAR_LOGS },
  ...kindsFrom(GroupKind.traceLogs, false),
];

/** For a known group: treats its rows as if they limited no time. */
export const UNPLACED_LOGS: EventKind = {
  kind: GroupKind.traceLogs,
  lengthNs: MAX_INTEGER,
  isOfSpans: false,
};
export const UNPLACED_SPAN_EVENTS: EventKind = {
  kind: GroupKind.spanEvents,
  lengthNs: MAX_INTEGER,
  isOfSpans: true,
};

/** The kinds of rows of groups with span events. */
export const SPAN_EVENT_KINDS: readonly EventKind[] = [
  {
    kind: GroupKind.trace,
    lengthNs: NEAR_NS,
    isOfSpans: true,
    rows: { near: EventsNear.spanEvents },
  },
  ...kindsFrom(GroupKind.spanEvents, true),
];

function kindsFrom(base: number, isOfSpans: boolean): EventKind[] {
  return LENGTHS.map((lengthNs, lengthClass) => ({ kind: base + lengthClass, lengthNs, isOfSpans }));
}

/** Which events the row at `startNs` of a group finds. */
export function eventsNear({ logs, spanEvents }: EventTimes, startNs: bigint): number {
  return (
    (logs !== undefined && isNear(logs, startNs) ? EventsNear.logs : 0) +
    (spanEvents !== undefined && isNear(spanEvents, startNs) ? EventsNear.spanEvents : 0)
  );
}

/**
 * The further row for the log records of a group whose own row is at `startNs`; undefined if it needs none.
 */
export function logsPlace({ logs }: EventTimes, startNs: bigint): GroupPlace | undefined {
  return placeOf(GroupKind.traceLogs, logs, startNs);
}

/** The same for its span events. */
export function spanEventsPlace({ spanEvents }: EventTimes, startNs: bigint): GroupPlace | undefined {
  return placeOf(GroupKind.spanEvents, spanEvents, startNs);
}

function isNear({ firstNs, lastNs }: TimeSpan, startNs: bigint): boolean {
  return firstNs >= startNs && lastNs - startNs <= NEAR_NS;
}

function placeOf(base: number, times: TimeSpan | undefined, startNs: bigint): GroupPlace | undefined {
  if (times === undefined || isNear(times, startNs)) return undefined;
  const { firstNs, lastNs } = times;
  const lengthClass = LENGTHS.findIndex((length) => lastNs - firstNs <= length);
  return { kind: base + lengthClass, startNs: firstNs, events: 0 };
}
