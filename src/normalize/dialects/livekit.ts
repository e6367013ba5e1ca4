import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect, MessageRole, MessageSource } from './dialect.js';
import { byGenAiOperation, genAiKeys } from './otel-genai.js';
import { jsonAt } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
/** Messages are personal data; newer versions say so in the key's name. */
const own = (name: string, role?: MessageRole): MessageSource[] =>
  [`lk.pii.${name}`, `lk.${name}`].map((each) => ({ key: each, ...(role && { role }) }));

/**
 * LiveKit Agents, scope `livekit-agents` (checked with version 1.8.9): spans of a voice agent with
 * OpenTelemetry's names for the numbers and `lk.*` for messages.
 *
 * | span | what it is |
 * | --- | --- |
 * | with `gen_ai.operation.name` | what that says |
 * | with token counts | a call |
 * | others, even with a model (`tts_node`, `llm_node`) | neither |
 *
 * `gen_ai.provider.name` is the host of the API. Input includes the cache and output the reasoning. Numbers
 * by kind of content are parts of those. Of them audio is read, which has prices of its own, and text
 * (`input_text_tokens`) is not.
 */
export const liveKit: GenAiDialect = {
  name: 'livekit',
  conversation: { tools: { results: { 35: ['lk.function_tool.output'] } } },
  recognizedBy: [{ scopeName: /^livekit-agents$/ }],
  kinds: [byGenAiOperation, { anyOf: [...genAiKeys.input, ...genAiKeys.output], kind: 'call' }],
  keys: {
    ...genAiKeys,
    cacheRead: [key('gen_ai.usage.cache_read.input_tokens'), key('gen_ai.usage.input_cached_tokens')],
    cacheWrite: [key('gen_ai.usage.cache_write.input_tokens')],
    inputAudio: [...genAiKeys.inputAudio, key('gen_ai.usage.input_audio_tokens')],
    outputAudio: [...genAiKeys.outputAudio, key('gen_ai.usage.output_audio_tokens')],
    aborted: [jsonAt(key('lk.llm_metrics'), 'cancelled')],
  },
  messages: {
    input: [
      { key: 'gen_ai.input.messages' },
      ...own('chat_ctx'),
      ...own('user_transcript', 'user'),
      ...own('user_input', 'user'),
      ...own('input_text', 'user'),
    ],
    output: [
      { key: 'gen_ai.output.messages' },
      ...own('response.text', 'assistant'),
      ...own('function_tool.output', 'tool'),
    ],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
