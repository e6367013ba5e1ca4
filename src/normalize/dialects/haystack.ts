import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { jsonAt, partOf } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const TYPE = key('haystack.component.type');
const OUTPUTS = [key('haystack.component.output'), key('haystack.agent.step.llm.output')];
/** Places of the provider's metadata in the output of chat generators, text generators, and embedders. */
const METAS: readonly (readonly (string | number)[])[] = [['replies', 0, 'meta'], ['meta', 0], ['meta']];

const meta = (...path: readonly string[]) =>
  OUTPUTS.flatMap((output) => METAS.map((place) => jsonAt(output, ...place, ...path)));

/**
 * Haystack's own tracing (`haystack-ai`, scope `haystack`, checked with 3.4.1 and `opentelemetry-haystack`
 * 2.0.0): no `gen_ai.*`. Usage is in a component's output, which is sent only if the tracing of content is
 * switched on; without it a call has no tokens.
 *
 * | span | what it is |
 * | --- | --- |
 * | `haystack.component.run` of a type that ends in `Generator` or `Embedder` | a call |
 * | `haystack.chat_generator.run` | a call by another component than an agent or a pipeline |
 * | `haystack.agent.step.llm` | a call of an agent |
 * | `haystack.pipeline.run`, `haystack.agent.run`, other components | no usage of their own |
 *
 * Usage has the provider's own names, usually OpenAI's, whose input includes the cache.
 */
export const haystack: GenAiDialect = {
  name: 'haystack',
  conversation: {
    tools: {
      names: { 50: ['haystack.tool.name'] },
      arguments: { 60: ['haystack.agent.step.tool.input'] },
      results: { 60: ['haystack.agent.step.tool.output'] },
      spans: /^haystack\.agent\.step\.tool$/,
    },
  },
  recognizedBy: [{ anyOf: [TYPE, ...OUTPUTS] }],
  kinds: [
    { key: TYPE, value: /(?:Generator|Embedder)$/, kind: 'call' },
    { spanName: /^haystack\.agent\.step\.llm$/, kind: 'call' },
  ],
  keys: {
    input: [...meta('usage', 'prompt_tokens'), ...meta('usage', 'input_tokens')],
    output: [...meta('usage', 'completion_tokens'), ...meta('usage', 'output_tokens')],
    cacheRead: [
      ...meta('usage', 'prompt_tokens_details', 'cached_tokens'),
      ...meta('usage', 'input_tokens_details', 'cached_tokens'),
      ...meta('usage', 'cache_read_input_tokens'),
    ],
    cacheWrite: [
      ...meta('usage', 'prompt_tokens_details', 'cache_write_tokens'),
      ...meta('usage', 'cache_creation_input_tokens'),
    ],
    reasoning: [
      ...meta('usage', 'completion_tokens_details', 'reasoning_tokens'),
      ...meta('usage', 'output_tokens_details', 'reasoning_tokens'),
    ],
    inputAudio: meta('usage', 'prompt_tokens_details', 'audio_tokens'),
    outputAudio: meta('usage', 'completion_tokens_details', 'audio_tokens'),
    total: meta('usage', 'total_tokens'),
    provider: [],
    requestModel: [],
    responseModel: meta('model'),
    // Only OpenAI's Responses API has them here.
    callIds: meta('id').map((id) => partOf(id, /^((?:resp|msg|chatcmpl)[-_].+)$/)),
    cost: [],
  },
  messages: {
    input: [{ key: 'haystack.component.input' }, { key: 'haystack.agent.step.llm.input' }],
    output: [
      { key: 'haystack.component.output', role: 'assistant' },
      { key: 'haystack.agent.step.llm.output', role: 'assistant' },
    ],
  },
  inputIncludesCache: [
    { anyOf: meta('usage', 'cache_read_input_tokens'), includes: false },
    { anyOf: meta('usage', 'cache_creation_input_tokens'), includes: false },
    { includes: true },
  ],
  outputIncludesReasoning: true,
};
