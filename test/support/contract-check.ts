import assert from 'node:assert/strict';
import { FormatRegistry, type TSchema, TypeRegistry } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { NAMED_SCHEMAS } from '../../src/contract/schemas.js';
import { parseRfc3339 } from '../../src/contract/timestamp.js';

FormatRegistry.Set('date-time', (text) => parseRfc3339(text) !== undefined);
FormatRegistry.Set('uri-reference', (text) => URL.canParse(text, 'http://localhost'));
FormatRegistry.Set('int64', () => true);
TypeRegistry.Set<{ enum?: unknown[]; minimum?: number }>('Unsafe', (schema, value) =>
  schema.enum === undefined ? isInt64(value, schema.minimum) : schema.enum.includes(value),
);

/** A number within the exact range of doubles, beyond that digits. */
function isInt64(value: unknown, minimum = Number.NEGATIVE_INFINITY): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= minimum;
  if (typeof value !== 'string' || !/^-?[1-9]\d{15,18}$/.test(value)) return false;
  return !Number.isSafeInteger(Number(value)) && Number(value) >= minimum;
}

/** Throws if `value` does not match the schema, or has a field that the schema does not name. */
export function assertConforms(schema: TSchema, value: unknown): void {
  const references = [...NAMED_SCHEMAS];
  const [error] = [...Value.Errors(schema, references, value)];
  assert.equal(error, undefined, `${error?.path}: ${error?.message}`);
  assert.deepEqual(Value.Clean(schema, references, structuredClone(value)), value);
}
