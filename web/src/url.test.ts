import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSearch, stringifySearch } from './url.js';

test('an address says in plain text what it means, and is read back as it was written', () => {
  const search = { service: 'a&b=c', hasErrors: true, minCostUsd: 0.5 };
  assert.equal(stringifySearch(search), '?service=a%26b%3Dc&hasErrors=true&minCostUsd=0.5');
  assert.deepEqual(parseSearch(stringifySearch(search)), {
    service: 'a&b=c',
    hasErrors: 'true',
    minCostUsd: '0.5',
  });
  assert.equal(stringifySearch({ service: undefined }), '');
});

test('of a repeated parameter the first counts, and no name is special', () => {
  const search = parseSearch('?a=1&a=2&__proto__=x&constructor=y');
  assert.equal(search.a, '1');
  assert.equal(Object.getPrototypeOf(search), Object.prototype);
  assert.equal(search.constructor as unknown, 'y');
});
