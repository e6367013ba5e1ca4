/** How OpenTelemetry's conventions name the span of a model call: operation and model. */
const CALL_NAME = /^(?:chat|text_completion|generate_content|embeddings)(?: |$)/;

/** Whether a span is a model call by its name; for those that no usage tells of. */
export function isNamedAsCall(name: string): boolean {
  return CALL_NAME.test(name);
}
