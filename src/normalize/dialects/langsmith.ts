import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { byGenAiOperation, GEN_AI_OPERATION, genAiKeys } from './otel-genai.js';
import { jsonAt, sumOf } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const session = (name: string) => attributeKey(`langsmith.metadata.${name}`, KeyGroup.session);

const RUN_TYPE = key('langsmith.span.kind');
const INPUT_DETAILS = key('gen_ai.usage.input_token_details');
const OUTPUT_DETAILS = key('gen_ai.usage.output_token_details');

/**
 * LangSmith's exporter of LangChain's runs (`langsmith` for Python, checked with 0.15.1).
 *
 * | attribute | what it is |
 * | --- | --- |
 * | `langsmith.span.kind` | the run's type: `llm`, `embedding`, `chain`, `tool`, `retriever`, `prompt`,
 * `parser` |
 * | `gen_ai.operation.name` | less precise: a prompt is a `chat`, a retriever `embeddings` |
 * | `gen_ai.usage.input_token_details`, `output_token_details` | cache, reasoning and audio, in Python's
 * notation of a dict |
 * | `gen_ai.usage.total_tokens` | input + output |
 * | `gen_ai.system` | guessed from the model's name, else `langchain` |
 * | `langsmith.trace.session_id`, `session_name` | the project, not a session |
 *
 * Tokens written to Anthropic's cache are separated by how long they are kept. If those numbers are given,
 * `cache_creation` is missing, 0, or their sum.
 *
 * LangChain's input includes the cache, its output the reasoning.
 */
export const langSmith: GenAiDialect = {
  name: 'langsmith',
  sessionKeys: [session('session_id'), session('thread_id'), session('conversation_id')],
  identity: { userId: { 52: ['langsmith.metadata.user_id'] } },
  conversation: {
    tools: { arguments: { 80: ['gen_ai.prompt'] }, results: { 80: ['gen_ai.completion'] } },
  },
  recognizedBy: [{ anyOf: [RUN_TYPE] }, { scopeName: /^langsmith$/, anyOf: [GEN_AI_OPERATION] }],
  kinds: [
    {
      key: RUN_TYPE,
      kinds: kindsByValue({
        call: ['llm', 'embedding'],
        neither: ['tool', 'retriever', 'prompt', 'parser'],
      }),
      otherwise: 'wrapper',
    },
    byGenAiOperation,
  ],
  keys: {
    ...genAiKeys,
    cacheRead: [jsonAt(INPUT_DETAILS, 'cache_read'), ...genAiKeys.cacheRead],
    cacheWrite: [
      sumOf(
        jsonAt(INPUT_DETAILS, 'ephemeral_5m_input_tokens'),
        jsonAt(INPUT_DETAILS, 'ephemeral_1h_input_tokens'),
        jsonAt(INPUT_DETAILS, 'ephemeral_1hr_input_tokens'),
      ),
      jsonAt(INPUT_DETAILS, 'cache_creation'),
      ...genAiKeys.cacheWrite,
    ],
    cacheWrite1h: [
      jsonAt(INPUT_DETAILS, 'ephemeral_1h_input_tokens'),
      jsonAt(INPUT_DETAILS, 'ephemeral_1hr_input_tokens'),
      ...genAiKeys.cacheWrite1h,
    ],
    reasoning: [jsonAt(OUTPUT_DETAILS, 'reasoning'), ...genAiKeys.reasoning],
    inputAudio: [jsonAt(INPUT_DETAILS, 'audio'), ...genAiKeys.inputAudio],
    outputAudio: [jsonAt(OUTPUT_DETAILS, 'audio'), ...genAiKeys.outputAudio],
    provider: [key('langsmith.metadata.ls_provider'), ...genAiKeys.provider],
    requestModel: [...genAiKeys.requestModel, key('langsmith.metadata.ls_model_name')],
  },
  messages: {
    input: [{ key: 'gen_ai.prompt' }],
    output: [{ key: 'gen_ai.completion', role: 'assistant' }],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
