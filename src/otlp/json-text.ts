import { MalformedRequestError, TooManyRecordsError } from './decode-errors.js';

/**
 * Limit on values in a JSON request. Two bytes of text can become 64 bytes of memory, and a small compressed
 * body a long text. Without a limit one request could take gigabytes, and block all others for seconds. OTLP
 * with this many values is 25 MB long, a multiple of what exporters and collectors send at once.
 */
export const MAX_JSON_VALUES = 2 ** 21;

/**
 * Parses the JSON text of a request. Invalid UTF-8 becomes U+FFFD, a byte order mark is skipped.
 *
 * @throws MalformedRequestError if it is not JSON.
 * @throws TooManyRecordsError if it has more values than a request may have.
 */
export function parseRequestJson(body: Buffer): unknown {
  // Each value takes at least a byte, so ordinary requests need not be counted.
  if (body.length > MAX_JSON_VALUES && countValues(body) > MAX_JSON_VALUES) {
    throw new TooManyRecordsError(
      `more than ${MAX_JSON_VALUES} values in one request of JSON; send it in smaller parts`,
    );
  }
  const text = body.toString();
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    // The message quotes the text, so control characters are removed.
    const reason = (error as Error).message.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
    throw new MalformedRequestError(`the body is not JSON: ${reason}`);
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;

/** Upper bound of the number of values and members of a text: each follows one of these characters. */
function countValues(json: Buffer): number {
  let count = 1;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === BRACE || byte === BRACKET || byte === COMMA) count++;
    else if (byte === QUOTE) i = stringEnd(json, i + 1);
  }
  return count;
}

/**
 * Offset of the closing quote of the string whose first character is at `start`; the end of the text if there
 * is none.
 */
function stringEnd(json: Buffer, start: number): number {
  let i = start;
  while (i < json.length && json[i] !== QUOTE) i += json[i] === BACKSLASH ? 2 : 1;
  return i;
}
