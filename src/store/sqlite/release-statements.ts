import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Runs the garbage collector so that statements of closed connections are finalised. The driver does that
 * only when a statement is collected. Until then SQLite keeps the connection open, with its pages in memory
 * and its files, which use disk space even if they are removed. An idle thread may not collect garbage for
 * hours. Takes some tens of milliseconds, so it should only be called after a file was replaced.
 */
export function releaseStatements(): void {
  // Deferred, because the current stack may still hold them.
  setImmediate(() => {
    // The flag stays: it is one for all threads, and another one may be between these two lines.
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
  });
}
