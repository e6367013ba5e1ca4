import { DAMAGED, isIntactCursor } from '../contract/cursor.js';
import { type ApiError, type ErrorCode, type FieldError, queryError } from '../contract/errors.js';
import { ATTRIBUTE_PREFIX, GROUP_BY } from '../contract/groups.js';
import {
  COUNTRY_FORMAT,
  CURSOR_FORMAT,
  GROUP_BY_FORMAT,
  INDEXED_ATTRIBUTE_FORMAT,
  SEVERITY_FORMAT,
  TRACE_ID_FORMAT,
  TRACE_ID_PATTERN,
} from '../contract/schema-parts.js';
import { parseSeverity } from '../contract/severity.js';
import { parseRfc3339 } from '../contract/timestamp.js';
import { nearest } from '../nearest.js';

/** A query string from Fastify's parser: a name that was given several times has a list. */
export type RawQuery = Readonly<Record<string, string | readonly string[]>>;

/** The checked parts of a parameter's schema. */
interface ParameterSchema {
  readonly type?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly enum?: readonly string[];
  readonly items?: ParameterSchema;
  readonly maxItems?: number;
  readonly propertyNames?: ParameterSchema;
  readonly additionalProperties?: ParameterSchema;
}

/** A parameter's value, or the reason that it is refused. */
type Outcome =
  | { readonly value: unknown }
  | { readonly code: ErrorCode; readonly message: string; readonly rejected?: string };

type Parser = (text: string) => Outcome;

export interface ValidationOptions {
  /** The attributes whose values sessions are found by. Default: none. */
  readonly indexAttributes?: readonly string[];
}

/** An object schema of the contract, as far as query strings need it. */
export interface QuerySchema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[] | undefined;
}

/**
 * Creates a validator of query strings from an object schema of the contract. Results have numbers, booleans,
 * and times as bigint in nanoseconds since 1970. Parameters that were not given are missing. All errors of a
 * request are reported together.
 */
export function compileQueryValidator(
  schema: QuerySchema,
  { indexAttributes = [] }: ValidationOptions = {},
): (query: RawQuery) => { value: Record<string, unknown> } | { error: ApiError } {
  const parsers = new Map(
    Object.entries(schema.properties).map(([name, parameter]) => {
      const { additionalProperties: each, ...own } = parameter as ParameterSchema;
      return [name, givenParser(name, typeof each === 'object' ? each : own, indexAttributes)];
    }),
  );
  const families = familiesOf(schema);
  const names = [...parsers.keys()].map((name) => (families.has(name) ? `${name}.KEY` : name));
  const { required = [] } = schema;

  return (query) => {
    const value: Record<string, unknown> = {};
    const errors: FieldError[] = [];
    for (const [field, given] of Object.entries(query)) {
      const family = familyOf(field, families);
      const parse =
        family === undefined
          ? parsers.get(field)
          : keyParser(field, family, families.get(family)!, indexAttributes);
      const outcome: Outcome =
        parse === undefined || families.has(field)
          ? { code: 'query.unknown_parameter', message: unknownMessage(field, names) }
          : parse(given);
      if (!('value' in outcome)) {
        const { code, message, rejected = given } = outcome;
        errors.push({ field, message, code, rejected_value: rejected });
      } else if (family !== undefined) {
        const known = (value[family] ?? {}) as Record<string, unknown>;
        value[family] = { ...known, [field.slice(family.length + 1)]: outcome.value };
      } else if (outcome.value !== undefined) {
        value[field] = outcome.value;
      }
    }
    for (const field of required) {
      if (Object.hasOwn(query, field)) continue;
      errors.push({ field, message: `Give ${field}.`, code: 'query.missing_parameter' });
    }
    return errors.length === 0 ? { value } : { error: queryError(errors) };
  };
}

/** The values of each key, and what keys there are; undefined for indexed attributes. */
interface Family {
  readonly each: ParameterSchema;
  readonly keys: ParameterSchema | undefined;
}

