import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { byGenAiNumbers, GEN_AI_OPERATION, genAiKeys } from './otel-genai.js';
import { jsonAt } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const CALL_ID = key('litellm.call_id');
const HIDDEN = key('hidden_params');

/**
 * LiteLLM, library and proxy (scope `litellm`, which the operator can rename).
 *
 * | span | what it is |
 * | --- | --- |
 * | `Received Proxy Server Request` | around the request; carries the usage itself if `litellm_request` is
 * switched off |
 * | `litellm_request`, or `{operation} {model}` | the call |
 * | `raw_gen_ai_request` | below it: the provider's own answer again, field by field |
 *
 * | version | what changed |
 * | --- | --- |
 * | first | `gen_ai.usage.prompt_tokens`, `completion_tokens`, `llm.request.type`, `hidden_params` as JSON |
 * | 2025 | `gen_ai.usage.input_tokens`, `gen_ai.cost.*` |
 * | 2026 | `litellm.cost.*`, `cache_read.input_tokens` |
 *
 * Usage has OpenAI's form for every provider: input includes the cache. In some versions operations are named
 * after its functions (`acompletion`).
 */
export const liteLlm: GenAiDialect = {
  name: 'litellm',
  identity: { userId: ['metadata.user_api_key_end_user_id', 'metadata.user_api_key_user_id'] },
  recognizedBy: [
    { scopeName: /^litellm$/ },
    { spanName: /^(?:litellm_request|raw_gen_ai_request|Received Proxy Server Request)$/ },
    { anyOf: [CALL_ID] },
  ],
  kinds: [
    { spanName: /^raw_gen_ai_request$/, kind: 'neither' },
    { spanName: /^Received Proxy Server Request$/, kind: 'wrapper' },
    { spanName: /^litellm_request$/, kind: 'call' },
    {
      key: GEN_AI_OPERATION,
      kinds: kindsByValue({
        wrapper: ['invoke_agent', 'invoke_workflow'],
        neither: ['execute_tool', 'list_tools', 'retrieval', 'moderation', 'rerank', 'arerank'],
      }),
      otherwise: 'call',
    },
    byGenAiNumbers,
  ],
  keys: {
    ...genAiKeys,
    requestModel: [...genAiKeys.requestModel, key('litellm.provider.model')],
    callIds: [...genAiKeys.callIds, CALL_ID],
    cost: [
      key('gen_ai.cost.total_cost'),
      key('litellm.cost.total'),
      key('gen_ai.usage.cost'),
      jsonAt(HIDDEN, 'response_cost'),
    ],
    address: [jsonAt(HIDDEN, 'api_base')],
  },
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [{ key: 'gen_ai.input.messages' }, { prefix: 'gen_ai.prompt' }],
    output: [{ key: 'gen_ai.output.messages' }, { prefix: 'gen_ai.completion', role: 'assistant' }],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
