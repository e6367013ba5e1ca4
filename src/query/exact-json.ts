import { int64Of } from '../contract/int64.js';

/**
 * JSON text of plain values that keeps all digits of integers. A bigint is written as a number up to 2^53 − 1
 * and as a string beyond, where `JSON.stringify` throws. Numbers that JSON cannot represent become the
 * strings `NaN`, `Infinity` and `-Infinity`, as in protobuf's JSON mapping. Undefined properties are left
 * out.
 *
 * Accepts strings, numbers, bigints, booleans, null, arrays and own enumerable properties of objects.
 * Anything else throws a TypeError. Recursive: nesting must not be deeper than the reader of telemetry allows
 * (tens of levels).
 */
export function stringifyExact(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case 'bigint':
      return JSON.stringify(int64Of(value));
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? arrayText(value) : objectText(value);
    default:
      throw new TypeError(`JSON has no ${typeof value}`);
  }
}

function arrayText(values: readonly unknown[]): string {
  let text = '[';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    text += stringifyExact(values[i]);
  }
  return `${text}]`;
}

function objectText(object: object): string {
  let text = '{';
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${JSON.stringify(key)}:${stringifyExact(value)}`;
  }
  return `${text}}`;
}
