import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createNormalizer, normalizerIdentity, whoIdentity } from '../../normalize/create.js';
import { quietPatterns } from '../../normalize/quiet-routes.js';
import { CommitQueue, IDLE_MS } from '../engine/commit-queue.js';
import { Engine, StoppedError } from '../engine/engine.js';
import { freeBytes, unpackBatch } from './batch-transfer.js';
import { DataDirectoryError, fitLog, Meta, openForWriting } from './database.js';
import type { FromWriter, ToWriter, WriterThreadOptions } from './writer-messages.js';

/** How often sessions that timed out are listed as closed, ms. */
const CLOSE_EVERY_MS = 1_000;

/** Pause between two chunks of sessions that are packed while nothing else is to do, ms: about as long as one takes. */
const PACK_PAUSE_MS = 50;

/** When work that failed is tried again, ms. */
const RETRY_MS = 1_000;

const port = parentPort as MessagePort;
const options = workerData as WriterThreadOptions;

function send(message: FromWriter): void {
  port.postMessage(message);
}

async function main(): Promise<void> {
  const db = openForWriting(options.directory, options.cacheBytes);
  const installationKey = new Meta(db).installationKey();
  const normalizerOptions = { ...options.normalizer, userIdKey: installationKey };
  const quietRoutes = quietPatterns(normalizerOptions.quietRoutes ?? []).join();
  const engine = new Engine(db, {
    normalizer: await createNormalizer(normalizerOptions),
    settings: normalizerIdentity(normalizerOptions),
    quietRoutes,
    ...(normalizerOptions.pageUrls !== undefined && { pageUrls: normalizerOptions.pageUrls }),
    implicitSessions: options.implicitSessions,
    timeoutNs: BigInt(options.timeoutMs) * 1_000_000n,
    sessionsByUser: options.sessionsBy === 'user' ? { identity: whoIdentity(normalizerOptions) } : undefined,
    hotRecords: options.hotRecords,
    now: () => options.nowNs ?? BigInt(Date.now()) * 1_000_000n,
    foldFailed: (reason) => send({ type: 'foldFailed', reason }),
    listenerFailed: (reason) => send({ type: 'trouble', message: reason }),
    isStopped: () => Atomics.load(options.stop, 0) === 1,
  });
  engine.recover((message) => send({ type: 'progress', message }));

  const queue = new CommitQueue(engine, {
    answer: (answers, appends) => {
      const failed = answers.find((answer) => 'error' in answer);
      if (failed !== undefined) lost(failed.error);
      else if (appends.length > 0) regained();
      send({ type: 'appended', answers, unfolded: queue.unfolded });
      for (const { batch } of appends) freeBytes(batch);
    },
    receive: () => {
      for (;;) {
        const received = receiveMessageOnPort(port);
        if (received === undefined) return;
        handle(received.message as ToWriter);
      }
    },
    nowMs: () => performance.now(),
  });
  /** Set while nothing can be written: tries from time to time, since senders that are told so may stay away. */
  let probing: NodeJS.Timeout | undefined;
  const lost = (reason: string): void => {
    if (probing !== undefined) return;
    send({ type: 'writable', reason });
    probing = setInterval(() => {
      try {
        engine.probe();
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
    send({ type: 'writable' });
  };
  let closing = false;
  const answer = (id: number, work: () => boolean): void => {
    try {
      send({ type: 'done', id, found: work() });
    } catch (error) {
      send({ type: 'failed', id, message: (error as Error).message });
    }
  };
  const tell = (project: string, sessionIds: readonly string[]): void =>
    send({ type: 'changed', project, sessionIds });
  const handle = (message: ToWriter): void => {
    switch (message.type) {
      case 'append':
        queue.push({ id: message.id, project: message.project, batch: unpackBatch(message.batch) });
        return;
      case 'invalidate':
        queue.pushBetween(() =>
          answer(message.id, () => engine.invalidate(message.project, message.sessionId)),
        );
        return;
      case 'refresh':
        queue.pushBetween(() => answer(message.id, () => engine.refresh(message.project, message.sessionId)));
        return;
      case 'watch':
        engine.listener = message.on ? tell : undefined;
        send({ type: 'done', id: message.id, found: true });
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
      send({ type: 'trouble', message });
      lost(message);
      again();
    }
  };
  let packing: NodeJS.Timeout | undefined;
  /** Packs a chunk of sessions, and goes on while nothing else is to do: senders wait for one chunk at most. */
  const pack = (): void => {
    clearTimeout(packing);
    if (engine.packQuietSessions() && queue.isIdle) packing = setTimeout(() => aside(pack), PACK_PAUSE_MS);
  };
  const sweep = setInterval(
    () =>
      aside(() => {
        engine.closeTimedOut();
        fitLog(db);
        engine.sweepQuietSessions();
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
            send({ type: 'settled', unfolded: queue.unfolded });
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
    send({ type: 'closed' });
    port.close();
  };
  if (engine.isBehind) {
    // At the least something: after a change of the rules all sessions are to be made again, and no block is left over.
    queue.leftUnfolded(Math.max(1, engine.countUnfolded()));
    lost('the disk did not take what the start had to write');
    settle(RETRY_MS);
  }
  send({ type: 'ready', installationKey, unfolded: queue.unfolded });
}

main().catch((error: unknown) => {
  if (error instanceof StoppedError) send({ type: 'stopped' });
  else if (error instanceof DataDirectoryError) send({ type: 'refused', message: error.message });
  else throw error;
});
