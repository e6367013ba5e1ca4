import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** A real provider of OpenID Connect on this machine. */
export interface IdentityProvider {
  readonly issuer: string;
  close(): Promise<void>;
}

export const CLIENT_ID = 'sojourn';
export const CLIENT_SECRET = 'a secret of the test';

/**
 * Starts one that knows everybody, with a form for the name. `alice` is in the group `sojourn-admins`, `mallory` in
 * none, and all others in `staff`. Only a client that uses PKCE is served.
 */
export async function startIdentityProvider(redirectUri: string): Promise<IdentityProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'groups'],
    pkce: { required: () => true },
    cookies: { keys: ['a key of the test'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: groupsOf(id) }),
    }),
  });
  server.on('request', provider.callback());
  return {
    issuer,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function groupsOf(id: string): string[] {
  if (id === 'alice') return ['staff', 'sojourn-admins'];
  return id === 'mallory' ? [] : ['staff'];
}
