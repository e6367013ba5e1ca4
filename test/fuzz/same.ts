import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

/** Fails if the values differ. Unlike `assert.deepEqual` it describes no difference, which takes longer than many inputs. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  assert.ok(isDeepStrictEqual(actual, expected), `not the same: ${what}`);
}
