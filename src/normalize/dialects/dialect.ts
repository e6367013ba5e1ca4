import type { AttributeKey, AttributeView } from '../attributes.js';
import type { Usage, UsageKind } from '../facts.js';
import { isThere, type Source, textAt } from './source.js';
import type { ConversationTerms, ExceptionTerms, IdentityTerms, SessionTerms, VisitTerms } from './terms.js';

/**
 * How one vendor or instrumentation writes telemetry, as data. A dialect is one such table in a file of its
 * own and a line in `registry.ts`. All parts are optional (docs/decisions/014-dialects.md).
 */
export interface Dialect {
  readonly name: string;
  /** Its names are conventions and not a vendor's, so code outside of this folder may use them too. */
  readonly isConvention?: true;
  /**
   * Keys of the session id, best first. They are read in the order of the registry, which begins with
   * `session.id`.
   */
  readonly sessionKeys?: readonly AttributeKey[];
  /**
   * Keys of the session id that other senders might use for something else: read after the session keys of
   * all dialects.
   */
  readonly looseSessionKeys?: readonly AttributeKey[];
  /** Keys of the session id with very general names: read only on records of these scopes, after all others. */
  readonly scopedSessionKeys?: ScopedKeys;
  /** Values under these keys that are not sessions, for all dialects. */
  readonly noSessions?: readonly { readonly key: AttributeKey; readonly value: RegExp }[];
  readonly sessions?: SessionTerms;
  readonly identity?: IdentityTerms;
  readonly exceptions?: ExceptionTerms;
  readonly visits?: VisitTerms;
  readonly conversation?: ConversationTerms;
}

/** A dialect that also reports model calls. docs/usage.md has the numbered rules that read it. */
export interface GenAiDialect extends Dialect {
  /** A record is in this dialect if any of these matches (U1). */
  readonly recognizedBy: readonly Signature[];
  /**
   * Whether a record is a call or a wrapper: the first rule that applies. A record without one is neither
   * (U2).
   */
  readonly kinds: readonly KindRule[];
  /** The log records that report a call; none if left out. Their values are under `keys` too. */
  readonly logs?: LogUsage;
  /** Metrics that report usage. They count only if nothing better does (U18). */
  readonly metrics?: readonly UsageMetric[];
  readonly keys: UsageKeys;
  /** The places of its calls' messages. */
  readonly messages?: MessageSources;
  /** Default provider, if all calls of the dialect, or of a scope, are one provider's. */
  readonly provider?: string | readonly (readonly [scopeName: RegExp, provider: string])[];
  /**
   * Whether `input` includes the cached tokens, if the numbers do not show it (U5): yes, no, or the first
   * matching rule. A key alone means yes if it is present. If no rule matches, the provider's own API
   * decides.
   */
  readonly inputIncludesCache: boolean | readonly (AttributeKey | CacheRule)[];
  /**
   * Whether `output` includes the reasoning tokens, if the numbers do not show it (U6): yes, no, or yes if
   * one of these keys is present, because they were introduced together with that rule.
   */
  readonly outputIncludesReasoning: boolean | readonly Source[];
  /** A record of its own reports the end of a call (U23). */
  readonly endings?: EndingRule;
  /** The model of a call is on the wrapper around it (U10). */
  readonly wrappersNameModel?: true;
  /** The sender writes a cost of 0 for an unknown price (U13). */
  readonly zeroCostIsUnknown?: true;
  /**
   * Why the totals of this dialect's wrappers are known to be right: their excess over the calls below then
   * counts as a rest. Left out if a wrapper repeats a total, reports its last step only, or is not known well
   * enough.
   */
  readonly wrapperSumsAreRight?: string;
  /** A call after a tool includes the numbers of the calls before it, and is split (U22). */
  readonly runningSums?: true;
  /** Why a call ended, in a dialect with running totals: a text or a list of texts. */
  readonly finishReasons?: readonly AttributeKey[];
}

export interface ScopedKeys {
  readonly scopeName: RegExp;
  readonly keys: readonly AttributeKey[];
}

/** All conditions must match. */
export interface CacheRule {
  readonly anyOf?: readonly Source[];
  readonly scopeName?: RegExp;
  readonly scopeVersion?: RegExp;
  readonly includes: boolean | 'as the provider';
  /**
   * The sender computes the total as input + output, so a total that equals their sum says nothing about the
   * cache.
   */
  readonly ownTotal?: true;
}

/**
 * Conditions that identify a record; all that are given must match. Patterns meet text of any length and
 * content: anchor them, and avoid ambiguous repetition.
 */
export interface Signature {
  /** At least one of these is present. */
  readonly anyOf?: readonly AttributeKey[];
  readonly scopeName?: RegExp;
  readonly serviceName?: RegExp;
  /** Never matches a log record. */
  readonly spanName?: RegExp;
  /** Never matches a span. */
  readonly eventName?: RegExp;
}

