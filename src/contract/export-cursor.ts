import { createHash } from 'node:crypto';
import type { FilterDigest } from './cursor.js';
import { queryError } from './errors.js';

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
  const [version, digest, asOf, start, id, within] = JSON.parse(content.toString()) as (string | undefined)[];
  if (Number(version) !== VERSION) throw invalid(text, DAMAGED);
  if (digest !== filters) throw invalid(text, OTHER_EXPORT);
  return {
    asOfNs: BigInt(asOf!),
    startNs: BigInt(start!),
    id: id!,
    ...(within !== undefined && { within }),
  };
}

const DAMAGED = 'This is not a cursor of an export, or it was damaged: start again without a cursor.';
const OTHER_EXPORT =
  'This cursor belongs to another format or other filters: send it with those, or start again without a cursor.';

function invalid(text: string, message: string): Error {
  return queryError([{ field: 'cursor', message, code: 'cursor.invalid', rejected_value: text }]);
}

function checkOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest().subarray(0, CHECK_BYTES);
}
