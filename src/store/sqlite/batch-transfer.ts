import { deserialize, serialize } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { BoundedMemo } from '../../normalize/bounded-memo.js';
import type { ExceptionFacts, SessionMark, Usage, VisitFacts, Who } from '../../normalize/facts.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { Steps } from '../../otlp/steps.js';

/** Values of a batch on their way: as they are, or, where they are many, in parts that were copied one after the other. */
type Table<T> = readonly T[] | { readonly parts: readonly Uint8Array[] };

/**
 * A batch on its way to the writing thread. The same few thousand `Who` objects come in batch after batch; as text they are
 * copied faster than as objects, and equal ones become one object again on the other side.
 */
export interface BatchMessage
  extends Omit<RecordBatch, 'strings' | 'whos' | 'usages' | 'marks' | 'visits' | 'exceptionSets'> {
  readonly strings: Table<string>;
  readonly whos: Table<string>;
  readonly usages: Table<Usage>;
  readonly marks: Table<SessionMark>;
  readonly visits: Table<VisitFacts>;
  readonly exceptionSets: Table<readonly ExceptionFacts[]>;
}

const MEMO_CAPACITY = 8192;

/** Values that are copied at one go: one to five milliseconds. */
const PART = 2048;

const texts = new WeakMap<Who, string>();

/**
 * The message for a batch and the memory that moves with it: the batch cannot be used once it is sent. In steps, since posting a message copies what does not move, at one go;
 * a batch of some thousand records is done in the first.
 */
export function* packBatch(batch: RecordBatch): Steps<{ message: BatchMessage; transfer: ArrayBuffer[] }> {
  const transfer: ArrayBuffer[] = [];
  const strings = yield* tableOf(batch.strings, asItIs, transfer);
  const whos = yield* tableOf(batch.whos, textOf, transfer);
  const usages = yield* tableOf(batch.usages, asItIs, transfer);
  const marks = yield* tableOf(batch.marks, asItIs, transfer);
  const visits = yield* tableOf(batch.visits, asItIs, transfer);
  const exceptionSets = yield* tableOf(batch.exceptionSets, asItIs, transfer);
  const bytes = ownedBytes(batch.bytes);
  const { envelopes } = batch;
  for (const view of [bytes, batch.start, envelopes.bytes, envelopes.table]) {
    transfer.push(view.buffer as ArrayBuffer);
  }
  return { message: { ...batch, bytes, strings, whos, usages, marks, visits, exceptionSets }, transfer };
}

function* tableOf<T, M>(
  values: readonly T[],
  toMessage: (value: T) => M,
  transfer: ArrayBuffer[],
): Steps<Table<M>> {
  if (values.length <= PART) return values.map(toMessage);
  const parts: Uint8Array[] = [];
  for (let from = 0; from < values.length; from += PART) {
    const part = serialize(values.slice(from, from + PART).map(toMessage));
    parts.push(part);
    transfer.push(part.buffer as ArrayBuffer);
    yield;
  }
  return { parts };
}

function valuesOf<T>(table: Table<T>): readonly T[] {
  return 'parts' in table ? table.parts.flatMap((part) => deserialize(part) as T[]) : table;
}

const memo = new BoundedMemo<Who>(MEMO_CAPACITY);

export function unpackBatch(message: BatchMessage): RecordBatch {
  const whos = valuesOf(message.whos).map((text) => memo.get(text, (json) => JSON.parse(json) as Who));
  return {
    ...message,
    strings: valuesOf(message.strings),
    whos,
    usages: valuesOf(message.usages),
    marks: valuesOf(message.marks),
    visits: valuesOf(message.visits),
    exceptionSets: valuesOf(message.exceptionSets),
  };
}

function asItIs<T>(value: T): T {
  return value;
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
