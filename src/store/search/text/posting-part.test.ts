import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lookUp, mergePostings, PartBuilder, type PostingPage, pagesOf, postingsOf } from './posting-part.js';

const WORD = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  fc.constantFrom('a', 'ab', 'abc', '手', '\ue000', '😀'),
);
const DOCUMENTS = fc.array(fc.uniqueArray(WORD, { maxLength: 30 }), { maxLength: 20 });

function pagesOfDocuments(documents: readonly (readonly string[])[], first = 0): PostingPage[] {
  const builder = new PartBuilder();
  for (const [i, words] of documents.entries()) builder.add(first + i, words);
  return [...pagesOf(builder.postings())];
}

function* allOf(pages: readonly PostingPage[]) {
  for (const { data } of pages) yield* postingsOf(data);
}

function find(pages: readonly PostingPage[], word: string, isPrefix: boolean): number[] {
  const term = Buffer.from(word);
  const found = new Set<number>();
  for (const { data } of pages) {
    for (const document of lookUp(data, term, isPrefix).documents) found.add(document);
  }
  return [...found].sort((a, b) => a - b);
}

function expected(documents: readonly (readonly string[])[], word: string, isPrefix: boolean): number[] {
  return documents.flatMap((words, i) =>
    words.some((other) => (isPrefix ? other.startsWith(word) : other === word)) ? [i] : [],
  );
}

test('a part finds the documents of every word and prefix', () => {
  fc.assert(
    fc.property(DOCUMENTS, WORD, (documents, word) => {
      const pages = pagesOfDocuments(documents);
      for (const each of [word, ...documents.flat()]) {
        assert.deepEqual(find(pages, each, false), expected(documents, each, false));
        assert.deepEqual(find(pages, each, true), expected(documents, each, true));
      }
    }),
  );
});

test('terms ascend by the bytes of their UTF-8, through all pages', () => {
  const words = Array.from(
    { length: 12000 },
    (_, i) => `${(i * 7919) % 3 === 0 ? '😀' : '\ue000'}word${(i * 7919) % 12007}`,
  );
  const pages = pagesOfDocuments([words, words.slice(0, 10)]);
  assert(pages.length > 2);
  const terms = Array.from(allOf(pages), ({ term }) => Buffer.from(term));
  assert.deepEqual(terms, words.map((word) => Buffer.from(word)).sort(Buffer.compare));
  for (const { firstTerm, data } of pages)
    assert.deepEqual(
      firstTerm,
      [...postingsOf(data)].length > 0 && Buffer.from(postingsOf(data).next().value!.term),
    );
});

test('merged parts are the part of all of their documents, without those that are left out', () => {
  fc.assert(
    fc.property(DOCUMENTS, DOCUMENTS, fc.func(fc.boolean()), (a, b, isOut) => {
      const kept = [...a, ...b].filter((_, i) => !isOut(i));
      let next = 0;
      const renumberings = [...a, ...b].map((_, i) => (isOut(i) ? undefined : next++));
      const merged = pagesOf(
        mergePostings([
          { postings: allOf(pagesOfDocuments(a)), renumber: (i) => renumberings[i] },
          { postings: allOf(pagesOfDocuments(b)), renumber: (i) => renumberings[a.length + i] },
        ]),
      );
      const postings = (pages: Iterable<PostingPage>) =>
        Array.from(allOf([...pages]), ({ term, documents }) => [term.toString(), documents]);
      assert.deepEqual(postings(merged), postings(pagesOfDocuments(kept)));
    }),
  );
});
