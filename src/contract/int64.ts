/** An integer in an answer: a number if every program reads it exactly, else a string of its digits. */
export type Int64 = number | string;

/** The description of such integers in the OpenAPI document. */
export const INT64_FORM = 'Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.';

/**
 * Like ProtoJSON, but only beyond 2^53: most programs read JSON numbers as doubles, and would lose digits
 * silently.
 */
export function int64Of(value: bigint): Int64 {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
