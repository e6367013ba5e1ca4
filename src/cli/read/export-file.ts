import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** How far a file has come that is written in parts. */
export interface FileProgress {
  /** What is written: an unfinished file of something else is not continued. */
  readonly of: string;
  readonly bytes: number;
  /** The start of a range of time that ended when the export began, RFC 3339. */
  readonly startTime?: string | undefined;
  /** Cursor of the next part. */
  readonly cursor?: string | undefined;
  readonly sessions: number;
  readonly records?: number | undefined;
  readonly inexact?: number | undefined;
  readonly damaged?: number | undefined;
  readonly isComplete?: boolean | undefined;
}

/**
 * A file that is written in parts: FILE.part and, about it, FILE.part.json, until it is complete. What was cut goes
 * on at the last part that is on disk.
 */
export class ExportFile {
  readonly #path: string;
  readonly #handle: number;
  readonly #hash: Hash;
  #progress: FileProgress;

  private constructor(path: string, handle: number, hash: Hash, progress: FileProgress) {
    this.#path = path;
    this.#handle = handle;
    this.#hash = hash;
    this.#progress = progress;
  }

  /**
   * Opens an unfinished file of the same, or begins one. Without `of`, always begins one.
   * @throws UnfinishedFileError if the unfinished file is of something else
   */
  static async open(path: string, of?: string): Promise<ExportFile> {
    const [part, state] = [`${path}.part`, `${path}.part.json`];
    const isKnown = of !== undefined && existsSync(part) && existsSync(state);
    const known = isKnown ? (JSON.parse(readFileSync(state, 'utf8')) as FileProgress) : undefined;
    if (known !== undefined && known.of !== of) throw new UnfinishedFileError(part);
    const progress = known ?? { of: of ?? '', bytes: 0, sessions: 0 };
    const handle = openSync(part, known === undefined ? 'w' : 'r+', 0o600);
    // What was written behind the last part that counts.
    ftruncateSync(handle, progress.bytes);
    const hash = createHash('sha256');
    if (progress.bytes > 0) for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer);
    return new ExportFile(path, handle, hash, progress);
  }

  get progress(): FileProgress {
    return this.#progress;
  }

  /** Writes bytes behind those before. They count once `reached` is called. */
  write(bytes: Uint8Array): void {
    let at = 0;
    const from = this.#progress.bytes;
    while (at < bytes.length) at += writeSync(this.#handle, bytes, at, bytes.length - at, from + at);
    this.#hash.update(bytes);
    this.#progress = { ...this.#progress, bytes: from + bytes.length };
  }

  /** Makes durable what was written, and from where it goes on. */
  reached(progress: Partial<FileProgress>): void {
    this.#progress = { ...this.#progress, ...progress };
    fdatasyncSync(this.#handle);
    const state = `${this.#path}.part.json`;
    writeFileSync(`${state}.new`, JSON.stringify(this.#progress), { mode: 0o600 });
    renameSync(`${state}.new`, state);
  }

  /** Gives the file its name. Returns the SHA-256 of its bytes in hex digits. */
  finish(): string {
    fdatasyncSync(this.#handle);
    closeSync(this.#handle);
    renameSync(`${this.#path}.part`, this.#path);
    rmSync(`${this.#path}.part.json`, { force: true });
    return this.#hash.digest('hex');
  }

  /** Leaves the file unfinished. */
  leave(): void {
    closeSync(this.#handle);
  }
}

/** An unfinished file of another export is in the way. */
export class UnfinishedFileError extends Error {
  override readonly name = 'UnfinishedFileError';

  constructor(part: string) {
    super(`${part} is the beginning of another export; remove it, or write to another file`);
  }
}
