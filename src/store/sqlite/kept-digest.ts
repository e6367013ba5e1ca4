import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEPT_FILE } from './schema.js';

/**
 * A digest of `sojourn.sqlite` in a file beside it, from the stop of a server to the next start. SQLite has no
 * checksum over its pages, so a changed byte of a value would otherwise not be noticed.
 */

export const DIGEST_FILE = `${KEPT_FILE}.sha256`;

/** Writes the digest. To be called when nobody has the file open. */
export function sealKept(directory: string): void {
  const wal = join(directory, `${KEPT_FILE}-wal`);
  // Then not all of it is in the file.
  if (existsSync(wal) && statSync(wal).size > 0) return;
  try {
    writeFileSync(join(directory, DIGEST_FILE), digestOf(directory));
  } catch {
    // For example on a full disk. Without the digest, less can be checked.
  }
}

/** Whether the file is the one that was sealed; undefined if it was not sealed. */
export function isKeptAsSealed(directory: string): boolean | undefined {
  const path = join(directory, DIGEST_FILE);
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8') === digestOf(directory);
}

/** To be called before the file is changed. */
export function unsealKept(directory: string): void {
  rmSync(join(directory, DIGEST_FILE), { force: true });
}

function digestOf(directory: string): string {
  return createHash('sha256')
    .update(readFileSync(join(directory, KEPT_FILE)))
    .digest('hex');
}
