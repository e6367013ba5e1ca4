import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCursor, filterDigest } from '../contract/cursor.js';
import { Type } from '../contract/schema-builder.js';
import { NoQuery } from '../contract/schema-parts.js';
import { SessionListQuery } from '../contract/session.js';
import { StatisticsQuery } from '../contract/statistics.js';
import { TraceListQuery } from '../contract/trace.js';
import { compileQueryValidator, type RawQuery } from './query-validation.js';

const list = compileQueryValidator(SessionListQuery);
const CURSOR = encodeCursor(
  { direction: 'next', position: { startNs: 1n, id: 'a' } },
  filterDigest('sessions', []),
);
const MARCH = 1_772_323_200_000_000_000n;

function acceptedValue(query: RawQuery, validate = list): unknown {
  const result = validate(query);
  assert.ok('value' in result);
  return result.value;
}

function errorsOf(query: RawQuery, validate = list) {
  const result = validate(query);
  assert.ok('error' in result);
  return result.error.fields!.map(({ field, code, rejected_value }) => [field, code, rejected_value]);
}

test('values get their types, and parameters that were not given are missing', () => {
  assert.deepEqual(acceptedValue({}), {});
  const query = {
    userId: 'u',
    isActive: 'true',
    startTime: '2026-03-01T00:00:00Z',
    limit: '7',
    cursor: CURSOR,
  };
  assert.deepEqual(acceptedValue(query), {
    userId: 'u',
    isActive: true,
    startTime: MARCH,
    limit: 7,
    cursor: CURSOR,
  });
});

const good: [RawQuery, unknown][] = [
  [{ isActive: 'false' }, { isActive: false }],
  [{ limit: '1' }, { limit: 1 }],
  [{ limit: '1000' }, { limit: 1000 }],
  [{ limit: '0010' }, { limit: 10 }],
  [{ userId: 'x' }, { userId: 'x' }],
  [{ userId: ' ' }, { userId: ' ' }],
  [{ userId: 'x'.repeat(256) }, { userId: 'x'.repeat(256) }],
  [{ userId: '😀'.repeat(256) }, { userId: '😀'.repeat(256) }],
  [{ service: 'a b' }, { service: ['a b'] }],
  [{ service: ['a,b', 'c', 'c'] }, { service: ['a,b', 'c', 'c'] }],
  [{ model: Array.from({ length: 50 }, String) }, { model: Array.from({ length: 50 }, String) }],
  [{ state: 'timed_out' }, { state: ['timed_out'] }],
  [{ state: ['active', 'idle'] }, { state: ['active', 'idle'] }],
  [{ deviceType: 'tv' }, { deviceType: ['tv'] }],
  [{ country: 'at' }, { country: ['AT'] }],
  [{ release: '4.2.0' }, { release: ['4.2.0'] }],
  [{ url: '/cart' }, { url: '/cart' }],
  [{ country: ['at', 'Ch'] }, { country: ['AT', 'CH'] }],
  [{ cursor: '' }, {}],
  [{ activeFrom: '2026-03-01T00:00:00Z' }, { activeFrom: MARCH }],
  [{ startTime: '1969-12-31T23:59:59Z' }, { startTime: -1n }],
  [{ endTime: '9999-12-31T23:59:59Z' }, { endTime: 2n ** 63n - 1n }],
  [{ hasErrors: 'true' }, { hasErrors: true }],
  [{ minDurationMs: '1500.25' }, { minDurationMs: 1500.25 }],
  [{ minDurationMs: '-0' }, { minDurationMs: 0 }],
  [{ minCostUsd: '1e-9' }, { minCostUsd: 1e-9 }],
  [{ minCostUsd: '-0' }, { minCostUsd: 0 }],
  [{ maxSpans: '-0' }, { maxSpans: 0 }],
  [{ endTime: '2026-03-01T02:00:00+02:00' }, { endTime: MARCH }],
  // The plus of an offset without percent-encoding.
  [{ endTime: '2026-03-01T02:00:00 02:00' }, { endTime: MARCH }],
  [{ endTime: '2026-02-28T22:00:00.000000001-02:00' }, { endTime: MARCH + 1n }],
];
for (const [query, value] of good) {
  const [name, given] = Object.entries(query)[0]!;
  test(`${name}=${String(given).slice(0, 40)} is taken`, () => assert.deepEqual(acceptedValue(query), value));
}

