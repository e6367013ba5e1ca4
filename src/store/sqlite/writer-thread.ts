import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { errorText, type Outcome } from '../../channel.js';
import { createNormalizer } from '../../normalize/create.js';
import { quietPatterns } from '../../normalize/quiet-routes.js';
import { freeBatch, unpackBatch } from '../contract/packed-batch.js';
import { type AppendAnswer, CommitQueue, IDLE_MS } from '../engine/commit-queue.js';
import { SESSIONS_AGAIN } from '../engine/engine.js';
import { sessionIdentity, textOf, userIdentity } from '../engine/identity.js';
import { Slices } from '../engine/slices.js';
import { fitLog, installationKey, noteDurable, openForWriting, openLog, probeDatabase } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { engineOn } from './engine-store.js';
import { refuseNewerRows } from './newer-rows.js';
import type { FromWriter, ToWriter, WriterCalls, WriterThreadOptions } from './writer-messages.js';

/** How often sessions that timed out are listed as closed, ms. */
const CLOSE_EVERY_MS = 1_000;

/** Pause between two chunks of sessions that are packed while nothing else is to do, ms: about as long as one takes. */
const PACK_PAUSE_MS = 50;

/** When work that failed is tried again, ms. */
const RETRY_MS = 1_000;

/** How long a start catches up before it is ready, ms: sessions that are behind by little are not seen to be. */
const START_MS = 250;

/** Between two reports of how far sessions are brought up to the log, ms. */
const REPORT_MS = 200;

/** The start was given up because the process is to stop. */
class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

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
  refuseNewerRows(options.directory, db);
  const log = openLog(options.directory, db, { tell: progress });
  const userIdKey = installationKey(db);
  const normalizerOptions = { ...options.normalizer, userIdKey };
  const quietRoutes = quietPatterns(normalizerOptions.quietRoutes ?? []).join();
  const { engine, quiet } = engineOn(db, log, {
    normalizer: await createNormalizer(normalizerOptions),
    settings: textOf(sessionIdentity(normalizerOptions)),
    quietRoutes,
    ...(normalizerOptions.pageUrls !== undefined && { pageUrls: normalizerOptions.pageUrls }),
    implicitSessions: options.implicitSessions,
    timeoutNs: BigInt(options.timeoutMs) * 1_000_000n,
    sessionsByUser: options.sessionsBy === 'user' ? { identity: userIdentity(normalizerOptions) } : undefined,
    hotRecords: options.hotRecords,
    now: () => options.nowNs ?? BigInt(Date.now()) * 1_000_000n,
    foldFailed: (reason) => send({ kind: 'foldFailed', reason }),
    damaged: (blocks) => send({ kind: 'damaged', blocks }),
    foldDelayed: (reason) => {
      send({ kind: 'trouble', message: reason });
      lost(reason);
    },
    listenerFailed: (reason) => send({ kind: 'trouble', message: reason }),
    settingsFailed: (reason) =>
      progress(`sessions of older settings stay as they are until the next start: ${reason}`),
    progress,
  });

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
      for (const { batch } of appends) freeBatch(batch);
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
      run();
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
  const settingsSlices = new Slices(SESSIONS_AGAIN, () => performance.now());
  let following: NodeJS.Timeout | undefined;
  /** Brings a slice of sessions up to today's settings, and goes on while nothing else is to do. */
  const followSettings = (): void => {
    clearTimeout(following);
    if (!engine.hasSettingsWork || closing) return;
    aside(() => settingsSlices.run((sessions) => engine.followSettings(sessions)));
    if (!engine.hasSettingsWork || !queue.isIdle || probing !== undefined) return;
    following = setTimeout(followSettings, engine.areListsCurrent ? PACK_PAUSE_MS : 0);
  };
  const sweep = setInterval(
    () =>
      aside(() => {
        engine.closeTimedOut();
        fitLog(db);
        quiet.sweep();
        pack();
        followSettings();
      }),
    CLOSE_EVERY_MS,
  );
  /** The block that sessions were up to when catching up began, where it is told of. */
  let behindFrom: number | undefined;
  let reportedMs = 0;
  /** Tells how far sessions are brought up to the log: how many records they lack and, where it takes more than a slice, what part is done. */
  const report = (): void => {
    const nowMs = performance.now();
    sendUnfolded();
    if (!engine.isBehind) {
      if (behindFrom === undefined) return;
      behindFrom = undefined;
      send({ kind: 'catchingUp' });
    } else if (
      behindFrom === undefined ||
      engine.foldedBlock < behindFrom ||
      nowMs - reportedMs > REPORT_MS
    ) {
      behindFrom = Math.min(behindFrom ?? engine.foldedBlock, engine.foldedBlock);
      reportedMs = nowMs;
      const { foldedBlock, lastBlock } = engine;
      send({ kind: 'catchingUp', done: foldedBlock - behindFrom, total: lastBlock - behindFrom });
    }
  };
  let settling: NodeJS.Timeout | undefined;
  const settle = (afterMs: number): void => {
    settling = setTimeout(
      () =>
        aside(
          () => {
            queue.settle();
            report();
            run();
          },
          () => settle(RETRY_MS),
        ),
      afterMs,
    );
  };
  const run = (): void => {
    clearTimeout(settling);
    void queue.run().then(onIdle);
  };
  port.on('message', (message: ToWriter) => {
    handle(message);
    run();
  });
  let closed = false;
  const onIdle = (isBehind: boolean): void => {
    if (closed) return;
    clearTimeout(settling);
    report();
    if (isBehind && !closing) settle(!engine.isBehind ? IDLE_MS : engine.isHeldUp ? RETRY_MS : 0);
    if (!closing) return;
    closed = true;
    // What is not folded now is folded after the next start.
    aside(() => queue.settle());
    clearInterval(sweep);
    clearTimeout(packing);
    clearTimeout(following);
    clearInterval(probing);
    aside(() => db.exec('PRAGMA optimize'));
    noteDurable(db, log);
    db.close();
    log.close();
    send({ kind: 'closed' });
    port.close();
  };
  queue.catchUp(START_MS);
  if (engine.isBehind) {
    const blocks = engine.lastBlock - engine.foldedBlock;
    progress(`folding ${blocks} block(s) of telemetry not yet in sessions; telemetry is taken meanwhile`);
    // At the least something: after a change of the rules all sessions are to be made again, and no block is left over.
    queue.leftUnfolded(Math.max(1, engine.countUnfolded()));
  } else {
    aside(() =>
      settingsSlices.run((sessions) => engine.followSettings(sessions) && !engine.areListsCurrent, START_MS),
    );
  }
  report();
  toldUnfolded = queue.unfolded;
  send({ kind: 'ready', installationKey: userIdKey, unfolded: toldUnfolded });
  run();
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
