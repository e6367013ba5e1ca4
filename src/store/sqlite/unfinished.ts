import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryError } from './directory-lock.js';
import { KEPT_FILE } from './schema.js';

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
