import type * as OpenIdClient from 'openid-client';
import { cookieOf, setCookie, signed, verified } from './cookies.js';
import type { Role } from './role.js';
import { userName } from './user-name.js';

/** A claim about a user that decides on a role: `groups=sojourn-admins`. */
export interface ClaimRule {
  readonly claim: string;
  readonly value: string;
}

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
  /** The address of `finish` as the provider knows it. */
  readonly redirectUri: string;
  /** Separated by spaces. */
  readonly scope: string;
  /** Who is an admin. Undefined: nobody. */
  readonly admin: ClaimRule | undefined;
  /** Who else may sign in. Undefined: everyone whom the issuer knows. */
  readonly viewer: ClaimRule | undefined;
  /** Signs what the browser keeps between the steps. */
  readonly secret: Uint8Array;
  /** Ms since 1970. */
  nowMs(): number;
}

/** A person whom the provider knows. */
export interface OidcUser {
  /** The first that is there of the preferred name, the e-mail address, and the subject. */
  readonly name: string;
  /** Undefined if the person may not sign in. */
  readonly role: Role | undefined;
}

/** The sign-in was not completed. The message is for the user, a sentence without its full stop. */
export class OidcError extends Error {
  override readonly name = 'OidcError';
}

/** What the browser keeps while the user is at the provider. */
interface Step {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Path of the page to go to afterwards. */
  readonly goTo: string;
  readonly expiresAtMs: number;
}

const COOKIE = 'sojourn_sign_in';
const PURPOSE = 'oidc step';
/** How long a user may stay at the provider, ms. */
const STEP_MS = 15 * 60_000;
/** How long the provider may take for an answer, s. */
const ANSWER_S = 15;
const LOOPBACK = /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/|$)/;

/**
 * Sign-in by OpenID Connect: the authorization code flow with PKCE, state and nonce. The browser keeps what
 * belongs to a sign-in in a signed cookie, so any process can finish what another one started.
 */
export class Oidc {
  readonly #options: OidcOptions;
  #provider: Promise<Provider> | undefined;

  constructor(options: OidcOptions) {
    this.#options = options;
  }

  /**
   * Sends a browser to the provider.
   *
   * @throws OidcError if the provider does not answer
   */
  async start(goTo: string): Promise<{ readonly location: string; readonly setCookie: string }> {
    const { redirectUri, scope, secret, nowMs } = this.#options;
    const { client, configuration } = await this.#discovered();
    const verifier = client.randomPKCECodeVerifier();
    const step: Step = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier,
      goTo,
      expiresAtMs: nowMs() + STEP_MS,
    };
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope,
      state: step.state,
      nonce: step.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const kept = Buffer.from(JSON.stringify(step)).toString('base64url');
    return {
      location: location.href,
      setCookie: this.#cookie(signed(kept, PURPOSE, secret), STEP_MS / 1000),
    };
  }

  /**
   * Takes a browser that comes back.
   *
   * @param query the query of its address, as the provider made it
   * @throws OidcError
   */
  async finish(
    query: string,
    cookieHeader: string | undefined,
  ): Promise<{ readonly user: OidcUser; readonly goTo: string }> {
    const step = this.#stepIn(cookieHeader);
    if (step === undefined) {
      throw new OidcError('the sign-in was not started in this browser, or too long ago; start it again');
    }
    const { client, configuration } = await this.#discovered();
    const address = new URL(this.#options.redirectUri);
    address.search = query;
    try {
      const tokens = await client.authorizationCodeGrant(configuration, address, {
        pkceCodeVerifier: step.verifier,
        expectedState: step.state,
        expectedNonce: step.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims()!;
      const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
      const more = hasMore ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub) : {};
      return { user: this.#userOf({ ...more, ...claims }), goTo: step.goTo };
    } catch (error) {
      throw new OidcError(`the sign-in at ${this.#options.issuer} failed: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  /** Removes the cookie of a sign-in: a value of `Set-Cookie`. */
  forget(): string {
    return this.#cookie('', 0);
  }

  #userOf(claims: Readonly<Record<string, unknown>>): OidcUser {
    const names = [claims.preferred_username, claims.email, claims.sub].map(userName);
    const name = names.find((each) => each !== undefined);
    if (name === undefined) throw new OidcError('the provider gives the user no name');
    const { admin, viewer } = this.#options;
    if (admin !== undefined && fulfils(claims, admin)) return { name, role: 'admin' };
    const mayRead = viewer === undefined || fulfils(claims, viewer);
    return { name, role: mayRead ? 'viewer' : undefined };
  }

  #stepIn(cookieHeader: string | undefined): Step | undefined {
    const { secret, nowMs } = this.#options;
    const value = cookieOf(cookieHeader, COOKIE);
    const text = value === undefined ? undefined : verified(value, PURPOSE, secret);
    if (text === undefined) return undefined;
    const step = JSON.parse(Buffer.from(text, 'base64url').toString()) as Step;
    return nowMs() < step.expiresAtMs ? step : undefined;
  }

  #cookie(value: string, maxAgeSeconds: number): string {
    const { pathname, protocol } = new URL(this.#options.redirectUri);
    return setCookie(COOKIE, value, {
      path: pathname,
      isSecure: protocol === 'https:',
      sameSite: 'Lax',
      maxAgeSeconds,
    });
  }

  /** What the provider says of itself, asked for once. A failure is tried again at the next sign-in. */
  async #discovered(): Promise<Provider> {
    this.#provider ??= discover(this.#options);
    try {
      return await this.#provider;
    } catch (error) {
      this.#provider = undefined;
      const { issuer } = this.#options;
      throw new OidcError(`the identity provider ${issuer} cannot be used: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }
}

interface Provider {
  readonly client: typeof OpenIdClient;
  readonly configuration: OpenIdClient.Configuration;
}

async function discover({ issuer, clientId, clientSecret }: OidcOptions): Promise<Provider> {
  // Servers without OpenID Connect do not load the library.
  const client = await import('openid-client');
  // The library refuses to speak without TLS. On this machine nobody listens in.
  const execute = LOOPBACK.test(issuer) ? [client.allowInsecureRequests] : [];
  const configuration = await client.discovery(
    new URL(issuer),
    clientId,
    clientSecret,
    clientSecret === undefined ? client.None() : undefined,
    { execute, timeout: ANSWER_S },
  );
  return { client, configuration };
}

/** Whether a claim has the value, alone or in a list. */
function fulfils(claims: Readonly<Record<string, unknown>>, { claim, value }: ClaimRule): boolean {
  return [claims[claim]].flat().some((each) => String(each) === value);
}

/** Libraries put the reason into the cause. */
function reasonOf(error: unknown): string {
  const { message, error_description, cause } = error as Error & { error_description?: string };
  const inner = cause instanceof Error && cause.message !== message ? `: ${cause.message}` : '';
  return `${error_description ?? message}${inner}`.replace(/\s+/g, ' ');
}
