import { carriesUsage, type Usage } from '../normalize/facts.js';
import { type ByteString, compareInTime, type SpanFacts } from './records.js';

/** A call reported by two spans: its request, and its end. */
export interface ReportedTwice {
  readonly call: SpanFacts;
  readonly ending: SpanFacts;
  /** The usage of both together. */
  readonly usage: Usage;
}

const NONE: readonly ReportedTwice[] = [];

/**
 * Finds the calls of a trace whose ends are reported by spans of their own (docs/usage.md, U23). Among spans
 * of one parent, scope and content each end belongs to the latest call before it that has no end yet. Calls
 * with numbers are complete and have no such end. Linear except for the sort of spans that have all in
 * common.
 */
export function reportedTwice(spans: ReadonlyMap<ByteString, SpanFacts>): readonly ReportedTwice[] {
  let endings: SpanFacts[] | undefined;
  for (const span of spans.values()) {
    if (span.usage?.ends !== true) continue;
    endings ??= [];
    endings.push(span);
  }
  if (endings === undefined) return NONE;
  const calls = new Map<string, SpanFacts[]>();
  for (const span of spans.values()) {
    const { usage } = span;
    if (usage?.halfOf === undefined || usage.ends === true || carriesUsage(usage)) continue;
    const key = commonOf(span, usage);
    const known = calls.get(key);
    if (known === undefined) calls.set(key, [span]);
    else known.push(span);
  }
  for (const some of calls.values()) some.sort(compareSpans);
  const pairs: ReportedTwice[] = [];
  const open = new Map<string, { next: number; readonly before: SpanFacts[] }>();
  for (const ending of endings.sort(compareSpans)) {
    const key = commonOf(ending, ending.usage!);
    const some = calls.get(key);
    if (some === undefined) continue;
    let at = open.get(key);
    if (at === undefined) {
      at = { next: 0, before: [] };
      open.set(key, at);
    }
    for (; at.next < some.length && some[at.next]!.startNs <= ending.startNs; at.next++) {
      at.before.push(some[at.next]!);
    }
    const call = at.before.pop();
    if (call !== undefined) pairs.push({ call, ending, usage: together(call.usage!, ending.usage!) });
  }
  return pairs;
}

function together(call: Usage, ending: Usage): Usage {
  const { ends: _ends, halfOf: _halfOf, ...usage } = { ...call, ...ending };
  return usage;
}

function commonOf({ parentId }: SpanFacts, { scope, halfOf }: Usage): string {
  return `${parentId}\0${scope}\0${halfOf}`;
}

function compareSpans(a: SpanFacts, b: SpanFacts): number {
  return compareInTime(a.startNs, a.id, b.startNs, b.id);
}
