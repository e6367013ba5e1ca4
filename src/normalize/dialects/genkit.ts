import { attributeKey, KeyGroup } from '../attributes.js';
import { type GenAiDialect, kindsByValue } from './dialect.js';
import { genAiKeys } from './otel-genai.js';
import { jsonAt, partOf } from './source.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const OUTPUT = key('genkit:output');
const NAME = key('genkit:name');
const SUBTYPE = key('genkit:metadata:subtype');
const raw = (...path: string[]) => jsonAt(OUTPUT, 'raw', ...path);
const custom = (...path: string[]) => jsonAt(OUTPUT, 'custom', ...path);

/**
 * Genkit, scope `genkit-tracer`: every action is a span, and a model call is one of subtype `model`. Flows
 * and other actions around it have no usage of their own.
 *
 * | attribute | what it is |
 * | --- | --- |
 * | `genkit:metadata:subtype` | `model`; `flow`, `tool`, `util` and others are not calls |
 * | `genkit:name` | the model, after its plug-in: `googleai/gemini-2.5-flash` |
 * | `genkit:output` | the answer as JSON, with token counts under `usage`, and as the provider gave it under
 * `raw` (JavaScript), its model and id under `custom` (Go) |
 *
 * Spans to which a processor has added OpenTelemetry's names have their numbers under those.
 */
export const genkit: GenAiDialect = {
  name: 'genkit',
  sessionKeys: [attributeKey('genkit:sessionId', KeyGroup.session)],
  conversation: { operations: ['genkit:metadata:subtype'] },
  recognizedBy: [{ scopeName: /^genkit-tracer$/ }, { anyOf: [SUBTYPE] }],
  kinds: [{ key: SUBTYPE, kinds: kindsByValue({ call: ['model', 'embedder'] }), otherwise: 'neither' }],
  keys: {
    ...genAiKeys,
    input: [...genAiKeys.input, jsonAt(OUTPUT, 'usage', 'inputTokens')],
    output: [...genAiKeys.output, jsonAt(OUTPUT, 'usage', 'outputTokens')],
    cacheRead: [
      ...genAiKeys.cacheRead,
      jsonAt(OUTPUT, 'usage', 'cachedContentTokens'),
      raw('usage', 'prompt_tokens_details', 'cached_tokens'),
    ],
    reasoning: [
      ...genAiKeys.reasoning,
      jsonAt(OUTPUT, 'usage', 'thoughtsTokens'),
      raw('usage', 'completion_tokens_details', 'reasoning_tokens'),
    ],
    total: [...genAiKeys.total, jsonAt(OUTPUT, 'usage', 'totalTokens')],
    provider: [...genAiKeys.provider, partOf(NAME, /^([^/]+)\//)],
    requestModel: [...genAiKeys.requestModel, partOf(NAME, /^(?:[^/]+\/)?(.+)$/)],
    responseModel: [...genAiKeys.responseModel, raw('model'), custom('model')],
    callIds: [...genAiKeys.callIds, raw('id'), custom('id')],
  },
  messages: {
    input: [{ key: 'genkit:input' }],
    output: [{ key: 'genkit:output', role: 'assistant' }],
  },
  inputIncludesCache: true,
  outputIncludesReasoning: true,
};
