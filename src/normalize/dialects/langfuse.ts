import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { CACHE_KEYS_SINCE_1_40, genAiKeys } from './otel-genai.js';
import { jsonAt, sumOf } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const session = (name: string) => attributeKey(name, KeyGroup.session);

const TYPE = key('langfuse.observation.type');
const MODEL = key('langfuse.observation.model.name');
const USAGE = key('langfuse.observation.usage_details');
const COST = key('langfuse.observation.cost_details');
const usage = (...path: string[]) => jsonAt(USAGE, ...path);
const INPUT_AUDIO = [usage('input_audio_tokens'), usage('input_audio')];
const OUTPUT_AUDIO = [usage('output_audio_tokens'), usage('output_audio')];

/**
 * Langfuse: its SDKs (Python since 3, JavaScript since 4; scope `langfuse-sdk`), and other senders to its
 * OTLP endpoint.
 *
 * | shape of `usage_details` | sender | cache, reasoning and audio |
 * | --- | --- | --- |
 * | `input`, `output`, `input_cached_tokens`, `output_reasoning_tokens`, … | the SDKs' integrations | each
 * token in one field, `total` has all |
 * | `input`, `output`, `cache_read_input_tokens`, … | users, after Anthropic's names | the same |
 * | `prompt_tokens`, `completion_tokens`, `*_details` | users, OpenAI's own | part of input and output |
 *
 * Token counts and cost are JSON in one attribute each. A type of `generation` or `embedding` is a call.
 */
export const langfuse: GenAiDialect = {
  name: 'langfuse',
  sessionKeys: [session('langfuse.session.id')],
  looseSessionKeys: [
    session('langfuse.trace.metadata.langfuse_session_id'),
    session('langfuse.observation.metadata.langfuse_session_id'),
  ],
  identity: {
    userId: {
      30: [
        'langfuse.user.id',
        'langfuse.trace.metadata.langfuse_user_id',
        'langfuse.observation.metadata.langfuse_user_id',
      ],
    },
  },
  conversation: {
    tools: {
      arguments: { 56: ['langfuse.observation.input'] },
      results: { 56: ['langfuse.observation.output'] },
      kinds: { 70: [{ key: 'langfuse.observation.type', value: /^tool$/ }] },
    },
    failedWhere: { key: 'langfuse.observation.level', value: 'ERROR' },
    failures: ['langfuse.observation.status_message'],
  },
  recognizedBy: [{ anyOf: [TYPE, MODEL, USAGE, COST] }],
  kinds: [
    {
      key: TYPE,
      kinds: kindsByValue({
        call: ['generation', 'embedding'],
        neither: ['event', 'tool', 'retriever', 'guardrail', 'evaluator'],
      }),
      otherwise: 'wrapper',
    },
    { anyOf: [MODEL, USAGE, COST], kind: 'call' },
  ],
  keys: {
    input: [usage('input'), usage('prompt_tokens'), usage('input_tokens'), ...genAiKeys.input],
    inputBesides: INPUT_AUDIO,
    output: [usage('output'), usage('completion_tokens'), usage('output_tokens'), ...genAiKeys.output],
    outputBesides: OUTPUT_AUDIO,
    cacheRead: [
      usage('input_cached_tokens'),
      usage('input_cache_read'),
      usage('cache_read_input_tokens'),
      usage('prompt_tokens_details', 'cached_tokens'),
      usage('input_tokens_details', 'cached_tokens'),
      ...genAiKeys.cacheRead,
    ],
    cacheWrite: [
      // Separated by how long they are kept, if LangChain reports that.
      sumOf(usage('input_ephemeral_5m_input_tokens'), usage('input_ephemeral_1h_input_tokens')),
      usage('input_cache_creation'),
      usage('cache_creation_input_tokens'),
      ...genAiKeys.cacheWrite,
    ],
    cacheWrite1h: [
      usage('input_ephemeral_1h_input_tokens'),
      usage('input_cache_creation_1h'),
      usage('cache_creation', 'ephemeral_1h_input_tokens'),
      ...genAiKeys.cacheWrite1h,
    ],
    reasoning: [
      usage('output_reasoning_tokens'),
      usage('output_reasoning'),
      usage('completion_tokens_details', 'reasoning_tokens'),
      usage('output_tokens_details', 'reasoning_tokens'),
      ...genAiKeys.reasoning,
    ],
    inputAudio: [
      ...INPUT_AUDIO,
      usage('prompt_tokens_details', 'audio_tokens'),
      usage('input_tokens_details', 'audio_tokens'),
      ...genAiKeys.inputAudio,
    ],
    outputAudio: [
      ...OUTPUT_AUDIO,
      usage('completion_tokens_details', 'audio_tokens'),
      usage('output_tokens_details', 'audio_tokens'),
      ...genAiKeys.outputAudio,
    ],
    total: [usage('total'), usage('total_tokens'), ...genAiKeys.total],
    provider: genAiKeys.provider,
    requestModel: [MODEL, ...genAiKeys.requestModel],
    responseModel: genAiKeys.responseModel,
    callIds: genAiKeys.callIds,
    cost: [jsonAt(COST, 'total'), ...genAiKeys.cost],
    serviceTier: [jsonAt(key('langfuse.observation.model.parameters'), 'service_tier')],
  },
  messages: {
    input: [{ key: 'langfuse.observation.input' }, { key: 'gen_ai.input.messages' }],
    output: [{ key: 'langfuse.observation.output', role: 'assistant' }, { key: 'gen_ai.output.messages' }],
  },
  inputIncludesCache: [
    {
      anyOf: [
        usage('prompt_tokens_details', 'cached_tokens'),
        usage('input_tokens_details', 'cached_tokens'),
      ],
      includes: true,
    },
    { anyOf: [USAGE], includes: false },
    ...CACHE_KEYS_SINCE_1_40,
  ],
  outputIncludesReasoning: [
    usage('completion_tokens_details', 'reasoning_tokens'),
    usage('output_tokens_details', 'reasoning_tokens'),
    ...genAiKeys.reasoning,
  ],
};
