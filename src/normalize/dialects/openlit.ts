import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, genAiKeys } from './otel-genai.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

/**
 * OpenLIT for Python (checked with 1.45) and JavaScript: OpenTelemetry's conventions with a cost, and with
 * names of its own beside them.
 *
 * | name | what differs |
 * | --- | --- |
 * | `gen_ai.usage.cost` | USD, from OpenLIT's own price list; 0 for models that are not in it |
 * | `gen_ai.usage.cache_read.input_tokens` | beside an input in the provider's form: Anthropic's excludes the
 * cache |
 * | `gen_ai.usage.total_tokens` | input + output as given |
 * | `gen_ai.usage.*_tokens_details.*` | the same numbers again in some versions |
 */
export const openLit: GenAiDialect = {
  name: 'openlit',
  identity: { userId: { 40: ['gen_ai.request.user'] } },
  conversation: { tools: { arguments: { 12: ['gen_ai.tool.args'] } } },
  recognizedBy: [{ scopeName: /^openlit(?:\.|$)|^@openlit\// }],
  kinds: [byGenAiOperation, byGenAiNumbers],
  logs: { event: /^gen_ai\.client\.inference\.operation\.details$/, first: false },
  keys: {
    ...genAiKeys,
    cacheRead: [...genAiKeys.cacheRead, key('gen_ai.usage.prompt_tokens_details.cached_tokens')],
    cacheWrite: [...genAiKeys.cacheWrite, key('gen_ai.usage.prompt_tokens_details.cache_creation_tokens')],
    reasoning: [...genAiKeys.reasoning, key('gen_ai.usage.completion_tokens_details.reasoning_tokens')],
    cost: [key('gen_ai.usage.cost')],
  },
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [
      { key: 'gen_ai.input.messages' },
      { event: 'gen_ai.content.prompt', role: 'user', keys: ['gen_ai.prompt'] },
    ],
    output: [
      { key: 'gen_ai.output.messages' },
      { event: 'gen_ai.content.completion', role: 'assistant', keys: ['gen_ai.completion'] },
    ],
  },
  inputIncludesCache: [{ includes: 'as the provider', ownTotal: true }],
  outputIncludesReasoning: true,
  zeroCostIsUnknown: true,
};
