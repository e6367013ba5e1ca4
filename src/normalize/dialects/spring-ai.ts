import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, GEN_AI_OPERATION, genAiKeys, keysIn } from './otel-genai.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const KIND = key('spring.ai.kind');
const CONVERSATION_ID = attributeKey('spring.ai.chat.client.conversation.id', KeyGroup.session);

/**
 * Spring AI. Micrometer turns its observations into spans (scope `org.springframework.boot`) with
 * OpenTelemetry's names. All values are strings; a missing value is `none`.
 *
 * | `gen_ai.operation.name` | what it is |
 * | --- | --- |
 * | `chat`, `text_completion`, `embedding`, `image` | a call |
 * | `framework` | steps around a call, by `spring.ai.kind`: `chat_client`, `advisor`, `tool_call`, `vector_store`; no usage of its own |
 *
 * The model's client runs tools itself and adds the usage of the call before a tool to that of the call after
 * it (1.0 to 1.1), so the numbers are running totals. Input includes the cache if the provider's does. Cache and
 * reasoning are not reported. The session is on the client's span.
 */
export const springAi: GenAiDialect = {
  name: 'spring-ai',
  sessionKeys: [CONVERSATION_ID],
  // The conversation of all users who chat without one of their own.
  noSessions: [{ key: CONVERSATION_ID, value: /^default$/ }],
  conversation: {
    tools: {
      names: { 55: ['spring.ai.tool.definition.name'] },
      arguments: { 62: ['spring.ai.tool.call.arguments'] },
      results: { 62: ['spring.ai.tool.call.result'] },
      kinds: { 10: [{ key: 'spring.ai.kind', value: /^tool_call$/ }] },
    },
  },
  recognizedBy: [
    { anyOf: [KIND] },
    {
      scopeName: /^org\.springframework\.boot$/,
      anyOf: [GEN_AI_OPERATION, ...keysIn(genAiKeys)],
    },
  ],
  kinds: [
    { key: KIND, kinds: kindsByValue({ wrapper: ['chat_client', 'advisor'] }), otherwise: 'neither' },
    byGenAiOperation,
    byGenAiNumbers,
  ],
  keys: genAiKeys,
  inputIncludesCache: [],
  outputIncludesReasoning: true,
  runningSums: true,
  finishReasons: [key('gen_ai.response.finish_reasons')],
};
