import { type AttributeKey, attributeKey, KeyGroup } from '../attributes.js';
import {
  type GenAiDialect,
  type KindRule,
  kindsByValue,
  type MessageSources,
  type UsageKeys,
} from './dialect.js';
import { partOf, type Source, sumOf } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const session = (name: string) => attributeKey(name, KeyGroup.session);

const CONVERSATION_ID = session('gen_ai.conversation.id');
export const GEN_AI_OPERATION = key('gen_ai.operation.name');
/** Since the generation of these keys, input includes the cache. */
export const CACHE_KEYS_SINCE_1_40 = [
  key('gen_ai.usage.cache_read.input_tokens'),
  key('gen_ai.usage.cache_creation.input_tokens'),
  key('gen_ai.usage.cache_write.input_tokens'),
];

const ofAllKinds = (tokens: string) =>
  sumOf(...['text', 'image', 'audio', 'video'].map((kind) => key(`gen_ai.usage.${kind}.${tokens}`)));

/** Also the base of dialects that follow the conventions except for a few names. */
export const genAiKeys = {
  // Kinds of content are parts of the total, and replace it if it is missing.
  input: [key('gen_ai.usage.input_tokens'), key('gen_ai.usage.prompt_tokens'), ofAllKinds('input_tokens')],
  output: [
    key('gen_ai.usage.output_tokens'),
    key('gen_ai.usage.completion_tokens'),
    ofAllKinds('output_tokens'),
  ],
  cacheRead: [
    key('gen_ai.usage.cache_read.input_tokens'),
    key('gen_ai.usage.cache_read_input_tokens'),
    ofAllKinds('cache_read.input_tokens'),
  ],
  cacheWrite: [
    key('gen_ai.usage.cache_write.input_tokens'),
    key('gen_ai.usage.cache_creation.input_tokens'),
    key('gen_ai.usage.cache_write_input_tokens'),
    key('gen_ai.usage.cache_creation_input_tokens'),
  ],
  // Names that senders derived from Anthropic's; the conventions have none.
  cacheWrite1h: [
    key('gen_ai.usage.cache_creation.ephemeral_1h_input_tokens'),
    key('gen_ai.usage.cache_creation_ephemeral_1h_input_tokens'),
    key('gen_ai.usage.details.ephemeral_1h_input_tokens'),
    key('gen_ai.usage.details.cache_write_1h_tokens'),
  ],
  reasoning: [
    key('gen_ai.usage.reasoning.output_tokens'),
    key('gen_ai.usage.reasoning_tokens'),
    key('gen_ai.usage.experimental.reasoning_tokens'),
  ],
  // The second names are those of Microsoft.Extensions.AI.
  inputAudio: [key('gen_ai.usage.audio.input_tokens'), key('gen_ai.usage.input_audio_tokens')],
  outputAudio: [key('gen_ai.usage.audio.output_tokens'), key('gen_ai.usage.output_audio_tokens')],
  cacheAudioRead: [key('gen_ai.usage.audio.cache_read.input_tokens')],
  total: [key('gen_ai.usage.total_tokens')],
  provider: [key('gen_ai.provider.name'), key('gen_ai.system')],
  requestModel: [key('gen_ai.request.model')],
  responseModel: [key('gen_ai.response.model')],
  callIds: [key('gen_ai.response.id')],
  cost: [
    key('gen_ai.usage.cost'),
    key('gen_ai.cost.total_cost'),
    key('gen_ai.usage.total_cost'),
    key('operation.cost'),
    // Quarkus.
    partOf(key('gen_ai.client.estimated_cost'), /^\s*(\d+(?:\.\d+)?(?:E-?\d+)?)\s*(?:USD|\$)\s*$/),
  ],
} satisfies UsageKeys;

/** All keys that identify a record of this dialect. */
export function keysIn(keys: UsageKeys): AttributeKey[] {
  const within = (source: Source): AttributeKey[] => {
    if (typeof source === 'number') return [source];
    if ('sum' in source) return source.sum.flatMap(within);
    return 'part' in source ? within(source.of) : [source.json];
  };
  return [...new Set(Object.values(keys).flat().flatMap(within))];
}

/**
 * Operations that do not ask a model, though they name one: preparing a call (LlamaIndex:
 * `OpenAI._prepare_chat_with_tools`), and the interfaces beside the models (`openai.beta.assistants.create`,
 * `create_thread`).
 */
export const asksNoModel: KindRule = {
  spanName:
    /(?:\._?a?prepare_[a-z_]+|\.(?:assistants?|threads?|vector_?stores?|files)\.(?:create|retrieve|list|update|modify|delete|del)|^(?:create|retrieve|list|update|delete)_(?:assistant|thread|vector_?store)s?)$/,
  kind: 'neither',
};

/** Kinds by the operation's name. */
export const byGenAiOperation: KindRule = {
  key: GEN_AI_OPERATION,
  kinds: kindsByValue({
    call: [
      'chat',
      'generate_content',
      'text_completion',
      'embeddings',
      'embedding',
      'embed',
      'image',
      'image_generation',
      'speech',
      'transcription',
      'chat.completions',
      'text.completions',
    ],
    neither: [
      'execute_tool',
      'retrieval',
      'create_agent',
      'plan',
      'create_memory',
      'search_memory',
      'update_memory',
      'upsert_memory',
      'delete_memory',
      'create_memory_store',
      'delete_memory_store',
    ],
  }),
  // Agents, workflows, and unknown operations: their numbers may be the total of the calls below them.
  otherwise: 'wrapper',
};

