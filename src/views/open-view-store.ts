import type { ViewStore } from './view-store.js';

/** Opens the views of a server: in the PostgreSQL database of its store, or in its data directory. Both exist. */
export async function openViewStore(place: {
  readonly url?: string | undefined;
  readonly directory: string;
}): Promise<ViewStore> {
  // The modules of the other one are not loaded.
  if (place.url === undefined) {
    return (await import('./sqlite-view-store.js')).openSqliteViewStore(place.directory);
  }
  return (await import('./postgres-view-store.js')).openPostgresViewStore(place.url);
}
