/** What a caller may do. */
export const SCOPES = ['ingest', 'ingest-browser', 'read', 'score', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What each scope allows besides itself. */
const INCLUDED: { readonly [S in Scope]?: readonly Scope[] } = { admin: ['read', 'score'] };

/** Whether any of the scopes allows what needs `needed`. */
export function allows(scopes: Iterable<Scope>, needed: Scope): boolean {
  for (const scope of scopes) {
    if (scope === needed || INCLUDED[scope]?.includes(needed)) return true;
  }
  return false;
}
