import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionProblem } from './connection-problem.js';
import { DatabaseError } from './statement.js';

const URL = 'postgres://ann:secret@db.example:5433/sojourn';

for (const [name, error, expected] of [
  [
    'a missing password',
    new DatabaseError('SASL: client password must be a string', undefined),
    /asks for a password.*PGPASSWORD/,
  ],
  [
    'a wrong password',
    new DatabaseError('password authentication failed', '28P01'),
    /db\.example:5433 refuses.*check user and password/,
  ],
  [
    'a missing database',
    new DatabaseError('database "sojourn" does not exist', '3D000'),
    /CREATE DATABASE "sojourn"/,
  ],
  [
    'a missing right',
    new DatabaseError('permission denied', '42501'),
    /GRANT CREATE ON DATABASE "sojourn" TO "ann"/,
  ],
  [
    'a server that is not there',
    new DatabaseError('connect ECONNREFUSED', undefined),
    /cannot be reached .*is it running/,
  ],
] as const) {
  test(`${name} is named with its remedy, and without the password`, () => {
    const problem = connectionProblem(error, URL);
    assert.match(problem, expected);
    assert.doesNotMatch(problem, /secret/);
  });
}
