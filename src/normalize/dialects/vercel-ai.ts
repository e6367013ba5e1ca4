import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { byGenAiOperation, GEN_AI_OPERATION, genAiKeys } from './otel-genai.js';
import { jsonAt } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const session = (name: string) => attributeKey(name, KeyGroup.session);
/** Values set by the application: metadata up to version 6, the context in version 7. */
const ofUser = (name: string) => [
  session(`ai.telemetry.metadata.${name}`),
  session(`ai.settings.context.${name}`),
];

const OPERATION = key('ai.operationId');
/** The provider's metadata: the only place of the cache in v4, and of tokens written to it in v5. */
const METADATA = key('ai.response.providerMetadata');

/**
 * The AI SDK of Vercel (`ai`), with its own telemetry or that of `@ai-sdk/otel`.
 *
 * | version | calls | input | cache | input of Anthropic and Bedrock |
 * | --- | --- | --- | --- | --- |
 * | 4 | `ai.*.doGenerate`, `doStream`, `doEmbed` | `ai.usage.promptTokens` | provider's metadata | without the cache |
 * | 5 | the same | `ai.usage.inputTokens`, in generateText and generateObject `promptTokens` | `ai.usage.cachedInputTokens` | without the cache |
 * | 6 | the same | `ai.usage.inputTokens`, in generateObject `promptTokens` | `ai.usage.inputTokenDetails.*` | with the cache |
 * | 7 | `chat {model}`, `embeddings {model}`, scope `gen_ai` | `gen_ai.usage.input_tokens` | `gen_ai.usage.cache_read.input_tokens` | with the cache |
 *
 * Spans around the calls (`ai.generateText`, `invoke_agent`, `agent_step`) have the sum of the steps, or the last
 * step. Only `inputTokenDetails` distinguishes version 6 from 5. The spans of objects do not have it: there the
 * habit of the provider decides.
 *
 * Totals are calculated by the SDK or its providers. One that exceeds input + output still shows reasoning
 * (Gemini to version 5).
 */
export const vercelAi: GenAiDialect = {
  name: 'vercel-ai',
  sessionKeys: ['sessionId', 'session_id'].flatMap(ofUser),
  // Names that users choose.
  looseSessionKeys: [
    'threadId',
    'thread_id',
    'chatId',
    'chat_id',
    'conversationId',
    'conversation_id',
  ].flatMap(ofUser),
  identity: {
    userId: {
      31: [
        'ai.telemetry.metadata.userId',
        'ai.telemetry.metadata.user_id',
        'ai.settings.context.userId',
        'ai.settings.context.user_id',
      ],
    },
  },
  conversation: {
    tools: {
      names: { 20: ['ai.toolCall.name'] },
      callIds: { 20: ['ai.toolCall.id'] },
      arguments: { 20: ['ai.toolCall.args'] },
      results: { 20: ['ai.toolCall.result'] },
      kinds: { 30: [{ key: 'ai.operationId', value: /^ai\.toolCall$/ }] },
      spans: /^ai\.toolCall$/,
    },
    finishReasons: { 20: ['ai.response.finishReason'] },
    operations: ['ai.operationId'],
  },
  recognizedBy: [{ anyOf: [OPERATION] }, { scopeName: /^gen_ai$/, anyOf: [GEN_AI_OPERATION] }],
  kinds: [
    { key: OPERATION, value: /^ai\.\w+\.do(?:Generate|Stream|Embed)$/, kind: 'call' },
    { key: OPERATION, value: /^ai\.(?:toolCall|rerank)(?:\.|$)/, kind: 'neither' },
    { key: OPERATION, value: /^ai\./, kind: 'wrapper' },
    byGenAiOperation,
  ],
  keys: {
    input: [
      key('ai.usage.inputTokens'),
      key('ai.usage.promptTokens'),
      ...genAiKeys.input,
      key('ai.usage.tokens'),
    ],
    output: [key('ai.usage.outputTokens'), key('ai.usage.completionTokens'), ...genAiKeys.output],
    cacheRead: [
      key('ai.usage.inputTokenDetails.cacheReadTokens'),
      key('ai.usage.cachedInputTokens'),
      ...genAiKeys.cacheRead,
      jsonAt(METADATA, 'anthropic', 'cacheReadInputTokens'),
      jsonAt(METADATA, 'anthropic', 'usage', 'cache_read_input_tokens'),
      jsonAt(METADATA, 'bedrock', 'usage', 'cacheReadInputTokens'),
      jsonAt(METADATA, 'openai', 'cachedPromptTokens'),
    ],
    cacheWrite: [
      key('ai.usage.inputTokenDetails.cacheWriteTokens'),
      ...genAiKeys.cacheWrite,
      jsonAt(METADATA, 'anthropic', 'cacheCreationInputTokens'),
      jsonAt(METADATA, 'bedrock', 'usage', 'cacheWriteInputTokens'),
    ],
    cacheWrite1h: [
      jsonAt(METADATA, 'anthropic', 'usage', 'cache_creation', 'ephemeral_1h_input_tokens'),
      ...genAiKeys.cacheWrite1h,
    ],
    reasoning: [
      key('ai.usage.outputTokenDetails.reasoningTokens'),
      key('ai.usage.reasoningTokens'),
      ...genAiKeys.reasoning,
      jsonAt(METADATA, 'openai', 'reasoningTokens'),
    ],
    total: [key('ai.usage.totalTokens')],
    provider: [key('ai.model.provider'), ...genAiKeys.provider],
    requestModel: [key('ai.model.id'), ...genAiKeys.requestModel],
    responseModel: [key('ai.response.model'), ...genAiKeys.responseModel],
    callIds: [key('ai.response.id'), ...genAiKeys.callIds],
    cost: [jsonAt(METADATA, 'gateway', 'cost'), jsonAt(METADATA, 'openrouter', 'usage', 'cost')],
    serviceTier: [
      jsonAt(METADATA, 'openai', 'serviceTier'),
      jsonAt(METADATA, 'azure', 'serviceTier'),
      jsonAt(METADATA, 'anthropic', 'usage', 'service_tier'),
    ],
  },
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [
      { key: 'ai.prompt.messages' },
      { key: 'gen_ai.input.messages' },
      { key: 'ai.prompt' },
      { prefix: 'gen_ai.prompt' },
    ],
    output: [
      { key: 'gen_ai.output.messages' },
      { key: 'ai.response.text', role: 'assistant' },
      { key: 'ai.response.toolCalls', role: 'assistant' },
      { key: 'ai.response.object', role: 'assistant' },
    ],
  },
  inputIncludesCache: [
    {
      anyOf: [
        key('ai.usage.inputTokenDetails.noCacheTokens'),
        key('ai.usage.inputTokenDetails.cacheReadTokens'),
        key('ai.usage.inputTokenDetails.cacheWriteTokens'),
      ],
      includes: true,
    },
    { scopeName: /^gen_ai$/, includes: true },
    { includes: 'as the provider', ownTotal: true },
  ],
  outputIncludesReasoning: true,
  wrapperSumsAreRight:
    'Around its steps a generation has the sum of the usage that the steps returned (streams since version 5, all since 6), else that of the last step: never more than was used. A generation within a tool is in no sum but its own.',
};
