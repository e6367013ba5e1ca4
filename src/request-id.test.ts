import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestIdOf } from './request-id.js';

const requestId = (given?: string) => requestIdOf({ headers: { 'x-request-id': given } });

test('a request keeps a valid id', () => {
  for (const id of ['a', 'A-b_c.9', 'x'.repeat(128)]) assert.equal(requestId(id), id);
});

test('a request without an id, or with an invalid one, gets a new id', () => {
  for (const id of [undefined, '', 'x'.repeat(129), 'a b', 'a\u0000', 'ä', '<script>', 'a,b']) {
    assert.match(requestId(id), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
