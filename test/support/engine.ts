import type { StoreEvents } from '../../src/store/contract/store.js';
import { Engine, type EngineOptions } from '../../src/store/engine/engine.js';
import { type Database, lockDirectory, openForWriting } from '../../src/store/sqlite/database.js';

const CACHE_BYTES = 1 << 20;

/** For a writing thread that has nothing to tell; should it end by itself, the test fails. */
export const QUIET: StoreEvents = {
  progress: () => {},
  trouble: () => {},
  foldFailed: () => {},
  writable: () => {},
  unfolded: () => {},
  failed: (error) => {
    throw error;
  },
};

/**
 * The writing half of the store on `directory`, which is made where it is missing, on the calling thread and caught up. The caller closes `db`. Nothing waits for
 * the disk: tests end processes, not the machine.
 */
export function openEngine(
  directory: string,
  options: Partial<EngineOptions> & Pick<EngineOptions, 'normalizer' | 'now'>,
): { readonly db: Database; readonly engine: Engine } {
  lockDirectory(directory).release();
  const db = openForWriting(directory, CACHE_BYTES);
  db.exec('PRAGMA synchronous = OFF');
  const engine = new Engine(db, {
    settings: 'test',
    implicitSessions: true,
    timeoutNs: 1_800_000_000_000n,
    hotRecords: 100_000,
    ...options,
  });
  engine.recover(() => {});
  return { db, engine };
}
