import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect, UsageKeys } from './dialect.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const sessionKey = (name: string) => attributeKey(name, KeyGroup.session);
const THREAD_ID = sessionKey('thread_id');

const keys = {
  input: [key('input_token_count'), key('gen_ai.usage.input_tokens')],
  output: [key('output_token_count'), key('gen_ai.usage.output_tokens')],
  cacheRead: [key('cached_token_count'), key('gen_ai.usage.cache_read.input_tokens')],
  cacheWrite: [key('cache_write_token_count'), key('gen_ai.usage.cache_write.input_tokens')],
  reasoning: [key('reasoning_token_count'), key('codex.usage.reasoning_output_tokens')],
  // The first is the response's total in spite of its name.
  total: [key('tool_token_count'), key('codex.usage.total_tokens')],
  provider: [],
  requestModel: [key('model')],
  responseModel: [],
  callIds: [],
  cost: [],
} satisfies UsageKeys;

/**
 * Codex, as in the otel crate of its sources and as sent by version 0.160.0.
 *
 * | signal | content |
 * | --- | --- |
 * | log records | `codex.sse_event` of kind `response.completed`, two a request of which one has tokens, as
 * texts; no trace id |
 * | spans | `handle_responses`, several a request of which the last has tokens |
 * | spans around | `session_task.turn` with `codex.turn.token_usage.*`, the turn's total: not a call, and
 * never counted |
 * | metric | `codex.turn.token_usage`, with a `total` beside its parts |
 *
 * The model of a span's call is on the spans around it, `run_sampling_request` and `session_task.turn`. A
 * call has no id, so log records count, and spans only if a session has no such record (U18). Log records
 * name their session as `conversation.id`, a few spans as `thread_id`; `thread.id` is an operating system's
 * thread.
 */
export const codex: GenAiDialect = {
  name: 'codex',
  looseSessionKeys: [sessionKey('conversation.id'), THREAD_ID],
  // Other senders write the number of an operating system's thread there.
  noSessions: [{ key: THREAD_ID, value: /^\d+$/ }],
  identity: { userId: { 61: ['user.account_id'] } },
  conversation: {
    tools: {
      callIds: { 45: ['call_id'] },
      arguments: { 48: ['arguments'] },
      succeeded: ['success'],
      durations: ['duration_ms'],
    },
    finishReasons: { 40: ['finish_reason'] },
  },
  recognizedBy: [
    { eventName: /^codex\./ },
    { scopeName: /^codex[_-]/ },
    { serviceName: /^codex[_-]/, spanName: /^handle_responses$/ },
    { anyOf: [key('codex.usage.reasoning_output_tokens'), key('codex.usage.total_tokens')] },
  ],
  kinds: [
    { spanName: /^handle_responses$/, anyOf: [...keys.input, ...keys.output], kind: 'call' },
    { spanName: /^(?:run_sampling_request|session_task\.turn)$/, kind: 'wrapper' },
  ],
  logs: {
    event: /^codex\.sse_event$/,
    where: { key: key('event.kind'), value: 'response.completed' },
    first: true,
  },
  keys,
  messages: {
    input: [{ event: 'codex.user_prompt', role: 'user', keys: ['prompt'] }],
    output: [],
  },
  wrappersNameModel: true,
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
