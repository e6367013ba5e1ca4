import type { Dialect } from './dialect.js';

/** RubyLLM, which keeps to OpenTelemetry's conventions but for the names of its spans. */
export const rubyLlm: Dialect = {
  name: 'ruby-llm',
  conversation: { tools: { spans: /^ruby_llm\.tool$/ } },
};
