import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { asksNoModel, byGenAiNumbers, byGenAiOperation, genAiKeys } from './otel-genai.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const property = (name: string) => attributeKey(`traceloop.association.properties.${name}`, KeyGroup.session);

const REQUEST_TYPE = key('llm.request.type');
const SPAN_KIND = key('traceloop.span.kind');
/** Names that programs without a library derived from the first ones. */
const INPUTS = [key('llm.usage.prompt_tokens'), key('llm.usage.input_tokens')];
const OUTPUTS = [key('llm.usage.completion_tokens'), key('llm.usage.output_tokens')];
const TOTALS = [key('llm.usage.total_tokens'), key('gen_ai.usage.total_tokens')];

/**
 * OpenLLMetry of Traceloop, Python (`opentelemetry-semantic-conventions-ai`) and JavaScript
 * (`@traceloop/ai-semantic-conventions`).
 *
 * | version | what changed |
 * | --- | --- |
 * | first | `llm.usage.prompt_tokens`, `llm.usage.completion_tokens`, `llm.request.type` |
 * | 2024 | `gen_ai.usage.prompt_tokens`, `gen_ai.usage.completion_tokens`; `llm.usage.total_tokens` stays |
 * | Python 0.5, JavaScript 0.2x | `gen_ai.usage.input_tokens`, `gen_ai.operation.name`; dots in the cache keys |
 *
 * | instrumentation | input and the cache |
 * | --- | --- |
 * | Python, Anthropic | has it |
 * | Python, Bedrock | leaves it out; the total is input + output |
 * | JavaScript, Anthropic and Bedrock (0.27) | leaves it out; the total is input + output |
 *
 * `@workflow`, `@task` and `@agent` create wrappers. CrewAI is instrumented by it: its agents carry the total of
 * their calls. `crewai.crew.token_usage` is text that is not read.
 */
export const openLlmetry: GenAiDialect = {
  name: 'openllmetry',
  // The SDK for JavaScript writes the metadata of the Vercel AI SDK under the last one.
  sessionKeys: [property('session_id'), property('sessionId')],
  looseSessionKeys: ['conversation_id', 'thread_id', 'chat_id', 'session', 'thread', 'chat'].map(property),
  identity: {
    userId: {
      37: ['traceloop.association.properties.user_id'],
      41: ['gen_ai.user', 'llm.user'],
      60: ['traceloop.association.properties.customer_id'],
    },
  },
  conversation: {
    tools: {
      looseNames: ['traceloop.entity.name'],
      arguments: { 58: ['traceloop.entity.input'] },
      results: { 58: ['traceloop.entity.output'] },
      kinds: { 50: [{ key: 'traceloop.span.kind', value: /^tool$/ }] },
    },
    operations: ['llm.request.type'],
  },
  recognizedBy: [
    {
      anyOf: [
        REQUEST_TYPE,
        SPAN_KIND,
        ...INPUTS,
        ...OUTPUTS,
        key('llm.usage.total_tokens'),
        key('llm.usage.reasoning_tokens'),
      ],
    },
    {
      // OpenTelemetry's own packages have names with the same prefix: openai_v2, google_genai, botocore.
      scopeName:
        /^@traceloop\/|^traceloop\.tracer$|^opentelemetry\.instrumentation\.(?:alephalpha|anthropic|bedrock|cohere|crewai|google_generativeai|groq|langchain|llamaindex|mistralai|ollama|openai\.v[01]|replicate|sagemaker|together|transformers|vertexai|watsonx|writer)$/,
    },
  ],
  kinds: [
    asksNoModel,
    {
      key: REQUEST_TYPE,
      kinds: kindsByValue({ call: ['chat', 'completion', 'embedding'], neither: ['rerank'] }),
    },
    {
      key: SPAN_KIND,
      kinds: kindsByValue({ wrapper: ['workflow', 'task', 'agent'], neither: ['tool'] }),
    },
    byGenAiOperation,
    byGenAiNumbers,
    { anyOf: [...INPUTS, ...OUTPUTS, ...TOTALS], kind: 'call' },
  ],
  keys: {
    ...genAiKeys,
    input: [...genAiKeys.input, ...INPUTS],
    output: [...genAiKeys.output, ...OUTPUTS],
    cacheRead: [
      ...genAiKeys.cacheRead,
      key('llm.usage.cached_tokens'),
      key('llm.usage.cache_read_input_tokens'),
    ],
    cacheWrite: [...genAiKeys.cacheWrite, key('llm.usage.cache_creation_input_tokens')],
    reasoning: [...genAiKeys.reasoning, key('llm.usage.reasoning_tokens')],
    total: TOTALS,
    provider: [...genAiKeys.provider, key('llm.vendor'), key('llm.provider'), key('llm.system')],
    requestModel: [...genAiKeys.requestModel, key('llm.request.model'), key('llm.model')],
    responseModel: [...genAiKeys.responseModel, key('llm.response.model')],
    cost: [],
  },
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [{ key: 'gen_ai.input.messages' }, { prefix: 'gen_ai.prompt' }, { prefix: 'llm.prompts' }],
    output: [
      { key: 'gen_ai.output.messages' },
      { prefix: 'gen_ai.completion', role: 'assistant' },
      { prefix: 'llm.completions', role: 'assistant' },
    ],
  },
  inputIncludesCache: [
    { scopeName: /^@traceloop\/instrumentation-(?:anthropic|bedrock)$/, includes: false, ownTotal: true },
    { scopeName: /^opentelemetry\.instrumentation\.bedrock$/, includes: false, ownTotal: true },
    { includes: true },
  ],
  outputIncludesReasoning: true,
};
