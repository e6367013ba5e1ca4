import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { crashPoint } from '../../crash-points.js';
import { type CheckedSegment, checkSegment, type Finding } from '../../records/check-segment.js';
import type { BlockRange } from '../../records/log.js';
import { diskFiles, type ReadableFile } from '../../records/log-files.js';
import {
  coldPath,
  type ListedSegment,
  listSegments,
  SegmentTable,
  saltOf,
  segmentPath,
} from '../../records/log-segment.js';
import { type Database, DURABLE, inTransaction, Meta, NAMED_FILE } from '../database.js';
import { DirectoryInUseError, type DirectoryLock, lockDirectory } from '../directory-lock.js';
import { refuseNewerKept, versionOf } from '../kept-file.js';
import { otherDatabases, readKeptSnapshot } from '../kept-snapshot.js';
import { KEPT_FILE, LOG_FOLDER, LOG_SCHEMA } from '../schema.js';
import { NEXT_FILE } from '../session-files.js';
import { INSTALLATION_KEY } from '../takeover.js';
import { isRestoring } from '../unfinished.js';
import {
  BACKUP_FORMAT,
  BackupError,
  MANIFEST_FILE,
  type Manifest,
  type SourceFile,
  type StoredDatabase,
  type StoredFile,
  type StoredSegment,
} from './manifest.js';
import {
  beginningOf,
  copyBytes,
  digestOfFile,
  isThere,
  namesIn,
  PRIVATE,
  readableFile,
  readManifest,
  SEGMENTS_FOLDER,
  sourceFileOf,
  UNFINISHED_MANIFEST,
  writeManifest,
} from './stored-files.js';

/** How often the source's segments are looked at until none was replaced meanwhile. */
const LOOKS = 100;

/** Digits of the digest that identifies an installation. */
const INSTALLATION_DIGITS = 16;

/** Bytes of long work that are done, and all of them. The latter may grow. */
export interface BytesDone {
  readonly done: number;
  readonly total: number;
}

export interface BackupOptions {
  /** The data directory. A server may run on it. */
  readonly from: string;
  /** The directory of the backup: missing, empty, or an earlier backup of the same installation. */
  readonly to: string;
  /** Version of this program. */
  readonly version: string;
  now(): Date;
  progress(progress: BytesDone): void;
}

export interface BackupResult {
  readonly manifest: Manifest;
  /** Files and bytes that were written now, without the manifest and the decisions. */
  readonly copiedFiles: number;
  readonly copiedBytes: number;
  /** Damage of the source. */
  readonly findings: readonly Finding[];
}

/**
 * Makes a backup of a data directory, or brings one up to date (docs/decisions/020-backup.md). Killed at any
 * point, the backup is the former one.
 * @throws BackupError; DataDirectoryError; what the file system throws.
 */
export function backUp(options: BackupOptions): BackupResult {
  const { from, to } = options;
  if (isInside(from, to)) throw new BackupError('the backup must not be inside of the data directory');
  if (isRestoring(from))
    throw new BackupError(`${from} is not whole: a restore there has not ended. Run it again first`);
  if (!existsSync(join(from, KEPT_FILE)))
    throw new BackupError(`${from} is not a data directory: there is no ${KEPT_FILE}`);
  const installation = readKeptSnapshot(from, (db) => installationOf(from, db));
  refuseOthers(to, installation);
  const lock = lockBackup(to);
  try {
    const former = refuseOthers(to, installation) ?? begun(options, installation);
    return new BackupRun(options, former).run();
  } finally {
    lock.release();
  }
}

function isInside(outer: string, inner: string): boolean {
  const path = relative(resolve(outer), resolve(inner));
  return path === '' || (!isAbsolute(path) && path !== '..' && !path.startsWith(`..${sep}`));
}

/** Locks a backup against a second one. @throws BackupError; DataDirectoryError */
function lockBackup(directory: string): DirectoryLock {
  try {
    return lockDirectory(directory);
  } catch (error) {
    if (!(error instanceof DirectoryInUseError)) throw error;
    throw new BackupError(`another backup to ${directory} is running`);
  }
}

/** Identifies the installation of a data directory. @throws if this version cannot work with it */
function installationOf(directory: string, db: Database): string {
  refuseNewerKept(directory, db);
  const key = versionOf(db) < LOG_SCHEMA ? undefined : new Meta(db).text(INSTALLATION_KEY);
  if (key === undefined) {
    throw new BackupError(
      `${directory} was written by an older version of Sojourn, or by none: start a server of this version on it once`,
    );
  }
  return createHash('sha256').update(key).digest('hex').slice(0, INSTALLATION_DIGITS);
}

