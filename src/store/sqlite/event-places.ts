import type { Fragment, TimeSpan } from '../../sessionize/fragment.js';
import { GroupKind, MAX_INTEGER } from './database.js';

/**
 * Where the events of a group are found in time. The groups of a session overlap, so a page in order of time has to know which of them can have events in a range.
 * A group with log records, or with span events, has a row in `session_group` at the first of them. Its kind says how long it is from the first to the last at most, in
 * lengths that grow fourfold: who looks for a time goes back by no more than the length of each kind.
 *
 * Rows that are there anyway do where they can. Log records without a trace are a group of one minute, which has its row of kind `logs` at the first of them. Span events
 * of a short trace are found by the row of kind `trace`.
 */

/** A row of `session_group` for a group that is known. */
export interface GroupPlace {
  readonly kind: number;
  readonly startNs: bigint;
}

/** Greatest time from first to last event by length class, ns; the last is longer than time itself. */
const LENGTHS: readonly bigint[] = Array.from({ length: 19 }, (_, exponent) => {
  const length = 4n ** BigInt(exponent) * 250_000_000n;
  return length < MAX_INTEGER ? length : MAX_INTEGER;
});

const MINUTE_NS = 60_000_000_000n;

/** How long after the start of a trace span events are found by its row. */
const SHORT_NS = 4_000_000_000n;

/** A kind of rows to look through for events, and how far its groups reach from their start at most, ns. */
export interface EventKind {
  readonly kind: number;
  readonly lengthNs: bigint;
  /** Whether its rows are of log records without a trace alone, among others that are not. */
  readonly isTraceless: boolean;
}

/** The kinds of rows of groups with log records. */
export const LOG_KINDS: readonly EventKind[] = [
  { kind: GroupKind.logs, lengthNs: MINUTE_NS, isTraceless: true },
  ...kindsFrom(GroupKind.traceLogs),
];

/** As if of rows that say nothing of the time: for a group that is known. */
export const UNPLACED_LOGS: EventKind = {
  kind: GroupKind.traceLogs,
  lengthNs: MAX_INTEGER,
  isTraceless: false,
};
export const UNPLACED_SPAN_EVENTS: EventKind = { ...UNPLACED_LOGS, kind: GroupKind.spanEvents };

/** The kinds of rows of groups with span events. */
export const SPAN_EVENT_KINDS: readonly EventKind[] = [
  { kind: GroupKind.trace, lengthNs: SHORT_NS, isTraceless: false },
  ...kindsFrom(GroupKind.spanEvents),
];

function kindsFrom(base: number): EventKind[] {
  return LENGTHS.map((lengthNs, lengthClass) => ({
    kind: base + lengthClass,
    lengthNs,
    isTraceless: false,
  }));
}

export function logsPlace(fragment: Fragment | undefined): GroupPlace | undefined {
  return placeOf(GroupKind.traceLogs, fragment?.events.logs);
}

export function spanEventsPlace(fragment: Fragment | undefined): GroupPlace | undefined {
  const times = fragment?.events.spanEvents;
  if (times === undefined || areNearStart(times, fragment!.traceStartNs)) return undefined;
  return placeOf(GroupKind.spanEvents, times);
}

/** Whether span events are found by the row of their trace, which is at the start of the trace in the session. */
export function areNearStart({ firstNs, lastNs }: TimeSpan, traceStartNs: bigint): boolean {
  return firstNs >= traceStartNs && lastNs - traceStartNs <= SHORT_NS;
}

function placeOf(base: number, times: TimeSpan | undefined): GroupPlace | undefined {
  if (times === undefined) return undefined;
  const { firstNs, lastNs } = times;
  return { kind: base + LENGTHS.findIndex((length) => lastNs - firstNs <= length), startNs: firstNs };
}
