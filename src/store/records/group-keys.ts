import { createHash } from 'node:crypto';
import { NONE, type RecordBatch } from '../../otlp/record-batch.js';
import type { ByteString } from '../../sessionize/records.js';
import { traceIdOf } from './held-records.js';

const MINUTE_NS = 60_000_000_000n;

/**
 * The stored form of a group's key. For a trace it is the trace id. For log records without a trace it is a
 * tag and a digest, one byte longer than any trace id. Only the functions of this file interpret a key.
 */
const LOGS_TAG = 'L';

/** Bytes of a trace id. Statements distinguish the two kinds of groups by the length of the key. */
export const TRACE_KEY_BYTES = 16;

/** The trace id of a group; empty for log records without a trace. */
export function traceOfKey(key: ByteString): ByteString {
  return key.length === TRACE_KEY_BYTES ? key : '';
}

/**
 * Determines the group of a record (S1): its trace, or the log records without a trace of its session and
 * minute.
 */
export class GroupKeys {
  // Consecutive log records usually share their session and minute.
  #session = '';
  #minute = -1n;
  #key: ByteString = '';

  of(batch: RecordBatch, index: number): ByteString {
    if (batch.traceId[index] !== NONE) return traceIdOf(batch, index);
    const session = batch.strings[batch.session[index]!]!;
    const minute = batch.start[index]! / MINUTE_NS;
    if (session !== this.#session || minute !== this.#minute) {
      this.#session = session;
      this.#minute = minute;
      const digest = createHash('sha256').update(`${minute} ${session}`).digest();
      this.#key = LOGS_TAG + digest.toString('latin1', 0, 16);
    }
    return this.#key;
  }
}
