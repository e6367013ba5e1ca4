import { createHash } from 'node:crypto';
import { declaredKeys } from '../../normalize/attributes.js';
import { PRICE_TABLE } from '../../normalize/cost.js';
import { FACTS_VERSION, type NormalizerOptions } from '../../normalize/create.js';
import type { Dialect } from '../../normalize/dialects/dialect.js';
import { DIALECTS } from '../../normalize/dialects/registry.js';
import { sessionKeysOf } from '../../normalize/session-id.js';
import { DEFAULT_PAGE_URLS, type PageUrlMode } from '../../normalize/visit/page-url.js';
import type { RunLimits } from '../../sessionize/by-user.js';
import { FORM_VERSION } from '../../sessionize/stored-form.js';
import { Listing } from '../contract/listing.js';
import {
  costBucket,
  durationBucket,
  ErrorFacet,
  EXPLICIT,
  FacetKind,
  IMPLICIT,
  spansBucket,
  tokensBucket,
} from './facets.js';
import type { EngineState } from './loads.js';
import { Dimension, LEVEL_NS } from './rollups.js';
import { GroupKind } from './row-values.js';
import { TIMELINE_LEVEL_NS } from './timeline-rows.js';
import { runLimits } from './user-runs.js';

/**
 * What stored rows depend on besides the telemetry. If any of it has changed since rows were made, they must
 * be made again. Code has versions that are raised by hand (`test/facts-version.test.ts` shows when). Tables
 * and settings are compared by digests.
 */

/**
 * The version of the rules of sessions. Raised when code binds records to other sessions than before, or
 * makes derived rows in another way. Then everything is folded again, and readers keep the older rows
 * meanwhile. If readers of this program cannot read an older stored form (places, entries of the call index),
 * the schema version of the store must be raised instead. The form of sessions has its own version
 * (`FORM_VERSION`). A program of a smaller version refuses the rows.
 */
export const RULES_VERSION = 9;

/** Named parts, each as text. Equal identities result in equal rows. */
export type Identity = Readonly<Record<string, string>>;

/** The tables that rows depend on. */
export interface RowTables {
  readonly dialects: readonly Dialect[];
  readonly facetKinds: Readonly<Record<string, number>>;
  readonly errorFacets: Readonly<Record<string, string>>;
  readonly dimensions: Readonly<Record<string, number>>;
  readonly groupKinds: Readonly<Record<string, number>>;
  readonly listings: Readonly<Record<string, number>>;
  /** Widths of the buckets of statistics and of timelines, ns. */
  readonly levels: readonly bigint[];
  readonly timelineLevels: readonly bigint[];
  /** The buckets of filters for a dense sample of numbers. */
  readonly buckets: readonly string[];
}

/**
 * Powers of two, and numbers between them. If the limits of buckets change, one of these numbers changes its
 * bucket.
 */
const SAMPLES = Array.from({ length: 62 * 4 }, (_, i) => ((4n + BigInt(i % 4)) << BigInt(i >> 2)) >> 2n);

/** The tables of this program. */
export const ROW_TABLES: RowTables = {
  dialects: DIALECTS,
  facetKinds: FacetKind,
  errorFacets: ErrorFacet,
  dimensions: Dimension,
  groupKinds: GroupKind,
  listings: Listing,
  levels: LEVEL_NS,
  timelineLevels: TIMELINE_LEVEL_NS,
  buckets: SAMPLES.flatMap((sample) => [
    durationBucket(sample),
    costBucket(sample),
    tokensBucket(sample),
    spansBucket(Number(sample)) + EXPLICIT + IMPLICIT,
  ]),
};

/** What all rows depend on. If any of it changes, everything is folded again. */
export type RowIdentity = {
  readonly [K in 'rules' | 'sessionsBy' | 'pageUrls' | 'tables']: NonNullable<EngineState[K]>;
};

