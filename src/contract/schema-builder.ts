import type { Type as TypeBox } from '@sinclair/typebox';

/** Symbols of TypeBox: the kind of a schema, for its tools, and that a property is optional. */
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
 * The schema builders of the contract, with the types of TypeBox. With them, the compiler knows the type of
 * the values of a schema. Only the types are from TypeBox: a schema is a plain object, and the package has
 * 200 modules that each query thread would load at its start.
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

/** The types of a builder are those of TypeBox's builder of the same name. */
function typed<Builder>(build: (...args: never[]) => object): Builder {
  return build as Builder;
}
