import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { crashPoint } from '../../crash-points.js';
import type { CheckedSegment, Finding } from '../../records/check-segment.js';
import { fillLost } from '../../records/fill-lost.js';
import type { BlockRange } from '../../records/log.js';
import { diskFiles } from '../../records/log-files.js';
import { LogReader } from '../../records/log-reader.js';
import { connect, type Database, inTransaction, Meta, NAMED_FILE } from '../database.js';
import { DataDirectoryError, lockDirectory } from '../directory-lock.js';
import { unsealKept } from '../kept-digest.js';
import { readKeptSnapshot } from '../kept-snapshot.js';
import { KEPT_FILE, LOG_FOLDER } from '../schema.js';
import { NEXT_FILE } from '../session-files.js';
import { INSTALLATION_KEY } from '../takeover.js';
import { refuseUnfinished } from '../unfinished.js';
import {
  type CheckEdges,
  type CheckedDirectory,
  type CheckResult,
  checkDirectory,
  checkLocked,
} from './check-directory.js';
import { isUnreadable } from './check-kept.js';
import { makeSessions, type SessionSettings } from './make-sessions.js';

export interface RepairResult {
  /** What was found before, with what is lost by it. */
  readonly findings: readonly Finding[];
  /** Parts of the decisions that could not be read. */
  readonly lostDecisions: readonly string[];
  /** The directory of damaged files that were replaced; undefined if there are none. */
  readonly originals: string | undefined;
  /** What is found afterwards. */
  readonly after: CheckResult;
}

/** Files of rows of sessions, and those that SQLite puts beside them. */
const ROWS = /^sessions[.-]/;

/**
 * Repairs a data directory that no server uses. Files that are damaged are moved into `damaged-N` there and written
 * again: segments with empty blocks in place of lost ones, the decisions with what can be read of them. All rows
 * of sessions are made again; the old ones are removed once that has succeeded. Ended at any point, it can be run
 * again.
 * @throws DataDirectoryError if it cannot be repaired
 */
export async function repair(
  directory: string,
  settings: SessionSettings,
  edges: CheckEdges,
): Promise<RepairResult> {
  if (!existsSync(join(directory, KEPT_FILE)) && !existsSync(join(directory, LOG_FOLDER)))
    throw new DataDirectoryError(`${directory} is not a data directory`);
  refuseUnfinished(directory);
  const lock = lockDirectory(directory);
  const originals = newFolder(directory);
  let before: CheckedDirectory;
  let lostDecisions: string[] = [];
  try {
    before = checkLocked(directory, false, edges);
    mkdirSync(originals);
    if (before.kept.findings.length > 0) lostDecisions = rewriteKept(directory, originals);
    mendLog(directory, originals, before);
    crashPoint('repair.log-mended');
    setRowsAside(directory, originals);
    crashPoint('repair.rows-aside');
  } catch (error) {
    removeIfEmpty(originals);
    throw error;
  } finally {
    lock.release();
  }
  await makeSessions(directory, settings, (progress) => edges.progress('sessions made again', progress));
  crashPoint('repair.sessions-made');
  const after = await checkDirectory(directory, edges);
  if (after.findings.length === 0)
    for (const name of readdirSync(originals)) if (ROWS.test(name)) rmSync(join(originals, name));
  const isEmpty = removeIfEmpty(originals);
  return {
    findings: before.findings,
    lostDecisions,
    originals: isEmpty ? undefined : originals,
    after,
  };
}

function newFolder(directory: string): string {
  let number = 1;
  while (existsSync(join(directory, `damaged-${number}`))) number++;
  return join(directory, `damaged-${number}`);
}

/** Whether the directory was there, without a file. */
function removeIfEmpty(directory: string): boolean {
  const isEmpty = existsSync(directory) && readdirSync(directory).length === 0;
  if (isEmpty) rmdirSync(directory);
  return isEmpty;
}

