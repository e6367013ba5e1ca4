import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { diskFiles } from '../records/log-files.js';

/** The data directory cannot be used. The message says why and what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/** Another process has the data directory. */
export class DirectoryInUseError extends DataDirectoryError {}

const LOCK_FILE = 'lock.sqlite';
const PID_FILE = 'lock.pid';

/** Holds a data directory for one process. The operating system releases it however the process ends. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Creates the directory if it is missing, for this user only, and locks it for this process.
 * @throws DataDirectoryError if it cannot be created or another process holds it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  try {
    makeDirectory(directory);
  } catch (error) {
    throw unusable(directory, error);
  }
  let lock: InstanceType<typeof DatabaseSync>;
  try {
    lock = new DatabaseSync(join(directory, LOCK_FILE), { timeout: 0 });
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    throw unusable(directory, error);
  }
  try {
    writeFileSync(join(directory, PID_FILE), String(process.pid));
  } catch {
    // This only makes a later error more helpful. A full disk must not prevent the start.
  }
  return {
    release: () => {
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}

/** The error for the directory: another process holds it, or it cannot be used for this reason. */
export function unusable(directory: string, error: unknown): DataDirectoryError {
  if (error instanceof DataDirectoryError) return error;
  if (isLocked(error)) return inUse(directory);
  const file = fileInTheWay(directory);
  const reason =
    file !== undefined
      ? `${file} is a file, not a directory`
      : isForbidden(directory)
        ? 'this user may not write there'
        : (error as Error).message;
  return new DataDirectoryError(
    `cannot use the data directory ${directory}: ${reason}; choose another with --data`,
  );
}

/** The part of the path that exists and is not a directory. */
function fileInTheWay(path: string): string | undefined {
  if (existsSync(path)) return statSync(path).isDirectory() ? undefined : path;
  const parent = dirname(path);
  return parent === path ? undefined : fileInTheWay(parent);
}

/**
 * Whether the directory exists and this user may not create files in it. SQLite has no clear error for that.
 */
function isForbidden(directory: string): boolean {
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

function isLocked(error: unknown): boolean {
  return /locked|busy/i.test((error as Error).message);
}

function inUse(directory: string): DirectoryInUseError {
  return new DirectoryInUseError(
    `${directory} is in use by another Sojourn process${holder(directory)}: stop it, or choose another directory with --data`,
  );
}

/** Nobody but its user may look into a directory with telemetry in it. */
const PRIVATE_DIRECTORY = 0o700;

/**
 * Creates a directory, for this user only, and its parents. The function of Node.js does not end if the file system returns ENOENT
 * for all of them, as `/proc` does.
 */
function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let at = resolve(directory); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing) {
    try {
      mkdirSync(each, each === missing.at(-1) ? { mode: PRIVATE_DIRECTORY } : {});
    } catch (error) {
      // Another process has created it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    // Otherwise a power failure may take the directory with all that is durable in it.
    diskFiles.syncDirectory(dirname(each));
  }
}

function holder(directory: string): string {
  try {
    return ` (pid ${readFileSync(join(directory, PID_FILE), 'utf8').trim()})`;
  } catch {
    return '';
  }
}