/** The manifest of the earlier backup. @throws BackupError if something else is there */
function refuseOthers(to: string, installation: string): Manifest | undefined {
  const manifest = readManifest(to);
  if (manifest === undefined) {
    // A first run may have been killed while it wrote that.
    if (namesIn(to).some((name) => name !== UNFINISHED_MANIFEST))
      throw new BackupError(`${to} has other files, and no backup: choose an empty or missing directory`);
  } else if (manifest.installation !== installation) {
    throw new BackupError(`${to} is a backup of another installation: choose another directory`);
  }
  return manifest;
}

/** Marks an empty directory as a backup that is not complete yet. */
function begun({ to, version, now }: BackupOptions, installation: string): Manifest {
  const manifest: Manifest = {
    ...{ format: BACKUP_FORMAT, version, schema: 0, run: 0, installation, madeAt: now().toISOString() },
    ...{ blocks: 0, records: 0, databases: [], segments: [] },
  };
  writeManifest(to, manifest);
  crashPoint('backup.begun');
  return manifest;
}

/** A segment of the source, as it was when it was copied. */
interface Seen {
  readonly isCold: boolean;
  readonly isClosed: boolean;
  readonly source: SourceFile;
  readonly stored: StoredSegment;
}

interface Databases {
  /** The version of the decisions. */
  readonly schema: number;
  readonly databases: readonly StoredDatabase[];
}

class BackupRun {
  readonly #options: BackupOptions;
  readonly #former: Manifest;
  readonly #formerSegments: ReadonlyMap<number, StoredSegment>;
  readonly #run: number;
  readonly #log: string;
  /** By first block. */
  readonly #seen = new Map<number, Seen>();
  readonly #findings = new Map<number, readonly Finding[]>();
  readonly #copiedFiles = new Set<string>();
  #copiedBytes = 0;
  #done = 0;
  #total = 0;

  constructor(options: BackupOptions, former: Manifest) {
    this.#options = options;
    this.#former = former;
    this.#formerSegments = new Map(former.segments.map((segment) => [segment.first, segment]));
    this.#run = former.run + 1;
    this.#log = join(options.from, LOG_FOLDER);
  }

  run(): BackupResult {
    const { to, version, now } = this.#options;
    removeUnnamed(to, this.#former);
    mkdirSync(join(to, SEGMENTS_FOLDER), { recursive: true });
    try {
      const { schema, databases } = this.#copyAll();
      diskFiles.syncDirectory(join(to, SEGMENTS_FOLDER));
      diskFiles.syncDirectory(to);
      const segments = this.#segments();
      const manifest: Manifest = {
        ...{ format: BACKUP_FORMAT, version, schema, run: this.#run },
        ...{ installation: this.#former.installation, madeAt: now().toISOString() },
        blocks: segments.reduce((sum, { first, last }) => sum + last + 1 - first, 0),
        records: segments.reduce((sum, { records }) => sum + records, 0),
        databases,
        segments,
      };
      writeManifest(to, manifest);
      removeUnnamed(to, manifest);
      return {
        manifest,
        copiedFiles: this.#copiedFiles.size,
        copiedBytes: this.#copiedBytes,
        findings: [...this.#findings.values()].flat(),
      };
    } catch (error) {
      removeUnnamed(to, this.#former);
      throw error;
    }
  }

  #segments(): StoredSegment[] {
    return [...this.#seen.values()].map(({ stored }) => stored).sort((a, b) => a.first - b.first);
  }

  /**
   * Copies segments, then the databases, until the latter are of a time at which the segments were as they were
   * copied.
   */
  #copyAll(): Databases {
    this.#followSegments();
    for (let look = 1; look < LOOKS; look++) {
      const copied = this.#copyDatabases();
      if (copied !== undefined) return copied;
    }
    throw new BackupError(`the segments in ${this.#log} are replaced all the time: try again later`);
  }

  /**
   * Copies what is new in the log. Returns whether that was nothing but an end that has grown: then the other
   * blocks are those that the log had when this was called the last time, and ever since.
   */
  #followSegments(): boolean {
    try {
      return this.#copySegments(listSegments(diskFiles, this.#log));
    } catch (error) {
      // A segment got another form since it was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return false;
    }
  }

  #copySegments(listed: readonly ListedSegment[]): boolean {
    const wanted = listed.flatMap((segment, i) => {
      const next = listed[i + 1]?.first;
      const path = this.#sourcePath(segment);
      const source = sourceFileOf(path);
      return this.#isAsSeen(segment, next, source) ? [] : [{ segment, next, path, source }];
    });
    const there = new Set(listed.map(({ first }) => first));
    const gone = [...this.#seen.keys()].filter((first) => !there.has(first));
    for (const first of gone) {
      this.#seen.delete(first);
      this.#findings.delete(first);
    }
    for (const { segment, source } of wanted)
      this.#total += source.size - (this.#grown(segment, source)?.bytes ?? 0);
    let hasOnlyGrown = gone.length === 0;
    for (const { segment, next, path } of wanted)
      hasOnlyGrown = this.#takeSegment(segment, next, path) && hasOnlyGrown;
    return hasOnlyGrown;
  }

  #isAsSeen({ first, isCold }: ListedSegment, next: number | undefined, source: SourceFile): boolean {
    const seen = this.#seen.get(first);
    if (seen === undefined || seen.isCold !== isCold || seen.isClosed !== (next !== undefined)) return false;
    return isSameSource(seen.source, source);
  }

  /**
   * The copy of this segment, if the segment was the last one then and seems to have only grown. The number of an inode
   * may be used again, so the bytes have to be compared.
   */
  #grown({ first, isCold }: ListedSegment, source: SourceFile): StoredSegment | undefined {
    const seen = this.#seen.get(first);
    if (seen === undefined || seen.isClosed || seen.isCold || isCold) return undefined;
    return seen.source.inode === source.inode ? seen.stored : undefined;
  }

  /** Copies a segment. Returns whether it is one that was copied before and has only grown. */
  #takeSegment(segment: ListedSegment, next: number | undefined, path: string): boolean {
    const { first, isCold } = segment;
    const from = openSync(path, 'r');
    try {
      const source = sourceFileOf(from);
      const isClosed = next !== undefined;
      const grown = this.#grown(segment, source);
      const known = grown ?? this.#usable(first);
      const isKnown =
        known !== undefined &&
        known.isCold === isCold &&
        known.isClosed === isClosed &&
        isSameSource(known.source, source);
      const { stored, isContinued } = isKnown
        ? { stored: known, isContinued: true }
        : this.#copySegment(from, segment, next, source, known);
      this.#seen.set(first, { isCold, isClosed, source, stored });
      if (isKnown) this.#progress(source.size);
      return grown !== undefined && isContinued;
    } finally {
      closeSync(from);
    }
  }