/** The records that report the end of a call begun by another record. */
export interface EndingRule {
  readonly where: { readonly key: AttributeKey; readonly value: string };
  /** A key that both records have, the first that is present. It distinguishes concurrent calls. */
  readonly inCommon: readonly AttributeKey[];
}

/** Log records that report a model call: those that match and have a token count or a cost. */
export interface LogUsage {
  /** Matched against the event's name; anchor it. */
  readonly event: RegExp;
  /** An attribute that must also have this value. */
  readonly where?: { readonly key: AttributeKey; readonly value: string };
  /** Whether the log record of a call takes precedence over its span (U18). */
  readonly first: boolean;
}

/** A metric that aggregates usage: a monotonic sum whose data points name their session. */
export interface UsageMetric {
  readonly name: string;
  /**
   * The numbers that a point's value adds to, or those for each value of an attribute. Other points report
   * nothing.
   */
  readonly adds: readonly MetricNumber[] | PointsByValue;
}

export interface PointsByValue {
  readonly key: AttributeKey;
  readonly values: Readonly<Record<string, readonly MetricNumber[]>>;
}

/** A token count in normalised form (inclusive input and output), or US dollars. */
export type MetricNumber = Extract<keyof Usage, `${string}Tokens`> | 'costUsd';

/**
 * The places of a model call's messages. They are read when a conversation is requested, so these are names,
 * not declared keys. Of the sources of one list the first non-empty one is read. All events of a list count
 * as one source, and so do adjacent attributes of the output (`ai.response.text`, `ai.response.toolCalls`).
 * OpenTelemetry's own sources are tried after those of a dialect.
 */
export interface MessageSources {
  readonly system?: readonly MessageSource[];
  readonly input: readonly MessageSource[];
  readonly output: readonly MessageSource[];
}

export type MessageSource =
  /** An attribute (or field of a log record's body) with messages as JSON, in any known shape, or plain text. */
  | {
      readonly key: string;
      readonly role?: MessageRole;
      /** A JSON list of texts is one message in several parts. */
      readonly texts?: true;
      /** The messages are in this field of a JSON object. */
      readonly field?: string;
      /** A JSON list that ends with the answer: reads the answer (true), or everything before it (false). */
      readonly answers?: boolean;
    }
  /**
   * Flat attributes: `prefix.0.role`, `prefix.0.content`, `prefix.0.message.content`,
   * `prefix.0.tool_calls.0.name` and similar ones.
   */
  | { readonly prefix: string; readonly role?: MessageRole }
  /** Span events and log records of this name, each one message: its content under `keys`, or as its body. */
  | { readonly event: string; readonly role?: MessageRole; readonly keys?: readonly string[] };

export type MessageRole = 'system' | 'user' | 'assistant' | 'tool';

export type RecordKind = Exclude<UsageKind, 'sum'> | 'neither';

export type KindRule =
  /** By an attribute's value in lower case; `otherwise` is for unlisted values. */
  | {
      readonly key: Source;
      readonly kinds: ReadonlyMap<string, RecordKind>;
      readonly otherwise?: RecordKind;
    }
  /** By a pattern of an attribute's value; anchor it. */
  | { readonly key: Source; readonly value: RegExp; readonly kind: RecordKind }
  /** By the span's name, by present keys, or both together. */
  | { readonly spanName: RegExp; readonly anyOf?: readonly Source[]; readonly kind: RecordKind }
  | { readonly anyOf: readonly Source[]; readonly kind: RecordKind };

/** The places of each number and name of a model call: keys of one meaning, best first, never added up (U3). */
export interface UsageKeys {
  readonly input: readonly Source[];
  /** Tokens of the input that `input` excludes, other than the cache: they are added to it. */
  readonly inputBesides?: readonly Source[];
  readonly output: readonly Source[];
  /** Tokens of the output that `output` excludes, other than reasoning: they are added to it. */
  readonly outputBesides?: readonly Source[];
  readonly cacheRead: readonly Source[];
  readonly cacheWrite: readonly Source[];
  /** Part of `cacheWrite`: tokens to be kept for an hour. */
  readonly cacheWrite1h?: readonly Source[];
  readonly reasoning: readonly Source[];
  /** Audio tokens of the input, including `inputBesides`. */
  readonly inputAudio?: readonly Source[];
  /** Audio tokens of the output, including `outputBesides`. */
  readonly outputAudio?: readonly Source[];
  /** Audio tokens read from the cache. */
  readonly cacheAudioRead?: readonly Source[];
  /** Checks the other numbers, and is never a number of its own. */
  readonly total: readonly Source[];
  readonly provider: readonly Source[];
  readonly requestModel: readonly Source[];
  readonly responseModel: readonly Source[];
  /** Ids of the response or the request that other records of the call have too: all present ones count (U16). */
  readonly callIds: readonly Source[];
  /** USD for the whole call. */
  readonly cost: readonly Source[];
  /** True if the caller aborted the call. */
  readonly aborted?: readonly Source[];
  /** The address of the called API, a URL or a host; read before those of all dialects (`CALL_ADDRESSES`). */
  readonly address?: readonly Source[];
  /**
   * The service tier, of the answer before that of the request; read before those of all dialects
   * (`SERVICE_TIERS`).
   */
  readonly serviceTier?: readonly Source[];
}

