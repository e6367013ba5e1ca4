import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasInPlain } from './plain-text.js';
import { addTerms, firstAsciiPlace, fold, placedWords, termsOf, withoutData, wordsOf } from './words.js';

test('words are folded: case, accents, width and ligatures', () => {
  const same: [string, string][] = [
    ['Crème BRÛLÉE', 'creme brulee'],
    ['Straße', 'STRASSE'],
    ['İstanbul', 'istanbul'],
    ['ΟΔΟΣ', 'οδός'],
    ['ﬁnance ＡＢＣ', 'finance abc'],
    ['Zoë Zoe\u0308', 'zoe zoe'],
    ['مُحَمَّد', 'محمد'],
    ['co\u00adoperate', 'cooperate'],
    ['ёлка', 'елка'],
  ];
  for (const [a, b] of same) assert.deepEqual(wordsOf(a), wordsOf(b), a);
  // A vowel sign is no accent.
  assert.notDeepEqual(wordsOf('कि'), wordsOf('का'));
});

test('everything but letters, digits and marks separates words', () => {
  assert.deepEqual(wordsOf('order_id=4711, "don\'t"\n(a.b)'), ['order', 'id', '4711', 'don', 't', 'a', 'b']);
  assert.deepEqual(wordsOf('…\u2014\u0000'), []);
});

test('characters of scripts without spaces are words of their own, with or without marks', () => {
  assert.deepEqual(wordsOf('iPhone手机abc'), ['iphone', '手', '机', 'abc']);
  assert.deepEqual(wordsOf('か\u3099ﾊﾟ한글'), ['が', 'パ', '한', '글']);
  assert.deepEqual(wordsOf('한글'.normalize('NFD')), ['한', '글']);
});

test('long words and data are not words', () => {
  assert.deepEqual(wordsOf(`a ${'x'.repeat(64)} ${'y'.repeat(65)} b`), ['a', 'x'.repeat(64), 'b']);
  const data = Buffer.alloc(900, 'secret/').toString('base64');
  assert.deepEqual(wordsOf(`before ${data} after`), ['before', 'after']);
  assert.deepEqual(wordsOf(`${'ab+'.repeat(400)}é ${'cd/'.repeat(400)}`), ['e']);
});

const TEXTS = fc
  .array(
    fc.constantFrom(
      'a',
      'B',
      'é',
      'e\u0301',
      '手',
      '机',
      'が',
      '한',
      'ภ',
      ' ',
      '-',
      '、',
      '7',
      '🙂',
      'ß',
      'ﷺ',
      '½',
    ),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(''));

test('folding is idempotent, and places agree with words', () => {
  fc.assert(
    fc.property(fc.oneof(TEXTS, fc.string({ unit: 'binary' })), (text) => {
      assert.equal(fold(fold(text)), fold(text));
      const placed = [...placedWords(text.normalize('NFC'))];
      assert.deepEqual(
        placed.map(({ word }) => word),
        wordsOf(text),
      );
      assert.deepEqual(wordsOf(wordsOf(text).join(' ')), wordsOf(text));
    }),
  );
});

test('words are the same however much of a text is ASCII', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      ' ',
      '\u0301',
      'e\u0301',
      'ab ',
      ' 手',
      'か\u3099',
      '\u1100\u1161',
      '\u200d',
      'Ǆ',
      '\n',
      ' \u0338',
      '\u00a0',
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      const all = Array.from(placedWords(text.normalize('NFC')), ({ word }) => word);
      assert.deepEqual(wordsOf(text), all);
    }),
    { numRuns: 2000 },
  );
});

test('the index has the terms of every phrase and prefix of a text', () => {
  fc.assert(
    fc.property(TEXTS, fc.nat(40), fc.nat(40), fc.nat(8), (text, from, count, cut) => {
      const words = wordsOf(text);
      const phrase = words.slice(from, from + count + 1);
      if (phrase.length === 0) return;
      const index = new Set<string>();
      addTerms(text, index);
      const has = (term: string, isPrefix: boolean): boolean =>
        isPrefix ? [...index].some((other) => other.startsWith(term)) : index.has(term);
      for (const { text: term, isPrefix } of termsOf(phrase, false)) assert(has(term, isPrefix), term);
      const last = phrase.at(-1)!;
      const begun = [...phrase.slice(0, -1), last.slice(0, Math.max(1, last.length - cut))];
      for (const { text: term, isPrefix } of termsOf(begun, true)) assert(has(term, isPrefix), term);
    }),
  );
});

test('words and prefixes of ASCII texts are found without making words of the texts', () => {
  const part = fc.oneof(
    fc.constantFrom('a', 'ab', 'B', '7', ' ', '.', '_', '-', '/', '\n'),
    fc
      .tuple(fc.constantFrom('a', 'A', '+', 'ab '), fc.constantFrom(63, 64, 65, 511, 512, 513))
      .map(([text, n]) => text.repeat(n)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.stringMatching(/^[ab7]{1,3}$/), (parts, word) => {
      const text = parts.join('');
      const words = wordsOf(text);
      const lower = withoutData(text).toLowerCase();
      const isFound = (isPrefix: boolean): boolean => hasInPlain(lower, [word], isPrefix);
      assert.equal(isFound(false), words.includes(word));
      assert.equal(
        isFound(true),
        words.some((other) => other.startsWith(word)),
      );
      const from = firstAsciiPlace(lower, [word]);
      const isHit = (other: string): boolean => other.startsWith(word);
      const places = (from: number) => [...placedWords(text, from)].filter((placed) => isHit(placed.word));
      assert.deepEqual(places(from), places(0));
    }),
    { numRuns: 1000 },
  );
});
