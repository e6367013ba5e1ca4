import type { ListedSignIn } from './sign-in-list.js';

/** A sign-in as clients and exports see it. */
export function signInJson({ id, identity, createdAtMs, expiresAtMs }: ListedSignIn) {
  const { actor, name, scopes, project } = identity;
  return {
    id,
    actor,
    ...(name !== undefined && { name }),
    scopes,
    ...(project !== undefined && { project }),
    created: new Date(createdAtMs).toISOString(),
    expires: new Date(expiresAtMs).toISOString(),
  };
}
