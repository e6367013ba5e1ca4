import { MessageChannel } from 'node:worker_threads';
import { BoundedMemo } from '../../normalize/bounded-memo.js';
import type { Who } from '../../normalize/facts.js';
import type { RecordBatch } from '../../otlp/record-batch.js';

/**
 * A batch on its way to the writing thread. The same few thousand `Who` objects come in batch after batch; as text they are
 * copied faster than as objects, and equal ones become one object again on the other side.
 */
export interface BatchMessage extends Omit<RecordBatch, 'whos'> {
  readonly whos: readonly string[];
}

const MEMO_CAPACITY = 8192;

const texts = new WeakMap<Who, string>();

/** The message for a batch and the memory that moves with it: the batch cannot be used afterwards. */
export function packBatch(batch: RecordBatch): { message: BatchMessage; transfer: ArrayBuffer[] } {
  const bytes = ownedBytes(batch.bytes);
  const { envelopes } = batch;
  return {
    message: { ...batch, bytes, whos: batch.whos.map(textOf) },
    transfer: [bytes, batch.start, envelopes.bytes, envelopes.table].map(
      (view) => view.buffer as ArrayBuffer,
    ),
  };
}

const memo = new BoundedMemo<Who>(MEMO_CAPACITY);

export function unpackBatch(message: BatchMessage): RecordBatch {
  return { ...message, whos: message.whos.map((text) => memo.get(text, (json) => JSON.parse(json) as Who)) };
}

/** A port that nobody listens at: what is moved to it is freed. */
const NOWHERE = new MessageChannel().port1;
NOWHERE.close();

/**
 * Gives the memory of a batch's bytes back at once; nothing may read them any more. Left to the collector it is garbage outside of the heap, of
 * which there are 90 MB a second: what outlives two small collections takes full ones to find, which cost a tenth of all CPU.
 */
export function freeBytes({ bytes }: RecordBatch): void {
  const memory = bytes.buffer as ArrayBuffer;
  NOWHERE.postMessage(undefined, [memory]);
}

function textOf(who: Who): string {
  let text = texts.get(who);
  if (text === undefined) {
    text = JSON.stringify(who);
    texts.set(who, text);
  }
  return text;
}

/**
 * Bytes that no buffer can share with others: decompressing leaves one unused, and any other request would take more. What is copied instead is garbage
 * outside of the heap, which takes a full collection to find.
 */
const MOST_UNUSED = 1;

/** The same bytes in a buffer of their own, which can be moved to another thread. */
function ownedBytes(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes;
  const alone =
    buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength - byteLength <= MOST_UNUSED;
  return alone ? bytes : new Uint8Array(bytes);
}
