import type { Session } from '../../sessionize/session.js';
import type { Facet, FacetChange } from './changes.js';

/**
 * The index for filters of sessions (docs/decisions/007-filter-index.md): for each value of each kind, the
 * listed sessions with it, in list order. It changes in the same transaction as the session.
 */

export const FacetKind = {
  service: 0,
  model: 1,
  provider: 2,
  device: 3,
  country: 4,
  /** A value of ErrorFacet. */
  errors: 5,
  /** `1`; only invalidated sessions have a row. */
  invalidated: 6,
  /** Buckets of the duration (`durationBucket`). */
  duration: 7,
  /** Buckets of the cost (`costBucket`), if it is known. */
  cost: 8,
  /** For every session: its bucket from `spansBucket`, then whether it is implicit. */
  spans: 9,
  release: 10,
  /** Sections of pages' places (src/sessionize/page-places.ts). */
  section: 11,
  /** Ids of the sessions that others continue. */
  previous: 12,
  /** Buckets of the tokens (`tokensBucket`) of sessions with model calls. */
  tokens: 13,
  /** Values of attributes (normalize/tags.ts). */
  tag: 14,
  /** Names of scores, and their labels (`scoreValue`). */
  score: 15,
  /** Shapes of errors (S95). */
  error: 16,
  /** `HAS_TOOLS` if a tool was called, and `failedTool` of each tool of which a call failed. */
  toolCalls: 17,
} as const;

export const HAS_TOOLS = '1';

export function failedTool(name: string): string {
  return `f${name}`;
}

/** Which parts of a session failed. */
export const ErrorFacet = { none: '0', errors: '1', crash: '2' } as const;

function errorFacet(session: Session): string {
  if (!session.hasErrors) return ErrorFacet.none;
  return session.exceptions.crashCount > 0 ? ErrorFacet.crash : ErrorFacet.errors;
}

/** The filter values of a session. Equal sessions have equal ones. */
export interface SessionFacets {
  readonly startNs: bigint;
  /** By kind, each value once. */
  readonly values: readonly (readonly string[])[];
}

const NO_VALUES: readonly string[] = [];

/** `before` are the earlier values of the session, if known. Equal values keep the same arrays. */
export function facetsOf(session: Session, invalidated: boolean, before?: SessionFacets): SessionFacets {
  const values = new Array<readonly string[]>(KINDS.length);
  for (let kind = 0; kind < KINDS.length; kind++) {
    const had = before?.values[kind] ?? NO_VALUES;
    const has = VALUES_OF[KINDS[kind]!](session, invalidated);
    if (has === undefined) values[kind] = NO_VALUES;
    else if (typeof has !== 'string') values[kind] = has === had ? had : storable(has);
    else values[kind] = had.length === 1 && had[0] === has ? had : storable([has]);
  }
  return { startNs: session.startNs, values };
}

/** The values of a session of each kind: none, one or several, each once. */
const VALUES_OF: Readonly<
  Record<
    keyof typeof FacetKind,
    (session: Session, invalidated: boolean) => string | readonly string[] | undefined
  >
> = {
  service: ({ services }) => services.names(),
  model: ({ usage }) => (usage.isEmpty ? undefined : usage.models.names()),
  provider: ({ usage }) => (usage.isEmpty ? undefined : usage.providers.names()),
  device: ({ traits }) => traits.deviceType ?? 'unknown',
  country: ({ traits }) => traits.countryCode,
  errors: errorFacet,
  invalidated: (_, invalidated) => (invalidated ? '1' : undefined),
  duration: ({ startNs, lastNs }) => durationBucket(lastNs - startNs),
  cost: ({ usage }) => (usage.isEmpty || usage.pricedCount === 0 ? undefined : costBucket(usage.costNanoUsd)),
  spans: ({ spanCount, isImplicit }) => spansBucket(spanCount) + (isImplicit ? IMPLICIT : EXPLICIT),
  release: ({ traits }) => traits.release,
  section: ({ visit }) => visit.sections,
  previous: ({ traits }) => traits.previousId,
  tag: ({ tags }) => tags.ids(),
  score: ({ scores }) => scores.values(),
  error: ({ errors }) => (errors.isEmpty ? undefined : errors.names()),
  toolCalls: ({ tools }) =>
    tools.isEmpty ? undefined : [HAS_TOOLS, ...tools.failed().map((name) => failedTool(name))],
  tokens: ({ usage }) => (usage.isEmpty ? undefined : tokensBucket(usage.inputTokens + usage.outputTokens)),
};

/** The kinds by their numbers. */
const KINDS = (Object.keys(FacetKind) as (keyof typeof FacetKind)[]).sort(
  (a, b) => FacetKind[a] - FacetKind[b],
);

const UNSTORABLE = /[\p{Surrogate}\0]/u;
const ALL_UNSTORABLE = /[\p{Surrogate}\0]/gu;

/**
 * Lone surrogates are stored as another character, and text ends at NUL. So different names may become one
 * value.
 */