  /** The segment of the former backup, if its file is there. */
  #usable(first: number): StoredSegment | undefined {
    const former = this.#formerSegments.get(first);
    return former !== undefined && isThere(this.#options.to, former) ? former : undefined;
  }

  /** Copies a segment, or what has been appended to it since the copy that is known. */
  #copySegment(
    from: number,
    segment: ListedSegment,
    next: number | undefined,
    source: SourceFile,
    known: StoredSegment | undefined,
  ): { readonly stored: StoredSegment; readonly isContinued: boolean } {
    const { first, isCold } = segment;
    // Of the last segment only whole blocks: the next one may be being written.
    const bytes = next === undefined && !isCold ? endOf(readableFile(from), first) : source.size;
    const continued =
      known !== undefined && !known.isCold && !isCold && known.bytes <= bytes ? known : undefined;
    const sha256 = continued && this.#copy(from, bytes, continued.file, continued);
    const file = sha256 === undefined ? this.#nameOf(segment) : continued!.file;
    const digest = sha256 ?? this.#copy(from, bytes, file)!;
    const checked = this.#check(file, bytes, segment, next);
    crashPoint('backup.segment-copied');
    const damagedBlocks = lostBlocks(checked);
    const copy: StoredSegment = {
      ...{ file, bytes, sha256: digest, first, last: checked.next - 1, isCold, isClosed: next !== undefined },
      records: checked.records,
      ...(checked.times !== undefined && {
        leastNs: String(checked.times.leastNs),
        greatestNs: String(checked.times.greatestNs),
      }),
      ...{ damagedBlocks, source },
    };
    const former = this.#usable(first);
    if (
      former !== undefined &&
      former.file !== file &&
      former.damagedBlocks < damagedBlocks &&
      former.last >= copy.last
    ) {
      this.#findings.set(
        first,
        checked.findings.map((finding) => ({
          ...finding,
          path: this.#sourcePath(segment),
          text: `${finding.text}; the backup keeps its earlier copy of the segment, which has these blocks`,
        })),
      );
      return { stored: former, isContinued: false };
    }
    this.#findings.set(
      first,
      checked.findings.map((finding) => ({ ...finding, path: this.#sourcePath(segment) })),
    );
    return { stored: copy, isContinued: sha256 !== undefined };
  }

  #sourcePath({ first, isCold }: ListedSegment): string {
    return (isCold ? coldPath : segmentPath)(this.#log, first);
  }

  #nameOf({ first, isCold }: ListedSegment): string {
    return `${SEGMENTS_FOLDER}/${String(first).padStart(12, '0')}.${this.#run}.${isCold ? 'cold' : 'blocks'}`;
  }

  /** Returns the digest of the bytes; undefined if the file does not begin like its source. */
  #copy(from: number, bytes: number, file: string, continued?: StoredFile): string | undefined {
    const there = continued?.bytes ?? 0;
    const digest = copyBytes({
      from,
      bytes,
      to: join(this.#options.to, file),
      there,
      isSame: (sha256) => continued === undefined || sha256 === continued.sha256,
      progress: (read) => this.#progress(read),
    });
    if (digest !== undefined && bytes > there) {
      this.#copiedFiles.add(file);
      this.#copiedBytes += bytes - there;
    }
    return digest;
  }

  /** Verifies every block of a copy. */
  #check(file: string, bytes: number, segment: ListedSegment, next: number | undefined): CheckedSegment {
    const path = join(this.#options.to, file);
    const opened = diskFiles.openForReading(path);
    try {
      return checkSegment(beginningOf(opened, bytes), path, segment, next);
    } finally {
      opened.close();
    }
  }

  /**
   * Copies the databases and the end of the log. Undefined if a segment was replaced since segments were copied the
   * last time, or began.
   */
  #copyDatabases(): Databases | undefined {
    const { from } = this.#options;
    let schema = 0;
    const decisions = this.#copyDatabase(KEPT_FILE, (db) => {
      // The decisions that are copied may be about blocks up to the end that the log had when they were read: the
      // end of the backup is read after them. Its blocks may not be of projects that the decisions do not know yet.
      if (!this.#followSegments() || readKeptSnapshot(from, projectsOf) !== projectsOf(db)) return false;
      const last = this.#segments().at(-1)?.last ?? 0;
      schema = versionOf(db);
      const meta = new Meta(db);
      inTransaction(db, () => {
        // Rows of sessions are not part of the backup, and its log ends here.
        meta.delete(NAMED_FILE);
        meta.delete(NEXT_FILE);
        meta.set(DURABLE, last);
      });
      return true;
    });
    if (decisions === undefined) return undefined;
    crashPoint('backup.decisions-copied');
    const others = otherDatabases(from).map((name) => this.#copyDatabase(name, () => true)!);
    return { schema, databases: [decisions, ...others] };
  }

  /** Copies a database that `prepare` changes before. Undefined if that returns false. */
  #copyDatabase(name: string, prepare: (db: Database) => boolean): StoredDatabase | undefined {
    const { from, to } = this.#options;
    const file = name.replace(/\.sqlite$/, `-${this.#run}.sqlite`);
    const path = join(to, file);
    const isCopied = readKeptSnapshot(
      from,
      (db) => {
        if (!prepare(db)) return false;
        rmSync(path, { force: true });
        // SQLite writes into an empty file, and leaves its permissions as they are.
        closeSync(openSync(path, 'wx', PRIVATE));
        // Leaves out what was deleted and is still in free pages.
        db.prepare('VACUUM INTO ?').run(path);
        return true;
      },
      name,
    );
    if (!isCopied) return undefined;
    const opened = diskFiles.openForWriting(path);
    try {
      opened.sync();
      const bytes = opened.size();
      return { name, file, bytes, sha256: digestOfFile(path, bytes) };
    } finally {
      opened.close();
    }
  }

  #progress(bytes: number): void {
    this.#done += bytes;
    this.#options.progress({ done: this.#done, total: Math.max(this.#total, this.#done) });
  }
}

