const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address of a link that is safe to follow. Undefined for anything a browser could run, and for an
 * incomplete address.
 */
export function safeLink(href: string): string | undefined {
  try {
    const url = new URL(href);
    return SCHEMES.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
