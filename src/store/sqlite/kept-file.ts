import { crashPoint } from '../crash-points.js';
import { connect, type Database, inTransaction, Meta, PAGE_BYTES } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { isKeptAsSealed, unsealKept } from './kept-digest.js';
import { KEPT_FILE, KEPT_SAFE_SCHEMA, KEPT_SCHEMA, KEPT_TABLES, LOG_SCHEMA } from './schema.js';
import { type StartWork, takeOver } from './takeover.js';
import { refuseUnfinished, refuseWithoutKept } from './unfinished.js';

/** Key in `meta` of `sojourn.sqlite` of the least version of it whose programs can work with the file. */
export const SAFE_SCHEMA = 'safe_schema';

/**
 * Creates `sojourn.sqlite` if it is missing, or updates it to this version. A file of a newer version that
 * names this one as safe is left as it is.
 * @throws DataDirectoryError if a newer version made it and does not name this one as safe, or if the directory
 * is a backup or the target of an unfinished restore
 */
export function prepareKept(directory: string, work: StartWork): void {
  refuseUnfinished(directory);
  refuseWithoutKept(directory);
  if (isKeptAsSealed(directory) === false)
    work.warn(
      `${KEPT_FILE} has changed since the server was stopped, or is damaged: its digest is another one`,
    );
  unsealKept(directory);
  let db = connect(directory, KEPT_FILE);
  try {
    const version = versionOf(db);
    refuseNewerKept(directory, db);
    if (version > 0 && version < LOG_SCHEMA) {
      takeOver(db, directory, work);
      db = connect(directory, KEPT_FILE);
    }
    prepareTables(db, KEPT_SCHEMA, KEPT_TABLES);
    crashPoint('schema.created');
    if (versionOf(db) <= KEPT_SCHEMA) noteVersion(db);
  } finally {
    if (db.isOpen) db.close();
  }
}

/** @throws DataDirectoryError if a newer version made `sojourn.sqlite` and does not name this one as safe */
export function refuseNewerKept(directory: string, db: Database): void {
  const version = versionOf(db);
  if (version <= KEPT_SCHEMA) return;
  const safe = new Meta(db).number(SAFE_SCHEMA);
  if (safe === undefined || safe > KEPT_SCHEMA) refuseNewer(directory, version, KEPT_SCHEMA);
}

/** Writes the version of the file and the least one that is safe, both or none. */
function noteVersion(db: Database): void {
  const noted = new Meta(db).number(SAFE_SCHEMA);
  // What the directory has may need more.
  const safe = Math.max(noted ?? 0, KEPT_SAFE_SCHEMA);
  if (versionOf(db) === KEPT_SCHEMA && noted === safe) return;
  inTransaction(db, () => {
    new Meta(db).set(SAFE_SCHEMA, safe);
    db.exec(`PRAGMA user_version = ${KEPT_SCHEMA}`);
    crashPoint('schema.noting');
  });
}

/** Creates the tables of a new file, which can give free pages back a few at a time. */
export function prepareTables(db: Database, schema: number, tables: string): void {
  const isNew = versionOf(db) === 0;
  // On an existing file this would write, and so prevent a start on a full disk.
  if (isNew) db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL`);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
  if (isNew) db.exec(`BEGIN IMMEDIATE; ${tables} PRAGMA user_version = ${schema}; COMMIT`);
}

/** Version of the tables; 0 for an empty file. */
export function versionOf(db: Database): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** @throws DataDirectoryError if `version` is greater than the one this program knows */
export function refuseNewer(directory: string, version: number, known: number): void {
  if (version <= known) return;
  throw new DataDirectoryError(
    `${directory} was written by a newer version of Sojourn (schema ${version}, this one knows ${known}): ` +
      'start that version, or choose another directory with --data',
  );
}