/** The settings that are part of `RowIdentity`. */
export interface RowSettings {
  /** The tables that rows depend on, as text. Default: those of this program. */
  readonly tables?: string;
  /** Which parts of page addresses the normalizer keeps. */
  readonly pageUrls?: PageUrlMode;
  /** A session is open until this time after its last activity, ns. */
  readonly timeoutNs: bigint;
  /**
   * Groups traces that name a user and no session by user (S40). If undefined, each is a separate session
   * (S7).
   */
  readonly sessionsByUser?: SessionsByUser | undefined;
}

export interface SessionsByUser {
  /** Identity of all settings that user ids depend on. */
  readonly identity: string;
  /** Most traces of a session and of an hour. Default: MOST_TRACES. */
  readonly mostTraces?: number;
}

/** The stored value if traces are not grouped by user. */
const BY_ID = 'id';

/** What rows depend on in this program with these settings. */
export function rowIdentity(settings: RowSettings): RowIdentity {
  const { tables = TABLES, pageUrls = DEFAULT_PAGE_URLS, timeoutNs, sessionsByUser } = settings;
  let sessionsBy = BY_ID;
  if (sessionsByUser !== undefined) {
    const { pauseNs, mostTraces } = runLimits(timeoutNs, sessionsByUser.mostTraces);
    sessionsBy = `user ${pauseNs} ${mostTraces} ${sessionsByUser.identity}`;
  }
  return { rules: RULES_VERSION, sessionsBy, pageUrls, tables };
}

/**
 * The limits by which rows were grouped by user, from `RowIdentity.sessionsBy`. Undefined if they were not.
 */
export function runLimitsOf(sessionsBy: string): RunLimits | undefined {
  const [, pauseNs, mostTraces] = /^user (\d+) (\d+) /.exec(sessionsBy) ?? [];
  return pauseNs === undefined ? undefined : { pauseNs: BigInt(pauseNs), mostTraces: Number(mostTraces) };
}

/**
 * Names of the parts that have changed since rows were made; empty if the rows can be continued. If nothing
 * is stored, there are no rows.
 */
export function changedIdentity(was: Partial<EngineState>, now: RowIdentity): string[] {
  if (was.rules === undefined) return [];
  const others: string[] = [];
  if (was.rules !== now.rules) others.push('rules of sessions');
  if ((was.sessionsBy ?? BY_ID) !== now.sessionsBy) others.push('what sessions are made by');
  if ((was.pageUrls ?? DEFAULT_PAGE_URLS) !== now.pageUrls) others.push('addresses of pages');
  return [...others, ...changedTables(was.tables ?? now.tables, now.tables)];
}

/**
 * Whether current readers can read the rows: sessions are found by the same values and counted in the same
 * buckets.
 */
export function areReadable(was: Partial<EngineState>, now: RowIdentity): boolean {
  const others = changedTables(was.tables ?? now.tables, now.tables);
  return !others.includes(FORMS) && !others.includes(SESSION_FORM);
}

/** Name of the part of the tables by which rows are found and counted. */
const FORMS = 'filters and counters';
/** Name of the part with the version of the form of sessions. */
const SESSION_FORM = 'form of sessions';

/**
 * The parts of the tables whose change requires folding everything again: those that bind records to
 * sessions, and those by which rows are found.
 */
export function tablesIdentity({ dialects, ...forms }: RowTables = ROW_TABLES): Identity {
  return {
    'keys of sessions': digestOf(bindingKeys(dialects)),
    [FORMS]: digestOf(forms),
    [SESSION_FORM]: String(FORM_VERSION),
  };
}

/** The tables of this program. */
const TABLES = textOf(tablesIdentity());

