import { createHash } from 'node:crypto';

/** The manifest of a backup (docs/decisions/020-backup.md): what the backup consists of. */

export const MANIFEST_FILE = 'backup.json';

/** Version of the form of a backup. A program refuses a greater one. */
export const BACKUP_FORMAT = 1;

/** A file of a backup. Bytes beyond its length are not part of it. */
export interface StoredFile {
  /** Its path, relative to the backup. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of these bytes, hexadecimal. */
  readonly sha256: string;
}

/** What tells whether a source file is still the one that was copied. */
export interface SourceFile {
  readonly inode: string;
  readonly size: number;
  /** When it was changed, ns since 1970. */
  readonly changedNs: string;
}

/** A database of a backup. */
export interface StoredDatabase extends StoredFile {
  /** Its name in a data directory. */
  readonly name: string;
}

export interface StoredSegment extends StoredFile {
  /** Numbers of its first and last block. */
  readonly first: number;
  readonly last: number;
  readonly isCold: boolean;
  /** Whether the source wrote it no more when it was copied. */
  readonly isClosed: boolean;
  readonly records: number;
  /** Bounds of the times of its records, ns since 1970. */
  readonly leastNs?: string;
  readonly greatestNs?: string;
  /** How many of its blocks were damaged in the source already. */
  readonly damagedBlocks: number;
  readonly source: SourceFile;
}

export interface Manifest {
  readonly format: number;
  /** Version of the program that wrote it, and of the schema of the decisions. */
  readonly version: string;
  readonly schema: number;
  /** Number of the run; 0 before the first one is complete. */
  readonly run: number;
  /** Identifies the installation: a digest of its key. */
  readonly installation: string;
  /** When the run was complete, RFC 3339. */
  readonly madeAt: string;
  /** Numbers of all blocks, and of their records. */
  readonly blocks: number;
  readonly records: number;
  /** The decisions, and other databases that cannot be made again. Empty before the first run is complete. */
  readonly databases: readonly StoredDatabase[];
  readonly segments: readonly StoredSegment[];
}

/** A backup cannot be made, read or restored. The message says why, and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

export function encodeManifest(manifest: Manifest): string {
  const sha256 = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
  return `${JSON.stringify({ sha256, backup: manifest }, undefined, 1)}\n`;
}

/** @throws BackupError if it is damaged, or of a newer form. */
export function decodeManifest(text: string, path: string): Manifest {
  let manifest: Manifest | undefined;
  try {
    manifest = (JSON.parse(text) as { backup: Manifest }).backup;
  } catch {
    // The checksum says it too.
  }
  if (manifest === undefined || encodeManifest(manifest) !== text)
    throw new BackupError(`${path} is damaged: its checksum is not that of its bytes`);
  if (manifest.format > BACKUP_FORMAT) {
    throw new BackupError(
      `${path} was written by a newer version of Sojourn (${manifest.version}): use that version`,
    );
  }
  return manifest;
}
