import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue, type UsageKeys } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, CACHE_KEYS_SINCE_1_40, genAiKeys } from './otel-genai.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const own = {
  cacheRead: [key('gen_ai.usage.input_tokens.cached')],
  cacheWrite: [key('gen_ai.usage.input_tokens.cache_write')],
  reasoning: [key('gen_ai.usage.output_tokens.reasoning')],
  // The last is an amount of money in spite of its name.
  cost: [key('gen_ai.usage.total_cost'), key('gen_ai.cost.total_tokens')],
} satisfies Partial<UsageKeys>;

const OPERATION_TYPE = key('gen_ai.operation.type');

/**
 * Sentry's agent monitoring, as its conventions (`sentry-conventions`, attributes `gen_ai.*`) describe it.
 * Recognized by keys that only it has.
 *
 * | key | what it is |
 * | --- | --- |
 * | `gen_ai.operation.type` | `ai_client`, `agent`, `tool` or `handoff`, set by Sentry's relay: what the span is, whatever the SDK calls its operation |
 * | `sentry.op` | the same in the SDK's words, `gen_ai.` and the operation; on spans of everything else too |
 * | `gen_ai.usage.input_tokens.cached`, `.cache_write` | cache; by the conventions as stored, input leaves it out, against OpenTelemetry's |
 * | `gen_ai.usage.cache_read.input_tokens` and the like | OpenTelemetry's names, which are to come in place of those; input has it |
 * | `gen_ai.usage.output_tokens.reasoning` | reasoning, part of the output |
 * | `gen_ai.usage.total_cost`, `gen_ai.cost.total_tokens` | USD for the call, added by Sentry's relay |
 * | `gen_ai.cost.input_tokens`, `gen_ai.cost.output_tokens` | shares of that: not read |
 */
export const sentry: GenAiDialect = {
  name: 'sentry',
  identity: {
    release: ['sentry.release'],
    place: {
      countryCode: ['user.geo.country_code'],
      region: ['user.geo.subdivision'],
      city: ['user.geo.city'],
    },
    address: { 60: ['user.ip_address'] },
    device: { model: { 40: ['device.family'] } },
    userSide: { keys: ['device.model'] },
  },
  visits: {
    pages: [
      {
        source: 'sentry.pageload',
        mark: { key: 'sentry.op', value: 'pageload' },
        kind: 'load',
        isNamedBySpan: true,
      },
      {
        source: 'sentry.navigation',
        mark: { key: 'sentry.op', value: 'navigation' },
        kind: 'route',
        isNamedBySpan: true,
      },
      {
        source: 'sentry.ui.load',
        mark: { key: 'sentry.op', value: 'ui.load' },
        kind: 'screen',
        isNamedBySpan: true,
      },
    ],
    vitals: {
      own: { 30: [(vital) => `browser.web_vital.${vital}`, (vital) => `web_vital.${vital}`] },
      markedSpans: { key: 'sentry.op', value: /^(?:pageload|navigation|ui\.webvital|ui\.interaction)/ },
    },
  },
  conversation: {
    tools: {
      arguments: { 14: ['gen_ai.tool.input'] },
      results: { 14: ['gen_ai.tool.output'] },
      handoff: { key: 'gen_ai.operation.type', value: 'handoff' },
    },
  },
  recognizedBy: [
    {
      anyOf: [
        ...own.cacheRead,
        ...own.cacheWrite,
        ...own.reasoning,
        key('gen_ai.cost.total_tokens'),
        OPERATION_TYPE,
        key('gen_ai.function_id'),
        key('gen_ai.response.tokens_per_second'),
      ],
    },
  ],
  kinds: [
    {
      key: OPERATION_TYPE,
      kinds: kindsByValue({ call: ['ai_client'], wrapper: ['agent'], neither: ['tool', 'handoff'] }),
    },
    {
      key: key('sentry.op'),
      kinds: kindsByValue({
        call: [
          'gen_ai.chat',
          'gen_ai.generate_content',
          'gen_ai.text_completion',
          'gen_ai.embeddings',
          'gen_ai.request',
          'gen_ai.responses',
          'gen_ai.messages',
        ],
        wrapper: ['gen_ai.invoke_agent'],
        neither: ['gen_ai.execute_tool', 'gen_ai.create_agent', 'gen_ai.handoff'],
      }),
    },
    byGenAiOperation,
    byGenAiNumbers,
  ],
  keys: {
    ...genAiKeys,
    ...own,
    cacheRead: [...own.cacheRead, ...genAiKeys.cacheRead],
    cacheWrite: [...own.cacheWrite, ...genAiKeys.cacheWrite],
    reasoning: [...own.reasoning, ...genAiKeys.reasoning],
  },
  messages: {
    input: [{ key: 'gen_ai.input.messages' }, { key: 'gen_ai.request.messages' }],
    output: [
      { key: 'gen_ai.output.messages' },
      { key: 'gen_ai.response.text', role: 'assistant', texts: true },
      { key: 'gen_ai.response.tool_calls', role: 'assistant' },
    ],
  },
  inputIncludesCache: [
    { anyOf: [...own.cacheRead, ...own.cacheWrite], includes: false },
    ...CACHE_KEYS_SINCE_1_40,
    { includes: false },
  ],
  outputIncludesReasoning: true,
};
