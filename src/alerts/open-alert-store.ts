import type { AlertStore } from './alert-store.js';

/** Opens the alerts of a server: in the PostgreSQL database of its store, or in its data directory. Both exist. */
export async function openAlertStore(place: {
  readonly url?: string | undefined;
  readonly directory: string;
}): Promise<AlertStore> {
  // The modules of the other one are not loaded.
  if (place.url === undefined) {
    return (await import('./sqlite-alert-store.js')).openSqliteAlertStore(place.directory);
  }
  return (await import('./postgres-alert-store.js')).openPostgresAlertStore(place.url);
}
