import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  filterDigest,
  isIntactCursor,
  LEAST_NS,
} from '../../../src/contract/cursor.js';
import { ApiError } from '../../../src/contract/errors.js';
import {
  decodeExportCursor,
  type ExportCursor,
  encodeExportCursor,
} from '../../../src/contract/export-cursor.js';
import { MAX_TIME_NS } from '../../../src/contract/timestamp.js';
import { anyOf, bounded, mutateBytes } from '../mutate-bytes.js';
import { jsonMutator } from '../mutate-json.js';
import { textMutator } from '../mutate-text.js';
import type { FuzzTarget, Mutator } from '../target.js';

const FILTERS = filterDigest('sessions', ['default', undefined, 'true']);
const OTHER_FILTERS = filterDigest('sessions', ['default', undefined, 'false']);
const CHECK_BYTES = 8;

/** Changes what a cursor says, with a checksum that is right: it is no secret. */
const forge: Mutator = (input, random, other) => {
  const bytes = Buffer.from(Buffer.from(input).toString(), 'base64url');
  const body = mutateBytes(bytes.subarray(0, -CHECK_BYTES), random, other);
  return bounded(Buffer.from(Buffer.concat([body, checkOf(body)]).toString('base64url')));
};

/** The same for cursors of an export, which are JSON behind their checksum. */
const mutateContent = jsonMutator(textMutator(['"', ',', '[', '1', '-', '["0","a"]', 'null']));
const forgeExport: Mutator = (input, random, other) => {
  const content = (text: Uint8Array): Uint8Array =>
    Buffer.from(Buffer.from(text).toString(), 'base64url').subarray(CHECK_BYTES);
  const body = mutateContent(content(input), random, content(other));
  return bounded(Buffer.from(Buffer.concat([checkOf(body), body]).toString('base64url')));
};

function checkOf(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, CHECK_BYTES);
}

/** A text is a cursor, which is written the same way again and is bound to its filters, or it is refused as one. */
export async function openCursors(): Promise<FuzzTarget> {
  const ids = ['', 's1', 'ä€😀', 'x'.repeat(128), 'a\0b'];
  const times = [-1n, 0n, 1_790_000_000_123_456_789n, MAX_TIME_NS];
  const cursors: Cursor[] = ids.flatMap((id) =>
    times.flatMap((startNs) =>
      (['next', 'prev'] as const).flatMap((direction) => [
        { direction, position: { startNs, id } },
        { direction, position: { startNs, id, amount: startNs } },
      ]),
    ),
  );
  const exports: ExportCursor[] = ids.flatMap((id) =>
    times.flatMap((startNs) => [
      { asOfNs: MAX_TIME_NS, startNs, id },
      { asOfNs: 0n, startNs, id, within: JSON.stringify(['5', 'key', false]) },
    ]),
  );
  return {
    seeds: [
      ...cursors.map((cursor) => encodeCursor(cursor, FILTERS)),
      ...exports.map((cursor) => encodeExportCursor(cursor, FILTERS)),
    ].map((text) => Uint8Array.from(Buffer.from(text))),
    mutate: anyOf(
      { weight: 2, mutate: textMutator(['-', '_', '=', 'AA', 'A', '\n']) },
      { weight: 1, mutate: forge },
      { weight: 1, mutate: forgeExport },
    ),
    run: (input) => {
      const text = Buffer.from(input).toString();
      const cursor = unlessInvalid(() => decodeCursor(text, FILTERS));
      const other = unlessInvalid(() => decodeCursor(text, OTHER_FILTERS));
      assert.ok(cursor === undefined || other === undefined, 'a cursor of two filters');
      if (cursor !== undefined) assert.equal(encodeCursor(cursor, FILTERS), text, 'written again');
      if (cursor !== undefined) assert.ok(isIntactCursor(text));
      const ofExport = unlessInvalid(() => decodeExportCursor(text, FILTERS));
      if (ofExport === undefined) return;
      assert.equal(encodeExportCursor(ofExport, FILTERS), text, 'written again');
      for (const ns of [ofExport.asOfNs, ofExport.startNs]) assert.ok(ns >= LEAST_NS && ns <= MAX_TIME_NS);
      const ofOther = unlessInvalid(() => decodeExportCursor(text, OTHER_FILTERS));
      assert.ok(ofOther === undefined, 'a cursor of two exports');
    },
  };
}

function unlessInvalid<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    assert.ok(error instanceof ApiError && error.code === 'cursor.invalid', String(error));
    return undefined;
  }
}
