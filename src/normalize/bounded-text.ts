/**
 * Text fit to be kept: trimmed, at most `maxLength` UTF-16 units, never ending in half a character, and without NUL,
 * which PostgreSQL cannot store. Undefined where nothing is left.
 */
export function boundedText(text: string | undefined, maxLength: number): string | undefined {
  if (text === undefined) return undefined;
  const kept = withoutNul(text.length > maxLength ? detachedStart(text, maxLength) : text).trim();
  return kept === '' ? undefined : kept;
}

/** A name fit to be kept as it is: at most `maxLength` UTF-16 units, never ending in half a character, without NUL. */
export function boundedName(name: string, maxLength: number): string {
  return withoutNul(name.length > maxLength ? detachedStart(name, maxLength) : name);
}

/** NUL becomes U+FFFD, the character for what could not be represented. */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

/** A copy, because a slice would keep the whole of a huge text in memory for as long as it is remembered. */
function detachedStart(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
  return Buffer.from(text.slice(0, end), 'utf16le').toString('utf16le');
}

/** A text that is JSON of a text, quotes and all, as MLflow writes every attribute, is that text; any other stays as it is. */
export function withoutJsonQuotes(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 3) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' && value !== '' ? value : text;
  } catch {
    return text;
  }
}
