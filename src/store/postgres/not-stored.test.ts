import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notStoredReason } from './not-stored.js';
import { DatabaseError } from './statement.js';

for (const [code, expected] of [
  [undefined, /cannot be reached/],
  ['53100', /disk of the database is full.* make room/],
  ['53300', /max_connections/],
  ['53200', /memory/],
  ['25006', /read-only/],
  ['40P01', /busy/],
  ['57014', /busy/],
  ['42501', /lacks a right/],
  ['XX001', /SQLSTATE XX001/],
] as const) {
  test(`${code ?? 'a lost connection'} has a reason for senders, without what the database said`, () => {
    const reason = notStoredReason(new DatabaseError('role "ann" at db.example', code));
    assert.match(reason, expected);
    assert.doesNotMatch(reason, /"ann"|db\.example/);
  });
}
