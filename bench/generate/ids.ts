import { scramble } from './random.js';

/** Length of every generated session id, characters. */
export const SESSION_ID_LENGTH = 32;

const NUMBER_LIMIT = 0x10000000;

/**
 * Id of a session of a stream. It looks random, so that its order is independent of time; its last eight
 * digits contain the stream (0 to 15) and the number (below 2^28).
 */
export function sessionId(stream: number, number: number): string {
  const key = stream * NUMBER_LIMIT + number;
  return hex(scramble(key)) + hex(scramble(key ^ 0x55555555)) + hex(scramble(key ^ 0x0f0f0f0f)) + hex(key);
}

/** The stream and number in a session id made by `sessionId`; undefined for any other text. */
export function parseSessionId(id: string): { stream: number; number: number } | undefined {
  const key = Number.parseInt(id.slice(24), 16);
  if (id.length !== SESSION_ID_LENGTH || Number.isNaN(key)) return undefined;
  const stream = Math.floor(key / NUMBER_LIMIT);
  const number = key % NUMBER_LIMIT;
  return sessionId(stream, number) === id ? { stream, number } : undefined;
}

/** Length of every generated user id, characters. */
export const USER_ID_LENGTH = 14;

/** An opaque user id that does not look like an address or a telephone number. */
export function userId(number: number): string {
  return `usr-${letters(scramble(number))}${letters(number)}`;
}

/** Length of every generated address, characters. */
export const ADDRESS_LENGTH = 15;

/** An IPv4 address with three digits in every part. */
export function address(number: number): string {
  const bits = scramble(number ^ 0x3c3c3c3c);
  return [0, 8, 16, 24].map((shift) => 100 + (((bits >>> shift) & 255) % 100)).join('.');
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** Five letters; distinct for distinct numbers below 26^5. */
function letters(value: number): string {
  let rest = value % 11881376;
  let text = '';
  for (let i = 0; i < 5; i++) {
    text = String.fromCharCode(97 + (rest % 26)) + text;
    rest = Math.floor(rest / 26);
  }
  return text;
}
