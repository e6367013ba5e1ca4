import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { asksNoModel } from './otel-genai.js';
import { jsonAt, partOf, sumOf } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const KIND = key('openinference.span.kind');
const NUMBERS = [key('llm.token_count.prompt'), key('llm.token_count.completion')];
const MODELS = [key('llm.model_name'), key('embedding.model_name')];
/**
 * The model's answer, as JSON of the provider's API or of LangChain; plain text if the program writes it
 * itself.
 */
const OUTPUT = key('output.value');
const METADATA = key('metadata');
const PARAMETERS = key('llm.invocation_parameters');
const langChain = (...path: string[]) => jsonAt(OUTPUT, 'generations', 0, 0, 'message', 'kwargs', ...path);
const inputDetail = (name: string) => langChain('usage_metadata', 'input_token_details', name);

/**
 * OpenInference, the conventions of Arize Phoenix: `openinference-semantic-conventions` for Python and
 * JavaScript.
 *
 * | package | input and the cache |
 * | --- | --- |
 * | the conventions | `prompt_details.*` are part of `prompt`, `completion_details.*` of `completion` |
 * | Python, Anthropic, since March 2025 | has it |
 * | JavaScript, `-anthropic` to 0.1.x | leaves it out; the total is input + output |
 * | JavaScript, `-anthropic` from 0.2.8 | has it |
 * | JavaScript, `-claude-agent-sdk` | leaves it out and does not say how much it was; its cost has it |
 * | Python, `-bedrock` for agents and streams of Nova | leaves it out, as the API does |
 *
 * Response ids occur only within the answer. An answer in JSON of its own may contain an `id` too, so only ids
 * that look like a provider's are read. LangChain creates ids (`run-…`) if the provider gave none.
 *
 * Spans of agents and chains are wrappers. Those of the Claude Agent SDK have no calls below them, and alone
 * carry usage.
 */
export const openInference: GenAiDialect = {
  name: 'openinference',
  // Applications name their users in it.
  identity: { userIdInJson: { key: 'metadata', fields: ['user_id', 'userId'] } },
  conversation: {
    tools: {
      names: { 30: ['tool.name'] },
      callIds: { 30: ['tool_call.id', 'tool.call.id', 'tool.id'] },
      arguments: { 52: ['input.value'] },
      results: { 52: ['output.value'] },
      kinds: { 40: [{ key: 'openinference.span.kind', value: /^TOOL$/i }] },
    },
    finishReasons: { 30: ['llm.finish_reason'] },
    operations: ['openinference.span.kind'],
  },
  recognizedBy: [{ anyOf: [KIND, ...NUMBERS, ...MODELS] }],
  kinds: [
    asksNoModel,
    {
      key: KIND,
      kinds: kindsByValue({
        call: ['llm', 'embedding'],
        neither: ['tool', 'retriever', 'reranker', 'guardrail', 'evaluator', 'prompt'],
      }),
      otherwise: 'wrapper',
    },
    { anyOf: [...NUMBERS, ...MODELS], kind: 'call' },
  ],
  keys: {
    // Haystack's embedders have their token count only here.
    input: [key('llm.token_count.prompt'), jsonAt(OUTPUT, 'meta', 'usage', 'prompt_tokens')],
    output: [key('llm.token_count.completion')],
    cacheRead: [
      key('llm.token_count.prompt_details.cache_read'),
      key('llm.token_count.prompt_details.cache_input'),
      inputDetail('cache_read'),
    ],
    cacheWrite: [
      key('llm.token_count.prompt_details.cache_write'),
      // Separated by how long they are kept, if LangChain reports that. Their sum is then missing, 0, or
      // under the last of these names.
      sumOf(inputDetail('ephemeral_5m_input_tokens'), inputDetail('ephemeral_1h_input_tokens')),
      inputDetail('cache_creation'),
    ],
    cacheWrite1h: [
      inputDetail('ephemeral_1h_input_tokens'),
      jsonAt(OUTPUT, 'usage', 'cache_creation', 'ephemeral_1h_input_tokens'),
    ],
    reasoning: [
      key('llm.token_count.completion_details.reasoning'),
      langChain('usage_metadata', 'output_token_details', 'reasoning'),
    ],
    inputAudio: [key('llm.token_count.prompt_details.audio'), inputDetail('audio')],
    outputAudio: [
      key('llm.token_count.completion_details.audio'),
      langChain('usage_metadata', 'output_token_details', 'audio'),
    ],
    total: [key('llm.token_count.total')],
    provider: [key('llm.provider'), key('llm.system'), jsonAt(METADATA, 'ls_provider')],
    requestModel: [
      key('llm.request.model_name'),
      ...MODELS,
      // The only content of a refused call.
      jsonAt(PARAMETERS, 'model'),
    ],
    responseModel: [
      key('llm.response.model_name'),
      langChain('response_metadata', 'model_name'),
      // Anthropic's.
      langChain('response_metadata', 'model'),
    ],
    callIds: [
      key('gen_ai.response.id'),
      partOf(jsonAt(OUTPUT, 'id'), /^((?:chatcmpl|cmpl|resp|msg|gen)[-_].+)$/),
      partOf(langChain('id'), /^(?!(?:lc_)?run-)(.+)$/),
      // Anthropic's, if LangChain has generated an id of its own.
      langChain('response_metadata', 'id'),
    ],
    cost: [key('llm.cost.total')],
    serviceTier: [
      jsonAt(OUTPUT, 'service_tier'),
      jsonAt(OUTPUT, 'usage', 'service_tier'),
      langChain('response_metadata', 'service_tier'),
      jsonAt(PARAMETERS, 'service_tier'),
    ],
  },
  messages: {
    input: [{ prefix: 'llm.input_messages' }, { key: 'input.value', role: 'user' }],
    output: [{ prefix: 'llm.output_messages' }, { key: 'output.value', role: 'assistant' }],
  },
  inputIncludesCache: [
    {
      scopeName: /^@arizeai\/openinference-instrumentation-anthropic$/,
      scopeVersion: /^0\.1\./,
      includes: false,
      ownTotal: true,
    },
    {
      scopeName: /^@arizeai\/openinference-instrumentation-claude-agent-sdk$/,
      includes: false,
      ownTotal: true,
    },
    {
      scopeName: /^openinference\.instrumentation\.bedrock$/,
      includes: 'as the provider',
      ownTotal: true,
    },
    { includes: true },
  ],
  outputIncludesReasoning: true,
};
