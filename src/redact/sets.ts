/**
 * What the built-in sets find in a text. All searches take time proportional to the length of the text: every
 * repetition is bounded, or is over characters that cannot begin another match.
 *
 * `scan.ts` skips bytes in which none of these can match. A change here may need one there.
 */

/** A part of a text. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** The canonical spelling, for a hash; the text itself if left out. */
  readonly canonical?: string;
}

export type Find = (text: string) => Iterable<Match>;

/** Key of an attribute whose value is a secret, whatever it looks like. */
export const SECRET_KEY =
  /(?:passw(?:or)?d|passphrase|client[_-]?secret|api[_-]?key|private[_-]?key|secret[_-]?(?:access[_-]?)?key|(?:access|refresh|auth|bearer|session|id|csrf|xsrf)[_-]?token|(?:^|[._-])(?:pwd|secret|token|authorization|cookie|set-cookie|set_cookie|credentials?))$/i;
const LONGEST_SECRET_KEY = 200;

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.slice(-LONGEST_SECRET_KEY));
}

/** Tokens that are recognised by how they begin. Each has 20 letters, digits, `-` or `_` in a row. */
const TOKENS = [
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9_-])',
  'gh[pousr]_[A-Za-z0-9]{20,255}',
  'github_pat_[A-Za-z0-9_]{22,255}',
  'glpat-[A-Za-z0-9_-]{20,255}',
  'npm_[A-Za-z0-9]{36}',
  'pypi-[A-Za-z0-9_-]{32,1024}',
  'sk-[A-Za-z0-9_-]{20,1024}',
  '[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}',
  'xox[a-z]-[A-Za-z0-9-]{16,255}',
  'xapp-[A-Za-z0-9-]{16,255}',
  'AIza[A-Za-z0-9_-]{35}',
  'hf_[A-Za-z0-9]{30,64}',
  'dop_v1_[a-f0-9]{64}',
  'whsec_[A-Za-z0-9]{24,255}',
  'ya29\\.[A-Za-z0-9_-]{20,1024}',
  'SG\\.[A-Za-z0-9_-]{20,64}\\.[A-Za-z0-9_-]{20,128}',
  // JSON Web Tokens: the header begins with {"
  'eyJ[A-Za-z0-9_-]{17,8192}\\.[A-Za-z0-9_-]{2,65536}(?:\\.[A-Za-z0-9_-]{0,8192})?',
];
const TOKEN = new RegExp(`(?<![A-Za-z0-9_-])(?:${TOKENS.join('|')})`, 'g');
/** After `Bearer` or `Basic`. */
const SCHEME =
  /(?<![A-Za-z])(?:[Bb]earer|[Bb]asic)(?: |%20){1,4}(?=[A-Za-z0-9_-]{20})([A-Za-z0-9._~+/=-]{20,65536})/dg;
