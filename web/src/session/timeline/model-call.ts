/** OpenTelemetry's span name of a model call: operation and model. */
const CALL_NAME = /^(?:chat|text_completion|generate_content|embeddings)(?: |$)/;

/** Whether a span's name is that of a model call; for spans without a usage record. */
export function isNamedAsCall(name: string): boolean {
  return CALL_NAME.test(name);
}
