/** Everything that the audit log has entries of. */
export const AUDIT_ACTIONS = [
  'key.created',
  'key.revoked',
  'session.invalidated',
  'sessions.exported',
  'score.deleted',
  'alert.created',
  'alert.changed',
  'alert.deleted',
  'view.saved',
  'view.deleted',
  'erasure.asked',
  'retention.passed',
  'settings.changed',
  'sign_in.created',
  'sign_in.refused',
  'sign_in.ended',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** An entry of the audit log. Never has keys, nor content of telemetry besides ids. */
export interface NewAuditEntry {
  /** Ms since 1970. */
  readonly atMs: number;
  /** Who did it: `Identity.actor`, `cli` for the command line, or `server`. */
  readonly actor: string;
  readonly action: AuditAction;
  /** What it was done to, such as the id of a key or session. */
  readonly subject: string;
  /** The project that it concerns; undefined if it concerns all. */
  readonly project: string | undefined;
  /** Further facts, such as the scopes of a key. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends NewAuditEntry {
  /** Grows with each entry. */
  readonly id: number;
}

export interface AuditScan {
  /** Maximum number of entries. */
  readonly limit: number;
  /** Only entries with a smaller id. */
  readonly before?: number | undefined;
  /** Only entries that concern this project and no other. */
  readonly project?: string | undefined;
  readonly action?: AuditAction | undefined;
}
