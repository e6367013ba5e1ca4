import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const TYPE = attributeKey('type', KeyGroup.metric);

/**
 * Claude Code, as in its documentation of monitoring and as sent by version 2.1.289.
 *
 * | signal | content |
 * | --- | --- |
 * | log records, from the start | `api_request`, one a call, with cost |
 * | metrics, from the start | `claude_code.token.usage`, `claude_code.cost.usage`: totals of the same calls,
 * by type and model; delta unless configured otherwise |
 * | spans, in beta | `claude_code.llm_request`, one a call, without cost; they can be missing although every
 * log record arrived |
 *
 * Both have the request's ids, but `client_request_id` only with Anthropic's own API. Calls besides the
 * conversation (`generate_session_title`) are billed like any other. These totals are not calls:
 * `subagent_completed` (`total_tokens`), `compaction` (`pre_tokens`, `post_tokens`), `result_tokens` of a
 * tool. The session id is `session.id`.
 */
export const claudeCode: GenAiDialect = {
  name: 'claude-code',
  // Its `user.id` is an anonymous id of the device, so the account comes before it.
  identity: {
    userId: { 10: ['user.account_uuid'], 61: ['user.account_id'] },
    userSideServices: ['claude-code'],
  },
  conversation: {
    tools: {
      names: { 40: ['tool_name'] },
      callIds: { 40: ['tool_use_id'] },
      arguments: { 40: ['tool_parameters', 'tool_input'], 46: ['full_command'] },
      succeeded: ['success'],
      durations: ['duration_ms'],
      spans: /^claude_code\.tool$/,
      resultEvent: { name: 'tool.output', keys: ['output', 'content', 'result'] },
    },
    finishReasons: { 60: ['stop_reason'] },
    requestIds: { 10: ['request_id', 'client_request_id'] },
    places: ['event.sequence'],
  },
  recognizedBy: [
    { scopeName: /^com\.anthropic\.claude_code(?:\.|$)/ },
    { spanName: /^claude_code\./ },
    { eventName: /^claude_code\./ },
    { serviceName: /^claude-code$/, eventName: /^api_request$/ },
  ],
  kinds: [{ spanName: /^claude_code\.llm_request$/, kind: 'call' }],
  logs: { event: /^(?:claude_code\.)?api_request$/, first: true },
  metrics: [
    {
      name: 'claude_code.token.usage',
      adds: {
        key: TYPE,
        values: {
          input: ['inputTokens'],
          cacheRead: ['inputTokens', 'cacheReadTokens'],
          cacheCreation: ['inputTokens', 'cacheWriteTokens'],
          output: ['outputTokens'],
        },
      },
    },
    { name: 'claude_code.cost.usage', adds: ['costUsd'] },
  ],
  keys: {
    input: [key('input_tokens')],
    output: [key('output_tokens')],
    cacheRead: [key('cache_read_tokens')],
    cacheWrite: [key('cache_creation_tokens')],
    reasoning: [],
    total: [],
    provider: [key('gen_ai.system')],
    requestModel: [key('model'), key('gen_ai.request.model')],
    responseModel: [],
    callIds: [key('request_id'), key('client_request_id'), key('gen_ai.response.id')],
    cost: [key('cost_usd')],
  },
  messages: {
    input: [
      { key: 'new_context', role: 'user' },
      { key: 'user_prompt', role: 'user' },
      { event: 'claude_code.user_prompt', role: 'user', keys: ['prompt'] },
      { event: 'user_prompt', role: 'user', keys: ['prompt'] },
    ],
    output: [
      { key: 'response.model_output', role: 'assistant' },
      { event: 'claude_code.assistant_response', role: 'assistant', keys: ['response'] },
      { event: 'assistant_response', role: 'assistant', keys: ['response'] },
    ],
  },
  provider: 'anthropic',
  inputIncludesCache: false,
  outputIncludesReasoning: true,
};
