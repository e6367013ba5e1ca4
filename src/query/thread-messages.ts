import type { ApiErrorData } from '../errors.js';
import type { OwnPrice } from '../normalize/own-prices.js';
import type { UserIdMode } from '../normalize/user-id.js';
import type { QueryService } from './query-service.js';
import type { StateLimits } from './state.js';

/** Methods of the query service that a thread answers, all but `close`. */
export type QueryMethod = Exclude<keyof QueryService, 'close'>;

/** What a query thread works by. Crosses threads as it is. */
export interface QueryThreadSettings extends StateLimits {
  readonly project: string;
  /** The operator's own prices. */
  readonly prices: readonly OwnPrice[];
  readonly userIds: { readonly mode: UserIdMode; readonly key: Uint8Array };
}

/** `workerData` of a query thread. */
export interface QueryThreadData {
  readonly readerModule: string;
  readonly readerOptions: unknown;
  readonly settings: QueryThreadSettings;
}

export type QueryThreadRequest =
  | {
      readonly kind: 'query';
      readonly id: number;
      readonly method: QueryMethod;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'close' };

export type QueryThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'api-error'; readonly id: number; readonly error: ApiErrorData }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string; readonly stack: string };
