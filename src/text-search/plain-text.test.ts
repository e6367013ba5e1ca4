import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Matcher, type RecordTexts } from './matcher.js';
import { type Phrase, parseTextQuery } from './text-query.js';
import { isPlain, wordsOf } from './words.js';

const PARTS = fc.oneof(
  fc.constantFrom('a', 'ab', 'abc', 'B', '7', ' ', '-', '\n', '—', '“', 'ⓐ', '℡', '🙂', '\u00a0'),
  fc.constantFrom('é', 'e\u0301', '\u200d', '手', 'ß', 'x'.repeat(64), 'y'.repeat(65), 'Zz+/'.repeat(130)),
);
const TEXTS = fc.array(PARTS, { maxLength: 24 }).map((parts) => parts.join(''));

function textsOf(text: string): RecordTexts {
  return { all: [{ area: 'logs', field: 'body', text }], said: () => [] };
}

/** Whether the words of a phrase follow each other among all words of a text. */
function has(text: string, { words, isPrefix }: Phrase): boolean {
  const last = words.length - 1;
  return wordsOf(text).some((_, at, all) =>
    words.every((word, i) =>
      i === last && isPrefix ? all[at + i]?.startsWith(word) === true : all[at + i] === word,
    ),
  );
}

test('a text has the phrases that its words have, whether or not its letters are all ASCII', () => {
  fc.assert(
    fc.property(
      TEXTS,
      fc.nat(),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      (text, from, count, isPrefix) => {
        const words = wordsOf(text);
        const at = words.length === 0 ? 0 : from % words.length;
        const some = [...words.slice(at, at + count), 'ab'].slice(0, count);
        for (const each of [some, some.toReversed(), [some[0]!.slice(0, 2)]]) {
          const phrase = { words: each, isPrefix };
          const matcher = new Matcher({ areas: ['logs'], speakers: [], all: [phrase], none: [] });
          assert.equal(matcher.matches(textsOf(text)), has(text, phrase));
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('what separates words does so in a plain text, too', () => {
  const matches = (text: string, query: string): boolean =>
    new Matcher(parseTextQuery(query).has[0]!).matches(textsOf(text));
  const text = 'Order no. 42 — “lost in transit”… 🙂';
  assert(isPlain(text));
  for (const query of ['lost', '42', '"42 lost in"', 'tran*', 'ORDER']) assert(matches(text, query), query);
  for (const query of ['los', 'ost', '"lost transit"', '4', 'ansit*']) assert(!matches(text, query), query);
  assert(!isPlain('Zoe\u0308'));
  assert(matches('Zoe\u0308', 'zoe'));
});
