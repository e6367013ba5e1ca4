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
} from './facets.js';
import type { EngineState } from './loads.js';
import { Dimension, LEVEL_NS } from './rollups.js';
import { GroupKind } from './row-values.js';
import { TIMELINE_LEVEL_NS } from './timeline-rows.js';
import { runLimits } from './user-runs.js';

/**
 * What stored rows depend on besides the telemetry. Where any of it is another than when they were made, they have to be made again. Versions are raised by hand, for code
 * (`test/facts-version.test.ts` says when); tables and settings speak for themselves, by a digest.
 */

/**
 * The version of the rules of sessions. Raised when code binds records to other sessions than before, or makes derived rows in another way: everything is folded again, and readers
 * stay with the older rows meanwhile. A change of stored forms that this program's readers cannot read (places, entries of the call index) takes another version of the store's schema
 * instead; the form of sessions has a version of its own (`FORM_VERSION`). A program of a smaller version refuses the rows.
 */
export const RULES_VERSION = 6;

/** Named parts, each as text: equal where rows would be equal. */
export type Identity = Readonly<Record<string, string>>;

/** The tables that rows are made by. */
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
  /** What buckets of filters are made of numbers that lie close together. */
  readonly buckets: readonly string[];
}

/** Powers of two, and numbers between them: each is the first of a bucket, or of the next one where the rule is another. */
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
    spansBucket(Number(sample)) + EXPLICIT + IMPLICIT,
  ]),
};

/** What all rows are made under; where any of it is another, everything is folded again. */
export type RowIdentity = {
  readonly [K in 'rules' | 'sessionsBy' | 'pageUrls' | 'tables']: NonNullable<EngineState[K]>;
};

/** The settings that are part of it. */
export interface RowSettings {
  /** The tables that rows are made by, as text; those of this program where left out. */
  readonly tables?: string;
  /** What of the addresses of pages the normalizer keeps. */
  readonly pageUrls?: PageUrlMode;
  /** A session is open until this time after its last activity, ns. */
  readonly timeoutNs: bigint;
  /** Groups traces that name a user and no session by user (S40); left out, each is a session of its own (S7). */
  readonly sessionsByUser?: SessionsByUser | undefined;
}

export interface SessionsByUser {
  /** Identity of all settings that user ids depend on. */
  readonly identity: string;
  /** Most traces of a session and of an hour; MOST_TRACES where it is left out. */
  readonly mostTraces?: number;
}

/** What is stored of traces that are not grouped by user. */
const BY_ID = 'id';

/** What rows are made under by this program with these settings. */
export function rowIdentity(settings: RowSettings): RowIdentity {
  const { tables = TABLES, pageUrls = DEFAULT_PAGE_URLS, timeoutNs, sessionsByUser } = settings;
  let sessionsBy = BY_ID;
  if (sessionsByUser !== undefined) {
    const { pauseNs, mostTraces } = runLimits(timeoutNs, sessionsByUser.mostTraces);
    sessionsBy = `user ${pauseNs} ${mostTraces} ${sessionsByUser.identity}`;
  }
  return { rules: RULES_VERSION, sessionsBy, pageUrls, tables };
}

/** By which limits rows were grouped by user, of `RowIdentity.sessionsBy`; undefined where they were not. */
export function runLimitsOf(sessionsBy: string): RunLimits | undefined {
  const [, pauseNs, mostTraces] = /^user (\d+) (\d+) /.exec(sessionsBy) ?? [];
  return pauseNs === undefined ? undefined : { pauseNs: BigInt(pauseNs), mostTraces: Number(mostTraces) };
}

/** Names of what is another than when rows were made; none where they can be gone on with. Where nothing was ever noted there are no rows. */
export function othersOf(was: Partial<EngineState>, now: RowIdentity): string[] {
  if (was.rules === undefined) return [];
  const others: string[] = [];
  if (was.rules !== now.rules) others.push('rules of sessions');
  if ((was.sessionsBy ?? BY_ID) !== now.sessionsBy) others.push('what sessions are made by');
  if ((was.pageUrls ?? DEFAULT_PAGE_URLS) !== now.pageUrls) others.push('addresses of pages');
  return [...others, ...namesOfOthers(was.tables ?? now.tables, now.tables)];
}

/** Whether readers of today find in rows what they look for: rows are found by the same values and counted in the same buckets as today. */
export function areFoundAlike(was: Partial<EngineState>, now: RowIdentity): boolean {
  const others = namesOfOthers(was.tables ?? now.tables, now.tables);
  return !others.includes(FORMS) && !others.includes(SESSION_FORM);
}

/** The part of the tables by which rows are found and counted. */
const FORMS = 'filters and counters';
/** The part that says in which form sessions are stored. */
const SESSION_FORM = 'form of sessions';

/** The tables for whose sake everything is folded again: by which records are bound to sessions, and by which rows are found. */
export function tablesIdentity({ dialects, ...forms }: RowTables = ROW_TABLES): Identity {
  return {
    'keys of sessions': digestOf(bindingKeys(dialects)),
    [FORMS]: digestOf(forms),
    [SESSION_FORM]: String(FORM_VERSION),
  };
}

/** Those of this program. */
const TABLES = textOf(tablesIdentity());

/** What binds a record to a session: attribute keys by name, in the order in which they are read. */
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

/** What traits and costs of a session depend on: where it is another, sessions are folded again one by one. */
export function sessionIdentity(
  options: Omit<NormalizerOptions, 'userIdKey' | 'quietRoutes'>,
  dialects: readonly Dialect[] = DIALECTS,
): Identity {
  const { userIds, clientIp, geoDatabase, trustedProxies, pageUrls, prices = [] } = options;
  return {
    facts: String(FACTS_VERSION),
    // What is read when a session is asked for is in no row.
    dialects: dialectsDigest(dialects.map(({ conversation: _, ...rest }) => withoutMessages(rest))),
    'price list': PRICE_TABLE,
    'own prices': prices.length === 0 ? '' : digestOf(prices),
    'user ids': userIds,
    'client addresses': clientIp,
    'geo database': geoDatabase ?? '',
    'trusted proxies': String(trustedProxies ?? ''),
    'addresses of pages': pageUrls ?? DEFAULT_PAGE_URLS,
  };
}

function withoutMessages(dialect: object): object {
  return { ...dialect, messages: undefined };
}

/** What ids of users depend on. */
export function userIdentity(
  { userIds }: Pick<NormalizerOptions, 'userIds'>,
  dialects: readonly Dialect[] = DIALECTS,
): string {
  return JSON.stringify([FACTS_VERSION, userIds, dialectsDigest(dialects.map(({ identity }) => identity))]);
}

/** As it is stored. */
export function textOf(identity: Identity): string {
  return JSON.stringify(identity);
}

/** Names of the parts that are others, of two identities as they are stored. None where they are equal, or one is of a form that is not known. */
export function namesOfOthers(before: string, now: string): string[] {
  const [was, is] = [identityOf(before), identityOf(now)];
  if (was === undefined || is === undefined) return [];
  return Object.keys({ ...is, ...was }).filter((name) => was[name] !== is[name]);
}

/** The FACTS_VERSION of the identity of sessions as it is stored; undefined where it has none. */
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

/** Of tables and settings: patterns and functions by their source, sets and maps by what is in them. */
export function digestOf(data: unknown): string {
  return digestBy(data, (_, value) => value);
}

/**
 * Of tables of dialects, in which all numbers are attribute keys but for those in the path of a source. A key stands for its name: its number depends on which modules were loaded before.
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
