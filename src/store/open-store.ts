import type { Store, StoreOptions } from './contract/store.js';

/**
 * Opens the store of this program, catching up with what an earlier process left undone. The only place that knows which store is in use.
 *
 * Rejects with a message for the operator where the data cannot be used, and with the signal's reason where it gave up.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, ...rest } = options;
  // The modules of the other one are not loaded.
  if (url === undefined) return (await import('./sqlite/store.js')).openSqliteStore(rest);
  return (await import('./postgres/store.js')).openPostgresStore({ ...rest, url });
}

/** Creates the tables of a database, or brings them to this version. Versions before and after. */
export async function migrateStore(
  url: string,
): Promise<{ readonly from: number | undefined; readonly to: number }> {
  return (await import('./postgres/migrate.js')).migrateDatabase(url);
}
