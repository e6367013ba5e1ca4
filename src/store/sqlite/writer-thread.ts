import { join } from 'node:path';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { errorText, type Outcome } from '../../channel.js';
import { createNormalizer } from '../../normalize/create.js';
import { quietPatterns } from '../../normalize/quiet-routes.js';
import { freeBatch, unpackBatch } from '../contract/packed-batch.js';
import type { SessionListener } from '../contract/store.js';
import { type AppendAnswer, CommitQueue, IDLE_MS } from '../engine/commit-queue.js';
import { type EngineOptions, SESSIONS_AGAIN } from '../engine/engine.js';
import { rowIdentity, sessionIdentity, textOf, userIdentity } from '../engine/identity.js';
import { Slices } from '../engine/slices.js';
import { Tombstones } from '../engine/tombstones.js';
import type { BlockLog } from '../records/log.js';
import { Rewriter } from '../records/rewriter.js';
import { fitLog, installationKey, isDamaged, isKeptWhole, noteDurable, probeDatabase } from './database.js';
import { DataDirectoryError } from './directory-lock.js';
import { engineOn } from './engine-store.js';
import { ErasureWork } from './erasure-work.js';
import { RetentionWork } from './retention/retention-work.js';
import { KEPT_FILE, LOG_FOLDER } from './schema.js';
import { numberOfFile, SessionFiles } from './session-files.js';
import { TextIndexing } from './text/text-indexing.js';
import type { FromWriter, ToWriter, WriterCalls, WriterThreadOptions } from './writer-messages.js';

/** Time between two checks for sessions that timed out, ms. */
const CLOSE_EVERY_MS = 1_000;

/**
 * Pause between two chunks of sessions that are packed while the queue is idle, ms: about as long as packing
 * one takes.
 */
const PACK_PAUSE_MS = 50;

/** Time after which failed work is tried again, ms. */
const RETRY_MS = 1_000;

/** How long a start catches up before it reports ready, ms. A short delay is never visible to readers. */
const START_MS = 250;

/** How long what was erased is kept out by default, ms. */
const TOMBSTONES_FOR_MS = 365 * 86_400_000;

/** Least time between two reports of catching up, ms. */
const REPORT_MS = 200;

