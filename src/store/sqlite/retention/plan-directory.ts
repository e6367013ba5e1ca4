import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RetentionPlan, RetentionPolicy } from '../../contract/retention.js';
import { planOf } from '../../engine/due-sessions.js';
import { diskFiles } from '../../records/log-files.js';
import { type Database, nameOfFile, openDatabase } from '../database.js';
import {
  DataDirectoryError,
  DirectoryInUseError,
  type DirectoryLock,
  lockDirectory,
} from '../directory-lock.js';
import { versionOf } from '../kept-file.js';
import { KEPT_FILE, SESSIONS_SCHEMA } from '../schema.js';
import { dataBytes } from './data-size.js';
import { SqliteDueRows } from './due-rows.js';
import { ListedChunks } from './listed-chunks.js';

const CACHE_BYTES = 16 << 20;

export interface PlanOptions {
  readonly policy: RetentionPolicy;
  readonly nowNs: bigint;
  readonly timeoutNs: bigint;
}

/** What retention would remove from a data directory that no server has. @throws DataDirectoryError */
export function planDirectory(directory: string, options: PlanOptions): RetentionPlan {
  if (!existsSync(join(directory, KEPT_FILE)))
    throw new DataDirectoryError(`${directory} is no data directory; --data names another`);
  const lock = lockUnused(directory);
  try {
    return planLocked(directory, options);
  } finally {
    lock.release();
  }
}

function lockUnused(directory: string): DirectoryLock {
  try {
    return lockDirectory(directory);
  } catch (error) {
    if (!(error instanceof DirectoryInUseError)) throw error;
    throw new DataDirectoryError(`a server has ${directory}: ask it, without --data or by --server`);
  }
}

function planLocked(directory: string, options: PlanOptions): RetentionPlan {
  const file = nameOfFile(directory);
  if (!existsSync(join(directory, file)))
    throw new DataDirectoryError(
      `${directory} has no sessions: a server makes them of the log when it starts`,
    );
  const db = openDatabase(directory, { readOnly: true, cacheBytes: CACHE_BYTES, file });
  try {
    db.exec('BEGIN');
    return planned(db, directory, options);
  } finally {
    db.close();
  }
}

function planned(db: Database, directory: string, options: PlanOptions): RetentionPlan {
  if (versionOf(db) !== SESSIONS_SCHEMA)
    throw new DataDirectoryError(
      `the sessions in ${directory} were made by another version of Sojourn: use that one, or start a server of this one`,
    );
  const listed = new ListedChunks(db);
  const steps = planOf(new SqliteDueRows(db), {
    ...options,
    clock: listed.clock,
    contentGoneNs: (project) => listed.contentUntil(project),
    dataBytes: dataBytes(db, directory, diskFiles),
  });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
