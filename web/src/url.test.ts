import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSearch, stringifySearch } from './url.js';

test('an address is plain text, and is read back as it was written', () => {
  const search = { service: 'a&b=c', hasErrors: true, minCostUsd: 0.5 };
  assert.equal(stringifySearch(search), '?service=a%26b%3Dc&hasErrors=true&minCostUsd=0.5');
  assert.deepEqual(parseSearch(stringifySearch(search)), {
    service: 'a&b=c',
    hasErrors: 'true',
    minCostUsd: '0.5',
  });
  assert.equal(stringifySearch({ service: undefined }), '');
});

test('a repeated parameter is a list, in both directions', () => {
  const search = { service: ['b', 'a&c', ''], state: [], range: '7d' };
  assert.equal(stringifySearch(search), '?service=b&service=a%26c&range=7d');
  assert.deepEqual(parseSearch('?service=b&x=1&service=a%26c&service=b'), {
    service: ['b', 'a&c', 'b'],
    x: '1',
  });
});

test('no name is special', () => {
  const search = parseSearch('?a=1&__proto__=x&__proto__=z&constructor=y');
  assert.equal(search.a, '1');
  assert.equal(Object.getPrototypeOf(search), Object.prototype);
  assert.equal(search.constructor as unknown, 'y');
});
