import type { ApiErrorData } from '../../contract/errors.js';
import type { OwnPrice } from '../../normalize/own-prices.js';
import type { UserIdMode } from '../../normalize/user-id.js';
import type { PageUrlMode } from '../../normalize/visit/page-url.js';
import type { QueryService } from '../query-service.js';
import type { StateLimits } from '../state.js';
import type { SharedFlags } from './read-limit.js';

/** Methods of the query service that a thread answers, all but `close`. */
export type QueryMethod = Exclude<keyof QueryService, 'close'>;

/** What each method is asked with and what it answers: all that crosses between the threads. */
export type QueryChannel = {
  readonly [M in QueryMethod]: {
    readonly args: Parameters<QueryService[M]>;
    readonly answer: Awaited<ReturnType<QueryService[M]>>;
  };
};

/** One question; a union of those of all methods where none is named. */
export type Question<M extends QueryMethod = QueryMethod> = {
  readonly [K in M]: { readonly method: K; readonly args: QueryChannel[K]['args'] };
}[M];

export type Answer<M extends QueryMethod = QueryMethod> = QueryChannel[M]['answer'];

/** What a query thread works by. Crosses threads as it is. */
export interface QueryThreadSettings extends StateLimits {
  readonly project: string;
  /** The operator's own prices. */
  readonly prices: readonly OwnPrice[];
  readonly userIds: { readonly mode: UserIdMode; readonly key: Uint8Array };
  /** What of the addresses of pages is kept; `path` where it is left out. */
  readonly pageUrls?: PageUrlMode;
  /** Longest that one read may take, ms. */
  readonly queryTimeoutMs: number;
}

/** What all threads of a pool are started with. */
export interface QueryThreadData {
  readonly readerModule: string;
  readonly readerOptions: unknown;
  readonly settings: QueryThreadSettings;
}

/** `workerData` of a query thread. */
export interface QueryWorkerData extends QueryThreadData {
  /** Which questions are taken back; see `CancelFlags`. Shared memory. */
  readonly cancelled: SharedFlags;
}

export type QueryThreadRequest =
  | { readonly kind: 'query'; readonly id: number; readonly question: Question }
  | { readonly kind: 'close' };

export type QueryThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  /** Taken back before it was answered. */
  | { readonly kind: 'stopped'; readonly id: number }
  | { readonly kind: 'api-error'; readonly id: number; readonly error: ApiErrorData }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string; readonly stack: string };
