import { AccessError } from './access-error.js';
import type { Credentials } from './credentials.js';
import { type Identity, OPEN_IDENTITY } from './identity.js';
import type { Scope } from './scope.js';

/** One way to say who sends a request. */
export interface Authenticator {
  /**
   * Who sends the request; undefined if it has no credentials of this sort.
   * @throws AccessError if it has some, and they are not valid
   */
  authenticate(credentials: Credentials): Promise<Identity | undefined>;
}

export interface GuardOptions {
  /** Asked in this order. The first with an answer decides. */
  readonly authenticators: readonly Authenticator[];
  /** Whether a request without credentials is refused. */
  readonly isKeyNeeded: boolean;
}

/** Finds out who sends a request. In front of every route that is not public. */
export class Guard {
  readonly #options: GuardOptions;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** Whether a request without credentials is refused. */
  get isKeyNeeded(): boolean {
    return this.#options.isKeyNeeded;
  }

  /**
   * @param needed the scope that the request needs, for the message
   * @throws AccessError
   */
  async identify(credentials: Credentials, needed?: Scope): Promise<Identity> {
    for (const authenticator of this.#options.authenticators) {
      const identity = await authenticator.authenticate(credentials);
      if (identity !== undefined) return identity;
    }
    if (!this.#options.isKeyNeeded) return OPEN_IDENTITY;
    const scope = needed === undefined ? '' : ` with the scope ${needed}`;
    throw new AccessError(
      'missing',
      `this needs an API key${scope}, as Authorization: Bearer sjn_… or x-api-key: sjn_…`,
      { needed },
    );
  }
}
