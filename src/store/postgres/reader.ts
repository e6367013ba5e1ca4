import type { Normalizer } from '../../normalize/normalizer.js';
import type { RunLimits } from '../../sessionize/by-user.js';
import { StoreUnavailableError } from '../contract/unavailable.js';
import type { SessionDetails } from '../read/session-details.js';
import {
  byUserOf,
  StoreReader,
  type StoreReaderOptions,
  sessionDetails,
  sessionLists,
} from '../read/store-reader.js';
import { UserSessions } from '../read/user-sessions.js';
import { KeptChunks } from '../search/columns/chunk-reader.js';
import type { SessionLists } from '../search/session-lists.js';
import { TextSearch } from '../search/text/text-search.js';
import { columnReader } from './column-reader.js';
import { Pool } from './pool.js';
import { SearchStatements } from './search-statements.js';
import { KeptRows, PostgresSessionReads } from './session-reads.js';
import { isOfReplacedRows, type NamedRows, namedRows, PostgresSnapshots } from './snapshots.js';
import { DatabaseError } from './statement.js';
import { TextReader } from './text/text-tables.js';

export interface ReaderOptions extends StoreReaderOptions {
  /** As `ConnectionOptions.url`. */
  readonly url: string;
}

/** How long a statement may take, ms: more than any read may. `checkpoint` ends a read before that. */
const STATEMENT_MS = 11 * 60_000;

/** How long a transaction may wait for its reader, which decodes telemetry meanwhile, ms. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** How often a question is asked where rows are replaced meanwhile. */
const MOST_TRIES = 3;

/**
 * The reading half of the PostgreSQL store, over one connection. It never writes. Each question is answered from
 * the rows that are named when it begins; when others are named, nothing worked out of the old ones is used again.
 * Rejects with a `StoreUnavailableError` while there is no connection; the next question opens another one.
 */
export class PostgresReader extends StoreReader {
  readonly #pool: Pool;
  readonly #open: () => Promise<OpenRows>;
  /** What the next question is answered from. */
  #rows: Promise<OpenRows> | undefined;

  /**
   * `checkpoint` is called often while telemetry is read and while the database works. What it throws ends the
   * read, and what the database does for it.
   */
  constructor(options: ReaderOptions, normalizer: Normalizer, checkpoint: () => void = () => {}) {
    super();
    const limits = { statementMs: STATEMENT_MS, idleInTransactionMs: IDLE_IN_TRANSACTION_MS };
    this.#pool = new Pool({ url: options.url, purpose: 'reader', ...limits }, 1);
    this.#open = async () =>
      new OpenRows(this.#pool, await namedRows(this.#pool, checkpoint), options, normalizer, checkpoint);
  }

  protected override askDetails<T>(question: (details: SessionDetails) => Promise<T>): Promise<T> {
    return this.#ask(({ details }) => question(details));
  }

  protected override askLists<T>(
    project: string,
    question: (lists: SessionLists, project: number) => Promise<T>,
  ): Promise<T> {
    return this.#ask((rows) => rows.list(project, question));
  }

  async close(): Promise<void> {
    await this.#rows?.then((rows) => rows.snapshots.settled()).catch(() => {});
    await this.#pool.close();
  }

  async #ask<T>(question: (rows: OpenRows) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      this.#rows ??= this.#open();
      const asked = this.#rows;
      let isOpen = false;
      try {
        const rows = await asked;
        isOpen = true;
        return await question(rows);
      } catch (error) {
        const isOfOthers = isOfReplacedRows(error);
        if ((isOfOthers || !isOpen) && this.#rows === asked) this.#rows = undefined;
        if (isOfOthers && tries < MOST_TRIES) continue;
        const isForNow = isOfOthers || (error instanceof DatabaseError && error.mayPass);
        throw isForNow ? new StoreUnavailableError((error as Error).message, { cause: error }) : error;
      }
    }
  }
}

/** Sets of rows that were opened in this thread: versions of another one are greater. */
let opened = 0;

/** A set of rows, and all that was worked out of it. */
class OpenRows {
  readonly snapshots: PostgresSnapshots;
  readonly details: SessionDetails;
  readonly #kept = new KeptRows(++opened);
  readonly #keptChunks = new KeptChunks();
  readonly #options: StoreReaderOptions;
  readonly #checkpoint: () => void;
  readonly #byUser: RunLimits | undefined;
  readonly #search: TextSearch | undefined;

  constructor(
    pool: Pool,
    { number, sessionsBy }: NamedRows,
    options: StoreReaderOptions,
    normalizer: Normalizer,
    checkpoint: () => void,
  ) {
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.snapshots = new PostgresSnapshots(
      pool,
      number,
      (moment) => new PostgresSessionReads(moment, this.#kept),
      checkpoint,
    );
    this.#byUser = byUserOf(options, sessionsBy);
    if (options.contentSearch === true) this.#search = new TextSearch({ normalizer, checkpoint });
    this.details = sessionDetails(this.snapshots, options, sessionsBy, normalizer, checkpoint);
  }

  /** A read over many sessions, of one snapshot. */
  list<T>(project: string, question: (lists: SessionLists, project: number) => Promise<T>): Promise<T> {
    return this.snapshots.moment(async (moment) => {
      const reads = new PostgresSessionReads(moment, this.#kept);
      const number = await reads.project(project);
      const { session } = moment;
      const columnRows = columnReader(session, this.#keptChunks);
      const rows = { rows: new SearchStatements(session), columnRows };
      const search = this.#search;
      const users = this.#byUser && new UserSessions(reads, this.#byUser);
      const text = search && { search, moment: { reads, users, index: new TextReader(session) } };
      return question(
        sessionLists({ ...rows, ...(text && { text }) }, this.#options, this.#checkpoint),
        number ?? 0,
      );
    });
  }
}
