import { BoundedMemo } from './bounded-memo.js';

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Intl takes microseconds, and there are at most 676 codes. */
const memo = new BoundedMemo<string | undefined>(676);

/** User-assigned codes of ISO 3166-1 that data sources use for "unknown". */
const NOT_A_COUNTRY = new Set(['XX', 'ZZ']);

/**
 * Codes in use that ISO 3166-1 only reserves: of the United Kingdom and Greece (European Union), of
 * metropolitan France.
 */
const CODE_OF: ReadonlyMap<string, string> = new Map([
  ['UK', 'GB'],
  ['EL', 'GR'],
  ['FX', 'FR'],
]);

/** Names that senders use and CLDR does not have, in the form of `plainName`. */
const OTHER_NAMES: readonly (readonly [name: string, code: string])[] = [
  ['usa', 'US'],
  ['united states of america', 'US'],
  ['great britain', 'GB'],
  ['united kingdom of great britain and northern ireland', 'GB'],
  ['england', 'GB'],
  ['scotland', 'GB'],
  ['wales', 'GB'],
  ['northern ireland', 'GB'],
  ['russian federation', 'RU'],
  ['republic of korea', 'KR'],
  ['korea, republic of', 'KR'],
  ['czech republic', 'CZ'],
  ['turkey', 'TR'],
  ['the netherlands', 'NL'],
  ['holland', 'NL'],
  ['hong kong', 'HK'],
  ['macao', 'MO'],
  ['macau', 'MO'],
  ['taiwan, province of china', 'TW'],
  ['viet nam', 'VN'],
  ['iran, islamic republic of', 'IR'],
  ['ivory coast', 'CI'],
  ['myanmar', 'MM'],
  ['burma', 'MM'],
  ['cape verde', 'CV'],
  ['swaziland', 'SZ'],
  ['macedonia', 'MK'],
  ['palestine', 'PS'],
];

/**
 * An ISO 3166-1 alpha-2 code in upper case, `UK` as `GB`; undefined for anything that is not two letters, and
 * for placeholders.
 */
export function countryCode(text: string | undefined): string | undefined {
  const code = text?.trim().toUpperCase();
  if (code === undefined || !/^[A-Z]{2}$/.test(code) || NOT_A_COUNTRY.has(code)) return undefined;
  return CODE_OF.get(code) ?? code;
}

let codes: ReadonlyMap<string, string> | undefined;

/** The code of the country with this English name; undefined for other names. */
export function codeOfCountryName(name: string): string | undefined {
  codes ??= codesByName();
  return codes.get(plainName(name));
}

/** Removes differences in spelling: case, accents, kinds of apostrophes, `&` for "and". */
function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('’', "'")
    .replaceAll('&', 'and')
    .trim()
    .toLowerCase();
}

function codesByName(): Map<string, string> {
  const found = new Map(OTHER_NAMES);
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
  for (const first of letters) {
    for (const second of letters) {
      const code = first + second;
      // A withdrawn code has the name of its successor.
      if (code !== countryCode(code) || new Intl.Locale(`und-${code}`).region !== code) continue;
      const name = names.of(code);
      if (name !== undefined) found.set(plainName(name), code);
    }
  }
  return found;
}

/** English name of the country with this code; undefined if the code is not in use. */
export function countryName(code: string): string | undefined {
  const valid = countryCode(code);
  return valid === undefined ? undefined : memo.get(valid, (known) => names.of(known));
}
