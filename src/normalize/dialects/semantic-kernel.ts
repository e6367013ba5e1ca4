import type { GenAiDialect } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, genAiKeys } from './otel-genai.js';

/**
 * Semantic Kernel: OpenTelemetry's conventions of 1.27 to 1.36, under scopes `Microsoft.SemanticKernel…`
 * (.NET) and `semantic_kernel…` (Python).
 *
 * | `gen_ai.operation.name` | what it is |
 * | --- | --- |
 * | `chat.completions`, `text.completions`; `chat` | a call |
 *
 * It reports no cache, no reasoning and no total. Messages are log records or span events, one each.
 */
export const semanticKernel: GenAiDialect = {
  name: 'semantic-kernel',
  conversation: { places: ['CHAT_MESSAGE_INDEX'] },
  recognizedBy: [{ scopeName: /^(?:Microsoft\.SemanticKernel|semantic_kernel)(?:\.|$)/ }],
  kinds: [byGenAiOperation, byGenAiNumbers],
  keys: { ...genAiKeys, cacheRead: [], cacheWrite: [], reasoning: [], total: [], cost: [] },
  messages: {
    system: [{ event: 'gen_ai.system.message', role: 'system' }],
    input: [
      { event: 'gen_ai.user.message', role: 'user' },
      { event: 'gen_ai.content.prompt', role: 'user', keys: ['gen_ai.prompt'] },
    ],
    output: [
      { event: 'gen_ai.choice', role: 'assistant' },
      { event: 'gen_ai.content.completion', role: 'assistant', keys: ['gen_ai.completion'] },
    ],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
