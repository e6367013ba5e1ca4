import type { Signature } from './signature-memo.js';

/**
 * Attribute keys that anything in Sojourn asks for. The wire reader looks each key of a record up here and
 * remembers where the value stands; keys that nobody asked for cost one hash and make no object.
 *
 * Declare a key once, at module level: `const SESSION_ID = attributeKey('session.id', KeyGroup.session)`.
 */

/** What a key is for. A record that has no key of a group lets the code behind that group be skipped. */
export const KeyGroup = {
  session: 1,
  identity: 2,
  usage: 4,
  event: 8,
  resource: 16,
  outbound: 32,
  /** Read of data points only, which have a key of `usage` besides. */
  metric: 64,
  /** Read of model calls only, which have a key of `usage` besides. */
  call: 128,
  /** Shows that a record may be of a visit. */
  visit: 256,
  /** Read of records of a visit only. */
  page: 512,
  /** Tells of an exception by being there, or by its value. */
  exception: 1024,
  /** Read of records only that tell of an exception. */
  exceptionText: 2048,
  /** What a request asked for, read of spans of servers only. */
  route: 4096,
} as const;
export type KeyGroup = (typeof KeyGroup)[keyof typeof KeyGroup];

declare const keyBrand: unique symbol;
/** Number of a declared key, dense from 0. */
export type AttributeKey = number & { readonly [keyBrand]: true };

/** Values of the declared keys on one record, scope or resource. Valid only until the next one is read. */
export interface AttributeView {
  /** Bits of KeyGroup that at least one value belongs to. */
  readonly groups: number;
  has(key: AttributeKey): boolean;
  /**
   * The value as text: strings as they are (invalid UTF-8 becomes U+FFFD), integers in decimal, booleans as `true`
   * or `false`. Undefined for an empty string and for arrays, maps, bytes and doubles.
   */
  text(key: AttributeKey): string | undefined;
  /** The value as a finite number: integers, doubles, and strings that are a decimal number. */
  number(key: AttributeKey): number | undefined;
  boolean(key: AttributeKey): boolean | undefined;
  /**
   * Adds to `to` what a function of some values may be remembered by: two views add the same only if they have the same values for all
   * keys of the groups in `valued` and the same keys of those in `present`. False where it is longer than what is worth remembering.
   */
  sign(to: Signature, valued: number, present: number): boolean;
  /** The text of an entry of a map; undefined where the value is no map, or the entry no string. Of entries of one name the last counts. */
  entryText(key: AttributeKey, entry: string): string | undefined;
  /** The strings of an array value; undefined where the value is no array. */
  strings(key: AttributeKey): string[] | undefined;
}

export interface DeclaredKey {
  readonly name: string;
  readonly groups: number;
}

const declared: { name: string; groups: number }[] = [];
const numbers = new Map<string, AttributeKey>();

/** Declares interest in an attribute key; the same key may be declared for several groups. */
export function attributeKey(name: string, group: KeyGroup): AttributeKey {
  let number = numbers.get(name);
  if (number === undefined) {
    number = declared.length as AttributeKey;
    numbers.set(name, number);
    declared.push({ name, groups: group });
  } else {
    declared[number]!.groups |= group;
  }
  return number;
}

/** All keys declared so far, by number. The wire reader builds its table from them when it is first used. */
export function declaredKeys(): readonly DeclaredKey[] {
  return declared;
}
