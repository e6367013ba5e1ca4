import assert from 'node:assert/strict';
import test from 'node:test';
import { countryCode, countryName } from './countries.js';

test('codes are two letters in upper case', () => {
  assert.equal(countryCode(' de '), 'DE');
  assert.equal(countryCode('GB'), 'GB');
  for (const bad of [undefined, '', 'D', 'DEU', 'D1', 'Ä1', 'ZZ', 'xx', 'T1', '__proto__']) {
    assert.equal(countryCode(bad), undefined, bad);
  }
});

test('names are English, and unknown codes have none', () => {
  assert.equal(countryName('DE'), 'Germany');
  assert.equal(countryName('us'), 'United States');
  assert.equal(countryName('ZZ'), undefined);
  assert.equal(countryName('QX'), undefined);
  assert.equal(countryName('nonsense'), undefined);
});
