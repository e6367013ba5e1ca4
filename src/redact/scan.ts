/**
 * Finds quickly the bytes in which a built-in set may match, so that all others are never made texts. It may
 * point at more than the sets match, never at less: `scan.test.ts` holds it against them.
 */

/** What is looked for. */
export interface ScanTargets {
  /** E-mail addresses and credentials in addresses: a sign `@`, or `%40`. */
  readonly at: boolean;
  /** A plus before a digit. */
  readonly plus: boolean;
  readonly cards: boolean;
  readonly phones: boolean;
  /** E-mail addresses and phone numbers in any form that `normalize/user-id.ts` replaces. */
  readonly userIds: boolean;
  readonly ibans: boolean;
  readonly tokens: boolean;
  /** Characters that are written as escapes of JSON. */
  readonly escapes: boolean;
}

const DIGIT = 1;
/** Between digits of one number. */
const IN_NUMBER = 2;
/** Of an IBAN, or of the first line of a private key. */
const IN_CAPITALS = 4;
const IN_TOKEN = 8;

const CLASSES = new Uint8Array(256);
const classify = (chars: string, bits: number): void => {
  for (const char of chars) CLASSES[char.charCodeAt(0)]! |= bits;
};
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
classify('0123456789', DIGIT | IN_NUMBER | IN_CAPITALS | IN_TOKEN);
classify(' -.()/', IN_NUMBER);
classify(' ', IN_CAPITALS);
classify(UPPER, IN_CAPITALS | IN_TOKEN);
classify(`${UPPER.toLowerCase()}_-`, IN_TOKEN);

/** The shortest runs that matter: a phone number in groups, an IBAN, the random part of a token. */
const SHORTEST_NUMBER = 12;
const SHORTEST_IBAN = 15;
const SHORTEST_TOKEN = 20;
/** A phone number of a user with a scheme has no signs between its digits: `tel:5551234`. */
const SHORTEST_USER_PHONE = 7;
/** Most bytes of tag and length before a text. */
const LONGEST_HEAD = 11;
const FEWEST_CARD_DIGITS = 13;
const FEWEST_GROUPED_DIGITS = 9;

/** Offsets of one pattern in ascending order. */
class Occurrences {
  readonly #bytes: Buffer;
  readonly #wanted: number | Buffer;
  #next = -1;

  constructor(bytes: Buffer, wanted: number | Buffer) {
    this.#bytes = bytes;
    this.#wanted = wanted;
  }

  /** The first at or after `from`; Infinity if there is none. `from` may go back. */
  from(from: number): number {
    if (this.#next < from || this.#last > from) {
      const found = this.#bytes.indexOf(this.#wanted, from);
      this.#next = found < 0 ? Number.POSITIVE_INFINITY : found;
      this.#last = from;
    }
    return this.#next;
  }

  /** Where the search for `#next` began. */
  #last = 0;
}

const ENCODED_AT = Buffer.from('%40');
/** A character that JSON escapes although it need not: `\u002B`. */
const ESCAPE = Buffer.from('\\u00');

export class Scanner {
  readonly #targets: ScanTargets;
  #bytes: Uint8Array = new Uint8Array();
  #at: Occurrences | undefined;
  #plus: Occurrences | undefined;
  #fixed: Occurrences[] = [];

  constructor(targets: ScanTargets) {
    this.#targets = targets;
  }

  begin(buffer: Buffer): void {
    const { at, plus, escapes } = this.#targets;
    this.#bytes = buffer;
    this.#at = at ? new Occurrences(buffer, 0x40) : undefined;
    this.#plus = plus ? new Occurrences(buffer, 0x2b) : undefined;
    this.#fixed = escapes ? [new Occurrences(buffer, ESCAPE)] : [];
    if (at) this.#fixed.push(new Occurrences(buffer, ENCODED_AT));
  }

  /**
   * Whether something may match in these bytes, which hold whole texts or fields. `isValue`: they hold a single
   * text, which says more.
   */
  mayMatch(start: number, end: number, isValue = false): boolean {
    const fixed = this.#fixed;
    for (let i = 0; i < fixed.length; i++) if (fixed[i]!.from(start) < end) return true;
    return this.#hasSign(start, end) || this.#hasRun(start, end, isValue);
  }

