import { MalformedRequestError, TooManyRecordsError } from './decode-errors.js';

/**
 * Most values in a JSON request. Two bytes of text can become 64 bytes of memory, and a small compressed body a long text: without
 * a bound one request would take gigabytes, and seconds in which nobody else is answered. OTLP that comes this far is
 * 25 MB long, a multiple of what exporters and collectors send at once.
 */
export const MAX_JSON_VALUES = 2 ** 21;

/**
 * The value of the JSON text of a request. Invalid UTF-8 becomes U+FFFD, a byte order mark is passed over.
 *
 * @throws MalformedRequestError where it is not JSON.
 * @throws TooManyRecordsError where it has more values than a request may have.
 */
export function parseRequestJson(body: Buffer): unknown {
  // Each value takes a byte, so that ordinary requests need not be counted.
  if (body.length > MAX_JSON_VALUES && countValues(body) > MAX_JSON_VALUES) {
    throw new TooManyRecordsError(
      `more than ${MAX_JSON_VALUES} values in one request of JSON; send it in smaller parts`,
    );
  }
  const text = body.toString();
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    // The message quotes the text.
    const reason = (error as Error).message.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
    throw new MalformedRequestError(`the body is not JSON: ${reason}`);
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** How many values and members a text has at most: each follows one of these characters. */
function countValues(json: Buffer): number {
  let count = 1;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === BRACE || byte === BRACKET || byte === COMMA) count++;
    else if (byte === QUOTE) i = stringEnd(json, i + 1);
  }
  return count;
}

/** Where the string that has its first character at `start` has its closing quote; the end of the text where it has none. */
function stringEnd(json: Buffer, start: number): number {
  let i = start;
  while (i < json.length && json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1;
  return i;
}
