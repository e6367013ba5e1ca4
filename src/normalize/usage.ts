import { createHash } from 'node:crypto';
import { servedBy } from './api-address.js';
import type { AttributeView } from './attributes.js';
import { BoundedMemo } from './bounded-memo.js';
import { boundedText } from './bounded-text.js';
import { priceOfUsage } from './cost.js';
import { isDataPoint, readDataPoint } from './data-point.js';
import { CALL_ADDRESSES, CALL_ERRORS, CALL_PORTS, SERVICE_TIERS } from './dialects/call-terms.js';
import {
  cacheRuleOf,
  type Dialect,
  type EndingRule,
  type GenAiDialect,
  hasAny,
  isGenAi,
  kindOf,
  recognizes,
  type Signature,
  signaturesOf,
  type UsageContext,
  type UsageKeys,
} from './dialects/dialect.js';
import { DIALECTS } from './dialects/registry.js';
import { flagAt, numberAt, type Source, textAt } from './dialects/source.js';
import { carriesUsage, hasTokens, type PriceOf, type Usage, type UsageKind } from './facts.js';
import { boundedValue } from './no-value.js';
import { NO_OWN_PRICES, type OwnPrices } from './own-prices.js';
import { isAddress, normalizeProvider } from './provider.js';
import { serviceTierOf } from './service-tier.js';

export type { UsageContext } from './dialects/dialect.js';

/** U4. */
const MAX_TOKENS = 2 ** 32;
/** Maximum reported cost of one call, USD. Keeps nano-USD far below 2^53. */
const MAX_COST_USD = 1e6;
/** Maximum length of a model's or scope's name, and of a call's id, UTF-16 units. */
const MAX_TEXT = 256;
/** Number of scopes and services whose dialects are cached, and maximum length of their names. */
const MEMO_CAPACITY = 256;
const MAX_REMEMBERED_LENGTH = 512;

/** Matches finish reasons of any provider that mean a tool call. */
const TOOL_FINISH = /tool_?(?:calls?|use)/i;

/** Providers whose own APIs report input without the cached tokens, under any host: the last resort of U5. */
const EXCLUSIVE_PROVIDERS = /^(?:[a-z.]+\.)?anthropic$|^aws\.bedrock$/;

export interface UsageReader {
  /**
   * The usage of a record, normalised by the rules of docs/usage.md; undefined if it is neither a model call
   * nor a wrapper. Never throws, whatever the attributes are.
   */
  read(record: AttributeView, context: UsageContext): Usage | undefined;
  /** The prices that `read` uses. */
  readonly priceOf: PriceOf;
  /**
   * The dialect that recognises a record, even if the dialect does not take it for a call. Only names are
   * set, as for a wrapper.
   */
  explain(record: AttributeView, context: UsageContext): Usage | undefined;
}

export function createUsageReader(
  dialects: readonly Dialect[] = DIALECTS,
  ownPrices: OwnPrices = NO_OWN_PRICES,
): UsageReader {
  const genAi = dialects.filter(isGenAi);
  const ofSpans = new Candidates(genAi, ({ eventName }) => eventName === undefined);
  const ofLogs = new Candidates(genAi, ({ spanName }) => spanName === undefined);
  const priceOf = listPriceOf(ownPrices);
  const read = (record: AttributeView, context: UsageContext): Usage | undefined => {
    const candidates = context.isLog ? ofLogs : ofSpans;
    for (const { dialect, signatures } of candidates.of(context.scopeName(), context.serviceName ?? '')) {
      if (!recognizes(signatures, record, context)) continue;
      if (isDataPoint(record, context)) {
        const says = readDataPoint(record, context, dialect);
        return says && { ...identity(record, context, dialect, 'sum'), ...says };
      }
      const kind = kindOf(dialect, record, context);
      if (kind === 'neither') return undefined;
      const usage = readUsage(record, context, dialect, kind);
      if (isAborted(record, dialect, usage)) forgetTokens(usage);
      else readCost(record, dialect, usage, context.startNs, priceOf);
      // A log record without numbers reports a call that its span reports as well.
      return context.isLog && !carriesUsage(usage) ? undefined : usage;
    }
    return undefined;
  };
  const explain = (record: AttributeView, context: UsageContext): Usage | undefined => {
    const candidates = context.isLog ? ofLogs : ofSpans;
    const found = candidates
      .of(context.scopeName(), context.serviceName ?? '')
      .find(({ signatures }) => recognizes(signatures, record, context));
    return found && identity(record, context, found.dialect, 'wrapper');
  };
  return { read, priceOf, explain };
}

