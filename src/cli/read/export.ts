import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportedPart, ExportQuery, SojournClient } from '../../../client/src/index.js';
import { ApiError, ConnectionError } from '../../../client/src/index.js';
import { type ExportFormat, PARQUET_GROUP_ROWS } from '../../contract/export-format.js';
import { count, megabytes, ProgressLine } from '../progress-line.js';
import { ExportFile, encoded, type FileDigests, type FileProgress, NO_PROGRESS } from './export-file.js';
import { exportFileName } from './export-name.js';
import { type AskedRange, type StartBounds, startBounds } from './range.js';

export interface ExportOptions {
  readonly query: Omit<ExportQuery, 'format' | 'limit'>;
  readonly format: ExportFormat;
  /** One session in place of a list. */
  readonly id: string | undefined;
  /** A path, or `-` for standard output. A file without a name is named by what is in it. */
  readonly output: string | undefined;
  readonly overwrite: boolean;
  /** Compressed by gzip. Not with Parquet, which is compressed within. */
  readonly gzip: boolean;
  /** When its sessions started, as of the time when the export begins. */
  readonly range: AskedRange;
}

export interface ExportContext {
  readonly client: SojournClient;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  readonly stdout: NodeJS.WritableStream;
  /** The project that was asked for; undefined for that of the key. */
  readonly project: string | undefined;
  /** Sessions that are asked for at once, in place of those of the format. */
  readonly part?: number;
  /** Ms since 1970. */
  nowMs(): number;
  printError(text: string): void;
}

/** Sessions that are asked for at once, where a part is no row group. */
const PART = 1_000;
/** Bytes of a stream that are written at once, where they do not end before. */
const PIECE_BYTES = 1024 * 1024;
/** Requests for one part before the export is left unfinished. */
const ATTEMPTS = 5;

/** An export that cannot be written, with the remedy. */
export class ExportRefusedError extends Error {
  override readonly name = 'ExportRefusedError';
}

/**
 * Writes an export to a file or standard output. A file is written in parts, and goes on where it was cut. Beside it
 * is FILE.manifest.json with the counts and the SHA-256. The path of a file that was not named is printed.
 * @throws ExportRefusedError
 */
export async function exportSessions(asked: ExportOptions, given: ExportContext): Promise<void> {
  // Its name and its range are of one moment.
  const beganMs = given.nowMs();
  const context = { ...given, nowMs: () => beganMs };
  const output = pathOf(asked, context);
  const options = { ...asked, output, isNamed: output === asked.output };
  const { overwrite, isNamed } = options;
  if (output !== '-' && existsSync(output) && !overwrite) {
    throw new ExportRefusedError(`${output} exists; --overwrite replaces it`);
  }
  const line = new ProgressLine(context);
  const report = (isLast: boolean, { sessions, bytes }: { sessions: number; bytes: number }): void =>
    line.report('export', isLast, (ms) => {
      const speed = ms < 1000 ? '' : `, ${megabytes((1000 * bytes) / ms)}/s`;
      return `exported ${count(sessions)} sessions, ${megabytes(bytes)}${speed}`;
    });
  try {
    if (options.format === 'perfetto') await exportAtOnce(options, context, report);
    else await exportInParts(options, context, report);
  } finally {
    line.end();
  }
  if (!isNamed) context.stdout.write(`${output}\n`);
}

/** Where an export is written, or `-`. */
function pathOf(asked: ExportOptions, { project, nowMs }: ExportContext): string {
  const { output = '.' } = asked;
  const isDirectory = output !== '-' && statSync(output, { throwIfNoEntry: false })?.isDirectory() === true;
  return isDirectory ? join(output, exportFileName({ ...asked, project }, nowMs())) : output;
}

interface WrittenOptions extends ExportOptions {
  readonly output: string;
  /** Whether the name of the file was given. */
  readonly isNamed: boolean;
}

type Report = (isLast: boolean, done: { readonly sessions: number; readonly bytes: number }) => void;

