import { AccessError } from './access-error.js';
import { type AccessStore, DEFAULT_REQUESTS_PER_MINUTE, type KeyRecord } from './access-store.js';
import { hasHash, idOfKey, isMeantAsKey } from './api-key.js';
import { type Credentials, keyGiven } from './credentials.js';
import type { Authenticator } from './guard.js';
import type { Identity } from './identity.js';

export interface KeyAuthenticatorOptions {
  readonly store: AccessStore;
  /** Otherwise tokens that are not meant as a key are ignored: SDKs of other services cannot send without one. */
  readonly isKeyNeeded: boolean;
  /** Ms since 1970. */
  nowMs(): number;
  /** Called with every key that was accepted. */
  onUse(id: string, atMs: number): void;
}

/** A key is compared with this if its id is unknown, so that the answer takes as long. */
const NO_HASH = new Uint8Array(32);

/** Accepts API keys. */
export class KeyAuthenticator implements Authenticator {
  readonly #options: KeyAuthenticatorOptions;

  constructor(options: KeyAuthenticatorOptions) {
    this.#options = options;
  }

  async authenticate(credentials: Credentials): Promise<Identity | undefined> {
    const text = keyGiven(credentials);
    if (text === undefined || (!this.#options.isKeyNeeded && !isMeantAsKey(text))) return undefined;
    return this.#identityOf(text);
  }

  async #identityOf(text: string): Promise<Identity> {
    const { store, nowMs, onUse } = this.#options;
    const id = idOfKey(text);
    if (id === undefined) throw new AccessError('invalid', 'this is not an API key, or was not copied whole');
    const key = await store.key(id);
    const isRight = hasHash(text, key?.hash ?? NO_HASH, store.secret);
    if (key === undefined || !isRight) throw new AccessError('invalid', 'there is no such API key');
    const atMs = nowMs();
    if (key.revokedAtMs !== undefined) throw new AccessError('revoked', `the API key ${id} was revoked`);
    if (key.expiresAtMs !== undefined && atMs >= key.expiresAtMs) {
      throw new AccessError('expired', `the API key ${id} has expired`);
    }
    onUse(id, atMs);
    return identityOf(key);
  }
}

function identityOf({ id, name, scopes, project, origins, requestsPerMinute }: KeyRecord): Identity {
  return {
    actor: `key:${id}`,
    name,
    via: 'key',
    scopes,
    project,
    keyId: id,
    ...(scopes.includes('ingest-browser') && {
      browser: { keyId: id, origins, requestsPerMinute: requestsPerMinute ?? DEFAULT_REQUESTS_PER_MINUTE },
    }),
  };
}
