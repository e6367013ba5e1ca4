import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { partOf } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const MODEL = key('llm.model');
const AGENT_MODEL = key('ai.model.name');
/** The provider may be a prefix of the model: `openai/gpt-4o`. */
const PROVIDER = /^([^/]+)\//;
const NAME = /^(?:[^/]+\/)?(.+)$/;

/**
 * VoltAgent, scope `@voltagent/core` (checked with 2.10): names of its own.
 *
 * | span | what it is |
 * | --- | --- |
 * | `span.type` `llm` | a call, or all calls of a loop over tools together: it has the tokens of the last one
 * only, under `llm.usage.*` |
 * | `entity.type` `agent` or `workflow`, without `span.type` | an agent with the total of all its calls,
 * under `usage.*` |
 * | `span.type` `scorer` | the judge of an evaluation, with the usage of its calls |
 * | `span.type` `tool`, `memory`, `retriever`, `guardrail`, … | neither |
 *
 * The tokens are those of the Vercel AI SDK: input includes the cache, output the reasoning. `usage.cost` is
 * OpenRouter's.
 */
export const voltAgent: GenAiDialect = {
  name: 'voltagent',
  scopedSessionKeys: {
    scopeName: /^@voltagent\//,
    keys: [attributeKey('conversation.id', KeyGroup.session)],
  },
  conversation: {
    tools: {
      arguments: { 70: ['input'] },
      results: { 70: ['output'] },
      kinds: { 80: [{ key: 'span.type', value: /^tool$/ }] },
    },
  },
  recognizedBy: [{ scopeName: /^@voltagent\// }],
  kinds: [
    { anyOf: [key('llm.model_resolution_failed')], kind: 'neither' },
    {
      key: key('span.type'),
      kinds: kindsByValue({ call: ['llm'], wrapper: ['agent', 'scorer', 'workflow', 'workflow-step'] }),
      otherwise: 'neither',
    },
    { key: key('entity.type'), kinds: kindsByValue({ wrapper: ['agent', 'workflow'] }) },
  ],
  keys: {
    input: [key('llm.usage.prompt_tokens'), key('usage.prompt_tokens')],
    output: [key('llm.usage.completion_tokens'), key('usage.completion_tokens')],
    cacheRead: [key('llm.usage.cached_tokens'), key('usage.cached_tokens')],
    cacheWrite: [],
    reasoning: [key('llm.usage.reasoning_tokens'), key('usage.reasoning_tokens')],
    total: [key('llm.usage.total_tokens'), key('usage.total_tokens')],
    provider: [
      key('llm.provider'),
      key('ai.model.provider'),
      partOf(MODEL, PROVIDER),
      partOf(AGENT_MODEL, PROVIDER),
    ],
    requestModel: [partOf(MODEL, NAME), partOf(AGENT_MODEL, NAME)],
    responseModel: [],
    callIds: [],
    cost: [key('usage.cost')],
  },
  messages: {
    system: [{ key: 'agent.instructions', role: 'system' }],
    input: [{ key: 'llm.messages' }, { key: 'input', role: 'user' }],
    output: [{ key: 'output', role: 'assistant' }],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
  wrapperSumsAreRight:
    'The span of an agent has the sum over the steps of its own calls, which the Vercel AI SDK makes; sub-agents and what memory and guardrails ask have spans with sums of their own.',
};
