/**
 * Search parameters as plain text, `?service=web&service=api&hasErrors=true`: what people and scripts write by hand, and what the API
 * itself takes. A repeated parameter is a list. What the texts mean is for each route to say.
 */
export function parseSearch(search: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(search)) {
    const known = values[name];
    values[name] = known === undefined ? value : [known, value].flat();
  }
  return { ...values };
}

export function stringifySearch(search: Record<string, unknown>): string {
  const text = parametersOf(search).toString();
  return text === '' ? '' : `?${text}`;
}

/** The parameters that have a value, each value of a list by itself. */
export function parametersOf(search: Record<string, unknown>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of [value].flat()) {
      if (each !== undefined && each !== '') parameters.append(name, String(each));
    }
  }
  return parameters;
}

/** The value of a parameter that has one; of a repeated one the first. */
export function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}
