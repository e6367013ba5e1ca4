import { type AttributeKey, attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, CACHE_KEYS_SINCE_1_40, genAiKeys } from './otel-genai.js';
import { jsonAt } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const SPAN_TYPE = key('logfire.span_type');
const REQUEST = key('request_data');
/** The answer in the first format, with the usage as the provider gave it. */
const RESPONSE = key('response_data');
/**
 * Usage in the form of the provider's API: the current place, that of the first format, and that of the
 * Agents SDK.
 */
const USAGES: readonly (readonly [json: AttributeKey, ...path: string[]])[] = [
  [key('gen_ai.usage.raw')],
  [RESPONSE, 'usage'],
  [key('response'), 'usage'],
];
const usage = (...path: string[]) => USAGES.map(([json, ...start]) => jsonAt(json, ...start, ...path));

/**
 * Logfire's own integrations (package `logfire`, scopes `logfire.openai`, `logfire.anthropic`,
 * `logfire.openai_agents`, `logfire.claude_agent_sdk`).
 * Instrumentations that it only enables (Pydantic AI, Google's SDK, LiteLLM, DSPy) have their own scopes and
 * dialects.
 *
 * | version | what changed |
 * | --- | --- |
 * | to 3.x | the request as `request_data`, the answer as `response_data` with its usage |
 * | 3.10 | `gen_ai.system`, `gen_ai.usage.input_tokens`, `gen_ai.usage.output_tokens`; of Anthropic still without the cache |
 * | 4.3 | `gen_ai.request.model` from the start; `operation.cost` |
 * | 4.2x | `gen_ai.input.messages` and the other current names; `gen_ai.usage.raw`; input includes the cache |
 *
 * The span of a streamed call ends when the stream begins. Its result is reported by a sibling span without
 * duration, with `logfire.span_type` = `log`, which repeats the attributes of the request. A `pending_span` is
 * the start of a span, sent before its end.
 *
 * Agents of the Claude Agent SDK have the total. Its calls have `gen_ai.usage.partial.*`, numbers of unfinished
 * answers, which are not read.
 */
export const logfire: GenAiDialect = {
  name: 'logfire',
  // The group of a trace in OpenAI's Agents SDK: a conversation.
  scopedSessionKeys: {
    scopeName: /^logfire\.openai_agents$/,
    keys: [attributeKey('group_id', KeyGroup.session)],
  },
  visits: { urls: { 30: ['logfire.page.url.full'] }, routes: { 10: ['logfire.page.route'] } },
  recognizedBy: [{ scopeName: /^logfire(?:\.|$)/ }],
  kinds: [
    { key: SPAN_TYPE, kinds: kindsByValue({ neither: ['pending_span'] }) },
    // Other interfaces of the providers: creating an assistant or a thread, moderation, models.
    { spanName: /^(?:OpenAI|Anthropic) API call to /, kind: 'neither' },
    byGenAiOperation,
    byGenAiNumbers,
    // Version 3 to 4: requests, the end of a stream. Applications may give such attributes to their own spans
    // as well.
    {
      spanName:
        /^(?:Chat Completion|Completion|Embedding Creation|Image Generation|Message|Responses API|streaming response from)\b/,
      anyOf: [REQUEST],
      kind: 'call',
    },
  ],
  keys: {
    ...genAiKeys,
    input: [...genAiKeys.input, ...usage('prompt_tokens'), ...usage('input_tokens')],
    output: [...genAiKeys.output, ...usage('completion_tokens'), ...usage('output_tokens')],
    cacheRead: [
      ...genAiKeys.cacheRead,
      ...usage('prompt_tokens_details', 'cached_tokens'),
      ...usage('input_tokens_details', 'cached_tokens'),
      ...usage('cache_read_input_tokens'),
    ],
    cacheWrite: [
      ...genAiKeys.cacheWrite,
      ...usage('prompt_tokens_details', 'cache_write_tokens'),
      ...usage('input_tokens_details', 'cache_write_tokens'),
      ...usage('cache_creation_input_tokens'),
    ],
    reasoning: [
      ...genAiKeys.reasoning,
      ...usage('completion_tokens_details', 'reasoning_tokens'),
      ...usage('output_tokens_details', 'reasoning_tokens'),
    ],
    inputAudio: [...genAiKeys.inputAudio, ...usage('prompt_tokens_details', 'audio_tokens')],
    outputAudio: [...genAiKeys.outputAudio, ...usage('completion_tokens_details', 'audio_tokens')],
    callIds: [...genAiKeys.callIds, key('response_id')],
    requestModel: [...genAiKeys.requestModel, jsonAt(REQUEST, 'model')],
  },
  messages: {
    system: [
      { key: 'gen_ai.system_instructions', role: 'system' },
      { key: 'request_data', field: 'system', role: 'system' },
    ],
    input: [
      { key: 'gen_ai.input.messages' },
      { key: 'events', answers: false },
      { key: 'request_data', field: 'messages', answers: false },
      { key: 'request_data', field: 'prompt', role: 'user' },
    ],
    output: [
      { key: 'gen_ai.output.messages', role: 'assistant' },
      { key: 'response_data', field: 'message', role: 'assistant' },
      { key: 'response_data', field: 'combined_chunk_content', role: 'assistant' },
      { key: 'response_data', field: 'text', role: 'assistant' },
      { key: 'events', answers: true, role: 'assistant' },
      { key: 'request_data', field: 'messages', answers: true, role: 'assistant' },
    ],
  },
  endings: {
    where: { key: SPAN_TYPE, value: 'log' },
    inCommon: [key('gen_ai.input.messages'), REQUEST],
  },
  provider: [
    [/^logfire\.openai/, 'openai'],
    [/^logfire\.(?:anthropic|claude_agent_sdk)$/, 'anthropic'],
  ],
  inputIncludesCache: [...CACHE_KEYS_SINCE_1_40, { includes: 'as the provider' }],
  outputIncludesReasoning: true,
};
