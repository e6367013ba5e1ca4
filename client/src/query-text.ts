/**
 * The query string of parameters. A list has its parameter once for each value. An object has a parameter for each of
 * its keys: `{ attr: { team: ['red'] } }` is `attr.team=red`.
 */
export function queryText(parameters: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    if (Array.isArray(value)) for (const each of value) add(name, each);
    else if (typeof value === 'object') {
      for (const [key, each] of Object.entries(value)) add(`${name}.${key}`, each);
    } else query.append(name, String(value));
  };
  for (const [name, value] of Object.entries(parameters)) add(name, value);
  return query.toString();
}
