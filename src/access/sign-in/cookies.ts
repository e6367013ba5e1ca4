import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How a cookie of the web page is set. Scripts never see it (`HttpOnly`). */
export interface CookieAttributes {
  /** Path below which browsers send it. */
  readonly path: string;
  /** Whether browsers send it over TLS only. */
  readonly isSecure: boolean;
  /** `Lax` where another site leads back to here, as an identity provider does. */
  readonly sameSite: 'Strict' | 'Lax';
  /** s; 0 removes the cookie. */
  readonly maxAgeSeconds: number;
}

/** The value of `Set-Cookie`. Name and value have letters, digits, `-`, `_` and `.` only. */
export function setCookie(name: string, value: string, attributes: CookieAttributes): string {
  const { path, isSecure, sameSite, maxAgeSeconds } = attributes;
  const secure = isSecure ? '; Secure' : '';
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=${sameSite}${secure}`;
}

/** The value of a cookie in the header `Cookie`; undefined if it is missing. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/**
 * A text with a signature that only the holder of the secret can make.
 *
 * @param purpose keeps a signature from being used for something else
 * @param text without a dot
 */
export function signed(text: string, purpose: string, secret: Uint8Array): string {
  return `${text}.${signatureOf(text, purpose, secret)}`;
}

/** The text of `signed`; undefined if the signature is not right. */
export function verified(value: string, purpose: string, secret: Uint8Array): string | undefined {
  const [text = '', signature = '', ...rest] = value.split('.');
  // Compared as texts: decoding base64 skips foreign characters and unused bits.
  const given = Buffer.from(signature);
  const right = Buffer.from(signatureOf(text, purpose, secret));
  if (rest.length > 0 || given.length !== right.length) return undefined;
  return timingSafeEqual(given, right) ? text : undefined;
}

/** What is stored of a random id. */
export function hashOfId(id: string): Uint8Array {
  return createHash('sha256').update(id).digest();
}

function signatureOf(text: string, purpose: string, secret: Uint8Array): string {
  return createHmac('sha256', secret).update(`sojourn ${purpose}\0`).update(text).digest('base64url');
}
