import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { API_ERRORS, ApiError, type FieldError, problemType, queryError } from './errors.js';

test('docs/errors.md has exactly the errors of the table', async () => {
  const page = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const expected = Object.entries(API_ERRORS).map(
    ([code, { status, title, retryable, description }]) =>
      `| \`${code}\` | ${status} | ${title} | ${retryable ? 'yes' : 'no'} | ${description} |`,
  );
  assert.deepEqual(rows, expected);
});

test('every code is valid in a URL path as it is', () => {
  for (const code of Object.keys(API_ERRORS)) assert.match(code, /^[a-z_]+\.[a-z_]+$/);
  assert.equal(problemType('cursor.invalid'), '/problems/cursor.invalid');
});

test('an error keeps its code, fields and resource between threads', () => {
  const error = new ApiError('session.not_found', 'no', { resource: { type: 'session', id: 'x' } });
  const copy = ApiError.fromData(structuredClone(error.toData()));
  assert.deepEqual(copy.toData(), error.toData());
  assert.ok(copy instanceof ApiError);
});

const badLimit: FieldError = {
  field: 'limit',
  message: 'less',
  code: 'limit.out_of_range',
  rejected_value: '0',
};
const badTime: FieldError = {
  field: 'startTime',
  message: 'time',
  code: 'query.invalid_date_time',
  rejected_value: 'x',
};

test('a query error has the code its fields share, else query.invalid', () => {
  assert.equal(queryError([badLimit]).code, 'limit.out_of_range');
  assert.equal(queryError([badTime, { ...badTime, field: 'endTime' }]).code, 'query.invalid_date_time');
  assert.equal(queryError([badLimit, badTime]).code, 'query.invalid');
});

test('the detail of a query error has the remedy for one field, or the names of several', () => {
  assert.equal(queryError([badLimit]).message, 'less');
  assert.match(queryError([badLimit, badTime]).message, /limit, startTime/);
});
