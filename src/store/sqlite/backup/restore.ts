import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crashPoint } from '../../crash-points.js';
import type { Finding } from '../../records/check-segment.js';
import { diskFiles } from '../../records/log-files.js';
import { coldPath, segmentPath } from '../../records/log-segment.js';
import { DirectoryInUseError, type DirectoryLock, lockDirectory } from '../directory-lock.js';
import { KEPT_SCHEMA, LOG_FOLDER } from '../schema.js';
import { isRestoring, RESTORING } from '../unfinished.js';
import type { BytesDone } from './back-up.js';
import { BackupError, MANIFEST_FILE, type Manifest, type StoredFile } from './manifest.js';
import { copyBytes, isThere, namesIn, PRIVATE, readManifest } from './stored-files.js';

export interface RestoreOptions {
  /** The directory of the backup. */
  readonly from: string;
  /** The data directory: a missing or empty one, or that of a restore that did not end. */
  readonly to: string;
  /** Whether a backup that is damaged itself is restored as it is. */
  readonly acceptsDamage: boolean;
  progress(progress: BytesDone): void;
}

export interface RestoreResult {
  readonly manifest: Manifest;
  /** Damage of the backup, which the data directory has too. */
  readonly findings: readonly Finding[];
}

/**
 * Makes a data directory of a backup. Each file is compared with its digest. Killed at any point, servers refuse
 * the directory, and the same call begins again.
 * @throws BackupError; DataDirectoryError; what the file system throws.
 */
export function restore(options: RestoreOptions): RestoreResult {
  const { from, to } = options;
  const source = lockSource(from);
  try {
    const manifest = readManifest(from);
    if (manifest === undefined)
      throw new BackupError(`${from} is not a backup: there is no ${MANIFEST_FILE}`);
    if (manifest.databases.length === 0) throw new BackupError(`no backup to ${from} was ever completed`);
    if (manifest.schema > KEPT_SCHEMA) {
      throw new BackupError(
        `the data was written by a newer version of Sojourn (backup by ${manifest.version}): use that version`,
      );
    }
    refuseTarget(to);
    const lock = lockDirectory(to);
    try {
      return { manifest, findings: fill(options, manifest) };
    } finally {
      lock.release();
    }
  } finally {
    source?.release();
  }
}

/** Locks the backup against a run that removes files; undefined if nothing can be written there anyway. */
function lockSource(from: string): DirectoryLock | undefined {
  if (namesIn(from).length === 0) throw new BackupError(`${from} is not a backup: it is missing or empty`);
  try {
    return lockDirectory(from);
  } catch (error) {
    if (error instanceof DirectoryInUseError)
      throw new BackupError(`a backup to ${from} is running: wait until it has ended`);
    return undefined;
  }
}

function refuseTarget(to: string): void {
  if (isRestoring(to) || namesIn(to).length === 0) return;
  throw new BackupError(`${to} is not empty: choose an empty or missing directory, or move its files away`);
}

function fill(
  { from, to, acceptsDamage, progress }: RestoreOptions,
  { segments, databases }: Manifest,
): Finding[] {
  const log = join(to, LOG_FOLDER);
  // Left by a restore that did not end.
  for (const left of [LOG_FOLDER, ...databases.map(({ name }) => name)])
    rmSync(join(to, left), { recursive: true, force: true });
  writeFileSync(join(to, RESTORING), '');
  mkdirSync(log);
  diskFiles.syncDirectory(to);
  crashPoint('restore.begun');
  const findings: Finding[] = [];
  const total = [...segments, ...databases].reduce((sum, { bytes }) => sum + bytes, 0);
  const { bavail, bsize } = statfsSync(to);
  if (bavail * bsize < total)
    throw new BackupError(`the disk of ${to} has no room for the ${total} bytes of the backup`);
  let done = 0;
  const copy = (stored: StoredFile, target: string, mode?: number): void => {
    const damage = copyVerified(from, stored, { target, mode }, (bytes) => {
      done += bytes;
      progress({ done, total });
    });
    crashPoint('restore.file-copied');
    if (damage === undefined) return;
    const path = join(from, stored.file);
    if (!acceptsDamage) {
      throw new BackupError(
        `${path} is damaged: ${damage}. Restore another backup, or with --accept-damage what can be read of this one`,
      );
    }
    findings.push({ path, text: damage });
  };
  progress({ done, total });
  for (const segment of segments)
    copy(segment, (segment.isCold ? coldPath : segmentPath)(log, segment.first));
  diskFiles.syncDirectory(log);
  for (const database of databases) copy(database, join(to, database.name), PRIVATE);
  diskFiles.syncDirectory(to);
  crashPoint('restore.copied');
  rmSync(join(to, RESTORING));
  crashPoint('restore.ended');
  diskFiles.syncDirectory(to);
  return findings;
}

/** Copies a file of the backup. Returns what is wrong with it; undefined if it has its digest. */
function copyVerified(
  from: string,
  stored: StoredFile,
  { target, mode }: { readonly target: string; readonly mode: number | undefined },
  progress: (bytes: number) => void,
): string | undefined {
  const path = join(from, stored.file);
  if (!isThere(from, stored)) return 'it is missing, or shorter than it was';
  const file = openSync(path, 'r');
  try {
    const digest = copyBytes({
      ...{ from: file, bytes: stored.bytes, to: target, progress },
      ...(mode !== undefined && { mode }),
    });
    return digest === stored.sha256 ? undefined : 'its checksum is not that of its bytes';
  } finally {
    closeSync(file);
  }
}
