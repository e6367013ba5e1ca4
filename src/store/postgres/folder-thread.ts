import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createNormalizer } from '../../normalize/create.js';
import type { ConnectionOptions } from './connection.js';
import { Folder } from './folder.js';
import { HandedBlocks } from './handed-blocks.js';
import { HOLDER_PURPOSES } from './lease.js';
import { SessionThread } from './sync-session.js';
import type { FolderOptions, FromFolder, ToFolder } from './thread-messages.js';

/** How long a statement of the fold may take, ms. */
const STATEMENT_MS = 30_000;

/** How long the thread waits for a hint that there is work before it looks, ms. */
const LOOK_MS = 500;

const port = parentPort as MessagePort;
const options: FolderOptions = workerData;

function send(message: FromFolder): void {
  port.postMessage(message);
}

async function main(): Promise<void> {
  const { url, leaseMs } = options;
  const connection = (purpose: string): ConnectionOptions => ({
    url,
    purpose,
    statementMs: STATEMENT_MS,
    idleInTransactionMs: leaseMs,
    // The lease is renewed between two tries.
    lockMs: Math.ceil(leaseMs / 2),
  });
  const sessions = new SessionThread([
    connection(HOLDER_PURPOSES.rows),
    connection('decisions'),
    { ...connection(HOLDER_PURPOSES.hints), isAsync: true },
  ]);
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;
  let dueMs = Number.POSITIVE_INFINITY;
  const wakeAfter = (ms: number): void => {
    const atMs = performance.now() + ms;
    if (atMs >= dueMs) return;
    dueMs = atMs;
    clearTimeout(timer);
    timer = setTimeout(step, ms);
  };
  const wake = (): void => wakeAfter(0);
  const folder = new Folder({
    rows: sessions.sessions[0]!,
    decisions: sessions.sessions[1]!,
    hints: sessions.sessions[2]!,
    handed: new HandedBlocks(options.handOver),
    options,
    normalizer: await createNormalizer(options.normalizer),
    send,
    nowMs: () => performance.now(),
    wake,
    wakeAfter,
  });
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    folder.close();
    void sessions.close();
    send({ kind: 'closed' });
    port.close();
  };
  /** Works for some 100 ms, then lets messages through. */
  const step = (): void => {
    dueMs = Number.POSITIVE_INFINITY;
    if (isClosed) return;
    if (isClosing) {
      close();
      return;
    }
    const hasMore = folder.work();
    wakeAfter(hasMore ? 0 : LOOK_MS);
  };
  port.on('message', ({ kind }: ToFolder) => {
    if (kind === 'close') isClosing = true;
    wake();
  });
  step();
  send({ kind: 'ready' });
}

void main();
