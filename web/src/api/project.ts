/**
 * The project that the page shows, by its address. Undefined for the caller's own, or the default one. It never
 * changes while the page is loaded: another project is another page, and nothing of it is in the cache.
 */
export const PROJECT: string | undefined =
  new URLSearchParams(globalThis.location?.search).get('project') ?? undefined;

/** The address of an API resource for what the browser requests by itself, without headers of ours. */
export function withProject(address: string): string {
  if (PROJECT === undefined) return address;
  return `${address}${address.includes('?') ? '&' : '?'}project=${encodeURIComponent(PROJECT)}`;
}
