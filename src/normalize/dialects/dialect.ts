import type { AttributeKey, AttributeView } from '../attributes.js';
import type { Usage, UsageKind } from '../facts.js';
import { isThere, type Source, textAt } from './source.js';
import type { ConversationTerms, ExceptionTerms, IdentityTerms, SessionTerms, VisitTerms } from './terms.js';

/**
 * How one vendor or instrumentation writes telemetry, as data: a dialect is one such table in a file of its own and a line in `registry.ts`. All parts are
 * optional (docs/decisions/014-dialects.md).
 */
export interface Dialect {
  readonly name: string;
  /** Its names are conventions and no vendor's, so that code outside of this folder may know them too. */
  readonly isConvention?: true;
  /** Keys of the session's id, best first; they are read in the order of the registry, which begins with `session.id`. */
  readonly sessionKeys?: readonly AttributeKey[];
  /** Keys of the session's id that others might use for something else: read after the session keys of all dialects. */
  readonly looseSessionKeys?: readonly AttributeKey[];
  /** Keys of the session's id with names that anything may have: read on records of these scopes only, after all others. */
  readonly scopedSessionKeys?: ScopedKeys;
  /** Values that are something else than a session under these keys, whichever dialect reads them. */
  readonly noSessions?: readonly { readonly key: AttributeKey; readonly value: RegExp }[];
  readonly sessions?: SessionTerms;
  readonly identity?: IdentityTerms;
  readonly exceptions?: ExceptionTerms;
  readonly visits?: VisitTerms;
  readonly conversation?: ConversationTerms;
}

/** A dialect that also reports model calls. The rules that read it have their numbers in docs/usage.md. */
export interface GenAiDialect extends Dialect {
  /** A record is written in this dialect where any of these fits (U1). */
  readonly recognizedBy: readonly Signature[];
  /** What a record is to a model call: the first rule that has an answer. A record without one is neither (U2). */
  readonly kinds: readonly KindRule[];
  /** Which log records report a call; without it none does. What they say stands under `keys` too. */
  readonly logs?: LogUsage;
  /** Metrics that report usage; they count where nothing better does (U18). */
  readonly metrics?: readonly UsageMetric[];
  readonly keys: UsageKeys;
  /** Where the messages of its calls stand. */
  readonly messages?: MessageSources;
  /** Provider of the calls whose records name none: given where all calls of the dialect, or those of a scope, are one provider's. */
  readonly provider?: string | readonly (readonly [scopeName: RegExp, provider: string])[];
  /**
   * Whether `input` has the cached tokens in it, where the numbers do not tell (U5): yes, no, or what the first of these that fits
   * says. A key alone says yes where it is there. Where none fits it is as the provider's own API does.
   */
  readonly inputIncludesCache: boolean | readonly (AttributeKey | CacheRule)[];
  /**
   * Whether `output` has the reasoning tokens in it, where the numbers do not tell (U6): yes, no, or where one of these keys is there,
   * because they came together with that rule.
   */
  readonly outputIncludesReasoning: boolean | readonly Source[];
  /** The end of a call is reported by a record of its own (U23). */
  readonly endings?: EndingRule;
  /** The model of a call stands on the wrapper around it (U10). */
  readonly wrappersNameModel?: true;
  /** The sender writes a cost of 0 for what it has no price of (U13). */
  readonly zeroCostIsUnknown?: true;
  /**
   * Why the sums on this dialect's wrappers are known to be right: what such a sum has beyond the calls below it then counts as the rest of it.
   * Left out where a wrapper repeats itself, reports its last step only, or is not known well enough.
   */
  readonly wrapperSumsAreRight?: string;
  /** A call that follows a tool carries the sum of the calls before it too, and is taken apart (U22). */
  readonly runningSums?: true;
  /** Where a call of a dialect with running sums says why it ended: as a text or a list of texts. */
  readonly finishReasons?: readonly AttributeKey[];
}

export interface ScopedKeys {
  readonly scopeName: RegExp;
  readonly keys: readonly AttributeKey[];
}

/** All that are given must fit. */
export interface CacheRule {
  readonly anyOf?: readonly Source[];
  readonly scopeName?: RegExp;
  readonly scopeVersion?: RegExp;
  readonly includes: boolean | 'as the provider';
  /** The sender makes the total itself, as input + output: one that equals their sum says nothing of the cache. */
  readonly ownTotal?: true;
}

/**
 * Marks by which a record is known; all that are given must fit. Patterns meet text of any length and content: anchor
 * them, and repeat nothing that could match in two ways.
 */
export interface Signature {
  /** At least one of these is there. */
  readonly anyOf?: readonly AttributeKey[];
  readonly scopeName?: RegExp;
  readonly serviceName?: RegExp;
  /** Fits no log record. */
  readonly spanName?: RegExp;
  /** Fits no span. */
  readonly eventName?: RegExp;
}

/** Which records report the end of a call that another record begins. */
export interface EndingRule {
  readonly where: { readonly key: AttributeKey; readonly value: string };
  /** A key that both records have, the first that is there: it distinguishes calls that run at once. */
  readonly inCommon: readonly AttributeKey[];
}

/** Log records that report a model call: those that fit and have a number of tokens or a cost. */
export interface LogUsage {
  /** Matched against the event's name; anchor it. */
  readonly event: RegExp;
  /** An attribute that has to have this value besides. */
  readonly where?: { readonly key: AttributeKey; readonly value: string };
  /** Whether the log record of a call comes before its span, and not the other way round (U18). */
  readonly first: boolean;
}