async function exportInParts(options: WrittenOptions, context: ExportContext, report: Report): Promise<void> {
  const { format, id, output, isNamed } = options;
  const sink = output === '-' ? new StandardOutput(options, context) : await fileOf(options, context);
  const bounds = sink.progress.bounds ?? startBounds(options.range, context.nowMs());
  const asked = partsOf(options, context, bounds);
  const form = format === 'parquet' ? await joinedFiles(sink.notes) : AS_THEY_ARE;
  let facts: ExportedPart['facts'] | undefined;
  try {
    do {
      const part = await partWithRetries(asked, sink.progress.cursor);
      facts = part.facts;
      const isFirst = sink.progress.cursor === undefined;
      const { bytes, note } = form.add(part.bytes, isFirst);
      await sink.write(bytes);
      sink.reached({ ...sumOf(sink.progress, facts), bounds, note });
      report(facts.next_cursor === undefined, sink.progress);
    } while (facts.next_cursor !== undefined);
    await sink.write(await form.end());
  } catch (error) {
    sink.leave();
    const { progress } = sink;
    if (output === '-' || progress.cursor === undefined) throw error;
    if (error instanceof ApiError && error.fields.some(({ field }) => field === 'cursor')) {
      throw new ExportRefusedError(
        `${output}.part cannot go on: it was begun in another project, by another version, or the server has other columns by now; remove it to begin again`,
      );
    }
    const named = isNamed ? '' : ` with --output '${output}'`;
    context.printError(`The same command${named} goes on behind ${placeOf(progress)}.\n`);
    throw error;
  }
  const { bytes, sessions, records, inexact, damaged, isComplete } = sink.progress;
  const { version, project, filters, as_of } = facts;
  writeManifest(output, await sink.finish(), {
    ...{ version, format, id, project, filters, as_of, sessions, records },
    ...{ inexact_records: inexact, damaged_sessions: damaged, is_complete: isComplete, bytes },
  });
}

/** How the parts of a format make a file. */
interface FileForm {
  /** The bytes that a part adds to the file, and what is needed of it to write the end. */
  add(part: Uint8Array, isFirst: boolean): { readonly bytes: Uint8Array; readonly note?: string };
  end(): Promise<Uint8Array>;
}

const AS_THEY_ARE: FileForm = {
  add: (bytes) => ({ bytes }),
  end: async () => new Uint8Array(),
};

/** Each part of Parquet is a file, and they are made one. `notes`: of the parts that were written before. */
async function joinedFiles(notes: readonly string[]): Promise<FileForm> {
  const [{ ParquetJoin, parquetPieces }, { PARQUET_START }] = await Promise.all([
    import('../../query/export/parquet-join.js'),
    import('../../query/export/parquet.js'),
  ]);
  const join = new ParquetJoin();
  for (const note of notes) join.add(Buffer.from(note, 'base64'));
  return {
    add: (part, isFirst) => {
      const { rows, footer } = parquetPieces(part);
      join.add(footer);
      const bytes = isFirst ? Buffer.concat([PARQUET_START, rows]) : rows;
      return { bytes, note: Buffer.from(footer).toString('base64') };
    },
    end: () => join.end(),
  };
}

function placeOf({ sessions, bytes }: FileProgress): string {
  return `${count(sessions)} sessions, ${megabytes(bytes)}`;
}

/** What a file has after a part. */
function sumOf(before: FileProgress, facts: ExportedPart['facts']): Partial<FileProgress> {
  const add = (sum: number | undefined, more: number | undefined): number | undefined =>
    more === undefined ? sum : (sum ?? 0) + more;
  const { is_complete: isComplete = before.isComplete } = facts;
  return {
    cursor: facts.next_cursor,
    sessions: before.sessions + facts.sessions,
    records: add(before.records, facts.records),
    inexact: add(before.inexact, facts.inexact_records),
    damaged: add(before.damaged, facts.damaged_sessions),
    isComplete: isComplete === undefined ? undefined : isComplete && before.isComplete !== false,
  };
}

/** A file that goes on, or a new one. */
async function fileOf(
  { format, id, query, range, output, gzip }: WrittenOptions,
  { client, printError }: ExportContext,
): Promise<Sink> {
  const of = JSON.stringify({ format, id, gzip, ...range, ...query });
  const server = addressOf(client.baseUrl);
  const file = await ExportFile.open({ path: output, of, server, isCompressed: gzip });
  if (file.progress.cursor !== undefined) printError(`Going on behind ${placeOf(file.progress)}.\n`);
  return file;
}

