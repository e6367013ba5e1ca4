import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryError } from './directory-lock.js';
import { DIGEST_FILE } from './kept-digest.js';
import { KEPT_FILE, LOG_FOLDER, SESSIONS_FILE } from './schema.js';

/** The file that a restore leaves in its target until it is complete. */
export const RESTORING = 'restoring';

/** Whether a restore into this directory has not ended. */
export function isRestoring(directory: string): boolean {
  return existsSync(join(directory, RESTORING));
}

/**
 * Refuses directories that are no data directory though they have its files: an unfinished restore, or a backup.
 * @throws DataDirectoryError
 */
export function refuseUnfinished(directory: string): void {
  if (isRestoring(directory)) {
    throw new DataDirectoryError(
      `a restore into ${directory} has not ended: run it again, or choose another directory with --data`,
    );
  }
  if (existsSync(join(directory, 'backup.json')) && !existsSync(join(directory, KEPT_FILE))) {
    throw new DataDirectoryError(
      `${directory} is a backup: restore it into another directory (sojourn restore), and start there`,
    );
  }
}

/**
 * Refuses a directory whose `sojourn.sqlite` is missing: nothing else says which blocks count, and a server that began
 * with an empty one would cut them off.
 * @throws DataDirectoryError
 */
export function refuseWithoutKept(directory: string): void {
  if (existsSync(join(directory, KEPT_FILE))) return;
  // A server writes these after it.
  const log = join(directory, LOG_FOLDER);
  const hasLog = existsSync(log) && readdirSync(log).length > 0;
  if (!hasLog && ![SESSIONS_FILE, DIGEST_FILE].some((name) => existsSync(join(directory, name)))) return;
  throw new DataDirectoryError(
    `${directory} has telemetry, but ${KEPT_FILE} is missing, without which it cannot be read. Put that file back. ` +
      `Else restore a backup (sojourn restore), or put the ${KEPT_FILE} of a backup there and repair the rest (sojourn repair). ` +
      'sojourn check says what is there. To begin without it, choose another directory with --data',
  );
}
