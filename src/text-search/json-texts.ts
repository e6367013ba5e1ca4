/**
 * The texts in a value that may be JSON. Messages of model calls and arguments of tools are JSON in text, often
 * cut off at a length limit, and JSON within JSON. Its strings and numbers are read, its keys are not.
 */

/** JSON within JSON is unescaped up to this depth. */
const MAX_DEPTH = 8;

/** A string with the colon of a key, or a string that the end of the text cuts off, or a literal. */
const TOKENS = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)(?:"\s*(:?)|\\?$)|[^"\s{}[\],:]+/g;
const STRUCTURE = /^\s*(?:\{\s*(?:["}]|$)|\[\s*["{[])/;
const LITERALS = /^\s*(?:\[\s*[-\d\]tfn]|")/;
const ESCAPES = /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g;
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ', f: ' ' };
const NUMBER = /^-?\d/;

/**
 * Calls `visit` with each text in a value: the value itself, unless it is JSON. Strings under the keys of
 * `skipped` are left out.
 */
export function eachJsonText(
  value: string,
  visit: (text: string) => void,
  skipped?: ReadonlySet<string>,
  depth = 0,
): void {
  if (depth === MAX_DEPTH || !isJson(value)) {
    visit(value);
    return;
  }
  let key = '';
  for (const [token, string, colon] of value.matchAll(TOKENS)) {
    if (string === undefined) {
      if (NUMBER.test(token)) visit(token);
    } else if (colon === ':') {
      key = string;
      continue;
    } else if (skipped?.has(key) !== true) {
      eachJsonText(unescaped(string), visit, skipped, depth + 1);
    }
    key = '';
  }
}

/** Whether a value is JSON of a list, a map or a string, or the beginning of a list or map. */
function isJson(value: string): boolean {
  if (STRUCTURE.test(value)) return true;
  if (!LITERALS.test(value)) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function unescaped(string: string): string {
  if (!string.includes('\\')) return string;
  return string.replace(ESCAPES, (_, code: string | undefined, char: string) =>
    code === undefined ? (CONTROLS[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
