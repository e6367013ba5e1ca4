import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasHash, hashOfKey, idOfKey, newKey } from './api-key.js';

const SECRET = Buffer.alloc(32, 1);

test('a key has the form that secret scanners look for, and its id can be read from it', () => {
  const { id, text } = newKey(randomBytes);
  assert.match(text, /^sjn_[0-9A-Za-z]{48}$/);
  assert.equal(idOfKey(text), id);
  assert.notEqual(newKey(randomBytes).text, text);
});

test('a key with a wrong, missing or surplus character is no key', () => {
  const { text } = newKey(randomBytes);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: text.length - 1 }),
      fc.constantFrom('a', 'Z', '0', '_'),
      (at, letter) => {
        const changed = text.slice(0, at) + letter + text.slice(at + 1);
        assert.equal(idOfKey(changed) === undefined, changed !== text);
      },
    ),
  );
  for (const other of ['', text.slice(1), text.slice(0, -1), `${text}0`, ` ${text}`, text.toUpperCase()]) {
    assert.equal(idOfKey(other), undefined, other);
  }
});

test('every character of a key is as likely as any other', () => {
  const source = (...bytes: number[]) => {
    const left = [...bytes];
    return (size: number) => Uint8Array.from({ length: size }, () => left.shift() ?? 10);
  };
  assert.ok(newKey(source(0, 9, 10, 61, 62, 247)).text.startsWith('sjn_09Az0z'));
  // 248 is the last whole multiple of 62: bytes from there on would favour the first digits.
  assert.ok(newKey(source(248, 255, 1, 2)).text.startsWith('sjn_12A'));
});

test('the hash of a key depends on the secret, and says whether it is the key', () => {
  const { text } = newKey(randomBytes);
  const hash = hashOfKey(text, SECRET);
  assert.equal(hash.length, 32);
  assert.ok(hasHash(text, hash, SECRET));
  assert.ok(!hasHash(newKey(randomBytes).text, hash, SECRET));
  assert.ok(!hasHash(text, hash, Buffer.alloc(32, 2)));
});
