import type { ToolFacts } from '../normalize/facts.js';
import { ancestors } from './exceptions.js';
import { type ByteString, compareInTime, type LogFacts, lastNsOf, type SpanFacts } from './records.js';
import { isUnset } from './stretches.js';
import { durationKey, type ToolReports, type ToolSum, ToolSums, toolSum } from './tool-sums.js';

/** The record of a run of a tool. */
export interface ToolRun<Place> {
  readonly signal: 'spans' | 'logs';
  readonly tool: ToolFacts;
  readonly service: string | undefined;
  /** Id of the span, or digest of the log record. */
  readonly id: ByteString;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly failed: boolean;
  /** Undefined if it is unknown. */
  readonly durationNs: number | undefined;
  /** Where it counts: the same for runs of the same session. */
  readonly place: Place;
}

export function runOfSpan<Place>(span: SpanFacts, tool: ToolFacts, place: Place): ToolRun<Place> {
  const { id, service, startNs } = span;
  const endNs = lastNsOf(span);
  return {
    signal: 'spans',
    tool,
    service,
    id,
    startNs,
    endNs,
    failed: span.error || tool.failed === true,
    durationNs: isUnset(startNs) ? undefined : Number(endNs - startNs),
    place,
  };
}

/** A log record is written when the tool has ended. */
export function runOfLog<Place>(log: LogFacts, tool: ToolFacts, place: Place): ToolRun<Place> {
  const { id, service, timeNs } = log;
  const { durationNs } = tool;
  return {
    signal: 'logs',
    tool,
    service,
    id,
    startNs: timeNs - BigInt(durationNs ?? 0),
    endNs: timeNs,
    failed: tool.failed === true,
    durationNs,
    place,
  };
}

/** A call of a tool: one run, or several that report it. */
interface Call<Place> {
  /** The outermost run, whose times count. */
  readonly run: ToolRun<Place>;
  /** The run within it that ended last. */
  inner?: ToolRun<Place>;
}

/** The calls of tools of a group by place, from all runs of its records (S90 to S92). */
export function toolsOf<Place>(
  spans: ReadonlyMap<ByteString, SpanFacts>,
  runs: readonly ToolRun<Place>[],
): Map<Place, ToolSums> {
  const found = new Map<Place, ToolSums>();
  for (const ofTool of byTool(runs)) {
    const { place, signal, tool } = ofTool[0]!;
    let sums = found.get(place);
    if (sums === undefined) {
      sums = new ToolSums();
      found.set(place, sums);
    }
    const sum = sumOf(countingCalls(callsOf(spans, ofTool)));
    sums.add(tool.name, { [signal]: sum } satisfies ToolReports);
  }
  return found;
}

/** Runs of one tool in one place, by one signal. */
function byTool<Place>(runs: readonly ToolRun<Place>[]): Iterable<ToolRun<Place>[]> {
  const places = new Map<Place, Map<string, ToolRun<Place>[]>>();
  for (const run of runs) {
    let tools = places.get(run.place);
    if (tools === undefined) {
      tools = new Map();
      places.set(run.place, tools);
    }
    const key = `${run.signal} ${run.tool.name}`;
    const known = tools.get(key);
    if (known === undefined) tools.set(key, [run]);
    else known.push(run);
  }
  return [...places.values()].flatMap((tools) => [...tools.values()]);
}

/** Outermost first: of runs of the same times the one with the lesser id. */
function compareRuns<Place>(a: ToolRun<Place>, b: ToolRun<Place>): number {
  if (a.startNs === b.startNs && a.endNs !== b.endNs) return a.endNs > b.endNs ? -1 : 1;
  return compareInTime(a.startNs, a.id, b.startNs, b.id);
}

/**
 * The calls of one tool, in order of their start. Runs are of one call if one is the nearest run above the
 * other and they have no different ids of calls, or if they have the same id.
 */
