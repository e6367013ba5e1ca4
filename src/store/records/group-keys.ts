import { createHash } from 'node:crypto';
import { NONE, type RecordBatch } from '../../otlp/record-batch.js';
import type { ByteString } from '../../sessionize/records.js';
import { traceIdOf } from './held-records.js';

const MINUTE_NS = 60_000_000_000n;

/** Before the digest, so that no trace id can be the key of other records. */
const LOGS_KEY = 'L';

/** Names the group of a record (S1): the 16 bytes of its trace id, or a byte and 16 of a digest of its session and minute. */
export class GroupKeys {
  // Consecutive log records mostly share their session and minute.
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
      this.#key = LOGS_KEY + digest.toString('latin1', 0, 16);
    }
    return this.#key;
  }
}
