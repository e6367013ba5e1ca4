import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionProblem, mayComeUp } from './connection-problem.js';
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

const systemError = (code: string, syscall: string): DatabaseError =>
  new DatabaseError(code, undefined, { cause: Object.assign(new Error(code), { code, syscall }) });
const stateError = (code: string): DatabaseError =>
  new DatabaseError('refused', code, { cause: Object.assign(new Error('refused'), { code }) });

for (const [name, error, expected] of [
  ['a refused connection', systemError('ECONNREFUSED', 'connect'), true],
  ['a name that is not there yet', systemError('ENOTFOUND', 'getaddrinfo'), true],
  ['a socket that is not there yet', systemError('ENOENT', 'connect'), true],
  ['a database that starts', stateError('57P03'), true],
  ['a database with too many connections', stateError('53300'), true],
  ['a lock of another process that migrates', stateError('55P03'), true],
  ['a connection that ends', new DatabaseError('Connection terminated unexpectedly', undefined), true],
  ['a certificate file that is not there', systemError('ENOENT', 'open'), false],
  ['a certificate that is not trusted', systemError('SELF_SIGNED_CERT_IN_CHAIN', ''), false],
  ['a wrong password', stateError('28P01'), false],
  ['a missing database', stateError('3D000'), false],
  [
    'a missing password',
    new DatabaseError('SASL: client password must be a string', undefined, { cause: new Error() }),
    false,
  ],
] as const) {
  test(`${name} is ${expected ? 'waited for' : 'the end of a start'}`, () => {
    assert.equal(mayComeUp(error), expected);
  });
}
