import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { byGenAiOperation, GEN_AI_OPERATION } from './otel-genai.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);
const TYPE = attributeKey('type', KeyGroup.metric);

/**
 * Gemini CLI, as in its documentation of telemetry and as written by version 0.61.0. It reports one call five
 * times:
 *
 * | signal | content |
 * | --- | --- |
 * | log record `gemini_cli.api_response` | all numbers: the one that counts, and so comes before the span |
 * | log record `gen_ai.client.inference.operation.details` | the same call by OpenTelemetry's names: never
 * counted |
 * | span of operation `llm_call` | input and output; neither includes thoughts |
 * | metric `gemini_cli.token.usage` | totals by model and type: input, output, thought, cache, tool;
 * cumulative |
 * | metric `gen_ai.client.token.usage` | input and output |
 *
 * Output is the API's candidate tokens: thoughts are added to it. Tokens of a prompt for built-in tools are
 * added to the input. `tokens_before` and `tokens_after` of a compression are not a call. The session id is
 * `session.id`.
 */
export const geminiCli: GenAiDialect = {
  name: 'gemini-cli',
  conversation: {
    tools: {
      names: { 45: ['function_name'] },
      callIds: { 15: ['gen_ai.tool.call_id'] },
      arguments: { 45: ['function_args'] },
      succeeded: ['success'],
      durations: ['duration_ms'],
    },
  },
  recognizedBy: [
    { scopeName: /^gemini-cli$/ },
    { eventName: /^gemini_cli\./ },
    { serviceName: /^gemini-cli$/, anyOf: [GEN_AI_OPERATION] },
    { serviceName: /^gemini-cli$/, eventName: /^gen_ai\./ },
  ],
  kinds: [
    {
      key: GEN_AI_OPERATION,
      kinds: kindsByValue({
        call: ['llm_call'],
        neither: ['tool_call', 'schedule_tool_calls', 'user_prompt', 'system_prompt'],
      }),
    },
    byGenAiOperation,
  ],
  logs: { event: /^gemini_cli\.api_response$/, first: true },
  metrics: [
    {
      name: 'gemini_cli.token.usage',
      adds: {
        key: TYPE,
        values: {
          input: ['inputTokens'],
          tool: ['inputTokens'],
          cache: ['cacheReadTokens'],
          output: ['outputTokens'],
          thought: ['outputTokens', 'reasoningTokens'],
        },
      },
    },
  ],
  keys: {
    input: [key('input_token_count'), key('gen_ai.usage.input_tokens')],
    inputBesides: [key('tool_token_count')],
    output: [key('output_token_count'), key('gen_ai.usage.output_tokens')],
    cacheRead: [key('cached_content_token_count')],
    cacheWrite: [],
    reasoning: [key('thoughts_token_count')],
    total: [key('total_token_count')],
    provider: [],
    requestModel: [key('model'), key('gen_ai.request.model')],
    responseModel: [key('gen_ai.response.model')],
    callIds: [],
    cost: [],
  },
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [
      { key: 'gen_ai.input.messages' },
      { key: 'request_text' },
      { event: 'gemini_cli.user_prompt', role: 'user', keys: ['prompt'] },
    ],
    output: [{ key: 'gen_ai.output.messages' }, { key: 'response_text', role: 'assistant' }],
  },
  provider: 'gcp.gen_ai',
  inputIncludesCache: true,
  outputIncludesReasoning: false,
};
