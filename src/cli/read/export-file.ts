import { createHash, type Hash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import type { StartBounds } from './range.js';

/** How far a file has come that is written in parts. */
export interface FileProgress {
  /** What is written: an unfinished file of something else is not continued. */
  readonly of: string;
  /** Address of the server that it comes from: cursors of two servers look alike. */
  readonly server?: string | undefined;
  /** Of the export, before any compression. */
  readonly bytes: number;
  /** Of the file. */
  readonly fileBytes: number;
  /** When its sessions started, by the time when the export began. */
  readonly bounds?: StartBounds | undefined;
  /** Cursor of the next part. */
  readonly cursor?: string | undefined;
  /** What the end of the file needs of the last part. */
  readonly note?: string | undefined;
  readonly sessions: number;
  readonly records?: number | undefined;
  readonly inexact?: number | undefined;
  readonly damaged?: number | undefined;
  readonly isComplete?: boolean | undefined;
}

/** What a finished file has. */
export interface FileDigests {
  /** SHA-256 of the export, before any compression, in hex digits. */
  readonly sha256: string;
  /** Of the file itself, if it is compressed. */
  readonly compressed?: { readonly bytes: number; readonly sha256: string };
}

export interface ExportFileOptions {
  readonly path: string;
  /** What is written. Undefined if an unfinished file cannot go on. */
  readonly of?: string | undefined;
  /** Address of the server that it comes from. */
  readonly server?: string | undefined;
  readonly isCompressed: boolean;
}

export const NO_PROGRESS: FileProgress = { of: '', bytes: 0, fileBytes: 0, sessions: 0 };

const compress = promisify(gzip);

/** Bytes as they stand in a file: a compressed file is a member of gzip after the other (RFC 1952, section 2.2). */
export async function encoded(bytes: Uint8Array, isCompressed: boolean): Promise<Uint8Array> {
  return isCompressed && bytes.length > 0 ? compress(bytes) : bytes;
}

/**
 * A file that is written in parts: until it is complete it is FILE.part, with FILE.part.json, which has a line for each
 * part on disk. What was cut goes on at the last of them.
 */
export class ExportFile {
  readonly #path: string;
  readonly #handle: number;
  readonly #isCompressed: boolean;
  readonly #content: Hash;
  /** The same hash where nothing is compressed. */
  readonly #file: Hash;
  #progress: FileProgress;
  /** The notes of all parts on disk. */
  readonly notes: readonly string[];

  private constructor(
    { path, isCompressed }: ExportFileOptions,
    handle: number,
    [content, file]: readonly [Hash, Hash],
    parts: readonly FileProgress[],
    progress: FileProgress,
  ) {
    this.#path = path;
    this.#handle = handle;
    this.#isCompressed = isCompressed;
    this.#content = content;
    this.#file = file;
    this.#progress = progress;
    this.notes = parts.flatMap(({ note }) => note ?? []);
  }

  /**
   * Opens an unfinished file of the same, or begins one.
   * @throws UnfinishedFileError if the unfinished file is of something else, of another server, or of nobody knows what
   */
  static async open(options: ExportFileOptions): Promise<ExportFile> {
    const { path, of, server, isCompressed } = options;
    const part = `${path}.part`;
    const parts = partsOnDisk(options);
    const known = parts.at(-1);
    const progress = known ?? { ...NO_PROGRESS, of: of ?? '', server };
    if (known === undefined) rmSync(statePath(path), { force: true });
    const handle = openSync(part, known === undefined ? 'w' : 'r+', 0o600);
    // What was written behind the last part that counts.
    ftruncateSync(handle, progress.fileBytes);
    const hashes = await hashesOf(part, progress.fileBytes > 0, isCompressed);
    return new ExportFile(options, handle, hashes, parts, progress);
  }

  get progress(): FileProgress {
    return this.#progress;
  }

  /** Writes bytes of the export behind those before. They count once `reached` is called. */
  async write(bytes: Uint8Array): Promise<void> {
    const { bytes: before } = this.#progress;
    this.#content.update(bytes);
    this.#append(await encoded(bytes, this.#isCompressed));
    this.#progress = { ...this.#progress, bytes: before + bytes.length };
  }

  /** Makes durable what was written, and from where it goes on, if more follows. */
  reached(progress: Partial<FileProgress>): void {
    this.#progress = { ...this.#progress, note: undefined, ...progress };
    if (this.#progress.cursor === undefined) return;
    fdatasyncSync(this.#handle);
    appendFileSync(statePath(this.#path), `${JSON.stringify(this.#progress)}\n`, { mode: 0o600 });
  }

  /** Gives the file its name. */
  async finish(): Promise<FileDigests> {
    // No member at all is no file of gzip.
    if (this.#isCompressed && this.#progress.fileBytes === 0) this.#append(await compress(new Uint8Array()));
    fdatasyncSync(this.#handle);
    closeSync(this.#handle);
    renameSync(`${this.#path}.part`, this.#path);
    rmSync(statePath(this.#path), { force: true });
    const sha256 = this.#content.digest('hex');
    if (!this.#isCompressed) return { sha256 };
    return { sha256, compressed: { bytes: this.#progress.fileBytes, sha256: this.#file.digest('hex') } };
  }

  /** Leaves the file unfinished, if it can go on. */
  leave(): void {
    closeSync(this.#handle);
    if (!existsSync(statePath(this.#path))) rmSync(`${this.#path}.part`);
  }

  #append(bytes: Uint8Array): void {
    const { fileBytes } = this.#progress;
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#handle, bytes, at, bytes.length - at, fileBytes + at);
    if (this.#isCompressed) this.#file.update(bytes);
    this.#progress = { ...this.#progress, fileBytes: fileBytes + bytes.length };
  }
}

function statePath(path: string): string {
  return `${path}.part.json`;
}

/**
 * The parts of an unfinished file that are wholly there. Cuts what else is said of it.
 * @throws UnfinishedFileError
 */
function partsOnDisk({ path, of, server }: ExportFileOptions): FileProgress[] {
  const [part, state] = [`${path}.part`, statePath(path)];
  if (!existsSync(part) || !existsSync(state)) return [];
  const lines = readFileSync(state, 'utf8').split('\n');
  // Even a line without its end says whose file it is.
  const begun = progressIn(lines[0]!);
  if (begun === undefined) throw new UnfinishedFileError(part, `is unfinished, and ${state} cannot be read`);
  if (begun.server === undefined)
    throw new UnfinishedFileError(part, 'was begun by an earlier version, which did not note the server');
  if (begun.of !== of) throw new UnfinishedFileError(part, 'is the beginning of another export');
  if (begun.server !== server)
    throw new UnfinishedFileError(part, `was begun on ${begun.server}, and goes on only there`);
  const { size } = statSync(part);
  const parts: FileProgress[] = [];
  let stateBytes = 0;
  // The last line may have been cut, and so may the file.
  for (const line of lines.slice(0, -1)) {
    const progress = progressIn(line);
    if (progress === undefined || progress.fileBytes > size) break;
    parts.push(progress);
    stateBytes += Buffer.byteLength(line) + 1;
  }
  truncateSync(state, stateBytes);
  return parts;
}

function progressIn(line: string): FileProgress | undefined {
  try {
    const value = JSON.parse(line) as FileProgress | null;
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Hashes of the export and of the file, up to now. */
async function hashesOf(path: string, hasBytes: boolean, isCompressed: boolean): Promise<[Hash, Hash]> {
  const [content, file] = [createHash('sha256'), createHash('sha256')];
  if (!hasBytes) return [content, file];
  const source = createReadStream(path);
  if (isCompressed) source.on('data', (chunk) => file.update(chunk));
  const bytes = isCompressed ? pipeline(source, createGunzip(), () => {}) : source;
  for await (const chunk of bytes) content.update(chunk as Buffer);
  return [content, file];
}

/** An unfinished file that cannot go on is in the way. */
export class UnfinishedFileError extends Error {
  override readonly name = 'UnfinishedFileError';

  /** @param problem What is wrong with the file, as the end of a sentence */
  constructor(part: string, problem: string) {
    super(`${part} ${problem}; to begin again, remove it or write to another file`);
  }
}
