import { BoundedMemo } from './bounded-memo.js';

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Asking Intl costs microseconds, and there are 676 codes at most. */
const memo = new BoundedMemo<string | undefined>(676);

/** User-assigned codes of ISO 3166-1 that data sources use for "not known". */
const NOT_A_COUNTRY = new Set(['XX', 'ZZ']);

/** An ISO 3166-1 alpha-2 code in upper case; undefined for anything that is not two letters or stands for "unknown". */
export function countryCode(text: string | undefined): string | undefined {
  const code = text?.trim().toUpperCase();
  return code !== undefined && /^[A-Z]{2}$/.test(code) && !NOT_A_COUNTRY.has(code) ? code : undefined;
}

/** English name of the country with this code; undefined where the code is not in use. */
export function countryName(code: string): string | undefined {
  const valid = countryCode(code);
  return valid === undefined ? undefined : memo.get(valid, (known) => names.of(known));
}
