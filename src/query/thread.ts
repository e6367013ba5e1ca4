/** Entry of a query thread: opens its own reader and answers requests of `QueryThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import { ApiError } from '../errors.js';
import { OwnPrices } from '../normalize/own-prices.js';
import { createUserIds } from '../normalize/user-id.js';
import type { SessionReader } from '../store/store.js';
import { SessionQueries } from './session-queries.js';
import type { QueryThreadData, QueryThreadReply, QueryThreadRequest } from './thread-messages.js';

const port = parentPort!;
const { readerModule, readerOptions, settings } = workerData as QueryThreadData;

const { openReader } = (await import(readerModule)) as {
  openReader(options: unknown): Promise<SessionReader>;
};
const userIds = createUserIds(settings.userIds);
const queries = new SessionQueries({
  reader: await openReader(readerOptions),
  project: settings.project,
  activeMs: settings.activeMs,
  timeoutMs: settings.timeoutMs,
  ownPrices: new OwnPrices(settings.prices),
  userIdCandidates: (userId) => userIds.candidates(userId),
  now: () => BigInt(Date.now()) * 1_000_000n,
});

port.on('message', (request: QueryThreadRequest) => {
  if (request.kind === 'close') {
    // An error of the reader surfaces as the thread's own and ends it too.
    void queries.close().then(() => port.close());
    return;
  }
  void answer(request).then((reply) => {
    const bytes = reply.kind === 'answer' ? reply.bytes : undefined;
    port.postMessage(reply, bytes ? [bytes.buffer as ArrayBuffer] : []);
  });
});
port.postMessage({ kind: 'ready' } satisfies QueryThreadReply);

async function answer(request: QueryThreadRequest & { kind: 'query' }): Promise<QueryThreadReply> {
  const { id, method, args } = request;
  try {
    const call = queries[method] as (...args: readonly unknown[]) => Promise<Uint8Array | undefined>;
    return { kind: 'answer', id, bytes: await call.apply(queries, [...args]) };
  } catch (error) {
    if (error instanceof ApiError) return { kind: 'api-error', id, error: error.toData() };
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    return { kind: 'failure', id, message, stack };
  }
}
