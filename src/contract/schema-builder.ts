import type { Type as TypeBox } from '@sinclair/typebox';

/** Marks of TypeBox: what a schema is, by which its tools know it, and that a property may be left out. */
const KIND = Symbol.for('TypeBox.Kind');
const OPTIONAL = Symbol.for('TypeBox.Optional');

type Builders = Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'Ref'
  | 'String'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'
>;

/**
 * The builders of schemas that the contract is written with: those of TypeBox, by whose types the compiler knows the values that a schema describes. Only its
 * types are from there: a schema is a plain object, and the package is 200 modules that each thread which answers queries would load at its start.
 */
export const Type: Builders = {
  Array: typed((items: object, options?: object) => schema('Array', { type: 'array', items }, options)),
  Boolean: typed((options?: object) => schema('Boolean', { type: 'boolean' }, options)),
  Integer: typed((options?: object) => schema('Integer', { type: 'integer' }, options)),
  Literal: typed((value: string | number | boolean, options?: object) =>
    schema('Literal', { const: value, type: typeof value }, options),
  ),
  Number: typed((options?: object) => schema('Number', { type: 'number' }, options)),
  Object: typed((properties: Readonly<Record<string, object>>, options?: object) => {
    const required = Object.keys(properties).filter((name) => !(OPTIONAL in properties[name]!));
    const rule = { type: 'object', ...(required.length > 0 && { required }), properties };
    return schema('Object', rule, options);
  }),
  Optional: typed((of: object) => ({ ...of, [OPTIONAL]: 'Optional' })),
  Ref: typed(($ref: string, options?: object) => schema('Ref', { $ref }, options)),
  String: typed((options?: object) => schema('String', { type: 'string' }, options)),
  Union: typed((anyOf: readonly object[], options?: object) => schema('Union', { anyOf }, options)),
  Unknown: typed((options?: object) => schema('Unknown', {}, options)),
  Unsafe: typed((of: object) => ({ [KIND]: 'Unsafe', ...of })),
};

function schema(kind: string, rule: object, options?: object): object {
  return { ...options, [KIND]: kind, ...rule };
}

/** The types of a builder are those of TypeBox's of the same name. */
function typed<Builder>(build: (...args: never[]) => object): Builder {
  return build as Builder;
}
