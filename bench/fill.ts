import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.js';

/** What the filling process is to do. */
export interface FillCommand {
  readonly kind: 'history' | 'conversations';
  readonly seed: number;
  /** When the telemetry ends, milliseconds since 1970. */
  readonly timeMs: number;
  readonly sessions: number;
  /** Of the store; made where it does not exist. */
  readonly directory: string;
}

/** What the filling process says. */
export type FillMessage =
  | { readonly type: 'progress'; readonly spans: number }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly error: string };

/** Fills a store without HTTP, in a process of its own that decodes as well. `scenario` is for progress and errors. */
export async function fillStore(bench: Bench, scenario: string, command: FillCommand): Promise<void> {
  const child = fork(fileURLToPath(new URL('./fill-process.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('exit', (code) => reject(new Error(`${scenario}: the filling process exited with ${code}`)));
      child.on('message', (message: FillMessage) => {
        if (message.type === 'failed') reject(new Error(`${scenario}: ${message.error}`));
        else if (message.type === 'end') resolve();
        else bench.progress(`${scenario}: filled ${message.spans} spans`);
      });
      child.send(command);
    });
  } finally {
    child.kill('SIGKILL');
  }
}