/** What binds a record to a session: names of attribute keys, in the order in which they are read. */
function bindingKeys(dialects: readonly Dialect[]): unknown {
  const names = (keys: readonly number[]) => keys.map((key) => declaredKeys()[key]!.name);
  return [
    names(sessionKeysOf(dialects)),
    dialects.flatMap(({ scopedSessionKeys: scoped }) =>
      scoped === undefined ? [] : [[scoped.scopeName, names(scoped.keys)]],
    ),
    dialects.flatMap(({ noSessions = [] }) => noSessions.map(({ key, value }) => [names([key]), value])),
  ];
}

/** What traits and costs of a session depend on. If it changes, sessions are folded again one by one. */
export function sessionIdentity(
  options: Omit<NormalizerOptions, 'userIdKey' | 'quietRoutes'>,
  dialects: readonly Dialect[] = DIALECTS,
): Identity {
  const { userIds, clientIp, geoDatabase, trustedProxies, pageUrls, prices = [] } = options;
  const { indexAttributes = [] } = options;
  return {
    facts: String(FACTS_VERSION),
    // No row depends on what is read only when a session is requested.
    dialects: dialectsDigest(dialects.map(({ conversation: _, ...rest }) => withoutMessages(rest))),
    'price list': PRICE_TABLE,
    'own prices': prices.length === 0 ? '' : digestOf(prices),
    'user ids': userIds,
    'client addresses': clientIp,
    'geo database': geoDatabase ?? '',
    'trusted proxies': String(trustedProxies ?? ''),
    'addresses of pages': pageUrls ?? DEFAULT_PAGE_URLS,
    'indexed attributes': [...new Set(indexAttributes)].sort().join('\n'),
  };
}

function withoutMessages(dialect: object): object {
  return { ...dialect, messages: undefined };
}

/** What user ids depend on. */
export function userIdentity(
  { userIds }: Pick<NormalizerOptions, 'userIds'>,
  dialects: readonly Dialect[] = DIALECTS,
): string {
  return JSON.stringify([FACTS_VERSION, userIds, dialectsDigest(dialects.map(({ identity }) => identity))]);
}

/** The stored form of an identity. */
export function textOf(identity: Identity): string {
  return JSON.stringify(identity);
}

/**
 * Names of the parts that differ between two stored identities. Empty if they are equal, or if the form of
 * one is unknown.
 */
export function changedTables(before: string, now: string): string[] {
  const [was, is] = [identityOf(before), identityOf(now)];
  if (was === undefined || is === undefined) return [];
  return Object.keys({ ...is, ...was }).filter((name) => was[name] !== is[name]);
}

/** The FACTS_VERSION of a stored identity of sessions; undefined if it has none. */
export function factsVersionOf(stored: string): number | undefined {
  const facts = Number(identityOf(stored)?.facts);
  return Number.isNaN(facts) ? undefined : facts;
}

function identityOf(text: string): Identity | undefined {
  try {
    const identity: unknown = JSON.parse(text);
    return identity === null || typeof identity !== 'object' || Array.isArray(identity)
      ? undefined
      : (identity as Identity);
  } catch {
    return undefined;
  }
}

/**
 * Digest of tables and settings. Patterns and functions are included by their source, sets and maps by their
 * content.
 */
export function digestOf(data: unknown): string {
  return digestBy(data, (_, value) => value);
}

/**
 * Digest of tables of dialects. All numbers in them are attribute keys, except in the path of a source. A key
 * is included by its name, because its number depends on which modules were loaded before.
 */
export function dialectsDigest(data: unknown): string {
  const keys = declaredKeys();
  return digestBy(data, (name, value) => {
    if (name === 'path') return JSON.stringify(value);
    return typeof value === 'number' ? `key ${keys[value]!.name}` : value;
  });
}

function digestBy(data: unknown, encode: (name: string, value: unknown) => unknown): string {
  const text = JSON.stringify(data, (name, value: unknown) => {
    if (typeof value === 'bigint' || typeof value === 'function' || value instanceof RegExp)
      return String(value);
    if (value instanceof Map || value instanceof Set) return [...value];
    return encode(name, value);
  });
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
