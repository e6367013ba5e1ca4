import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Database } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { KEPT_FILE } from './schema.js';

/** How often the files are read until they did not change meanwhile. They change with decisions, which are rare. */
const READS = 100;

/** All databases but `sojourn.sqlite`, rows of sessions and the index of content, which are made again, and the lock. */
const OTHERS = /^(?!sojourn\.|sessions[.-]|search\.|lock\.)[a-z]+\.sqlite$/;

/** Names of databases of a data directory that cannot be made again, besides `sojourn.sqlite`. */
export function otherDatabases(directory: string): string[] {
  return readdirSync(directory).filter((name) => OTHERS.test(name));
}

/**
 * Reads `sojourn.sqlite`, or another small database, of a directory that another process may write to, and that
 * process does not let anybody open it. So its files are read, and a copy of them is opened. Writes nothing into
 * the directory.
 */
export function readKeptSnapshot<T>(directory: string, read: (db: Database) => T, name = KEPT_FILE): T {
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-kept-'));
  try {
    const { db: file, wal } = stableFiles(join(directory, name));
    const path = join(folder, name);
    writeFileSync(path, file);
    if (wal !== undefined) writeFileSync(`${path}-wal`, wal);
    const db = new DatabaseSync(path);
    try {
      return read(db);
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Files {
  readonly db: Buffer;
  /** The write-ahead log, if there is one. */
  readonly wal: Buffer | undefined;
}

/**
 * The database and its write-ahead log as they were at one time: the log was read between two equal readings of
 * the database.
 */
function stableFiles(path: string): Files {
  let files = readFiles(path);
  for (let reads = 1; reads < READS; reads++) {
    const again = readFiles(path);
    if (again.db.equals(files.db) && areEqual(again.wal, files.wal)) return files;
    files = again;
  }
  throw new DataDirectoryError(`${path} changes all the time: stop the server, and try again`);
}

function readFiles(path: string): Files {
  const db = readFileSync(path);
  try {
    return { db, wal: readFileSync(`${path}-wal`) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { db, wal: undefined };
  }
}

function areEqual(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return (a ?? Buffer.alloc(0)).equals(b ?? Buffer.alloc(0));
}
