import { int64Of } from '../contract/int64.js';
import { formatRfc3339 } from '../contract/timestamp.js';
import type { Price, SessionUsage, UsageRecordItem } from '../contract/usage.js';
import { PRICE_TABLE, type Unpriced, unitPrices } from '../normalize/cost.js';
import { hasTokens, type Usage } from '../normalize/facts.js';
import { NO_OWN_PRICES, type OwnPrices } from '../normalize/own-prices.js';
import type { RecordId } from '../store/contract/group.js';
import type { StoredSession } from '../store/contract/session.js';
import { genAiUsage } from '../store/contract/session-item.js';
import type { StoredCallRecord, StoredUsageRecord } from '../store/contract/usage.js';

/** The fields of each page of a session's usage besides its items. */
export function usageTotals({
  id,
  genai,
}: StoredSession): Pick<SessionUsage, 'session.id' | 'genai_usage' | 'counted'> {
  return {
    'session.id': id,
    ...(genai && { genai_usage: genAiUsage(genai) }),
    counted: {
      request_count: genai?.requestCount ?? 0,
      total_input_tokens: int64Of(genai?.inputTokens ?? 0n),
      total_output_tokens: int64Of(genai?.outputTokens ?? 0n),
    },
  };
}

/** The contract's item for a record of a session's usage. */
export function usageItem(record: StoredUsageRecord, ownPrices = NO_OWN_PRICES): UsageRecordItem {
  const numbers = record.unread.map(({ key, value }) => ({ key, value }));
  const unread = numbers.length > 0 && { numbers };
  if (record.usage !== undefined) {
    const { usage } = record;
    const isSilent = usage.kind !== 'sum' && !hasTokens(usage);
    return {
      ...usageRecordItem(record, ownPrices),
      ...(isSilent && { unreported: unreportedBecause(record.unread) }),
      ...unread,
    };
  }
  const { signal, dialect, scope, timeNs, reason } = record;
  return {
    signal,
    ...recordReference(record.record),
    time: formatRfc3339(timeNs),
    ...(dialect !== undefined && { dialect }),
    ...(scope !== undefined && { scope }),
    kind: 'other',
    ...unread,
    counted: false,
    reason,
  };
}

function unreportedBecause(unread: StoredUsageRecord['unread']): NonNullable<UsageRecordItem['unreported']> {
  // Senders without the numbers write 0 everywhere.
  if (unread.every(({ value }) => value === 0)) return 'not_reported';
  return unread.every(({ outOfRange }) => outOfRange) ? 'out_of_range' : 'not_read';
}

function usageRecordItem(
  { record, timeNs, usage, reason, by, bySession, sharesIdWith }: StoredCallRecord,
  ownPrices: OwnPrices,
): UsageRecordItem {
  return {
    signal: usage.signal,
    ...recordReference(record),
    time: formatRfc3339(timeNs),
    dialect: usage.dialect,
    ...(usage.scope !== undefined && { scope: usage.scope }),
    kind: usage.kind,
    ...(usage.provider !== undefined && { provider: usage.provider }),
    ...(usage.model !== undefined && { model: usage.model }),
    ...(usage.serviceTier !== undefined && { service_tier: usage.serviceTier }),
    ...(usage.inputTokens !== undefined && { input_tokens: usage.inputTokens }),
    ...(usage.cacheReadTokens !== undefined && { cache_read_tokens: usage.cacheReadTokens }),
    ...(usage.cacheWriteTokens !== undefined && { cache_write_tokens: usage.cacheWriteTokens }),
    ...(usage.cacheWrite1hTokens !== undefined && { cache_write_1h_tokens: usage.cacheWrite1hTokens }),
    ...(usage.outputTokens !== undefined && { output_tokens: usage.outputTokens }),
    ...(usage.reasoningTokens !== undefined && { reasoning_tokens: usage.reasoningTokens }),
    ...(usage.inputAudioTokens !== undefined && { input_audio_tokens: usage.inputAudioTokens }),
    ...(usage.outputAudioTokens !== undefined && { output_audio_tokens: usage.outputAudioTokens }),
    ...(usage.cacheAudioReadTokens !== undefined && { cache_audio_read_tokens: usage.cacheAudioReadTokens }),
    ...(usage.callIds !== undefined && { call_ids: [...usage.callIds] }),
    ...(usage.costNanoUsd !== undefined && { cost_usd: usage.costNanoUsd / 1e9 }),
    ...priceOf(usage, timeNs, ownPrices),
    counted: reason === undefined,
    ...(reason !== undefined && { reason }),
    ...(by && { by: recordReference(by) }),
    ...(bySession !== undefined && { by_session: bySession }),
    ...(sharesIdWith && { shares_id_with: recordReference(sharesIdWith) }),
  };
}

/** The ids of a record with the contract's names. */
export function recordReference({ traceId, spanId, logId }: RecordId): {
  trace_id?: string;
  span_id?: string;
  log_id?: string;
} {
  return {
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(spanId !== undefined && { span_id: spanId }),
    ...(logId !== undefined && { log_id: logId }),
  };
}

/** The price of the cost, or the reason that there is none. */
function priceOf(usage: Usage, timeNs: bigint, ownPrices: OwnPrices): { price?: Price; unpriced?: Unpriced } {
  if (usage.costSource === 'reported') return { price: { source: 'reported' } };
  const prices = unitPrices(usage, timeNs, ownPrices);
  if (typeof prices === 'string')
    return usage.costSource === undefined ? { unpriced: prices } : { price: { source: PRICE_TABLE } };
  return {
    price: {
      source: prices.source,
      ...(prices.provider !== undefined && { provider: prices.provider }),
      ...(prices.basis !== undefined && { basis: prices.basis }),
      ...(prices.input !== undefined && { input_per_million: prices.input }),
      ...(prices.cacheRead !== undefined && { cache_read_per_million: prices.cacheRead }),
      ...(prices.cacheWrite !== undefined && { cache_write_per_million: prices.cacheWrite }),
      ...(prices.cacheWrite1h !== undefined && { cache_write_1h_per_million: prices.cacheWrite1h }),
      ...(prices.output !== undefined && { output_per_million: prices.output }),
      ...(prices.reasoning !== undefined && { reasoning_per_million: prices.reasoning }),
      ...(prices.inputAudio !== undefined && { input_audio_per_million: prices.inputAudio }),
      ...(prices.outputAudio !== undefined && { output_audio_per_million: prices.outputAudio }),
      ...(prices.cacheAudioRead !== undefined && { cache_audio_read_per_million: prices.cacheAudioRead }),
      ...(prices.requests !== undefined && { per_thousand_requests: prices.requests }),
    },
  };
}
