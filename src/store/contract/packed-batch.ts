import { deserialize, serialize } from 'node:v8';
import { freeBytes, ownBytes } from '../../channel.js';
import { BoundedMemo } from '../../normalize/bounded-memo.js';
import type {
  ExceptionFacts,
  Identity,
  LifecycleEvent,
  ScoreFacts,
  TitleFacts,
  ToolFacts,
  Usage,
  VisitFacts,
} from '../../normalize/facts.js';
import type { RecordBatch } from '../../otlp/record-batch.js';
import type { Steps } from '../../otlp/steps.js';

/**
 * The tables of a batch that is sent between threads. The same few thousand `Identity` objects occur in batch
 * after batch. Text is copied faster than objects, and equal texts become one object again in the other
 * thread.
 */
interface Tables {
  readonly strings: readonly string[];
  readonly identities: readonly string[];
  readonly usages: readonly Usage[];
  readonly lifecycleEvents: readonly LifecycleEvent[];
  readonly scores: readonly ScoreFacts[];
  readonly tools: readonly ToolFacts[];
  readonly visits: readonly VisitFacts[];
  readonly exceptionSets: readonly (readonly ExceptionFacts[])[];
  readonly titles: readonly TitleFacts[];
}

/**
 * A batch that is sent between threads. Its columns are transferred. Its tables are either values, which are
 * copied each time, or bytes in one or more parts, which are serialised once and then transferred like the
 * columns.
 */
export interface PackedBatch {
  readonly columns: Omit<RecordBatch, keyof Tables>;
  readonly tables: Tables | { readonly parts: readonly Uint8Array[] };
}

const MEMO_CAPACITY = 8192;

/** Values copied in one step, which takes one to five milliseconds. */
const PART = 2048;

const texts = new WeakMap<Identity, string>();

/**
 * Packs a batch. The batch must not be used after the buffers from `transferOf` were transferred. Works in
 * steps, because posting a message copies everything else without a pause. A batch of a few thousand records
 * takes one step.
 *
 * `asBytes`: for a batch that is sent more than once.
 */
export function* packBatch(batch: RecordBatch, { asBytes = false } = {}): Steps<PackedBatch> {
  const {
    strings,
    identities,
    usages,
    lifecycleEvents,
    scores,
    tools,
    visits,
    exceptionSets,
    titles,
    ...rest
  } = batch;
  const columns = { ...rest, bytes: ownBytes(batch.bytes) };
  const tables = {
    strings,
    identities,
    usages,
    lifecycleEvents,
    scores,
    tools,
    visits,
    exceptionSets,
    titles,
  };
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

/** The buffers of a packed batch that must be transferred. */
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

/** Packs a batch, and lets other work of the thread run in between. */
export async function asPacked(batch: RecordBatch | PackedBatch): Promise<PackedBatch> {
  if (isPacked(batch)) return batch;
  const packing = packBatch(batch);
  let step = packing.next();
  while (!step.done) {
    await new Promise((resolve) => setImmediate(resolve));
    step = packing.next();
  }
  return step.value;
}

/** Number of records in a batch. */
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
    scores: [],
    tools: [],
    visits: [],
    exceptionSets: [],
    titles: [],
  };
  for (const bytes of parts) {
    const part: Partial<Tables> = deserialize(bytes);
    for (const name of Object.keys(part) as (keyof Tables)[]) {
      const table: unknown[] = tables[name];
      // Not by spreading, because a part can have more values than the limit of arguments of a call.
      for (const value of part[name]!) table.push(value);
    }
  }
  return tables;
}

/**
 * Frees the bytes of a batch at once. They must not be read afterwards. They are outside the heap, and under
 * load 90 MB of them arrive each second. If left to the garbage collector, those that survive two minor
 * collections wait for major ones, which took a tenth of all CPU.
 */
export function freeBatch({ bytes }: RecordBatch): void {
  freeBytes(bytes);
}

function textOf(identity: Identity): string {
  let text = texts.get(identity);
  if (text === undefined) {
    text = JSON.stringify(identity);
    texts.set(identity, text);
  }
  return text;
}
