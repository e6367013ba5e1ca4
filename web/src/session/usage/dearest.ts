import type { UsageRecordItem } from '../queries.js';

/** The record of the call that cost most, of those that count; undefined if no cost is known. */
export function dearestCall(items: readonly UsageRecordItem[]): UsageRecordItem | undefined {
  let dearest: UsageRecordItem | undefined;
  for (const item of items) {
    // A sum is of several calls.
    if (!item.counted || item.kind === 'sum' || item.kind === 'rest') continue;
    if ((item.cost_usd ?? 0) > (dearest?.cost_usd ?? 0)) dearest = item;
  }
  return dearest;
}
