import type { Store, StoreOptions } from './contract/store.js';
import { openSqliteStore } from './sqlite/store.js';

/**
 * Opens the store of this program, catching up with what an earlier process left undone. The only place that knows which store is in use.
 *
 * Rejects with a message for the operator where the data cannot be used, and with the signal's reason where it gave up.
 */
export function openStore(options: StoreOptions): Promise<Store> {
  return openSqliteStore(options);
}
