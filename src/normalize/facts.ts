import type { ServedBy } from './api-address.js';

/**
 * Facts: what Sojourn needs to know of a record to put it into a session, and nothing else. They are
 * worked out once, on the receiving thread, and cross to the store's thread with the record's bytes.
 */

/** Where a person was and with what. Every field is optional; a missing one means "not said". */
export interface Identity {
  /** Of a user who is known by name: an account, a login. */
  readonly userId?: string;
  /** Of a user who is not: an id that an SDK made up for a browser or an installation. */
  readonly anonymousId?: string;
  /** A public address. */
  readonly ip?: string;
  /** A private or loopback address, where no public one is known. */
  readonly localIp?: string;
  readonly userAgent?: string;
  readonly deviceType?: DeviceType;
  readonly os?: string;
  readonly browser?: string;
  readonly browserVersion?: string;
  /** Model of the device, as its maker or its system calls it. */
  readonly deviceModel?: string;
  readonly osVersion?: string;
  readonly countryCode?: string;
  readonly countryName?: string;
  readonly region?: string;
  readonly city?: string;
  readonly postalCode?: string;
  readonly timezone?: string;
  /** The session that this one continues, as a record of it says. */
  readonly previousId?: string;
  /** Version of the page or app. */
  readonly release?: string;
  /** Version of a backend. */
  readonly serviceRelease?: string;
  /** Kind of the connection to the network, in lower case. */
  readonly connection?: string;
}

export const DEVICE_TYPES = [
  'desktop',
  'mobile',
  'tablet',
  'tv',
  'console',
  'wearable',
  'iot',
  'bot',
  'unknown',
] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];

/**
 * How a record stands to a model call (docs/usage.md). A `sum` is a data point: of an unknown number of calls, none of them told. A `rest` is no
 * record's own: what the sum of a wrapper has beyond the calls told below it (U21).
 */
export type UsageKind = 'call' | 'wrapper' | 'sum' | 'rest';

/** What kind of record reports usage. */
export type UsageSignal = 'span' | 'log' | 'metric';

/**
 * The usage one record reports, normalised: `inputTokens` includes cache reads and writes,
 * `outputTokens` includes reasoning. Token numbers are whole, 0 to 2^32; of a `sum` 0 to 2^40, and each of its records may have
 * only a part of what belongs together: the cached tokens of an input that another one has.
 */
export interface Usage {
  readonly kind: UsageKind;
  /** Name of the dialect that recognised the record. */
  readonly dialect: string;
  readonly signal: UsageSignal;
  /** The dialect's records of this signal come before those of the other (U18). */
  readonly first?: true;
  /** Name of the instrumentation scope; missing where it is empty. */
  readonly scope?: string;
  /** Provider in today's OpenTelemetry name, such as `openai` or `azure.ai.openai`. */
  readonly provider?: string;
  /** The model that answered, else the model that was asked for. */
  readonly model?: string;
  /** Who served it by the address of the call, where that says more than the provider does; prices depend on it (U14). */
  readonly servedBy?: ServedBy;
  /** The tier it was served in, in lower case; missing for the usual one. */
  readonly serviceTier?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** Of `cacheWriteTokens`, to be kept for an hour; what is not said is kept for minutes. */
  readonly cacheWrite1hTokens?: number;
  readonly reasoningTokens?: number;
  /** Of the input, sound. */
  readonly inputAudioTokens?: number;
  /** Of the output, sound; none of it is reasoning. */
  readonly outputAudioTokens?: number;
  /** Of what was read from the cache, sound: part of `inputAudioTokens` as well. */
  readonly cacheAudioReadTokens?: number;
  /** Of a wrapper: calls below it that name no model are of this one's (U10). */
  readonly lendsModel?: true;
  /** Of a wrapper: its sums are known to be right, so that what they have beyond the calls below counts (U21). */
  readonly sumIsRight?: true;
  /** Of a call: its numbers are those of the calls before it too, where one of them ended to call a tool (U22). */
  readonly runningSum?: true;
  /** Of a call with a running sum: it ended to call a tool. */
  readonly calledTool?: true;
  /** Of a `rest`: ids of the calls below its wrapper that tell no tokens themselves. */
  readonly restOf?: readonly string[];
  /** Of a call whose end a record of its own tells: what the two have in common (U23). */
  readonly halfOf?: string;
  /** The later of the two: it tells the end of the call before it, and is none itself. */
  readonly ends?: true;
  /** Ids that other records of the same call have too (U16): of the response, of the request. */
  readonly callIds?: readonly string[];
  /** Of a cumulative data point: its series, of whose points the largest counts (U19). */
  readonly series?: string;
  /** Cost in nano-USD (10^-9 USD), whole; missing when neither reported nor priced. */
  readonly costNanoUsd?: number;
  readonly costSource?: 'reported' | 'list';
}

