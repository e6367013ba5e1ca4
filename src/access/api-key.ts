import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * The text of an API key: `sjn_`, an id, a secret and a checksum, all letters and digits. Secret scanners find
 * keys by `sjn_[0-9A-Za-z]{48}` and tell real ones from noise by the checksum.
 */

const PREFIX = 'sjn_';
const ID_LENGTH = 12;
const SECRET_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY = new RegExp(`^${PREFIX}[0-9A-Za-z]{${ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH}}$`);

export interface NewKey {
  /** The public part. Names the key in lists and in the audit log. */
  readonly id: string;
  /** The whole key, shown once. */
  readonly text: string;
}

/** @param randomBytes a cryptographic source of so many random bytes */
export function newKey(randomBytes: (size: number) => Uint8Array): NewKey {
  const body = randomDigits(ID_LENGTH + SECRET_LENGTH, randomBytes);
  return { id: body.slice(0, ID_LENGTH), text: PREFIX + body + checksumOf(body) };
}

/** Whether the text is meant as a key of Sojourn. Senders also bring tokens of other services. */
export function isMeantAsKey(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The id of a key; undefined if the text is not a key, for example because a character is wrong. */
export function idOfKey(text: string): string | undefined {
  if (!KEY.test(text)) return undefined;
  const body = text.slice(PREFIX.length, -CHECKSUM_LENGTH);
  return text.endsWith(checksumOf(body)) ? body.slice(0, ID_LENGTH) : undefined;
}

/** What is stored of a key: 32 bytes that say nothing without the secret. */
export function hashOfKey(text: string, secret: Uint8Array): Uint8Array {
  return createHmac('sha256', secret).update('sojourn api key\0').update(text).digest();
}

/** Whether a key has this hash, in a time that does not depend on where they differ. */
export function hasHash(text: string, hash: Uint8Array, secret: Uint8Array): boolean {
  return timingSafeEqual(hashOfKey(text, secret), hash);
}

function checksumOf(body: string): string {
  let rest = crc32(PREFIX + body);
  let text = '';
  for (let at = 0; at < CHECKSUM_LENGTH; at++) {
    text = DIGITS[rest % DIGITS.length] + text;
    rest = Math.floor(rest / DIGITS.length);
  }
  return text;
}

/** Every digit is equally likely: bytes beyond the last whole multiple are thrown away. */
function randomDigits(length: number, randomBytes: (size: number) => Uint8Array): string {
  const limit = 256 - (256 % DIGITS.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < limit && text.length < length) text += DIGITS[byte % DIGITS.length];
    }
  }
  return text;
}
