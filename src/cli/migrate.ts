import { withoutPassword } from '../setting-kinds.js';

/** The environment of `migrate`. */
export interface MigrateContext {
  /** Creates or updates the tables. Versions before (undefined: none) and after, and the one of this program. */
  migrate(url: string): Promise<{ readonly from: number | undefined; readonly to: number }>;
  print(text: string): void;
  printError(text: string): void;
}

/** Creates the tables of a database, or brings them to this version. Resolves to the exit code. */
export async function migrate(url: string, context: MigrateContext): Promise<number> {
  const shown = withoutPassword(url);
  try {
    const { from, to } = await context.migrate(url);
    context.print(`${summary(from, to, shown)}\n`);
    return 0;
  } catch (error) {
    context.printError(`sojourn: cannot migrate ${shown}: ${(error as Error).message}\n`);
    return 1;
  }
}

function summary(from: number | undefined, to: number, shown: string): string {
  if (from === undefined) return `Created the tables in ${shown}: version ${to}.`;
  if (from === to) return `Nothing to do: the tables in ${shown} have version ${to}.`;
  return `Brought the tables in ${shown} from version ${from} to version ${to}.`;
}
