import type { components } from '../../../client/src/schema.js';

type ProblemDocument = Partial<components['schemas']['QueryProblem'] & components['schemas']['Problem']>;

/** An error answer of the API. */
export class ApiProblem extends Error {
  readonly status: number;
  /** The error code, such as `session.not_found`; undefined if the answer was not a problem document. */
  readonly code: string | undefined;
  /** The parameters that the server names as wrong. */
  readonly fields: readonly string[];

  constructor(status: number, document: unknown) {
    const { type, title, detail, errors } = isObject(document) ? (document as ProblemDocument) : {};
    const fields = errors?.map(({ message }) => message).join(' ');
    super(fields || detail || title || `The server answered with status ${status}.`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = type?.split('/').at(-1);
    this.fields = errors?.map(({ field }) => field) ?? [];
  }
}

/** The server did not answer. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server does not answer.', { cause });
    this.name = 'Unreachable';
  }
}

/** Describes an error for the reader of the page. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Statuses of requests that can be answered another time: timeout, too early, too many. */
const PASSING = new Set([408, 425, 429]);
/** The store has no such answer, now and later. */
const NOT_IMPLEMENTED = 501;

/** Whether the same request may be answered another time: not if the server says that the request itself is wrong. */
export function mayPass(error: unknown): boolean {
  return (
    !(error instanceof ApiProblem) ||
    (error.status >= 500 && error.status !== NOT_IMPLEMENTED) ||
    PASSING.has(error.status)
  );
}

/** Whether the server says that this parameter is wrong. */
export function isAbout(error: unknown, field: string): boolean {
  return error instanceof ApiProblem && error.fields.includes(field);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
