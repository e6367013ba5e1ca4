import type { AccessStore } from '../access-store.js';
import type { NewAuditEntry } from '../audit.js';
import type { Credentials } from '../credentials.js';
import type { Authenticator } from '../guard.js';
import type { Identity } from '../identity.js';
import type { Scope } from '../scope.js';
import { cookieOf, hashOfId, setCookie, signed, verified } from './cookies.js';
import { endSignIns, identityOfSignIn, type ListedSignIn, listSignIns, signInId } from './sign-in-list.js';

export interface SignInsOptions {
  readonly store: AccessStore;
  /** How long a sign-in lasts, ms. */
  readonly lifetimeMs: number;
  /** Path of the page, ending with a slash. */
  readonly path: string;
  randomBytes(size: number): Buffer;
  /** Ms since 1970. */
  nowMs(): number;
  audit(entry: Omit<NewAuditEntry, 'atMs'>): Promise<void>;
}

/** Who signs in: by a key, or known by an identity provider, with what they may do. */
export type Person =
  | { readonly keyId: string }
  | { readonly user: string; readonly scopes: readonly Scope[] };

const COOKIE = 'sojourn_session';
const PURPOSE = 'sign-in';
const ID_BYTES = 24;

/**
 * Sign-ins of the web page. A cookie holds a random id with a signature, and the store knows its hash. So
 * neither a copy of the store nor a guess makes a cookie, and a sign-in ends in all processes at once.
 */
export class SignIns implements Authenticator {
  readonly #options: SignInsOptions;

  constructor(options: SignInsOptions) {
    this.#options = options;
  }

  /** A cookie that is not valid, or no longer, is like none: browsers keep theirs after it has ended. */
  async authenticate({ header }: Credentials): Promise<Identity | undefined> {
    const hash = this.#hashIn(header('cookie'));
    if (hash === undefined) return undefined;
    const { store, nowMs } = this.#options;
    const signIn = await store.signIn(hash);
    return signIn && identityOfSignIn(signIn, store, nowMs());
  }

  /**
   * Starts a sign-in.
   *
   * @param isSecure whether the browser reaches this server by TLS
   * @returns the value of `Set-Cookie`
   */
  async begin(person: Person, isSecure: boolean): Promise<string> {
    const { store, lifetimeMs, randomBytes, nowMs, audit } = this.#options;
    const id = randomBytes(ID_BYTES).toString('base64url');
    const keyId = 'keyId' in person ? person.keyId : undefined;
    const actor = 'keyId' in person ? `key:${person.keyId}` : `user:${person.user}`;
    const createdAtMs = nowMs();
    const hash = hashOfId(id);
    await store.addSignIn({
      hash,
      actor,
      keyId,
      scopes: 'keyId' in person ? [] : person.scopes,
      createdAtMs,
      expiresAtMs: createdAtMs + lifetimeMs,
    });
    const detail = { sign_in: signInId({ hash }) };
    await audit({ actor, action: 'sign_in.created', subject: actor, project: undefined, detail });
    return this.#cookie(signed(id, PURPOSE, store.secret), isSecure, lifetimeMs / 1000);
  }

  /** Ends the sign-in of a request, if there is one. Returns the value of `Set-Cookie`. */
  async end(cookieHeader: string | undefined, actor: string, isSecure: boolean): Promise<string> {
    const hash = this.#hashIn(cookieHeader);
    const { store, audit } = this.#options;
    if (hash !== undefined && (await store.endSignIn(hash))) {
      const detail = { sign_in: signInId({ hash }) };
      await audit({ actor, action: 'sign_in.ended', subject: actor, project: undefined, detail });
    }
    return this.#cookie('', isSecure, 0);
  }

  /** All that hold, the latest first. */
  list(): Promise<ListedSignIn[]> {
    const { store, nowMs } = this.#options;
    return listSignIns(store, nowMs());
  }

  /**
   * Ends the sign-in with this id, or all of the actor with this name; returns how many there were.
   * @param by who ends them, for the audit log
   */
  revoke(idOrActor: string, by: string): Promise<number> {
    const { store, audit } = this.#options;
    return endSignIns(store, audit, idOrActor, by);
  }

  /** Notes that a user whom the identity provider knows may not sign in. */
  async refuse(user: string): Promise<void> {
    const actor = `user:${user}`;
    const detail = { reason: 'no role' };
    const entry = { actor, action: 'sign_in.refused', subject: actor, project: undefined, detail } as const;
    await this.#options.audit(entry);
  }

  #hashIn(cookieHeader: string | undefined): Uint8Array | undefined {
    const value = cookieOf(cookieHeader, COOKIE);
    const id = value === undefined ? undefined : verified(value, PURPOSE, this.#options.store.secret);
    return id === undefined ? undefined : hashOfId(id);
  }

  #cookie(value: string, isSecure: boolean, maxAgeSeconds: number): string {
    const { path } = this.#options;
    return setCookie(COOKIE, value, { path, isSecure, sameSite: 'Strict', maxAgeSeconds });
  }
}
