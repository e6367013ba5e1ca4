import { resolve } from 'node:path';
import type {
  BackupOptions,
  BackupResult,
  Finding,
  RestoreOptions,
  RestoreResult,
} from '../store/open-backup.js';
import type { BackupCommandOptions, RestoreCommandOptions } from './backup-options.js';
import { findingLines } from './finding-lines.js';
import type { TypedCommand } from './invocation.js';
import { count, megabytes, ProgressLine, type ProgressLineContext } from './progress-line.js';

/** The environment of `backup` and `restore`. */
export interface BackupContext extends ProgressLineContext {
  backUp(options: BackupOptions): Promise<BackupResult>;
  restore(options: RestoreOptions): Promise<RestoreResult>;
  readonly version: string;
  /** How to type commands here. */
  readonly typed: TypedCommand;
  now(): Date;
  print(text: string): void;
}

/** Makes a backup. Resolves to the exit code: 0 if nothing of the source is damaged. */
export async function backup({ data, to }: BackupCommandOptions, context: BackupContext): Promise<number> {
  const line = new ProgressLine(context);
  const { version, now } = context;
  try {
    const { manifest, copiedFiles, copiedBytes, findings } = await context.backUp({
      ...{ from: resolve(data), to: resolve(to), version, now },
      progress: (bytes) => line.bytes('copying', bytes),
    });
    line.end();
    const { blocks, records, segments, databases, run } = manifest;
    const bytes = [...segments, ...databases].reduce((sum, file) => sum + file.bytes, 0);
    const damaged = segments.reduce((sum, { damagedBlocks }) => sum + damagedBlocks, 0);
    context.print(`Backup ${run} in ${to}: ${count(blocks)} block(s), ${count(records)} record(s), ${megabytes(bytes)}.
Copied ${count(copiedFiles)} file(s) with ${megabytes(copiedBytes)}; all of what was copied was verified.
`);
    context.printError(damageLines(findings, damaged, context));
    return findings.length === 0 && damaged === 0 ? 0 : 1;
  } catch (error) {
    line.end();
    context.printError(`sojourn: no backup was made: ${(error as Error).message}\n`);
    return 1;
  }
}

function damageLines(findings: readonly Finding[], damaged: number, { typed }: BackupContext): string {
  if (findings.length === 0 && damaged === 0) return '';
  const known =
    damaged === 0
      ? ''
      : `${count(damaged)} block(s) of the backup were damaged already when they were copied. `;
  return `${findingLines(findings)}sojourn: the backup is complete, but the data directory is damaged. ${known}See ${typed('help', 'repair')}\n`;
}

/** Restores a backup. Resolves to the exit code: 0 if nothing of the backup is damaged. */
export async function restore(
  { from, data, acceptDamage }: RestoreCommandOptions,
  context: BackupContext,
): Promise<number> {
  const line = new ProgressLine(context);
  try {
    const { manifest, findings } = await context.restore({
      ...{ from: resolve(from), to: resolve(data), acceptsDamage: acceptDamage },
      progress: (bytes) => line.bytes('restoring', bytes),
    });
    line.end();
    const { blocks, records, run, madeAt } = manifest;
    const sizes = `${count(blocks)} block(s), ${count(records)} record(s)`;
    if (findings.length === 0) {
      context.print(`Restored backup ${run} of ${madeAt} into ${data}: ${sizes}, all of them compared.
Start the server: it makes the sessions, and takes telemetry meanwhile.
`);
      return 0;
    }
    context.print(
      `Restored what can be read of backup ${run} of ${madeAt} into ${data}. Whole, it had ${sizes}.\n`,
    );
    context.printError(
      `${findingLines(findings)}sojourn: the backup is damaged, and so is what was restored. Run ${context.typed('repair', `--data ${data}`)}\n`,
    );
    return 1;
  } catch (error) {
    line.end();
    context.printError(`sojourn: nothing was restored: ${(error as Error).message}\n`);
    return 1;
  }
}
