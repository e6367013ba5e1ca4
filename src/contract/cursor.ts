import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type ApiError, type ErrorCode, queryError } from './errors.js';

/**
 * Cursors: the key of the item at the edge of a page, so that every page costs the same at any position.
 *
 * Layout, then base64url: version (1 byte), direction (1), digest of the filters (8), start in ns (8, big
 * endian), in version 2 the amount that the list is sorted by (8), id (UTF-8), check (8). The check is a truncated SHA-256 of everything before it. It is not secret:
 * a cursor grants nothing that its filters do not, and the check only detects damage.
 */

/** The position in a list after which it continues: an item's key. The item itself is excluded. */
export interface KeysetPosition {
  /** Comes before the start, in lists that are sorted by an amount. */
  readonly amount?: bigint;
  readonly startNs: bigint;
  readonly id: string;
}

export interface Cursor {
  /** `next` is the page after the position in list order, `prev` the one before it. */
  readonly direction: 'next' | 'prev';
  readonly position: KeysetPosition;
}

/** The kind of list and its filters, to which a cursor is bound, as 16 hex digits. */
export type FilterDigest = string & { readonly __brand: 'FilterDigest' };

/** Ids have at most 128 characters of at most 4 bytes, so no valid cursor is longer. */
export const MAX_CURSOR_LENGTH = 768;

/** Before every item: a page that ends before the first one continues from there. */
export const LEAST_NS = -1n;

const VERSION = 1;
const WITH_AMOUNT = 2;
const DIRECTIONS = ['next', 'prev'] as const;
const FILTERS_AT = 2;
const START_AT = 10;
const AMOUNT_AT = 18;
const AMOUNT_BYTES = 8;
const CHECK_BYTES = 8;
/** By version. */
const ID_AT = { [VERSION]: AMOUNT_AT, [WITH_AMOUNT]: AMOUNT_AT + AMOUNT_BYTES } as const;

/** `filters` in a fixed order, undefined for one that is not set. */
export function filterDigest(kind: string, filters: readonly (string | undefined)[]): FilterDigest {
  const canonical = JSON.stringify([kind, ...filters.map((filter) => filter ?? null)]);
  return createHash('sha256').update(canonical).digest('hex').slice(0, 16) as FilterDigest;
}

/** `position.startNs` must be from `LEAST_NS` to `MAX_TIME_NS`. */
export function encodeCursor(cursor: Cursor, filters: FilterDigest): string {
  const { amount, startNs } = cursor.position;
  const id = Buffer.from(cursor.position.id, 'utf8');
  const version = amount === undefined ? VERSION : WITH_AMOUNT;
  const idAt = ID_AT[version];
  const bytes = Buffer.alloc(idAt + id.length + CHECK_BYTES);
  bytes[0] = version;
  bytes[1] = DIRECTIONS.indexOf(cursor.direction);
  bytes.write(filters, FILTERS_AT, 'hex');
  bytes.writeBigInt64BE(startNs, START_AT);
  if (amount !== undefined) bytes.writeBigInt64BE(amount, AMOUNT_AT);
  id.copy(bytes, idAt);
  check(bytes).copy(bytes, bytes.length - CHECK_BYTES);
  return bytes.toString('base64url');
}

/**
 * Decodes the cursor in `text`, made with `filters`; throws an `ApiError` with `cursor.invalid` for any other
 * text.
 */
export function decodeCursor(text: string, filters: FilterDigest): Cursor {
  const bytes = intactBytes(text);
  if (bytes === undefined) throw cursorError(text, DAMAGED);
  if (bytes.toString('hex', FILTERS_AT, START_AT) !== filters) throw cursorError(text, OTHER_FILTERS);
  const version = bytes[0] as keyof typeof ID_AT;
  return {
    direction: DIRECTIONS[bytes[1]!]!,
    position: {
      startNs: bytes.readBigInt64BE(START_AT),
      ...(version === WITH_AMOUNT && { amount: bytes.readBigInt64BE(AMOUNT_AT) }),
      id: bytes.toString('utf8', ID_AT[version], bytes.length - CHECK_BYTES),
    },
  };
}

/** Whether `text` is an intact cursor of this version, whatever its filters. */
export function isIntactCursor(text: string): boolean {
  return intactBytes(text) !== undefined;
}

const CODE: ErrorCode = 'cursor.invalid';
const OTHER_FILTERS =
  'This cursor belongs to other filters: send it with those, or start again without a cursor.';
export const DAMAGED = 'This is not a cursor of this API, or it was damaged: start again without a cursor.';

function cursorError(text: string, message: string): ApiError {
  return queryError([{ field: 'cursor', message, code: CODE, rejected_value: text }]);
}

function intactBytes(text: string): Buffer | undefined {
  if (text.length > MAX_CURSOR_LENGTH) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  // Decoding skips foreign characters and unused bits; only the canonical spelling is accepted.
  const idAt = ID_AT[bytes[0] as keyof typeof ID_AT] as number | undefined;
  if (idAt === undefined || bytes.length < idAt + CHECK_BYTES) return undefined;
  if (bytes.toString('base64url') !== text) return undefined;
  if (!check(bytes).equals(bytes.subarray(bytes.length - CHECK_BYTES))) return undefined;
  if (bytes[1]! >= DIRECTIONS.length) return undefined;
  if (!isUtf8(bytes.subarray(idAt, bytes.length - CHECK_BYTES))) return undefined;
  return bytes.readBigInt64BE(START_AT) >= LEAST_NS ? bytes : undefined;
}

function check(bytes: Buffer): Buffer {
  return createHash('sha256')
    .update(bytes.subarray(0, bytes.length - CHECK_BYTES))
    .digest()
    .subarray(0, CHECK_BYTES);
}