interface Candidate {
  readonly dialect: GenAiDialect;
  readonly signatures: readonly Signature[];
}

/**
 * The dialects that can match records of a scope and service: computed once for each of these, not for each
 * record.
 */
class Candidates {
  readonly #dialects: readonly GenAiDialect[];
  readonly #canFit: (signature: Signature) => boolean;
  readonly #known = new BoundedMemo<readonly Candidate[]>(MEMO_CAPACITY);
  // Records of one scope are consecutive.
  #scope = '';
  #service = '';
  #latest: readonly Candidate[] | undefined;

  constructor(dialects: readonly GenAiDialect[], canFit: (signature: Signature) => boolean) {
    this.#dialects = dialects;
    this.#canFit = canFit;
  }

  of(scope: string, service: string): readonly Candidate[] {
    if (this.#latest !== undefined && scope === this.#scope && service === this.#service) return this.#latest;
    const isKept = scope.length + service.length <= MAX_REMEMBERED_LENGTH;
    const found = isKept
      ? this.#known.get(`${scope}\0${service}`, () => this.#find(scope, service))
      : this.#find(scope, service);
    this.#scope = scope;
    this.#service = service;
    this.#latest = found;
    return found;
  }

  #find(scope: string, service: string): readonly Candidate[] {
    return this.#dialects
      .map((dialect) => ({
        dialect,
        signatures: signaturesOf(dialect, scope, service).filter(this.#canFit),
      }))
      .filter(({ signatures }) => signatures.length > 0);
  }
}

/** A Usage under construction. */
type Draft = { -readonly [K in keyof Usage]: Usage[K] };

function readUsage(
  record: AttributeView,
  context: UsageContext,
  dialect: GenAiDialect,
  kind: UsageKind,
): Draft {
  const { keys } = dialect;
  const usage = identity(record, context, dialect, kind);
  if (context.isLog && dialect.logs?.first) usage.first = true;
  if (kind === 'wrapper') {
    if (dialect.wrappersNameModel) usage.lendsModel = true;
    if (dialect.wrapperSumsAreRight !== undefined) usage.sumIsRight = true;
  } else if (dialect.runningSums) {
    usage.runningSum = true;
    if (endedForTool(record, dialect)) usage.calledTool = true;
  }
  const callIds = allTexts(record, keys.callIds, normalizeCallId);
  if (callIds !== undefined) usage.callIds = callIds;
  readInput(record, context, dialect, usage);
  readOutput(record, dialect, usage);
  readAudio(record, dialect.keys, usage);
  if (kind === 'call' && dialect.endings !== undefined) readHalf(record, dialect.endings, usage);
  if (kind === 'call') readTerms(record, keys, usage);
  return usage;
}

/** U22. */
function endedForTool(record: AttributeView, { finishReasons = [] }: GenAiDialect): boolean {
  return finishReasons.some((key) => {
    if (!record.has(key)) return false;
    return TOOL_FINISH.test(record.text(key) ?? record.strings(key)?.join(' ') ?? '');
  });
}

/** U23: marks the end record of a call, and a record that may be its start. */
function readHalf(record: AttributeView, { where, inCommon }: EndingRule, usage: Draft): void {
  const ends = record.has(where.key) && record.text(where.key) === where.value;
  if (!ends && carriesUsage(usage)) return;
  const common = inCommon.find((key) => record.has(key));
  const text = common === undefined ? undefined : record.text(common);
  usage.halfOf = createHash('sha256')
    .update(text ?? '')
    .digest('base64url')
    .slice(0, 16);
  if (ends) usage.ends = true;
}

/** The address and tier of a call, on which its price depends (U14). */
function readTerms(record: AttributeView, keys: UsageKeys, usage: Draft): void {
  const address = addressOf(record, keys, usage.provider);
  const port = address === undefined ? undefined : firstText(record, CALL_PORTS, (text) => text);
  const server = address === undefined ? undefined : servedBy(address, port);
  if (server !== undefined && server !== usage.provider) usage.servedBy = server;
  const tier = tierIn(record, keys.serviceTier) ?? tierIn(record, SERVICE_TIERS);
  const serviceTier = tier === undefined ? undefined : serviceTierOf(tier);
  if (serviceTier !== undefined) usage.serviceTier = serviceTier;
}

/** The address of the API, even if it is in the provider's place. */
function addressOf(record: AttributeView, keys: UsageKeys, provider: string | undefined): string | undefined {
  const raw = (text: string) => text;
  const address =
    (keys.address && firstText(record, keys.address, raw)) ?? firstText(record, CALL_ADDRESSES, raw);
  if (address !== undefined || provider !== undefined) return address;
  return firstText(record, keys.provider, (text) => (isAddress(text) ? text : undefined));
}

function tierIn(record: AttributeView, sources: readonly Source[] | undefined): string | undefined {
  return sources === undefined ? undefined : firstText(record, sources, (text) => text);
}

/** The names and the kind of a record, without numbers and ids. */
function identity(
  record: AttributeView,
  context: UsageContext,
  dialect: GenAiDialect,
  kind: UsageKind,
): Draft {
  const { keys } = dialect;
  const signal = kind === 'sum' ? 'metric' : context.isLog ? 'log' : 'span';
  const usage: Draft = { kind, dialect: dialect.name, signal };
  const scope = boundedText(context.scopeName(), MAX_TEXT);
  if (scope !== undefined) usage.scope = scope;
  const provider = firstText(record, keys.provider, normalizeProvider) ?? usualProvider(dialect, context);
  if (provider !== undefined) usage.provider = provider;
  const model =
    firstText(record, keys.responseModel, normalizeModel) ??
    firstText(record, keys.requestModel, normalizeModel);
  if (model !== undefined) usage.model = model;
  return usage;
}

/** U12. */
function usualProvider({ provider }: GenAiDialect, context: UsageContext): string | undefined {
  if (provider === undefined || typeof provider === 'string') return provider;
  return provider.find(([scopeName]) => scopeName.test(context.scopeName()))?.[1];
}

/** Input including the cached tokens, and the cached tokens (U3 to U5). */
function readInput(record: AttributeView, context: UsageContext, dialect: GenAiDialect, usage: Draft): void {
  const { keys } = dialect;
  const input = firstTokens(record, keys.input);
  const read = firstTokens(record, keys.cacheRead);
  const hour = keys.cacheWrite1h && firstTokens(record, keys.cacheWrite1h);
  const write = firstTokens(record, keys.cacheWrite) ?? hour;
  const cache = (read ?? 0) + (write ?? 0);
  const apart = includesCache(record, context, dialect, usage.provider, input ?? 0, cache) ? 0 : cache;
  const all = (input ?? 0) + apart + inputBesides(record, keys);
  if (all > MAX_TOKENS) {
    // The parts contradict the total, so only the total is used.
    if (input !== undefined) usage.inputTokens = input;
    return;
  }
  if (input === undefined && read === undefined && write === undefined) return;
  usage.inputTokens = all;
  if (read !== undefined) usage.cacheReadTokens = read;
  if (write !== undefined) usage.cacheWriteTokens = write;
  if (hour !== undefined && hour > 0 && hour <= write!) usage.cacheWrite1hTokens = hour;
}

/** U5, steps (a) to (d) */
function includesCache(
  record: AttributeView,
  context: UsageContext,
  dialect: GenAiDialect,
  provider: string | undefined,
  input: number,
  cache: number,
): boolean {
  if (cache === 0) return true;
  if (cache > input) return false;
  const { keys } = dialect;
  const rule = cacheRuleOf(dialect, record, context);
  const total = firstTokens(record, keys.total);
  if (total !== undefined) {
    const output = firstTokens(record, keys.output) ?? 0;
    const isOwn = rule?.ownTotal === true;
    const rest = total - input - inputBesides(record, keys) - output - outputBesides(record, keys);
    if (rest === 0 && !isOwn) return true;
    if (rest === cache) return false;
    // Some totals include reasoning in addition to the output (U6).
    const reasoning = firstTokens(record, keys.reasoning) ?? 0;
    if (rest === reasoning && !isOwn) return true;
    if (rest === cache + reasoning) return false;
  }
  const includes = rule?.includes ?? 'as the provider';
  return includes === 'as the provider' ? !isExclusive(provider) : includes;
}

function inputBesides(record: AttributeView, { inputBesides: sources }: UsageKeys): number {
  return sources === undefined ? 0 : (firstTokens(record, sources) ?? 0);
}

/** U5 (d). */
function isExclusive(provider: string | undefined): boolean {
  return provider !== undefined && EXCLUSIVE_PROVIDERS.test(provider);
}

/** Output including the reasoning tokens, and the reasoning tokens (U6). Input has been read. */
function readOutput(record: AttributeView, dialect: GenAiDialect, usage: Draft): void {
  const { keys } = dialect;
  const output = firstTokens(record, keys.output);
  const reasoning = firstTokens(record, keys.reasoning);
  const besides = outputBesides(record, keys);
  const apart = includesReasoning(record, dialect, usage, output ?? 0, reasoning ?? 0) ? 0 : (reasoning ?? 0);
  const all = (output ?? 0) + apart + besides;
  if (all > MAX_TOKENS) {
    if (output !== undefined) usage.outputTokens = output;
    return;
  }
  if (output === undefined && reasoning === undefined) return;
  usage.outputTokens = all;
  if (reasoning !== undefined) usage.reasoningTokens = reasoning;
}

function outputBesides(record: AttributeView, { outputBesides: sources }: UsageKeys): number {
  return sources === undefined ? 0 : (firstTokens(record, sources) ?? 0);
}

/**
 * The audio parts of input, output and cache, as far as they fit into what they are part of (U6). Input and
 * output have been read.
 */
function readAudio(record: AttributeView, keys: UsageKeys, usage: Draft): void {
  const { inputTokens = -1, cacheReadTokens = -1, outputTokens = -1, reasoningTokens = 0 } = usage;
  const input = partWithin(record, keys.inputAudio, inputTokens);
  if (input !== undefined) usage.inputAudioTokens = input;
  const output = partWithin(record, keys.outputAudio, outputTokens - reasoningTokens);
  if (output !== undefined) usage.outputAudioTokens = output;
  const cached = partWithin(record, keys.cacheAudioRead, Math.min(input ?? -1, cacheReadTokens));
  if (cached !== undefined) usage.cacheAudioReadTokens = cached;
}

/** A token count that is at most its whole. */
function partWithin(
  record: AttributeView,
  sources: readonly Source[] | undefined,
  whole: number,
): number | undefined {
  const part = sources === undefined ? undefined : firstTokens(record, sources);
  return part === undefined || part > whole ? undefined : part;
}

/** U6. */
function includesReasoning(
  record: AttributeView,
  dialect: GenAiDialect,
  usage: Usage,
  output: number,
  reasoning: number,
): boolean {
  if (reasoning === 0) return true;
  if (reasoning > output) return false;
  const total = firstTokens(record, dialect.keys.total);
  if (total !== undefined) {
    const rest = total - (usage.inputTokens ?? 0) - output - outputBesides(record, dialect.keys);
    if (rest === 0) return true;
    if (rest === reasoning) return false;
  }
  const { outputIncludesReasoning } = dialect;
  return typeof outputIncludesReasoning === 'boolean'
    ? outputIncludesReasoning
    : hasAny(record, outputIncludesReasoning);
}

/**
 * U4: a call that its caller aborted and that reports only zeros. Its tokens are unknown. A call that the
 * provider refused had none.
 */
function isAborted(record: AttributeView, { keys }: GenAiDialect, usage: Usage): boolean {
  if (usage.kind !== 'call' || hasTokens(usage)) return false;
  if (!firstText(record, CALL_ERRORS, (text) => (/abort|cancel/i.test(text) ? text : undefined))) {
    if (!keys.aborted?.some((source) => flagAt(record, source))) return false;
  }
  return !keys.cost.some((source) => (numberAt(record, source) ?? 0) > 0);
}

function forgetTokens(usage: Draft): void {
  for (const number of TOKENS) delete usage[number];
}

const TOKENS = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWrite1hTokens',
  'outputTokens',
  'reasoningTokens',
  'inputAudioTokens',
  'outputAudioTokens',
  'cacheAudioReadTokens',
] as const satisfies readonly (keyof Usage)[];