/** `api_key=…`, `"client_secret": "…"`, also with escaped quotes. */
const ASSIGNED =
  /(?:secret|token|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)["'\\]{0,8} {0,4}[:=] {0,4}["'\\]{0,8}(?=[A-Za-z0-9_-]{20})([A-Za-z0-9_\-.~+/=]{20,65536})/dgi;
const IN_URL = /:\/\/[^\s/?#:@"'<>]{0,128}:([^\s/?#@"'<>]{1,256})@(?=[A-Za-z0-9_[-]|[^\0-\x7f])/dg;
const PEM = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
const PEM_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;

export function* findSecrets(text: string): Iterable<Match> {
  yield* wholes(text, TOKEN);
  yield* firstGroups(text, SCHEME);
  yield* firstGroups(text, ASSIGNED);
  if (text.includes('@')) yield* firstGroups(text, IN_URL);
  if (text.includes('PRIVATE KEY-----')) yield* privateKeys(text);
}

/** From the first line to the last, or to the end of a text that was cut. */
function* privateKeys(text: string): Iterable<Match> {
  let at = 0;
  for (const begin of text.matchAll(PEM)) {
    if (begin.index < at) continue;
    PEM_END.lastIndex = begin.index;
    const end = PEM_END.exec(text);
    at = end === null ? text.length : PEM_END.lastIndex;
    yield { start: begin.index, end: at };
  }
}

function* wholes(text: string, pattern: RegExp): Iterable<Match> {
  for (const found of text.matchAll(pattern)) {
    yield { start: found.index, end: found.index + found[0].length };
  }
}

function* firstGroups(text: string, pattern: RegExp): Iterable<Match> {
  for (const found of text.matchAll(pattern)) {
    const [start, end] = found.indices![1]!;
    yield { start, end };
  }
}

/** Digits with at most one space or hyphen between two: not within an id, nor the decimals of a number. */
const DIGITS = /(?<![A-Za-z0-9_]|\d\.)\d(?:[ -]?\d){12,}(?![A-Za-z0-9_]|\.\d)/g;
const FEWEST_CARD_DIGITS = 13;
const MOST_CARD_DIGITS = 19;

/**
 * Card numbers: 13 to 19 digits in whole groups, of a known issuer, whose check digit is right (ISO/IEC 7812,
 * Luhn).
 */
export function* findCards(text: string): Iterable<Match> {
  for (const { 0: run, index } of text.matchAll(DIGITS)) {
    const groups = [...run.matchAll(/\d+/g)];
    let first = 0;
    while (first < groups.length) {
      let last = first;
      let digits = '';
      let found: { end: number; digits: string; next: number } | undefined;
      while (last < groups.length && digits.length <= MOST_CARD_DIGITS) {
        const group = groups[last++]!;
        digits += group[0];
        if (isCard(digits)) found = { end: group.index + group[0].length, digits, next: last };
      }
      if (found !== undefined) {
        yield { start: index + groups[first]!.index, end: index + found.end, canonical: found.digits };
      }
      first = found?.next ?? first + 1;
    }
  }
}

/** Prefixes of issuers: Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro. */
const ISSUER =
  /^(?:4|5[0-8]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|6(?:0|2|4[4-9]|5|3|7)|3(?:0[0-5]|095|[689])|35(?:2[89]|[3-8]))/;

function isCard(digits: string): boolean {
  const { length } = digits;
  if (length < FEWEST_CARD_DIGITS || length > MOST_CARD_DIGITS || !ISSUER.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const digit = digits.charCodeAt(length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
}

/** Length of the IBAN by country (ISO 13616 registry). */
const IBAN_LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 ' +
    'EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 ' +
    'IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 ' +
    'NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 ' +
    'SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);
const IBAN_START = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?= ?[A-Z0-9])/g;
/** Groups of four, with single spaces. */
const LONGEST_SPACED_IBAN = 34 + 8;

/** International bank account numbers whose length and check digits (ISO 7064, MOD 97-10) are right. */
export function* findIbans(text: string): Iterable<Match> {
  for (const { 0: head, index } of text.matchAll(IBAN_START)) {
    const length = IBAN_LENGTHS.get(head.slice(0, 2));
    if (length === undefined) continue;
    let at = index;
    let iban = '';
    for (const stop = Math.min(text.length, index + LONGEST_SPACED_IBAN); at < stop; at++) {
      const char = text[at]!;
      if (/[A-Z0-9]/.test(char)) iban += char;
      else if (char !== ' ' || text[at - 1] === ' ') break;
      if (iban.length === length) break;
    }
    if (iban.length !== length || /[A-Za-z0-9]/.test(text[at + 1] ?? '')) continue;
    if (remainder97(`${iban.slice(4)}${iban.slice(0, 4)}`) !== 1) continue;
    yield { start: index, end: at + 1, canonical: iban };
  }
}

function remainder97(text: string): number {
  let rest = 0;
  for (const char of text) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

const LOCAL_PART = /[\p{L}\p{N}._%+'-]/u;
const DOMAIN = /[\p{L}\p{N}.-]/u;
const LONGEST_LOCAL_PART = 64;
const LONGEST_DOMAIN = 255;
/** A last label that is no number, so that `package@1.2.10` is no address. */
const DOMAIN_NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}\.)+[\p{L}][\p{L}\p{N}-]{0,61}[\p{L}\p{N}]/u;

/** E-mail addresses, also with the sign as `%40` of a URL. */
export function* findEmails(text: string): Iterable<Match> {
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(/@|%40/g)) {
    let start = index;
    const first = Math.max(from, index - LONGEST_LOCAL_PART);
    while (start > first && LOCAL_PART.test(text[start - 1]!)) start--;
    while (start < index && /['.%+-]/.test(text[start]!)) start++;
    const afterSign = index + sign.length;
    let end = afterSign;
    const last = Math.min(text.length, afterSign + LONGEST_DOMAIN);
    while (end < last && DOMAIN.test(text[end]!)) end++;
    const domain = domainOf(text.slice(afterSign, end));
    if (start === index || domain === undefined) continue;
    end = afterSign + domain.length;
    from = end;
    yield { start, end, canonical: `${text.slice(start, index)}@${domain}`.toLowerCase() };
  }
}

function domainOf(text: string): string | undefined {
  // Labels that are empty or end with a hyphen end the name.
  const labels = text.split('.');
  const bad = labels.findIndex((label) => label === '' || label.length > 63);
  const name = DOMAIN_NAME.exec(bad < 0 ? text : labels.slice(0, bad).join('.'));
  return name?.[0];
}

const INTERNATIONAL = /(?<![\p{L}\p{N}+])\+[1-9](?:[ ().\-/]{0,2}\d){6,14}(?!\d)/gu;
const NORTH_AMERICAN = /(?<![\w.+-])(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w-])/g;

/**
 * Phone numbers in the two forms that can be told from other numbers: international with a plus, and North
 * American in groups.
 */
export function* findPhones(text: string): Iterable<Match> {
  for (const pattern of [INTERNATIONAL, NORTH_AMERICAN]) {
    for (const { 0: number, index } of text.matchAll(pattern)) {
      const digits = number.replace(/\D/g, '');
      const isWhole = number.startsWith('+') || digits.length === 11;
      yield { start: index, end: index + number.length, canonical: isWhole ? `+${digits}` : digits };
    }
  }
}
