import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupOptions, BackupResult } from './sqlite/backup/back-up.js';
import type { RestoreOptions, RestoreResult } from './sqlite/backup/restore.js';
import type { CheckEdges, CheckResult } from './sqlite/check/check-directory.js';
import type { SessionSettings } from './sqlite/check/make-sessions.js';
import type { RepairResult } from './sqlite/check/repair.js';

export type { Finding } from './records/check-segment.js';
export type {
  BackupOptions,
  BackupResult,
  CheckEdges,
  CheckResult,
  RepairResult,
  RestoreOptions,
  RestoreResult,
  SessionSettings,
};

/** Makes a backup of a data directory. @throws with a message for the operator */
export async function backUp(options: BackupOptions): Promise<BackupResult> {
  return (await import('./sqlite/backup/back-up.js')).backUp(options);
}

/** Makes a data directory of a backup. @throws with a message for the operator */
export async function restore(options: RestoreOptions): Promise<RestoreResult> {
  return (await import('./sqlite/backup/restore.js')).restore(options);
}

/**
 * Checks a data directory or a backup. With `settings`, also makes all sessions again in a temporary directory,
 * under these settings, and compares their rows. @throws with a message for the operator
 */
export async function check(
  directory: string,
  settings: SessionSettings | undefined,
  edges: CheckEdges,
): Promise<CheckResult> {
  if (existsSync(join(directory, 'backup.json')))
    return (await import('./sqlite/backup/check-backup.js')).checkBackup(directory, edges);
  const { checkDirectory } = await import('./sqlite/check/check-directory.js');
  return checkDirectory(directory, edges, settings && { settings, room: tmpdir() });
}

/** Verifies the checksums of all blocks in a PostgreSQL database. @throws with a message for the operator */
export async function checkDatabase(url: string, { progress }: CheckEdges): Promise<CheckResult> {
  const database = await import('./postgres/check-database.js');
  return database.checkDatabase(url, (done, total) => progress('blocks', { done, total }));
}

/**
 * Repairs a data directory: makes all that follows from the log again, and leaves out of the log what is lost.
 * @throws with a message for the operator
 */
export async function repair(
  directory: string,
  settings: SessionSettings,
  edges: CheckEdges,
): Promise<RepairResult> {
  return (await import('./sqlite/check/repair.js')).repair(directory, settings, edges);
}
