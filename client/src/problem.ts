import type { components } from './schema.js';

type Problem = Partial<components['schemas']['QueryProblem']>;

/** An error answer of the server: a problem document (RFC 9457), or any other answer that is no success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly status: number;
  /**
   * Error code, such as `session.not_found`; docs/errors.md lists them. Undefined if the answer is none of the
   * server's own, such as that of a proxy.
   */
  readonly code: string | undefined;
  /** What is wrong with each parameter of a refused query. */
  readonly fields: readonly { readonly field: string; readonly message: string }[];

  constructor(status: number, body: unknown) {
    const { type, title, detail, errors }: { readonly [name in keyof Problem]: unknown } = isObject(body)
      ? body
      : {};
    const fields = Array.isArray(errors) ? (errors as components['schemas']['FieldProblem'][]) : [];
    const messages = fields.map(({ field, message }) => `${field}: ${message}`).join(' ');
    super(messages || String(detail ?? title ?? `The server answered with status ${status}.`));
    this.status = status;
    this.code = typeof type === 'string' ? type.split('/').at(-1) : undefined;
    this.fields = fields;
  }
}

/** No answer came: nothing listens there, or the connection broke. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(url: string, cause: unknown) {
    super(`${new URL(url).origin} does not answer${reasonOf(cause)}`, { cause });
  }
}

/** Reason such as ECONNREFUSED, which `fetch` of Node.js wraps. Empty if there is none. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return '';
  return ` (${'code' in cause ? cause.code : cause.message})`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
