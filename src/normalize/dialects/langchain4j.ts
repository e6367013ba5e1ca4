import { attributeKey, KeyGroup } from '../attributes.js';
import type { GenAiDialect } from './dialect.js';
import { byGenAiNumbers, byGenAiOperation, genAiKeys, genAiMessages } from './otel-genai.js';

const key = (name: string) => attributeKey(name, KeyGroup.usage);

const INPUT = key('input_tokens');
const OUTPUT = key('output_tokens');

/**
 * LangChain4j observed by Micrometer (`langchain4j-observation`, in Spring Boot's scope): OpenTelemetry's
 * names, except for the numbers `input_tokens` and `output_tokens`; `unknown` for a missing name. Providers
 * have the names of an enumeration (`OPEN_AI`).
 *
 * | sender | what is read |
 * | --- | --- |
 * | `langchain4j-observation` | this dialect; a call without numbers is read as Spring AI's, with the same
 * result |
 * | Quarkus (`quarkus-langchain4j`) | OpenTelemetry's names of 1.26 and current ones;
 * `gen_ai.client.estimated_cost` in US dollars |
 * | `openinference-instrumentation-langchain4j` | OpenInference |
 */
export const langChain4j: GenAiDialect = {
  name: 'langchain4j',
  recognizedBy: [{ scopeName: /^org\.springframework\.boot$/, anyOf: [INPUT, OUTPUT] }],
  kinds: [byGenAiOperation, byGenAiNumbers],
  keys: { ...genAiKeys, input: [...genAiKeys.input, INPUT], output: [...genAiKeys.output, OUTPUT] },
  messages: genAiMessages,
  // The numbers are those of the provider's API.
  inputIncludesCache: [],
  outputIncludesReasoning: true,
};
