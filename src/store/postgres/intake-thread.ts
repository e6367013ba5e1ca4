import { setTimeout as delay } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { errorText, type Outcome } from '../../channel.js';
import type { ErasuresDue } from '../contract/erasure.js';
import { freeBatch, unpackBatch } from '../contract/packed-batch.js';
import type { AppendResult } from '../contract/store.js';
import { Tombstones } from '../engine/tombstones.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { connectionProblem, mayComeUp } from './connection-problem.js';
import { ErasureRequests } from './erasure-requests.js';
import { BlockSender } from './handed-blocks.js';
import { Intake, type IntakeEdges, MOST_COMMITS, type Stored } from './intake.js';
import { decodeTombstones, KnownTombstones, READ_TOMBSTONES } from './known-tombstones.js';
import { LANE } from './lease.js';
import { migrate, UnusableDatabaseError } from './migrate.js';
import { notStoredReason } from './not-stored.js';
import { Pool } from './pool.js';
import { DatabaseError, type Result, type Statement, utf8 } from './statement.js';
import { Tasks } from './tasks.js';
import {
  type ChangedPayload,
  Channel,
  type FromIntake,
  type IntakeCalls,
  type IntakeOptions,
  type ToIntake,
} from './thread-messages.js';

/** Between two looks at what was not notified, ms. */
const LOOK_MS = 1_000;

/** How exactly appends keep to the times that they may take, ms. */
const EXPIRE_MS = 100;

/** Between two notifications of new blocks to other processes, ms. */
const NOTIFY_MS = 20;

/** When a lost connection is opened again, ms. */
const RECONNECT_MS = 1_000;

const port = parentPort as MessagePort;
const { url, answerMs, nowNs, handOver }: IntakeOptions = workerData;

function send(message: FromIntake): void {
  port.postMessage(message);
}

