import type { StoreOptions } from '../../contract/store.js';
import { openSqliteStore } from '../store.js';

/** The settings of the server that sessions depend on. */
export type SessionSettings = Pick<
  StoreOptions,
  'implicitSessions' | 'sessionsBy' | 'timeoutMs' | 'normalizer'
>;

/**
 * Brings the sessions of a data directory up to its log, as a start of a server does, and closes it.
 * @throws DataDirectoryError, or an error with the reason that sessions cannot be made
 */
export async function makeSessions(
  directory: string,
  settings: SessionSettings,
  progress: (progress: { readonly done: number; readonly total: number }) => void,
): Promise<void> {
  let isBehind = false;
  let unfolded = 0;
  let failure: Error | undefined;
  let look = (): void => {};
  const fail = (reason: string): void => {
    failure ??= new Error(`sessions cannot be made: ${reason}`);
    look();
  };
  const store = await openSqliteStore({
    ...settings,
    directory,
    events: {
      opening: () => {},
      warning: () => {},
      progress: () => {},
      trouble: () => {},
      damaged: () => {},
      catchingUp: (state) => {
        isBehind = state !== undefined;
        if (state !== undefined) progress(state);
        look();
      },
      unfolded: (records) => {
        unfolded = records;
        look();
      },
      foldFailed: fail,
      writable: (reason) => {
        if (reason !== undefined) fail(reason);
      },
      failed: ({ message }) => fail(message),
    },
  });
  try {
    await new Promise<void>((resolve) => {
      look = () => {
        if (failure !== undefined || (!isBehind && unfolded === 0)) resolve();
      };
      look();
    });
  } finally {
    await store.close();
  }
  if (failure !== undefined) throw failure;
}
