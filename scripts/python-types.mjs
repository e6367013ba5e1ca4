// Writes client/python/sojourn_client/schema.py, the types of the API for its client in Python, from the server's
// OpenAPI document.
import { fileURLToPath } from 'node:url';
import { generated } from './generated.mjs';

/** Parameters that the client sets itself. */
const OF_CLIENT = new Set(['project', 'cursor', 'id', 'lastEventId']);

await generated({
  path: fileURLToPath(new URL('../client/python/sojourn_client/schema.py', import.meta.url)),
  comment: '#',
  command: 'npm run python:api',
  make: (document) => moduleOf(JSON.parse(document)),
});

function moduleOf({ components, paths }) {
  const types = Object.entries(components.schemas).map(([name, schema]) => typeOf(name, schema));
  const queries = Object.values(paths).flatMap(({ get }) => (get === undefined ? [] : queryOf(get)));
  return `"""What the API of Sojourn answers and takes."""

from __future__ import annotations

from typing import Any, Literal, Required, Sequence, TypedDict, Union

${[...types, ...queries].join('\n\n')}
`;
}

function typeOf(name, schema) {
  const { properties, required = [], description } = schema;
  const value = properties === undefined ? hint(schema) : undefined;
  if (value !== undefined) return `${name} = ${value}${documented(description)}`;
  const members = Object.entries(properties).map(([key, member]) => {
    const type = quoted(hint(member));
    return `        ${JSON.stringify(key)}: ${required.includes(key) ? `Required[${type}]` : type},\n`;
  });
  return `${name} = TypedDict(\n    ${JSON.stringify(name)},\n    {\n${members.join('')}    },\n    total=False,\n)${documented(description)}`;
}

/** The parameters of an operation's query. A parameter of several values takes one as well. */
function queryOf({ operationId, parameters = [] }) {
  const members = parameters
    .filter(({ in: place, name }) => place === 'query' && !OF_CLIENT.has(name))
    .map(({ name, schema }) => `        ${JSON.stringify(name)}: ${quoted(parameterHint(schema))},\n`);
  if (members.length === 0) return [];
  const name = `${operationId[0].toUpperCase()}${operationId.slice(1)}Query`;
  return [
    `${name} = TypedDict(\n    ${JSON.stringify(name)},\n    {\n${members.join('')}    },\n    total=False,\n)`,
  ];
}

function parameterHint(schema) {
  const alternatives = schema.anyOf ?? schema.oneOf ?? [schema];
  const hints = alternatives.flatMap((each) =>
    each.type === 'array' ? [hint(each.items), `Sequence[${hint(each.items)}]`] : [hint(each)],
  );
  return union(hints);
}

/** A type hint for values of a schema. */
function hint(schema) {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1);
  if (schema.const !== undefined) return `Literal[${literal(schema.const)}]`;
  if (schema.enum !== undefined) return `Literal[${schema.enum.map(literal).join(', ')}]`;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return union(alternatives.map(hint));
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => hint({ ...schema, type })));
  switch (schema.type) {
    case 'string':
      return 'str';
    case 'integer':
      return 'int';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
    case 'null':
      return 'None';
    case 'array':
      return `list[${hint(schema.items ?? {})}]`;
    case 'object': {
      const { additionalProperties: rest } = schema;
      return `dict[str, ${typeof rest === 'object' && schema.properties === undefined ? hint(rest) : 'Any'}]`;
    }
    default:
      return 'Any';
  }
}

function union(hints) {
  const different = [...new Set(hints)];
  return different.length === 1 ? different[0] : `Union[${different.join(', ')}]`;
}

function literal(value) {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

/** As a forward reference: types may be defined in any order. */
function quoted(hint) {
  return JSON.stringify(hint).replaceAll('\\"', "'");
}

function documented(description) {
  return description === undefined
    ? ''
    : `\n"""${description.replaceAll('\\', '\\\\').replaceAll('"""', "'''")}"""`;
}
