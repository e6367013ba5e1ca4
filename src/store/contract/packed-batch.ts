import { deserialize, serialize } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { ownBytes } from '../../channel.js';
import { BoundedMemo } from '../../normalize/bounded-memo.js';
import type { ExceptionFacts, Identity, LifecycleEvent, Usage, VisitFacts } from '../../normalize/facts.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { Steps } from '../../otlp/steps.js';

/**
 * The tables of a batch on their way. The same few thousand `Identity` objects come in batch after batch; as text they are
 * copied faster than as objects, and equal ones become one object again on the other side.
 */
interface Tables {
  readonly strings: readonly string[];
  readonly identities: readonly string[];
  readonly usages: readonly Usage[];
  readonly lifecycleEvents: readonly LifecycleEvent[];
  readonly visits: readonly VisitFacts[];
  readonly exceptionSets: readonly (readonly ExceptionFacts[])[];
}

/**
 * A batch on its way between threads. Its columns move; its tables are copied: as values, each time that they cross, or once, as bytes in one or more parts, which
 * move from then on like the columns.
 */
export interface PackedBatch {
  readonly columns: Omit<RecordBatch, keyof Tables>;
  readonly tables: Tables | { readonly parts: readonly Uint8Array[] };
}

const MEMO_CAPACITY = 8192;

/** Values that are copied at one go: one to five milliseconds. */
const PART = 2048;

const texts = new WeakMap<Identity, string>();

/**
 * Packs a batch, which cannot be used any more once `transferOf` has moved. In steps, since posting a message copies at one go what does not move;
 * a batch of some thousand records is done in the first.
 *
 * `asBytes`: for a batch that crosses more than once.
 */
export function* packBatch(batch: RecordBatch, { asBytes = false } = {}): Steps<PackedBatch> {
  const { strings, identities, usages, lifecycleEvents, visits, exceptionSets, ...rest } = batch;
  const columns = { ...rest, bytes: ownBytes(batch.bytes) };
  const tables = { strings, identities, usages, lifecycleEvents, visits, exceptionSets };
  const isLarge = Object.values(tables).some(({ length }) => length > PART);
  if (!asBytes && !isLarge) return { columns, tables: { ...tables, identities: identities.map(textOf) } };
  const parts: Uint8Array[] = [];
  const small: Partial<Tables> = {};
  for (const name of Object.keys(tables) as (keyof Tables)[]) {
    const table: readonly unknown[] = tables[name];
    for (let from = 0; from < table.length; from += PART) {
      const values = slice(table, from);
      const part = { [name]: name === 'identities' ? (values as Identity[]).map(textOf) : values };
      if (table.length <= PART) {
        Object.assign(small, part);
      } else {
        parts.push(serialize(part));
        yield;
      }
    }
  }
  parts.push(serialize(small));
  return { columns, tables: { parts } };
}

function slice<T>(table: readonly T[], from: number): readonly T[] {
  return table.length <= PART ? table : table.slice(from, from + PART);
}

/** The memory that moves with a packed batch. */
export function transferOf({ columns, tables }: PackedBatch): ArrayBuffer[] {
  const { bytes, start, envelopes } = columns;
  const views: Uint8Array[] = 'parts' in tables ? [...tables.parts] : [];
  return [bytes, start, envelopes.bytes, envelopes.table, ...views].map(
    ({ buffer }) => buffer as ArrayBuffer,
  );
}

export function isPacked(batch: RecordBatch | PackedBatch): batch is PackedBatch {
  return 'tables' in batch;
}

/** How many records a batch has. */
export function countOf(batch: RecordBatch | PackedBatch): number {
  return isPacked(batch) ? batch.columns.count : batch.count;
}

const memo = new BoundedMemo<Identity>(MEMO_CAPACITY);

export function unpackBatch({ columns, tables }: PackedBatch): RecordBatch {
  const values = 'parts' in tables ? gathered(tables.parts) : tables;
  const identities = values.identities.map((text) => memo.get(text, (json) => JSON.parse(json) as Identity));
  return { ...columns, ...values, identities };
}

function gathered(parts: readonly Uint8Array[]): Tables {
  const tables = {
    strings: [],
    identities: [],
    usages: [],
    lifecycleEvents: [],
    visits: [],
    exceptionSets: [],
  };
  for (const bytes of parts) {
    const part: Partial<Tables> = deserialize(bytes);
    for (const name of Object.keys(part) as (keyof Tables)[]) {
      const table: unknown[] = tables[name];
      // Not by spreading: a part can have more values than a call takes arguments.
      for (const value of part[name]!) table.push(value);
    }
  }
  return tables;
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

function textOf(identity: Identity): string {
  let text = texts.get(identity);
  if (text === undefined) {
    text = JSON.stringify(identity);
    texts.set(identity, text);
  }
  return text;
}
