import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRouteId, toRouteId } from './route-id.js';

test('every id comes back from an address as it went in, and no browser takes one for a step of the path', () => {
  for (const id of ['.', '..', '~.', '~~..', '~', '~a', '...', 'a/..', 'visit-1', '%2e', 'é😀']) {
    assert.equal(fromRouteId(toRouteId(id)), id);
    const { pathname } = new URL(`http://localhost/sessions/${encodeURIComponent(toRouteId(id))}`);
    assert.equal(fromRouteId(decodeURIComponent(pathname.slice('/sessions/'.length))), id);
  }
  assert.equal(toRouteId('visit-1'), 'visit-1');
  assert.equal(toRouteId('..'), '~..');
});
