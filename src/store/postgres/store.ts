import { Worker } from 'node:worker_threads';
import { readerSource } from '../contract/reader-source.js';
import type { Store, StoreEvents, StoreOptions } from '../contract/store.js';
import type { ReaderOptions } from './reader.js';
import type { FromTextThread, TextThreadOptions } from './text/text-thread.js';
import { type OpenWriterOptions, PostgresWriter } from './writer.js';

/** How long another process waits until it folds in the place of one that is gone or paused, ms. */
const LEASE_MS = 10_000;

/** How long a sender waits at most for the answer that its telemetry could not be stored, ms. */
const ANSWER_MS = 15_000;

/** Records of the groups last touched that are kept in memory, twice over at most; about 700 bytes each. */
const HOT_RECORDS = 15_000;

/** How much memory a store takes and how far it looks. Tests make the limits small. */
export interface PostgresTuning {
  readonly writer?: Partial<
    Pick<OpenWriterOptions, 'leaseMs' | 'answerMs' | 'hotRecords' | 'packsAtOnce' | 'nowNs'>
  >;
  readonly reader?: Partial<ReaderOptions>;
}

/**
 * A store in a PostgreSQL database, which it shares with any number of processes
 * (docs/decisions/016-postgres.md). @throws UnusableDatabaseError
 */
export async function openPostgresStore(
  { url, ...options }: Omit<StoreOptions, 'directory'> & { readonly url: string },
  tuning: PostgresTuning = {},
): Promise<Store> {
  const { sessionsBy, timeoutMs, contentSearch = false, normalizer, events } = options;
  const { prices, pageUrls } = normalizer;
  const writer = await PostgresWriter.open({
    ...options,
    url,
    leaseMs: LEASE_MS,
    answerMs: ANSWER_MS,
    hotRecords: HOT_RECORDS,
    ...tuning.writer,
  });
  const indexing = contentSearch ? startIndexing(url, events) : undefined;
  return {
    writer,
    readers: readerSource<typeof import('./reader-module.js')>(
      new URL('./reader-module.js', import.meta.url),
      {
        url,
        timeoutNs: BigInt(timeoutMs) * 1_000_000n,
        sessionsByUser: sessionsBy === 'user',
        contentSearch,
        ...(prices !== undefined && { prices }),
        ...(pageUrls !== undefined && { pageUrls }),
        ...tuning.reader,
      },
    ),
    installationKey: writer.installationKey,
    erasures: writer,
    retentions: writer,
    capabilities: {
      ...{ knownRecords: false, filteredCounts: true, changes: true, localFiles: false },
      contentSearch,
    },
    close: async () => {
      await indexing?.terminate();
      await writer.close();
    },
  };
}

/** What a stop interrupts is done again later, by this process or another one. */
function startIndexing(url: string, events: StoreEvents): Worker {
  const workerData: TextThreadOptions = { url };
  const report = (reason: string): void =>
    events.progress(`content search is not indexed for now, and is tried again: ${reason}`);
  return new Worker(new URL('./text/text-thread.js', import.meta.url), { workerData })
    .on('message', ({ reason }: FromTextThread) => report(reason))
    .on('error', ({ message }) => report(message));
}
