import { Buffer } from 'node:buffer';
import lz4 from 'lz4-napi';

/**
 * The stored form of the words of some documents (docs/decisions/022-content-search.md): a list of terms in the
 * order of their UTF-8 bytes, each with the numbers of the documents that have it, cut into pages.
 *
 * A page is compressed with LZ4. In it a term is: the length that it shares with the term before, the length of
 * the rest, the rest, the number of documents, and their numbers as differences. All numbers are varints.
 */

/** A term and the documents that have it, ascending. */
export interface Posting {
  /** UTF-8. */
  readonly term: Buffer;
  readonly documents: readonly number[];
}

export interface PostingPage {
  /** The first term of the page, UTF-8. */
  readonly firstTerm: Buffer;
  readonly data: Buffer;
}

/** A page is full at this size before compression, bytes. */
const PAGE_BYTES = 16 * 1024;

/** Cuts postings into pages. Terms must ascend, and stay valid. */
export function* pagesOf(postings: Iterable<Posting>): Generator<PostingPage> {
  let page = Buffer.allocUnsafe(2 * PAGE_BYTES);
  let length = 0;
  let firstTerm: Buffer | undefined;
  let last: Buffer = Buffer.alloc(0);
  const varint = (value: number): void => {
    let rest = value;
    while (rest >= 0x80) {
      page[length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    page[length++] = rest;
  };
  for (const { term, documents } of postings) {
    const most = length + term.length + 5 * (documents.length + 3);
    if (most > page.length) page = Buffer.concat([page.subarray(0, length)], 2 * most);
    let shared = 0;
    if (firstTerm === undefined) firstTerm = term;
    else while (shared < term.length && shared < last.length && term[shared] === last[shared]) shared++;
    varint(shared);
    varint(term.length - shared);
    length += term.copy(page, length, shared);
    varint(documents.length);
    let before = 0;
    for (const document of documents) {
      varint(document - before);
      before = document;
    }
    last = term;
    if (length < PAGE_BYTES) continue;
    yield { firstTerm, data: lz4.compressSync(page.subarray(0, length)) };
    firstTerm = undefined;
    length = 0;
  }
  if (firstTerm !== undefined) yield { firstTerm, data: lz4.compressSync(page.subarray(0, length)) };
}

/** Reads the numbers of a page. */
class PageReader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; this.at < this.#bytes.length; shift += 7) {
      const byte = this.#bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a page of the text index is damaged');
  }

  /** Passes over some varints. */
  skip(count: number): void {
    for (let left = count; left > 0 && this.at < this.#bytes.length; this.at++)
      if (this.#bytes[this.at]! < 0x80) left--;
  }
}

/** The postings of a page, in order. `term` and `documents` are valid until the next one. */
export function* postingsOf(data: Buffer): Generator<Posting> {
  const bytes = lz4.uncompressSync(data);
  const page = new PageReader(bytes);
  const term = Buffer.allocUnsafe(bytes.length);
  while (page.at < bytes.length) {
    const shared = page.varint();
    const rest = page.varint();
    bytes.copy(term, shared, page.at, page.at + rest);
    page.at += rest;
    const documents: number[] = [];
    let document = 0;
    for (let left = page.varint(); left > 0; left--) {
      document += page.varint();
      documents.push(document);
    }
    yield { term: term.subarray(0, shared + rest), documents };
  }
}

/**
 * The documents of a page that have a term, or any term that begins so. `isLast`: no later page has one. A page has
 * thousands of terms, so nothing is made of those that are passed over.
 */
export function lookUp(
  data: Buffer,
  term: Buffer,
  isPrefix: boolean,
): { readonly documents: readonly number[]; readonly isLast: boolean } {
  const bytes = lz4.uncompressSync(data);
  const found: number[] = [];
  const page = new PageReader(bytes);
  /** Bytes that the last term shares with the one that is looked for. */
  let equal = 0;
  while (page.at < bytes.length) {
    const shared = page.varint();
    const rest = page.varint();
    let { at } = page;
    const end = at + rest;
    // Sharing more with the last term than that shares with ours, a term is on the same side of it.
    if (shared <= equal) {
      equal = shared;
      while (equal < term.length && at < end && bytes[at] === term[equal]) {
        at++;
        equal++;
      }
      if (equal < term.length && at < end && bytes[at]! > term[equal]!)
        return { documents: found, isLast: true };
    }
    const isLonger = shared + rest > equal;
    page.at = end;
    const count = page.varint();
    if (equal < term.length || (isLonger && !isPrefix)) {
      if (equal === term.length) return { documents: found, isLast: true };
      page.skip(count);
      continue;
    }
    let document = 0;
    for (let left = count; left > 0; left--) {
      document += page.varint();
      found.push(document);
    }
    if (!isPrefix) return { documents: found, isLast: true };
  }
  return { documents: found, isLast: false };
}

/** The terms of new documents. */
export class PartBuilder {
  readonly #documents = new Map<string, number[]>();

  /** Documents must be added in ascending order. */
  add(document: number, terms: Iterable<string>): void {
    for (const term of terms) {
      const known = this.#documents.get(term);
      if (known === undefined) this.#documents.set(term, [document]);
      else known.push(document);
    }
  }

  *postings(): Generator<Posting> {
    const terms = [...this.#documents.keys()].map((text) => ({ text, term: Buffer.from(text) }));
    for (const { text, term } of terms.sort(byBytes)) yield { term, documents: this.#documents.get(text)! };
  }
}

/** Of two texts that have no surrogates, the order of UTF-16 is that of UTF-8. */
const SURROGATE_OR_BEYOND = /[\ud800-\uffff]/;

function byBytes(a: { text: string; term: Buffer }, b: { text: string; term: Buffer }): number {
  if (a.text === b.text) return 0;
  if (SURROGATE_OR_BEYOND.test(a.text) && SURROGATE_OR_BEYOND.test(b.text))
    return Buffer.compare(a.term, b.term);
  return a.text < b.text ? -1 : 1;
}

/** A part to merge: its postings, and the new number of each of its documents, or undefined if it is left out. */
export interface MergedPart {
  readonly postings: Iterable<Posting>;
  readonly renumber: (document: number) => number | undefined;
}

/**
 * Merges parts. The new numbers of a part must ascend with the old ones, and those of one part must be below
 * those of the next. Terms that no document has any more are left out.
 */
export function* mergePostings(parts: readonly MergedPart[]): Generator<Posting> {
  const heads = parts.map(({ postings, renumber }) => {
    const rest = postings[Symbol.iterator]();
    return { rest, renumber, next: rest.next() };
  });
  for (;;) {
    let least: Buffer | undefined;
    for (const { next } of heads) {
      if (!next.done && (least === undefined || Buffer.compare(next.value.term, least) < 0))
        least = next.value.term;
    }
    if (least === undefined) return;
    // Reading on overwrites the term of a head.
    const term = Buffer.from(least);
    const documents: number[] = [];
    for (const head of heads) {
      if (head.next.done || Buffer.compare(head.next.value.term, term) !== 0) continue;
      for (const document of head.next.value.documents) {
        const renumbered = head.renumber(document);
        if (renumbered !== undefined) documents.push(renumbered);
      }
      head.next = head.rest.next();
    }
    if (documents.length > 0) yield { term, documents };
  }
}