/** Parameters that stand for many, whose names begin so, followed by a dot and a key. */
function familiesOf({ properties }: QuerySchema): ReadonlyMap<string, Family> {
  return new Map(
    Object.entries(properties).flatMap(([name, schema]) => {
      const { additionalProperties: each, propertyNames: keys } = schema as ParameterSchema;
      return typeof each === 'object' ? [[name, { each, keys }] as const] : [];
    }),
  );
}

function familyOf(field: string, families: ReadonlyMap<string, Family>): string | undefined {
  for (const family of families.keys()) {
    if (field.startsWith(`${family}.`) && field.length > family.length + 1) return family;
  }
  return undefined;
}

/**
 * Parses every value of a parameter of a family. Its key must be an indexed attribute, unless the family says
 * what its keys are.
 */
function keyParser(
  field: string,
  family: string,
  schema: Family,
  indexAttributes: readonly string[],
): (given: string | readonly string[]) => Outcome {
  const { each, keys } = schema;
  const key = field.slice(family.length + 1);
  if (keys === undefined) {
    const attribute = parseAttribute(key, indexAttributes);
    if (!('value' in attribute)) return () => attribute;
  } else if (key.length > (keys.maxLength ?? Number.POSITIVE_INFINITY)) {
    const message = `Use a name of at most ${keys.maxLength} characters.`;
    return () => ({ code: 'query.invalid_length', message });
  }
  return givenParser(field, each, indexAttributes);
}

function parseGroupBy(text: string, indexAttributes: readonly string[]): Outcome {
  if (!text.startsWith(ATTRIBUTE_PREFIX)) return parseGroupName(text);
  const key = parseAttribute(text.slice(ATTRIBUTE_PREFIX.length), indexAttributes);
  return 'value' in key ? { value: text } : key;
}

function parseAttribute(key: string, indexAttributes: readonly string[]): Outcome {
  if (indexAttributes.includes(key)) return { value: key };
  const known = indexAttributes.length === 0 ? 'nothing' : indexAttributes.join(', ');
  return {
    code: 'query.attribute_not_indexed',
    message: `Sessions are not found by ${key}. Add it to the setting --index-attributes, which names ${known}.`,
  };
}

/** Parses every value of a parameter. */
function givenParser(
  name: string,
  schema: ParameterSchema,
  indexAttributes: readonly string[],
): (given: string | readonly string[]) => Outcome {
  const { items, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (items === undefined) {
    const parse = parserFor(name, schema, indexAttributes);
    return (given) =>
      typeof given === 'string'
        ? parse(given)
        : { code: 'query.repeated_parameter', message: `Give ${name} once.` };
  }
  const parse = parserFor(name, items, indexAttributes);
  return (given) => {
    const texts = typeof given === 'string' ? [given] : given;
    if (texts.length > maxItems) {
      return {
        code: 'query.invalid_length',
        message: `Give ${name} at most ${maxItems} times; this has it ${texts.length} times.`,
      };
    }
    const values: unknown[] = [];
    for (const text of texts) {
      const outcome = parse(text);
      if (!('value' in outcome)) return { ...outcome, rejected: text };
      values.push(outcome.value);
    }
    return { value: values };
  };
}

function parserFor(name: string, schema: ParameterSchema, indexAttributes: readonly string[]): Parser {
  if (schema.format === GROUP_BY_FORMAT) return (text) => parseGroupBy(text, indexAttributes);
  if (schema.format === INDEXED_ATTRIBUTE_FORMAT) return (text) => parseAttribute(text, indexAttributes);
  if (schema.type === 'boolean') return parseBoolean;
  if (schema.type === 'integer') {
    return integerParser(schema, name === 'limit' ? 'limit.out_of_range' : 'query.out_of_range');
  }
  if (schema.type === 'number') return numberParser(schema);
  if (schema.enum !== undefined) return enumParser(schema.enum);
  if (schema.format === COUNTRY_FORMAT) return parseCountry;
  if (schema.format === TRACE_ID_FORMAT) return parseTraceId;
  if (schema.format === 'date-time') return parseDateTime;
  if (schema.format === CURSOR_FORMAT) return parseCursor;
  if (schema.format === SEVERITY_FORMAT) return parseSeverityFilter;
  if (schema.type === 'string') return textParser(schema);
  throw new TypeError(`no validation for a query parameter of the schema ${JSON.stringify(schema)}`);
}

const parseBoolean: Parser = (text) =>
  text === 'true' || text === 'false'
    ? { value: text === 'true' }
    : { code: 'query.invalid_boolean', message: 'Use true or false.' };

function integerParser(
  { minimum = -Infinity, maximum = Infinity }: ParameterSchema,
  outOfRange: ErrorCode,
): Parser {
  return (text) => {
    if (!/^-?\d+$/.test(text)) {
      return {
        code: 'query.invalid_integer',
        message: `Use a whole number from ${minimum} to ${maximum}, in digits.`,
      };
    }
    // -0 becomes 0: they would be different filters.
    const value = Number(text) + 0;
    return value >= minimum && value <= maximum
      ? { value }
      : { code: outOfRange, message: `Use a number from ${minimum} to ${maximum}.` };
  };
}

function numberParser({ minimum = -Infinity }: ParameterSchema): Parser {
  return (text) => {
    const value = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) + 0 : Number.NaN;
    if (!Number.isFinite(value)) {
      return { code: 'query.invalid_number', message: 'Use a number in digits, such as 12 or 0.5.' };
    }
    return value >= minimum
      ? { value }
      : { code: 'query.out_of_range', message: `Use a number from ${minimum} on.` };
  };
}

