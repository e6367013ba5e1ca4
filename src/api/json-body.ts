import type { FastifyInstance } from 'fastify';
import { ApiError, type FieldError } from '../contract/errors.js';
import { nearest } from '../nearest.js';

/** Largest body of a request, bytes. */
const MAX_BODY = 64 * 1024;

/** Deepest nesting of objects and lists. Far deeper values exceed the stack of what reads or writes them. */
const MAX_DEPTH = 64;

/** Most characters of a refused value that an error repeats. */
const MOST_SHOWN = 200;

/** An object schema of the contract, as far as bodies need it. */
export interface BodySchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, BodySchema>>;
  readonly required?: readonly string[];
  readonly items?: BodySchema;
  readonly anyOf?: readonly BodySchema[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

/**
 * Bodies are read as JSON, whatever their Content-Type says, by routes whose schema has one. Other routes
 * accept a body of any type and discard it.
 */
export function addJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    if (request.is404 || request.routeOptions.schema?.body === undefined) {
      payload.resume();
      done(null);
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    payload.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // What is beyond is read and dropped, so that the sender can read the answer.
      if (bytes <= MAX_BODY) chunks.push(chunk);
    });
    payload.on('error', done);
    payload.on('end', () => {
      if (bytes > MAX_BODY) {
        done(new ApiError('body.too_large', `A body has at most ${MAX_BODY} bytes.`));
        return;
      }
      let body: unknown;
      try {
        body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      } catch {
        done(bodyError([{ field: '', message: 'The body is no valid JSON.', code: 'body.invalid' }]));
        return;
      }
      const message = `Nest at most ${MAX_DEPTH} objects and lists.`;
      if (isDeeper(body, MAX_DEPTH)) done(bodyError([{ field: '', message, code: 'body.invalid' }]));
      else done(null, body);
    });
  });
}

/** Whether more than `depth` objects and lists are nested in a value, itself included. */
function isDeeper(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return depth === 0 || Object.values(value).some((each) => isDeeper(each, depth - 1));
}

/** Creates a validator of JSON bodies from an object schema of the contract. All errors are reported together. */
export function compileBodyValidator(
  schema: BodySchema,
): (body: unknown) => { value: unknown } | { error: ApiError } {
  return (body) => {
    const errors = problemsOf(schema, body ?? undefined, '');
    return errors.length === 0 ? { value: body } : { error: bodyError(errors) };
  };
}

function bodyError(fields: readonly FieldError[]): ApiError {
  const [first] = fields;
  const detail = fields.length === 1 ? first!.message : `${fields.length} problems with the body.`;
  return new ApiError('body.invalid', detail, { fields });
}

/** Adds what is wrong with a value, and with what it contains. */
function check(schema: BodySchema, value: unknown, field: string, errors: FieldError[]): void {
  const { anyOf, type, items = {}, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (anyOf !== undefined) {
    const problems = anyOf.map((each) => problemsOf(each, value, field));
    if (!problems.some(({ length }) => length === 0)) errors.push(problems[0]![0]!);
    return;
  }
  const message = problemOf(schema, value, field === '' ? 'the body' : field);
  if (message !== undefined) {
    errors.push({
      field,
      message,
      code: 'body.invalid',
      ...(value !== undefined && { rejected_value: JSON.stringify(value).slice(0, MOST_SHOWN) }),
    });
    return;
  }
  if (type === 'object') checkFields(schema, value as object, field, errors);
  if (type !== 'array') return;
  const values = value as unknown[];
  if (values.length > maxItems) {
    errors.push({ field, message: `Give at most ${maxItems} values for ${field}.`, code: 'body.invalid' });
  }
  for (const [i, item] of values.entries()) check(items, item, `${field}[${i}]`, errors);
}

function problemsOf(schema: BodySchema, value: unknown, field: string): FieldError[] {
  const errors: FieldError[] = [];
  check(schema, value, field, errors);
  return errors;
}

/** What is wrong with a value by itself; undefined if nothing is. */
function problemOf(schema: BodySchema, value: unknown, name: string): string | undefined {
  if (schema.enum !== undefined) {
    return schema.enum.includes(value) ? undefined : `Use one of ${schema.enum.join(', ')} for ${name}.`;
  }
  switch (schema.type) {
    case 'object':
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) return undefined;
      return `Use a JSON object for ${name}.`;
    case 'array':
      return Array.isArray(value) ? undefined : `Use a list for ${name}.`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `Use true or false for ${name}.`;
    case 'string':
      return typeof value === 'string' ? problemOfText(schema, value, name) : `Use a text for ${name}.`;
    case 'integer':
    case 'number':
      return problemOfNumber(schema, value, name);
    default:
      return undefined;
  }
}

function problemOfNumber(
  { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: BodySchema,
  value: unknown,
  name: string,
): string | undefined {
  if (typeof value !== 'number') return `Use a number for ${name}.`;
  if (type === 'integer' && !Number.isInteger(value)) return `Use a whole number for ${name}.`;
  if (value >= minimum && value <= maximum) return undefined;
  const range = [
    ...(Number.isFinite(minimum) ? [`from ${minimum}`] : []),
    ...(Number.isFinite(maximum) ? [`up to ${maximum}`] : []),
  ];
  return `Use a number ${range.join(' ')} for ${name}.`;
}

function problemOfText(
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern }: BodySchema,
  text: string,
  name: string,
): string | undefined {
  const { length } = [...text];
  if (length < minLength || text.trim().length < minLength) return `${name} is empty or too short.`;
  if (length > maxLength) return `Use at most ${maxLength} characters for ${name}.`;
  if (pattern === undefined || new RegExp(pattern, 'u').test(text)) return undefined;
  return `Use a text of the form ${pattern} for ${name}.`;
}

function checkFields(
  { properties = {}, required = [] }: BodySchema,
  value: object,
  field: string,
  errors: FieldError[],
): void {
  const path = (name: string): string => (field === '' ? name : `${field}.${name}`);
  for (const [name, each] of Object.entries(value)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (schema !== undefined) {
      check(schema, each, path(name), errors);
      continue;
    }
    const guess = nearest(name, Object.keys(properties));
    const hint = guess === undefined ? '' : ` Did you mean ${guess}?`;
    errors.push({ field: path(name), message: `There is no field ${name}.${hint}`, code: 'body.invalid' });
  }
  for (const name of required) {
    if (Object.hasOwn(value, name)) continue;
    errors.push({ field: path(name), message: `Give ${path(name)}.`, code: 'body.invalid' });
  }
}