async function main(): Promise<void> {
  const connection = (purpose: string): ConnectionOptions => ({
    url,
    purpose,
    statementMs: answerMs,
    // So that there is time for another try.
    connectMs: answerMs / 3,
    lockMs: answerMs / 5,
  });
  const { installationKey } = await onceUp(async () => {
    const first = await Connection.open(connection('migration'));
    return migrate(first).finally(() => first.close());
  });

  // One more for the questions that are asked meanwhile.
  const pool = new Pool(connection('intake'), MOST_COMMITS + 1);
  const hints = new Hints({ ...connection('notifications'), statementMs: answerMs / 3 });
  const now = (): bigint => nowNs ?? BigInt(Date.now()) * 1_000_000n;
  const tombstones = new KnownTombstones(new Tombstones(installationKey, now));
  const readTombstones = async (): Promise<void> => {
    const { rows } = await pool.take((session) =>
      session.run({ ...READ_TOMBSTONES, values: [tombstones.last] }),
    );
    tombstones.add(decodeTombstones(rows));
  };
  await onceUp(readTombstones);
  const work = (): void => {
    hints.work();
    send({ kind: 'wake' });
  };
  const edges: IntakeEdges = {
    answerMs,
    appended: () => {
      regained();
      work();
    },
    free: freeBatch,
    retried: ({ message, code }) => {
      send({ kind: 'trouble', message });
      send({ kind: 'retried', reason: code === undefined ? 'connection' : 'conflict' });
    },
    held: (isHeld) => send({ kind: 'held', isHeld }),
    nowMs: () => performance.now(),
    handOver: new BlockSender(handOver),
  };
  const intake = new Intake(pool, edges, tombstones);
  const tasks = new Tasks(pool);
  const erasures = new ErasureRequests(pool, now);
  let erasuresDue: ErasuresDue | undefined;
  let isLookingAtErasures = false;
  const lookAtErasures = async (): Promise<void> => {
    if (isLookingAtErasures) return;
    isLookingAtErasures = true;
    try {
      await readTombstones();
      const due = await erasures.due();
      if (due.unfinished !== erasuresDue?.unfinished || due.failed !== erasuresDue.failed)
        send({ kind: 'erasuresDue', due });
      erasuresDue = due;
    } catch (error) {
      send({ kind: 'trouble', message: (error as Error).message });
    } finally {
      isLookingAtErasures = false;
    }
  };

  let isWritable = true;
  const lost = (reason: string): void => {
    if (isWritable) send({ kind: 'writable', reason });
    isWritable = false;
  };
  const regained = (): void => {
    if (!isWritable) send({ kind: 'writable' });
    isWritable = true;
  };
  const settle = (outcome: Outcome<IntakeCalls>): void => send({ kind: 'outcomes', outcomes: [outcome] });

  let isLooking = false;
  let looksAgain = false;
  /** Asks the database what notifications only hint at: one look at a time, even if none is answered. */
  const look = async (): Promise<void> => {
    looksAgain = true;
    if (isLooking) return;
    isLooking = true;
    try {
      while (looksAgain) {
        looksAgain = false;
        await Promise.all([intake.look(), tasks.look(), erasures.look(readTombstones)]);
      }
    } catch (error) {
      send({ kind: 'trouble', message: (error as Error).message });
    } finally {
      isLooking = false;
    }
  };
  hints.on(Channel.work, () => send({ kind: 'wake' }));
  hints.on(Channel.done, () => {
    if (intake.hasUnseen || tasks.areWaiting || erasures.areWaiting) void look();
  });
  hints.on(Channel.changed, (payload) => {
    const { project, ids }: ChangedPayload = JSON.parse(payload);
    send({ kind: 'changed', project, sessionIds: ids });
  });
  hints.onMissed(() => send({ kind: 'missed' }));

  /** Its connection carries nothing else that takes long, so a database that does not answer is found out soon. */
  const countUnfolded = async (): Promise<void> => {
    try {
      if (!isWritable) await hints.run(TRY_TO_WRITE);
      const folded = (await hints.run(FOLDED)).rows[0]![0] as bigint;
      const { rows } = await hints.run(countUnfoldedAfter(folded));
      const [records, lagMs, recordsOfBlock] = rows[0]!.map(Number) as [number, number, number];
      const ms = Math.max(0, lagMs);
      intake.note({ folded: Number(folded), records, recordsOfBlock, ms });
      send({ kind: 'unfolded', records, lagMs: ms });
      regained();
    } catch (error) {
      const { code, message } = error as DatabaseError;
      if (code === CANCELED) send({ kind: 'trouble', message });
      else lost(message);
    }
  };
  let isCounting = false;
  const expiring = setInterval(() => intake.expire(), EXPIRE_MS);
  const looking = setInterval(() => {
    void look();
    void lookAtErasures();
    if (isCounting) return;
    isCounting = true;
    void countUnfolded().finally(() => {
      isCounting = false;
    });
  }, LOOK_MS);

  const close = async (): Promise<void> => {
    try {
      await intake.settled();
      await Promise.all([hints.close(), pool.close()]);
    } finally {
      clearInterval(expiring);
      send({ kind: 'closed' });
      port.close();
    }
  };
  port.on('message', (message: ToIntake) => {
    switch (message.kind) {
      case 'append': {
        const { id, kind } = message;
        const batch = unpackBatch(message.args.batch);
        const { count } = batch;
        intake.append(message.args.project, batch).then(
          (appended) => {
            settle({ id, kind, answer: appended === 'held' ? undefined : resultOf(count, appended) });
          },
          (error: DatabaseError) => {
            if (error.mayPass) lost(error.message);
            settle({ id, kind, answer: { reason: notStoredReason(error), error: errorText(error) } });
          },
        );
        return;
      }
      case 'invalidate': {
        const { id, kind, args } = message;
        tasks.ask('invalidate', utf8(args.project), utf8(args.sessionId)).then(
          (answer) => settle({ id, kind, answer }),
          (error) => settle({ id, kind, error: errorText(error) }),
        );
        work();
        return;
      }
      case 'erase': {
        const { id, kind, args } = message;
        erasures.erase(args.project, args.target, work).then(
          (answer) => settle({ id, kind, answer }),
          (error) => settle({ id, kind, error: errorText(error) }),
        );
        return;
      }
      case 'erasure': {
        const { id, kind, args } = message;
        erasures.job(args.project, args.id).then(
          (answer) => settle({ id, kind, answer }),
          (error) => settle({ id, kind, error: errorText(error) }),
        );
        return;
      }
      case 'close':
        clearInterval(looking);
        void close();
        return;
    }
  });
  await onceUp(() => hints.open());
  send({ kind: 'ready', installationKey });
}

/** All that was not refused counts as stored: known records are found when they are folded. */
function resultOf(count: number, { erased }: Stored): AppendResult {
  return { stored: count - erased, replaced: 0, duplicates: 0, ...(erased > 0 && { erased }) };
}

