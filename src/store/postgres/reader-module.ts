import type { SessionReader } from '../contract/reader.js';
import { readerNormalizer } from '../read/store-reader.js';
import { PostgresReader, type ReaderOptions } from './reader.js';

/** Entry for query threads: each has a connection of its own, which is opened with the first question. */
export async function openReader(options: ReaderOptions, checkpoint?: () => void): Promise<SessionReader> {
  return new PostgresReader(options, readerNormalizer(options), checkpoint);
}
