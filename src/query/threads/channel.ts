import type { Answer, Failure, KindOf, Question } from '../../channel.js';
import type { ApiErrorData } from '../../contract/errors.js';
import type { OwnPrice } from '../../normalize/own-prices.js';
import type { UserIdMode } from '../../normalize/user-id.js';
import type { PageUrlMode } from '../../normalize/visit/page-url.js';
import type { ReaderSource } from '../../store/contract/reader-source.js';
import type { StoreCapabilities } from '../../store/contract/store.js';
import type { QueryService } from '../query-service.js';
import type { StateLimits } from '../state.js';
import type { SharedFlags } from './read-limit.js';

/** Methods of the query service. A thread answers all of them. */
export type QueryMethod = keyof QueryService;

/** The requests to a query thread: each method with the project, its arguments and its answer. */
export type QueryCalls = {
  readonly [M in QueryMethod]: {
    readonly args: readonly [project: string, ...Parameters<QueryService[M]>];
    readonly answer: Awaited<ReturnType<QueryService[M]>>;
  };
};

export type QueryQuestion<M extends QueryMethod = QueryMethod> = Question<QueryCalls, M>;

export type ToQueryThread = QueryQuestion | { readonly kind: 'close' };

export type FromQueryThread =
  /** The reader is open. */
  { readonly kind: 'ready' } | { readonly kind: 'outcome'; readonly outcome: QueryOutcome };

/** How a request ended. */
export type QueryOutcome =
  | Answer<QueryCalls, KindOf<QueryCalls>>
  | Failure<QueryCalls>
  /** An error that the client can correct or retry. */
  | { readonly id: number; readonly kind: QueryMethod; readonly refusal: ApiErrorData }
  /** Cancelled before it was answered. */
  | { readonly id: number; readonly kind: QueryMethod; readonly stopped: true };

/** Settings of a query thread. Can be sent to it unchanged. */
export interface QueryThreadSettings extends StateLimits {
  /** The operator's own prices. */
  readonly prices: readonly OwnPrice[];
  readonly userIds: { readonly mode: UserIdMode; readonly key: Uint8Array };
  /** Which parts of page addresses are stored. Default: `path`. */
  readonly pageUrls?: PageUrlMode;
  readonly capabilities: StoreCapabilities;
  /** Maximum duration of one read, ms. */
  readonly queryTimeoutMs: number;
}

/** Start data of all threads of a pool. */
export interface QueryThreadData {
  readonly readers: ReaderSource;
  readonly settings: QueryThreadSettings;
}

/** `workerData` of a query thread. */
export interface QueryWorkerData extends QueryThreadData {
  /** The cancelled requests, in shared memory. See `CancelFlags`. */
  readonly cancelled: SharedFlags;
}
