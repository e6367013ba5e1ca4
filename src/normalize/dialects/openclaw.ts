import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { byGenAiOperation, CACHE_KEYS_SINCE_1_40, GEN_AI_OPERATION, genAiKeys } from './otel-genai.js';

/**
 * OpenClaw with its OpenTelemetry plugin, as observed with version 2026.9.6: OpenTelemetry's conventions, with
 * spans of its own around the calls.
 *
 * | span | what it is |
 * | --- | --- |
 * | `openclaw.harness.run` › `openclaw.run` › `chat {model}` | runs, and a call with usage; by the older conventions `openclaw.model.call` |
 * | the same, of operation `invoke_agent` | a turn of another agent (Claude Code, Codex) with an unknown number of calls |
 * | `openclaw.tool.execution` | a tool |
 * | `openclaw.model.usage` | the usage of a run again, often as the root of a trace of its own: never counted |
 *
 * The metrics `openclaw.tokens` (whose `prompt` and `total` overlap the rest) and `gen_ai.client.token.usage`
 * report the same calls.
 */
export const openClaw: GenAiDialect = {
  name: 'openclaw',
  recognizedBy: [
    { spanName: /^openclaw\./ },
    { anyOf: [attributeKey('openclaw.model_call.observation_unit', KeyGroup.usage)] },
    { scopeName: /^openclaw(?:$|[./_-])/ },
    { serviceName: /^openclaw(?:$|[._-])/, anyOf: [GEN_AI_OPERATION] },
  ],
  kinds: [
    { spanName: /^openclaw\.model\.usage$/, kind: 'neither' },
    byGenAiOperation,
    { spanName: /^openclaw\.(?:harness\.)?run$/, kind: 'wrapper' },
  ],
  keys: genAiKeys,
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [{ key: 'gen_ai.input.messages' }],
    output: [{ key: 'gen_ai.output.messages' }],
  },
  inputIncludesCache: CACHE_KEYS_SINCE_1_40,
  outputIncludesReasoning: true,
};
