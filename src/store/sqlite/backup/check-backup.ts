import { join } from 'node:path';
import { checkSegment, type Finding } from '../../records/check-segment.js';
import { diskFiles } from '../../records/log-files.js';
import type { CheckEdges, CheckResult } from '../check/check-directory.js';
import { BackupError, MANIFEST_FILE, type StoredFile } from './manifest.js';
import { beginningOf, digestOfFile, isThere, readManifest } from './stored-files.js';

/** Checks a backup: the manifest, and the digest of each file. Changes nothing. */
export function checkBackup(directory: string, { progress }: CheckEdges): CheckResult {
  const findings: Finding[] = [];
  const notes: string[] = [];
  const manifest = readUnlessDamaged(directory, findings);
  if (manifest === undefined) return { findings, notes, blocks: 0, records: 0 };
  const { segments, databases, blocks, records, run } = manifest;
  if (run === 0) notes.push('no backup was completed here yet');
  const total = [...segments, ...databases].reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const isSound = (stored: StoredFile): boolean => {
    const path = join(directory, stored.file);
    if (!isThere(directory, stored)) {
      findings.push({ path, text: 'it is missing, or shorter than it was' });
      return false;
    }
    const digest = digestOfFile(path, stored.bytes, (read) => {
      done += read;
      progress('backup', { done, total });
    });
    return digest === stored.sha256;
  };
  for (const database of databases) {
    const before = findings.length;
    if (!isSound(database) && findings.length === before)
      findings.push({ path: join(directory, database.file), text: 'its checksum is not that of its bytes' });
  }
  for (const [i, segment] of segments.entries()) {
    const before = findings.length;
    const hasDigest = isSound(segment);
    if ((hasDigest && segment.damagedBlocks === 0) || findings.length > before) continue;
    const path = join(directory, segment.file);
    const file = diskFiles.openForReading(path);
    try {
      const next = segment.isClosed ? (segments[i + 1]?.first ?? segment.last + 1) : undefined;
      findings.push(...checkSegment(beginningOf(file, segment.bytes), path, segment, next).findings);
    } finally {
      file.close();
    }
    if (findings.length === before) findings.push({ path, text: 'its checksum is not that of its bytes' });
  }
  return { findings, notes, blocks, records };
}

function readUnlessDamaged(directory: string, findings: Finding[]): ReturnType<typeof readManifest> {
  try {
    return readManifest(directory);
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    findings.push({ path: join(directory, MANIFEST_FILE), text: error.message });
    return undefined;
  }
}