/** A metric that adds up usage: a monotonic sum whose data points name their session. */
export interface UsageMetric {
  readonly name: string;
  /** What a point's value is: the numbers that it adds to, or those for each value of an attribute. Other points say nothing. */
  readonly adds: readonly MetricNumber[] | PointsByValue;
}

export interface PointsByValue {
  readonly key: AttributeKey;
  readonly values: Readonly<Record<string, readonly MetricNumber[]>>;
}

/** A number of tokens in normalised form (inclusive input and output), or US dollars. */
export type MetricNumber = Extract<keyof Usage, `${string}Tokens`> | 'costUsd';

/**
 * Where the messages of a model call stand. They are read when a conversation is asked for, so these are names, not declared keys. Of the
 * sources of one list the first that has anything is read; all events of a list count as one source, and so do attributes of the output that stand
 * side by side (`ai.response.text`, `ai.response.toolCalls`). OpenTelemetry's own sources are tried after those of a dialect.
 */
export interface MessageSources {
  readonly system?: readonly MessageSource[];
  readonly input: readonly MessageSource[];
  readonly output: readonly MessageSource[];
}

export type MessageSource =
  /** An attribute (or field of a log record's body) with messages as JSON, in any shape that providers and conventions use, or plain text. */
  | {
      readonly key: string;
      readonly role?: MessageRole;
      /** A JSON list of texts is what was said in several parts. */
      readonly texts?: true;
      /** They are what this field of a JSON object holds. */
      readonly field?: string;
      /** A JSON list that ends with the answer: the answer (true), or what stands before it (false). */
      readonly answers?: boolean;
    }
  /** Flat attributes: `prefix.0.role`, `prefix.0.content`, `prefix.0.message.content`, `prefix.0.tool_calls.0.name` and the like. */
  | { readonly prefix: string; readonly role?: MessageRole }
  /** Span events and log records of this name, each one message: its content under `keys`, or as its body. */
  | { readonly event: string; readonly role?: MessageRole; readonly keys?: readonly string[] };

export type MessageRole = 'system' | 'user' | 'assistant' | 'tool';

export type RecordKind = Exclude<UsageKind, 'sum'> | 'neither';

export type KindRule =
  /** By an attribute's value in lower case; `otherwise` is for values that are not listed. */
  | {
      readonly key: Source;
      readonly kinds: ReadonlyMap<string, RecordKind>;
      readonly otherwise?: RecordKind;
    }
  /** By what an attribute's value looks like; anchor it. */
  | { readonly key: Source; readonly value: RegExp; readonly kind: RecordKind }
  /** By the span's name, keys that are there, or both together. */
  | { readonly spanName: RegExp; readonly anyOf?: readonly Source[]; readonly kind: RecordKind }
  | { readonly anyOf: readonly Source[]; readonly kind: RecordKind };

/** Where each number and name of a model call stands: keys of one meaning, best first, never added up (U3). */
export interface UsageKeys {
  readonly input: readonly Source[];
  /** Tokens of the input that `input` leaves out, other than the cache: they come on top of it. */
  readonly inputBesides?: readonly Source[];
  readonly output: readonly Source[];
  /** Tokens of the output that `output` leaves out, other than reasoning: they come on top of it. */
  readonly outputBesides?: readonly Source[];
  readonly cacheRead: readonly Source[];
  readonly cacheWrite: readonly Source[];
  /** Of what was written to the cache, to be kept for an hour. */
  readonly cacheWrite1h?: readonly Source[];
  readonly reasoning: readonly Source[];
  /** Audio in the input, `inputBesides` included. */
  readonly inputAudio?: readonly Source[];
  /** Audio in the output, `outputBesides` included. */
  readonly outputAudio?: readonly Source[];
  /** Audio in what was read from the cache. */
  readonly cacheAudioRead?: readonly Source[];
  /** A check on the others, never a number of its own. */
  readonly total: readonly Source[];
  readonly provider: readonly Source[];
  readonly requestModel: readonly Source[];
  readonly responseModel: readonly Source[];
  /** Ids of the call that other records of it have too, of the response or the request: all that are there count (U16). */
  readonly callIds: readonly Source[];
  /** USD for the whole call. */
  readonly cost: readonly Source[];
  /** True where the caller broke the call off. */
  readonly aborted?: readonly Source[];
  /** The address of the API that was called, a URL or a host; read before those of all dialects (`CALL_ADDRESSES`). */
  readonly address?: readonly Source[];
  /** The tier that the call was served in, that of the answer before that of the request; read before those of all dialects (`SERVICE_TIERS`). */
  readonly serviceTier?: readonly Source[];
}

/** What may be asked about a record besides its attributes. */
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

/** The signatures of a dialect whose scope and service are these. */
export function signaturesOf(dialect: GenAiDialect, scope: string, service: string): readonly Signature[] {
  return dialect.recognizedBy.filter(
    ({ scopeName, serviceName }) =>
      (scopeName === undefined || scopeName.test(scope)) &&
      (serviceName === undefined || serviceName.test(service)),
  );
}

/** U1, for signatures that fit the record's scope and service. */
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

/** U2 */
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

/** What the dialect says of the cache (U5 c); undefined where nothing fits. */
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
