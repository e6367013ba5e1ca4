import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Oidc, OidcError, type OidcOptions } from '../src/access/sign-in/oidc.js';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type IdentityProvider,
  startIdentityProvider,
} from './support/identity-provider.js';
import { signInAtProvider } from './support/identity-provider-user.js';

/** Sign-in by OpenID Connect at a real provider, which refuses clients without PKCE. */

const REDIRECT = 'http://127.0.0.1:9/sojourn/api/v1/sign-in/callback';
const PAGE = 'http://127.0.0.1:9/sojourn/sessions/a';

describe('sign-in by OpenID Connect', () => {
  let provider: IdentityProvider;
  let nowMs = Date.UTC(2026, 10, 30);
  before(async () => {
    provider = await startIdentityProvider(REDIRECT);
  });
  after(() => provider?.close());

  const oidcWith = (more: Partial<OidcOptions> = {}): Oidc =>
    new Oidc({
      issuer: provider.issuer,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      redirectUri: REDIRECT,
      scope: 'openid profile groups',
      admin: { claim: 'groups', value: 'sojourn-admins' },
      viewer: { claim: 'groups', value: 'staff' },
      secret: new Uint8Array(32).fill(3),
      nowMs: () => nowMs,
      ...more,
    });

  interface Came {
    readonly query: string;
    readonly cookie: string;
  }

  /** A browser of a person that was at the provider. */
  async function comesBack(oidc: Oidc, name: string): Promise<Came> {
    const { location, setCookie } = await oidc.start(PAGE);
    assert.match(setCookie, /; Path=\/sojourn\/api\/v1\/sign-in\/callback; .*HttpOnly; SameSite=Lax/);
    const address = await signInAtProvider(location, name, REDIRECT);
    return { query: new URL(address).search, cookie: setCookie.split(';', 1)[0]! };
  }

  it('says who it is, and takes the role from a claim', async () => {
    const oidc = oidcWith();
    for (const [name, role] of [
      ['alice', 'admin'],
      ['bob', 'viewer'],
      ['mallory', undefined],
    ] as const) {
      const { query, cookie } = await comesBack(oidc, name);
      // Any process can finish what another one has started.
      assert.deepEqual(await oidcWith().finish(query, `other=1; ${cookie}`), {
        user: { name, role },
        goTo: PAGE,
      });
    }
  });

  it('lets everyone read where no claim is asked for', async () => {
    const oidc = oidcWith({ admin: undefined, viewer: undefined });
    const { query, cookie } = await comesBack(oidc, 'mallory');
    assert.deepEqual((await oidc.finish(query, cookie)).user, { name: 'mallory', role: 'viewer' });
  });

  it('refuses an answer to another browser, a changed one, an old one, and the same one again', async () => {
    const oidc = oidcWith();
    const { query, cookie } = await comesBack(oidc, 'alice');
    const other = await oidc.start(PAGE);
    await assert.rejects(oidc.finish(query, undefined), /was not started in this browser/);
    await assert.rejects(oidc.finish(query, other.setCookie.split(';', 1)[0]), OidcError);
    await assert.rejects(oidc.finish(query, `${cookie}x`), /was not started in this browser/);
    await assert.rejects(oidc.finish(query.replace('code=', 'code=x'), cookie), OidcError);
    await assert.rejects(oidcWith({ secret: new Uint8Array(32) }).finish(query, cookie), OidcError);
    nowMs += 15 * 60_000;
    await assert.rejects(oidc.finish(query, cookie), /too long ago/);
    nowMs -= 15 * 60_000;
    await oidc.finish(query, cookie);
    await assert.rejects(oidc.finish(query, cookie), OidcError);
  });

  it('says what the user can do when the person refuses', async () => {
    const oidc = oidcWith();
    const { location, setCookie } = await oidc.start(PAGE);
    const state = new URL(location).searchParams.get('state')!;
    const query = `?error=access_denied&error_description=refused&state=${state}&iss=${provider.issuer}`;
    await assert.rejects(
      oidc.finish(query, setCookie.split(';', 1)[0]),
      /the sign-in at http.* failed: refused/,
    );
  });

  it('says so when the provider cannot be used, and asks again at the next sign-in', async () => {
    const absent = oidcWith({ issuer: 'http://127.0.0.1:9/' });
    await assert.rejects(absent.start(PAGE), /identity provider http:\/\/127\.0\.0\.1:9\/ cannot be used: /);
    await assert.rejects(oidcWith({ issuer: 'http://provider.example/' }).start(PAGE), OidcError);
    const wrong = oidcWith({ clientSecret: 'wrong' });
    const { query, cookie } = await comesBack(wrong, 'alice');
    await assert.rejects(wrong.finish(query, cookie), OidcError);
  });
});