const bad: [field: string, given: string | string[], code: string][] = [
  ['isActive', '', 'query.invalid_boolean'],
  ['isActive', 'True', 'query.invalid_boolean'],
  ['isActive', '1', 'query.invalid_boolean'],
  ['isActive', 'yes', 'query.invalid_boolean'],
  ['service', '', 'query.invalid_length'],
  ['model', 'x'.repeat(257), 'query.invalid_length'],
  ['state', 'Active', 'query.invalid_enum'],
  ['state', 'open', 'query.invalid_enum'],
  ['deviceType', '', 'query.invalid_enum'],
  ['country', 'AUT', 'query.invalid_country'],
  ['country', 'ÄT', 'query.invalid_country'],
  ['url', '', 'query.invalid_length'],
  ['url', 'x'.repeat(1025), 'query.invalid_length'],
  ['hasErrors', '1', 'query.invalid_boolean'],
  ['minDurationMs', '', 'query.invalid_number'],
  ['minDurationMs', 'NaN', 'query.invalid_number'],
  ['minDurationMs', 'Infinity', 'query.invalid_number'],
  ['minDurationMs', '1e999', 'query.invalid_number'],
  ['minDurationMs', '0x10', 'query.invalid_number'],
  ['minDurationMs', ' 1', 'query.invalid_number'],
  ['minDurationMs', '-1', 'query.out_of_range'],
  ['minCostUsd', '.5', 'query.invalid_number'],
  ['minCostUsd', '-0.1', 'query.out_of_range'],
  ['limit', '', 'query.invalid_integer'],
  ['limit', 'ten', 'query.invalid_integer'],
  ['limit', '1.5', 'query.invalid_integer'],
  ['limit', '1e2', 'query.invalid_integer'],
  ['limit', '0x10', 'query.invalid_integer'],
  ['limit', ' 5', 'query.invalid_integer'],
  ['limit', '٣', 'query.invalid_integer'],
  ['limit', '0', 'limit.out_of_range'],
  ['limit', '-1', 'limit.out_of_range'],
  ['limit', '1001', 'limit.out_of_range'],
  ['limit', '9'.repeat(400), 'limit.out_of_range'],
  ['startTime', '', 'query.invalid_date_time'],
  ['startTime', '2026-03-01', 'query.invalid_date_time'],
  ['startTime', '2026-03-01T00:00:00', 'query.invalid_date_time'],
  ['endTime', '1772323200', 'query.invalid_date_time'],
  ['endTime', '2026-02-30T00:00:00Z', 'query.invalid_date_time'],
  ['endTime', '2026-03-01 00:00:00Z', 'query.invalid_date_time'],
  ['userId', '', 'query.invalid_length'],
  ['userId', 'x'.repeat(257), 'query.invalid_length'],
  ['cursor', 'nonsense', 'cursor.invalid'],
  ['cursor', `${CURSOR}A`, 'cursor.invalid'],
  ['user_id', 'u', 'query.unknown_parameter'],
  ['userid', 'u', 'query.unknown_parameter'],
  ['', '', 'query.unknown_parameter'],
  ['constructor', 'x', 'query.unknown_parameter'],
  ['limit', ['1', '1'], 'query.repeated_parameter'],
  ['cursor', [CURSOR, CURSOR], 'query.repeated_parameter'],
  ['userId', ['a', 'b'], 'query.repeated_parameter'],
  ['isActive', ['true', 'true'], 'query.repeated_parameter'],
  ['activeFrom', ['2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z'], 'query.repeated_parameter'],
  ['minCostUsd', ['1', '2'], 'query.repeated_parameter'],
  ['model', Array.from({ length: 51 }, String), 'query.invalid_length'],
  ['nothing', ['1', '2'], 'query.unknown_parameter'],
];

test('the error names the wrong one of several values', () => {
  assert.deepEqual(errorsOf({ state: ['idle', 'open'] }), [['state', 'query.invalid_enum', 'open']]);
  assert.deepEqual(errorsOf({ service: ['web', ''] }), [['service', 'query.invalid_length', '']]);
});

test('a missing required parameter is an error', () => {
  const validate = compileQueryValidator(Type.Object({ id: Type.String({ minLength: 1 }) }));
  assert.deepEqual(acceptedValue({ id: '..' }, validate), { id: '..' });
  assert.deepEqual(errorsOf({}, validate), [['id', 'query.missing_parameter', undefined]]);
  assert.deepEqual(errorsOf({ id: '' }, validate), [['id', 'query.invalid_length', '']]);
});
for (const [field, given, code] of bad) {
  test(`${field}=${String(given).slice(0, 40)} is refused with ${code}`, () => {
    assert.deepEqual(errorsOf({ [field]: given }), [[field, code, given]]);
  });
}

test('a parameter named like a property of prototypes is not special', () => {
  const query = Object.assign(Object.create(null), JSON.parse('{"__proto__":"x"}')) as RawQuery;
  assert.deepEqual(errorsOf(query), [['__proto__', 'query.unknown_parameter', 'x']]);
});

test('all errors are reported together, in the order of the query', () => {
  const errors = errorsOf({ cursor: 'x', limit: '0', sort: 'asc', isActive: 'no', userId: 'u' });
  assert.deepEqual(
    errors.map(([field]) => field),
    ['cursor', 'limit', 'sort', 'isActive'],
  );
});

test('messages explain what to do', () => {
  const result = list({ startTim: 'x', limit: '0' });
  assert.ok('error' in result);
  const [unknown, limit] = result.error.fields!;
  assert.match(unknown!.message, /Did you mean startTime\?$/);
  assert.equal(limit!.message, 'Use a number from 1 to 1000.');
  const byId = compileQueryValidator(Type.Object({ id: Type.String({ minLength: 1 }) }))({ id: '' });
  assert.ok('error' in byId);
  assert.equal(byId.error.fields![0]!.message, 'Use at least 1 character; this has 0.');
});

test('each route accepts only its own parameters', () => {
  assert.deepEqual(errorsOf({ limit: '101' }, compileQueryValidator(TraceListQuery)), [
    ['limit', 'limit.out_of_range', '101'],
  ]);
  assert.deepEqual(errorsOf({ limit: '1' }, compileQueryValidator(StatisticsQuery)), [
    ['limit', 'query.unknown_parameter', '1'],
  ]);
  assert.deepEqual(errorsOf({ x: '1' }, compileQueryValidator(NoQuery)), [
    ['x', 'query.unknown_parameter', '1'],
  ]);
});

test('a parameter of a kind without validation makes the start fail', () => {
  assert.throws(() => compileQueryValidator(Type.Object({ ratio: Type.Object({}) })), TypeError);
});
