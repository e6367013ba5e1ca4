import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type {
  ExceptionFacts,
  Identity,
  TitleFacts,
  ToolFacts,
  Usage,
  VisitFacts,
} from '../../normalize/facts.js';
import { DIGEST_BYTES } from '../../otlp/originals.js';
import {
  NONE,
  RECORD_SPAN,
  type RecordBatch,
  resourceOf,
  scopeOf,
  serviceOf,
} from '../../otlp/record-batch.js';
import type { ByteString, Group, LogFacts, SpanFacts } from '../../sessionize/records.js';
import type { RecordSource } from './block.js';

/** A span in memory. `source` is the place of its bytes, while they are in memory. */
export class HeldSpan implements SpanFacts {
  readonly id: ByteString;
  readonly parentId: ByteString;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly size: number;
  readonly error: boolean;
  readonly quiet: boolean;
  readonly hasEvents: boolean;
  readonly session: string | undefined;
  readonly service: string | undefined;
  readonly identity: Identity | undefined;
  readonly usage: Usage | undefined;
  readonly visit: VisitFacts | undefined;
  readonly exceptions: readonly ExceptionFacts[] | undefined;
  readonly title: TitleFacts | undefined;
  readonly tags: string | undefined;
  readonly tool: ToolFacts | undefined;
  source: RecordSource | undefined;

  constructor(source: RecordSource) {
    const { batch, index } = source;
    const parentId = batch.parentId[index]!;
    this.id = spanIdOf(batch, index);
    this.parentId = parentId === NONE ? '' : byteString(batch, parentId, 8);
    this.startNs = batch.start[index]!;
    this.endNs = batch.end[index]!;
    this.size = sizeOf(batch, index);
    this.error = batch.error[index] === 1;
    this.quiet = batch.quiet[index] === 1;
    this.hasEvents = batch.events[index] === 1;
    this.session = entry(batch.strings, batch.session[index]!);
    this.service = serviceOf(batch, index);
    this.identity = entry(batch.identities, batch.identity[index]!);
    this.usage = entry(batch.usages, batch.usage[index]!);
    this.visit = entry(batch.visits, batch.visit[index]!);
    this.exceptions = entry(batch.exceptionSets, batch.exceptions[index]!);
    this.title = entry(batch.titles, batch.title[index]!);
    this.tags = entry(batch.strings, batch.tags[index]!);
    this.tool = entry(batch.tools, batch.tool[index]!);
    this.source = source;
  }
}

export type HeldGroup = Group<HeldSpan>;

export function heldLog(batch: RecordBatch, index: number): LogFacts {
  const { digest } = batch;
  return {
    id: Buffer.from(digest.buffer, digest.byteOffset + index * 16, 16).toString('latin1'),
    spanId: spanIdOf(batch, index),
    timeNs: batch.start[index]!,
    session: entry(batch.strings, batch.session[index]!),
    service: serviceOf(batch, index),
    identity: entry(batch.identities, batch.identity[index]!),
    usage: entry(batch.usages, batch.usage[index]!),
    lifecycleEvent: entry(batch.lifecycleEvents, batch.lifecycleEvent[index]!),
    score: entry(batch.scores, batch.score[index]!),
    visit: entry(batch.visits, batch.visit[index]!),
    exceptions: entry(batch.exceptionSets, batch.exceptions[index]!),
    title: entry(batch.titles, batch.title[index]!),
    tags: entry(batch.strings, batch.tags[index]!),
    tool: entry(batch.tools, batch.tool[index]!),
  };
}

function entry<T>(table: readonly T[], index: number): T | undefined {
  return index === NONE ? undefined : table[index];
}

/**
 * Node's internal slicing, without the argument checks of toString('latin1'). The type declarations omit it.
 */
type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): string };

const buffers = new WeakMap<RecordBatch, Buffer>();

/** Bytes of a batch as a string with one character per byte. */
function byteString(batch: RecordBatch, start: number, length: number): ByteString {
  let buffer = buffers.get(batch);
  if (buffer === undefined) {
    const { bytes } = batch;
    buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    buffers.set(batch, buffer);
  }
  return (buffer as Latin1Buffer).latin1Slice(start, start + length);
}

/** Trace id of a record; empty if it has none. */
export function traceIdOf(batch: RecordBatch, index: number): ByteString {
  const at = batch.traceId[index]!;
  return at === NONE ? '' : byteString(batch, at, 16);
}

export function spanIdOf(batch: RecordBatch, index: number): ByteString {
  const at = batch.spanId[index]!;
  return at === NONE ? '' : byteString(batch, at, 8);
}

/**
 * Orders two versions of a span with the same end and length by their digests (S2), which stay when content goes. Both
 * must have a source.
 */
export function compareSources(a: HeldSpan, b: HeldSpan): number {
  const [first, second] = [a.source!, b.source!];
  return haveSameBytes(first, second) ? 0 : Buffer.compare(digestOf(first), digestOf(second));
}

function haveSameBytes(a: RecordSource, b: RecordSource): boolean {
  if (a.batch.originals?.has(a.index) || b.batch.originals?.has(b.index)) return false;
  return (
    Buffer.compare(recordBytes(a), recordBytes(b)) === 0 &&
    Buffer.compare(resourceOf(a.batch, a.index), resourceOf(b.batch, b.index)) === 0 &&
    Buffer.compare(scopeOf(a.batch, a.index), scopeOf(b.batch, b.index)) === 0
  );
}

/** 16 bytes of the digest of a record as it was received: of a span, with its resource and scope. */
export function digestOf(source: RecordSource): Uint8Array {
  const { batch, index } = source;
  const original = batch.originals?.get(index);
  if (original !== undefined) return original.digest;
  if (batch.kind[index] !== RECORD_SPAN)
    return batch.digest.slice(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES);
  const hash = createHash('sha256');
  for (const part of [recordBytes(source), resourceOf(batch, index), scopeOf(batch, index)]) {
    hash.update(`${part.length} `).update(part);
  }
  return hash.digest().subarray(0, DIGEST_BYTES);
}

export function recordBytes({ batch, index }: RecordSource): Uint8Array {
  const offset = batch.offset[index]!;
  return batch.bytes.subarray(offset, offset + batch.length[index]!);
}

/** Encoded length of a record as it was received: before its content went, if it has gone. Bytes. */
export function sizeOf({ originals, length }: RecordBatch, index: number): number {
  return originals?.get(index)?.size ?? length[index]!;
}