  #hasSign(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const signs = this.#at;
    if (signs !== undefined) {
      for (let at = signs.from(start); at < end; at = signs.from(at + 1)) {
        if (this.#targets.userIds) return true;
        if (at > start && at + 1 < end && isWordByte(bytes[at - 1]!) && isHostByte(bytes[at + 1]!))
          return true;
      }
    }
    const plus = this.#plus;
    if (plus === undefined) return false;
    for (let at = plus.from(start); at < end; at = plus.from(at + 1)) {
      if (at + 1 < end && (CLASSES[bytes[at + 1]!]! & IN_NUMBER) !== 0) return true;
    }
    return false;
  }

  #hasRun(start: number, end: number, isValue: boolean): boolean {
    const bytes = this.#bytes;
    const { cards, phones, userIds, ibans, tokens } = this.#targets;
    const textStart = isValue ? start + LONGEST_HEAD : end;
    if (userIds) return this.#hasNumber(start, end, SHORTEST_USER_PHONE, textStart);
    if (cards || phones || ibans || tokens) {
      for (let at = start, stop = start; ; at = stop) {
        at = nextRun(bytes, IN_NUMBER | IN_CAPITALS, SHORTEST_NUMBER, at, end);
        if (at < 0) break;
        stop = runEnd;
        if ((cards || phones) && this.#hasNumber(at, stop, SHORTEST_NUMBER, textStart)) return true;
        if ((ibans || tokens) && this.#hasCapitals(at, stop)) return true;
      }
    }
    if (tokens) {
      for (let at = start, stop = start; ; at = stop) {
        at = nextRun(bytes, IN_TOKEN, SHORTEST_TOKEN, at, end);
        if (at < 0) break;
        stop = runEnd;
        if (this.#isToken(at)) return true;
      }
    }
    return false;
  }

  #hasNumber(start: number, end: number, shortest: number, textStart: number): boolean {
    for (let at = start, stop = start; ; at = stop) {
      at = nextRun(this.#bytes, IN_NUMBER, shortest, at, end);
      if (at < 0) return false;
      stop = runEnd;
      if (this.#isNumber(at, stop, textStart)) return true;
    }
  }

  /** An IBAN, or the first line of a private key. */
  #hasCapitals(start: number, end: number): boolean {
    for (let at = start, stop = start; ; at = stop) {
      at = nextRun(this.#bytes, IN_CAPITALS, SHORTEST_IBAN, at, end);
      if (at < 0) return false;
      stop = runEnd;
      if (this.#targets.ibans && this.#isIban(at, stop)) return true;
      if (this.#targets.tokens && this.#isPrivateKey(stop)) return true;
    }
  }

  #isPrivateKey(end: number): boolean {
    const bytes = this.#bytes;
    return (
      bytes[end] === HYPHEN && bytes[end - 1] === 0x59 && bytes[end - 2] === 0x45 && bytes[end - 3] === 0x4b
    );
  }

  /** Bytes from `textStart` on are of the same text; those before may be its length. */
  #isNumber(start: number, end: number, textStart: number): boolean {
    const bytes = this.#bytes;
    const { cards, phones, userIds } = this.#targets;
    let count = 0;
    let groups = 0;
    let first = start;
    let length = 0;
    let longest = 0;
    let isNorthAmerican = false;
    let dots = 0;
    for (let i = start, before = 0; i < end; i++) {
      if (isDigit(bytes[i]!)) {
        count++;
        if (++length > longest) longest = length;
        if (length > 1) {
          isNorthAmerican ||= length === 4 && before === 3;
          continue;
        }
        if (groups++ === 0) first = i;
      } else {
        if (bytes[i] === DOT) dots++;
        if (length > 0) before = length;
        length = 0;
      }
    }
    // Digits of an id, such as those between letters of a hexadecimal number, are no card number.
    const isPartOfId = groups === 1 && first > textStart && isWordPart(bytes[first - 1]!);
    if (cards && count >= FEWEST_CARD_DIGITS && !isPartOfId) return true;
    if (phones && isNorthAmerican) return true;
    if (!userIds) return false;
    if (groups === 1) return bytes[start - 1] === COLON;
    const isIpv4 = groups === 4 && dots === 3 && longest < 4;
    return count >= FEWEST_GROUPED_DIGITS && !isIpv4;
  }

  /** Two letters and two digits somewhere. */
  #isIban(start: number, end: number): boolean {
    const bytes = this.#bytes;
    for (let i = start; i + SHORTEST_IBAN <= end; i++) {
      if (isUpper(bytes[i]!) && isUpper(bytes[i + 1]!) && isDigit(bytes[i + 2]!) && isDigit(bytes[i + 3]!))
        return true;
    }
    return false;
  }

  /** Begins like a token, continues one of dotted parts, or stands behind a word for a secret. */
  #isToken(start: number): boolean {
    const bytes = this.#bytes;
    // The byte before a text is its length, which may look like the beginning of its first word.
    if (isTokenStart(bytes, start) || isTokenStart(bytes, start + 1)) return true;
    const before = bytes[start - 1];
    if (before === DOT) return bytes[start - 2] === 0x47 || bytes[start - 2] === 0x39;
    return (before === PERCENT || isBetween(before)) && isBehindWord(bytes, start - 1);
  }
}

const DOT = 0x2e;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const PERCENT = 0x25;

/** Between the word for a secret and the secret: space, quotes, backslash, `:`, `=`. */
function isBetween(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x22 || byte === 0x27 || byte === 0x5c || byte === 0x3a || byte === 0x3d;
}

const MOST_BETWEEN = 32;
/**
 * The last two letters of the words for secrets in `findSecrets`: secret, token, password, passwd, passphrase,
 * key, credential, credentials, Bearer, Basic.
 */
const WORD_ENDS: ReadonlySet<number> = new Set(
  ['et', 'en', 'rd', 'wd', 'se', 'ey', 'al', 'ls', 'er', 'ic'].map((text) =>
    twoLetters(text.charCodeAt(0), text.charCodeAt(1)),
  ),
);

function isBehindWord(bytes: Uint8Array, from: number): boolean {
  let at = from;
  const stop = Math.max(1, from - MOST_BETWEEN);
  while (at > stop && (isBetween(bytes[at]) || bytes[at] === PERCENT || isEncodedSpace(bytes, at))) at--;
  return WORD_ENDS.has(twoLetters(bytes[at - 1]!, bytes[at]!));
}

/** Within `%20`. */
function isEncodedSpace(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x32 ? bytes[at - 1] === PERCENT : bytes[at] === 0x30 && bytes[at - 2] === PERCENT;
}

/** In lower case. */
function twoLetters(first: number, second: number): number {
  return ((first | 0x20) << 8) | (second | 0x20);
}

/** The end of the run that `nextRun` found last. */
let runEnd = 0;

/**
 * The start of the next run of at least `shortest` bytes of a class, or -1. Looks at the last byte that such a
 * run would have, and goes back from it: so it reads a part of the bytes only.
 */
function nextRun(bytes: Uint8Array, kind: number, shortest: number, start: number, end: number): number {
  const classes = CLASSES;
  let from = start;
  for (let last = from + shortest - 1; last < end; last = from + shortest - 1) {
    let at = last;
    while (at >= from && (classes[bytes[at]!]! & kind) !== 0) at--;
    if (at >= from) {
      from = at + 1;
      continue;
    }
    let stop = last + 1;
    while (stop < end && (classes[bytes[stop]!]! & kind) !== 0) stop++;
    runEnd = stop;
    return from;
  }
  return -1;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** What may stand before a sign `@`: of a name, or the end of a password in an address. */
function isWordByte(byte: number): boolean {
  return byte > 0x20 && byte !== 0x2f && byte !== 0x40;
}

/** A letter, a digit, or `_`. */
function isWordPart(byte: number): boolean {
  return byte !== HYPHEN && (CLASSES[byte]! & IN_TOKEN) !== 0;
}

/** What the name of a host may begin with: a letter, a digit, a bracket, or a character beyond ASCII. */
function isHostByte(byte: number): boolean {
  return byte >= 0x80 || (CLASSES[byte]! & IN_TOKEN) !== 0 || byte === 0x5b;
}

/** The first four characters of the tokens of `findSecrets`; `.` for any. */
const TOKEN_STARTS = [
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA', 'gh._', 'gith', 'glpa', 'npm_', 'pypi', 'sk-.', 'sk_.', 'rk_.'],
  ...['xox.', 'xapp', 'AIza', 'hf_.', 'dop_', 'whse', 'eyJ.'],
];
const BY_FIRST_BYTE: readonly (readonly Buffer[])[] = Array.from({ length: 256 }, (_, byte) =>
  TOKEN_STARTS.filter((text) => text.charCodeAt(0) === byte).map((text) => Buffer.from(text)),
);
const ANY = 0x2e;

function isTokenStart(bytes: Uint8Array, at: number): boolean {
  for (const start of BY_FIRST_BYTE[bytes[at]!]!) {
    let i = 1;
    while (i < 4 && (start[i] === ANY || start[i] === bytes[at + i])) i++;
    if (i === 4) return true;
  }
  return false;
}
