import assert from 'node:assert/strict';
import test from 'node:test';
import { codeOfCountryName, countryCode, countryName } from './countries.js';

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

test('codes in use beside the standard are those of the standard', () => {
  assert.equal(countryCode('uk'), 'GB');
  assert.equal(countryCode('EL'), 'GR');
  assert.equal(countryName('UK'), 'United Kingdom');
});

test('names have codes, whatever their case and accents, and no code that was given up', () => {
  for (const [name, code] of [
    ['Germany', 'DE'],
    [' united kingdom ', 'GB'],
    ['USA', 'US'],
    ['Turkey', 'TR'],
    ['Türkiye', 'TR'],
    ["Cote d'Ivoire", 'CI'],
    ['Trinidad and Tobago', 'TT'],
    ['Russia', 'RU'],
    ['Serbia', 'RS'],
    ['Hong Kong', 'HK'],
    ['Atlantis', undefined],
    ['__proto__', undefined],
  ] as const) {
    assert.equal(codeOfCountryName(name), code, name);
  }
});
