import { type EventTone, summaryOf, toneOf } from '../events/event-text.js';
import type { SessionEvent } from '../queries.js';
import type { OutlinedTrace } from './outline.js';
import type { TimeWindow } from './time-window.js';

/** An event on the bar of its span. */
export interface EventMark {
  readonly id: string;
  /** Position on the trace's axis, 0 to 1. */
  readonly at: number;
  readonly tone: EventTone;
  readonly title: string;
}

/** Maximum number of marks on a row; more would cover each other. */
const MOST_MARKS = 24;

/** Groups the events of a trace by their span. */
export function eventsBySpan(events: readonly SessionEvent[]): ReadonlyMap<string, readonly SessionEvent[]> {
  const bySpan = new Map<string, SessionEvent[]>();
  for (const event of events) {
    if (event.span_id === undefined) continue;
    const known = bySpan.get(event.span_id);
    if (known === undefined) bySpan.set(event.span_id, [event]);
    else known.push(event);
  }
  return bySpan;
}

/**
 * Positions of events in a window on a trace's axis; `origin` is the start of the session's axis. Events beyond the
 * trace count as at its ends; those outside of the window are left out.
 */
export function eventMarks(
  events: readonly SessionEvent[],
  { start, end }: Pick<OutlinedTrace, 'start' | 'end'>,
  origin: bigint,
  { from, to }: TimeWindow = { from: start, to: end },
): readonly EventMark[] {
  const axis = to > from ? to - from : 1;
  return mostTelling(events).flatMap((event) => {
    const time = Number(BigInt(event.time_unix_nano) - origin) / 1e6;
    const at = (Math.max(start, Math.min(end, time)) - from) / axis;
    if (at < 0 || at > 1) return [];
    const title = [event.event_name ?? 'log record', summaryOf(event).slice(0, 120)].filter(Boolean);
    return { id: event.id, at, tone: toneOf(event), title: title.join(': ') };
  });
}

const TONES: readonly EventTone[] = ['error', 'warning', 'plain', 'minor'];

/** Chooses the events that fit on a row. Errors come last, so that they are drawn on top. */
function mostTelling(events: readonly SessionEvent[]): readonly SessionEvent[] {
  const byTone = (event: SessionEvent): number => TONES.indexOf(toneOf(event));
  return events
    .toSorted((a, b) => byTone(a) - byTone(b))
    .slice(0, MOST_MARKS)
    .toReversed();
}
