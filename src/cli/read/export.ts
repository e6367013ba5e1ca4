import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import type { ExportedPart, ExportQuery, SojournClient } from '../../../client/src/index.js';
import { ConnectionError } from '../../../client/src/index.js';
import { count, megabytes, ProgressLine } from '../progress-line.js';
import { ExportFile, type FileProgress } from './export-file.js';

export type ExportFileFormat = ExportQuery['format'] | 'perfetto';

export interface ExportOptions {
  readonly query: Omit<ExportQuery, 'format' | 'limit'>;
  readonly format: ExportFileFormat;
  /** One session in place of a list. */
  readonly id: string | undefined;
  /** A path, or `-` for standard output. */
  readonly output: string;
  readonly overwrite: boolean;
  /** Only sessions that started within this time before the export began, ms. */
  readonly lastMs: number | undefined;
}

export interface ExportContext {
  readonly client: SojournClient;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  readonly stdout: NodeJS.WritableStream;
  /** Sessions that are asked for at once. By default 1,000. */
  readonly part?: number;
  /** Ms since 1970. */
  nowMs(): number;
  printError(text: string): void;
}

/** Sessions that are asked for at once. */
const PART = 1_000;
/** Requests for one part before the export is left unfinished. */
const ATTEMPTS = 5;

/** An export that cannot be written, with the remedy. */
export class ExportRefusedError extends Error {
  override readonly name = 'ExportRefusedError';
}

/**
 * Writes an export to a file or standard output. A file is written in parts, and goes on where it was cut. Beside it
 * is FILE.manifest.json with the counts and the SHA-256.
 */
export async function exportSessions(options: ExportOptions, context: ExportContext): Promise<void> {
  const { output, overwrite } = options;
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
    if (isInParts(options)) await exportInParts(options, context, report);
    else await exportAtOnce(options, context, report);
  } finally {
    line.end();
  }
}

type Report = (isLast: boolean, done: { readonly sessions: number; readonly bytes: number }) => void;

/** The parts of Parquet are files of their own, and one session is one answer. */
function isInParts({ format, id }: ExportOptions): boolean {
  return id === undefined && format !== 'parquet';
}

async function exportInParts(options: ExportOptions, context: ExportContext, report: Report): Promise<void> {
  const { format, query, output } = options;
  const sink = output === '-' ? new StandardOutput(context.stdout) : await fileOf(options, context);
  const startTime = sink.progress.startTime ?? startOf(options, context);
  const asked = {
    ...query,
    ...(startTime !== undefined && { startTime }),
    format: format as ExportQuery['format'],
    limit: context.part ?? PART,
  };
  let facts: ExportedPart['facts'] | undefined;
  try {
    do {
      const part = await partWithRetries(context, asked, sink.progress.cursor);
      facts = part.facts;
      await sink.write(part.bytes);
      sink.reached({ ...sumOf(sink.progress, facts), startTime });
      report(facts.next_cursor === undefined, sink.progress);
    } while (facts.next_cursor !== undefined);
  } catch (error) {
    sink.leave();
    if (output !== '-')
      context.printError(`The same command goes on behind ${count(sink.progress.sessions)} sessions.\n`);
    throw error;
  }
  const { bytes, sessions, records, inexact, damaged, isComplete } = sink.progress;
  const sha256 = sink.finish();
  if (sha256 === undefined) return;
  const { version, project, filters, as_of } = facts;
  writeManifest(output, {
    ...{
      version,
      format,
      project,
      filters,
      as_of,
      sessions,
      records,
      inexact_records: inexact,
      damaged_sessions: damaged,
      is_complete: isComplete,
      bytes,
      sha256,
    },
  });
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
  { format, query, lastMs, output }: ExportOptions,
  { printError }: ExportContext,
): Promise<Sink> {
  const file = await ExportFile.open(output, JSON.stringify({ format, lastMs, ...query }));
  const { sessions } = file.progress;
  if (file.progress.cursor !== undefined) printError(`Going on behind ${count(sessions)} sessions.\n`);
  return file;
}

interface Sink {
  readonly progress: FileProgress;
  write(bytes: Uint8Array): void | Promise<void>;
  reached(progress: Partial<FileProgress>): void;
  /** The SHA-256 of all bytes, if there is somewhere to write it. */
  finish(): string | undefined;
  leave(): void;
}

class StandardOutput implements Sink {
  readonly #stream: NodeJS.WritableStream;
  progress: FileProgress = { of: '', bytes: 0, sessions: 0 };

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.progress = { ...this.progress, bytes: this.progress.bytes + bytes.length };
    if (!this.#stream.write(bytes)) await once(this.#stream, 'drain');
  }

  reached(progress: Partial<FileProgress>): void {
    this.progress = { ...this.progress, ...progress };
  }

  finish(): undefined {
    return undefined;
  }

  leave(): void {
    // What was written stays written.
  }
}

/** The client repeats requests that get no answer; one that is cut or damaged on its way is asked for again here. */
async function partWithRetries(
  { client }: ExportContext,
  query: ExportQuery,
  cursor: string | undefined,
): Promise<ExportedPart> {
  for (let attempt = 1; ; attempt++) {
    try {
      const part = await client.exportPart(query, cursor);
      if (createHash('sha256').update(part.bytes).digest('hex') === part.facts.sha256) return part;
      if (attempt === ATTEMPTS) throw new ExportRefusedError('parts of the export arrive damaged');
    } catch (error) {
      if (!(error instanceof ConnectionError) || attempt === ATTEMPTS) throw error;
    }
  }
}

function startOf({ lastMs }: ExportOptions, { nowMs }: ExportContext): string | undefined {
  return lastMs === undefined ? undefined : new Date(nowMs() - lastMs).toISOString();
}

/** One answer, which begins again if it is cut. */
async function exportAtOnce(options: ExportOptions, context: ExportContext, report: Report): Promise<void> {
  const { client } = context;
  const { format, id, query, output } = options;
  const startTime = startOf(options, context);
  const body =
    id === undefined
      ? client.exported({
          ...query,
          ...(startTime !== undefined && { startTime }),
          format: format as ExportQuery['format'],
        })
      : client.exportedSession(id, format as 'jsonl' | 'otlp' | 'perfetto');
  const sink = output === '-' ? new StandardOutput(context.stdout) : await ExportFile.open(output);
  try {
    for await (const chunk of body) {
      await sink.write(chunk);
      report(false, sink.progress);
    }
  } catch (error) {
    sink.leave();
    throw error;
  }
  const { bytes } = sink.progress;
  const sha256 = sink.finish();
  if (sha256 !== undefined) writeManifest(output, { format, ...(id !== undefined && { id }), bytes, sha256 });
}

function writeManifest(output: string, manifest: object): void {
  writeFileSync(`${output}.manifest.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
