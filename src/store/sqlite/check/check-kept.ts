import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../records/check-segment.js';
import { type Database, DURABLE, Meta, namedFile } from '../database.js';
import { isKeptAsSealed } from '../kept-digest.js';
import { refuseNewerKept, versionOf } from '../kept-file.js';
import { otherDatabases, readKeptSnapshot } from '../kept-snapshot.js';
import { KEPT_FILE, LOG_SCHEMA } from '../schema.js';
import { INSTALLATION_KEY, TAKEN_OVER } from '../takeover.js';
import { brokenFrame } from './write-ahead-log.js';

/** What `sojourn.sqlite` says, as far as it can be read. */
export interface CheckedKept {
  readonly findings: readonly Finding[];
  /** Blocks up to this number must be there. */
  readonly durableId: number;
  /** Numbers of the projects. */
  readonly projects: ReadonlySet<number>;
  /** `project session` of what the operator invalidated; undefined if that cannot be read. */
  readonly invalidated: ReadonlySet<string> | undefined;
  /** The name of the file of sessions that readers open. */
  readonly sessionsFile: string | undefined;
}

/**
 * Checks the decisions of a directory, also beside a server. @throws DataDirectoryError if another version wrote
 * them
 */
export function checkKept(directory: string, isInUse: boolean): CheckedKept {
  const path = join(directory, KEPT_FILE);
  const findings: Finding[] = [];
  try {
    if (!isInUse) {
      if (isKeptAsSealed(directory) === false)
        findings.push({
          path,
          text: 'it has changed since the server was stopped: its digest is another one',
        });
      const wal = `${path}-wal`;
      const at = existsSync(wal) ? brokenFrame(readFileSync(wal)) : undefined;
      if (at !== undefined)
        findings.push({ path: wal, at, text: 'a change is damaged, or was not written to the end' });
    }
    return { ...readKeptSnapshot(directory, (db) => contentOf(directory, db, findings)), findings };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const isMissing = (error as { code?: string }).code === 'ENOENT';
    findings.push({
      path,
      text: isMissing ? 'it is missing' : `it cannot be read: ${(error as Error).message}`,
    });
    return {
      ...{ findings, durableId: 0, projects: new Set<number>() },
      ...{ invalidated: undefined, sessionsFile: undefined },
    };
  }
}

/** Whether an error says that a database is damaged or missing. */
export function isUnreadable(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'ERR_SQLITE_ERROR' || code === 'ENOENT';
}

function contentOf(directory: string, db: Database, findings: Finding[]): Omit<CheckedKept, 'findings'> {
  const path = join(directory, KEPT_FILE);
  refuseNewerKept(directory, db);
  if (versionOf(db) < LOG_SCHEMA)
    findings.push({ path, text: 'it was written by an older version: start a server of this version once' });
  findings.push(...integrityOf(db, path));
  const meta = new Meta(db);
  if (!/^[0-9a-f]{64}$/.test(meta.text(INSTALLATION_KEY) ?? ''))
    findings.push({ path, text: 'the key of the installation is missing or damaged' });
  const invalidations = db.prepare('SELECT project, session FROM invalidation').all();
  return {
    durableId: Math.max(meta.number(DURABLE) ?? 0, meta.number(TAKEN_OVER) ?? 0),
    projects: new Set(
      db
        .prepare('SELECT no FROM project')
        .all()
        .map(({ no }) => Number(no)),
    ),
    invalidated: new Set(invalidations.map(({ project, session }) => `${project} ${session}`)),
    sessionsFile: namedFile(meta),
  };
}

/** Checks the other databases that cannot be made again. */
export function checkOthers(directory: string): Finding[] {
  return otherDatabases(directory).flatMap((name) => {
    const path = join(directory, name);
    try {
      return readKeptSnapshot(directory, (db) => integrityOf(db, path), name);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SQLITE_ERROR') throw error;
      return [{ path, text: `it cannot be read: ${(error as Error).message}` }];
    }
  });
}

/** What SQLite's own check finds. */
export function integrityOf(db: Database, path: string): Finding[] {
  const rows = db.prepare('PRAGMA main.integrity_check').all();
  return rows
    .map(({ integrity_check: text }) => String(text))
    .filter((text) => text !== 'ok')
    .map((text) => ({ path, ...pageOf(db, text), text }));
}

/** The offset of the page that a message of SQLite names. */
function pageOf(db: Database, text: string): { readonly at?: number } {
  const page = /\bpage (\d+)/i.exec(text)?.[1];
  if (page === undefined) return {};
  const size = Number(db.prepare('PRAGMA main.page_size').get()!.page_size);
  return { at: (Number(page) - 1) * size };
}