/** The context of a record besides its attributes. */
export interface UsageContext {
  readonly isLog: boolean;
  /** Empty for log records. */
  spanName(): string;
  /** Empty for spans. */
  eventName(): string;
  scopeName(): string;
  scopeVersion(): string;
  readonly serviceName: string | undefined;
  /** Time of the call, nanoseconds since 1970. */
  readonly startNs: bigint;
}

/** Whether a dialect reports model calls. */
export function isGenAi(dialect: Dialect): dialect is GenAiDialect {
  return 'recognizedBy' in dialect;
}

/** A table from attribute values, in lower case, to kinds. */
export function kindsByValue(
  values: Readonly<Partial<Record<RecordKind, readonly string[]>>>,
): ReadonlyMap<string, RecordKind> {
  return new Map(
    (Object.entries(values) as [RecordKind, readonly string[]][]).flatMap(([kind, names]) =>
      names.map((name) => [name, kind] as const),
    ),
  );
}

/** The signatures of a dialect that match this scope and service. */
export function signaturesOf(dialect: GenAiDialect, scope: string, service: string): readonly Signature[] {
  return dialect.recognizedBy.filter(
    ({ scopeName, serviceName }) =>
      (scopeName === undefined || scopeName.test(scope)) &&
      (serviceName === undefined || serviceName.test(service)),
  );
}

/** U1, for signatures that match the record's scope and service. */
export function recognizes(
  signatures: readonly Signature[],
  record: AttributeView,
  context: UsageContext,
): boolean {
  for (const { anyOf, spanName, eventName } of signatures) {
    if (
      (anyOf === undefined || hasAny(record, anyOf)) &&
      (spanName === undefined || spanName.test(context.spanName())) &&
      (eventName === undefined || eventName.test(context.eventName()))
    ) {
      return true;
    }
  }
  return false;
}

/** U2. */
export function kindOf(dialect: GenAiDialect, record: AttributeView, context: UsageContext): RecordKind {
  if (context.isLog) return reportsCall(dialect.logs, record, context) ? 'call' : 'neither';
  for (const rule of dialect.kinds) {
    const kind = answer(rule, record, context);
    if (kind !== undefined) return kind;
  }
  return 'neither';
}

function reportsCall(logs: LogUsage | undefined, record: AttributeView, context: UsageContext): boolean {
  if (logs === undefined || !logs.event.test(context.eventName())) return false;
  const { where } = logs;
  return where === undefined || (record.has(where.key) && record.text(where.key) === where.value);
}

function answer(rule: KindRule, record: AttributeView, context: UsageContext): RecordKind | undefined {
  if ('kinds' in rule) {
    const value = textAt(record, rule.key);
    return value === undefined ? undefined : (rule.kinds.get(value.toLowerCase()) ?? rule.otherwise);
  }
  if ('key' in rule) return rule.value.test(textAt(record, rule.key) ?? '') ? rule.kind : undefined;
  if ('spanName' in rule && !rule.spanName.test(context.spanName())) return undefined;
  return rule.anyOf === undefined || hasAny(record, rule.anyOf) ? rule.kind : undefined;
}

/** The dialect's rule about the cache (U5 c); undefined if none matches. */
export function cacheRuleOf(
  { inputIncludesCache }: GenAiDialect,
  record: AttributeView,
  context: UsageContext,
): CacheRule | undefined {
  if (typeof inputIncludesCache === 'boolean') return { includes: inputIncludesCache };
  for (const rule of inputIncludesCache) {
    if (typeof rule === 'number') {
      if (record.has(rule)) return { includes: true };
      continue;
    }
    const { anyOf, scopeName, scopeVersion } = rule;
    if (
      (anyOf === undefined || hasAny(record, anyOf)) &&
      (scopeName === undefined || scopeName.test(context.scopeName())) &&
      (scopeVersion === undefined || scopeVersion.test(context.scopeVersion()))
    ) {
      return rule;
    }
  }
  return undefined;
}

/** Whether one of these has a value on the record. */
export function hasAny(record: AttributeView, sources: readonly Source[]): boolean {
  for (const source of sources) if (isThere(record, source)) return true;
  return false;
}
