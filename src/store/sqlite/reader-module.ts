import type { SessionReader } from '../contract/reader.js';
import { readerNormalizer } from '../read/store-reader.js';
import { type ReaderOptions, SqliteReader } from './reader.js';

/** Entry for query threads: opens a separate connection. */
export async function openReader(options: ReaderOptions, checkpoint?: () => void): Promise<SessionReader> {
  return new SqliteReader(options, readerNormalizer(options), checkpoint);
}
