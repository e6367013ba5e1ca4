import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { byGenAiOperation, genAiKeys } from './otel-genai.js';

const TYPE = attributeKey('mastra.span.type', KeyGroup.usage);

/**
 * Mastra, scope `@mastra/otel-exporter`: OpenTelemetry's names for the numbers, `mastra.*` for messages and the
 * span's type. Versions with `model_inference` have the numbers there. Earlier ones have them on the
 * `model_generation` above it, for all steps together.
 *
 * | `mastra.span.type` | what it is |
 * | --- | --- |
 * | `model_inference`, `model_generation`, `llm_generation`, `rag_embedding` | a call |
 * | `agent_run`, `model_step`, `workflow_*` | a wrapper |
 * | `tool_call`, `model_chunk`, … | neither |
 *
 * Spans of calls have only the text of the answer. The input is on the generation around them (a step has
 * placeholders for tool results), calls of tools are on the step.
 *
 * Input includes the cache and output the reasoning, for every provider. The session is the thread
 * (`gen_ai.conversation.id`), if there is one.
 */
export const mastra: GenAiDialect = {
  name: 'mastra',
  looseSessionKeys: ['sessionId', 'threadId'].map((name) =>
    attributeKey(`mastra.metadata.${name}`, KeyGroup.session),
  ),
  identity: { userId: { 32: ['mastra.metadata.userId'] } },
  recognizedBy: [{ scopeName: /^@mastra\// }, { anyOf: [TYPE] }],
  kinds: [
    {
      key: TYPE,
      kinds: kindsByValue({
        call: ['model_inference', 'model_generation', 'llm_generation', 'rag_embedding'],
        wrapper: ['agent_run', 'model_step', 'workflow_run', 'workflow_step'],
        neither: ['tool_call', 'mcp_tool_call', 'client_tool_call', 'provider_tool_call', 'model_chunk'],
      }),
    },
    byGenAiOperation,
  ],
  keys: genAiKeys,
  messages: {
    system: [{ key: 'gen_ai.system_instructions', role: 'system' }],
    input: [
      { key: 'gen_ai.input.messages' },
      { key: 'mastra.model_generation.input' },
      { key: 'mastra.agent_run.input', role: 'user' },
    ],
    output: [
      { key: 'gen_ai.output.messages' },
      { key: 'mastra.model_generation.output', role: 'assistant' },
      { key: 'mastra.model_step.output', role: 'assistant' },
      { key: 'mastra.agent_run.output', role: 'assistant' },
    ],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