/** Without an operation, tokens or a model make a call. */
export const byGenAiNumbers: KindRule = {
  anyOf: [
    ...genAiKeys.requestModel,
    ...genAiKeys.responseModel,
    ...genAiKeys.input,
    ...genAiKeys.output,
    ...genAiKeys.cacheRead,
    ...genAiKeys.cacheWrite,
    ...genAiKeys.reasoning,
    ...genAiKeys.total,
  ],
  kind: 'call',
};

const DETAILS = 'gen_ai.client.inference.operation.details';
/** The content of a message in a span event; a log record has it in its body, as `content` or `message`. */
const EVENT_CONTENT = ['gen_ai.event.content', 'content'];

/**
 * Messages of all generations: attributes since 1.37, events before, flat attributes of OpenLLMetry, and the
 * first ones of 1.26; then the names of Sentry (`gen_ai.request.messages`, `gen_ai.response.*`).
 */
export const genAiMessages: MessageSources = {
  system: [
    { key: 'gen_ai.system_instructions', role: 'system' },
    { event: DETAILS, role: 'system', keys: ['gen_ai.system_instructions'] },
    { event: 'gen_ai.system.message', role: 'system', keys: EVENT_CONTENT },
  ],
  input: [
    { key: 'gen_ai.input.messages' },
    { event: DETAILS, role: 'user', keys: ['gen_ai.input.messages'] },
    { prefix: 'gen_ai.prompt', role: 'user' },
    { key: 'gen_ai.prompt', role: 'user' },
    { event: 'gen_ai.user.message', role: 'user', keys: EVENT_CONTENT },
    { event: 'gen_ai.assistant.message', role: 'assistant', keys: EVENT_CONTENT },
    { event: 'gen_ai.tool.message', role: 'tool', keys: EVENT_CONTENT },
    { event: 'gen_ai.content.prompt', role: 'user', keys: ['gen_ai.prompt'] },
    { key: 'gen_ai.request.messages' },
  ],
  output: [
    { key: 'gen_ai.output.messages' },
    { event: DETAILS, role: 'assistant', keys: ['gen_ai.output.messages'] },
    { prefix: 'gen_ai.completion', role: 'assistant' },
    { key: 'gen_ai.completion', role: 'assistant' },
    { event: 'gen_ai.choice', role: 'assistant', keys: ['gen_ai.event.content', 'message', 'content'] },
    { event: 'gen_ai.content.completion', role: 'assistant', keys: ['gen_ai.completion'] },
    { key: 'gen_ai.response.text', role: 'assistant', texts: true },
    { key: 'gen_ai.response.tool_calls', role: 'assistant' },
  ],
};

/**
 * Names from before 1.34, which introduced `gen_ai.conversation.id`: of Splunk and others, of Azure's AI
 * agents, of OpenAI's assistants.
 */
const OLD_SESSION_KEYS = ['gen_ai.session.id', 'gen_ai.thread.id', 'gen_ai.openai.thread.id'].map(session);

/**
 * OpenTelemetry's own conventions, all generations at once: instrumentations keep the names they began with.
 *
 * | semconv | what changed |
 * | --- | --- |
 * | 1.26 | `gen_ai.system`, `usage.prompt_tokens`, `usage.completion_tokens`; no operation name |
 * | 1.27 | `usage.input_tokens`, `usage.output_tokens`, `operation.name` |
 * | 1.37 | `provider.name` in place of `system` |
 * | 1.40 | `usage.cache_read.input_tokens`, `usage.cache_creation.input_tokens`; input includes both |
 * | 1.41 | `usage.reasoning.output_tokens`, part of output; agents and workflows carry usage |
 * | after | `usage.cache_write.input_tokens` in place of `cache_creation`; `usage.audio.*` and other kinds of content, parts of input and output |
 *
 * Also names outside the conventions that instrumentations of `gen_ai.*` use: underscores in the cache keys,
 * `total_tokens`, costs, and Semantic Kernel's operations.
 */
export const otelGenAi: GenAiDialect = {
  name: 'otel-genai',
  isConvention: true,
  sessionKeys: [CONVERSATION_ID, ...OLD_SESSION_KEYS],
  // Users of OpenAI's Responses API write the id of the previous response there.
  noSessions: [{ key: CONVERSATION_ID, value: /^resp_/ }],
  conversation: {
    tools: {
      names: { 10: ['gen_ai.tool.name'] },
      callIds: { 10: ['gen_ai.tool.call.id'] },
      arguments: { 10: ['gen_ai.tool.call.arguments'] },
      results: { 10: ['gen_ai.tool.call.result'] },
      kinds: { 20: [{ key: 'gen_ai.operation.name', value: /^execute_tool$/ }] },
      spans: /^execute_tool\b/,
      beforeName: /^execute_tool\b:?\s*/,
    },
    finishReasons: { 10: ['gen_ai.response.finish_reasons'] },
    operations: ['gen_ai.operation.name'],
    requestIds: ['gen_ai.response.id'],
  },
  recognizedBy: [{ anyOf: [GEN_AI_OPERATION, ...keysIn(genAiKeys)] }],
  kinds: [asksNoModel, byGenAiOperation, byGenAiNumbers],
  logs: { event: /^gen_ai\.client\.inference\.operation\.details$/, first: false },
  keys: genAiKeys,
  messages: genAiMessages,
  inputIncludesCache: CACHE_KEYS_SINCE_1_40,
  outputIncludesReasoning: true,
};
