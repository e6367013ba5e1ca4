import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cookieOf, setCookie, signed, verified } from './cookies.js';

const SECRET = new Uint8Array(32).fill(7);

test('a cookie is kept from scripts, and from pages of others', () => {
  const attributes = { path: '/sojourn/', isSecure: true, sameSite: 'Strict', maxAgeSeconds: 60 } as const;
  assert.equal(
    setCookie('a', 'b.c', attributes),
    'a=b.c; Path=/sojourn/; Max-Age=60; HttpOnly; SameSite=Strict; Secure',
  );
  assert.doesNotMatch(setCookie('a', 'b', { ...attributes, isSecure: false }), /Secure/);
});

test('a cookie is found among others, by its whole name', () => {
  assert.equal(cookieOf('xa=1; a=2;b=3', 'a'), '2');
  assert.equal(cookieOf('a=2=3', 'a'), '2=3');
  assert.equal(cookieOf('aa=1; ; =a', 'a'), undefined);
  assert.equal(cookieOf(undefined, 'a'), undefined);
});

test('a signature holds for one text, one purpose and one secret', () => {
  const value = signed('abc', 'sign-in', SECRET);
  assert.equal(verified(value, 'sign-in', SECRET), 'abc');
  assert.equal(verified(value, 'other', SECRET), undefined);
  assert.equal(verified(value, 'sign-in', new Uint8Array(32)), undefined);
  assert.equal(verified(value.replace('abc', 'abd'), 'sign-in', SECRET), undefined);
  assert.equal(verified(`${value}.`, 'sign-in', SECRET), undefined);
  assert.equal(verified('abc', 'sign-in', SECRET), undefined);
});

test('no bit of a signed text may differ, and a signature has one spelling', () => {
  const value = signed('abc', 'sign-in', SECRET);
  for (let at = 0; at < value.length; at++) {
    for (let bit = 1; bit < 256; bit <<= 1) {
      const other = String.fromCharCode(value.charCodeAt(at) ^ bit);
      const changed = value.slice(0, at) + other + value.slice(at + 1);
      assert.equal(verified(changed, 'sign-in', SECRET), undefined, changed);
    }
  }
  for (const changed of [`${value}=`, `${value} `, value.replace('.', '.='), value.replaceAll('_', '/')]) {
    if (changed !== value) assert.equal(verified(changed, 'sign-in', SECRET), undefined, changed);
  }
});

test('no other text has a valid signature', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 120 }), (value) => {
      assert.equal(verified(value, 'sign-in', SECRET), undefined);
    }),
  );
});
