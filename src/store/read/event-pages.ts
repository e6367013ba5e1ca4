import { Buffer } from 'node:buffer';
import {
  readLogRecordHead,
  readLogRecords,
  readSpanEventHeads,
  readSpans,
  type SpanView,
} from '../../otlp/read.js';
import { resourceOf, scopeOf } from '../../otlp/record-batch.js';
import { type ByteString, type LogFacts, lastNsOf } from '../../sessionize/records.js';
import {
  type EventFilter,
  type EventPosition,
  type EventScan,
  type FoundEvents,
  type StoredEvent,
  spanEventId,
} from '../contract/event.js';
import { MAX_INTEGER } from '../contract/listing.js';
import type { EventKind } from '../engine/event-places.js';
import { encodeRecords, type RecordSource } from '../records/block.js';
import type { HeldSpan } from '../records/held-records.js';
import type { GroupRow } from './reads.js';

/** Limits of the search for one page if few events match. */
export interface EventLimits {
  readonly events: number;
  readonly groups: number;
}

export const EVENT_LIMITS: EventLimits = { events: 20_000, groups: 1_000 };

/** An event of a group before it is read. */
export interface EventEntry extends EventPosition {
  readonly source: RecordSource;
  /** A log record that reports an exception (S60). */
  readonly reportsException?: true;
  /** For a span event: its index in its span, and what was read of it. */
  readonly spanEvent?: { readonly index: number; readonly name: string; readonly size: number };
}

/** A row with the earliest time at which a group's events can begin. */
export interface EventRow extends GroupRow {
  readonly kind: EventKind;
}

/** Where rows of a kind begin. */
export interface EventStart {
  readonly kind: EventKind;
  readonly fromNs: bigint;
}

/** How the pages of a session read its groups. */
export interface EventSource {
  /** The rows of each kind in the direction of the scan: ascending from `fromNs`, or descending from it. */
  rows(starts: readonly EventStart[], isForward: boolean): Promise<AsyncIterator<EventRow>[]>;
  /** The events of the row's group, by position. */
  open(row: EventRow): Promise<readonly EventEntry[]>;
}

export function compareEvents(a: EventPosition, b: EventPosition): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export function logEntry({ id, timeNs, exceptions }: LogFacts, source: RecordSource): EventEntry {
  return {
    timeNs,
    id: Buffer.from(id, 'latin1').toString('hex'),
    source,
    ...(exceptions !== undefined && { reportsException: true }),
  };
}

/** The events of a span. Their list position is within the span, whatever their own times are. */
export function spanEventEntries(traceId: ByteString, span: HeldSpan): EventEntry[] {
  const source = span.source!;
  const { batch, index: record } = source;
  const start = batch.offset[record]!;
  const lastNs = lastNsOf(span);
  const ids = Buffer.from(traceId + span.id, 'latin1').toString('hex');
  return readSpanEventHeads(batch.bytes, start, start + batch.length[record]!).map(
    ({ name, timeNs, size }, index) => ({
      timeNs: timeNs < span.startNs ? span.startNs : timeNs > lastNs ? lastNs : timeNs,
      id: spanEventId(ids.slice(0, 32), ids.slice(32), index),
      source,
      spanEvent: { index, name, size },
    }),
  );
}

/**
 * At most `limit` matching events, in list order. Merges the events of overlapping groups in time order: a
 * group is opened when the merge reaches the earliest (backwards: latest) possible time of its events. Gives
 * up after searching many events or groups.
 */
