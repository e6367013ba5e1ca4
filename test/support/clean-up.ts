import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Removes directories and ends processes once this process is gone, however it ended: SIGKILL included. A
 * second process does it, which waits for the end of a pipe from this one.
 */

const PROGRAM = fileURLToPath(new URL('clean-up-process.js', import.meta.url));
let helper: ChildProcess | undefined;

/** Removes the directory, with everything in it, at the end of this process if it is still there. */
export function removeAtEnd(directory: string): void {
  sendLine(`directory ${directory}`);
}

/** Ends the process at the end of this one: by SIGQUIT, and by SIGKILL if that does not help. */
export function endAtEnd(pid: number): void {
  sendLine(`process ${pid}`);
}

/** The process has ended: its id may belong to another one from now on. */
export function hasEnded(pid: number): void {
  sendLine(`ended ${pid}`);
}

function sendLine(line: string): void {
  helper ??= start();
  helper.stdin!.write(`${line}\n`);
}

function start(): ChildProcess {
  // Detached: it is to survive a Ctrl+C, which goes to all processes of a terminal.
  const child = spawn(process.execPath, [PROGRAM], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