/** Writes damaged segments again, and segments in place of missing ones. */
function mendLog(directory: string, originals: string, { log, kept, rows }: CheckedDirectory): void {
  const folder = join(directory, LOG_FOLDER);
  diskFiles.makeDirectory(folder);
  const reader = new LogReader(folder);
  const fill = (range: BlockRange): void => {
    fillLost(diskFiles, folder, range, reader);
    crashPoint('repair.segment-filled');
  };
  try {
    for (const segment of log.segments) {
      if (segment.findings.length === 0 && segment.tailBytes === 0) continue;
      copyFileSync(segment.path, join(originals, basename(segment.path)));
      // The rest of a write is cut off by the next start.
      if (segment.findings.length > 0 && segment.next > segment.first) fill(rangeOf(segment));
    }
    const [first] = log.segments;
    if (first !== undefined && first.first > 1) fill({ first: 1, last: first.first - 1 });
    const last = Math.max(kept.durableId, rows?.namedBlock ?? 0);
    if (log.last < last) fill({ first: log.last + 1, last });
  } finally {
    reader.close();
  }
}

function rangeOf({ first, next }: CheckedSegment): BlockRange {
  return { first, last: next - 1 };
}

/**
 * Makes `sojourn.sqlite` again of what can be read of it, row by row. Returns what could not be read.
 * @throws DataDirectoryError without the key of the installation: nobody could be recognised by a pseudonym any more
 */
function rewriteKept(directory: string, originals: string): string[] {
  const newPath = join(directory, `${KEPT_FILE}.new`);
  rmSync(newPath, { force: true });
  const lost: string[] = [];
  let hasKey = false;
  try {
    readKeptSnapshot(directory, (from) => {
      const to = new DatabaseSync(newPath);
      try {
        copyReadable(from, to, lost);
        hasKey = /^[0-9a-f]{64}$/.test(new Meta(to).text(INSTALLATION_KEY) ?? '');
      } finally {
        to.close();
      }
    });
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  if (!hasKey) {
    rmSync(newPath, { force: true });
    throw new DataDirectoryError(
      `${join(directory, KEPT_FILE)} cannot be read, and nothing else has the key of the installation: take ${KEPT_FILE} of a backup (sojourn restore into another directory), put it in its place, and repair again`,
    );
  }
  for (const end of ['', '-wal', '-shm']) {
    const path = join(directory, KEPT_FILE + end);
    if (existsSync(path)) copyFileSync(path, join(originals, KEPT_FILE + end));
  }
  crashPoint('repair.decisions-copied');
  unsealKept(directory);
  rmSync(join(directory, `${KEPT_FILE}-wal`), { force: true });
  rmSync(join(directory, `${KEPT_FILE}-shm`), { force: true });
  renameSync(newPath, join(directory, KEPT_FILE));
  diskFiles.syncDirectory(directory);
  crashPoint('repair.decisions-named');
  return lost;
}

/** Copies tables with all rows that can be read. Adds what cannot be read to `lost`. */
function copyReadable(from: Database, to: Database, lost: string[]): void {
  const version = Number(from.prepare('PRAGMA user_version').get()!.user_version);
  const made = from
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all();
  to.exec('PRAGMA synchronous = FULL');
  inTransaction(to, () => {
    for (const { type, name, sql } of made) {
      to.exec(String(sql));
      if (type !== 'table') continue;
      try {
        for (const row of from.prepare(`SELECT * FROM "${name}"`).iterate()) {
          const values = Object.values(row as Record<string, null>);
          to.prepare(`INSERT OR REPLACE INTO "${name}" VALUES (${values.map(() => '?').join(', ')})`).run(
            ...values,
          );
        }
      } catch (error) {
        lost.push(`rows of table ${name} after a damaged place: ${(error as Error).message}`);
      }
    }
    to.exec(`PRAGMA user_version = ${version}`);
  });
}

/** Moves rows of sessions away: they are made again. */
function setRowsAside(directory: string, originals: string): void {
  const kept = connect(directory, KEPT_FILE);
  try {
    const meta = new Meta(kept);
    meta.delete(NAMED_FILE);
    meta.delete(NEXT_FILE);
  } finally {
    kept.close();
  }
  for (const name of readdirSync(directory))
    if (ROWS.test(name)) renameSync(join(directory, name), join(originals, name));
  diskFiles.syncDirectory(directory);
}
