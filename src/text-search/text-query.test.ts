import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Matcher, type RecordText, type SaidText } from './matcher.js';
import { canonicalText, parseTextQuery, type RecordQuery, requiredTerms } from './text-query.js';

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

/** A query about one record. */
function recordQuery(query: string): RecordQuery {
  const { has, hasNot } = parseTextQuery(query);
  assert.deepEqual([has.length, hasNot.length], [1, 0]);
  return has[0]!;
}

function finds(query: string): boolean {
  return new Matcher(recordQuery(query)).matches(textsOf(RECORD, SAID));
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
  const hits = new Matcher(recordQuery('stock in:assistant')).hits(textsOf(RECORD, SAID), 3);
  assert.deepEqual(
    hits.map(({ hit: { area, snippet }, speaker }) => [area, speaker(), snippet[1]]),
    [['messages', 'assistant', 'stock']],
  );
  const both = [
    { area: 'messages', field: 'gen_ai.input.messages', text: 'Please REFUND my order' },
  ] as const;
  const found = new Matcher(recordQuery('refund')).hits(textsOf(both, SAID), 3);
  assert.deepEqual(
    found.map(({ speaker }) => speaker()),
    ['user'],
  );
});

test('an area is left out', () => {
  assert(finds('-in:tools refund'));
  assert(!finds('-in:messages refund'));
  assert(!finds('-in:logs shop'), 'resources are searched only if they are named');
  assert(finds('in:messages,tools -in:tools refund'));
  assert(!finds('in:messages,tools -in:tools check'));
});

test('a word with an area of its own is a query by itself, about another record maybe', () => {
  const partsOf = (query: string): string[][] => {
    const { has, hasNot } = parseTextQuery(query);
    const shown = ({ areas, speakers, all, none }: RecordQuery): string => {
      const names = areas.length > 3 ? '' : [...areas, ...speakers].join();
      const said = [...all, ...none].map(({ words, isPrefix }) => words.join('_') + (isPrefix ? '*' : ''));
      return `${names}:${said.join(' ')}`;
    };
    return [has.map(shown), hasNot.map(shown)];
  };
  assert.deepEqual(partsOf('assistant:refund -user:refund'), [['assistant:refund'], ['user:refund']]);
  assert.deepEqual(partsOf('AGENT:refund in:agent late'), [['assistant:late', 'assistant:refund'], []]);
  assert.deepEqual(partsOf('errors:"timed out" checkout -test -logs:deb*'), [
    [':checkout test', 'errors:timed_out'],
    ['logs:deb*'],
  ]);
  // Other names, and names without a word, are words.
  assert.deepEqual(partsOf('order:4711 user: "user:1"'), [[':order_4711 user user_1'], []]);
});

test('a query that cannot be understood says what to change', () => {
  const wrong: [string, RegExp][] = [
    ['', /at least one word/],
    ['-refund', /besides those with a -/],
    ['"refund', /does not end/],
    ['in:mail refund', /in: takes messages, tools/],
    ['-in:user refund', /-user:word$/],
    ['in:logs -in:logs refund', /leaves out all areas/],
    ['-user:refund', /besides those with a -/],
    ['user:refund -test', /name one for it too, such as -messages:test$/],
    ['user:refund in:logs', /leave it out/],
    ['user:"refund', /does not end/],
    ['user:a*', /at least 2 letters/],
    ['a b c d e f g h user:i user:j -user:k -l m n o p q', /at most 16/],
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
  assert.equal(canonicalText(parseTextQuery('ids:b user:a')), canonicalText(parseTextQuery('user:A ids:b')));
  assert.notEqual(canonicalText(parseTextQuery('a user:b')), canonicalText(parseTextQuery('a -user:b')));
  assert.notEqual(canonicalText(parseTextQuery('a in:user')), canonicalText(parseTextQuery('a in:system')));
});

test('the terms that are looked up are those of what must be there', () => {
  const termsOf = (query: string): string[] =>
    requiredTerms(recordQuery(query)).map(({ text, isPrefix }) => text + (isPrefix ? '*' : ''));
  assert.deepEqual(termsOf('refund "out of" checkou* -test'), ['refund', 'out', 'of', 'checkou*']);
  assert.deepEqual(termsOf('余额不 足'), ['余额', '额不', '足*']);
});

test('a hit is shown with some text around it', () => {
  const hitsOf = (query: string, text: string): string[] =>
    new Matcher(recordQuery(query))
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
