import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** The data directory cannot be used; the message says why and what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

const LOCK_FILE = 'lock.sqlite';
const PID_FILE = 'lock.pid';

/** Holds a data directory for one process; the operating system lets go of it however the process ends. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Makes the directory where it is missing and takes it for this process.
 * @throws DataDirectoryError where it cannot be made or another process has it.
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
    // It only makes an error more helpful, and a full disk is no reason not to serve.
  }
  return {
    release: () => {
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}

/** What an error says about the directory: another process has it, or it cannot be used for this reason. */
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

/** The path, or the part of it, that is there and no directory. */
function fileInTheWay(path: string): string | undefined {
  if (existsSync(path)) return statSync(path).isDirectory() ? undefined : path;
  const parent = dirname(path);
  return parent === path ? undefined : fileInTheWay(parent);
}

/** Whether there is such a directory and this user may not make files in it, which SQLite has no words for. */
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

function inUse(directory: string): DataDirectoryError {
  return new DataDirectoryError(
    `${directory} is in use by another Sojourn process${holder(directory)}: stop it, or choose another directory with --data`,
  );
}

/** Makes a directory and those above it. Node.js' own way never ends where the file system says ENOENT to all of them, as `/proc` does. */
function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let at = resolve(directory); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing) {
    try {
      mkdirSync(each);
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function holder(directory: string): string {
  try {
    return ` (pid ${readFileSync(join(directory, PID_FILE), 'utf8').trim()})`;
  } catch {
    return '';
  }
}
