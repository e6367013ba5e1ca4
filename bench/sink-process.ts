import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Runs `work` against a receiver that acknowledges everything and does nothing, in a process of its own. */
export async function withSink<T>(work: (origin: string) => Promise<T>): Promise<T> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./sender/sink.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const [origin] = (await once(child, 'message')) as [string];
    return await work(origin);
  } finally {
    child.kill('SIGKILL');
  }
}
