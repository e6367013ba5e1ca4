import type { Static, TSchema } from '@sinclair/typebox';
import { MAX_CURSOR_LENGTH } from './cursor.js';
import { INT64_FORM, type Int64 } from './int64.js';
import { Type } from './schema-builder.js';

/** Parts that schemas of several routes share. */

const MAX_NAME_LENGTH = 256;

/** Maximum number of values of a filter in a request. */
export const MAX_FILTER_VALUES = 50;

/** Custom formats, checked by the validation of queries. */
export const CURSOR_FORMAT = 'cursor';

export const COUNTRY_FORMAT = 'country-code';

/** What sessions are grouped by: a name, or `attr.` and an attribute of `--index-attributes`. */
export const GROUP_BY_FORMAT = 'group-by';

/** The name of an attribute of `--index-attributes`. */
export const INDEXED_ATTRIBUTE_FORMAT = 'indexed-attribute';

export const TRACE_ID_FORMAT = 'trace-id';

export const TRACE_ID_PATTERN = '^[0-9a-fA-F]{32}$';

export const SEVERITY_FORMAT = 'severity';

/** A reference to a named schema in `components/schemas`, with the type of that schema. */
export function ref<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Static<Schema>>(Type.Ref(schema.$id!));
}

/** An integer of up to 64 bits, as `int64Of` writes it. */
export function int64(options: { description: string; minimum?: number; examples?: unknown[] }) {
  const { description, ...rest } = options;
  return Type.Unsafe<Int64>({
    type: ['integer', 'string'],
    format: 'int64',
    pattern: '^-?[0-9]+$',
    ...rest,
    description: `${description} ${INT64_FORM}`,
  });
}

export function count(description: string, example: number) {
  return Type.Integer({ minimum: 0, description, examples: [example] });
}

export function dateTime(description: string, example: string) {
  return Type.String({
    format: 'date-time',
    description: `${description} RFC 3339 in UTC, always with nine digits of fraction.`,
    examples: [example],
  });
}

export function oneOf<const Value extends string>(values: readonly Value[], description: string) {
  return Type.Unsafe<Value>({ type: 'string', enum: values, description });
}

// Queries

export const cursorParameter = Type.Optional(
  Type.String({
    format: CURSOR_FORMAT,
    maxLength: MAX_CURSOR_LENGTH,
    description:
      'Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page.',
  }),
);

/** A filter with several values: a session matches if it has any of them. */
export function anyOf<Item extends TSchema>(description: string, items: Item, examples?: unknown[]) {
  return Type.Optional(
    Type.Array(items, {
      minItems: 1,
      maxItems: MAX_FILTER_VALUES,
      description: `${description} Given several times it takes any of the values.`,
      ...(examples !== undefined && { examples: [examples] }),
    }),
  );
}

/** A name that is matched exactly. */
export const name = Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH });

export function nameFilter(description: string, examples: string[]) {
  return anyOf(description, name, examples);
}

export const NoQuery = Type.Object({}, { additionalProperties: false });

/** The number of model calls that a sum over many sessions lacks. */
export const usageGaps = {
  unpriced_request_count: count(
    'Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.',
    0,
  ),
  unreported_request_count: count(
    'Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.',
    0,
  ),
};

export const pageLinks = {
  has_more: Type.Boolean({ description: 'Whether there is a next page.' }),
  next_cursor: Type.Optional(
    Type.String({ description: 'Cursor of the next page. Left out where there is none.' }),
  ),
  prev_cursor: Type.Optional(
    Type.String({ description: 'Cursor of the page before. Left out where there is none.' }),
  ),
};
