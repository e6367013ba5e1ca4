import { PRICE_TABLE, unitPrices } from '../normalize/cost.js';
import { callsOf, type Usage } from '../normalize/facts.js';
import { NO_OWN_PRICES, type OwnPrices } from '../normalize/own-prices.js';
import type { RecordId, StoredCarrier, StoredUsage } from '../store/store.js';
import { int64Of } from './int64.js';
import { genAiUsage } from './session-item.js';
import { formatRfc3339 } from './timestamp.js';
import type { Price, SessionUsage, UsageCarrier } from './usage-contract.js';

/** The contract's account of a session's usage. */
export function usageItem({ session, carriers }: StoredUsage, ownPrices = NO_OWN_PRICES): SessionUsage {
  const counted = { request_count: 0, total_input_tokens: 0n, total_output_tokens: 0n };
  for (const { reason, usage } of carriers) {
    if (reason !== undefined) continue;
    counted.request_count += callsOf(usage);
    counted.total_input_tokens += BigInt(usage.inputTokens ?? 0);
    counted.total_output_tokens += BigInt(usage.outputTokens ?? 0);
  }
  return {
    'session.id': session.id,
    ...(session.genai && { genai_usage: genAiUsage(session.genai) }),
    counted: {
      ...counted,
      total_input_tokens: int64Of(counted.total_input_tokens),
      total_output_tokens: int64Of(counted.total_output_tokens),
    },
    items: carriers.map((carrier) => carrierItem(carrier, ownPrices)),
  };
}

function carrierItem(
  { record, timeNs, usage, reason, by, bySession, sharesIdWith }: StoredCarrier,
  ownPrices: OwnPrices,
): UsageCarrier {
  const price = priceOf(usage, timeNs, ownPrices);
  return {
    signal: usage.signal,
    ...reference(record),
    time: formatRfc3339(timeNs),
    dialect: usage.dialect,
    ...(usage.scope !== undefined && { scope: usage.scope }),
    kind: usage.kind,
    ...(usage.provider !== undefined && { provider: usage.provider }),
    ...(usage.model !== undefined && { model: usage.model }),
    ...(usage.inputTokens !== undefined && { input_tokens: usage.inputTokens }),
    ...(usage.cacheReadTokens !== undefined && { cache_read_tokens: usage.cacheReadTokens }),
    ...(usage.cacheWriteTokens !== undefined && { cache_write_tokens: usage.cacheWriteTokens }),
    ...(usage.outputTokens !== undefined && { output_tokens: usage.outputTokens }),
    ...(usage.reasoningTokens !== undefined && { reasoning_tokens: usage.reasoningTokens }),
    ...(usage.inputAudioTokens !== undefined && { input_audio_tokens: usage.inputAudioTokens }),
    ...(usage.outputAudioTokens !== undefined && { output_audio_tokens: usage.outputAudioTokens }),
    ...(usage.cacheAudioReadTokens !== undefined && { cache_audio_read_tokens: usage.cacheAudioReadTokens }),
    ...(usage.callIds !== undefined && { call_ids: [...usage.callIds] }),
    ...(usage.costNanoUsd !== undefined && { cost_usd: usage.costNanoUsd / 1e9 }),
    ...(price && { price }),
    counted: reason === undefined,
    ...(reason !== undefined && { reason }),
    ...(by && { by: reference(by) }),
    ...(bySession !== undefined && { by_session: bySession }),
    ...(sharesIdWith && { shares_id_with: reference(sharesIdWith) }),
  };
}

function reference({ traceId, spanId, logId }: RecordId): {
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

function priceOf(
  { costSource, provider, model, inputTokens }: Usage,
  timeNs: bigint,
  ownPrices: OwnPrices,
): Price | undefined {
  if (costSource === undefined) return undefined;
  if (costSource === 'reported' || model === undefined) return { source: 'reported' };
  const prices = unitPrices(provider, model, timeNs, inputTokens ?? 0, ownPrices);
  return {
    source: prices?.source ?? PRICE_TABLE,
    ...(prices?.input !== undefined && { input_per_million: prices.input }),
    ...(prices?.cacheRead !== undefined && { cache_read_per_million: prices.cacheRead }),
    ...(prices?.cacheWrite !== undefined && { cache_write_per_million: prices.cacheWrite }),
    ...(prices?.output !== undefined && { output_per_million: prices.output }),
    ...(prices?.reasoning !== undefined && { reasoning_per_million: prices.reasoning }),
    ...(prices?.inputAudio !== undefined && { input_audio_per_million: prices.inputAudio }),
    ...(prices?.outputAudio !== undefined && { output_audio_per_million: prices.outputAudio }),
    ...(prices?.cacheAudioRead !== undefined && { cache_audio_read_per_million: prices.cacheAudioRead }),
    ...(prices?.requests !== undefined && { per_thousand_requests: prices.requests }),
  };
}
