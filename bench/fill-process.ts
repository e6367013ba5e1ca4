/** Entry of the process that fills a store: a stream of sessions into the server's own store, without HTTP. */
import { mkdirSync } from 'node:fs';
import { loadConfig } from '../src/config.js';
import { createNormalizer } from '../src/normalize/create.js';
import { decodeLogs, decodeTraces } from '../src/otlp/decode.js';
import { DEFAULT_PROJECT, type StoreEvents } from '../src/store/contract/store.js';
import { openStore } from '../src/store/open-store.js';
import type { FillCommand, FillMessage } from './fill.js';
import { openStream } from './generate/open-stream.js';

const SPANS_PER_MESSAGE = 200_000;
/** Requests that wait for the store: enough for large commits. */
const UNDER_WAY = 32;
const LIMITS = { maxRecords: Number.POSITIVE_INFINITY, maxAttributesPerRecord: Number.POSITIVE_INFINITY };

function report(message: FillMessage): void {
  process.send!(message);
}

function failed(error: Error): void {
  report({ type: 'failed', error: error.stack ?? error.message });
}

const ignore = (): void => {};
const events: StoreEvents = {
  progress: ignore,
  catchingUp: ignore,
  unfolded: ignore,
  trouble: (message) => failed(new Error(message)),
  foldFailed: (reason) => failed(new Error(reason)),
  opening: () => {},
  warning: (message) => failed(new Error(message)),
  damaged: (blocks) => failed(new Error(`damaged blocks: ${blocks.map(({ first }) => first)}`)),
  writable: (reason) => reason !== undefined && failed(new Error(reason)),
  failed,
};

async function fill({ kind, seed, timeMs, sessions, directory }: FillCommand): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const config = loadConfig({ flags: new Map(), env: {}, readFile: () => '' });
  if (!config.ok) throw new Error(config.errors.join('\n'));
  const facts = { ...config.value, prices: [] };
  const store = await openStore({ ...config.value, directory, normalizer: facts, events, signal: undefined });
  const normalizer = await createNormalizer({ ...facts, userIdKey: store.installationKey });
  const stream = openStream({ kind, stream: 2, seed, timeMs, sessions });
  const underWay = new Set<Promise<unknown>>();
  let spans = 0;
  for (let request = stream.next(); request !== undefined; request = stream.next()) {
    const decode = request.path === '/v1/logs' ? decodeLogs : decodeTraces;
    const { batch } = decode(Buffer.from(request.body), normalizer, LIMITS);
    const appended: Promise<unknown> = store.writer
      .append(DEFAULT_PROJECT, batch)
      .finally(() => underWay.delete(appended));
    underWay.add(appended);
    if (underWay.size >= UNDER_WAY) await Promise.race(underWay);
    const before = spans;
    spans += request.spans;
    if (Math.floor(spans / SPANS_PER_MESSAGE) > Math.floor(before / SPANS_PER_MESSAGE))
      report({ type: 'progress', spans });
  }
  await Promise.all(underWay);
  await store.close();
  report({ type: 'end' });
}

process.once('message', (command: FillCommand) => void fill(command).catch(failed));
