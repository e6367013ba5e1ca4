import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRouteId, toRouteId } from './route-id.js';

test('every id survives a round trip through an address, and no browser reads one as a step of the path', () => {
  for (const id of ['.', '..', '~.', '~~..', '~', '~a', '...', 'a/..', 'visit-1', '%2e', 'é😀']) {
    assert.equal(fromRouteId(toRouteId(id)), id);
    const { pathname } = new URL(`http://localhost/sessions/${encodeURIComponent(toRouteId(id))}`);
    assert.equal(fromRouteId(decodeURIComponent(pathname.slice('/sessions/'.length))), id);
  }
  assert.equal(toRouteId('visit-1'), 'visit-1');
  assert.equal(toRouteId('..'), '~..');
});
