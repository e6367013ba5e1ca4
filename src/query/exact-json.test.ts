import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringifyExact } from './exact-json.js';

test('plain JSON is the same as from JSON.stringify', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => stringifyExact(value) === JSON.stringify(value)));
});

test('big integers keep all digits: beyond the range of a double they are strings', () => {
  assert.equal(stringifyExact({ ns: 1_772_323_200_123_456_789n }), '{"ns":"1772323200123456789"}');
  assert.equal(stringifyExact([-(2n ** 63n)]), '["-9223372036854775808"]');
  assert.equal(stringifyExact([2n ** 53n - 1n, 2n ** 53n]), '[9007199254740991,"9007199254740992"]');
  assert.equal(
    stringifyExact([1n - 2n ** 53n, -(2n ** 53n), 0n]),
    '[-9007199254740991,"-9007199254740992",0]',
  );
});

test('numbers that JSON cannot represent are written by name', () => {
  assert.equal(stringifyExact([Number.NaN, Infinity, -Infinity]), '["NaN","Infinity","-Infinity"]');
});

test('undefined properties are left out, null is kept', () => {
  assert.equal(stringifyExact({ a: undefined, b: null, c: 1 }), '{"b":null,"c":1}');
});

test('no key has a special meaning', () => {
  const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":2,"toJSON":"x"}');
  assert.equal(stringifyExact(value), JSON.stringify(value));
  assert.equal(stringifyExact(Object.assign(Object.create(null), { toJSON: 'x' })), '{"toJSON":"x"}');
});

test('special characters in text are escaped', () => {
  assert.equal(stringifyExact({ '"\n': '\\"\u0000\ud800' }), '{"\\"\\n":"\\\\\\"\\u0000\\ud800"}');
});

test('values that JSON cannot represent are refused', () => {
  assert.throws(() => stringifyExact([() => {}]), TypeError);
  assert.throws(() => stringifyExact(undefined), TypeError);
});
