import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { errorText, type Outcome } from '../../channel.js';
import { createNormalizer, normalizerIdentity, whoIdentity } from '../../normalize/create.js';
import { quietPatterns } from '../../normalize/quiet-routes.js';
import { freeBytes, unpackBatch } from '../contract/packed-batch.js';
import { type AppendAnswer, CommitQueue, IDLE_MS } from '../engine/commit-queue.js';
import { StoppedError } from '../engine/engine.js';
import { fitLog, installationKey, openForWriting, openLog, probeDatabase } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { engineOn } from './engine-store.js';
import type { FromWriter, ToWriter, WriterCalls, WriterThreadOptions } from './writer-messages.js';

/** How often sessions that timed out are listed as closed, ms. */
const CLOSE_EVERY_MS = 1_000;

/** Pause between two chunks of sessions that are packed while nothing else is to do, ms: about as long as one takes. */
const PACK_PAUSE_MS = 50;

/** When work that failed is tried again, ms. */
const RETRY_MS = 1_000;

const port = parentPort as MessagePort;
const options: WriterThreadOptions = workerData;

function send(message: FromWriter): void {
  port.postMessage(message);
}

async function main(): Promise<void> {
  const progress = (message: string): void => send({ kind: 'progress', message });
  const isStopped = (): boolean => Atomics.load(options.stop, 0) === 1;
  const checkpoint = (): void => {
    if (isStopped()) throw new StoppedError('stopped while the data directory was brought up to date');
  };
  const db = openForWriting(options.directory, options.cacheBytes, { progress, checkpoint });
  const log = openLog(options.directory, db, { tell: progress });
  const userIdKey = installationKey(db);
  const normalizerOptions = { ...options.normalizer, userIdKey };
  const quietRoutes = quietPatterns(normalizerOptions.quietRoutes ?? []).join();
  const { engine, quiet } = engineOn(db, log, {
    normalizer: await createNormalizer(normalizerOptions),
    settings: normalizerIdentity(normalizerOptions),
    quietRoutes,
    ...(normalizerOptions.pageUrls !== undefined && { pageUrls: normalizerOptions.pageUrls }),
    implicitSessions: options.implicitSessions,
    timeoutNs: BigInt(options.timeoutMs) * 1_000_000n,
    sessionsByUser: options.sessionsBy === 'user' ? { identity: whoIdentity(normalizerOptions) } : undefined,
    hotRecords: options.hotRecords,
    now: () => options.nowNs ?? BigInt(Date.now()) * 1_000_000n,
    foldFailed: (reason) => send({ kind: 'foldFailed', reason }),
    foldDelayed: (reason) => {
      send({ kind: 'trouble', message: reason });
      lost(reason);
    },
    listenerFailed: (reason) => send({ kind: 'trouble', message: reason }),
    isStopped,
  });
  engine.recover(progress);

  /** As the receiving thread was last told. */
  let toldUnfolded = 0;
  const sendAnswers = (outcomes: Outcome<WriterCalls>[]): void => {
    toldUnfolded = queue.unfolded;
    send({ kind: 'answers', outcomes, unfolded: toldUnfolded });
  };
  const sendUnfolded = (): void => {
    if (queue.unfolded === toldUnfolded) return;
    toldUnfolded = queue.unfolded;
    send({ kind: 'unfolded', records: toldUnfolded });
  };
  const queue = new CommitQueue(engine, {
    answer: (answers, appends) => {
      const failed = answers.find((answer) => 'error' in answer);
      if (failed !== undefined) lost(failed.error);
      else if (appends.length > 0 && !engine.isBehind) regained();
      sendAnswers(answers.map(outcomeOf));
      for (const { batch } of appends) freeBytes(batch);
    },
    receive: () => {
      for (;;) {
        const received: { readonly message: ToWriter } | undefined = receiveMessageOnPort(port);
        if (received === undefined) return;
        handle(received.message);
      }
    },
    nowMs: () => performance.now(),
  });
  /** Set while nothing can be written: tries from time to time, since senders that are told so may stay away. */
  let probing: NodeJS.Timeout | undefined;
  const lost = (reason: string): void => {
    if (probing !== undefined) return;
    send({ kind: 'writable', reason });
    probing = setInterval(() => {
      try {
        engine.probe();
        probeDatabase(db);
      } catch {
        return;
      }
      regained();
      void queue.run().then(onIdle);
    }, RETRY_MS);
  };
  const regained = (): void => {
    if (probing === undefined) return;
    clearInterval(probing);
    probing = undefined;
    send({ kind: 'writable' });
  };
  let closing = false;
  const settled = (outcome: Outcome<WriterCalls>): void => sendAnswers([outcome]);
  const tell = (project: string, sessionIds: readonly string[]): void =>
    send({ kind: 'changed', project, sessionIds });
  const handle = (message: ToWriter): void => {
    switch (message.kind) {
      case 'append': {
        const { project, batch } = message.args;
        queue.push({ id: message.id, project, batch: unpackBatch(batch) });
        return;
      }
      case 'invalidate':
        queue.pushBetween(() => {
          const { id, kind, args } = message;
          try {
            settled({ id, kind, answer: engine.invalidate(args.project, args.sessionId) });
          } catch (error) {
            settled({ id, kind, error: errorText(error) });
          }
        });
        return;
      case 'watch':
        engine.listener = message.args.on ? tell : undefined;
        settled({ id: message.id, kind: 'watch', answer: undefined });
        return;
      case 'close':
        closing = true;
        return;
    }
  };
  /** Work that no sender waits for: what fails, for want of disk as a rule, is told and tried again. */
  const aside = (work: () => void, again: () => void = () => {}): void => {
    try {
      work();
    } catch (error) {
      const { message } = error as Error;
      send({ kind: 'trouble', message });
      lost(message);
      again();
    }
  };
  let packing: NodeJS.Timeout | undefined;
  /** Packs a chunk of sessions, and goes on while nothing else is to do: senders wait for one chunk at most. */
  const pack = (): void => {
    clearTimeout(packing);
    if (quiet.packNext() && queue.isIdle) packing = setTimeout(() => aside(pack), PACK_PAUSE_MS);
  };
  const sweep = setInterval(
    () =>
      aside(() => {
        engine.closeTimedOut();
        fitLog(db);
        quiet.sweep();
        pack();
      }),
    CLOSE_EVERY_MS,
  );
  let settling: NodeJS.Timeout | undefined;
  const settle = (afterMs: number): void => {
    settling = setTimeout(
      () =>
        aside(
          () => {
            queue.settle();
            sendUnfolded();
          },
          () => settle(RETRY_MS),
        ),
      afterMs,
    );
  };
  port.on('message', (message: ToWriter) => {
    handle(message);
    clearTimeout(settling);
    void queue.run().then(onIdle);
  });
  let closed = false;
  const onIdle = (isBehind: boolean): void => {
    clearTimeout(settling);
    // Of what was folded after its answer.
    sendUnfolded();
    if (isBehind) settle(IDLE_MS);
    if (!closing || closed) return;
    closed = true;
    clearTimeout(settling);
    // What is not folded now is folded at the next start.
    aside(() => queue.settle());
    clearInterval(sweep);
    clearTimeout(packing);
    clearInterval(probing);
    aside(() => db.exec('PRAGMA optimize'));
    db.close();
    log.close();
    send({ kind: 'closed' });
    port.close();
  };
  if (engine.isBehind) {
    // At the least something: after a change of the rules all sessions are to be made again, and no block is left over.
    queue.leftUnfolded(Math.max(1, engine.countUnfolded()));
    lost('the disk did not take what the start had to write');
    settle(RETRY_MS);
  }
  toldUnfolded = queue.unfolded;
  send({ kind: 'ready', installationKey: userIdKey, unfolded: toldUnfolded });
}

function outcomeOf(answer: AppendAnswer): Outcome<WriterCalls> {
  const { id } = answer;
  if ('error' in answer) return { id, kind: 'append', error: { message: answer.error } };
  return { id, kind: 'append', answer: answer.result };
}

main().catch((error: unknown) => {
  if (error instanceof StoppedError) send({ kind: 'stopped' });
  else if (error instanceof DataDirectoryError) send({ kind: 'refused', message: error.message });
  else throw error;
});
