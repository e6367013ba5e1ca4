import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { ErasedCounts, ErasureJob } from '../contract/erasure.js';
import type { ErasedChunk, ErasedPart } from './erasing.js';

/** Jobs of erasure, whatever store has them (docs/decisions/019-erasure-and-retention.md). */

/** Limit of traces whose ids are searched for. */
const MOST_TRACES = 20_000;

/** Shorter ids of sessions and users are found by chance, as parts of others. */
const LEAST_NEEDLE_BYTES = 12;

/** A job as it is stored. */
export interface StoredJob extends ErasureJob {
  readonly no: number;
  /** The number of the project. */
  readonly project: number;
}

export const NO_COUNTS: ErasedCounts = { sessions: 0, traces: 0, spans: 0, logs: 0, chunks: 0 };

export function newJobId(): string {
  return `er_${randomBytes(12).toString('hex')}`;
}

/** What a client is shown of a job. */
export function shownJob(job: StoredJob): ErasureJob {
  const { no: _no, project: _project, receipt, finishedNs, ...rest } = job;
  if (job.state !== 'done' || receipt === undefined || finishedNs === undefined) return rest;
  return { ...rest, finishedNs, receipt };
}

/** The counts of a job, with what another part of it had. */
export function withPart(counts: ErasedCounts, part: ErasedPart): ErasedCounts {
  return {
    sessions: counts.sessions + (part.hasMore ? 0 : 1),
    traces: counts.traces + part.traces.length,
    spans: counts.spans + part.spans,
    logs: counts.logs + part.logs,
    chunks: counts.chunks + part.chunks.length,
  };
}

/** Offsets of chunks by the number of their block. */
export function byBlock(chunks: readonly ErasedChunk[]): Map<number, Set<number>> {
  const offsets = new Map<number, Set<number>>();
  for (const { block, offset } of chunks) {
    const known = offsets.get(block);
    if (known === undefined) offsets.set(block, new Set([offset]));
    else known.add(offset);
  }
  return offsets;
}

export interface SearchedIds {
  /** The bytes of the ids, in each form in which they are stored. */
  readonly needles: readonly Uint8Array[];
  /** How many ids these are. */
  readonly count: number;
}

/**
 * What is searched for once a job is done: ids that nothing else should have. `isGone` says whether no record of a
 * trace is left; `texts` are the ids of sessions and users.
 */
export function searchedIds(
  traces: readonly Uint8Array[],
  texts: readonly string[],
  isGone: (traces: readonly Uint8Array[]) => readonly boolean[],
): SearchedIds {
  const some = traces.slice(0, MOST_TRACES);
  const gone = isGone(some);
  const searched = some.filter((_, i) => gone[i] === true);
  const hex = searched.map((trace) => Buffer.from(Buffer.from(trace).toString('hex')));
  const long = texts.map((text) => Buffer.from(text)).filter(({ length }) => length >= LEAST_NEEDLE_BYTES);
  return { needles: [...searched, ...hex, ...long], count: searched.length + long.length };
}
