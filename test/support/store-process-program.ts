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

async function answer(message: ToStoreProcess): Promise<void> {
  switch (message.kind) {
    case 'open':
      return open(message);
    case 'append': {
      const { project, items } = message;
      await Promise.all(batchesOf(normalizer, items).map((batch) => store.writer.append(project, batch)));
      return;
    }
    case 'close':
      return store.close();
  }
}

process.on('message', (message: ToStoreProcess) => {
  answer(message).then(
    () => send({ kind: 'done', id: message.id }),
    (error: Error) => send({ kind: 'done', id: message.id, error: error.message }),
  );
});
process.on('disconnect', () => process.exit());
