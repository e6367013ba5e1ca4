import type { PageView, VitalName } from '../normalize/facts.js';
import type { StoredException } from '../store/contract/exception.js';
import type { RecordId } from '../store/contract/group.js';

/** What happened on a page, as far as it is listed one by one; counts are of all. */
export const MAX_REQUESTS = 20;
export const MAX_EXCEPTIONS = 10;
export const MAX_ACTIONS = 50;

/** Longest texts, UTF-16 units. */
export const MAX_MESSAGE = 1_000;
export const MAX_STACK = 4_000;
export const MAX_TARGET = 300;

/** A page or screen of a visit and what happened on it. */
export interface PageVisit {
  /** The record that tells of it. */
  readonly record: RecordId;
  readonly page: PageView;
  readonly enteredNs: bigint;
  /** When the next page was entered, unless the visitor was away before that: then, and of the last page, the last activity on it. */
  readonly leftNs: bigint;
  readonly isEntry: boolean;
  readonly isExit: boolean;
  readonly vitals: ReadonlyMap<VitalName, number>;
  readonly clickCount: number;
  /** In order of time. */
  readonly actions: readonly VisitAction[];
  readonly actionCount: number;
  readonly requestCount: number;
  readonly failedRequestCount: number;
  /** Those that failed first, then the slowest. */
  readonly requests: readonly VisitRequest[];
  readonly exceptionCount: number;
  /** Of each kind one, in order of time. */
  readonly exceptions: readonly VisitException[];
  readonly agent?: VisitAgent;
  /** Not all of what happened was looked at. */
  readonly isTruncated: boolean;
}

export const ACTION_KINDS = ['click', 'submit', 'input', 'key', 'scroll', 'other'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** Something that the visitor did. */
export interface VisitAction {
  readonly kind: ActionKind;
  readonly timeNs: bigint;
  /** What it was done to: a selector, a path, a label. */
  readonly target?: string;
  /** The kind of element, such as `BUTTON`. */
  readonly element?: string;
  readonly record: RecordId;
}

export interface VisitRequest {
  readonly record: RecordId;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly method?: string;
  /** Without query and fragment. */
  readonly url?: string;
  readonly statusCode?: number;
  readonly hasFailed: boolean;
  /** Why it failed, where that is said. */
  readonly error?: string;
  /** The span of the server that answered; of a request that only a server tells of, that of the request itself. */
  readonly server?: VisitServer;
}

export interface VisitServer {
  readonly record: RecordId;
  readonly name: string;
  readonly service?: string;
  readonly durationNs: bigint;
}

/** A kind of exception as a page has it: counts and times are of its reports there, texts are of the first that has a stack, else of the first. */
export type VisitException = Omit<StoredException, 'position'>;

/** The model calls of a page. */
export interface VisitAgent {
  readonly callCount: number;
  /** The first of them. */
  readonly record: RecordId;
  readonly timeNs: bigint;
}
