/**
 * Text that can be stored: trimmed, at most `maxLength` UTF-16 units, without half a surrogate pair at its
 * end, and without NUL, which PostgreSQL cannot store. Undefined if nothing is left.
 */
export function boundedText(text: string | undefined, maxLength: number): string | undefined {
  if (text === undefined) return undefined;
  const kept = withoutNul(text.length > maxLength ? detachedStart(text, maxLength) : text).trim();
  return kept === '' ? undefined : kept;
}

/**
 * A name that can be stored untrimmed: at most `maxLength` UTF-16 units, without half a surrogate pair at its
 * end, without NUL.
 */
export function boundedName(name: string, maxLength: number): string {
  return withoutNul(name.length > maxLength ? detachedStart(name, maxLength) : name);
}

/** Replaces NUL by U+FFFD, the replacement character. */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

/** A copy, because a slice would keep all of a huge text in memory. */
function detachedStart(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
  return Buffer.from(text.slice(0, end), 'utf16le').toString('utf16le');
}

/**
 * MLflow writes every attribute as JSON. If a text is a JSON string, returns its content; otherwise the text
 * itself.
 */
export function withoutJsonQuotes(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 3) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' && value !== '' ? value : text;
  } catch {
    return text;
  }
}
