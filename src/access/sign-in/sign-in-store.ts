import type { Scope } from '../scope.js';

/** A sign-in of the web page: who it is, until when. */
export interface SignIn {
  /** Hash of the id in the cookie. The id itself is stored nowhere. */
  readonly hash: Uint8Array;
  /** Who signed in, as in the audit log: `key:V1StGXR8Z5jd` or `user:alice`. */
  readonly actor: string;
  /** The key that signed in. Its scopes and project count, as long as it may be used. */
  readonly keyId: string | undefined;
  /** What a user without a key may do. Empty for keys. */
  readonly scopes: readonly Scope[];
  /** Times in ms since 1970. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** Sign-ins of all processes. What resolves is durable, and what one process ends has ended in all. */
export interface SignInStore {
  /** Undefined if there is none. Expired ones may be there. */
  signIn(hash: Uint8Array): Promise<SignIn | undefined>;
  /** All, the latest first. Expired ones may be there. */
  signIns(): Promise<SignIn[]>;
  /** Adds one, and forgets those that had expired when it was created. */
  addSignIn(signIn: SignIn): Promise<void>;
  /** False if there is none. */
  endSignIn(hash: Uint8Array): Promise<boolean>;
  /** Ends all sign-ins of someone; returns how many there were. */
  endSignInsOf(actor: string): Promise<number>;
}