export function storable(names: readonly string[]): readonly string[] {
  if (!names.some((name) => UNSTORABLE.test(name))) return names;
  return [...new Set(names.map((name) => name.replaceAll(ALL_UNSTORABLE, '\ufffd')))];
}

/**
 * The changes to write when the values of a session go from `before` to `after`, or undefined if there are
 * none. An undefined argument is a session that is not listed.
 */
export function facetChange(
  session: Pick<FacetChange, 'project' | 'id' | 'no'>,
  before: SessionFacets | undefined,
  after: SessionFacets | undefined,
): FacetChange | undefined {
  const isInPlace = before !== undefined && before.startNs === after?.startNs;
  let gone = NO_FACETS;
  let come = NO_FACETS;
  const add = (facets: Facet[], kind: number, values: readonly string[]): Facet[] => {
    if (values.length === 0) return facets;
    const all = facets === NO_FACETS ? [] : facets;
    for (const value of values) all.push({ kind, value });
    return all;
  };
  for (let kind = 0; kind < KINDS.length; kind++) {
    const had = before?.values[kind] ?? NO_VALUES;
    const has = after?.values[kind] ?? NO_VALUES;
    if (isInPlace && areSame(had, has)) continue;
    gone = add(gone, kind, isInPlace ? without(had, has) : had);
    come = add(come, kind, isInPlace ? without(has, had) : has);
  }
  if (gone.length === 0 && come.length === 0) return undefined;
  const { project, id, no } = session;
  return {
    project,
    id,
    no,
    gone: { startNs: before?.startNs ?? 0n, facets: gone },
    come: { startNs: after?.startNs ?? 0n, facets: come },
  };
}

const NO_FACETS: Facet[] = [];

/** Values that are searched one by one. */
const FEW = 8;

function areSame(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function without(values: readonly string[], others: readonly string[]): readonly string[] {
  if (others.length === 0) return values;
  if (others.length < FEW) return values.filter((value) => !others.includes(value));
  const rest = new Set(others);
  return values.filter((value) => !rest.has(value));
}

/** Durations below 2^28 ns (0.27 s) share a bucket, and so do costs below 2^20 nano-USD (0.001 USD). */
const DURATION_BITS = 28;
const COST_BITS = 20;
const TOKENS_BITS = 10;
/**
 * Up to 2^36 ns (69 s), buckets of durations are powers of four: in a new session, each record makes the
 * duration much longer.
 */
const LONG_BITS = 36;
const SHORT_BUCKETS = (LONG_BITS - DURATION_BITS) / 2;

/**
 * The bucket of a duration: powers of four up to `LONG_BITS`, then powers of two. Coarse buckets change
 * rarely while a session continues. The row of a session has the exact duration.
 */
export function durationBucket(ns: bigint): string {
  const bits = bitsOf(ns);
  if (bits > LONG_BITS) return bucketText(SHORT_BUCKETS + bits - LONG_BITS);
  return bucketText(Math.max(0, Math.ceil((bits - DURATION_BITS) / 2)));
}

/** The bucket of a cost: powers of two. */
export function costBucket(nanoUsd: bigint): string {
  return bucketText(Math.max(0, bitsOf(nanoUsd) - COST_BITS));
}

/** The bucket of a number of tokens: up to 1,023 share one, then powers of four. */
export function tokensBucket(tokens: bigint): string {
  return bucketText(Math.max(0, Math.ceil((bitsOf(tokens) - TOKENS_BITS) / 2)));
}

/** The number of bits of a whole number, at most 64; 0 if it is not positive. */
function bitsOf(value: bigint): number {
  if (value <= 0n) return 0;
  if (value >= 1n << 63n) return 64;
  const high = Number(value >> 32n);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(Number(value));
}

/** Two digits: buckets sort as their values do. */
function bucketText(bucket: number): string {
  return BUCKET_TEXTS[bucket]!;
}

const BUCKET_TEXTS = Array.from({ length: 65 }, (_, bucket) => String(bucket).padStart(2, '0'));

/** The last character of a value of the kind `spans`. */
export const IMPLICIT = 'i';
export const EXPLICIT = 'e';

/**
 * Buckets of span counts: none, one, up to 15, then powers of 16, so that they change rarely while a session
 * continues. The row of a session has the exact count.
 */
export function spansBucket(spans: number): string {
  if (spans < 2) return String(Math.max(0, spans));
  return String(2 + Math.floor((31 - Math.clz32(Math.min(spans, 2 ** 31 - 1))) / 4));
}

/**
 * The least duration of a bucket by its number, ns. For a number after the last bucket, more than any
 * duration.
 */
export function leastDuration(bucket: number): bigint {
  if (bucket === 0) return 0n;
  const bits =
    bucket <= SHORT_BUCKETS ? DURATION_BITS + 2 * (bucket - 1) : LONG_BITS + bucket - 1 - SHORT_BUCKETS;
  return 1n << BigInt(Math.min(bits, 63));
}
