/** Deeper JSON is shown as it is, because its indentation would be larger than the JSON itself. */
const MAX_DEPTH = 32;
/** Longer texts are not parsed. */
const MAX_JSON = 500_000;

export interface ValueText {
  readonly text: string;
  /** Whether the text is JSON, shown indented. */
  readonly isJson: boolean;
}

/**
 * The value of an attribute as readable text. Objects, and texts that are JSON of objects or lists, are
 * indented.
 */
export function valueText(value: unknown): ValueText {
  if (typeof value === 'string') {
    const pretty = prettyJson(value);
    return pretty === undefined ? { text: value, isJson: false } : { text: pretty, isJson: true };
  }
  if (typeof value === 'object' && value !== null) {
    return { text: JSON.stringify(value, null, 2), isJson: true };
  }
  return { text: String(value), isJson: false };
}

/** The value for the clipboard: texts as they are, everything else as JSON. */
export function copyText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/**
 * The indented text if it is JSON of an object or a list, else undefined. Only white space outside of strings
 * changes, so all digits are kept.
 */
export function prettyJson(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed) || trimmed.length > MAX_JSON || depthOf(trimmed) > MAX_DEPTH) return undefined;
  try {
    JSON.parse(trimmed);
  } catch {
    return undefined;
  }
  return indented(trimmed);
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

function indented(json: string): string {
  const parts: string[] = [];
  let depth = 0;
  let previous = '';
  for (const [token] of json.matchAll(TOKENS)) {
    const isClose = token === '}' || token === ']';
    const wasOpen = previous === '{' || previous === '[';
    if (isClose) depth--;
    if (isClose ? !wasOpen : wasOpen || previous === ',') parts.push('\n', '  '.repeat(depth));
    parts.push(token);
    if (token === ':') parts.push(' ');
    if (token === '{' || token === '[') depth++;
    previous = token;
  }
  return parts.join('');
}

function depthOf(json: string): number {
  let depth = 0;
  let most = 0;
  let isString = false;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (isString) {
      if (code === 0x5c) i++;
      else if (code === 0x22) isString = false;
    } else if (code === 0x22) isString = true;
    else if (code === 0x5b || code === 0x7b) most = Math.max(most, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return most;
}
