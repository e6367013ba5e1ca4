import { Buffer } from 'node:buffer';
import { type RecordQuery, requiredTerms } from '../../../text-search/text-query.js';
import type { Term } from '../../../text-search/words.js';
import { Kept } from '../../read/kept.js';
import { decodeDocuments, type TextDocument } from './documents.js';
import { lookUp } from './posting-part.js';
import type { IndexedPage, TextIndexRows } from './text-index.js';

/** Limit of kept documents, in blocks, and the overhead of a part in the same unit. */
const MOST_KEPT_BLOCKS = 1_000_000;
const PART_BLOCKS = 100;

/** Greater than any byte of UTF-8. */
const GREATEST_BYTE = Buffer.from([0xff]);
const LEAST_BYTE = Buffer.from([0]);

/** Finds the documents that have all terms of a query. Keeps the documents of parts. */
export class FindDocuments {
  readonly #kept = new Kept<readonly TextDocument[]>(MOST_KEPT_BLOCKS);

  /** The documents of a project that may have records that meet a query. */
  async find(
    rows: TextIndexRows,
    parts: readonly number[],
    project: number,
    query: RecordQuery,
  ): Promise<TextDocument[]> {
    if (parts.length === 0) return [];
    let common: ReadonlyMap<number, readonly number[]> | undefined;
    for (const term of requiredTerms(query)) {
      const found = await documentsOf(rows, term);
      common = common === undefined ? found : intersection(common, found);
    }
    const documents: TextDocument[] = [];
    for (const part of parts) {
      const numbers = common?.get(part);
      if (numbers === undefined || numbers.length === 0) continue;
      const all = await this.#documents(rows, part);
      for (const number of numbers) {
        const document = all[number]!;
        if (document.project === project) documents.push(document);
      }
    }
    return documents;
  }

  async #documents(rows: TextIndexRows, part: number): Promise<readonly TextDocument[]> {
    const name = String(part);
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const documents = decodeDocuments(await rows.documents(part));
    const blocks = documents.reduce((sum, each) => sum + each.blocks.length, PART_BLOCKS);
    this.#kept.put(name, documents, blocks);
    return documents;
  }
}

/** The numbers of the documents that have a term, ascending, by part. */
async function documentsOf(rows: TextIndexRows, { text, isPrefix }: Term): Promise<Map<number, number[]>> {
  const term = Buffer.from(text);
  const pages = await rows.pages(term, Buffer.concat([term, isPrefix ? GREATEST_BYTE : LEAST_BYTE]));
  const found = new Map<number, number[]>();
  const ended = new Set<number>();
  for (const { part, data } of pages satisfies readonly IndexedPage[]) {
    if (ended.has(part)) continue;
    const { documents, isLast } = lookUp(data, term, isPrefix);
    if (isLast) ended.add(part);
    const known = found.get(part);
    if (known === undefined) found.set(part, [...documents]);
    else for (const document of documents) known.push(document);
  }
  if (isPrefix) for (const [part, numbers] of found) found.set(part, ascending(numbers));
  return found;
}

/** Different numbers in ascending order. */
function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** What both have. */
function intersection(
  a: ReadonlyMap<number, readonly number[]>,
  b: ReadonlyMap<number, readonly number[]>,
): Map<number, number[]> {
  const common = new Map<number, number[]>();
  for (const [part, numbers] of a) {
    const others = b.get(part) ?? [];
    let at = 0;
    const both = numbers.filter((number) => {
      while (at < others.length && others[at]! < number) at++;
      return others[at] === number;
    });
    common.set(part, both);
  }
  return common;
}
