import { join } from 'node:path';
import { readerSource } from '../contract/reader-source.js';
import type { Store, StoreOptions } from '../contract/store.js';
import { BackgroundCompaction } from '../records/background-compaction.js';
import type { ReaderOptions } from './reader.js';
import { LOG_FOLDER } from './schema.js';
import { SqliteWriter } from './writer.js';
import type { WriterThreadOptions } from './writer-messages.js';

/** Page cache of the writing connection and of each reading connection, bytes. */
const WRITER_CACHE_BYTES = 32 * 1024 * 1024;
const READER_CACHE_BYTES = 12 * 1024 * 1024;
/**
 * Records of recently touched groups kept in memory. Up to twice as many are kept, at about 700 bytes each.
 */
const HOT_RECORDS = 15_000;

/** Memory and search limits of a store. Tests set them low in order to reach them. */
export interface SqliteTuning {
  readonly writer?: Partial<Pick<WriterThreadOptions, 'cacheBytes' | 'hotRecords' | 'nowNs'>>;
  readonly reader?: Partial<ReaderOptions>;
}

/**
 * Opens a store in the log and the SQLite databases of the directory. Each reader is a separate connection.
 */
export async function openSqliteStore(options: StoreOptions, tuning: SqliteTuning = {}): Promise<Store> {
  const { directory, sessionsBy, timeoutMs, compressAfterMs, contentSearch, normalizer, events } = options;
  const { prices, pageUrls } = normalizer;
  const damagedFile = new Int32Array(new SharedArrayBuffer(4));
  const writer = await SqliteWriter.open({
    cacheBytes: WRITER_CACHE_BYTES,
    hotRecords: HOT_RECORDS,
    damagedFile,
    ...options,
    ...tuning.writer,
  });
  const compaction =
    compressAfterMs === undefined
      ? undefined
      : new BackgroundCompaction({
          directory: join(directory, LOG_FOLDER),
          afterMs: compressAfterMs,
          lock: writer.segmentLock,
          progress: (message) => events.progress(message),
          warn: (message) => events.warning(message),
        });
  return {
    writer,
    readers: readerSource<typeof import('./reader-module.js')>(
      new URL('./reader-module.js', import.meta.url),
      {
        directory,
        cacheBytes: READER_CACHE_BYTES,
        timeoutNs: BigInt(timeoutMs) * 1_000_000n,
        sessionsByUser: sessionsBy === 'user',
        damagedFile,
        ...(contentSearch !== undefined && { contentSearch }),
        ...(prices !== undefined && { prices }),
        ...(pageUrls !== undefined && { pageUrls }),
        ...tuning.reader,
      },
    ),
    installationKey: writer.installationKey,
    erasures: writer,
    retentions: writer,
    capabilities: {
      ...{ knownRecords: true, filteredCounts: true, changes: true, localFiles: true },
      contentSearch: contentSearch === true,
    },
    close: async () => {
      await compaction?.close();
      await writer.close();
    },
  };
}
