import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { errorLine, errorShape, LONGEST_LINE, messageShape, oneLine } from './one-line.js';

test('a text becomes one bounded line that ends at a whole word', () => {
  assert.equal(oneLine('  Where is\n\tmy order? \0'), 'Where is my order?');
  assert.equal(oneLine(' \n '), undefined);
  assert.equal(oneLine('word '.repeat(40)), `${'word '.repeat(23)}word…`);
  assert.equal(oneLine('字'.repeat(200)), `${'字'.repeat(LONGEST_LINE - 1)}…`);
  assert.equal(oneLine('😀'.repeat(100)), `${'😀'.repeat(59)}…`);
});

test('any text gives a line within the limit that UTF-8 can hold, and the line of a line is the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1000 }), (text) => {
      const line = oneLine(text);
      if (line === undefined) return;
      assert.ok(line.length > 0 && line.length <= LONGEST_LINE);
      assert.equal(Buffer.from(line).toString(), line);
      assert.doesNotMatch(line, /[\n\r\0]/);
      assert.equal(oneLine(line), line);
    }),
  );
});

test('the shape of a message leaves out ids and numbers, but not the status of a response', () => {
  assert.equal(
    messageShape('order 4711 of 1b4e28ba-2fa1-11d2-883f-0016d3cca427 failed\nat x'),
    'order # of # failed',
  );
  assert.equal(messageShape('no answer after 1,500.25 ms from 10.0.0.1'), 'no answer after # ms from #');
  assert.equal(messageShape('Request failed with status code 404'), 'Request failed with status code 404');
  assert.equal(messageShape('facade of deadbeef01 is 0x1f'), 'facade of # is #');
});

test('an error is its type and the shape of its message', () => {
  assert.equal(errorLine('java.lang.IllegalStateException', 'no 17'), 'IllegalStateException: no #');
  assert.equal(errorLine('TypeError', 'TypeError: x is undefined'), 'TypeError: x is undefined');
  assert.equal(errorLine('*fmt.wrapError'), 'wrapError');
  assert.equal(errorLine(undefined, 'boom'), 'boom');
  assert.equal(errorLine('', ' '), undefined);
});

test('equal errors share a shape: quoted texts, paths, addresses and e-mail addresses are left out too', () => {
  for (const [message, shape] of [
    ["no file '/var/lib/a b.txt' after 17 tries", 'no file # after # tries'],
    ['no file "x" after 3 tries', 'no file # after # tries'],
    ["can't read `users`", "can't read #"],
    ['it says "and does not end', 'it says #'],
    ['ENOENT: no such file /home/ann/notes/a.md', 'ENOENT: no such file #'],
    ['cannot open C:\\Users\\ann\\a.txt', 'cannot open #'],
    ['GET https://api.example/v1/users/ann?token=x failed', 'GET https://api.example/# failed'],
    ['no mailbox ann.b@example.org', 'no mailbox #'],
    ['answered 503 after 20 ms', 'answered 503 after # ms'],
    ['first line\nsecond of ann', 'first line'],
  ] as const) {
    assert.equal(errorShape('', message), shape);
  }
  assert.equal(errorShape('java.io.IOException', 'no "x"'), 'IOException: no #');
  assert.equal(errorShape(), undefined);
});

test('any message has a shape within the limit, in a time that is bounded', () => {
  const parts = fc.constantFrom(
    "'",
    '"',
    '`',
    '/',
    '\\',
    '@',
    '.',
    '://',
    'a',
    ' ',
    '1',
    '\u2019',
    '\ud800',
    '\n',
  );
  const message = fc.array(parts, { maxLength: 600 }).map((all) => all.join(''));
  fc.assert(
    fc.property(message, (text) => {
      assert.ok((errorShape('E', text) ?? '').length <= LONGEST_LINE);
    }),
  );
});
