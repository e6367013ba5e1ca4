import type { Normalizer } from '../../normalize/normalizer.js';
import { STATE_KEYS } from '../engine/state-keys.js';
import type { SessionDetails } from '../read/session-details.js';
import {
  byUserOf,
  StoreReader,
  type StoreReaderOptions,
  sessionDetails,
  sessionLists,
} from '../read/store-reader.js';
import { UserSessions } from '../read/user-sessions.js';
import type { LogReader } from '../records/log-reader.js';
import type { SessionLists } from '../search/session-lists.js';
import { TextSearch } from '../search/text/text-search.js';
import { ColumnReader } from './column-reader.js';
import {
  type Database,
  isDamaged,
  KEPT,
  Meta,
  namedFile,
  nameOfFile,
  openDatabase,
  openLogReader,
  type Statement,
} from './database.js';
import { SqliteLoads } from './load.js';
import { releaseStatements } from './release-statements.js';
import { SearchStatements } from './search-statements.js';
import { numberOfFile } from './session-files.js';
import { SqliteSessionReads } from './session-reads.js';
import { SqliteSnapshots } from './snapshots.js';
import { TextReader } from './text/text-reader.js';

export interface ReaderOptions extends StoreReaderOptions {
  readonly directory: string;
  /** Page cache of this connection, bytes. */
  readonly cacheBytes: number;
  /** One integer, in which the reader reports the number of a damaged file of sessions. */
  readonly damagedFile?: Int32Array<SharedArrayBuffer>;
}

/** Most prepared statements that are kept. Filters need many different ones. */
const MAX_STATEMENTS = 256;

/**
 * Interval at which an idle reader checks whether its file was replaced, ms. Until it does, the old file uses
 * disk space.
 */
const LEAVE_EVERY_MS = 5_000;

/**
 * The reading half of the SQLite store: a separate connection, which sees the last commit and never writes.
 * Each question is answered from the file of sessions that is named when it begins (session-files.ts). After
 * another file is named, the old one is closed after its last question.
 */
export class SqliteReader extends StoreReader {
  readonly #open: () => OpenFile;
  readonly #damagedFile: Int32Array<SharedArrayBuffer> | undefined;
  /** The file for the next question. */
  #file: OpenFile;
  /** That file, and earlier ones with unfinished questions. */
  readonly #files = new Set<OpenFile>();
  readonly #leaving: NodeJS.Timeout;

  /** `checkpoint` is called often while telemetry is read. An error that it throws aborts the read. */
  constructor(options: ReaderOptions, normalizer: Normalizer, checkpoint: () => void = () => {}) {
    super();
    this.#damagedFile = options.damagedFile;
    this.#open = () => new OpenFile(options, normalizer, checkpoint);
    this.#file = this.#open();
    this.#files.add(this.#file);
    this.#leaving = setInterval(() => this.#leaveReplaced(), LEAVE_EVERY_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#leaving);
    for (const file of [...this.#files]) {
      await file.settled();
      this.#closeFile(file);
    }
  }

  /** Answers a question from the named file. */
  async #ask<T>(question: (file: OpenFile) => Promise<T>): Promise<T> {
    this.#leaveReplaced();
    const file = this.#file;
    file.questions++;
    try {
      return await question(file);
    } catch (error) {
      if (this.#damagedFile !== undefined && isDamaged(error)) {
        Atomics.store(this.#damagedFile, 0, numberOfFile(file.name));
      }
      throw error;
    } finally {
      file.questions--;
      if (file !== this.#file && file.questions === 0) this.#closeFile(file);
    }
  }

  protected override askDetails<T>(question: (details: SessionDetails) => Promise<T>): Promise<T> {
    return this.#ask(({ details }) => question(details));
  }

  protected override askLists<T>(
    project: string,
    question: (lists: SessionLists, project: number) => Promise<T>,
  ): Promise<T> {
    return this.#ask(({ snapshots, reads, lists }) =>
      snapshots.snapshot(async () => question(lists(), reads.projectNo(project) ?? 0)),
    );
  }

  /** Switches to the named file if it has changed. Nothing derived from the old one is reused. */
  #leaveReplaced(): void {
    const old = this.#file;
    if (!old.isReplaced()) return;
    this.#file = this.#open();
    this.#files.add(this.#file);
    if (old.questions === 0) this.#closeFile(old);
  }

  #closeFile(file: OpenFile): void {
    if (!this.#files.delete(file)) return;
    file.close();
    if (file !== this.#file) releaseStatements();
  }
}

/**
 * Opens the named file of sessions. Retried if another file is named meanwhile, because the first may be
 * removed.
 */
function openNamed(directory: string, cacheBytes: number): { readonly db: Database; readonly file: string } {
  for (;;) {
    const file = nameOfFile(directory);
    try {
      return { db: openDatabase(directory, { readOnly: true, cacheBytes, file }), file };
    } catch (error) {
      if (nameOfFile(directory) === file) throw error;
    }
  }
}

/** Number of files opened in this thread. */
let opened = 0;

/** A connection to a file of sessions, and everything derived from it. */
class OpenFile {
  /** Name of the file. */
  readonly name: string;
  readonly reads: SqliteSessionReads;
  readonly snapshots: SqliteSnapshots;
  readonly details: SessionDetails;
  /** Reads of many sessions, in a snapshot that has begun. */
  readonly lists: () => SessionLists;
  /** Number of unfinished questions. */
  questions = 0;
  readonly #db: Database;
  readonly #kept: Meta;
  readonly #log: LogReader;
  readonly #text: TextReader | undefined;
  /** Least recently used first. */
  readonly #statements = new Map<string, Statement>();

  constructor(options: ReaderOptions, normalizer: Normalizer, checkpoint: () => void) {
    const { directory, cacheBytes } = options;
    ({ db: this.#db, file: this.name } = openNamed(directory, cacheBytes));
    this.#kept = new Meta(this.#db, KEPT);
    const prepare = (sql: string): Statement => this.#prepare(sql);
    this.#log = openLogReader(directory);
    this.reads = new SqliteSessionReads(prepare, new SqliteLoads(this.#db), this.#log, ++opened);
    this.snapshots = new SqliteSnapshots(this.#db, this.reads);
    const sessionsBy = new Meta(this.#db).text(STATE_KEYS.sessionsBy);
    this.details = sessionDetails(this.snapshots, options, sessionsBy, normalizer, checkpoint);
    const rows = { rows: new SearchStatements(prepare), columnRows: new ColumnReader(prepare) };
    const byUser = byUserOf(options, sessionsBy);
    const text = options.contentSearch === true ? new TextReader(directory) : undefined;
    this.#text = text;
    const search = text && new TextSearch({ normalizer, checkpoint });
    const { reads } = this;
    this.lists = () => {
      const users = byUser && new UserSessions(reads, byUser);
      return sessionLists(
        { ...rows, ...(search && text && { text: { search, moment: { reads, users, index: text } } }) },
        options,
        checkpoint,
      );
    };
  }

  /** Whether another file is named now. */
  isReplaced(): boolean {
    return namedFile(this.#kept) !== this.name;
  }

  /** Resolves when all questions asked so far are answered. */
  settled(): Promise<void> {
    return this.snapshots.settled();
  }

  close(): void {
    this.#db.close();
    this.#text?.close();
    this.#log.close();
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      statement.setReadBigInts(true);
      if (this.#statements.size >= MAX_STATEMENTS) {
        this.#statements.delete(this.#statements.keys().next().value!);
      }
    } else {
      this.#statements.delete(sql);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}