function callsOf<Place>(
  spans: ReadonlyMap<ByteString, SpanFacts>,
  runs: readonly ToolRun<Place>[],
): Call<Place>[] {
  if (runs.length === 1) return [{ run: runs[0]! }];
  const byId = new Map(runs.map((run) => [run.id, run]));
  const withCallId = new Map<string, ToolRun<Place>>();
  const joined = new Joined<ToolRun<Place>>();
  for (const run of runs) {
    const above = run.signal === 'spans' ? runAbove(spans, byId, run) : undefined;
    if (above !== undefined) joined.join(run, above);
    const { callId } = run.tool;
    const same = callId === undefined ? undefined : withCallId.get(callId);
    if (same !== undefined) joined.join(run, same);
    else if (callId !== undefined) withCallId.set(callId, run);
  }
  const calls = new Map<ToolRun<Place>, Call<Place>>();
  // A map keeps the order of its keys: the outermost run of a call comes first.
  for (const run of [...runs].sort(compareRuns)) {
    const key = joined.of(run);
    const call = calls.get(key);
    if (call === undefined) calls.set(key, { run });
    else if (call.inner === undefined || endsLater(run, call.inner)) call.inner = run;
  }
  return [...calls.values()];
}

/** Sets of things that were joined. */
class Joined<T> {
  readonly #next = new Map<T, T>();

  /** One thing of the set, the same for all of them. */
  of(thing: T): T {
    let at = thing;
    for (let next = this.#next.get(at); next !== undefined; next = this.#next.get(at)) at = next;
    if (at !== thing) this.#next.set(thing, at);
    return at;
  }

  join(a: T, b: T): void {
    const [x, y] = [this.of(a), this.of(b)];
    if (x !== y) this.#next.set(x, y);
  }
}

function endsLater<Place>(a: ToolRun<Place>, b: ToolRun<Place>): boolean {
  return a.endNs === b.endNs ? a.id > b.id : a.endNs > b.endNs;
}

/** The nearest run above, unless both have ids of different calls. */
function runAbove<Place>(
  spans: ReadonlyMap<ByteString, SpanFacts>,
  runs: ReadonlyMap<ByteString, ToolRun<Place>>,
  run: ToolRun<Place>,
): ToolRun<Place> | undefined {
  const id = ancestors(spans, run.id).find((above) => runs.has(above));
  const above = id === undefined ? undefined : runs.get(id)!;
  if (above === undefined || run.tool.callId === undefined || above.tool.callId === undefined) return above;
  return above.tool.callId === run.tool.callId ? above : undefined;
}

/**
 * Of several instrumentations of a service that report calls side by side, those of the one with the most
 * count; if there are several, of the one with the least name.
 */
function countingCalls<Place>(calls: readonly Call<Place>[]): readonly Call<Place>[] {
  const byScope = new Map<string, Map<string, Call<Place>[]>>();
  for (const call of calls) {
    const { service = '', tool } = call.run;
    let scopes = byScope.get(service);
    if (scopes === undefined) {
      scopes = new Map();
      byScope.set(service, scopes);
    }
    const known = scopes.get(tool.scope);
    if (known === undefined) scopes.set(tool.scope, [call]);
    else known.push(call);
  }
  const counting = [...byScope.values()].flatMap((scopes) => {
    const all = [...scopes].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
    return all[0]![1];
  });
  return byScope.size === 1 ? counting : counting.sort((a, b) => compareRuns(a.run, b.run));
}

function hasFailed<Place>({ run, inner }: Call<Place>): boolean {
  return run.failed || inner?.failed === true;
}

/** @param calls in order of their start. */
function sumOf<Place>(calls: readonly Call<Place>[]): ToolSum {
  const durations = new Map<number, number>();
  for (const { run, inner } of calls) {
    const ns = run.durationNs ?? inner?.durationNs;
    if (ns === undefined) continue;
    const us = durationKey(ns);
    durations.set(us, (durations.get(us) ?? 0) + 1);
  }
  const failed = calls.filter(hasFailed);
  return toolSum({
    calls: calls.length,
    failures: failed.length,
    retries: retriesOf(calls, failed),
    durations,
  });
}

/** The calls that are the first to begin after a failed one has ended (S92). */
function retriesOf<Place>(calls: readonly Call<Place>[], failed: readonly Call<Place>[]): number {
  const retries = new Set<Call<Place>>();
  const places = new Map(calls.map((call, i) => [call, i]));
  for (const call of failed) {
    // Of calls without a duration at one time, none is a retry of a later one.
    let [low, high] = [places.get(call)! + 1, calls.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (calls[middle]!.run.startNs < call.run.endNs) low = middle + 1;
      else high = middle;
    }
    const next = calls[low];
    if (next !== undefined) retries.add(next);
  }
  return retries.size;
}
