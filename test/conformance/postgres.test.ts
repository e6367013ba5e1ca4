import { after } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { Client } from 'pg';
import type { Erasures } from '../../src/store/contract/erasure.js';
import type { SessionReader } from '../../src/store/contract/reader.js';
import { openReader } from '../../src/store/contract/reader-source.js';
import type { SessionWriter, Store } from '../../src/store/contract/store.js';
import { Connection } from '../../src/store/postgres/connection.js';
import type { ReaderOptions } from '../../src/store/postgres/reader.js';
import { openPostgresStore, type PostgresTuning } from '../../src/store/postgres/store.js';
import { TextTables } from '../../src/store/postgres/text/text-tables.js';
import { QUIET } from '../support/engine.js';
import { startPostgres, withoutPostgres } from '../support/postgres.js';
import type { StoreUnderTest } from './bench.js';

// A commit over a network takes longer. The properties themselves are tried more often over SQLite, and an example that
// fails is shown as it is: to look for a smaller one takes longer than a file of tests may.
process.env.SOJOURN_CONFORMANCE_RUNS ??= '6';
fc.configureGlobal({ endOnFailure: true, includeErrorInReport: true });
const { CONFORMANCE_SETTINGS } = await import('./bench.js');
const { storeConformance } = await import('./store.case.js');

const postgres = withoutPostgres === false ? await startPostgres() : undefined;
after(() => postgres?.stop());

class PostgresUnderTest implements StoreUnderTest {
  readonly knownRecords = false;
  readonly #url: string;
  readonly #limits: Partial<ReaderOptions>;
  readonly #writer: PostgresTuning['writer'];
  readonly #client: Client;
  #store: Store | undefined;
  #reader: SessionReader | undefined;

  private constructor(url: string, limits: Partial<ReaderOptions>, writer: PostgresTuning['writer']) {
    this.#url = url;
    this.#client = new Client({ connectionString: url });
    this.#limits = limits;
    this.#writer = writer;
  }

  static async open(
    limits: Partial<ReaderOptions> = {},
    writer: PostgresTuning['writer'] = {},
  ): Promise<StoreUnderTest> {
    const store = new PostgresUnderTest(await postgres!.createDatabase(), limits, writer);
    await store.#client.connect();
    await store.#open();
    return store;
  }

  get writer(): SessionWriter {
    const { writer } = this.#store!;
    return {
      append: async (project, batch) => {
        const result = await writer.append(project, batch);
        await this.#folded();
        return result;
      },
      invalidate: (project, id) => writer.invalidate(project, id),
      watch: (listener) => writer.watch(listener),
    };
  }

  /** Resolves when readers see all that was appended. */
  async #folded(): Promise<void> {
    for (;;) {
      const { rows } = await this.#client.query(
        'SELECT 1 FROM sojourn.log_block WHERE number IS NULL OR number > (SELECT folded FROM sojourn.lease WHERE lane = 0) LIMIT 1',
      );
      if (rows.length === 0) return;
      await setTimeout(1);
    }
  }

  get erasures(): Erasures {
    return this.#store!.erasures!;
  }

  get reader(): SessionReader {
    return this.#reader!;
  }

  /** As the thread of the store does when there is enough. */
  index = async (): Promise<void> => {
    const connection = await Connection.open({ url: this.#url, purpose: 'index', statementMs: 60_000 });
    try {
      const tables = new TextTables(connection);
      await tables.prepare();
      while (await tables.step(1));
    } finally {
      await connection.close();
    }
  };

  async reopen(): Promise<void> {
    await this.#close();
    await this.#open();
  }

  crash(): Promise<void> {
    return this.reopen();
  }

  async dispose(): Promise<void> {
    await this.#client.end();
    await this.#close();
  }

  async #open(): Promise<void> {
    const { nowNs, ...settings } = CONFORMANCE_SETTINGS;
    this.#store = await openPostgresStore(
      { ...settings, url: this.#url, contentSearch: true, events: QUIET },
      { writer: { ...this.#writer, nowNs }, reader: this.#limits },
    );
    this.#reader = await openReader(this.#store.readers, () => {});
  }

  async #close(): Promise<void> {
    await this.#reader?.close();
    await this.#store?.close();
  }
}

const TEXTS = { hasTexts: true };

storeConformance('PostgreSQL', () => PostgresUnderTest.open(), TEXTS);
storeConformance(
  'PostgreSQL, with sessions packed as they come',
  () => PostgresUnderTest.open({ fewSessions: 0, mostTextBytes: 0 }, { packsAtOnce: true }),
  TEXTS,
);
