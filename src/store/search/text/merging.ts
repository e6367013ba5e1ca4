import type { Buffer } from 'node:buffer';
import { decodeDocuments, encodeDocuments, type TextDocument } from './documents.js';
import type { NewPart } from './part-maker.js';
import { mergePostings, type Posting, pagesOf } from './posting-part.js';

/** Parts of about the same size that are merged into one. */
const MERGED = 8;

/** Larger parts are not merged any further, documents. */
const MOST_DOCUMENTS = 4096;

/** A stored part. */
export interface PartSize {
  readonly no: number;
  /** How many documents it has. */
  readonly count: number;
}

/** The parts that should become one; empty if there are none. */
export function partsToMerge(parts: readonly PartSize[]): PartSize[] {
  const byLevel = new Map<number, PartSize[]>();
  for (const part of parts) {
    const level = Math.floor(Math.log(part.count) / Math.log(MERGED));
    byLevel.set(level, [...(byLevel.get(level) ?? []), part]);
  }
  for (const some of byLevel.values()) {
    const merged: PartSize[] = [];
    let count = 0;
    for (const part of some) {
      if (count + part.count > MOST_DOCUMENTS) continue;
      merged.push(part);
      count += part.count;
      if (merged.length === MERGED) return merged;
    }
  }
  return [];
}

export interface StoredPart {
  /** Encoded by `encodeDocuments`. */
  readonly documents: Buffer;
  readonly postings: Iterable<Posting>;
}

/** One part with the documents of all that are kept. Undefined if none is. */
export function mergedPart(
  parts: readonly StoredPart[],
  isKept: (document: TextDocument) => boolean = () => true,
): NewPart | undefined {
  const documents: TextDocument[] = [];
  const merged = parts.map((part) => {
    const renumbered = decodeDocuments(part.documents).map((document) =>
      isKept(document) ? documents.push(document) - 1 : undefined,
    );
    return { postings: part.postings, renumber: (document: number) => renumbered[document] };
  });
  if (documents.length === 0) return undefined;
  return {
    count: documents.length,
    documents: encodeDocuments(documents),
    pages: pagesOf(mergePostings(merged)),
  };
}
