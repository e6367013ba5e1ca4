/** Entry of a query thread: opens its own reader and answers requests of `QueryThread`. */
import { parentPort, workerData } from 'node:worker_threads';
import { ApiError } from '../../contract/errors.js';
import { OwnPrices } from '../../normalize/own-prices.js';
import { createUserIds } from '../../normalize/user-id.js';
import type { SessionReader } from '../../store/contract/reader.js';
import { SessionQueries } from '../session-queries.js';
import type {
  Answer,
  QueryChannel,
  QueryMethod,
  QueryThreadReply,
  QueryThreadRequest,
  QueryWorkerData,
  Question,
} from './channel.js';
import { CancelFlags, ReadCancelledError, ReadLimit } from './read-limit.js';

const port = parentPort!;
const { readerModule, readerOptions, settings, cancelled } = workerData as QueryWorkerData;

const { openReader } = (await import(readerModule)) as {
  openReader(options: unknown, checkpoint: () => void): Promise<SessionReader>;
};
const limit = new ReadLimit({
  flags: new CancelFlags(cancelled),
  timeoutMs: settings.queryTimeoutMs,
  nowMs: () => performance.now(),
});
const userIds = createUserIds(settings.userIds);
const queries = new SessionQueries({
  reader: await openReader(readerOptions, limit.check),
  project: settings.project,
  activeMs: settings.activeMs,
  timeoutMs: settings.timeoutMs,
  ownPrices: new OwnPrices(settings.prices),
  userIdCandidates: (userId) => userIds.candidates(userId),
  ...(settings.pageUrls !== undefined && { pageUrls: settings.pageUrls }),
  now: () => BigInt(Date.now()) * 1_000_000n,
});

/** The methods by their names; the compiler knows which arguments go with which. */
const methods: {
  readonly [M in QueryMethod]: (...args: QueryChannel[M]['args']) => Promise<QueryChannel[M]['answer']>;
} = queries;

// One read at a time, in the order of the questions: the limit is that of the read at hand.
let latest: Promise<void> = Promise.resolve();

port.on('message', (request: QueryThreadRequest) => {
  if (request.kind === 'close') {
    // An error of the reader surfaces as the thread's own and ends it too.
    void queries.close().then(() => port.close());
    return;
  }
  latest = latest.then(async () => {
    const reply = await replyTo(request.id, request.question);
    const bytes = reply.kind === 'answer' ? reply.answer : undefined;
    port.postMessage(reply, bytes ? [bytes.buffer as ArrayBuffer] : []);
  });
});
port.postMessage({ kind: 'ready' } satisfies QueryThreadReply);

function ask<M extends QueryMethod>({ method, args }: Question<M>): Promise<Answer<M>> {
  return methods[method](...args);
}

async function replyTo(id: number, question: Question): Promise<QueryThreadReply> {
  try {
    limit.begin(id);
    return { kind: 'answer', id, answer: await ask(question) };
  } catch (error) {
    if (error instanceof ReadCancelledError) return { kind: 'stopped', id };
    if (error instanceof ApiError) return { kind: 'api-error', id, error: error.toData() };
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    return { kind: 'failure', id, message, stack };
  }
}
