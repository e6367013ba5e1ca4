import type { Scope } from '../scope.js';

/** What people may do: viewers read and give scores, admins also change. */
export type Role = 'viewer' | 'admin';

export const SCOPES_OF_ROLE: { readonly [R in Role]: readonly Scope[] } = {
  viewer: ['read', 'score'],
  admin: ['read', 'admin'],
};