function isSameSource(a: SourceFile, b: SourceFile): boolean {
  return a.inode === b.inode && a.size === b.size && a.changedNs === b.changedNs;
}

/** The end of the last block of the last segment. */
function endOf(file: ReadableFile, first: number): number {
  const table = new SegmentTable(first, saltOf(file));
  table.extend(file, Number.MAX_SAFE_INTEGER, true);
  return Math.min(table.end, file.size());
}

/** How many projects there are. None is ever removed. */
function projectsOf(db: Database): number {
  return Number(db.prepare('SELECT count(*) AS projects FROM project').get()!.projects);
}

function lostBlocks({ findings }: CheckedSegment): number {
  const ranges = findings.flatMap(({ lost }): BlockRange[] => (lost === undefined ? [] : [lost]));
  return ranges.reduce((sum, { first, last }) => sum + last + 1 - first, 0);
}

/** Removes files that this program made in a backup and that the manifest does not name. */
function removeUnnamed(to: string, { segments, databases }: Manifest): void {
  const named = new Set([MANIFEST_FILE, ...[...segments, ...databases].map(({ file }) => file)]);
  const folder = join(to, SEGMENTS_FOLDER);
  const made = [
    ...namesIn(to).filter((name) => /^(?:[a-z]+-\d+\.sqlite(?:-journal)?|backup\.json\.new)$/.test(name)),
    ...(existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => /^\d{12}\.\d+\.(?:cold|blocks)$/.test(name))
      .map((name) => `${SEGMENTS_FOLDER}/${name}`),
  ];
  for (const file of made) if (!named.has(file)) rmSync(join(to, file), { force: true });
}
