import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Matcher, type RecordText, type SaidText } from './matcher.js';
import { canonicalText, parseTextQuery, requiredTerms } from './text-query.js';

const RECORD: RecordText[] = [
  { area: 'messages', field: 'gen_ai.input.messages', text: 'Please REFUND my order, it was out of stock' },
  { area: 'tools', field: 'gen_ai.tool.name', text: 'check_order' },
  { area: 'errors', field: 'status.message', text: 'Überweisung abgelehnt: 余额不足' },
  { area: 'resource', field: 'service.name', text: 'shop' },
];

const SAID: SaidText[] = [
  { speaker: 'user', field: 'gen_ai.input.messages', text: 'Please REFUND my order' },
  { speaker: 'assistant', field: 'gen_ai.input.messages', text: 'it was out of stock, see 4711' },
];

function textsOf(all: readonly RecordText[], said: readonly SaidText[] = []) {
  return { all, said: () => said };
}

function finds(query: string): boolean {
  return new Matcher(parseTextQuery(query)).matches(textsOf(RECORD, SAID));
}

test('a record meets a query that has all its words, phrases and prefixes, and nothing that is excluded', () => {
  const found = [
    'refund',
    'refund order',
    '"out of stock"',
    'check_order',
    'uberweis*',
    'ORDER -invoice',
    '余额',
    '足',
    'refund 不足',
  ];
  for (const query of found) assert(finds(query), query);
  const not = [
    'refunds',
    '"stock of out"',
    'refund -order',
    'refund -"out of stock"',
    '不额',
    'shop',
    'refund -ord*',
  ];
  for (const query of not) assert(!finds(query), query);
});

test('in: narrows where words are looked for', () => {
  assert(finds('in:messages refund'));
  assert(finds('refund check in:messages,tools'));
  assert(finds('in:resource shop'));
  assert(!finds('in:tools refund'));
  // What is excluded is excluded there.
  assert(finds('refund in:messages -abgelehnt'));
});

test('in: narrows to what somebody says', () => {
  assert(finds('in:user refund'));
  assert(!finds('in:assistant refund'));
  assert(finds('in:assistant refund in:user "out of stock"'));
  assert(finds('in:user,tools refund check'));
  assert(finds('in:assistant stock -refund'));
  assert(!finds('in:system refund'));
  // It is not among the texts that are indexed.
  assert(!finds('in:assistant 4711'));
  const hits = new Matcher(parseTextQuery('stock in:assistant')).hits(textsOf(RECORD, SAID), 3);
  assert.deepEqual(
    hits.map(({ hit: { area, snippet }, speaker }) => [area, speaker(), snippet[1]]),
    [['messages', 'assistant', 'stock']],
  );
  const both = [
    { area: 'messages', field: 'gen_ai.input.messages', text: 'Please REFUND my order' },
  ] as const;
  const found = new Matcher(parseTextQuery('refund')).hits(textsOf(both, SAID), 3);
  assert.deepEqual(
    found.map(({ speaker }) => speaker()),
    ['user'],
  );
});

test('a query that cannot be understood says what to change', () => {
  const wrong: [string, RegExp][] = [
    ['', /at least one word/],
    ['-refund', /besides those with a -/],
    ['"refund', /does not end/],
    ['in:mail refund', /in: takes messages, tools/],
    ['-in:logs refund', /cannot be excluded/],
    ['a*', /at least 2 letters/],
    ['… !', /at least one word/],
    ['a b c d e f g h i j k l m n o p q', /at most 16/],
  ];
  for (const [query, message] of wrong) assert.throws(() => parseTextQuery(query), message, query);
});

test('queries that find the same are the same', () => {
  assert.equal(canonicalText(parseTextQuery('b  A')), canonicalText(parseTextQuery('a B a')));
  assert.notEqual(canonicalText(parseTextQuery('a b')), canonicalText(parseTextQuery('"a b"')));
  assert.notEqual(canonicalText(parseTextQuery('a -b')), canonicalText(parseTextQuery('a b')));
  assert.notEqual(canonicalText(parseTextQuery('a in:user')), canonicalText(parseTextQuery('a in:system')));
});

test('the terms that are looked up are those of what must be there', () => {
  const termsOf = (query: string): string[] =>
    requiredTerms(parseTextQuery(query)).map(({ text, isPrefix }) => text + (isPrefix ? '*' : ''));
  assert.deepEqual(termsOf('refund "out of" checkou* -test'), ['refund', 'out', 'of', 'checkou*']);
  assert.deepEqual(termsOf('余额不 足'), ['余额', '额不', '足*']);
});

test('a hit is shown with some text around it', () => {
  const hitsOf = (query: string, text: string): string[] =>
    new Matcher(parseTextQuery(query))
      .hits(textsOf([{ area: 'logs', field: 'body', text }]), 3)
      .flatMap(({ hit: { snippet } }) => snippet);
  assert.deepEqual(hitsOf('"of stock" please', RECORD[0]!.text), [
    '',
    'Please',
    ' REFUND my order, it was out ',
    'of stock',
    '',
  ]);
  const [before, hit, after] = hitsOf(
    'refund',
    `${'lorem ipsum '.repeat(100)}Refund${' dolor sit'.repeat(100)}`,
  );
  assert.equal(hit, 'Refund');
  assert.match(before!, /^…(?:lorem|ipsum)[ a-z]{40,60} $/);
  assert.match(after!, /^ dolor.{100,200}…$/);
  assert.deepEqual(hitsOf('额不', '余额不足'), ['余', '额不', '足']);
});
