import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Has the statements of closed connections finalised. The driver does it only when a statement is garbage, and until then SQLite keeps the connection, with its pages in memory and its files, which
 * take their place on the disk even where they are removed. An idle thread may not collect garbage for hours. Costs some tens of ms: to be called when a file was replaced.
 */
export function releaseStatements(): void {
  // Not before what is on the stack now has let go of them.
  setImmediate(() => {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    setFlagsFromString('--no-expose-gc');
  });
}
