import { type AccessStore, isUsable } from '../access-store.js';
import type { NewAuditEntry } from '../audit.js';
import type { Credentials } from '../credentials.js';
import type { Authenticator } from '../guard.js';
import type { Identity } from '../identity.js';
import type { Scope } from '../scope.js';
import { cookieOf, hashOfId, setCookie, signed, verified } from './cookies.js';
import type { SignIn } from './sign-in-store.js';

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
/** Of the scopes of a key, the page needs only these: it reads and administers, and sends nothing. */
const PAGE_SCOPES: readonly Scope[] = ['read', 'admin'];

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
    if (signIn === undefined || nowMs() >= signIn.expiresAtMs) return undefined;
    return this.#identityOf(signIn);
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
    await store.addSignIn({
      hash: hashOfId(id),
      actor,
      keyId,
      scopes: 'keyId' in person ? [] : person.scopes,
      createdAtMs,
      expiresAtMs: createdAtMs + lifetimeMs,
    });
    await audit({ actor, action: 'sign_in.created', subject: actor, project: undefined, detail: {} });
    return this.#cookie(signed(id, PURPOSE, store.secret), isSecure, lifetimeMs / 1000);
  }

  /** Ends the sign-in of a request, if there is one. Returns the value of `Set-Cookie`. */
  async end(cookieHeader: string | undefined, actor: string, isSecure: boolean): Promise<string> {
    const hash = this.#hashIn(cookieHeader);
    if (hash !== undefined && (await this.#options.store.endSignIn(hash))) {
      await this.#auditEnd(actor, actor);
    }
    return this.#cookie('', isSecure, 0);
  }

  /** Ends all sign-ins of someone; returns how many there were. */
  async endAllOf(subject: string, actor: string): Promise<number> {
    const count = await this.#options.store.endSignInsOf(subject);
    if (count > 0) await this.#auditEnd(subject, actor);
    return count;
  }

  #auditEnd(subject: string, actor: string): Promise<void> {
    return this.#options.audit({ actor, action: 'sign_in.ended', subject, project: undefined, detail: {} });
  }

  #hashIn(cookieHeader: string | undefined): Uint8Array | undefined {
    const value = cookieOf(cookieHeader, COOKIE);
    const id = value === undefined ? undefined : verified(value, PURPOSE, this.#options.store.secret);
    return id === undefined ? undefined : hashOfId(id);
  }

  /** A sign-in by a key may do what the key may do now. */
  async #identityOf({ actor, keyId, scopes }: SignIn): Promise<Identity | undefined> {
    if (keyId === undefined) {
      return { actor, name: actor.replace(/^user:/, ''), via: 'session', scopes, project: undefined };
    }
    const { store, nowMs } = this.#options;
    const key = await store.key(keyId);
    if (key === undefined || !isUsable(key, nowMs())) return undefined;
    const ofPage = key.scopes.filter((scope) => PAGE_SCOPES.includes(scope));
    return { actor, name: key.name, via: 'session', scopes: ofPage, project: key.project };
  }

  #cookie(value: string, isSecure: boolean, maxAgeSeconds: number): string {
    const { path } = this.#options;
    return setCookie(COOKIE, value, { path, isSecure, sameSite: 'Strict', maxAgeSeconds });
  }
}
