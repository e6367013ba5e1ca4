import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneLine } from './one-line.js';
import { SpanTitles } from './title-reader.js';

test('facts of equal span names are one object, and those of long names are equal but not kept', () => {
  const titles = new SpanTitles();
  assert.equal(titles.named('GET /', true), titles.named('GET /', true));
  assert.notEqual(titles.named('GET /', true), titles.named('GET /', false));
  assert.equal(titles.size, 2);
  for (let i = 0; i < 10; i++) {
    const name = `${i} ${'long '.repeat(1_000)}`;
    assert.deepEqual(titles.named(name, true), { rootName: oneLine(name) });
    assert.deepEqual(titles.named(name, false), { entryName: oneLine(name) });
  }
  assert.equal(titles.size, 2);
});
