import { type KeptPart, KeptSums, type SumRules } from './kept-sums.js';
import type { ToolSumForm, ToolsForm } from './stored-form.js';

/** The calls of one tool (S90). */
export interface ToolSum {
  readonly calls: number;
  readonly failures: number;
  readonly retries: number;
  /**
   * Calls by their duration in whole microseconds, to three digits (`durationKey`), or to two if there are more
   * than MOST_DURATIONS different ones. Of some calls it is unknown.
   */
  readonly durations: ReadonlyMap<number, number>;
  /** Whether the durations are to two digits. */
  readonly isCoarse?: true;
}

/** What spans and what log records report of a tool: in a session the signal with more calls counts (S91). */
export interface ToolReports {
  readonly spans?: ToolSum;
  readonly logs?: ToolSum;
}

/** The tools of a fragment. */
export type Tools = KeptPart<ToolReports>;

/** The most tools of a session that are counted, the first in order of code units. */
export const MOST_TOOLS = 200;

/** The most different durations of a tool and signal in a session that are kept to three digits. */
export const MOST_DURATIONS = 256;

const NS_PER_US = 1_000;

/** A duration as it is counted: in whole microseconds, to three digits, so that there are few different ones. */
export function durationKey(ns: number): number {
  return Number(Math.round(ns / NS_PER_US).toPrecision(3));
}

/** The sum of these calls. */
export function toolSum(sum: Omit<ToolSum, 'isCoarse'>): ToolSum {
  return sum.durations.size > MOST_DURATIONS ? coarse(sum) : sum;
}

function coarse(sum: ToolSum): ToolSum {
  if (sum.isCoarse) return sum;
  const durations = new Map<number, number>();
  for (const [us, count] of sum.durations) {
    const key = Number(us.toPrecision(2));
    durations.set(key, (durations.get(key) ?? 0) + count);
  }
  return { ...sum, durations, isCoarse: true };
}

const RULES: SumRules<ToolReports> = {
  add(known = {}, sum, sign) {
    const spans = added(known.spans, sum.spans, sign);
    const logs = added(known.logs, sum.logs, sign);
    if (spans === undefined && logs === undefined) return undefined;
    return { ...(spans && { spans }), ...(logs && { logs }) };
  },
  mayHaveLost: (kept, old, replacement) =>
    mayBeFine(kept.spans, old.spans, replacement?.spans) || mayBeFine(kept.logs, old.logs, replacement?.logs),
};

/** Whether the durations that are left may be few enough for three digits. */
function mayBeFine(kept?: ToolSum, old?: ToolSum, replacement?: ToolSum): boolean {
  if (!kept?.isCoarse || old === undefined || replacement?.isCoarse) return false;
  return old.isCoarse === true || ![...old.durations.keys()].every((us) => replacement?.durations.has(us));
}

function added(known: ToolSum | undefined, sum: ToolSum | undefined, sign: 1 | -1): ToolSum | undefined {
  if (sum === undefined) return known;
  if (known === undefined && sign === 1) return sum;
  if (known === undefined || known.calls + sign * sum.calls === 0) return undefined;
  const isCoarse = known.isCoarse ?? sum.isCoarse;
  const [ofKnown, ofSum] = isCoarse ? [coarse(known), coarse(sum)] : [known, sum];
  const durations = new Map(ofKnown.durations);
  for (const [us, count] of ofSum.durations) {
    const now = (durations.get(us) ?? 0) + sign * count;
    if (now === 0) durations.delete(us);
    else durations.set(us, now);
  }
  const all = {
    calls: known.calls + sign * sum.calls,
    failures: known.failures + sign * sum.failures,
    retries: known.retries + sign * sum.retries,
    durations,
  };
  return isCoarse ? { ...all, isCoarse } : toolSum(all);
}

/** The tools of a session, or of a fragment while it is made. */
export class ToolSums extends KeptSums<ToolReports> {
  constructor() {
    super(MOST_TOOLS, RULES);
  }

  /** The sums that count, by name in order of code units. */
  all(): [name: string, sum: ToolSum][] {
    return this.entries().map(([name, reports]) => [name, countingOf(reports)]);
  }

  /** The tools of which a call failed. */
  failed(): string[] {
    return this.all().flatMap(([name, { failures }]) => (failures > 0 ? [name] : []));
  }

  /** The stored form; undefined if there are none. */
  form(): ToolsForm | undefined {
    if (this.isEmpty) return undefined;
    return {
      ...(this.isCut && { isCut: true }),
      sums: this.entries().map(([name, { spans, logs }]) => ({
        name,
        ...(spans && { spans: sumForm(spans) }),
        ...(logs && { logs: sumForm(logs) }),
      })),
    };
  }

  static ofForm({ sums, isCut }: ToolsForm): ToolSums {
    const entries = sums.map(({ name, spans, logs }) => {
      const reports = { ...(spans && { spans: sumOfForm(spans) }), ...(logs && { logs: sumOfForm(logs) }) };
      return [name, reports] as const;
    });
    return new ToolSums().restore(entries, isCut === true);
  }
}

function countingOf({ spans, logs }: ToolReports): ToolSum {
  return spans === undefined || (logs !== undefined && logs.calls > spans.calls) ? logs! : spans;
}

function sumForm({ calls, failures, retries, durations, isCoarse }: ToolSum): ToolSumForm {
  const inOrder = [...durations].sort(([a], [b]) => a - b);
  return [calls, failures, retries, isCoarse ? 2 : 3, ...inOrder.flat()];
}

function sumOfForm([calls, failures, retries, digits, ...pairs]: ToolSumForm): ToolSum {
  const durations = new Map<number, number>();
  for (let i = 0; i < pairs.length; i += 2) durations.set(pairs[i]!, pairs[i + 1]!);
  return { calls, failures, retries, durations, ...(digits === 2 && { isCoarse: true }) };
}
