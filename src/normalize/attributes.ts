import type { Signature } from './signature-memo.js';

/**
 * All attribute keys that Sojourn reads. The wire reader looks up each key of a record here and remembers the
 * position of its value. Other keys cost one hash and create no object.
 *
 * Declare a key once, at module level: `const SESSION_ID = attributeKey('session.id', KeyGroup.session)`.
 */

/** The purpose of a key. If a record has no key of a group, the code for that group is skipped. */
export const KeyGroup = {
  session: 1,
  identity: 2,
  usage: 4,
  event: 8,
  resource: 16,
  outbound: 32,
  /** Read from data points only, which also have a key of `usage`. */
  metric: 64,
  /** Read from model calls only, which also have a key of `usage`. */
  call: 128,
  /** Shows that a record may be of a visit. */
  visit: 256,
  /** Read from records of a visit only. */
  page: 512,
  /** Reports an exception by its presence, or by its value. */
  exception: 1024,
  /** Read only from records that report an exception. */
  exceptionText: 2048,
  /** The route of a request, read from spans of servers only. */
  route: 4096,
  /** May have the messages of a model call. */
  message: 8192,
  /** A value that sessions are found by (tags.ts). */
  tag: 16384,
  /** Read from runs of tools only, which also have a key of `tag`. */
  tool: 32768,
} as const;
export type KeyGroup = (typeof KeyGroup)[keyof typeof KeyGroup];

declare const keyBrand: unique symbol;
/** Number of a declared key, consecutive from 0. */
export type AttributeKey = number & { readonly [keyBrand]: true };

/** A part of a buffer with text in UTF-8. */
export interface Utf8Text {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Values of the declared keys on one record, scope or resource. Valid only until the next one is read. */
export interface AttributeView {
  /** Bits of the KeyGroups of its keys. */
  readonly groups: number;
  has(key: AttributeKey): boolean;
  /**
   * The value as text: strings as they are (invalid UTF-8 becomes U+FFFD), integers in decimal, booleans as `true`
   * or `false`. Undefined for an empty string and for arrays, maps, bytes and doubles.
   */
  text(key: AttributeKey): string | undefined;
  /** The bytes of a string value; undefined for other values and for an empty string. */
  utf8(key: AttributeKey): Utf8Text | undefined;
  /** The value as a finite number: integers, doubles, and strings that are a decimal number. */
  number(key: AttributeKey): number | undefined;
  boolean(key: AttributeKey): boolean | undefined;
  /**
   * Appends the inputs of a cached function to `to`. Two views append the same words only if they have the
   * same values for all keys of the groups in `valued`, and the same keys of the groups in `present`. Returns
   * false if the result is too long to be cached.
   */
  sign(to: Signature, valued: number, present: number): boolean;
  /**
   * The text of an entry of a map; undefined if the value is not a map, or the entry not a string. The last
   * of several entries with the name counts.
   */
  entryText(key: AttributeKey, entry: string): string | undefined;
  /** The strings of an array value; undefined if the value is not an array. */
  strings(key: AttributeKey): string[] | undefined;
}

export interface DeclaredKey {
  readonly name: string;
  readonly groups: number;
}

const declared: { name: string; groups: number }[] = [];
const numbers = new Map<string, AttributeKey>();
let version = 0;

/** Declares that an attribute key is read. A key may be declared for several groups. */
export function attributeKey(name: string, group: KeyGroup): AttributeKey {
  let number = numbers.get(name);
  if (number === undefined || (declared[number]!.groups & group) === 0) version++;
  if (number === undefined) {
    number = declared.length as AttributeKey;
    numbers.set(name, number);
    declared.push({ name, groups: group });
  } else {
    declared[number]!.groups |= group;
  }
  return number;
}

/** Changes with each declaration. Keys of settings are declared when these are known. */
export function keysVersion(): number {
  return version;
}

/** All keys declared so far, by number. The wire reader builds its table from them on first use. */
export function declaredKeys(): readonly DeclaredKey[] {
  return declared;
}
