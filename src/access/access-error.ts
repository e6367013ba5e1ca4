/**
 * Every reason for which access is refused, with its HTTP and gRPC status; gRPC numbers are also those in bodies of
 * OTLP/HTTP. Each is counted by `sojourn_access_refused_total`.
 */
export const ACCESS_REFUSALS = {
  /** No credentials. */
  missing: { http: 401, grpc: 16 },
  /** Not a key, or one that does not exist. */
  invalid: { http: 401, grpc: 16 },
  expired: { http: 401, grpc: 16 },
  revoked: { http: 401, grpc: 16 },
  /** The caller is known and lacks a scope. */
  scope: { http: 403, grpc: 7 },
  /** The caller is bound to another project, or to one where all are needed. */
  project: { http: 403, grpc: 7 },
  /** The name of the project is not valid. */
  project_name: { http: 400, grpc: 3 },
  /** A browser key used by a page of another origin, or by no page. */
  origin: { http: 403, grpc: 7 },
  /** A browser key used more often than its limit allows. */
  rate: { http: 429, grpc: 8 },
  /** Too many wrong tries from one address. */
  tries: { http: 429, grpc: 8 },
} as const;
export type AccessRefusal = keyof typeof ACCESS_REFUSALS;

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
    if (ACCESS_REFUSALS[this.reason].http === 401)
      return `Bearer realm="sojourn", error="invalid_token"${scope}`;
    if (this.reason === 'scope') return `Bearer realm="sojourn", error="insufficient_scope"${scope}`;
    return undefined;
  }
}
