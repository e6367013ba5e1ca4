import { resolve } from 'node:path';
import { withoutPassword } from '../setting-kinds.js';
import type { CheckEdges, CheckResult, RepairResult, SessionSettings } from '../store/open-backup.js';
import { findingLines } from './finding-lines.js';
import type { TypedCommand } from './invocation.js';
import { count, ProgressLine, type ProgressLineContext } from './progress-line.js';

/** The environment of `check` and `repair`. */
export interface CheckContext extends ProgressLineContext {
  /** With `settings`, sessions are made again and compared. */
  check(directory: string, settings: SessionSettings | undefined, edges: CheckEdges): Promise<CheckResult>;
  checkDatabase(url: string, edges: CheckEdges): Promise<CheckResult>;
  repair(directory: string, settings: SessionSettings, edges: CheckEdges): Promise<RepairResult>;
  /** The settings that sessions are made under. Rejects if a file of them cannot be used. */
  settings(): Promise<SessionSettings>;
  /** How to type commands here. */
  readonly typed: TypedCommand;
  print(text: string): void;
}

function edgesOf(line: ProgressLine): CheckEdges {
  return {
    progress: (phase, { done, total }) =>
      line.report(phase, done === total, () => `${phase}: ${percent(done, total)} %`),
  };
}

function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total);
}

/** Where the data is. `store`: URL of a database in place of the directory `data`. */
export interface CheckedPlace {
  readonly data: string;
  readonly store: string | undefined;
}

/** Checks a data directory, a backup or a database. Resolves to the exit code: 0 if nothing is wrong. */
export async function check(
  { data: directory, store }: CheckedPlace,
  isFull: boolean,
  context: CheckContext,
): Promise<number> {
  const line = new ProgressLine(context);
  const data = store === undefined ? directory : withoutPassword(store);
  try {
    const settings = isFull && store === undefined ? await context.settings() : undefined;
    const { findings, notes, blocks, records } =
      store === undefined
        ? await context.check(resolve(directory), settings, edgesOf(line))
        : await context.checkDatabase(store, edgesOf(line));
    line.end();
    for (const note of notes) context.print(`${note}\n`);
    const size = `${count(blocks)} block(s), ${count(records)} record(s)`;
    if (findings.length === 0) {
      context.print(`${data} is sound: ${size}.\n`);
      return 0;
    }
    context.printError(
      `${findingLines(findings)}sojourn: ${data} is damaged. What can be read: ${size}. See ${context.typed('help', 'repair')}\n`,
    );
    return 1;
  } catch (error) {
    line.end();
    context.printError(`sojourn: cannot check: ${(error as Error).message}\n`);
    return 1;
  }
}

/** Repairs a data directory. Resolves to the exit code: 0 if it is sound afterwards. */
export async function repair({ data, store }: CheckedPlace, context: CheckContext): Promise<number> {
  const line = new ProgressLine(context);
  if (store !== undefined) {
    context.printError('sojourn: repair is for data directories; restore a backup of the database\n');
    return 1;
  }
  try {
    const settings = await context.settings();
    const { findings, lostDecisions, originals, after } = await context.repair(
      resolve(data),
      settings,
      edgesOf(line),
    );
    line.end();
    context.print(findingLines(findings));
    for (const lost of lostDecisions) context.print(`lost: ${lost}\n`);
    if (originals !== undefined)
      context.print(
        `The files that were replaced are in ${originals}. Delete them when you do not need them any more.\n`,
      );
    const size = `${count(after.blocks)} block(s), ${count(after.records)} record(s)`;
    if (after.findings.length === 0) {
      context.print(
        `${findings.length === 0 ? 'Nothing was damaged' : 'Repaired'}; all sessions were made again. ${data} is sound: ${size}.\n`,
      );
      return 0;
    }
    context.printError(
      `${findingLines(after.findings)}sojourn: ${data} is still damaged. What is named cannot be made again: restore a backup, see ${context.typed('help', 'restore')}\n`,
    );
    return 1;
  } catch (error) {
    line.end();
    context.printError(`sojourn: cannot repair: ${(error as Error).message}\n`);
    return 1;
  }
}
