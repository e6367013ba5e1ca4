import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { errorText, type Outcome } from '../../channel.js';
import { freeBatch, unpackBatch } from '../contract/packed-batch.js';
import { Connection, type ConnectionOptions } from './connection.js';
import { Intake, MOST_COMMITS } from './intake.js';
import { LANE } from './lease.js';
import { migrate, UnusableDatabaseError } from './migrate.js';
import { Pool } from './pool.js';
import { DatabaseError, utf8 } from './statement.js';
import { Tasks } from './tasks.js';
import {
  type ChangedPayload,
  Channel,
  type FromIntake,
  type IntakeCalls,
  type IntakeOptions,
  type ToIntake,
} from './thread-messages.js';

/** How long a statement may take, ms. Senders are answered with 503 after that. */
const STATEMENT_MS = 15_000;

/** Between two looks at what was not notified, ms. */
const LOOK_MS = 1_000;

/** Between two notifications of new blocks to other processes, ms. */
const NOTIFY_MS = 20;

/** When a lost connection is opened again, ms. */
const RECONNECT_MS = 1_000;

const port = parentPort as MessagePort;
const { url }: IntakeOptions = workerData;

function send(message: FromIntake): void {
  port.postMessage(message);
}

async function main(): Promise<void> {
  const connection = (purpose: string): ConnectionOptions => ({ url, purpose, statementMs: STATEMENT_MS });
  const first = await Connection.open(connection('migration'));
  const { installationKey } = await migrate(first).finally(() => first.close());

  // One more for the questions that are asked meanwhile.
  const pool = new Pool(connection('intake'), MOST_COMMITS + 1);
  const hints = new Hints(connection('notifications'));
  const intake = new Intake(pool, {
    appended: () => {
      regained();
      send({ kind: 'wake' });
      hints.work();
    },
    free: freeBatch,
    retried: ({ message, code }) => {
      send({ kind: 'trouble', message });
      send({ kind: 'retried', reason: code === undefined ? 'connection' : 'conflict' });
    },
    nowMs: () => performance.now(),
  });
  const tasks = new Tasks(pool);

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

  /** Asks the database what notifications only hint at. */
  const look = async (): Promise<void> => {
    intake.expire();
    try {
      await Promise.all([intake.look(), tasks.look()]);
    } catch (error) {
      send({ kind: 'trouble', message: (error as Error).message });
    }
  };
  hints.on(Channel.work, () => send({ kind: 'wake' }));
  hints.on(Channel.done, () => {
    if (intake.hasUnseen || tasks.areWaiting) void look();
  });
  hints.on(Channel.changed, (payload) => {
    const { project, ids }: ChangedPayload = JSON.parse(payload);
    send({ kind: 'changed', project, sessionIds: ids });
  });
  hints.onMissed(() => send({ kind: 'missed' }));

  const countUnfolded = async (): Promise<void> => {
    try {
      const { rows } = await pool.take((session) =>
        session.run({
          name: 'unfolded',
          text: `SELECT coalesce(sum(records), 0),
              coalesce(extract(epoch FROM clock_timestamp() - min(appended_at)) * 1000, 0)::int8
            FROM log_block
            WHERE number IS NULL OR number > (SELECT folded FROM lease WHERE lane = ${LANE})`,
        }),
      );
      const [records, lagMs] = rows[0]!;
      send({ kind: 'unfolded', records: Number(records), lagMs: Math.max(0, Number(lagMs)) });
      regained();
    } catch (error) {
      lost((error as Error).message);
    }
  };
  let isCounting = false;
  const looking = setInterval(() => {
    void look();
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
      send({ kind: 'closed' });
      port.close();
    }
  };
  port.on('message', (message: ToIntake) => {
    switch (message.kind) {
      case 'append': {
        const { id, kind } = message;
        const batch = unpackBatch(message.args.batch);
        intake.append(message.args.project, batch).then(
          () => settle({ id, kind, answer: { stored: batch.count, replaced: 0, duplicates: 0 } }),
          (error: DatabaseError) => {
            if (error.mayPass) lost(error.message);
            settle({ id, kind, error: errorText(error) });
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
        hints.work();
        send({ kind: 'wake' });
        return;
      }
      case 'close':
        clearInterval(looking);
        void close();
        return;
    }
  });
  await hints.open();
  send({ kind: 'ready', installationKey });
}

/** Notifications between processes, by a connection of their own. They may be lost. */
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

  async open(): Promise<void> {
    const connection = await Connection.open(this.#options);
    connection.onBroken(() => this.#reopenLater());
    await connection.listen([...this.#listeners.keys()], (channel, payload) =>
      this.#listeners.get(channel)?.(payload),
    );
    this.#connection = connection;
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
  if (error instanceof UnusableDatabaseError || error instanceof DatabaseError) {
    send({ kind: 'refused', message: error.message });
  } else throw error;
});
