import { randomBytes } from 'node:crypto';
import { type AccessStore, DEFAULT_REQUESTS_PER_MINUTE, type KeyRecord } from './access-store.js';
import { hashOfKey, newKey } from './api-key.js';
import type { Scope } from './scope.js';

/** What a key is made of. */
export interface KeyRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Undefined for all projects. */
  readonly project: string | undefined;
  /** Ms from now; undefined if it does not expire. */
  readonly expiresInMs: number | undefined;
  /** Browser keys need some, others have none. */
  readonly origins: readonly string[];
  /** Of browser keys. Default: `DEFAULT_REQUESTS_PER_MINUTE`. */
  readonly requestsPerMinute: number | undefined;
}

/** Makes and revokes keys on behalf of somebody, and notes it in the audit log. */
export class KeyRing {
  readonly #store: AccessStore;
  readonly #actor: string;
  readonly #nowMs: () => number;

  /**
   * @param actor who does it, for the audit log
   * @param nowMs ms since 1970
   */
  constructor(store: AccessStore, actor: string, nowMs: () => number) {
    this.#store = store;
    this.#actor = actor;
    this.#nowMs = nowMs;
  }

  /** Makes a key. Its text is known to the caller only. `request` must be valid. */
  async create(request: KeyRequest): Promise<{ readonly text: string; readonly key: KeyRecord }> {
    const { name, scopes, project, expiresInMs, origins, requestsPerMinute } = request;
    const { id, text } = newKey(randomBytes);
    const atMs = this.#nowMs();
    const isForBrowsers = scopes.includes('ingest-browser');
    const key: KeyRecord = {
      id,
      hash: hashOfKey(text, this.#store.secret),
      name,
      scopes,
      project,
      origins,
      requestsPerMinute: isForBrowsers ? (requestsPerMinute ?? DEFAULT_REQUESTS_PER_MINUTE) : undefined,
      createdAtMs: atMs,
      expiresAtMs: expiresInMs === undefined ? undefined : atMs + expiresInMs,
      revokedAtMs: undefined,
      lastUsedAtMs: undefined,
    };
    await this.#store.addKey(key);
    await this.#store.addAudit({
      atMs,
      actor: this.#actor,
      action: 'key.created',
      subject: id,
      project,
      detail: {
        name,
        scopes,
        ...(key.expiresAtMs !== undefined && { expires: new Date(key.expiresAtMs).toISOString() }),
        ...(isForBrowsers && { origins, requests_per_minute: key.requestsPerMinute }),
      },
    });
    return { text, key };
  }

  /** Revokes a key at once. Undefined if there is none with this id. */
  async revoke(id: string): Promise<'revoked' | 'was revoked' | undefined> {
    const key = await this.#store.key(id);
    if (key === undefined) return undefined;
    const atMs = this.#nowMs();
    if (!(await this.#store.revokeKey(id, atMs))) return 'was revoked';
    await this.#store.addAudit({
      atMs,
      actor: this.#actor,
      action: 'key.revoked',
      subject: id,
      project: key.project,
      detail: { name: key.name },
    });
    return 'revoked';
  }
}