export async function eventsIn(
  source: EventSource,
  kinds: readonly EventKind[],
  scan: EventScan,
  most = EVENT_LIMITS,
): Promise<FoundEvents> {
  const { after, limit, maxBytes = Number.POSITIVE_INFINITY } = scan;
  const isForward = scan.direction === 'forward';
  const rows = await RowMerge.open(source, kinds, after?.timeNs, isForward);
  const merge = new EventMerge(isForward ? compareEvents : (a, b) => compareEvents(b, a));
  const found: EventEntry[] = [];
  let last: EventPosition | undefined;
  let stoppedAt: EventPosition | undefined;
  let bytes = 0;
  let events = 0;
  let groups = 0;
  while (found.length < limit && (bytes <= maxBytes || found.length < 2)) {
    const edgeNs = rows.edgeNs;
    const next = merge.peek();
    if (edgeNs !== undefined && (next === undefined || !isBefore(next.timeNs, edgeNs, isForward))) {
      if (groups >= most.groups) {
        stoppedAt = furthest(last, after, edgeNs, isForward);
        if (stoppedAt !== undefined) break;
      }
      merge.add(await source.open(await rows.take()), after, isForward);
      groups++;
      continue;
    }
    if (next === undefined) break;
    if (events >= most.events) {
      stoppedAt = last!;
      break;
    }
    merge.advance();
    events++;
    last = { timeNs: next.timeNs, id: next.id };
    if (!matches(next, scan)) continue;
    found.push(next);
    bytes += sizeOf(next);
  }
  if (!isForward) found.reverse();
  return { events: readAll(found), ...(stoppedAt && { stoppedAt }) };
}

function isBefore(timeNs: bigint, edgeNs: bigint, isForward: boolean): boolean {
  return isForward ? timeNs < edgeNs : timeNs > edgeNs;
}

/**
 * The position that a search has reached if it gives up before the next group; undefined if it made no
 * progress.
 */
function furthest(
  last: EventPosition | undefined,
  after: EventPosition | undefined,
  edgeNs: bigint,
  isForward: boolean,
): EventPosition | undefined {
  // The position of a cursor is within the range of times.
  const beforeEdge = isForward
    ? { timeNs: edgeNs, id: '' }
    : edgeNs < MAX_INTEGER
      ? { timeNs: edgeNs + 1n, id: '' }
      : undefined;
  const sign = isForward ? 1 : -1;
  const isLastBefore =
    last === undefined || (beforeEdge !== undefined && sign * compareEvents(beforeEdge, last) > 0);
  const reached = isLastBefore ? beforeEdge : last;
  if (reached === undefined) return undefined;
  return after === undefined || sign * compareEvents(reached, after) > 0 ? reached : undefined;
}

function matches(entry: EventEntry, { names, minSeverity = 0 }: EventFilter): boolean {
  const { source, spanEvent, reportsException } = entry;
  if (spanEvent !== undefined) {
    if (names !== undefined && !names.includes(spanEvent.name)) return false;
    return (spanEvent.name === EXCEPTION ? SEVERITY_ERROR : 0) >= minSeverity;
  }
  const { batch, index } = source;
  const start = batch.offset[index]!;
  const head = readLogRecordHead(batch.bytes, start, start + batch.length[index]!);
  const severity = head.severityNumber || (reportsException === true ? SEVERITY_ERROR : 0);
  if (!head.isEvent || severity < minSeverity) return false;
  return names === undefined || names.includes(head.eventName);
}

/** A span event with this name is an error, and has no severity. */
const EXCEPTION = 'exception';
/** For exceptions without a severity. */
const SEVERITY_ERROR = 17;

function sizeOf({ source: { batch, index }, spanEvent }: EventEntry): number {
  const own = spanEvent?.size ?? batch.length[index]!;
  return own + resourceOf(batch, index).length + scopeOf(batch, index).length;
}

function readAll(entries: readonly EventEntry[]): StoredEvent[] {
  const logs = readLogRecords(
    encodeRecords(entries.filter(({ spanEvent }) => spanEvent === undefined).map(({ source }) => source))
      .logs,
  ).values();
  const spans = new Map<RecordSource, SpanView>();
  return entries.map((entry) => {
    const { timeNs, id, source, spanEvent } = entry;
    const common = { position: { timeNs, id }, size: sizeOf(entry) };
    if (spanEvent === undefined) return { ...common, kind: 'log', log: logs.next().value! };
    let span = spans.get(source);
    if (span === undefined) {
      span = readSpans(encodeRecords([source]).spans)[0]!;
      spans.set(source, span);
    }
    return { ...common, kind: 'span_event', span, event: span.events[spanEvent.index]! };
  });
}

