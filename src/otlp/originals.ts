import { Buffer } from 'node:buffer';
import { ProtoReader, WireType } from './wire.js';

/**
 * The identity of records whose content has gone (docs/decisions/019-erasure-and-retention.md). A field before the
 * resource of these records has it, at the level of the request: chunks are framed by this program, so no sender can
 * write it there. Readers of OTLP skip it.
 */

/** Field 14 of a request, length-delimited. */
export const ORIGINALS_TAG = (14 << 3) | WireType.length;

export const DIGEST_BYTES = 16;

/** What a record was before its content went. */
export interface Original {
  /** Length of its encoded message, bytes. */
  readonly size: number;
  /** Of a log record, that of its content (S3); of a span, of its bytes, resource and scope. */
  readonly digest: Uint8Array;
}

/** The content of the field: for each of these records that follow, a length and a digest, or 0. */
export function encodeOriginals(records: readonly (Original | undefined)[]): Buffer {
  const bytes: number[] = [];
  for (const original of records) {
    let rest = original?.size ?? 0;
    for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
    bytes.push(rest);
    if (original !== undefined) bytes.push(...original.digest);
  }
  return Buffer.from(bytes);
}

/** Reads what `encodeOriginals` wrote. */
export function decodeOriginals(bytes: Uint8Array): (Original | undefined)[] {
  const reader = new ProtoReader(bytes);
  const records: (Original | undefined)[] = [];
  while (reader.pos < bytes.length) {
    const size = reader.varint();
    if (size === 0) {
      records.push(undefined);
      continue;
    }
    records.push({ size, digest: bytes.slice(reader.pos, reader.pos + DIGEST_BYTES) });
    reader.pos += DIGEST_BYTES;
  }
  return records;
}
