import { existsSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The program of clean-up.ts. It reads lines (`directory <path>`, `process <pid>`, `ended <pid>`) until its
 * standard input ends, which happens when the process at the other end is gone. Then it ends the processes and
 * removes the directories.
 */

/** How long a process may take to end by itself before it is killed. */
const END_LIMIT_MS = 5_000;
const POLL_MS = 10;
/** Processes that are about to end may still make files in a directory that is removed. */
const REMOVE_ATTEMPTS = 100;

const directories = new Set<string>();
const processes = new Set<number>();

// Ctrl+C and the like are for the process that is watched.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const space = line.indexOf(' ');
  const value = line.slice(space + 1);
  switch (line.slice(0, space)) {
    case 'directory':
      directories.add(value);
      break;
    case 'process':
      processes.add(Number(value));
      break;
    case 'ended':
      processes.delete(Number(value));
      break;
  }
}
await Promise.all([...processes].map(end));
for (const directory of directories) await remove(directory);

/** PostgreSQL ends at once on SIGQUIT, and frees its shared memory, which it could not on SIGKILL. */
async function end(pid: number): Promise<void> {
  send(pid, 'SIGCONT');
  send(pid, 'SIGQUIT');
  const deadline = performance.now() + END_LIMIT_MS;
  while (send(pid, 0) && performance.now() < deadline) await delay(POLL_MS);
  send(pid, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function remove(directory: string): Promise<void> {
  for (let attempt = 0; attempt < REMOVE_ATTEMPTS && existsSync(directory); attempt++) {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      await delay(POLL_MS);
    }
  }
}