/** Does this again as long as only a database is missing that may come up. @throws DatabaseError otherwise */
async function onceUp<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseError) || !mayComeUp(error)) throw error;
      send({ kind: 'waiting', reason: connectionProblem(error, url) });
      await delay(RECONNECT_MS);
    }
  }
}

/** Blocks that are looked at to count records that are behind. Of more, the number is estimated. */
const MOST_COUNTED = 1_000;

const FOLDED: Statement = { name: 'folded', text: `SELECT folded FROM lease WHERE lane = ${LANE}` };

/**
 * Records behind this block, the age of the oldest of them, ms, and how many there are in a block. The block is a value, so that the statement is
 * planned with it: only index rows behind it are read, however long the log is.
 */
function countUnfoldedAfter(folded: bigint): Statement {
  return {
    text: `WITH
        found AS MATERIALIZED (
          (SELECT records, appended_at FROM log_block WHERE number > $1::int8 ORDER BY number LIMIT ${MOST_COUNTED})
          UNION ALL
          (SELECT records, appended_at FROM log_block WHERE number IS NULL ORDER BY id LIMIT ${MOST_COUNTED})
        ),
        last AS (SELECT coalesce(max(number), 0) AS number FROM log_block WHERE number > $1::int8)
      SELECT
        (coalesce(sum(records), 0) + coalesce(avg(records), 0) * greatest(last.number - $1::int8 - ${MOST_COUNTED}, 0))::int8,
        coalesce(extract(epoch FROM clock_timestamp() - min(appended_at)) * 1000, 0)::int8,
        coalesce(avg(records), 0)::int8
      FROM last LEFT JOIN found ON true GROUP BY last.number`,
    values: [folded],
  };
}

/** Of a statement that took too long: the database may be busy, and can be written nevertheless. */
const CANCELED = '57014';

/** Fails if blocks cannot be appended: the database may be read-only, full, or the table locked. */
const TRY_TO_WRITE: Statement = {
  text: `UPDATE setting SET value = value WHERE key = 'version';
    INSERT INTO log_block (lane, project, records, least_ns, greatest_ns, checksum, directory, data)
      SELECT ${LANE}, 0, 0, 0, 0, 0, '', '' WHERE false`,
};

/**
 * Notifications between processes, by a connection of their own. They may be lost. The connection is used every
 * second (`run`): otherwise nobody would notice that a network has dropped it, and notifications with it.
 */
class Hints {
  readonly #options: ConnectionOptions;
  readonly #listeners = new Map<string, (payload: string) => void>();
  #missed: () => void = () => {};
  #connection: Connection | undefined;
  #notifying: NodeJS.Timeout | undefined;
  #reopening: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  on(channel: string, listener: (payload: string) => void): void {
    this.#listeners.set(channel, listener);
  }

  /** Called when notifications may have been lost and come again. */
  onMissed(listener: () => void): void {
    this.#missed = listener;
  }

  /** @throws DatabaseError */
  async open(): Promise<void> {
    const connection = await Connection.open(this.#options);
    try {
      await connection.listen([...this.#listeners.keys()], (channel, payload) =>
        this.#listeners.get(channel)?.(payload),
      );
    } catch (error) {
      await connection.close();
      throw error;
    }
    if (connection.broken !== undefined) throw connection.broken;
    connection.onBroken(() => this.#reopenLater());
    this.#connection = connection;
    if (this.#isClosed) await connection.close();
  }

  #reopenLater(): void {
    this.#connection = undefined;
    if (this.#isClosed) return;
    this.#reopening = setTimeout(() => {
      this.open().then(
        () => this.#missed(),
        () => this.#reopenLater(),
      );
    }, RECONNECT_MS);
  }

  /** @throws DatabaseError */
  async run(statement: Statement): Promise<Result> {
    if (this.#connection === undefined)
      throw new DatabaseError('there is no connection to the database', undefined);
    return this.#connection.run(statement);
  }

  /** Wakes the holder of the lease, some ms later: one notification is for all blocks until then. */
  work(): void {
    this.#notifying ??= setTimeout(() => {
      this.#notifying = undefined;
      this.#connection?.run({ text: `NOTIFY ${Channel.work}` }).catch(() => {});
    }, NOTIFY_MS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#notifying);
    clearTimeout(this.#reopening);
    await this.#connection?.close();
  }
}

main().catch((error: unknown) => {
  if (error instanceof UnusableDatabaseError) send({ kind: 'refused', message: error.message });
  else if (error instanceof DatabaseError) {
    send({ kind: 'refused', message: connectionProblem(error, url) });
  } else throw error;
});
