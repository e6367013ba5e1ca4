import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Erasures } from '../../src/store/contract/erasure.js';
import type { SessionReader } from '../../src/store/contract/reader.js';
import { openReader } from '../../src/store/contract/reader-source.js';
import type { SessionWriter, Store } from '../../src/store/contract/store.js';
import { findLogEnd } from '../../src/store/records/log-end.js';
import { openLogReader } from '../../src/store/sqlite/database.js';
import type { ReaderOptions } from '../../src/store/sqlite/reader.js';
import { LOG_FOLDER } from '../../src/store/sqlite/schema.js';
import { openSqliteStore } from '../../src/store/sqlite/store.js';
import { TextFile } from '../../src/store/sqlite/text/text-file.js';
import { indexStep } from '../../src/store/sqlite/text/text-steps.js';
import { QUIET } from '../support/engine.js';
import { CONFORMANCE_SETTINGS, type StoreUnderTest } from './bench.js';
import { storeConformance } from './store.case.js';

/** Each block is a document. */
const SMALL = { leastBytes: 1, documentBytes: 1 };

const CACHE_BYTES = 4 * 1024 * 1024;

class SqliteUnderTest implements StoreUnderTest {
  readonly knownRecords = true;
  readonly #root = mkdtempSync(join(tmpdir(), 'sojourn-conformance-'));
  readonly #hotRecords: number;
  readonly #limits: Partial<ReaderOptions>;
  #generation = 0;
  #store: Store | undefined;
  #reader: SessionReader | undefined;

  private constructor(hotRecords: number, limits: Partial<ReaderOptions>) {
    this.#hotRecords = hotRecords;
    this.#limits = limits;
  }

  static async open(hotRecords: number, limits: Partial<ReaderOptions> = {}): Promise<StoreUnderTest> {
    const store = new SqliteUnderTest(hotRecords, limits);
    await store.#open();
    return store;
  }

  get writer(): SessionWriter {
    return this.#store!.writer;
  }

  get erasures(): Erasures {
    return this.#store!.erasures!;
  }

  get reader(): SessionReader {
    return this.#reader!;
  }

  /** As the thread of the store does when there is enough. */
  index = async (): Promise<void> => {
    const file = new TextFile(this.#directory);
    const reader = openLogReader(this.#directory);
    try {
      while (indexStep(file, reader, findLogEnd(join(this.#directory, LOG_FOLDER)).last, SMALL));
    } finally {
      reader.close();
      file.close();
    }
  };

  async reopen(): Promise<void> {
    await this.#close();
    await this.#open();
  }

  /** The data on disk while the writer is idle is what a killed process would leave. */
  async crash(): Promise<void> {
    const before = this.#directory;
    this.#generation++;
    cpSync(before, this.#directory, { recursive: true });
    await this.#close();
    rmSync(before, { recursive: true });
    await this.#open();
  }

  async dispose(): Promise<void> {
    await this.#close();
    rmSync(this.#root, { recursive: true });
  }

  get #directory(): string {
    return join(this.#root, `data-${this.#generation}`);
  }

  async #open(): Promise<void> {
    const { nowNs, ...settings } = CONFORMANCE_SETTINGS;
    this.#store = await openSqliteStore(
      { ...settings, directory: this.#directory, contentSearch: true, events: QUIET },
      {
        writer: { cacheBytes: CACHE_BYTES, hotRecords: this.#hotRecords, nowNs },
        reader: { cacheBytes: CACHE_BYTES, ...this.#limits },
      },
    );
    this.#reader = await openReader(this.#store.readers, () => {});
  }

  async #close(): Promise<void> {
    await this.#reader?.close();
    await this.#store?.close();
  }
}

/** Gives up a search at its beginning, and caches nothing for the next. */
const HASTY: Partial<ReaderOptions> = {
  maxExamined: 3,
  mostTextBytes: 0,
  eventLimits: { events: 3, groups: 1 },
  eventCacheBytes: 0,
};

const TEXTS = { hasTexts: true };

storeConformance('SQLite', () => SqliteUnderTest.open(100_000), TEXTS);
storeConformance(
  'SQLite with nothing held in memory',
  () => SqliteUnderTest.open(0, { mostTextBytes: 0 }),
  TEXTS,
);
storeConformance('SQLite that gives up a search early', () => SqliteUnderTest.open(100_000, HASTY), TEXTS);
