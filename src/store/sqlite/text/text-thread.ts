import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { LogReader } from '../../records/log-reader.js';
import { LOG_FOLDER } from '../schema.js';
import { TextFile } from './text-file.js';
import { indexStep } from './text-steps.js';

/** Indexes blocks of the log for content search. It works at most half of the time. */

export interface TextThreadOptions {
  readonly directory: string;
}

export type ToTextThread =
  /** Index blocks up to this one, which must be acknowledged, if they have enough text. */
  | { readonly kind: 'index'; readonly to: number }
  /** Forget these blocks. With `clean`, nothing may be left in the file. */
  | {
      readonly kind: 'forget';
      readonly id: number;
      readonly blocks: readonly number[];
      readonly clean: boolean;
    }
  | { readonly kind: 'close' };

export type FromTextThread =
  /** All that was enough is indexed. */
  | { readonly kind: 'indexed' }
  | { readonly kind: 'forgot'; readonly id: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly id?: number };

/** Pause before something is tried again that a reader prevents, ms. */
const WAIT_MS = 200;

const port = parentPort as MessagePort;
const { directory }: TextThreadOptions = workerData;
const log = new LogReader(join(directory, LOG_FOLDER));
const file = new TextFile(directory);

function send(message: FromTextThread): void {
  port.postMessage(message);
}

async function clean(): Promise<void> {
  while (!isClosed && !file.clean()) await sleep(WAIT_MS);
}

let isClosed = false;
const waiting: ToTextThread[] = [];

async function work(message: ToTextThread): Promise<void> {
  switch (message.kind) {
    case 'index': {
      for (;;) {
        const startMs = performance.now();
        if (!indexStep(file, log, message.to)) break;
        await sleep(performance.now() - startMs);
        // Others wait for what comes first: forgetting.
        if (waiting.length > 0) break;
      }
      send({ kind: 'indexed' });
      return;
    }
    case 'forget':
      file.forget(new Set(message.blocks));
      if (message.clean) await clean();
      else file.shrink();
      send({ kind: 'forgot', id: message.id });
      return;
    case 'close':
      isClosed = true;
      return;
  }
}

async function main(): Promise<void> {
  port.on('message', (message: ToTextThread) => {
    if (message.kind === 'close') isClosed = true;
    waiting.push(message);
  });
  while (!isClosed) {
    const message = waiting.shift();
    if (message === undefined) {
      await new Promise((resolve) => port.once('message', resolve));
      await setImmediate();
      continue;
    }
    try {
      await work(message);
    } catch (error) {
      const id = message.kind === 'forget' ? { id: message.id } : {};
      send({ kind: 'failed', reason: (error as Error).message, ...id });
    }
  }
  file.close();
  log.close();
  port.close();
}

void main();
