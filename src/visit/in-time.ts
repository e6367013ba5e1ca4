import type { RecordId } from '../store/contract/group.js';
import { idOf } from './page-list.js';

interface Timed {
  readonly timeNs: bigint;
  readonly record: RecordId;
}

/** Orders reports by time, then by the ids of the records. */
export function compareInTime(a: Timed, b: Timed): number {
  if (a.timeNs !== b.timeNs) return a.timeNs < b.timeNs ? -1 : 1;
  return compareIds(a.record, b.record);
}

export function compareIds(a: RecordId, b: RecordId): number {
  const [aId, bId] = [idOf(a), idOf(b)];
  return aId < bId ? -1 : aId > bId ? 1 : 0;
}
