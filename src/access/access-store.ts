import type { AuditEntry, AuditScan, NewAuditEntry } from './audit.js';
import type { Scope } from './scope.js';
import type { SignInStore } from './sign-in/sign-in-store.js';

/** A key as it is stored. */
export interface KeyRecord {
  /** The public part of the key. */
  readonly id: string;
  /** `hashOfKey` under the secret of the store. */
  readonly hash: Uint8Array;
  /** What it is for, in its maker's words. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Undefined for all projects. */
  readonly project: string | undefined;
  /** Browser keys: origins of pages that may use it, in the form of `--cors-origins`. Empty for others. */
  readonly origins: readonly string[];
  /** Browser keys: maximum number of requests a minute in each process. Undefined for others. */
  readonly requestsPerMinute: number | undefined;
  /** Times in ms since 1970. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
  readonly revokedAtMs: number | undefined;
  /** To about a minute. Undefined if it was never used. */
  readonly lastUsedAtMs: number | undefined;
}

/** The limit of a browser key unless its maker says otherwise: 50 visitors who send every five seconds. */
export const DEFAULT_REQUESTS_PER_MINUTE = 600;

/**
 * Keys, sign-ins and the audit log. Any number of processes may have one open, and what one writes the others read at
 * once. What resolves is durable. Methods reject with any error if the store cannot be reached.
 */
export interface AccessStore extends SignInStore {
  /** 32 secret bytes, created with the store: the key of its hashes and signatures. */
  readonly secret: Uint8Array;
  /** Undefined if there is none with this id. Revoked and expired keys are there. */
  key(id: string): Promise<KeyRecord | undefined>;
  /** All keys, oldest first. */
  keys(): Promise<KeyRecord[]>;
  addKey(key: KeyRecord): Promise<void>;
  /** False if there is no key with this id, or it was revoked before. */
  revokeKey(id: string, atMs: number): Promise<boolean>;
  /** Notes when keys were last used, by id. An earlier time than the known one changes nothing. */
  noteUses(usedAtMs: ReadonlyMap<string, number>): Promise<void>;
  addAudit(entry: NewAuditEntry): Promise<void>;
  /** Entries of the audit log, newest first. */
  audit(scan: AuditScan): Promise<AuditEntry[]>;
  close(): Promise<void>;
}

/** Whether a key may be used at this time. */
export function isUsable({ revokedAtMs, expiresAtMs }: KeyRecord, nowMs: number): boolean {
  return revokedAtMs === undefined && (expiresAtMs === undefined || nowMs < expiresAtMs);
}
