import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { type AccessStore, isUsable } from './access-store.js';
import type { NewAuditEntry } from './audit.js';
import { BadTries } from './bad-tries.js';
import { type Authenticator, Guard } from './guard.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { KeyUses } from './key-uses.js';
import { RateLimits } from './rate-limits.js';
import { ProxyHeader, type ProxyHeaderOptions } from './sign-in/proxy-header.js';
import { SignIns } from './sign-in/sign-ins.js';
import { TelemetryAccess } from './telemetry-access.js';

export interface AccessOptions {
  readonly store: AccessStore;
  /** Whether a request without a key is refused. */
  readonly isKeyNeeded: boolean;
  /** The project of telemetry that names none. */
  readonly defaultProject: string;
  /** How long a sign-in of the page lasts, ms. */
  readonly signInLifetimeMs: number;
  /** Path of the page, ending with a slash. */
  readonly pagePath: string;
  /** The proxies that say who their users are; undefined if there are none. */
  readonly proxyHeader: ProxyHeaderOptions | undefined;
  readonly clock: Clock;
  /** Ms since 1970. */
  nowMs(): number;
  /** Called when something failed that no request waits for. */
  onFailure(error: unknown): void;
}

/** Keys are needed, and there is none that could be used. */
export class NoKeysError extends Error {
  override readonly name = 'NoKeysError';
}

/** Who may do what on a running server. Takes ownership of the store. */
export class Access {
  readonly guard: Guard;
  readonly telemetry: TelemetryAccess;
  readonly store: AccessStore;
  readonly signIns: SignIns;
  readonly #uses: KeyUses;
  readonly #nowMs: () => number;

  constructor(options: AccessOptions) {
    const { store, isKeyNeeded, defaultProject, clock, nowMs, onFailure, proxyHeader } = options;
    this.store = store;
    this.#nowMs = nowMs;
    this.#uses = new KeyUses({ store, clock, onFailure });
    const keys = new KeyAuthenticator({
      store,
      isKeyNeeded,
      nowMs,
      onUse: (id, atMs) => this.#uses.note(id, atMs),
    });
    this.signIns = new SignIns({
      store,
      lifetimeMs: options.signInLifetimeMs,
      path: options.pagePath,
      randomBytes,
      nowMs,
      audit: (entry) => this.audit(entry),
    });
    const authenticators: Authenticator[] = [keys, this.signIns];
    if (proxyHeader !== undefined) authenticators.push(new ProxyHeader(proxyHeader));
    this.guard = new Guard({ authenticators, isKeyNeeded, badTries: new BadTries(clock) });
    const limits = new RateLimits(clock.nowMs);
    this.telemetry = new TelemetryAccess({ guard: this.guard, store, limits, nowMs, defaultProject });
  }

  /** @throws NoKeysError if requests need a key, and there is none to give them */
  async checkKeys(): Promise<void> {
    if (!this.guard.isKeyNeeded) return;
    const nowMs = this.#nowMs();
    const keys = await this.store.keys();
    if (!keys.some((key) => isUsable(key, nowMs))) throw new NoKeysError('there is no API key yet');
  }

  /** Adds an entry to the audit log, which is durable once this resolves. */
  audit(entry: Omit<NewAuditEntry, 'atMs'>): Promise<void> {
    return this.store.addAudit({ ...entry, atMs: this.#nowMs() });
  }

  async close(): Promise<void> {
    await this.#uses.write();
    await this.store.close();
  }
}
