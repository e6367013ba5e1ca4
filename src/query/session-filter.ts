import type { AttributeValues, SessionFilters } from '../contract/session-filters.js';
import type { SessionState } from '../contract/session-state.js';
import { attributeTag, TagKind, tagOf } from '../normalize/tags.js';
import {
  createPageUrls,
  DEFAULT_PAGE_URLS,
  originOf,
  type PageUrlMode,
} from '../normalize/visit/page-url.js';
import { isInPlace, placeQuery } from '../sessionize/page-places.js';
import { scoreValue } from '../sessionize/scores.js';
import type { StoredSession } from '../store/contract/session.js';
import type { Exclusion, SessionFilter, StateFilter } from '../store/contract/session-filter.js';
import { averageOf } from '../store/contract/session-item.js';
import { isOpen, type StateLimits, stateOf } from './state.js';

const NS_PER_MS = 1_000_000n;
const NS_PER_MS_NUMBER = 1e6;
const NANO_PER_USD = 1e9;

export interface FilterOptions extends StateLimits {
  /** The stored forms that a user id in a filter may have (DESIGN 7). */
  userIdCandidates(userId: string): string[];
  /** Which parts of page addresses are stored. Default: `path`. */
  readonly pageUrls?: PageUrlMode;
}

/** The text of a filter in a cursor, and its conditions for a store. */
interface FilterRule<Value> {
  /** Equal for equal values only. */
  text(value: Value): string;
  conditions(value: Value, judged: FilterTime): SessionFilter;
}

/** The settings, and the time of the request. */
interface FilterTime {
  readonly nowNs: bigint;
  readonly options: FilterOptions;
}

/**
 * Every filter that a request can have, in the order of the contract's `sessionFilters`. A missing one does
 * not compile.
 */
