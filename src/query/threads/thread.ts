/** Entry point of a query thread: opens its own reader and answers the requests of `QueryThread`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type Answer, errorText } from '../../channel.js';
import { ApiError } from '../../contract/errors.js';
import { OwnPrices } from '../../normalize/own-prices.js';
import { createUserIds } from '../../normalize/user-id.js';
import { DamagedBlockError } from '../../store/contract/damaged.js';
import { openReader } from '../../store/contract/reader-source.js';
import { InexactSearchError } from '../../store/contract/text-search.js';
import { TooManyGroupsError } from '../../store/contract/too-many-groups.js';
import { StoreUnavailableError } from '../../store/contract/unavailable.js';
import type { QueryService } from '../query-service.js';
import { ProjectQueries } from '../session-queries.js';
import type {
  FromQueryThread,
  QueryCalls,
  QueryMethod,
  QueryOutcome,
  QueryQuestion,
  QueryWorkerData,
  ToQueryThread,
} from './channel.js';
import { CancelFlags, ReadCancelledError, ReadLimit } from './read-limit.js';

const port = parentPort as MessagePort;
const { readers, settings, cancelled }: QueryWorkerData = workerData;

const limit = new ReadLimit({
  flags: new CancelFlags(cancelled),
  timeoutMs: settings.queryTimeoutMs,
  nowMs: () => performance.now(),
});
const userIds = createUserIds(settings.userIds);
const queries = new ProjectQueries({
  reader: await openReader(readers, limit.check),
  activeMs: settings.activeMs,
  timeoutMs: settings.timeoutMs,
  capabilities: settings.capabilities,
  ownPrices: new OwnPrices(settings.prices),
  userIdCandidates: (userId) => userIds.candidates(userId),
  ...(settings.pageUrls !== undefined && { pageUrls: settings.pageUrls }),
  now: () => BigInt(Date.now()) * 1_000_000n,
});

// Reads run one after another, in order of the requests: the limit is that of the current read.
let latest: Promise<void> = Promise.resolve();

port.on('message', (message: ToQueryThread) => {
  if (message.kind === 'close') {
    // An error of the reader also ends the thread.
    void queries.close().then(() => port.close());
    return;
  }
  latest = latest.then(async () => {
    const outcome = await outcomeOf(message);
    const bytes = 'answer' in outcome ? outcome.answer : undefined;
    send({ kind: 'outcome', outcome }, bytes && [bytes.buffer as ArrayBuffer]);
  });
});
send({ kind: 'ready' });

function send(message: FromQueryThread, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

/** The methods of a service by name. The compiler checks the arguments and answer of each. */
type Methods = {
  readonly [M in QueryMethod]: (...args: Parameters<QueryService[M]>) => Promise<QueryCalls[M]['answer']>;
};

async function ask<M extends QueryMethod>({
  id,
  kind,
  args: [project, ...args],
}: QueryQuestion<M>): Promise<Answer<QueryCalls, M>> {
  const methods: Methods = queries.of(project);
  return { id, kind, answer: await methods[kind](...args) };
}

async function outcomeOf(question: QueryQuestion): Promise<QueryOutcome> {
  const { id, kind } = question;
  try {
    limit.begin(id);
    return await ask(question);
  } catch (error) {
    if (error instanceof ReadCancelledError) return { id, kind, stopped: true };
    if (error instanceof ApiError) return { id, kind, refusal: error.toData() };
    if (error instanceof StoreUnavailableError) {
      const refusal = new ApiError('query.unavailable', 'The database cannot be read at the moment.');
      return { id, kind, refusal: refusal.toData() };
    }
    if (error instanceof InexactSearchError) {
      const code = error.reason === 'broad' ? 'search.too_broad' : 'search.incomplete';
      return { id, kind, refusal: new ApiError(code, `${error.message}.`).toData() };
    }
    if (error instanceof TooManyGroupsError) {
      const refusal = new ApiError('groups.too_many', `${error.message}.`);
      return { id, kind, refusal: refusal.toData() };
    }
    if (error instanceof DamagedBlockError) {
      const refusal = new ApiError('store.damaged', `${error.message}.`);
      return { id, kind, refusal: refusal.toData() };
    }
    return { id, kind, error: errorText(error) };
  }
}
