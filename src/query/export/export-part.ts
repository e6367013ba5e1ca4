import { deserialize, serialize } from 'node:v8';
import type { RowGroup } from './parquet.js';

/** A part of an export. The bodies of the parts, one after the other, are the export. */
export interface ExportPart extends ExportPartFacts {
  readonly body: Uint8Array;
}

export interface ExportPartFacts {
  /** Cursor of the next part. Undefined if this is the last one. */
  readonly next?: string;
  /** The time of all states and filters, ns since 1970. */
  readonly asOfNs: bigint;
  /** Sessions that are complete with this part. */
  readonly sessions: number;
  /** Spans and log records; only if the export is made of them. */
  readonly records?: number;
  /** Of them, those whose bytes OTLP/JSON does not carry. */
  readonly inexact?: number;
  /** Sessions of which something is in a damaged block, and missing. */
  readonly damaged?: number;
  /** Whether all telemetry was searched for a text. Undefined without one. */
  readonly isComplete?: boolean;
  /** Only of Parquet: describes the row group that the body is. */
  readonly group?: RowGroup;
  /** Only of Parquet: sessions as JSON that were read, and wait until the row group is full. */
  readonly waiting?: readonly string[];
}

const LENGTH_BYTES = 4;

/** A part as bytes of their own, which can be transferred to another thread. */
export function packPart({ body, ...facts }: ExportPart): Uint8Array {
  const head = serialize(facts);
  const bytes = Buffer.allocUnsafeSlow(LENGTH_BYTES + head.length + body.length);
  bytes.writeUInt32LE(head.length);
  bytes.set(head, LENGTH_BYTES);
  bytes.set(body, LENGTH_BYTES + head.length);
  return bytes;
}

/** The part in `bytes`, whose body shares their memory. */
export function unpackPart(bytes: Uint8Array): ExportPart {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = LENGTH_BYTES + view.readUInt32LE();
  return { ...(deserialize(view.subarray(LENGTH_BYTES, end)) as ExportPartFacts), body: view.subarray(end) };
}
