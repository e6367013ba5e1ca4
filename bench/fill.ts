import { fork } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
async function fillStore(bench: Bench, scenario: string, command: FillCommand): Promise<void> {
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

/** Written beside a store once it is full. */
const FILLED = 'filled.json';

export interface FilledStore {
  readonly directory: string;
  readonly sessions: number;
  /** When the telemetry ends, milliseconds since 1970. */
  readonly timeMs: number;
}

/** A store that is filled, or found with `--filled DIR` as an earlier run left it, whatever it was filled with. */
export async function filledStore(
  bench: Bench,
  scenario: string,
  { kind, seed }: Pick<FillCommand, 'kind' | 'seed'>,
): Promise<FilledStore> {
  const { sessions, filled } = bench.options;
  const root = filled ?? bench.newDirectory();
  const directory = join(root, 'data');
  const note = join(root, FILLED);
  if (!existsSync(note)) {
    const timeMs = Date.now();
    await fillStore(bench, scenario, { kind, seed, timeMs, sessions, directory });
    writeFileSync(note, JSON.stringify({ sessions, timeMs }));
  }
  return { directory, ...(JSON.parse(readFileSync(note, 'utf8')) as Omit<FilledStore, 'directory'>) };
}
