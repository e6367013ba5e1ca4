import { AccessError } from './access-error.js';
import type { BadTries } from './bad-tries.js';
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

/** Credentials cannot be checked at the moment. */
export class AccessUnavailableError extends Error {
  override readonly name = 'AccessUnavailableError';
}

export interface GuardOptions {
  /** Asked in this order. The first with an answer decides. */
  readonly authenticators: readonly Authenticator[];
  /** Whether a request without credentials is refused. */
  readonly isKeyNeeded: boolean;
  readonly badTries: BadTries;
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
   * @throws AccessError; AccessUnavailableError
   */
  async identify(credentials: Credentials, needed: Scope): Promise<Identity> {
    for (const authenticator of this.#options.authenticators) {
      const identity = await this.#ask(authenticator, credentials, needed);
      if (identity !== undefined) return identity;
    }
    if (!this.#options.isKeyNeeded) return OPEN_IDENTITY;
    throw new AccessError(
      'missing',
      `this needs an API key with the scope ${needed}, as Authorization: Bearer sjn_… or x-api-key: sjn_…`,
      { needed },
    );
  }

  async #ask(
    authenticator: Authenticator,
    credentials: Credentials,
    needed: Scope,
  ): Promise<Identity | undefined> {
    try {
      return await authenticator.authenticate(credentials);
    } catch (error) {
      if (!(error instanceof AccessError)) {
        throw new AccessUnavailableError('API keys cannot be checked at the moment', { cause: error });
      }
      await this.#options.badTries.count(credentials.address);
      throw new AccessError(error.reason, error.message, { needed });
    }
  }
}
