import type { RecordReference } from '../queries.js';
import type { OutlinedTrace } from '../timeline/outline.js';
import { layoutSpans } from '../timeline/span-tree.js';
import { recordKey } from '../usage/call-marks.js';
import type { Kind, Thing } from './things.js';

/** What caused what, as indexes in the list of things. */
export interface Causes {
  readonly causes: readonly (readonly number[])[];
  readonly effects: readonly (readonly number[])[];
}

/** The order of things that one record reports: what was sent to a model is before the call, its answer after. */
const ORDER: Record<Kind, number> = {
  page: 0,
  action: 1,
  request: 2,
  service: 3,
  system: 4,
  user: 4,
  tool_result: 4,
  call: 5,
  assistant: 6,
  tool_call: 6,
  exception: 7,
  event: 7,
};

/** Which of the things of a span causes what is below it: the first of these kinds that is there. */
const CAUSING: readonly (readonly Kind[])[] = [
  ['call'],
  ['tool_call'],
  ['user', 'tool_result', 'system'],
  ['service'],
  ['request'],
  ['action'],
  ['page'],
  ['assistant'],
];
/** Causes that are kept for one thing. */
const MOST_CAUSES = 8;

interface ThingOf extends Pick<Thing, 'key' | 'kind' | 'namedCause' | 'owner'> {
  readonly record: RecordReference;
}

/**
 * Links each thing to its direct causes, by ids alone: the cause that the API names; else what the same
 * record reports earlier; else the nearest thing at a span above it, or around it for an event; else the page
 * or request that it belongs to. A page is caused only by an action. Times decide nothing, because
 * clocks of browsers and servers differ.
 */
export function findCauses(things: readonly ThingOf[], traces: readonly OutlinedTrace[]): Causes {
  const places = new Map(things.map(({ key }, index) => [key, index]));
  const byRecord = new Map<string, number[]>();
  for (const [index, { record }] of things.entries()) {
    if (isNamed(record)) append(byRecord, recordKey(record), index);
  }
  const near = nearestThings(things, traces);
  const direct = (index: number): readonly number[] => {
    const thing = things[index]!;
    const named = places.get(thing.namedCause ?? '');
    if (named !== undefined) return [named];
    const isInside = thing.record.log_id !== undefined || ORDER[thing.kind] === ORDER.event;
    const above = near(thing.record, isInside);
    if (thing.kind === 'page') return above.filter((each) => things[each]!.kind === 'action');
    const earlier =
      isNamed(thing.record) && ORDER[thing.kind] !== ORDER.event
        ? lastBefore(byRecord.get(recordKey(thing.record)) ?? [], things, ORDER[thing.kind])
        : [];
    if (earlier.length > 0) return earlier;
    if (above.length > 0) return above;
    const owner = places.get(thing.owner ?? '');
    return owner === undefined ? [] : [owner];
  };
  const causes = things.map((_, index) =>
    direct(index)
      .filter((cause) => cause !== index)
      .slice(0, MOST_CAUSES),
  );
  const effects: number[][] = things.map(() => []);
  for (const [index, of] of causes.entries()) for (const cause of of) effects[cause]!.push(index);
  return { causes, effects };
}

/** Everything that led to a thing, and everything that followed from it. Neither contains the thing itself. */
export interface Reach {
  readonly causes: ReadonlySet<number>;
  readonly effects: ReadonlySet<number>;
}

/** Follows the links from a thing both ways. A thing in a circle of links is a cause only. */
export function reachOf({ causes, effects }: Causes, from: number): Reach {
  const before = follow(causes, from, new Set());
  return { causes: before, effects: follow(effects, from, before) };
}

function follow(
  links: readonly (readonly number[])[],
  from: number,
  without: ReadonlySet<number>,
): Set<number> {
  const found = new Set<number>();
  const open = [...(links[from] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === from || found.has(next) || without.has(next)) continue;
    found.add(next);
    open.push(...links[next]!);
  }
  return found;
}

/** Of the things of one record, those of the last place in the order before `order`. */
function lastBefore(
  indexes: readonly number[],
  things: readonly ThingOf[],
  order: number,
): readonly number[] {
  const before = indexes.filter((index) => ORDER[things[index]!.kind] < order);
  const last = Math.max(...before.map((index) => ORDER[things[index]!.kind]));
  return before.filter((index) => ORDER[things[index]!.kind] === last);
}

/**
 * A function that finds the things at the nearest span above that of a record; with `isInside`, at or above it.
 * For a record that names a trace alone, it finds the first things of the trace.
 */
function nearestThings(
  things: readonly ThingOf[],
  traces: readonly OutlinedTrace[],
): (record: RecordReference, isInside: boolean) => readonly number[] {
  const bySpan = new Map<string, Map<string, number[]>>();
  for (const [index, { record }] of things.entries()) {
    const { trace_id: trace, span_id: span, log_id: log } = record;
    if (trace === undefined || span === undefined || log !== undefined) continue;
    const spans = bySpan.get(trace) ?? new Map<string, number[]>();
    bySpan.set(trace, spans);
    append(spans, span, index);
  }
  const at = new Map<string, Map<string, readonly number[]>>();
  const above = new Map<string, Map<string, readonly number[]>>();
  const first = new Map<string, readonly number[]>();
  for (const { id, spans } of traces) {
    const own = bySpan.get(id);
    if (own === undefined) continue;
    const tree = layoutSpans(spans);
    const [atSpan, aboveSpan] = [new Map<string, readonly number[]>(), new Map<string, readonly number[]>()];
    for (let row = 0; row < spans.length; row++) {
      const span = spans[tree.span[row]!]!.id;
      const parent = tree.parent[row]!;
      const inherited = parent < 0 ? [] : atSpan.get(spans[tree.span[parent]!]!.id)!;
      const causing = causingOf(own.get(span) ?? [], things);
      aboveSpan.set(span, inherited);
      atSpan.set(span, causing.length > 0 ? causing : inherited);
      if (!first.has(id) && causing.length > 0) first.set(id, causing);
    }
    at.set(id, atSpan);
    above.set(id, aboveSpan);
  }
  return ({ trace_id: trace = '', span_id: span }, isInside) => {
    if (span === undefined) return first.get(trace) ?? [];
    return (isInside ? at : above).get(trace)?.get(span) ?? [];
  };
}

function causingOf(indexes: readonly number[], things: readonly ThingOf[]): readonly number[] {
  for (const kinds of CAUSING) {
    const found = indexes.filter((index) => kinds.includes(things[index]!.kind));
    if (found.length > 0) return found;
  }
  return [];
}

function isNamed({ trace_id, span_id, log_id }: RecordReference): boolean {
  return log_id !== undefined || (trace_id !== undefined && span_id !== undefined);
}

function append(lists: Map<string, number[]>, key: string, index: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [index]);
  else list.push(index);
}