/** One spelling of an address, without what may be secret in it. */
function addressOf(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl);
  return origin + pathname.replace(/\/+$/, '');
}

interface Sink {
  readonly progress: FileProgress;
  readonly notes: readonly string[];
  write(bytes: Uint8Array): Promise<void>;
  reached(progress: Partial<FileProgress>): void;
  /** Undefined if there is nowhere to write them. */
  finish(): Promise<FileDigests | undefined>;
  leave(): void;
}

class StandardOutput implements Sink {
  readonly #stream: NodeJS.WritableStream;
  readonly #isCompressed: boolean;
  readonly notes = [];
  progress = NO_PROGRESS;

  constructor({ gzip }: ExportOptions, { stdout }: ExportContext) {
    this.#stream = stdout;
    this.#isCompressed = gzip;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.progress = { ...this.progress, bytes: this.progress.bytes + bytes.length };
    if (!this.#stream.write(await encoded(bytes, this.#isCompressed))) await once(this.#stream, 'drain');
  }

  reached(progress: Partial<FileProgress>): void {
    this.progress = { ...this.progress, ...progress };
  }

  async finish(): Promise<undefined> {
    return undefined;
  }

  leave(): void {
    // What was written stays written.
  }
}

/** The client repeats requests that get no answer; one that is cut or damaged on its way is asked for again here. */
async function partWithRetries(
  ask: (cursor: string | undefined) => Promise<ExportedPart>,
  cursor: string | undefined,
): Promise<ExportedPart> {
  for (let attempt = 1; ; attempt++) {
    try {
      const part = await ask(cursor);
      if (createHash('sha256').update(part.bytes).digest('hex') === part.facts.sha256) return part;
      if (attempt === ATTEMPTS) throw new ExportRefusedError('parts of the export arrive damaged');
    } catch (error) {
      if (!(error instanceof ConnectionError) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Asks for a part. */
function partsOf(
  { format, id, query }: ExportOptions,
  { client, part = format === 'parquet' ? PARQUET_GROUP_ROWS : PART }: ExportContext,
  bounds: StartBounds,
): (cursor: string | undefined) => Promise<ExportedPart> {
  if (id !== undefined) return (cursor) => client.exportSessionPart(id, format as 'jsonl' | 'otlp', cursor);
  const asked = {
    ...query,
    ...bounds,
    format: format as ExportQuery['format'],
    limit: part,
  };
  return (cursor) => client.exportPart(asked, cursor);
}

/** One answer, which begins again if it is cut: a session for Perfetto. */
async function exportAtOnce(options: WrittenOptions, context: ExportContext, report: Report): Promise<void> {
  const { format, id, output, gzip } = options;
  const sink =
    output === '-'
      ? new StandardOutput(options, context)
      : await ExportFile.open({ path: output, isCompressed: gzip });
  try {
    for await (const piece of pieces(context.client.exportedSession(id!, 'perfetto'))) {
      await sink.write(piece);
      report(false, sink.progress);
    }
  } catch (error) {
    sink.leave();
    throw error;
  }
  const { bytes } = sink.progress;
  writeManifest(output, await sink.finish(), { format, id, bytes });
}

/** Chunks in pieces of at least `PIECE_BYTES`, but for the last one. */
async function* pieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let piece: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    piece.push(chunk);
    bytes += chunk.length;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(piece);
    [piece, bytes] = [[], 0];
  }
  yield Buffer.concat(piece);
}

/** `bytes` and `sha256` are of the export, `file_bytes` and `file_sha256` of a file that is compressed. */
function writeManifest(output: string, digests: FileDigests | undefined, facts: object): void {
  if (digests === undefined) return;
  const { sha256, compressed } = digests;
  const ofFile = compressed && {
    ...{ compression: 'gzip', file_bytes: compressed.bytes, file_sha256: compressed.sha256 },
  };
  const manifest = { ...facts, sha256, ...ofFile };
  writeFileSync(`${output}.manifest.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
