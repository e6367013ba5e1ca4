import { AccessError } from './access-error.js';
import { type AccessStore, isUsable } from './access-store.js';
import type { Credentials } from './credentials.js';
import type { Guard } from './guard.js';
import { type BrowserLimits, permit, projectFor } from './identity.js';
import { OriginList } from './origin-list.js';
import { PROJECT_HEADER } from './project-name.js';
import type { RateLimits } from './rate-limits.js';
import { allows } from './scope.js';

export interface TelemetryAccessOptions {
  readonly guard: Guard;
  readonly store: Pick<AccessStore, 'keys'>;
  readonly limits: RateLimits;
  /** Ms since 1970. */
  nowMs(): number;
  /** The project of telemetry that names none. */
  readonly defaultProject: string;
}

/** The page that sends a request, if one does. */
export interface SendingPage {
  /** Its `Origin` header. */
  readonly origin: string;
  /** Whether pages of the origin may send without a key of theirs. */
  readonly isAllowed: boolean;
}

/** Telemetry that may be sent. */
export interface Admission {
  readonly project: string;
  /** Whether its sender may not give scores as the API does: its key has not the scope `score`. */
  readonly lacksScoreScope: boolean;
}

/** Who may send telemetry, and where it goes. */
export class TelemetryAccess {
  readonly #options: TelemetryAccessOptions;

  constructor(options: TelemetryAccessOptions) {
    this.#options = options;
  }

  /**
   * Where the telemetry of a request goes.
   * @throws AccessError
   */
  async admit(credentials: Credentials, page?: SendingPage): Promise<Admission> {
    const { guard, defaultProject } = this.#options;
    const identity = await guard.identify(credentials, 'ingest');
    if (identity.browser !== undefined) this.#checkBrowser(identity.browser, page);
    else {
      permit(identity, 'ingest');
      if (page?.isAllowed === false) {
        throw new AccessError('origin', `pages of ${page.origin} may send with a browser key only`);
      }
    }
    return {
      project: projectFor(identity, credentials.header(PROJECT_HEADER), defaultProject),
      lacksScoreScope: !allows(identity.scopes, 'score'),
    };
  }

  /** Whether a browser key is bound to this origin, so that its pages may ask (preflight). */
  async hasKeyFor(origin: string): Promise<boolean> {
    const { store, nowMs } = this.#options;
    const atMs = nowMs();
    const keys = await store.keys();
    return keys.some((key) => isUsable(key, atMs) && new OriginList(key.origins).has(origin));
  }

  #checkBrowser({ keyId, origins, requestsPerMinute }: BrowserLimits, page: SendingPage | undefined): void {
    if (page === undefined || !new OriginList(origins).has(page.origin)) {
      throw new AccessError('origin', `this browser key is for pages of ${origins.join(', ')}`);
    }
    const seconds = this.#options.limits.take(keyId, requestsPerMinute);
    if (seconds > 0) {
      throw new AccessError('rate', `this browser key allows ${requestsPerMinute} requests a minute`, {
        retryAfterSeconds: seconds,
      });
    }
  }
}