/** Rows of all kinds, in the order in which their groups must be opened. */
class RowMerge {
  readonly #isForward: boolean;
  /** The next row of each kind that has one, with the first to open at the end. */
  readonly #heads: RowHead[] = [];

  private constructor(isForward: boolean) {
    this.#isForward = isForward;
  }

  static async open(
    source: EventSource,
    kinds: readonly EventKind[],
    afterNs: bigint | undefined,
    isForward: boolean,
  ): Promise<RowMerge> {
    const merge = new RowMerge(isForward);
    const starts = kinds.map((kind) => ({
      kind,
      fromNs: isForward ? least(afterNs, kind.lengthNs) : (afterNs ?? MAX_INTEGER),
    }));
    for (const rows of await source.rows(starts, isForward)) await merge.#put(rows);
    return merge;
  }

  /**
   * Forwards, no later row has an earlier event; backwards, none has a later event. Undefined if there are no
   * more rows.
   */
  get edgeNs(): bigint | undefined {
    return this.#heads.at(-1)?.edgeNs;
  }

  async take(): Promise<EventRow> {
    const { row, rest } = this.#heads.pop()!;
    await this.#put(rest);
    return row;
  }

  async #put(rest: AsyncIterator<EventRow>): Promise<void> {
    const { value: row, done } = await rest.next();
    if (done) return;
    const edgeNs = this.#isForward ? row.startNs : row.startNs + row.kind.lengthNs;
    insert(this.#heads, { row, rest, edgeNs }, (a, b) => {
      if (a.edgeNs === b.edgeNs) return 0;
      return a.edgeNs < b.edgeNs === this.#isForward ? -1 : 1;
    });
  }
}

interface RowHead {
  readonly row: EventRow;
  readonly rest: AsyncIterator<EventRow>;
  readonly edgeNs: bigint;
}

function least(afterNs: bigint | undefined, lengthNs: bigint): bigint {
  return afterNs === undefined || afterNs < lengthNs ? 0n : afterNs - lengthNs;
}

/** Events of the open groups, in the order of the scan. */
class EventMerge {
  readonly #compare: (a: EventPosition, b: EventPosition) => number;
  /** Groups with events left. The group with the next event is at the end. */
  readonly #heads: EventHead[] = [];

  constructor(compare: (a: EventPosition, b: EventPosition) => number) {
    this.#compare = compare;
  }

  /** The events of a group after `after`, given by position. */
  add(entries: readonly EventEntry[], after: EventPosition | undefined, isForward: boolean): void {
    const at = isForward
      ? firstWhere(entries, (entry) => after === undefined || compareEvents(entry, after) > 0)
      : firstWhere(entries, (entry) => after !== undefined && compareEvents(entry, after) >= 0) - 1;
    this.#put(entries, at, isForward ? 1 : -1);
  }

  peek(): EventEntry | undefined {
    return this.#heads.at(-1)?.entry;
  }

  advance(): void {
    const { entries, at, step } = this.#heads.pop()!;
    this.#put(entries, at + step, step);
  }

  #put(entries: readonly EventEntry[], at: number, step: 1 | -1): void {
    const entry = entries[at];
    if (entry === undefined) return;
    insert(this.#heads, { entry, entries, at, step }, (a, b) => this.#compare(a.entry, b.entry));
  }
}

interface EventHead {
  readonly entry: EventEntry;
  readonly entries: readonly EventEntry[];
  readonly at: number;
  readonly step: 1 | -1;
}

/** Inserts an item into a list that has the first item by `compare` at its end. */
function insert<T>(list: T[], item: T, compare: (a: T, b: T) => number): void {
  list.splice(
    firstWhere(list, (other) => compare(other, item) <= 0),
    0,
    item,
  );
}

/** The index of the first item that `fits`. All later items must fit too. */
function firstWhere<T>(items: readonly T[], fits: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fits(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
