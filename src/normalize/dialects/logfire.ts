import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';
import {
  byGenAiNumbers,
  byGenAiOperation,
  CACHE_KEYS_SINCE_1_40,
  genAiKeys,
  genAiMessages,
} from './otel-genai.js';
import { jsonAt } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

/** Usage as the provider's API gave it. */
const RAW = key('gen_ai.usage.raw');

export const logfire: Dialect = {
  name: 'logfire',
  sessionKeys: [],
  // What OpenAI Agents call the group of a trace: a conversation.
  scopedSessionKeys: {
    scopeName: /^logfire\.openai_agents$/,
    keys: [attributeKey('group_id', KeyGroup.session)],
  },
  recognizedBy: [{ scopeName: /^logfire(?:\.|$)/ }],
  kinds: [byGenAiOperation, byGenAiNumbers],
  keys: {
    ...genAiKeys,
    reasoning: [
      ...genAiKeys.reasoning,
      jsonAt(RAW, 'completion_tokens_details', 'reasoning_tokens'),
      jsonAt(RAW, 'output_tokens_details', 'reasoning_tokens'),
    ],
  },
  messages: genAiMessages,
  inputIncludesCache: CACHE_KEYS_SINCE_1_40,
  outputIncludesReasoning: true,
};
