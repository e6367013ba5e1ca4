import type { PageView, VitalName } from '../normalize/facts.js';
import type { StoredException } from '../store/contract/exception.js';
import type { RecordId } from '../store/contract/group.js';

/** Limits of the lists of what happened on a page; counts include everything. */
export const MAX_REQUESTS = 20;
export const MAX_EXCEPTIONS = 10;
export const MAX_ACTIONS = 50;

/** Maximum length of texts, UTF-16 units. */
export const MAX_MESSAGE = 1_000;
export const MAX_STACK = 4_000;
export const MAX_TARGET = 300;

/** A page or screen of a visit and what happened on it. */
export interface PageVisit {
  /** The record that reports it. */
  readonly record: RecordId;
  readonly page: PageView;
  readonly enteredNs: bigint;
  /**
   * When the next page was entered. If the visitor was away before that, and for the last page: the last
   * activity on it.
   */
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
  /** Failed ones first, then the slowest. */
  readonly requests: readonly VisitRequest[];
  readonly exceptionCount: number;
  /** One of each kind, in order of time. */
  readonly exceptions: readonly VisitException[];
  readonly agent?: VisitAgent;
  /** Not everything that happened was read. */
  readonly isTruncated: boolean;
}

export const ACTION_KINDS = ['click', 'submit', 'input', 'key', 'scroll', 'other'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** An action of the visitor. */
export interface VisitAction {
  readonly kind: ActionKind;
  readonly timeNs: bigint;
  /** The target: a selector, a path, a label. */
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
  /** Why it failed, if reported. */
  readonly error?: string;
  /**
   * The span of the server that answered. For a request that only a server reports, the span of the request
   * itself.
   */
  readonly server?: VisitServer;
}

export interface VisitServer {
  readonly record: RecordId;
  readonly name: string;
  readonly service?: string;
  readonly durationNs: bigint;
}

/**
 * A kind of exception on a page: counts and times are of its reports there, texts are of the first report
 * with a stack, else of the first.
 */
export type VisitException = Omit<StoredException, 'position'>;

/** The model calls of a page. */
export interface VisitAgent {
  readonly callCount: number;
  /** The first of them. */
  readonly record: RecordId;
  readonly timeNs: bigint;
}