/** Opening was aborted because the process is stopping. */
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
  const warn = (message: string): void => send({ kind: 'warning', message });
  const isStopped = (): boolean => Atomics.load(options.stop, 0) === 1;
  const checkpoint = (): void => {
    if (isStopped()) throw new StoppedError('stopped while the data directory was brought up to date');
  };
  const { directory, cacheBytes, normalizer } = options;
  const { pageUrls } = normalizer;
  const rowSettings = {
    ...(pageUrls !== undefined && { pageUrls }),
    timeoutNs: BigInt(options.timeoutMs) * 1_000_000n,
    sessionsByUser: options.sessionsBy === 'user' ? { identity: userIdentity(normalizer) } : undefined,
  };
  const files = SessionFiles.open(directory, {
    cacheBytes,
    identity: rowIdentity(rowSettings),
    work: { progress, opening: (moved) => send({ kind: 'opening', progress: moved }), warn, checkpoint },
  });
  const log = files.openLog({ report: warn, warn });
  const userIdKey = installationKey(files.db);
  const now = (): bigint => options.nowNs ?? BigInt(Date.now()) * 1_000_000n;
  const tombstones = new Tombstones(userIdKey, now);
  const normalizerOptions = { ...normalizer, userIdKey };
  const engineOptions: EngineOptions = {
    ...rowSettings,
    normalizer: await createNormalizer(normalizerOptions),
    settings: textOf(sessionIdentity(normalizerOptions)),
    quietRoutes: quietPatterns(normalizerOptions.quietRoutes ?? []).join(),
    implicitSessions: options.implicitSessions,
    hotRecords: options.hotRecords,
    tombstones,
    now,
    foldFailed: (reason) => send({ kind: 'foldFailed', reason }),
    damaged: (blocks) => send({ kind: 'damaged', blocks }),
    replacesRows: true,
    foldDelayed: (reason) => {
      send({ kind: 'trouble', message: reason });
      // If rows must be replaced, nothing is wrong with the disk.
      if (engine.damage === undefined) lost(reason);
    },
    listenerFailed: (reason) => send({ kind: 'trouble', message: reason }),
    settingsFailed: (reason) =>
      progress(`sessions of older settings stay as they are until the next start: ${reason}`),
    progress,
  };
  const { engine, store, quiet } = openEngine(files, log, engineOptions);
  if (files.lacking !== undefined) store.hold(files.lacking);
  const isCurrent = (): boolean =>
    !files.isRemaking && files.lacking === undefined && !engine.isBehind && engine.canFold;
  const rewriter = new Rewriter({ directory: join(directory, LOG_FOLDER), lock: options.segmentLock });
  let isStopping = false;
  /** Give up what waits for its turn between commits. */
  const waiting = new Set<() => void>();
  if (options.contentSearch !== true) TextIndexing.remove(directory);
  const texts =
    options.contentSearch === true ? new TextIndexing({ directory, progress }, log.lastId) : undefined;
  const removal = {
    ...{ texts, directory, db: () => files.db, engine, store, log, lock: options.segmentLock, rewriter },
    ...{ now, isCurrent, progress, warn },
    between: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        // Catching up may take long, and a stop does not wait for it.
        const giveUp = (): void => reject(new Error('the store is closing'));
        if (isStopping) {
          giveUp();
          return;
        }
        waiting.add(giveUp);
        queue.pushBetween(() => {
          waiting.delete(giveUp);
          if (isStopping) return;
          try {
            resolve(work());
          } catch (error) {
            reject(error);
          }
        });
        run();
      }),
  };
  const erasures = new ErasureWork({
    ...removal,
    tombstones,
    tombstonesForNs: BigInt(options.tombstonesForMs ?? TOMBSTONES_FOR_MS) * 1_000_000n,
    due: (due) => send({ kind: 'erasuresDue', due }),
  });
  const retention = new RetentionWork({
    ...removal,
    policy: options.retention,
    timeoutNs: rowSettings.timeoutNs,
    passed: (pass) => send({ kind: 'retained', pass }),
    heldBack: (reason) => send({ kind: 'retentionHeld', reason }),
  });
  /** Must be called before rows are made of blocks from this one on. */
  const beforeFolding = (from: number): void => {
    erasures.beforeFolding(from);
    retention.beforeFolding(from);
  };
  beforeFolding(engine.foldedBlock + 1);

  /** The number last reported to the receiving thread. */
  let reportedUnfolded = 0;
  const sendAnswers = (outcomes: Outcome<WriterCalls>[]): void => {
    reportedUnfolded = queue.unfolded;
    send({ kind: 'answers', outcomes, unfolded: reportedUnfolded });
  };
  const sendUnfolded = (): void => {
    if (queue.unfolded === reportedUnfolded) return;
    reportedUnfolded = queue.unfolded;
    send({ kind: 'unfolded', records: reportedUnfolded });
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
    replaceRows: () => leaveOutLost(),
  });
  /**
   * Set while nothing can be written. Probes the disk from time to time, because refused senders may not come
   * back.
   */
  let probing: NodeJS.Timeout | undefined;
  const lost = (reason: string): void => {
    if (probing !== undefined) return;
    send({ kind: 'writable', reason });
    probing = setInterval(() => {
      try {
        engine.probe();
        // Probing is pointless while the file does not exist.
        if (files.lacking !== undefined && !makeAgain()) return;
        // Ends the transaction of a fold, so that what the probe writes reaches the disk.
        engine.endFold();
        probeDatabase(files.db);
      } catch {
        return;
      }
      regained();
      // Records that were not durable at the start are durable now.
      if (engine.isBehind) queue.leftUnfolded(Math.max(1, engine.countUnfolded()));
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
  const reportChange: SessionListener = (project, sessionIds) =>
    send({ kind: 'changed', project, sessionIds });
  let isWatched = false;
  /** Reports changes, except while sessions are made in a file that readers do not see. */
  const listen = (): void => {
    engine.listener = isWatched && !files.isRemaking ? reportChange : undefined;
  };
  /** Sessions invalidated while all sessions are made again. The new rows do not have this yet. */
  const invalidated: { readonly project: string; readonly sessionId: string }[] = [];
  const handle = (message: ToWriter): void => {
    switch (message.kind) {
      case 'append': {
        const { project, batch } = message.args;
        queue.push({ id: message.id, project, batch: unpackBatch(batch) });
        return;
      }
      case 'invalidate': {
        const { id, kind, args } = message;
        const answer = (work: () => boolean): void => {
          try {
            settled({ id, kind, answer: work() });
          } catch (error) {
            settled({ id, kind, error: errorText(error) });
          }
        };
        const { project, sessionId } = args;
        let isMarked = false;
        try {
          // An open part of a fold locks all files, also for the other connection.
          if (files.isRemaking) engine.endFold();
          isMarked = files.invalidate(project, sessionId);
        } catch (error) {
          answer(() => {
            throw error;
          });
          return;
        }
        if (isMarked) {
          invalidated.push(args);
          answer(() => true);
          if (isWatched) reportChange(project, [sessionId]);
        } else queue.pushBetween(() => answer(() => engine.invalidate(project, sessionId)));
        return;
      }
      case 'erase': {
        const { id, kind, args } = message;
        const answer = (): void => {
          erasures.erase(args.project, args.target).then(
            (begun) => settled({ id, kind, answer: begun }),
            (error) => settled({ id, kind, error: errorText(error) }),
          );
        };
        // Catching up may take long.
        if (isCurrent()) queue.pushBetween(answer);
        else answer();
        return;
      }
      case 'erasure': {
        const { id, kind, args } = message;
        settled({ id, kind, answer: erasures.job(args.project, args.id) });
        return;
      }
      case 'retentionPlan': {
        const { id, kind, args } = message;
        retention.plan(args.policy).then(
          (answer) => settled({ id, kind, answer }),
          (error) => settled({ id, kind, error: errorText(error) }),
        );
        return;
      }
      case 'watch':
        isWatched = message.args.on;
        listen();
        settled({ id: message.id, kind: 'watch', answer: undefined });
        return;
      case 'close':
        isStopping = true;
        for (const giveUp of waiting) giveUp();
        void Promise.all([erasures.close(), retention.close(), texts?.close()]).then(() => {
          closing = true;
          run();
        });
        return;
    }
  };
  /** Background work. Failures, usually a full disk, are reported and retried. */
  const inBackground = (work: () => void, again: () => void = () => {}): void => {
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
  /** Packs a chunk of sessions, and continues while the queue is idle. Senders wait for one chunk at most. */
  const pack = (): void => {
    clearTimeout(packing);
    if (quiet.packNext() && queue.isIdle) packing = setTimeout(() => inBackground(pack), PACK_PAUSE_MS);
  };
  const settingsSlices = new Slices(SESSIONS_AGAIN, () => performance.now());
  let following: NodeJS.Timeout | undefined;
  /** Updates a slice of sessions to the current settings, and continues while the queue is idle. */
  const followSettings = (): void => {
    clearTimeout(following);
    if (!engine.hasSettingsWork || closing) return;
    inBackground(() => settingsSlices.run((sessions) => engine.followSettings(sessions)));
    if (!engine.hasSettingsWork || !queue.isIdle || probing !== undefined) return;
    following = setTimeout(followSettings, engine.areListsCurrent ? PACK_PAUSE_MS : 0);
  };
  /** Switches readers to the sessions that were made again, once these are complete. */
  const adopt = (): void => {
    if (!files.isRemaking || files.lacking !== undefined || engine.isBehind || !engine.canFold) return;
    for (let next = invalidated[0]; next !== undefined; next = invalidated[0]) {
      engine.invalidate(next.project, next.sessionId);
      invalidated.shift();
    }
    settingsSlices.run((sessions) => engine.followSettings(sessions) && !engine.areListsCurrent);
    // Readers must see everything that was folded.
    engine.endFold();
    if (!engine.areListsCurrent || engine.isBehind) return;
    files.adopt();
    listen();
    if (isWatched) for (const project of engine.projects) reportChange(project, undefined);
    progress('all sessions were made again, and are what is read from now on');
    report();
  };
  let isKeptDamaged = false;
  /**
   * Starts to make all sessions again in a new file. False if that is not possible yet. @throws if the file
   * cannot be created.
   */
  const makeAgain = (): boolean =>
    !rewriter.isBusy &&
    engine.replaceRows(() => {
      beforeFolding(1);
      files.remake();
      store.use(files.db);
    });
  /** Makes all sessions again if their rows name a damaged block of the log. Returns whether it does. */
  const leaveOutLost = (): boolean => {
    const { damage } = engine;
    if (damage === undefined || !makeAgain()) return false;
    warn(`all sessions are made again without the records that cannot be read: ${damage}`);
    readAgain();
    return true;
  };
  /** Sessions are being made again: reports it, and begins. */
  const readAgain = (): void => {
    listen();
    queue.leftUnfolded(Math.max(1, engine.countUnfolded()));
    run();
  };
  /** Makes all sessions again if their file is found to be damaged. */
  const repairSessions = (): void => {
    if (leaveOutLost()) return;
    const byReader = options.damagedFile?.[0] === numberOfFile(files.named) && !files.isRemaking;
    const damage = store.damage ?? (byReader ? 'a read says so' : undefined);
    if (damage === undefined || isKeptDamaged) return;
    if (!isKeptWhole(directory)) {
      isKeptDamaged = true;
      warn(`${KEPT_FILE} is damaged: put it back from a backup (${damage})`);
      return;
    }
    if (!makeAgain()) return;
    options.damagedFile?.fill(0);
    warn(`the file of sessions is damaged: all of them are made again (${damage})`);
    readAgain();
  };
  /** Work between commits that failed has left rows behind, and without appends nothing else brings them on. */
  const recover = (): void => {
    if (!engine.isBehind || !queue.isIdle || probing !== undefined) return;
    queue.leftUnfolded(Math.max(1, engine.countUnfolded()));
    run();
  };
  const sweep = setInterval(() => {
    inBackground(repairSessions);
    inBackground(recover);
    inBackground(() => {
      engine.closeTimedOut();
      fitLog(files.db);
      quiet.sweep();
      pack();
      followSettings();
      if (queue.isIdle) adopt();
      texts?.follow(engine.lastBlock);
      files.sweep();
      tombstones.expire();
      if (probing === undefined) erasures.run();
      if (probing === undefined && !erasures.isRemoving) retention.run();
    });
  }, CLOSE_EVERY_MS);
  /** The block that sessions were up to when catching up began. Undefined if it is not being reported. */
  let behindFrom: number | undefined;
  let reportedMs = 0;
  /** Reports how many records sessions lack and, if catching up takes more than a slice, how far it is. */
  const report = (): void => {
    const nowMs = performance.now();
    sendUnfolded();
    if (!engine.isBehind && !(files.isRemaking && engine.canFold)) {
      if (behindFrom === undefined) return;
      behindFrom = undefined;
      send({ kind: 'catchingUp', progress: undefined });
    } else if (
      behindFrom === undefined ||
      engine.foldedBlock < behindFrom ||
      nowMs - reportedMs > REPORT_MS
    ) {
      behindFrom = Math.min(behindFrom ?? engine.foldedBlock, engine.foldedBlock);
      reportedMs = nowMs;
      const { foldedBlock, lastBlock } = engine;
      const progress = { done: foldedBlock - behindFrom, total: lastBlock - behindFrom };
      send({
        kind: 'catchingUp',
        progress: files.isRemaking ? { ...progress, servesOldSessions: true } : progress,
      });
    }
  };
  let settling: NodeJS.Timeout | undefined;
  const settle = (afterMs: number): void => {
    settling = setTimeout(
      () =>
        inBackground(
          () => {
            queue.foldNext();
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
    inBackground(adopt);
    report();
    if (isBehind && !closing)
      settle(queue.isSettling ? 0 : !engine.isBehind ? IDLE_MS : engine.isHeldUp ? RETRY_MS : 0);
    if (!closing) return;
    closed = true;
    // Records that are not folded now are folded after the next start.
    inBackground(() => queue.settle());
    clearInterval(sweep);
    clearTimeout(packing);
    clearTimeout(following);
    clearInterval(probing);
    inBackground(() => files.db.exec('PRAGMA optimize'));
    noteDurable(files.db, log);
    files.close();
    log.close();
    send({ kind: 'closed' });
    port.close();
  };
  if (log.unconfirmed !== undefined) lost(log.unconfirmed.message);
  queue.catchUp(START_MS);
  if (engine.isBehind) {
    const blocks = engine.lastBlock - engine.foldedBlock;
    progress(`folding ${blocks} block(s) of telemetry not yet in sessions; telemetry is taken meanwhile`);
    // At least 1: after a change of the rules all sessions must be made again, even if no block is left to
    // fold.
    queue.leftUnfolded(Math.max(1, engine.countUnfolded()));
  } else {
    inBackground(() =>
      settingsSlices.run((sessions) => engine.followSettings(sessions) && !engine.areListsCurrent, START_MS),
    );
    inBackground(adopt);
  }
  report();
  reportedUnfolded = queue.unfolded;
  send({ kind: 'ready', installationKey: userIdKey, unfolded: reportedUnfolded });
  run();
}

function outcomeOf(answer: AppendAnswer): Outcome<WriterCalls> {
  const { id } = answer;
  if ('error' in answer) return { id, kind: 'append', error: { message: answer.error } };
  return { id, kind: 'append', answer: answer.result };
}

/** Opens an engine on the file of sessions. If that is damaged, on a new file. */
function openEngine(files: SessionFiles, log: BlockLog, engineOptions: EngineOptions) {
  try {
    return engineOn(files.db, log, engineOptions);
  } catch (error) {
    if (!isDamaged(error) || !isKeptWhole(options.directory)) throw error;
    send({
      kind: 'warning',
      message: `the file of sessions is damaged: all of them are made again (${(error as Error).message})`,
    });
    files.remake();
    return engineOn(files.db, log, engineOptions);
  }
}

main().catch((error: unknown) => {
  if (error instanceof StoppedError) send({ kind: 'stopped' });
  else if (error instanceof DataDirectoryError) send({ kind: 'refused', message: error.message });
  else throw error;
});
