import type { GenAiDialect } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, genAiKeys } from './otel-genai.js';

/**
 * Microsoft Agent Framework: OpenTelemetry's conventions, under these scopes.
 *
 * | scope | written by |
 * | --- | --- |
 * | `agent_framework` | the Python package |
 * | `Experimental.Microsoft.Agents.AI` | .NET, agents |
 * | `Experimental.Microsoft.Extensions.AI` | .NET, the chat client below them, also without agents |
 *
 * `invoke_agent` has the total usage of the `chat` spans below it. Workflows, executors and edges have none,
 * and `mcp.session.id` is a transport's.
 */
export const msAgentFramework: GenAiDialect = {
  name: 'ms-agent-framework',
  recognizedBy: [
    { scopeName: /^agent_framework(?:\.|$)/ },
    { scopeName: /^Experimental\.Microsoft\.(?:Agents|Extensions)\.AI(?:\.|$)/ },
  ],
  kinds: [byGenAiOperation, byGenAiNumbers],
  keys: genAiKeys,
  messages: {
    system: [
      { key: 'gen_ai.system_instructions', role: 'system' },
      { event: 'gen_ai.system.message', role: 'system', keys: ['content'] },
    ],
    input: [
      { key: 'gen_ai.input.messages' },
      { event: 'gen_ai.user.message', role: 'user', keys: ['content'] },
    ],
    output: [
      { key: 'gen_ai.output.messages' },
      { event: 'gen_ai.choice', role: 'assistant', keys: ['message'] },
    ],
  },
  // The Python package passes on the numbers of the model's API, under the conventions' names.
  inputIncludesCache: [
    { scopeName: /^agent_framework(?:\.|$)/, includes: 'as the provider' },
    { includes: true },
  ],
  outputIncludesReasoning: true,
  wrapperSumsAreRight:
    'An agent adds up the usage of the answers of its own run, which are those of the chat spans below it; an agent that is called as a tool is in no sum but its own.',
};