/** The reported cost (U13), else the list price (U14). */
function readCost(
  record: AttributeView,
  dialect: GenAiDialect,
  usage: Draft,
  startNs: bigint,
  priceOf: PriceOf,
): void {
  const hasTokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) > 0;
  for (const key of dialect.keys.cost) {
    const reported = numberAt(record, key);
    if (reported === 0 && dialect.zeroCostIsUnknown && hasTokens) continue;
    if (reported !== undefined && reported >= 0 && reported <= MAX_COST_USD) {
      usage.costNanoUsd = Math.abs(Math.round(reported * 1e9));
      usage.costSource = 'reported';
      return;
    }
  }
  const price = priceOf(usage, startNs);
  if (price === undefined) return;
  usage.costNanoUsd = price;
  usage.costSource = 'list';
}

/** U14. */
function listPriceOf(ownPrices: OwnPrices): PriceOf {
  return (usage, atNs) => {
    const price = priceOfUsage(usage, atNs, ownPrices);
    return typeof price === 'number' ? price : undefined;
  };
}

/** U3, U4. */
function firstTokens(record: AttributeView, keys: readonly Source[]): number | undefined {
  for (const key of keys) {
    const value = numberAt(record, key);
    // A text can contain -0, which must become 0.
    if (value !== undefined && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS)
      return Math.abs(value);
  }
  return undefined;
}

function firstText(
  record: AttributeView,
  keys: readonly Source[],
  normalize: (text: string) => string | undefined,
): string | undefined {
  for (const key of keys) {
    const raw = textAt(record, key);
    const text = raw === undefined ? undefined : normalize(raw);
    if (text !== undefined) return text;
  }
  return undefined;
}

function normalizeModel(name: string): string | undefined {
  return boundedValue(name, MAX_TEXT);
}

function allTexts(
  record: AttributeView,
  keys: readonly Source[],
  normalize: (text: string) => string | undefined,
): string[] | undefined {
  let found: string[] | undefined;
  for (const key of keys) {
    const text = firstText(record, [key], normalize);
    if (text === undefined || found?.includes(text)) continue;
    found ??= [];
    found.push(text);
  }
  return found;
}

/** A longer id is left out, because cutting could make two ids equal. */
function normalizeCallId(id: string): string | undefined {
  return id.length > MAX_TEXT ? undefined : boundedValue(id, MAX_TEXT);
}
