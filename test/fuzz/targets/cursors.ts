import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  filterDigest,
  isIntactCursor,
} from '../../../src/contract/cursor.js';
import { ApiError } from '../../../src/contract/errors.js';
import { anyOf, bounded, mutateBytes } from '../mutate-bytes.js';
import { textMutator } from '../mutate-text.js';
import type { FuzzTarget, Mutator } from '../target.js';

const FILTERS = filterDigest('sessions', ['default', undefined, 'true']);
const OTHER_FILTERS = filterDigest('sessions', ['default', undefined, 'false']);
const CHECK_BYTES = 8;

/** Changes what a cursor says, with a checksum that is right: it is no secret. */
const forge: Mutator = (input, random, other) => {
  const bytes = Buffer.from(Buffer.from(input).toString(), 'base64url');
  const body = mutateBytes(bytes.subarray(0, -CHECK_BYTES), random, other);
  const check = createHash('sha256').update(body).digest().subarray(0, CHECK_BYTES);
  return bounded(Buffer.from(Buffer.concat([body, check]).toString('base64url')));
};

/** A text is a cursor, which is written the same way again and is bound to its filters, or it is refused as one. */
export async function openCursors(): Promise<FuzzTarget> {
  const cursors: Cursor[] = ['', 's1', 'ä€😀', 'x'.repeat(128), 'a\0b'].flatMap((id) =>
    ([-1n, 0n, 1_790_000_000_123_456_789n, 2n ** 63n - 1n] as const).flatMap((startNs) =>
      (['next', 'prev'] as const).map((direction) => ({ direction, position: { startNs, id } })),
    ),
  );
  return {
    seeds: cursors.map((cursor) => Uint8Array.from(Buffer.from(encodeCursor(cursor, FILTERS)))),
    mutate: anyOf(
      { weight: 2, mutate: textMutator(['-', '_', '=', 'AA', 'A', '\n']) },
      { weight: 1, mutate: forge },
    ),
    run: (input) => {
      const text = Buffer.from(input).toString();
      const cursor = decoded(text, FILTERS);
      const other = decoded(text, OTHER_FILTERS);
      assert.ok(cursor === undefined || other === undefined, 'a cursor of two filters');
      if (cursor !== undefined) assert.equal(encodeCursor(cursor, FILTERS), text, 'written again');
      if (cursor !== undefined) assert.ok(isIntactCursor(text));
    },
  };
}

function decoded(text: string, filters: typeof FILTERS): Cursor | undefined {
  try {
    return decodeCursor(text, filters);
  } catch (error) {
    assert.ok(error instanceof ApiError && error.code === 'cursor.invalid', String(error));
    return undefined;
  }
}
