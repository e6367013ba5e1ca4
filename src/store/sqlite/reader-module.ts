import { AttributeNormalizer } from '../../normalize/attribute-normalizer.js';
import { DIALECTS } from '../../normalize/dialects/registry.js';
import { OwnPrices } from '../../normalize/own-prices.js';
import { createUsageReader } from '../../normalize/usage.js';
import { DEFAULT_PAGE_URLS } from '../../normalize/visit/page-url.js';
import { createVisitReader } from '../../normalize/visit/visit-reader.js';
import type { SessionReader } from '../contract/reader.js';
import { type ReaderOptions, SqliteReader } from './reader.js';

/** Entry for query threads: opens a separate connection. */
export async function openReader(options: ReaderOptions, checkpoint?: () => void): Promise<SessionReader> {
  // The rows of sessions already have users and places.
  return new SqliteReader(
    options,
    new AttributeNormalizer(undefined, createUsageReader(DIALECTS, new OwnPrices(options.prices ?? [])), {
      visit: createVisitReader({ pageUrls: options.pageUrls ?? DEFAULT_PAGE_URLS }),
    }),
    checkpoint,
  );
}
