import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import type { TitleFacts } from '../../normalize/facts.js';
import type { Normalizer } from '../../normalize/normalizer.js';
import { decodeLogs, decodeTraces } from '../../otlp/decode.js';
import type { Original } from '../../otlp/originals.js';
import { DIGEST_BYTES } from '../../otlp/originals.js';
import { RECORD_SPAN, resourceOf, scopeOf } from '../../otlp/record-batch.js';
import type { Redactor } from '../../otlp/redaction.js';
import { finish } from '../../otlp/steps.js';
import { RETENTION_RULE } from '../../redact/marks.js';
import { planOf } from '../../redact/plan.js';
import { createRedactor } from '../../redact/redactor.js';
import { encodeRecords, type RecordSource } from './block.js';
import { digestOf, HeldSpan, heldLog, recordBytes, sizeOf } from './held-records.js';

const NO_LIMITS = {
  maxRecords: Number.POSITIVE_INFINITY,
  maxAttributesPerRecord: Number.POSITIVE_INFINITY,
  isStored: true,
};

/**
 * Removes the content of messages from records: what `--content off` keeps out (redact/content.ts). A record keeps its
 * identity, and all of its facts: one that has others without its content keeps that.
 */
export class ContentRemover {
  readonly #normalizer: Normalizer;
  readonly #redactor: Redactor;

  constructor(normalizer: Normalizer) {
    this.#normalizer = normalizer;
    const policy = { rules: [], userIds: 'keep', content: false } as const;
    this.#redactor = createRedactor(planOf(policy, new Uint8Array(32), RETENTION_RULE));
  }

  /** The records in their order, those with content without it; and how many these are. */
  without(records: readonly RecordSource[]): { readonly records: RecordSource[]; readonly removed: number } {
    const kept = [...records];
    let removed = 0;
    for (const isSpan of [true, false]) {
      const places = records.flatMap(({ batch, index }, at) =>
        (batch.kind[index] === RECORD_SPAN) === isSpan ? [at] : [],
      );
      const some = places.map((at) => records[at]!);
      for (const [i, reduced] of this.#reduced(some, isSpan).entries()) {
        if (reduced === undefined) continue;
        kept[places[i]!] = reduced;
        removed++;
      }
    }
    return { records: kept, removed };
  }

  /** Those records that lose content, by their place. All are of one kind. */
  #reduced(records: readonly RecordSource[], isSpan: boolean): (RecordSource | undefined)[] {
    if (records.length === 0) return [];
    const { spans, logs } = encodeRecords(records);
    const bytes = isSpan ? spans : logs;
    const redacted = finish(this.#redactor.steps(isSpan ? 'traces' : 'logs', bytes)).bytes;
    if (redacted === bytes) return [];
    const decode = isSpan ? decodeTraces : decodeLogs;
    const { batch } = decode(redacted, this.#normalizer, NO_LIMITS);
    // Nothing else is left out; if it were, records could not be told apart.
    if (batch.count !== records.length) return [];
    const originals = new Map<number, Original>(batch.originals);
    const without = { ...batch, originals };
    return records.map((before, index) => {
      const after = { batch: without, index };
      if (isSame(before, after) || !isDeepStrictEqual(factsOf(before), factsOf(after))) return undefined;
      const digest = digestOf(before);
      originals.set(index, { size: sizeOf(before.batch, before.index), digest });
      if (!isSpan) batch.digest.set(digest, index * DIGEST_BYTES);
      return after;
    });
  }
}

function isSame(a: RecordSource, b: RecordSource): boolean {
  return (
    Buffer.compare(recordBytes(a), recordBytes(b)) === 0 &&
    Buffer.compare(resourceOf(a.batch, a.index), resourceOf(b.batch, b.index)) === 0 &&
    Buffer.compare(scopeOf(a.batch, a.index), scopeOf(b.batch, b.index)) === 0
  );
}

/** All that the fold reads of a record, but for its identity, and for a title that is content itself. */
function factsOf(source: RecordSource): object {
  const { batch, index } = source;
  if (batch.kind[index] === RECORD_SPAN) {
    const { size: _size, source: _source, title, ...facts } = new HeldSpan(source);
    return { ...facts, ...withoutMessage(title) };
  }
  const { id: _id, title, ...facts } = heldLog(batch, index);
  return { ...facts, ...withoutMessage(title) };
}

function withoutMessage(title: TitleFacts | undefined): Omit<TitleFacts, 'message'> {
  const { message: _, ...rest } = title ?? {};
  return rest;
}
