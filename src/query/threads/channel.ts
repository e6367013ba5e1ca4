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

/** Methods of the query service, all of which a thread answers. */
export type QueryMethod = keyof QueryService;

/** What a query thread is asked for: each method with its arguments and its answer. */
export type QueryCalls = {
  readonly [M in QueryMethod]: {
    readonly args: Parameters<QueryService[M]>;
    readonly answer: Awaited<ReturnType<QueryService[M]>>;
  };
};

export type QueryQuestion<M extends QueryMethod = QueryMethod> = Question<QueryCalls, M>;

export type ToQueryThread = QueryQuestion | { readonly kind: 'close' };

export type FromQueryThread =
  /** The reader is open. */
  { readonly kind: 'ready' } | { readonly kind: 'outcome'; readonly outcome: QueryOutcome };

/** How a question ended. */
export type QueryOutcome =
  | Answer<QueryCalls, KindOf<QueryCalls>>
  | Failure<QueryCalls>
  /** The client's fault, or one that passes. */
  | { readonly id: number; readonly kind: QueryMethod; readonly refusal: ApiErrorData }
  /** Taken back before it was answered. */
  | { readonly id: number; readonly kind: QueryMethod; readonly stopped: true };

/** What a query thread works by. Crosses threads as it is. */
export interface QueryThreadSettings extends StateLimits {
  readonly project: string;
  /** The operator's own prices. */
  readonly prices: readonly OwnPrice[];
  readonly userIds: { readonly mode: UserIdMode; readonly key: Uint8Array };
  /** What of the addresses of pages is kept; `path` where it is left out. */
  readonly pageUrls?: PageUrlMode;
  readonly capabilities: StoreCapabilities;
  /** Longest that one read may take, ms. */
  readonly queryTimeoutMs: number;
}

/** What all threads of a pool are started with. */
export interface QueryThreadData {
  readonly readers: ReaderSource;
  readonly settings: QueryThreadSettings;
}

/** `workerData` of a query thread. */
export interface QueryWorkerData extends QueryThreadData {
  /** Which questions are taken back; see `CancelFlags`. Shared memory. */
  readonly cancelled: SharedFlags;
}
