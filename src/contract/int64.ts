/** An integer in an answer: a number as long as every program reads it exactly, else a string of its digits. */
export type Int64 = number | string;

/** What the OpenAPI document says of such integers. */
export const INT64_FORM = 'Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.';

/** As ProtoJSON has it where numbers end at 2^53: there JSON numbers are read as doubles, and digits are lost without a word. */
export function int64Of(value: bigint): Int64 {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
