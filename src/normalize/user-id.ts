import { createHash, createHmac } from 'node:crypto';
import { BoundedMemo } from './bounded-memo.js';
import { withoutNul } from './bounded-text.js';
import { isNoValue } from './no-value.js';

/**
 * How user ids are kept. `auto`: opaque ids as they are, e-mail addresses and phone numbers as a keyed hash.
 * `keep`: every id as it is. `pseudonymize`: every id as a keyed hash.
 */
export type UserIdMode = 'auto' | 'keep' | 'pseudonymize';

export interface UserIds {
  /**
   * The stored form of an id, 1 to 256 UTF-16 units; undefined for a blank one and for placeholders.
   * Idempotent.
   */
  normalize(raw: string): string | undefined;
  /**
   * The stored forms that match a filter for `query`: the form under the current mode, the id as it is, and
   * its keyed hash, so that ids stored under another mode are found as well. Empty for a blank query.
   */
  candidates(query: string): string[];
}

export interface UserIdOptions {
  readonly mode: UserIdMode;
  /** Secret of the installation, at least 16 bytes. With another key the same person gets another pseudonym. */
  readonly key: Uint8Array;
}

/** Maximum length of an id in the contract, UTF-16 units; a longer one is stored as its digest. */
const MAX_ID_LENGTH = 256;
const MIN_KEY_BYTES = 16;
const MEMO_CAPACITY = 4096;

const PSEUDONYM = /^hmac:[0-9a-f]{32}$/;

/** @throws RangeError for a key so short that pseudonyms could be guessed. */
export function createUserIds({ mode, key }: UserIdOptions): UserIds {
  if (key.length < MIN_KEY_BYTES)
    throw new RangeError(`the key for user ids needs at least ${MIN_KEY_BYTES} bytes`);
  const memo = new BoundedMemo<string | undefined>(MEMO_CAPACITY);

  const pseudonym = (id: string): string =>
    PSEUDONYM.test(id) ? id : `hmac:${createHmac('sha256', key).update(id).digest('hex').slice(0, 32)}`;

  const kept = (raw: string): string | undefined => {
    const id = cleaned(raw);
    if (id === '' || isNoValue(id)) return undefined;
    if (mode === 'keep') return withinLimit(id);
    const personal = canonicalEmail(id) ?? canonicalPhone(id);
    if (personal !== undefined) return pseudonym(personal);
    return mode === 'pseudonymize' ? pseudonym(id) : withinLimit(id);
  };

  // Longer ids are not cached, because huge ones would fill the memory.
  const normalize = (raw: string) => (raw.length > MAX_ID_LENGTH ? kept(raw) : memo.get(raw, kept));

  return {
    normalize,
    candidates(query) {
      const id = cleaned(query);
      const present = normalize(query);
      if (present === undefined) return [];
      const hashed = pseudonym(canonicalEmail(id) ?? canonicalPhone(id) ?? id);
      return [...new Set([present, withinLimit(id), hashed])];
    },
  };
}

function cleaned(raw: string): string {
  return withoutNul(raw).trim();
}

function withinLimit(id: string): string {
  return id.length > MAX_ID_LENGTH ? `sha256:${createHash('sha256').update(id).digest('hex')}` : id;
}

/**
 * The canonical spelling of an id with an e-mail address, for hashing; undefined if it has none. The last
 * label of the domain must not begin with a digit, so that `package@1.2.10` is not an address.
 */
function canonicalEmail(id: string): string | undefined {
  const text = id.replaceAll('%40', '@');
  if (!/[^\s@]@[^\s@]+\.[^\s@.\d][^\s@.]/.test(text)) return undefined;
  return text.replace(/^mailto:/i, '').toLowerCase();
}

/**
 * Digits of a phone number with its country code (ITU-T E.164 allows 15; fewer than 7 are no subscriber's
 * number).
 */
const MIN_PHONE_DIGITS = 7;
const MAX_PHONE_DIGITS = 15;
const MAX_PHONE_LENGTH = 32;

/** North American: 555-123-4567, (555) 123-4567, 1.555.123.4567. */
const NORTH_AMERICAN = /^(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}$/;
/** With a trunk prefix, in groups: 020 7946 0958, (030) 1234567, 06-12-34-56-78. */
const WITH_TRUNK_PREFIX = /^(?:\(0[1-9]\d{0,4}\) ?|0[1-9]\d{0,4}[-. /])\d{2,8}(?:[-. /]\d{2,8}){0,4}$/;
/** With the international prefix, in groups: 0049 30 1234567. */
const WITH_INTERNATIONAL_PREFIX = /^00[1-9]\d{0,3}(?:[-. /]\d{2,8}){1,5}$/;

/**
 * The canonical spelling of a phone number, for hashing: its digits, with a leading `+` if the country is
 * known. Undefined for other texts. Plain digits are an opaque id: only a leading `+`, a scheme such as
 * `tel:`, or the usual grouping makes a phone number.
 */
function canonicalPhone(id: string): string | undefined {
  if (id.length > MAX_PHONE_LENGTH) return undefined;
  const text = id.replace(/^(?:tel|sms|whatsapp):/i, '');
  if (!/^\+?[\d ().\-/]+$/.test(text)) return undefined;
  const digits = text.replace('(0)', '').replace(/\D/g, '');
  if (text.startsWith('+')) return inPhoneRange(digits) ? `+${digits}` : undefined;
  if (NORTH_AMERICAN.test(text)) return digits.length === 11 ? `+${digits}` : digits;
  if (WITH_INTERNATIONAL_PREFIX.test(text))
    return inPhoneRange(digits.slice(2)) ? `+${digits.slice(2)}` : undefined;
  if (text !== id) return inPhoneRange(digits) ? digits : undefined;
  return WITH_TRUNK_PREFIX.test(text) && digits.length >= 9 && digits.length <= 12 ? digits : undefined;
}

function inPhoneRange(digits: string): boolean {
  return digits.length >= MIN_PHONE_DIGITS && digits.length <= MAX_PHONE_DIGITS;
}
