import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { byGenAiOperation, genAiKeys, genAiMessages } from './otel-genai.js';
import { jsonAt, partOf } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const session = (name: string) => attributeKey(name, KeyGroup.session);

/**
 * Anthropic's own client libraries (scopes `com.anthropic.sdk.typescript` and `com.anthropic.sdk.python`,
 * checked with 1.14 and 2.14): OpenTelemetry's current names, with a span for each method that sends a
 * request, retries included.
 *
 * | span | what it is |
 * | --- | --- |
 * | `anthropic.messages.create`, with operation `chat` | a call, streamed or not |
 * | `anthropic.messages.tool_runner`, with operation `invoke_agent` | a loop over tools, without a total |
 * | `anthropic.messages.count_tokens`, `anthropic.sessions.create` and all others | not a call, though some
 * name a model |
 *
 * Input includes the cache. Tokens that the API used to summarise a long conversation come on top of both
 * numbers. The session of the API is the session; its thread is the conversation if the application names
 * none.
 */
export const anthropicSdk: GenAiDialect = {
  name: 'anthropic-sdk',
  sessionKeys: [session('anthropic.session.id')],
  looseSessionKeys: [session('anthropic.session.thread.id')],
  conversation: {
    tools: { results: { 38: ['anthropic.tool_result.content'] } },
    finishReasons: { 50: ['anthropic.message.stop_reason'] },
  },
  recognizedBy: [{ scopeName: /^com\.anthropic\.sdk(?:\.|$)/ }],
  kinds: [byGenAiOperation],
  keys: {
    ...genAiKeys,
    inputBesides: [key('anthropic.usage.compaction.input_tokens')],
    outputBesides: [key('anthropic.usage.compaction.output_tokens')],
    callIds: [...genAiKeys.callIds, partOf(jsonAt(key('output.value'), 'id'), /^(msg_.+)$/)],
  },
  messages: genAiMessages,
  provider: 'anthropic',
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
