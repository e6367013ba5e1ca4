import type { Dialect } from './dialect.js';

/** RubyLLM, which follows OpenTelemetry's conventions except for the names of its spans. */
export const rubyLlm: Dialect = {
  name: 'ruby-llm',
  conversation: { tools: { spans: /^ruby_llm\.tool$/ } },
};
