/** Values of telemetry from `JSON.parse` or the OTLP reader, of any shape, size and depth. */

export type Fields = { readonly [name: string]: unknown };

/** Maximum depth of nesting that is read. */
export const MAX_DEPTH = 24;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object's own field. Inherited names such as `constructor` are not fields. */
export function field(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The first of these fields that has a value. */
export function firstField(fields: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const value = field(fields, name);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The first of these fields that is a number or a text that is not empty. */
export function textField(fields: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = field(fields, name);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  }
  return undefined;
}

/** The object or array that the text contains as JSON. Undefined for any other text. */
export function parseContainer(text: string): Fields | unknown[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Fields | unknown[];
  } catch {
    return undefined;
  }
}

/**
 * JSON text of at most about `limit` characters, with all digits of big integers. Longer text is truncated,
 * and values below `MAX_DEPTH` are `…`.
 */
export function jsonText(value: unknown, limit: number): string {
  const writer = new JsonWriter(limit);
  writer.write(value, 0);
  return writer.text;
}

class JsonWriter {
  text = '';
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  write(value: unknown, depth: number): void {
    if (this.text.length > this.#limit) return;
    if (typeof value === 'string') this.text += JSON.stringify(value.slice(0, this.#limit + 1));
    else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
      this.text += String(value);
    else if (typeof value !== 'object' || value === null) this.text += 'null';
    else if (depth >= MAX_DEPTH) this.text += '"…"';
    else if (Array.isArray(value)) this.#array(value, depth + 1);
    else this.#object(value, depth + 1);
  }

  #array(values: readonly unknown[], depth: number): void {
    this.text += '[';
    for (let i = 0; i < values.length && this.text.length <= this.#limit; i++) {
      if (i > 0) this.text += ',';
      this.write(values[i], depth);
    }
    this.text += ']';
  }

  #object(fields: object, depth: number): void {
    this.text += '{';
    let first = true;
    for (const [name, value] of Object.entries(fields)) {
      if (this.text.length > this.#limit) break;
      if (value === undefined) continue;
      if (!first) this.text += ',';
      first = false;
      this.text += `${JSON.stringify(name)}:`;
      this.write(value, depth);
    }
    this.text += '}';
  }
}
