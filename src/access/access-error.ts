/** Every reason for which access is refused. Each is counted by `sojourn_access_refused_total`. */
export type AccessRefusal =
  /** No credentials. */
  | 'missing'
  /** Not a key, or one that does not exist. */
  | 'invalid'
  | 'expired'
  | 'revoked'
  /** The caller is known and lacks a scope. */
  | 'scope'
  /** The caller is bound to another project, or to one where all are needed. */
  | 'project'
  /** The name of the project is not valid. */
  | 'project_name'
  /** A browser key used by a page of another origin, or by no page. */
  | 'origin'
  /** A browser key used more often than its limit allows. */
  | 'rate'
  /** Too many wrong tries from one address. */
  | 'tries';

/** Those where the caller is not known. */
const UNKNOWN_CALLER: ReadonlySet<AccessRefusal> = new Set(['invalid', 'expired', 'revoked']);

export interface AccessErrorOptions {
  /** The scope that the request needs, as far as it is known. */
  readonly needed?: string | undefined;
  /** Set if the same request may succeed later. */
  readonly retryAfterSeconds?: number;
}

/** A caller is refused. The message is for the caller, in a sentence without its full stop. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly reason: AccessRefusal;
  readonly needed: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: AccessRefusal, message: string, options: AccessErrorOptions = {}) {
    super(message);
    this.reason = reason;
    this.needed = options.needed;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** Value of `WWW-Authenticate` (RFC 6750, section 3); undefined where it does not belong. */
  get challenge(): string | undefined {
    const scope = this.needed === undefined ? '' : `, scope="${this.needed}"`;
    if (this.reason === 'missing') return `Bearer realm="sojourn"${scope}`;
    if (UNKNOWN_CALLER.has(this.reason)) return `Bearer realm="sojourn", error="invalid_token"${scope}`;
    if (this.reason === 'scope') return `Bearer realm="sojourn", error="insufficient_scope"${scope}`;
    return undefined;
  }
}
