import { boundedText } from './bounded-text.js';

/**
 * Placeholders of a missing value: the output of scrubbers (`[Filtered]`, `***`), missing values as text
 * (`undefined`, `None`, `<nil>`), and unfilled templates (`{session_id}`). As ids they would merge many
 * sessions, users and calls. Partly masked texts (`ann@***`) still distinguish some values, and are accepted.
 */

/** Placeholders without any marking, in lower case. */
const WORDS: ReadonlySet<string> = new Set([
  ...['undefined', 'undef', 'null', 'none', 'nil', 'nan', 'nonetype', 'n/a', 'unknown', 'unset', 'false'],
  ...[
    'not set',
    'not_set',
    'not-set',
    'notset',
    'optional(nil)',
    'optional.empty',
    '(null)',
    '(nil)',
    '%s',
    '%d',
    '%v',
  ],
  ...['redacted', 'filtered', 'scrubbed', 'masked', 'removed', 'censored', 'anonymized', 'anonymised'],
]);
const LONGEST_WORD = 16;

/** How the bracketed output of scrubbers begins: `[Scrubbed due to 'session']`, `<redacted:email>`. */
const SCRUBBED =
  /^(?:redacted|filtered|scrubbed|masked|removed|censored|anonymi[sz]ed|obfuscated|sanitized|hidden|omitted|deleted|pii|secret|sensitive|confidential|private|data removed)\b/i;
/** A removed value, named by its kind: `<EMAIL_ADDRESS>`, `[PERSON]`. */
const KIND_OF_VALUE = /^[A-Z][A-Z_ ]*$/;
const PLACE_IN_TEMPLATE = /^[a-z][a-z_.-]*$/i;
/** An object of JavaScript as text: `[object Object]`, `[object Promise]`. */
const JS_OBJECT = /^\[object [a-z]+\]$/i;
/** Several missing values joined: `undefined-undefined`. */
const SEVERAL_MISSING =
  /^(?:undefined|null|none|nil|nan)(?:[-_:.,;|/ ](?:undefined|null|none|nil|nan)){1,5}$/i;
const LONGEST_SEVERAL = 60;
/** The nil UUID (RFC 9562, section 5.9), also without its hyphens. */
const NIL_UUID = /^0{8}(-?)(?:0{4}\1){3}0{12}$/;
const LONGEST_UUID = 36;
/** Failed formatting in Go: `%!s(<nil>)`, `%!v(MISSING)`. */
const GO_FORMAT = /^%!.?\(/;

/** Characters that scrubbers put around or in place of a value. */
const AROUND = '[]<>(){}"\'`*_#$%.?-•●█ ';
/** A number or id whose characters were all masked: `xxxx-xxxx`, but not `XXX XX 1`. */
const MASK = /^(?:[x*#•●█][-. :/@]?){3,}$/i;
/** Only punctuation: stars, or empty brackets and quotes. Other characters, such as `-`, may be an id. */
const EMPTY_OR_MASK = /[[\]<>(){}"'`*•●█]/;
const LONGEST_LEFT = 256;
/** Maximum length of a mask of letters. */
const LONGEST_MASK = 64;

const First = { value: 0, letter: 1, mask: 2, sign: 3, zero: 4, missing: 5 } as const;

/** The kinds of placeholders that can begin with a character. Most ids begin with one that rules out all. */
const BY_FIRST = new Uint8Array(128);
for (const char of 'acfmorsACFMORS') BY_FIRST[char.charCodeAt(0)] = First.letter;
for (const char of 'nuNU') BY_FIRST[char.charCodeAt(0)] = First.missing;
BY_FIRST['0'.charCodeAt(0)] = First.zero;
for (const char of 'xX') BY_FIRST[char.charCodeAt(0)] = First.mask;
for (const char of '[<({"\'`*_#$%.?-') BY_FIRST[char.charCodeAt(0)] = First.sign;

/**
 * Whether `text`, which is trimmed and not empty, is a placeholder of a missing value. Constant time for
 * almost all values.
 */
export function isNoValue(text: string): boolean {
  const code = text.charCodeAt(0);
  switch (code < 128 ? BY_FIRST[code] : '•●█'.includes(text[0]!) ? First.sign : First.value) {
    case First.letter:
      return isWord(text);
    case First.missing:
      return isWord(text) || (text.length <= LONGEST_SEVERAL && SEVERAL_MISSING.test(text));
    case First.zero:
      return text.length <= LONGEST_UUID && NIL_UUID.test(text);
    case First.mask:
      return text.length <= LONGEST_MASK && MASK.test(text);
    case First.sign:
      return text.length <= LONGEST_LEFT && isLeftover(text);
    default:
      return false;
  }
}

/** `text` in a form that can be stored (as `boundedText`); undefined if it is a placeholder. */
export function boundedValue(text: string | undefined, maxLength: number): string | undefined {
  const kept = boundedText(text, maxLength);
  return kept === undefined || isNoValue(kept) ? undefined : kept;
}

function isWord(text: string): boolean {
  // A person's name may be spelled `Nan`.
  return text.length <= LONGEST_WORD && text !== 'Nan' && WORDS.has(text.toLowerCase());
}

function isLeftover(text: string): boolean {
  if (isWord(text) || GO_FORMAT.test(text) || MASK.test(text) || JS_OBJECT.test(text)) return true;
  const core = withoutSigns(text);
  if (core === '') return EMPTY_OR_MASK.test(text);
  if (isWord(core)) return true;
  const [first, last] = [text[0]!, text.at(-1)!];
  if (first === '{' || text.startsWith('${')) return last === '}' && PLACE_IN_TEMPLATE.test(core);
  if ((first === '[' && last === ']') || (first === '<' && last === '>')) {
    return SCRUBBED.test(core) || KIND_OF_VALUE.test(core) || (first === '<' && PLACE_IN_TEMPLATE.test(core));
  }
  return ((first === '(' && last === ')') || (first === '*' && last === '*')) && SCRUBBED.test(core);
}

function withoutSigns(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && AROUND.includes(text[start]!)) start++;
  while (end > start && AROUND.includes(text[end - 1]!)) end--;
  return text.slice(start, end);
}
