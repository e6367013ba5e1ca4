/**
 * All errors of the REST API. An error's `code` is part of the contract: it never changes its meaning, and
 * `/problems/{code}` (a reference relative to the server's root) is the `type` of its problem document (RFC
 * 9457). docs/errors.md says the same in prose; a test keeps the two in agreement.
 */

interface ErrorDefinition {
  /** HTTP status. */
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  readonly description: string;
}

export const API_ERRORS = {
  'query.invalid': {
    status: 400,
    title: 'Invalid query',
    retryable: false,
    description: 'Query parameters were refused for more than one reason; `errors` has them all.',
  },
  'query.invalid_boolean': {
    status: 400,
    title: 'Not a boolean',
    retryable: false,
    description: 'The parameter takes `true` or `false`, in lower case.',
  },
  'query.invalid_integer': {
    status: 400,
    title: 'Not an integer',
    retryable: false,
    description: 'The parameter takes a whole number in decimal digits.',
  },
  'query.invalid_number': {
    status: 400,
    title: 'Not a number',
    retryable: false,
    description: 'The parameter takes a number in decimal digits, with a point and an exponent if need be.',
  },
  'query.invalid_enum': {
    status: 400,
    title: 'Not one of the values',
    retryable: false,
    description:
      'The parameter takes one of a few values, which the message of the error lists, in lower case.',
  },
  'query.attribute_not_indexed': {
    status: 400,
    title: 'Not an indexed attribute',
    retryable: false,
    description:
      'Sessions are found by the attributes that the setting --index-attributes names. The message lists them.',
  },
  'query.invalid_country': {
    status: 400,
    title: 'Not a country code',
    retryable: false,
    description: 'The parameter takes the two letters of an ISO 3166-1 alpha-2 code, in either case.',
  },
  'query.invalid_trace_id': {
    status: 400,
    title: 'Not a trace id',
    retryable: false,
    description: 'The parameter takes the 32 hexadecimal digits of a trace id, in either case.',
  },
  'query.invalid_severity': {
    status: 400,
    title: 'Not a severity',
    retryable: false,
    description: 'The parameter takes the name of a severity, such as WARN, or its number from 1 to 24.',
  },
  'query.out_of_range': {
    status: 400,
    title: 'Out of range',
    retryable: false,
    description: 'The number is below the least or above the most that the parameter takes.',
  },
  'query.invalid_date_time': {
    status: 400,
    title: 'Not a date and time',
    retryable: false,
    description: 'The parameter takes an RFC 3339 date and time with an offset (`Z` or `±hh:mm`).',
  },
  'query.invalid_length': {
    status: 400,
    title: 'Too short or too long',
    retryable: false,
    description: 'The text of the parameter is shorter or longer than it may be.',
  },
  'query.unknown_parameter': {
    status: 400,
    title: 'Unknown parameter',
    retryable: false,
    description: 'The route has no parameter of this name. Names are case-sensitive.',
  },
  'query.repeated_parameter': {
    status: 400,
    title: 'Repeated parameter',
    retryable: false,
    description: 'The parameter takes one value and was given several times.',
  },
  'query.missing_parameter': {
    status: 400,
    title: 'Missing parameter',
    retryable: false,
    description: 'The route needs this parameter.',
  },
  'limit.out_of_range': {
    status: 400,
    title: 'Limit out of range',
    retryable: false,
    description: 'The number of items asked for is below 1 or above the most the route gives at once.',
  },
  'cursor.invalid': {
    status: 400,
    title: 'Invalid cursor',
    retryable: false,
    description:
      'The cursor is damaged, comes from another version, or was made with other filters. Start again without a cursor.',
  },
  'url.invalid': {
    status: 400,
    title: 'Invalid URL',
    retryable: false,
    description: 'The path of the URL is not valid percent-encoded UTF-8.',
  },
  'request.invalid': {
    status: 400,
    title: 'Invalid request',
    retryable: false,
    description:
      'The request is no valid HTTP for this route, such as one whose Content-Type is no media type.',
  },
  'body.invalid': {
    status: 400,
    title: 'Invalid body',
    retryable: false,
    description:
      'The body is no JSON, or fields of it are missing, unknown, or have values that they cannot have; `errors` has them all.',
  },
  'project.invalid': {
    status: 400,
    title: 'Not the name of a project',
    retryable: false,
    description:
      'The parameter `project`, or the header `x-sojourn-project`, takes 1 to 64 lower-case letters, digits, dots, hyphens and underscores.',
  },
  'access.unauthenticated': {
    status: 401,
    title: 'No valid API key',
    retryable: false,
    description:
      'The request has no API key, or one that is wrong, expired or revoked. Send one as `Authorization: Bearer` or `x-api-key`; docs/access.md says how to make it.',
  },
  'access.scope_missing': {
    status: 403,
    title: 'Scope missing',
    retryable: false,
    description:
      'The API key is valid and may not do this. The detail and the header `WWW-Authenticate` name the scope that it lacks.',
  },
  'access.project_forbidden': {
    status: 403,
    title: 'Another project',
    retryable: false,
    description:
      'The API key is bound to one project, and the request asks for another one, or for what concerns the whole server.',
  },
  'origin.forbidden': {
    status: 403,
    title: 'Origin not allowed',
    retryable: false,
    description:
      'A web page of another origin asked for a change. Changes are made by tools, or from pages of the server’s own origin.',
  },
  'host.forbidden': {
    status: 403,
    title: 'Host not allowed',
    retryable: false,
    description:
      'While the server listens on loopback only, or has --allowed-hosts, requests have to name it by a loopback name or one of those. Asked of telemetry too.',
  },
  'route.not_found': {
    status: 404,
    title: 'No such route',
    retryable: false,
    description: 'The server has nothing at this path. `/openapi.json` lists what there is.',
  },
  'session.not_found': {
    status: 404,
    title: 'Session not found',
    retryable: false,
    description: 'No stored telemetry belongs to a session with this id.',
  },
  'trace.not_found': {
    status: 404,
    title: 'Trace not found',
    retryable: false,
    description: 'No stored span belongs to a trace with this id. A trace id is 32 hexadecimal digits.',
  },
  'span.not_found': {
    status: 404,
    title: 'Span not found',
    retryable: false,
    description: 'No stored span of this trace has this id. A span id is 16 hexadecimal digits.',
  },
  'sign_in.not_found': {
    status: 404,
    title: 'Sign-in not found',
    retryable: false,
    description:
      'There is no sign-in with this id, and nobody of this name is signed in. `GET /api/v1/sign-ins` lists them.',
  },
  'media.not_found': {
    status: 404,
    title: 'Media not found',
    retryable: false,
    description:
      'No message of the session carries content of this id, or its telemetry has changed since: read the conversation again.',
  },
  'user.not_found': {
    status: 404,
    title: 'User not found',
    retryable: false,
    description: 'No stored session has a record with this user id.',
  },
  'job.not_found': {
    status: 404,
    title: 'Job not found',
    retryable: false,
    description: 'The project has no job with this id.',
  },
  'score.not_found': {
    status: 404,
    title: 'Score not found',
    retryable: false,
    description:
      'The session has no score with this id that was given by the API. Scores of telemetry leave with their session.',
  },
  'alert.not_found': {
    status: 404,
    title: 'Alert not found',
    retryable: false,
    description: 'The project has no alert with this id.',
  },
  'view.not_found': {
    status: 404,
    title: 'View not found',
    retryable: false,
    description: 'The project has no saved view of this name.',
  },
  'error.not_found': {
    status: 404,
    title: 'No such error code',
    retryable: false,
    description: 'The API has no error with this code.',
  },
  'method.not_allowed': {
    status: 405,
    title: 'Method not allowed',
    retryable: false,
    description: 'The path exists, but not with this method. The `Allow` header lists the methods it has.',
  },
  'score.too_many': {
    status: 409,
    title: 'Too many scores',
    retryable: false,
    description:
      'The session has as many scores as it can have. Replace one by giving its id, or delete the session.',
  },
  'alert.too_many': {
    status: 409,
    title: 'Too many alerts',
    retryable: false,
    description: 'The project has as many alerts as it can have. Delete one that is not needed.',
  },
  'view.too_many': {
    status: 409,
    title: 'Too many views',
    retryable: false,
    description: 'The project has as many saved views as it can have. Delete one that is not needed.',
  },
  'access.too_many_tries': {
    status: 429,
    title: 'Too many tries',
    retryable: true,
    description:
      'Too many requests with wrong API keys came from this address. `Retry-After` says when to go on.',
  },
  'body.too_large': {
    status: 413,
    title: 'Body too large',
    retryable: false,
    description: 'The body has more bytes than the route takes. The detail says how many it takes.',
  },
  'request.timeout': {
    status: 408,
    title: 'Request not complete in time',
    retryable: true,
    description: 'The request came too slowly, or not to its end. Sent again, it may be answered.',
  },
  'headers.too_large': {
    status: 431,
    title: 'Headers too large',
    retryable: false,
    description:
      'The request line and the headers have more than 16 KiB together, most often because of a long query. Asked of telemetry too.',
  },
  'internal.error': {
    status: 500,
    title: 'Internal error',
    retryable: false,
    description: 'The server failed. Its log has the details under the request id.',
  },
  'store.damaged': {
    status: 500,
    title: 'Stored data is damaged',
    retryable: false,
    description:
      'The answer needs telemetry that cannot be read any more. The detail names the block, the file and the byte. Other answers are not affected. Put the file back from a backup, or stop the server and run `sojourn repair`.',
  },
  'query.invalid_search': {
    status: 400,
    title: 'Not a search',
    retryable: false,
    description: 'The text of `q` cannot be understood. The message says what to change.',
  },
  'search.too_broad': {
    status: 400,
    title: 'Search too broad',
    retryable: false,
    description:
      'Too much telemetry has the words of `q` to count its sessions exactly, and estimates are not given. Add words or a phrase, or name an area with `in:`. Lists have no such limit.',
  },
  'search.incomplete': {
    status: 503,
    title: 'Not all indexed',
    retryable: true,
    description:
      'Telemetry is still being indexed, so sessions with the text of `q` cannot be counted yet. Lists say up to when they are complete.',
  },
  'groups.too_many': {
    status: 400,
    title: 'Too many groups',
    retryable: false,
    description:
      'The sessions that match have more than 1,000,000 different values to group by. Choose a shorter time range or more filters.',
  },
  'store.unsupported': {
    status: 501,
    title: 'Not with this store',
    retryable: false,
    description:
      'The store that the server runs on cannot do this. The detail says what, and what it can do instead.',
  },
  'query.unavailable': {
    status: 503,
    title: 'Query service unavailable',
    retryable: true,
    description:
      'Queries cannot be answered at this moment: too many are waiting, the service is starting or stopping, or the database cannot be reached.',
  },
  'query.timeout': {
    status: 503,
    title: 'Query took too long',
    retryable: true,
    description:
      'The read took longer than --query-timeout allows and was given up, so that others get their turn. Ask for less at once: a smaller limit, or one trace.',
  },
  'store.unavailable': {
    status: 503,
    title: 'Not stored',
    retryable: true,
    description:
      'What was sent could not be stored, and nothing of it is: the disk is full, the database cannot be reached, or more comes than can be taken in. Send it again.',
  },
  'stream.unavailable': {
    status: 503,
    title: 'No stream left',
    retryable: true,
    description: 'As many streams are open as the server keeps, or it is stopping.',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof API_ERRORS;

/** One refused query parameter, as an element of `errors[]` of a 400. */
export interface FieldError {
  readonly field: string;
  /** Says how to fix it. */
  readonly message: string;
  readonly code: ErrorCode;
  /** The given value: a list if the parameter was given several times; missing if it was not given. */
  readonly rejected_value?: string | readonly string[];
}

/** The subject of a 404. */
interface MissingResource {
  readonly type: string;
  readonly id: string;
}

interface ApiErrorOptions {
  readonly fields?: readonly FieldError[] | undefined;
  readonly resource?: MissingResource | undefined;
}

/** The form of an `ApiError` that crosses between threads. */
export interface ApiErrorData extends ApiErrorOptions {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** An error that a client is shown, by its code. Anything else that is thrown becomes `internal.error`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[] | undefined;
  readonly resource: MissingResource | undefined;

  constructor(code: ErrorCode, detail: string, options: ApiErrorOptions = {}) {
    super(detail);
    this.code = code;
    this.fields = options.fields;
    this.resource = options.resource;
  }

  toData(): ApiErrorData {
    return { code: this.code, detail: this.message, fields: this.fields, resource: this.resource };
  }

  static fromData(data: ApiErrorData): ApiError {
    return new ApiError(data.code, data.detail, data);
  }
}

/**
 * The error for refused query parameters; `fields` must not be empty. It has the code of the fields if all
 * share one.
 */
export function queryError(fields: readonly FieldError[]): ApiError {
  const codes = new Set(fields.map((field) => field.code));
  const [code] = codes;
  const names = [...new Set(fields.map((field) => field.field))].join(', ');
  const detail =
    fields.length === 1
      ? fields[0]!.message
      : `${fields.length} problems with the query parameters ${names}.`;
  return new ApiError(codes.size === 1 ? code! : 'query.invalid', detail, { fields });
}

/** A hint for a client that sent telemetry to a wrong path. */
export const TELEMETRY_HINT = 'Telemetry is sent to /v1/traces, /v1/logs and /v1/metrics.';

/** A problem document, for code that answers without the API's framework. */
export function problemDocument(
  code: ErrorCode,
  instance: string,
  detail: string,
): { readonly status: number; readonly type: string; readonly body: Buffer } {
  const { status, title } = API_ERRORS[code];
  const problem = { type: problemType(code), title, status, detail, instance };
  // As the schema of a 400 has it: no parameter was refused.
  const body = Buffer.from(JSON.stringify(status === 400 ? { ...problem, errors: [] } : problem));
  return { status, type: 'application/problem+json; charset=utf-8', body };
}

/** `type` of the problem document for a code: a reference relative to the server's root. */
export function problemType(code: ErrorCode): string {
  return `/problems/${code}`;
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(API_ERRORS, text);
}
