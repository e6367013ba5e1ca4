import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AllowedMethods } from './allowed-methods.js';

const allowed = new AllowedMethods();
allowed.add('/sessions/:sessionId', ['GET', 'HEAD']);
allowed.add('/sessions/stats', ['GET']);
allowed.add('/sessions/stats', ['POST']);
allowed.add('/openapi.json', ['GET']);

test('a path has the methods of all routes that it matches', () => {
  assert.deepEqual(allowed.of('/sessions/a%2Fb'), ['GET', 'HEAD']);
});

test('a route of the very path hides those that have a parameter in its place', () => {
  assert.deepEqual(allowed.of('/sessions/stats'), ['GET', 'POST']);
  assert.ok(allowed.refuses('/sessions/stats', 'HEAD'));
  assert.ok(!allowed.refuses('/sessions/stats', 'POST'));
  assert.ok(!allowed.refuses('/sessions/a', 'POST'), 'the router decides');
});

test('an unknown path has no methods', () => {
  for (const path of ['', '/', '/sessions', '/sessions/a/b', '/x/sessions/a', '/openapixjson']) {
    assert.deepEqual(allowed.of(path), []);
  }
});
