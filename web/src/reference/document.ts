/** The parts of an OpenAPI 3.1 document that the reference shows. */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export interface Operation {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly description?: string; readonly content?: Content };
  readonly responses?: Readonly<Record<string, Answer>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

export interface Answer {
  readonly description?: string;
  readonly content?: Content;
}

export type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'query'];

export interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export interface EndpointGroup {
  readonly tag: string;
  readonly endpoints: readonly Endpoint[];
}

/** The operations of a document by their first tag, both in the document's order. */
export function endpointGroups({ paths }: Pick<OpenApiDocument, 'paths'>): readonly EndpointGroup[] {
  const groups = new Map<string, Endpoint[]>();
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const tag = operation.tags?.[0] ?? 'Other';
      const endpoints = groups.get(tag) ?? [];
      groups.set(tag, endpoints);
      endpoints.push({ method: method.toUpperCase(), path, operation });
    }
  }
  return [...groups].map(([tag, endpoints]) => ({ tag, endpoints }));
}

/** Whether an endpoint has all words of a search in its method, path, name or texts. */
export function isFound({ method, path, operation }: Endpoint, search: string): boolean {
  const text = [
    method,
    path,
    operation.operationId,
    operation.summary,
    operation.description,
    ...(operation.parameters ?? []).map(({ name }) => name),
  ]
    .join(' ')
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** A part of the text of a type: words, or the name of a schema of the document. */
export type TypePart = string | { readonly ref: string };

const REF_PREFIX = '#/components/schemas/';

/** The type of a schema in words: `integer`, `"a" | "b"`, `Session[]`. Properties of objects are not listed. */
export function typeText(schema: Schema): readonly TypePart[] {
  if (schema.$ref !== undefined) return [{ ref: schema.$ref.replace(REF_PREFIX, '') }];
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  if (schema.enum !== undefined) return [schema.enum.map((value) => JSON.stringify(value)).join(' | ')];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return joined(choices, ' | ');
  if (schema.allOf !== undefined) return joined(schema.allOf, ' & ');
  const { type, items, format, additionalProperties } = schema;
  if (items !== undefined) return listOf(typeText(items));
  if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0) {
    return ['map of ', ...typeText(additionalProperties)];
  }
  const word = type === undefined ? 'any' : [type].flat().join(' | ');
  return [format === undefined ? word : `${word} (${format})`];
}

function joined(schemas: readonly Schema[], between: string): readonly TypePart[] {
  return schemas.flatMap((schema, index) => [...(index > 0 ? [between] : []), ...typeText(schema)]);
}

function listOf(item: readonly TypePart[]): readonly TypePart[] {
  const isSimple = item.length === 1 && !(typeof item[0] === 'string' && item[0].includes(' '));
  return isSimple ? [...item, '[]'] : ['(', ...item, ')[]'];
}

/** The limits and the default of a schema: `1 to 1000`, `default 100`. */
export function limitText(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, maxItems } = schema;
  const range = (from: unknown, to: unknown): string | undefined => {
    if (from !== undefined && to !== undefined) return `${from} to ${to}`;
    if (from !== undefined) return `at least ${from}`;
    return to === undefined ? undefined : `at most ${to}`;
  };
  const lengths = range(minLength, maxLength);
  return [
    range(minimum, maximum),
    lengths && `${lengths} characters`,
    maxItems === undefined ? undefined : `at most ${maxItems} values`,
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
