import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, genAiKeys } from './otel-genai.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

/**
 * Pydantic AI and, through it, Logfire: the instrumentation in the package `pydantic-ai-slim`. Its formats have
 * versions of their own.
 *
 * | package | what changed |
 * | --- | --- |
 * | 1.x | the agent's span (`agent run`; `invoke_agent {name}` since format 3) has `gen_ai.usage.*` as the sum of its calls |
 * | 1.x | cache, reasoning and audio under `gen_ai.usage.details.*`, later beside the conventions' own keys: twins |
 * | 2.0 | the agent's sum as `gen_ai.aggregated_usage.*`, which is never read |
 *
 * Calls are spans `chat {model}` in all of them, with `operation.cost` in USD where the price is known.
 */
export const pydanticAi: GenAiDialect = {
  name: 'pydantic-ai',
  conversation: {
    tools: {
      arguments: { 30: ['tool_arguments'] },
      results: { 30: ['tool_response'] },
      spans: /^running tool\b/,
      beforeName: /^running tool\b:?\s*/,
    },
  },
  recognizedBy: [{ scopeName: /^pydantic-ai$/ }],
  kinds: [
    { spanName: /^(?:agent run$|invoke_agent )/, kind: 'wrapper' },
    { spanName: /^(?:running (?:tool|output function)|execute_tool )/, kind: 'neither' },
    byGenAiOperation,
    byGenAiNumbers,
  ],
  keys: {
    ...genAiKeys,
    cacheRead: [
      key('gen_ai.usage.cache_read.input_tokens'),
      key('gen_ai.usage.details.cache_read_tokens'),
      key('gen_ai.usage.details.cache_read_input_tokens'),
    ],
    cacheWrite: [
      key('gen_ai.usage.cache_creation.input_tokens'),
      key('gen_ai.usage.details.cache_write_tokens'),
      key('gen_ai.usage.details.cache_creation_input_tokens'),
    ],
    reasoning: [key('gen_ai.usage.reasoning.output_tokens'), key('gen_ai.usage.details.reasoning_tokens')],
    inputAudio: [...genAiKeys.inputAudio, key('gen_ai.usage.details.input_audio_tokens')],
    outputAudio: [...genAiKeys.outputAudio, key('gen_ai.usage.details.output_audio_tokens')],
    cacheAudioRead: [key('gen_ai.usage.details.cache_audio_read_tokens')],
    requestModel: [key('gen_ai.request.model'), key('model_name')],
    cost: [key('operation.cost')],
  },
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [
      { key: 'gen_ai.input.messages' },
      { key: 'events', answers: false },
      { key: 'pydantic_ai.all_messages' },
      { key: 'all_messages_events' },
    ],
    output: [
      { key: 'gen_ai.output.messages' },
      { key: 'events', answers: true, role: 'assistant' },
      { key: 'final_result', role: 'assistant' },
    ],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
