import type { Entry } from './entry.js';

/** An entry with the facts of its record, and of the call if it is an answer. */
export interface Turn extends Entry {
  readonly position: TurnPosition;
  readonly timeNs: bigint;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly logId?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly latencyMs?: number;
  readonly error?: TurnError;
  /** Its record has lost its content by retention. */
  readonly contentRemoved?: true;
}

export interface TurnError {
  readonly type?: string;
  readonly message?: string;
}

/** Position of a turn: by group, then by time and id of its record, then by index in the record. */
export interface TurnPosition {
  readonly groupNs: bigint;
  readonly groupKey: string;
  readonly timeNs: bigint;
  readonly recordId: string;
  readonly index: number;
}

export function comparePositions(a: TurnPosition, b: TurnPosition): number {
  return (
    compare(a.groupNs, b.groupNs) ||
    compare(a.groupKey, b.groupKey) ||
    compare(a.timeNs, b.timeNs) ||
    compare(a.recordId, b.recordId) ||
    a.index - b.index
  );
}

function compare(a: bigint | string, b: bigint | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Number of characters of a turn. */
export function weightOf({ text, reasoning, tool }: Turn): number {
  const texts = [text, reasoning, tool?.arguments, tool?.result];
  return texts.reduce((weight, part) => weight + (part?.length ?? 0), 0);
}
