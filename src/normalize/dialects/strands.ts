import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, GEN_AI_OPERATION, genAiKeys } from './otel-genai.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const CACHE_READ = key('gen_ai.usage.cache_read.input_tokens');
const CACHE_WRITE = key('gen_ai.usage.cache_creation.input_tokens');

/**
 * Strands Agents, as the tracer of `strands-agents` writes it. This includes most telemetry from Amazon Bedrock
 * AgentCore, whose runtime adds `session.id`.
 *
 * | operation | what it is |
 * | --- | --- |
 * | `chat` | a call |
 * | `invoke_agent`, `invoke_swarm`, … | one or several agents, with the sum of the calls: exactly twice what they used |
 * | `execute_event_loop_cycle` | a step around calls and tools |
 * | `execute_tool` | a tool |
 *
 * Every number has two names (`prompt_tokens` is `input_tokens`), and there is a total. The provider is
 * `strands-agents` unless the latest conventions are configured.
 *
 * | package | what changed |
 * | --- | --- |
 * | 1.0 | input as the model's API gives it; of Bedrock and Anthropic without the cache, which the total has |
 * | later | `cache_read_input_tokens`, `cache_write_input_tokens` |
 * | by 1.62 | `cache_read.input_tokens`, `cache_creation.input_tokens` besides; input includes the cache |
 */
export const strands: GenAiDialect = {
  name: 'strands',
  // Not by the scope alone, because a processor of OpenInference rewrites the spans into its own dialect.
  recognizedBy: [{ scopeName: /^strands(?:\.telemetry\.|-agents$)/, anyOf: [GEN_AI_OPERATION] }],
  kinds: [byGenAiOperation, byGenAiNumbers],
  keys: {
    ...genAiKeys,
    cacheRead: [CACHE_READ, key('gen_ai.usage.cache_read_input_tokens')],
    cacheWrite: [CACHE_WRITE, key('gen_ai.usage.cache_write_input_tokens')],
    reasoning: [],
    cost: [],
  },
  messages: {
    system: [{ event: 'gen_ai.system.message', role: 'system', keys: ['content'] }],
    input: [
      { event: 'gen_ai.user.message', role: 'user', keys: ['content'] },
      { event: 'gen_ai.client.inference.operation.details', keys: ['gen_ai.input.messages', 'input'] },
    ],
    output: [
      { event: 'gen_ai.choice', role: 'assistant', keys: ['message'] },
      { event: 'gen_ai.client.inference.operation.details', keys: ['gen_ai.output.messages', 'output'] },
    ],
  },
  inputIncludesCache: [CACHE_READ, CACHE_WRITE, { includes: false }],
  outputIncludesReasoning: true,
};
