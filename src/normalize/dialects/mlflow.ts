import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, genAiKeys } from './otel-genai.js';
import { jsonAt } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const TYPE = key('mlflow.spanType');
const USAGE = key('mlflow.chat.tokenUsage');
const MODEL = key('mlflow.llm.model');
const PROVIDER = key('mlflow.llm.provider');

const KINDS = kindsByValue({
  call: ['llm', 'chat_model', 'embedding'],
  neither: ['tool', 'retriever', 'reranker', 'parser', 'memory', 'evaluator', 'guardrail'],
});

/**
 * MLflow Tracing (`mlflow`, `mlflow-tracing`; checked with 3.17). Attributes are JSON, also strings: a type is
 * `"LLM"` with quotes.
 *
 * | version | what changed |
 * | --- | --- |
 * | 3.2 | `mlflow.chat.tokenUsage` with input, output and total |
 * | later | the cache in it: `cache_read_input_tokens`, `cache_creation_input_tokens`, part of input (Anthropic's are added to it) |
 * | later | `mlflow.llm.cost`; `gen_ai.*` instead of all this if the export is configured so |
 *
 * `mlflow.trace.tokenUsage` and `mlflow.trace.cost` are sums over the trace and never read.
 */
export const mlflow: GenAiDialect = {
  name: 'mlflow',
  sessionKeys: [attributeKey('mlflow.trace.session', KeyGroup.session)],
  identity: { userId: { 38: ['mlflow.trace.user'] } },
  conversation: {
    tools: {
      arguments: { 54: ['mlflow.spanInputs'] },
      results: { 54: ['mlflow.spanOutputs'] },
      kinds: { 60: [{ key: 'mlflow.spanType', value: /^"?TOOL"?$/ }] },
    },
  },
  recognizedBy: [{ anyOf: [TYPE, USAGE] }, { scopeName: /^mlflow\.tracing\.provider$/ }],
  kinds: [
    { key: jsonAt(TYPE), kinds: KINDS, otherwise: 'wrapper' },
    { key: TYPE, kinds: KINDS, otherwise: 'wrapper' },
    { anyOf: [USAGE], kind: 'call' },
    byGenAiOperation,
    byGenAiNumbers,
  ],
  keys: {
    ...genAiKeys,
    input: [jsonAt(USAGE, 'input_tokens'), ...genAiKeys.input],
    output: [jsonAt(USAGE, 'output_tokens'), ...genAiKeys.output],
    cacheRead: [jsonAt(USAGE, 'cache_read_input_tokens'), ...genAiKeys.cacheRead],
    cacheWrite: [jsonAt(USAGE, 'cache_creation_input_tokens'), ...genAiKeys.cacheWrite],
    total: [jsonAt(USAGE, 'total_tokens'), ...genAiKeys.total],
    provider: [jsonAt(PROVIDER), PROVIDER, ...genAiKeys.provider],
    // A refused call has only its arguments.
    requestModel: [jsonAt(MODEL), MODEL, ...genAiKeys.requestModel, jsonAt(key('model'))],
    cost: [jsonAt(key('mlflow.llm.cost'), 'total_cost'), ...genAiKeys.cost],
  },
  messages: {
    input: [{ key: 'mlflow.spanInputs' }, { key: 'gen_ai.input.messages' }],
    output: [{ key: 'mlflow.spanOutputs', role: 'assistant' }, { key: 'gen_ai.output.messages' }],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
