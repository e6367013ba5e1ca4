import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sessionSegment } from './client.js';

const SCHEMA = new URL('../../../../web/src/api/schema.d.ts', import.meta.url);

test('sessions named like a path of the API are asked for by another spelling of their names', () => {
  const paths = readFileSync(SCHEMA, 'utf8').matchAll(/^ {4}"\/api\/v1\/sessions\/([^/{"]+)[^"]*":/gm);
  const names = [...paths].map(([, name]) => name!);
  assert.ok(names.length >= 5, names.join());
  for (const name of names) {
    const segment = sessionSegment(name);
    assert.notEqual(segment, name);
    assert.equal(decodeURIComponent(segment), name);
  }
});

test('other sessions are asked for by their names, percent-encoded', () => {
  assert.equal(sessionSegment('visit-1'), 'visit-1');
  assert.equal(sessionSegment('a/b c'), 'a%2Fb%20c');
});