function enumParser(values: readonly string[]): Parser {
  return (text) => {
    if (values.includes(text)) return { value: text };
    const meant = nearest(text, values);
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    return { code: 'query.invalid_enum', message: `Use one of ${values.join(', ')}.${hint}` };
  };
}

const parseGroupName = enumParser(GROUP_BY);

const parseCountry: Parser = (text) =>
  /^[A-Za-z]{2}$/.test(text)
    ? { value: text.toUpperCase() }
    : { code: 'query.invalid_country', message: 'Use the two letters of an ISO 3166-1 code, such as AT.' };

const TRACE_ID = new RegExp(TRACE_ID_PATTERN);

const parseTraceId: Parser = (text) =>
  TRACE_ID.test(text)
    ? { value: text }
    : { code: 'query.invalid_trace_id', message: 'Use the 32 hexadecimal digits of a trace id.' };

const parseSeverityFilter: Parser = (text) => {
  const value = parseSeverity(text);
  return value === undefined
    ? {
        code: 'query.invalid_severity',
        message: 'Use a severity such as INFO, WARN or ERROR, or its number from 1 to 24.',
      }
    : { value };
};

/**
 * The `+` of an offset arrives as a space if it was not percent-encoded. A date and time has no other space
 * there.
 */
const SPACE_FOR_PLUS = / (?=\d{2}:\d{2}$)/;

const parseDateTime: Parser = (text) => {
  const value = parseRfc3339(text.replace(SPACE_FOR_PLUS, '+'));
  return value === undefined
    ? {
        code: 'query.invalid_date_time',
        message: 'Use an RFC 3339 date and time with an offset, such as 2026-03-01T09:30:00Z.',
      }
    : { value };
};

/** Clients may send an empty cursor for the first page. */
const parseCursor: Parser = (text) =>
  text === ''
    ? { value: undefined }
    : isIntactCursor(text)
      ? { value: text }
      : { code: 'cursor.invalid', message: DAMAGED };

function textParser({ minLength = 0, maxLength = Infinity }: ParameterSchema): Parser {
  return (text) => {
    const length = characters(text);
    return length >= minLength && length <= maxLength
      ? { value: text }
      : {
          code: 'query.invalid_length',
          message:
            maxLength === Infinity
              ? `Use at least ${minLength} character${minLength === 1 ? '' : 's'}; this has ${length}.`
              : `Use ${minLength} to ${maxLength} characters; this has ${length}.`,
        };
  };
}

/** Number of Unicode code points, as in JSON Schema. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function unknownMessage(field: string, names: readonly string[]): string {
  if (names.length === 0) return 'Leave it out: this route takes no query parameters.';
  const meant = nearest(field, names);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  return `Leave it out: this route takes ${names.join(', ')}.${hint}`;
}
