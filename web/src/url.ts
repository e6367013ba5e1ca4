/**
 * Search parameters as plain text, `?service=web&service=api&hasErrors=true`, as people and scripts write
 * them by hand and as the API takes them. A repeated parameter is a list. Each route interprets the texts
 * itself.
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

/** The parameters that have a value, one for each value of a list. */
export function parametersOf(search: Record<string, unknown>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of [value].flat()) {
      if (each !== undefined && each !== '') parameters.append(name, String(each));
    }
  }
  return parameters;
}

/** The value of a parameter; the first one if it is repeated. */
export function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}