/** The list price of a call in nano-USD, whole; undefined where it is not known. `atNs` is the time of the call, nanoseconds since 1970. */
export type PriceOf = (usage: Usage, atNs: bigint) => number | undefined;

/** Whether it says any number, tokens or a reported cost: only then can it stand for a call that others tell of too. */
export function carriesUsage({ kind, inputTokens, outputTokens, costSource }: Usage): boolean {
  return (
    kind === 'sum' || inputTokens !== undefined || outputTokens !== undefined || costSource === 'reported'
  );
}

/** The numbers of tokens of a usage: wholes and what they have within them. */
export const TOKEN_NUMBERS = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'reasoningTokens',
  'inputAudioTokens',
  'outputAudioTokens',
  'cacheAudioReadTokens',
] as const satisfies readonly Extract<keyof Usage, `${string}Tokens`>[];
export type TokenNumber = (typeof TOKEN_NUMBERS)[number];

/** Whether it says how many tokens there were: a call has some, so that one which says 0 of both input and output does not know. */
export function tellsTokens({ inputTokens = 0, outputTokens = 0 }: Usage): boolean {
  return inputTokens + outputTokens > 0;
}

/**
 * How many calls are counted with a record that counts: a sum is of calls that nobody told of one by one (U18), a rest of calls that are counted
 * themselves or that nobody told of (U21).
 */
export function callsOf({ kind }: Usage): 0 | 1 {
  return kind === 'sum' || kind === 'rest' ? 0 : 1;
}

/** Why a record with numbers that look like usage counts for nothing. The names are those of the API's `reason`. */
export const NotRead = {
  /** No dialect reads these numbers. */
  noDialect: 'no_dialect',
  /** Its dialect says that it is neither a call nor around calls (U2, U15). */
  noCall: 'no_call',
  /** They are none that a call can have (U4, U13). */
  outOfRange: 'out_of_range',
} as const;
export type NotRead = (typeof NotRead)[keyof typeof NotRead];

/** What a record tells of a visit of a person. */
export interface VisitFacts {
  /** A page or screen that was entered. */
  readonly page?: PageView;
  readonly vitals?: readonly WebVital[];
}

/** How a page came: by loading a document, by a change of route within one, or as a screen of an app. */
export const PAGE_KINDS = ['load', 'route', 'screen'] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

export interface PageView {
  readonly kind: PageKind;
  /** What told of it: an instrument tells each page of a kind once, and several may tell of the same. */
  readonly source: string;
  /** Without query and fragment, unless the operator keeps them. Missing for screens. */
  readonly url?: string;
  /** Route, screen or title. */
  readonly name?: string;
  readonly referrer?: string;
}

/** Core web vitals and the time to the first byte, by their usual names (web.dev/articles/vitals). */
export const VITAL_NAMES = ['lcp', 'inp', 'cls', 'ttfb'] as const;
export type VitalName = (typeof VITAL_NAMES)[number];

export interface WebVital {
  readonly name: VitalName;
  /** Milliseconds; of `cls` the score, without a unit. Not negative. */
  readonly value: number;
  /** Of the page that it is measured of: it is told again under the same id where it has grown. */
  readonly id?: string;
}

/** How an exception is told: by an event of a span, by a log record, by attributes of a span. */
export type ExceptionChannel = 'span_event' | 'log' | 'span';

/** An exception that a record tells. */
export interface ExceptionFacts {
  readonly channel: ExceptionChannel;
  /** Equal for reports of the same kind of exception: a hash of what all channels tell of it. */
  readonly key: number;
  /** When it was told, nanoseconds since 1970. */
  readonly atNs: bigint;
  /** It ended the app, or made it stand still. */
  readonly isCrash?: true;
}

/** A `session.start` or `session.end` log record. */
export interface LifecycleEvent {
  readonly kind: 'start' | 'end';
  /** On a start: the session that this one continues, and which therefore has ended. */
  readonly previousId?: string;
}