const RULES: { readonly [Name in FilterName]: FilterRule<NonNullable<SessionFilters[Name]>> } = {
  sessionIdPrefix: { text: asIs, conditions: (idPrefix) => ({ idPrefix }) },
  userId: {
    text: asIs,
    conditions: (userId, { options }) => ({ userIds: options.userIdCandidates(userId) }),
  },
  userIdPrefix: { text: asIs, conditions: (userPrefix) => ({ userPrefix }) },
  isActive: { text: String, conditions: (open) => ({ open }) },
  startTime: { text: String, conditions: (ns) => ({ startFromNs: fromZero(ns) }) },
  endTime: { text: String, conditions: (startToNs) => ({ startToNs }) },
  activeFrom: { text: String, conditions: (ns) => ({ lastFromNs: fromZero(ns) }) },
  activeTo: { text: String, conditions: (startToNs) => ({ startToNs }) },
  service: { text: anyOf, conditions: (services) => ({ services }) },
  model: { text: anyOf, conditions: (models) => ({ models }) },
  provider: { text: anyOf, conditions: (providers) => ({ providers }) },
  state: { text: anyOf, conditions: (names, judged) => ({ states: statesOf(names, judged) }) },
  deviceType: { text: anyOf, conditions: (deviceTypes) => ({ deviceTypes }) },
  country: { text: anyOf, conditions: (countryCodes) => ({ countryCodes }) },
  release: { text: anyOf, conditions: (releases) => ({ releases }) },
  url: {
    text: asIs,
    conditions: (prefix, { options }) => ({ pagePrefix: keptPrefix(prefix, options.pageUrls) }),
  },
  hasErrors: { text: String, conditions: (errors) => ({ errors }) },
  hasCrash: { text: String, conditions: (crashes) => ({ crashes }) },
  implicit: { text: String, conditions: (implicit) => ({ implicit }) },
  minSpans: { text: String, conditions: (minSpans) => ({ minSpans }) },
  maxSpans: { text: String, conditions: (maxSpans) => ({ maxSpans }) },
  minTraceSpans: { text: String, conditions: (minTraceSpans) => ({ minTraceSpans }) },
  minErrors: { text: String, conditions: (minErrors) => ({ minErrors }) },
  maxErrors: { text: String, conditions: (maxErrors) => ({ maxErrors }) },
  minTraces: { text: String, conditions: (minTraces) => ({ minTraces }) },
  maxTraces: { text: String, conditions: (maxTraces) => ({ maxTraces }) },
  bots: { text: String, conditions: (bots) => ({ bots }) },
  minDurationMs: {
    text: String,
    conditions: (ms) => ({ minDurationNs: leastWhole(ms, NS_PER_MS_NUMBER) }),
  },
  maxDurationMs: {
    text: String,
    conditions: (ms) => ({ maxDurationNs: greatestWhole(ms, NS_PER_MS_NUMBER) }),
  },
  minCostUsd: { text: String, conditions: (usd) => ({ minCostNanoUsd: leastWhole(usd, NANO_PER_USD) }) },
  maxCostUsd: { text: String, conditions: (usd) => ({ maxCostNanoUsd: greatestWhole(usd, NANO_PER_USD) }) },
  minTokens: { text: String, conditions: (tokens) => ({ minTokens: BigInt(tokens) }) },
  maxTokens: { text: String, conditions: (tokens) => ({ maxTokens: BigInt(tokens) }) },
  operation: tagged(TagKind.operation),
  tool: tagged(TagKind.tool),
  errorType: tagged(TagKind.errorType),
  route: tagged(TagKind.route),
  status: {
    text: (codes) => anyOf(codes.map(String)),
    conditions: (codes) => ({ tags: [codes.map((code) => tagOf(TagKind.status, String(code)))] }),
  },
  attr: {
    text: attributeTexts,
    conditions: (attributes) => ({ tags: attributeTags(attributes) }),
  },
  error: { text: anyOf, conditions: (errorShapes) => ({ errorShapes }) },
  failedTool: { text: anyOf, conditions: (failedTools) => ({ failedTools }) },
  score: {
    text: anyOf,
    conditions: (names) => ({ scoreValues: [names.map((name) => scoreValue(name))] }),
  },
  scoreLabel: {
    text: attributeTexts,
    conditions: (labels) => ({
      scoreValues: Object.entries(labels).map(([name, each]) => each.map((label) => scoreValue(name, label))),
    }),
  },
  minScore: {
    text: boundTexts,
    conditions: (bounds) => ({
      scoreBounds: Object.entries(bounds).map(([name, least]) => ({ name, least })),
    }),
  },
  maxScore: {
    text: boundTexts,
    conditions: (bounds) => ({
      scoreBounds: Object.entries(bounds).map(([name, most]) => ({ name, most })),
    }),
  },
  attrExists: {
    text: anyOf,
    conditions: (keys) => ({ tags: [keyTags(keys)] }),
  },
  'not.userId': none((users, { options }) => ({ userIds: users.flatMap(options.userIdCandidates) })),
  'not.service': none((services) => ({ services })),
  'not.model': none((models) => ({ models })),
  'not.provider': none((providers) => ({ providers })),
  'not.state': none((names: readonly SessionState[], judged) => ({ states: statesOf(names, judged) })),
  'not.deviceType': none((deviceTypes) => ({ deviceTypes })),
  'not.country': none((countryCodes) => ({ countryCodes })),
  'not.release': none((releases) => ({ releases })),
  'not.url': {
    text: anyOf,
    conditions: (prefixes, { options }) => ({
      not: prefixes.map((prefix) => ({ pagePrefix: keptPrefix(prefix, options.pageUrls) })),
    }),
  },
  'not.operation': notTagged(TagKind.operation),
  'not.tool': notTagged(TagKind.tool),
  'not.errorType': notTagged(TagKind.errorType),
  'not.error': none((errorShapes) => ({ errorShapes })),
  'not.failedTool': none((failedTools) => ({ failedTools })),
  'not.route': notTagged(TagKind.route),
  'not.status': {
    text: (codes) => anyOf(codes.map(String)),
    conditions: (codes) => ({ not: [{ tags: [codes.map((code) => tagOf(TagKind.status, String(code)))] }] }),
  },
  'not.attr': {
    text: attributeTexts,
    conditions: (attributes) => ({
      not: attributeTags(attributes).map((tags) => ({ tags: [tags] })),
    }),
  },
  'not.attrExists': none((keys) => ({ tags: [keyTags(keys)] })),
};

