import { createHash } from 'node:crypto';
import type { FilterDigest } from './cursor.js';
import { queryError } from './errors.js';
import { MAX_TIME_NS } from './timestamp.js';

/** Where an export goes on: after a session, or within one. */
export interface ExportCursor {
  /** The time of all states and filters of the export, ns since 1970. */
  readonly asOfNs: bigint;
  /** The last session of the part before. */
  readonly startNs: bigint;
  readonly id: string;
  /** Where it goes on within that session. Undefined if the session is complete. */
  readonly within?: string;
}

const VERSION = 1;
const CHECK_BYTES = 8;

/**
 * Opaque text of a cursor of the export with these filters. Grants nothing: its check only detects damage.
 */
export function encodeExportCursor(cursor: ExportCursor, filters: FilterDigest): string {
  const { asOfNs, startNs, id, within } = cursor;
  const content = Buffer.from(
    JSON.stringify([
      VERSION,
      filters,
      String(asOfNs),
      String(startNs),
      id,
      ...(within === undefined ? [] : [within]),
    ]),
  );
  return Buffer.concat([checkOf(content), content]).toString('base64url');
}

/** @throws ApiError `cursor.invalid` for text that is no cursor of the export with these filters */
export function decodeExportCursor(text: string, filters: FilterDigest): ExportCursor {
  const bytes = Buffer.from(text, 'base64url');
  const content = bytes.subarray(CHECK_BYTES);
  if (content.length === 0 || !checkOf(content).equals(bytes.subarray(0, CHECK_BYTES)))
    throw invalid(text, DAMAGED);
  const [version, digest, asOf, start, id, within] = valuesIn(content.toString()) ?? [];
  if (version !== VERSION) throw invalid(text, DAMAGED);
  if (digest !== filters) throw invalid(text, OTHER_EXPORT);
  const [asOfNs, startNs] = [timeIn(asOf), timeIn(start)];
  if (asOfNs === undefined || startNs === undefined || typeof id !== 'string') throw invalid(text, DAMAGED);
  const cursor = { asOfNs, startNs, id, ...(typeof within === 'string' && { within }) };
  // The check is no secret: whoever makes a cursor can make one with anything in it.
  if (encodeExportCursor(cursor, filters) !== text) throw invalid(text, DAMAGED);
  return cursor;
}

/**
 * Reads `within` of a cursor. `read` returns undefined for a list that is no place.
 * @throws ApiError `cursor.invalid` for any other text
 */
export function decodePlaceWithin<T>(within: string, read: (values: readonly unknown[]) => T | undefined): T {
  const values = valuesIn(within);
  const place = values && read(values);
  if (place === undefined) throw invalid(within, DAMAGED);
  return place;
}

/** The time that `encodeExportCursor` wrote as this value. */
export function timeIn(value: unknown): bigint | undefined {
  if (typeof value !== 'string' || !/^(?:-1|\d{1,19})$/.test(value)) return undefined;
  const ns = BigInt(value);
  return ns <= MAX_TIME_NS ? ns : undefined;
}

function valuesIn(json: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const DAMAGED = 'This is not a cursor of an export, or it was damaged: start again without a cursor.';
const OTHER_EXPORT =
  'This cursor belongs to another format, to other filters, or to columns of another version of the server: send it with the same, or start again without a cursor.';

function invalid(text: string, message: string): Error {
  return queryError([{ field: 'cursor', message, code: 'cursor.invalid', rejected_value: text }]);
}

function checkOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest().subarray(0, CHECK_BYTES);
}
