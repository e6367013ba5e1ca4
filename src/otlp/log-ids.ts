import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { digestedPart } from './log-digest.js';
import { decodeOriginals, ORIGINALS_TAG } from './originals.js';
import { ProtoReader, WireType } from './wire.js';

const FIELD_1 = (1 << 3) | WireType.length;
const FIELD_2 = (2 << 3) | WireType.length;

/**
 * The ids of log records (SPEC S3): the first 16 bytes, in hex, of the SHA-256 of the record's bytes and
 * those of its resource and scope (`digestedPart`). In the order of `readLogRecords`.
 *
 * @throws MalformedRequestError on damaged bytes; never on a message that `decodeLogs` accepted.
 */
export function logIds(otlp: Uint8Array): string[] {
  const ids: string[] = [];
  const reader = new ProtoReader(otlp);
  const originals = fields(reader, 0, otlp.length, ORIGINALS_TAG).map(
    ([start, end]) => [start, decodeOriginals(otlp.subarray(start, end))] as const,
  );
  for (const [start, end] of fields(reader, 0, otlp.length, FIELD_1)) {
    while (originals[1] !== undefined && originals[1][0] < start) originals.shift();
    const coming = originals[0] !== undefined && originals[0][0] < start ? originals[0][1] : [];
    const resource = digestedPart(otherFields(reader, start, end));
    for (const [scopeStart, scopeEnd] of fields(reader, start, end, FIELD_2)) {
      const scope = digestedPart(otherFields(reader, scopeStart, scopeEnd));
      for (const [from, to] of fields(reader, scopeStart, scopeEnd, FIELD_2)) {
        const original = coming.shift();
        if (original !== undefined) {
          ids.push(Buffer.from(original.digest).toString('hex'));
          continue;
        }
        const hash = createHash('sha256').update(otlp.subarray(from, to)).update(resource).update(scope);
        ids.push(hash.digest('hex').slice(0, 32));
      }
    }
  }
  return ids;
}

/** Positions of the contents of the fields with this tag. */
function fields(reader: ProtoReader, start: number, end: number, wanted: number): [number, number][] {
  const found: [number, number][] = [];
  reader.pos = start;
  reader.end = end;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== wanted) {
      reader.skip(tag);
      continue;
    }
    const fieldEnd = reader.lengthEnd();
    found.push([reader.pos, fieldEnd]);
    reader.pos = fieldEnd;
  }
  return found;
}

/** The bytes of all fields except those with scopes or records, tags included. */
function otherFields(reader: ProtoReader, start: number, end: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  reader.pos = start;
  reader.end = end;
  for (;;) {
    const fieldStart = reader.pos;
    const tag = reader.tag();
    if (tag === 0) return found;
    reader.skip(tag);
    if (tag !== FIELD_2) found.push(reader.bytes.subarray(fieldStart, reader.pos));
  }
}
