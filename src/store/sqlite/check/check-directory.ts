import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckedLog, checkLog } from '../../records/check-log.js';
import type { Finding } from '../../records/check-segment.js';
import { diskFiles } from '../../records/log-files.js';
import {
  DataDirectoryError,
  DirectoryInUseError,
  type DirectoryLock,
  lockDirectory,
} from '../directory-lock.js';
import { KEPT_FILE, LOG_FOLDER } from '../schema.js';
import { refuseUnfinished } from '../unfinished.js';
import { type CheckedKept, checkKept, checkOthers } from './check-kept.js';
import { type CheckedRows, checkRows } from './check-rows.js';
import { compareRows } from './compare-rows.js';
import type { SessionSettings } from './make-sessions.js';

export interface CheckEdges {
  /** Receives what is checked, and how much of it is done. */
  progress(phase: string, progress: { readonly done: number; readonly total: number }): void;
}

/** What was found in a data directory or a backup. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  /** What could not be checked, and what needs attention but is no damage. */
  readonly notes: readonly string[];
  /** Blocks that are there and can be read, and their records. */
  readonly blocks: number;
  readonly records: number;
}

/** How rows are made again. */
export interface FullCheck {
  readonly settings: SessionSettings;
  /** Where the temporary directory is made. */
  readonly room: string;
}

/** All parts of a check. */
export interface CheckedDirectory extends CheckResult {
  readonly log: CheckedLog;
  readonly kept: CheckedKept;
  /** Undefined if there is no file of sessions, or a server has it. */
  readonly rows: CheckedRows | undefined;
}

/**
 * Checks a data directory: every checksum of the log, both databases, and what they say of each other. Holds its
 * lock, so that no server starts meanwhile. Beside a server, rows of sessions are left out. With `full`, rows are
 * also compared with rows that are made again.
 * @throws DataDirectoryError if it cannot be checked at all
 */
export async function checkDirectory(
  directory: string,
  edges: CheckEdges,
  full?: FullCheck,
): Promise<CheckResult> {
  const lock = lockUnlessInUse(directory);
  try {
    const checked = checkLocked(directory, lock === undefined, edges);
    if (full === undefined || lock === undefined) return checked;
    const { rows, kept, log } = checked;
    if (
      rows === undefined ||
      rows.findings.length > 0 ||
      kept.findings.length > 0 ||
      log.findings.length > 0
    ) {
      const note = 'rows were not compared, because of what was found before';
      return { ...checked, notes: [...checked.notes, note] };
    }
    const { findings, note } = await compareRows(directory, full.room, full.settings, (progress) =>
      edges.progress('sessions made again', progress),
    );
    return { ...checked, findings, notes: [...checked.notes, ...(note === undefined ? [] : [note])] };
  } finally {
    lock?.release();
  }
}

/** The same for a caller that holds the lock. */
export function checkLocked(directory: string, isInUse: boolean, { progress }: CheckEdges): CheckedDirectory {
  const notes: string[] = [];
  const kept = checkKept(directory, isInUse);
  const { sessionsFile } = kept;
  let rows: CheckedRows | undefined;
  if (isInUse) notes.push('a server runs here: rows of sessions were not checked. Stop it to check them too');
  else if (sessionsFile === undefined)
    notes.push('rows of sessions were not checked: it is not known where they are');
  else if (!existsSync(join(directory, sessionsFile)))
    notes.push(`there is no ${sessionsFile}: the next start makes all sessions from the log`);
  else {
    progress('rows', { done: 0, total: 1 });
    rows = checkRows(directory, sessionsFile, kept);
    progress('rows', { done: 1, total: 1 });
  }
  if (rows?.note !== undefined) notes.push(rows.note);
  const log = checkLog(diskFiles, join(directory, LOG_FOLDER), {
    durableId: Math.max(kept.durableId, rows?.namedBlock ?? 0),
    isInUse,
    progress: (done, total) => progress('segments', { done, total }),
  });
  return {
    findings: [...log.findings, ...kept.findings, ...checkOthers(directory), ...(rows?.findings ?? [])],
    notes,
    ...sumOf(log),
    ...{ log, kept, rows },
  };
}

/** Blocks that can be read, and their records. */
function sumOf({ segments }: CheckedLog): { readonly blocks: number; readonly records: number } {
  let [blocks, records] = [0, 0];
  for (const segment of segments) {
    blocks += segment.next - segment.first;
    records += segment.records;
    for (const { lost } of segment.findings) if (lost !== undefined) blocks -= lost.last + 1 - lost.first;
  }
  return { blocks, records };
}

function lockUnlessInUse(directory: string): DirectoryLock | undefined {
  if (!existsSync(join(directory, KEPT_FILE)) && !existsSync(join(directory, LOG_FOLDER)))
    throw new DataDirectoryError(`${directory} is neither a data directory nor a backup`);
  refuseUnfinished(directory);
  try {
    return lockDirectory(directory);
  } catch (error) {
    if (error instanceof DirectoryInUseError) return undefined;
    throw error;
  }
}
