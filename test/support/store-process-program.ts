import { createNormalizer } from '../../src/normalize/create.js';
import type { Normalizer } from '../../src/normalize/normalizer.js';
import type { Store, StoreEvents } from '../../src/store/contract/store.js';
import { openPostgresStore } from '../../src/store/postgres/store.js';
import { QUIET } from './engine.js';
import { batchesOf, NOW_NS } from './random-telemetry.js';
import { type FromStoreProcess, STORE_SETTINGS, type ToStoreProcess } from './store-process.js';

/** The program of store-process.ts: a PostgreSQL store whose parent says what it appends. */

let store: Store;
let normalizer: Normalizer;

function send(message: FromStoreProcess): void {
  process.send?.(message);
}

const events: StoreEvents = {
  ...QUIET,
  foldFailed: (reason) => send({ kind: 'failed', reason }),
  damaged: (blocks) => send({ kind: 'failed', reason: `damaged: ${JSON.stringify(blocks)}` }),
  failed: ({ message }) => send({ kind: 'failed', reason: message }),
};

async function open({ url, leaseMs, hotRecords }: ToStoreProcess & { kind: 'open' }): Promise<void> {
  store = await openPostgresStore(
    { ...STORE_SETTINGS, url, events },
    { writer: { leaseMs, hotRecords, nowNs: NOW_NS } },
  );
  normalizer = await createNormalizer({ ...STORE_SETTINGS.normalizer, userIdKey: store.installationKey });
}

async function erase({ project, session }: ToStoreProcess & { kind: 'erase' }): Promise<string | undefined> {
  const begun = await store.erasures!.erase(project, { kind: 'sessions', sessions: [session] });
  if ('job' in begun) return begun.job.id;
  if (begun.refused === 'behind') throw new Error('sessions are behind');
  return undefined;
}

async function answer(message: ToStoreProcess): Promise<string | undefined> {
  switch (message.kind) {
    case 'open':
      await open(message);
      return undefined;
    case 'erase':
      return erase(message);
    case 'append': {
      const { project, items } = message;
      await Promise.all(batchesOf(normalizer, items).map((batch) => store.writer.append(project, batch)));
      return undefined;
    }
    case 'close':
      await store.close();
      return undefined;
  }
}

process.on('message', (message: ToStoreProcess) => {
  answer(message).then(
    (job) => send({ kind: 'done', id: message.id, ...(job !== undefined && { job }) }),
    (error: Error) => send({ kind: 'done', id: message.id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
