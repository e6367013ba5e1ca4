import { setMaxListeners } from 'node:events';

/** Between two looks at whether a read may go on while it waits for the database, ms. */
const LOOK_MS = 20;

/**
 * Does the work of a read that `checkpoint` may end. Once that throws, the signal is aborted with what it threw:
 * whatever waits for the database by then gives up with it.
 */
export async function endedBy<T>(
  checkpoint: () => void,
  work: (ended: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  // Each statement that is under way listens, and there may be many at once.
  setMaxListeners(0, end.signal);
  const looking = setInterval(() => {
    try {
      checkpoint();
    } catch (error) {
      clearInterval(looking);
      end.abort(error);
    }
  }, LOOK_MS);
  try {
    return await work(end.signal);
  } finally {
    clearInterval(looking);
  }
}
