import { AttributeNormalizer } from './attribute-normalizer.js';
import type { ClientIpPolicy } from './client-ip.js';
import { DIALECTS } from './dialects/registry.js';
import { openGeo } from './geo.js';
import { createIdentityReader } from './identity.js';
import type { SharedNormalizer } from './normalizer.js';
import { type OwnPrice, OwnPrices } from './own-prices.js';
import { QuietRoutes, quietPatterns } from './quiet-routes.js';
import { TagReader } from './tag-reader.js';
import { createUsageReader } from './usage.js';
import { createUserIds, type UserIdMode } from './user-id.js';
import { DEFAULT_PAGE_URLS, type PageUrlMode } from './visit/page-url.js';
import { createVisitReader } from './visit/visit-reader.js';

export interface NormalizerOptions {
  readonly userIds: UserIdMode;
  /** Secret of the installation for pseudonyms, 32 bytes. */
  readonly userIdKey: Uint8Array;
  readonly clientIp: ClientIpPolicy;
  /** City-level MMDB file; undefined uses the package's country database. */
  readonly geoDatabase: string | undefined;
  /** The bytes of that database, if several threads share them (`readGeoDatabase`). */
  readonly geoBytes?: Uint8Array;
  /** Proxies in front of the services, counted outwards; undefined if unknown. */
  readonly trustedProxies?: number | undefined;
  /** Patterns of quiet requests (quiet-routes.ts); none if left out. */
  readonly quietRoutes?: readonly string[];
  /** Names of attributes whose values sessions are found by. Default: none. */
  readonly indexAttributes?: readonly string[];
  /** Which part of page addresses is kept in sessions. */
  readonly pageUrls?: PageUrlMode;
  /** The operator's own prices, which come before the table's. */
  readonly prices?: readonly OwnPrice[];
}

/**
 * Raise this with every change of a rule in code. Changes of dialect tables are detected by their digests
 * (store/engine/identity.ts).
 */
export const FACTS_VERSION = 13;

/** The normaliser for received telemetry. Opens the geo database once. */
export async function createNormalizer(options: NormalizerOptions): Promise<SharedNormalizer> {
  const identity = createIdentityReader({
    userIds: createUserIds({ mode: options.userIds, key: options.userIdKey }),
    geo: await openGeo({ file: options.geoDatabase, bytes: options.geoBytes }),
    clientIp: options.clientIp,
    trustedProxies: options.trustedProxies,
  });
  const usage = createUsageReader(DIALECTS, new OwnPrices(options.prices ?? []));
  const patterns = quietPatterns(options.quietRoutes ?? []);
  return new AttributeNormalizer(identity, usage, {
    visit: createVisitReader({ pageUrls: options.pageUrls ?? DEFAULT_PAGE_URLS }),
    tags: new TagReader(options.indexAttributes ?? []),
    quietRoutes: patterns.length === 0 ? undefined : new QuietRoutes(patterns),
  });
}
