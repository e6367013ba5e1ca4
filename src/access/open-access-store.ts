import type { AccessStore } from './access-store.js';

/** Where keys are: the PostgreSQL database of the store, or the data directory. */
export interface AccessPlace {
  readonly url?: string | undefined;
  readonly directory: string;
}

/** Opens the access store of a server, which may be running. The only place that knows both sorts. */
export async function openAccessStore({ url, directory }: AccessPlace): Promise<AccessStore> {
  // The modules of the other one are not loaded.
  if (url === undefined) return (await import('./sqlite-access-store.js')).openSqliteAccessStore(directory);
  return (await import('./postgres-access-store.js')).openPostgresAccessStore(url);
}