/** Independent of the order of names. */
function boundTexts(bounds: Readonly<Record<string, number>>): string {
  return JSON.stringify(Object.entries(bounds).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A rule for values of an attribute that is always indexed. */
function tagged(kind: TagKind): FilterRule<readonly string[]> {
  return { text: anyOf, conditions: (values) => ({ tags: [values.map((value) => tagOf(kind, value))] }) };
}

function notTagged(kind: TagKind): FilterRule<readonly string[]> {
  return none((values) => ({ tags: [values.map((value) => tagOf(kind, value))] }));
}

/** For each attribute the tags of its values. */
function attributeTags(attributes: AttributeValues): string[][] {
  return Object.entries(attributes).map(([key, values]) => values.map((value) => attributeTag(key, value)));
}

function keyTags(keys: readonly string[]): string[] {
  return keys.map((key) => tagOf(TagKind.attributeKey, key));
}

function attributeTexts(attributes: AttributeValues): string {
  const entries = Object.entries(attributes).map(([key, values]) => [key, anyOf(values)] as const);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A rule that leaves out the sessions that match a condition. */
function none<Value extends string>(
  condition: (values: readonly Value[], judged: FilterTime) => Exclusion,
): FilterRule<readonly Value[]> {
  return { text: anyOf, conditions: (values, judged) => ({ not: [condition(values, judged)] }) };
}

function statesOf(names: readonly SessionState[], { nowNs, options }: FilterTime): StateFilter[] {
  return names.map((name) =>
    name === 'active' || name === 'idle'
      ? { name, activeAfterNs: nowNs - BigInt(options.activeMs) * NS_PER_MS }
      : { name },
  );
}

export type FilterName = keyof SessionFilters;
export const FILTER_NAMES = Object.keys(RULES) as FilterName[];

const RANGE_NAMES: ReadonlySet<FilterName> = new Set(['startTime', 'endTime', 'activeFrom', 'activeTo']);

/** Whether a request has no filter besides a range of time. */
export function isRangeOnly(request: SessionFilters): boolean {
  return FILTER_NAMES.every((name) => RANGE_NAMES.has(name) || request[name] === undefined);
}

/** Whether a request has no filter. */
export function isUnfiltered(request: SessionFilters): boolean {
  return FILTER_NAMES.every((name) => request[name] === undefined);
}

/** The text of a request's filter in a cursor. Undefined if the request does not have it. */
function textOf<Name extends FilterName>(name: Name, query: SessionFilters): string | undefined {
  const value = query[name];
  return value === undefined ? undefined : RULES[name].text(value);
}

/** The conditions for a store of one filter of a request. */
function conditionsOf<Name extends FilterName>(
  name: Name,
  query: SessionFilters,
  judged: FilterTime,
): SessionFilter {
  const value = query[name];
  return value === undefined ? {} : RULES[name].conditions(value, judged);
}

/** Nothing starts before 1970. */
function fromZero(ns: bigint): bigint {
  return ns > 0n ? ns : 0n;
}

function asIs(text: string): string {
  return text;
}

/**
 * An address or path in its stored form, so that one copied from a browser is found. The name of a screen is
 * unchanged.
 */
function keptPrefix(prefix: string, mode: PageUrlMode = DEFAULT_PAGE_URLS): string {
  if (!prefix.startsWith('/') && !prefix.includes('://')) return prefix;
  const kept = createPageUrls(mode)(prefix);
  if (kept === undefined) return prefix;
  // If fragments are not stored, a route in one is still part of the page.
  return mode === 'path' && kept.route !== undefined ? originOf(kept.url) + kept.route : kept.url;
}

/** Independent of the order and repetition of values. */
function anyOf(values: readonly string[]): string {
  return JSON.stringify([...new Set(values)].sort());
}

/** The filters of a request as conditions for a store, at `nowNs`. */
export function sessionFilter(query: SessionFilters, nowNs: bigint, options: FilterOptions): SessionFilter {
  const filter: SessionFilter = {};
  for (const name of FILTER_NAMES) {
    const more = conditionsOf(name, query, { nowNs, options });
    const { startToNs: to, not = [], tags = [], scoreValues = [], scoreBounds = [] } = filter;
    // Two filters limit the start from above. The earlier limit applies.
    const isLater = to !== undefined && more.startToNs !== undefined && more.startToNs > to;
    Object.assign(filter, more, isLater && { startToNs: to });
    if (more.not !== undefined) Object.assign(filter, { not: [...not, ...more.not] });
    if (more.tags !== undefined) Object.assign(filter, { tags: [...tags, ...more.tags] });
    if (more.scoreValues !== undefined) {
      Object.assign(filter, { scoreValues: [...scoreValues, ...more.scoreValues] });
    }
    if (more.scoreBounds !== undefined) {
      Object.assign(filter, { scoreBounds: [...scoreBounds, ...more.scoreBounds] });
    }
  }
  return filter;
}

/** The filters in a fixed order, for cursors. */
export function filterTexts(query: SessionFilters): (string | undefined)[] {
  return FILTER_NAMES.map((name) => textOf(name, query));
}

/**
 * The smallest whole number that is at least `least` after division by `unit`, as in items of lists. So a
 * filter agrees with the displayed numbers to the last digit. `least` must not be negative.
 */
export function leastWhole(least: number, unit: number): bigint {
  return firstWhole((quotient) => quotient >= least, least, unit);
}

/** The greatest whole number that is at most `most` after division by `unit`. `most` must not be negative. */
export function greatestWhole(most: number, unit: number): bigint {
  return firstWhole((quotient) => quotient > most, most, unit) - 1n;
}

/** The smallest whole number whose quotient by `unit` reaches a bound, which is near `bound`. */
function firstWhole(reaches: (quotient: number) => boolean, bound: number, unit: number): bigint {
  // Larger than any possible value, and large enough for the rounding error of a double.
  let high = BigInt(Math.ceil(Math.min(bound * unit, 2 ** 80))) * 2n + 2n;
  let low = -1n;
  if (!reaches(Number(high) / unit)) return high;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (reaches(Number(middle) / unit)) high = middle;
    else low = middle;
  }
  return high;
}

/** The facts of a session that conditions need. */
interface Judged {
  readonly session: StoredSession;
  readonly state: SessionState;
}

/** The definition of each condition, for one session. A missing one does not compile. */
const MATCHES: {
  readonly [Name in ConditionName]: (value: NonNullable<SessionFilter[Name]>, judged: Judged) => boolean;
} = {
  idPrefix: (prefix, { session: { id } }) => id.startsWith(prefix),
  userPrefix: (prefix, { session: { userId, otherUserIds = [] } }) =>
    [userId, ...otherUserIds].some((id) => id?.startsWith(prefix)),
  userIds: (userIds, { session: { userId, otherUserIds = [] } }) =>
    userIds.some((id) => id === userId || otherUserIds.includes(id)),
  open: (open, { state }) => isOpen(state) === open,
  states: (states, { state }) => states.some(({ name }) => name === state),
  startFromNs: (fromNs, { session }) => session.startNs >= fromNs,
  startToNs: (toNs, { session }) => session.startNs <= toNs,
  lastFromNs: (fromNs, { session }) => session.lastNs >= fromNs,
  services: (services, { session }) => meets(services, session.services),
  models: (models, { session }) => meets(models, session.genai?.models),
  providers: (providers, { session }) => meets(providers, session.genai?.providers),
  deviceTypes: (types, { session }) => types.includes(session.client?.device_type ?? 'unknown'),
  bots: (bots, { session }) => (session.client?.device_type === 'bot') === bots,
  countryCodes: (codes, { session: { geo } }) =>
    geo?.country_code !== undefined && codes.includes(geo.country_code),
  releases: (releases, { session: { release } }) => release !== undefined && releases.includes(release),
  pagePrefix: (prefix, { session: { places = [] } }) => {
    const query = placeQuery(prefix);
    return places.some((place) => isInPlace(place, query));
  },
  errors: (errors, { session }) => hasErrors(session) === errors,
  crashes: (crashes, { session: { crashCount = 0 } }) => crashCount > 0 === crashes,
  implicit: (implicit, { session }) => (session.isImplicit === true) === implicit,
  minSpans: (least, { session }) => session.spanCount >= least,
  maxSpans: (most, { session }) => session.spanCount <= most,
  minErrors: (least, { session }) => session.errorCount >= least,
  maxErrors: (most, { session }) => session.errorCount <= most,
  minTraces: (least, { session }) => session.traceCount >= least,
  maxTraces: (most, { session }) => session.traceCount <= most,
  minTraceSpans: (least, { session }) => session.isImplicit !== true || session.spanCount >= least,
  minDurationNs: (ns, { session }) => session.lastNs - session.startNs >= ns,
  maxDurationNs: (ns, { session }) => session.lastNs - session.startNs <= ns,
  minCostNanoUsd: (nanoUsd, { session: { genai } }) =>
    genai?.costNanoUsd !== undefined && genai.costNanoUsd >= nanoUsd,
  maxCostNanoUsd: (nanoUsd, { session: { genai } }) =>
    genai?.costNanoUsd !== undefined && genai.costNanoUsd <= nanoUsd,
  minTokens: (least, { session: { genai } }) =>
    genai !== undefined && genai.inputTokens + genai.outputTokens >= least,
  maxTokens: (most, { session: { genai } }) =>
    genai !== undefined && genai.inputTokens + genai.outputTokens <= most,
  scoreValues: (lists, { session: { scores = [] } }) => {
    const values = scores.flatMap(({ name, labels }) => [
      scoreValue(name),
      ...labels.map(({ label }) => scoreValue(name, label)),
    ]);
    return lists.every((list) => meets(list, values));
  },
  scoreBounds: (bounds, { session: { scores = [] } }) =>
    bounds.every(({ name, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }) => {
      const score = scores.find((each) => each.name === name);
      if (score === undefined || score.valued === 0) return false;
      const average = averageOf(score.units, score.valued);
      return average >= least && average <= most;
    }),
  errorShapes: (shapes, { session: { errorShapes } }) => meets(shapes, errorShapes),
  failedTools: (tools, { session: { failedTools } }) => meets(tools, failedTools),
  hasScores: (_, { session: { scores } }) => scores !== undefined,
  tags: (lists, { session: { tags } }) => lists.every((list) => meets(list, tags)),
  not: (exclusions, judged) => !exclusions.some((exclusion) => meetsAll(exclusion, judged)),
};

type ConditionName = keyof SessionFilter;

/** Whether a session meets a condition of a filter. */
function meetsCondition<Name extends ConditionName>(
  name: Name,
  filter: SessionFilter,
  judged: Judged,
): boolean {
  const value = filter[name];
  return value === undefined || MATCHES[name](value, judged);
}

/** Whether the session has an error: a span with an error status, or an exception from any source. */
export function hasErrors({ errorCount, exceptionCount = 0 }: StoredSession): boolean {
  return errorCount > 0 || exceptionCount > 0;
}

function meets(wanted: readonly string[], has: readonly string[] = []): boolean {
  return has.some((value) => wanted.includes(value));
}

/** Whether a session meets all conditions of a filter. */
function meetsAll(filter: SessionFilter, judged: Judged): boolean {
  return CONDITION_NAMES.every((name) => meetsCondition(name, filter, judged));
}

const CONDITION_NAMES = Object.keys(MATCHES) as ConditionName[];

/** Whether a session, found by its id, is in the store's list with a filter. */
export function matchesFilter(
  session: StoredSession,
  filter: SessionFilter,
  nowNs: bigint,
  limits: StateLimits,
): boolean {
  if (session.isUnlisted === true) return false;
  return meetsAll(filter, { session, state: stateOf(session, nowNs, limits) });
}
