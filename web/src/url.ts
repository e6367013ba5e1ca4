/**
 * Search parameters as plain text, `?service=web&hasErrors=true`: what people and scripts write by hand, and what the API
 * itself takes. Of a repeated parameter the first counts. What the texts mean is for each route to say.
 */
export function parseSearch(search: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(search)) values[name] ??= value;
  return { ...values };
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
