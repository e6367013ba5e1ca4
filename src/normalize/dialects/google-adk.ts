import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { byGenAiOperation, genAiKeys } from './otel-genai.js';
import { jsonAt } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

/** Since the generation that writes this key, output includes the thoughts. */
const REASONING = key('gen_ai.usage.reasoning.output_tokens');
const RESPONSE = key('gcp.vertex.agent.llm_response');
const EVENT_ID = key('gcp.vertex.agent.event_id');

/**
 * Google's Agent Development Kit (`google-adk`): `invocation` › `invoke_agent {name}` › `call_llm` ›
 * `generate_content {model}`. The last two are one call, both with usage and the same
 * `gcp.vertex.agent.event_id`; the inner one can come from another instrumentation.
 *
 * | package | what changed |
 * | --- | --- |
 * | 1.20 | only `call_llm` has usage, with `gen_ai.system` `gcp.vertex.agent`; thoughts only within
 * `gcp.vertex.agent.llm_response`, and not in the output |
 * | later 1.x | `generate_content` too; thoughts as `gen_ai.usage.experimental.reasoning_tokens`, not in the
 * output either |
 * | 2.13 | output includes `gen_ai.usage.reasoning.output_tokens`, input the cache and the results of tools;
 * schema 2 has no `call_llm` |
 */
export const googleAdk: GenAiDialect = {
  name: 'google-adk',
  sessionKeys: [attributeKey('gcp.vertex.agent.session_id', KeyGroup.session)],
  identity: { userId: { 33: ['gcp.vertex.agent.user_id'] } },
  conversation: {
    tools: {
      arguments: { 25: ['gcp.vertex.agent.tool_call_args'] },
      results: { 25: ['gcp.vertex.agent.tool_response'] },
    },
  },
  recognizedBy: [{ scopeName: /^gcp\.vertex\.agent$/ }, { anyOf: [EVENT_ID] }],
  kinds: [
    { spanName: /^(?:call_llm$|generate_content )/, kind: 'call' },
    { spanName: /^execute_tool /, kind: 'neither' },
    { spanName: /^(?:invocation$|invoke_agent )/, kind: 'wrapper' },
    byGenAiOperation,
  ],
  logs: { event: /^gen_ai\.client\.inference\.operation\.details$/, first: false },
  keys: {
    ...genAiKeys,
    cacheRead: [
      key('gen_ai.usage.cache_read.input_tokens'),
      jsonAt(RESPONSE, 'usage_metadata', 'cached_content_token_count'),
    ],
    cacheWrite: [key('gen_ai.usage.cache_creation.input_tokens')],
    reasoning: [
      REASONING,
      key('gen_ai.usage.experimental.reasoning_tokens'),
      jsonAt(RESPONSE, 'usage_metadata', 'thoughts_token_count'),
    ],
    total: [jsonAt(RESPONSE, 'usage_metadata', 'total_token_count')],
    callIds: [key('gen_ai.response.id'), EVENT_ID],
    cost: [],
  },
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [{ key: 'gen_ai.input.messages' }, { key: 'gcp.vertex.agent.llm_request' }],
    output: [{ key: 'gen_ai.output.messages' }, { key: 'gcp.vertex.agent.llm_response', role: 'assistant' }],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: [REASONING],
};
