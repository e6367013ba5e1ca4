import { TOKEN_NUMBERS, type Usage } from '../normalize/facts.js';
import type { ByteString } from './records.js';
import { type CallReport, compareReports, mayBeOneModel } from './same-call.js';

/** A report whose span is one of several below another. */
export interface SiblingReport extends CallReport {
  readonly parentId: ByteString | undefined;
}

/**
 * U22: calls whose numbers include those of the calls before them, with their own numbers. Such a call
 * follows one of the same dialect, scope and parent that ended to call a tool, and begins after that one's
 * end.
 *
 * A call is not split if it cannot be a running total: a number shrinks or is no longer reported, or the
 * remaining input is less than the input of the previous call, since each call of the loop sends all that the
 * previous one sent. Overlapping calls of one parent are not split either, because their order is unknown.
 */
export function takenApart<T extends SiblingReport>(reports: readonly T[]): Map<T, Usage> {
  const loops = new Map<string, T[]>();
  for (const report of reports) {
    const { usage, parentId } = report;
    // Without a parent nothing shows that calls are of one loop.
    if (!usage.runningSum || parentId === undefined) continue;
    const key = `${parentId} ${usage.dialect} ${usage.scope}`;
    const known = loops.get(key);
    if (known === undefined) loops.set(key, [report]);
    else known.push(report);
  }
  const own = new Map<T, Usage>();
  for (const calls of loops.values()) {
    calls.sort(compareReports);
    if (calls.some((call, i) => i > 0 && call.startNs < calls[i - 1]!.endNs)) continue;
    for (const [i, call] of calls.entries()) {
      const before = calls[i - 1];
      if (!before?.usage.calledTool || !mayBeOneModel(before.usage.model, call.usage.model)) continue;
      const usage = difference(call.usage, before.usage, own.get(before) ?? before.usage);
      if (usage !== undefined) own.set(call, usage);
    }
  }
  return own;
}

/**
 * The excess of a running total over the previous one, whose own numbers are `own`; undefined if it is not a
 * running total.
 */
function difference(sum: Usage, before: Usage, own: Usage): Usage | undefined {
  const usage: { -readonly [K in keyof Usage]: Usage[K] } = { ...sum };
  for (const number of TOKEN_NUMBERS) {
    const was = before[number];
    if (was === undefined) continue;
    const is = sum[number];
    if (is === undefined || is < was) return undefined;
    usage[number] = is - was;
  }
  if ((usage.inputTokens ?? 0) < (own.inputTokens ?? 0)) return undefined;
  return usage;
}
