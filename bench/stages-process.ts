/** Entry of the process that measures the stages of taking in: it does nothing else, so that its CPU time is theirs. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import lz4 from 'lz4-napi';
import { loadConfig } from '../src/config.js';
import { createNormalizer, normalizerIdentity } from '../src/normalize/create.js';
import { decodeLogs, decodeTraces } from '../src/otlp/decode.js';
import type { ProjectBatch } from '../src/store/engine/engine.js';
import { installationKey, openForWriting, openLog } from '../src/store/sqlite/database.js';
import { lockDirectory } from '../src/store/sqlite/directory-lock.js';
import { engineOn } from '../src/store/sqlite/engine-store.js';
import { openStream } from './generate/open-stream.js';
import type { StagesCommand, StageTimes } from './stages.js';

interface Request {
  readonly isLogs: boolean;
  readonly gzip: Buffer;
  readonly spans: number;
}

const LIMITS = { maxRecords: Number.POSITIVE_INFINITY, maxAttributesPerRecord: Number.POSITIVE_INFINITY };
/** As the server has them. */
const CACHE_BYTES = 32 * 1024 * 1024;
const HOT_RECORDS = 15_000;
/** The yardstick is the smallest of the numbers, so it is measured several times over. */
const GUNZIP_TIMES = 4;
const LIMIT_BLOCK_BYTES = 64 * 1024;

/** CPU time of this process so far, with that of its helper threads, µs. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Generates requests until they have so many spans. */
function prepare({ kind, spans, seed, timeMs }: StagesCommand): Request[] {
  const stream = openStream({ kind, stream: 1, seed, timeMs });
  const requests: Request[] = [];
  let left = spans;
  while (left > 0) {
    const request = stream.next();
    if (request === undefined) break;
    requests.push({
      isLogs: request.path === '/v1/logs',
      gzip: gzipSync(request.body),
      spans: request.spans,
    });
    left -= request.spans;
  }
  return requests;
}

/** The stages over some requests at a time, as a commit of the server has them; the first part only warms up. */
async function measure(command: StagesCommand): Promise<StageTimes> {
  const { directory, requestsPerCommit, commitsPerFold, warmUpShare } = command;
  const requests = prepare(command);
  lockDirectory(directory).release();
  const db = openForWriting(directory, CACHE_BYTES);
  const config = loadConfig({ flags: new Map(), env: {}, readFile: () => '' });
  if (!config.ok) throw new Error(config.errors.join('\n'));
  const options = { ...config.value, prices: [], userIdKey: installationKey(db) };
  const normalizer = await createNormalizer(options);
  const { engine } = engineOn(db, openLog(directory, db), {
    normalizer,
    settings: normalizerIdentity(options),
    implicitSessions: config.value.implicitSessions,
    timeoutNs: BigInt(config.value.timeoutMs) * 1_000_000n,
    hotRecords: HOT_RECORDS,
    now: () => BigInt(Date.now()) * 1_000_000n,
  });
  engine.recover(() => {});
  const limitFile = openSync(join(directory, 'limit'), 'w');
  const micros = { gunzip: 0, decode: 0, append: 0, fold: 0, limit: 0 };
  let spans = 0;
  const warmUp = Math.floor(requests.length * warmUpShare);
  let commits = 0;
  for (let from = 0; from < requests.length; from += requestsPerCommit) {
    const part = requests.slice(from, from + requestsPerCommit);
    const isMeasured = from >= warmUp;
    let at = cpuMicros();
    const add = (stage: keyof typeof micros): void => {
      const now = cpuMicros();
      if (isMeasured) micros[stage] += now - at;
      at = now;
    };
    let bodies: Buffer[] = [];
    for (let time = 0; time < GUNZIP_TIMES; time++) bodies = part.map(({ gzip }) => gunzipSync(gzip));
    add('gunzip');
    const batches: ProjectBatch[] = part.map(({ isLogs }, i) => ({
      project: 'default',
      batch: (isLogs ? decodeLogs : decodeTraces)(bodies[i]!, normalizer, LIMITS).batch,
    }));
    add('decode');
    engine.commit(batches, false);
    add('append');
    if (++commits % commitsPerFold === 0) engine.fold();
    add('fold');
    writeLimit(limitFile, bodies);
    add('limit');
    if (isMeasured) for (const request of part) spans += request.spans;
  }
  const at = cpuMicros();
  engine.fold();
  micros.fold += cpuMicros() - at;
  micros.gunzip /= GUNZIP_TIMES;
  closeSync(limitFile);
  db.close();
  return { spans, micros };
}

/** What cannot be left out: one pass over the bytes, compressing them, one durable sequential write. */
function writeLimit(file: number, bodies: readonly Buffer[]): void {
  let sum = 0;
  for (const body of bodies) {
    for (let i = 0; i < body.length; i++) sum = (sum + body[i]!) | 0;
    for (let start = 0; start < body.length; start += LIMIT_BLOCK_BYTES) {
      writeSync(file, lz4.compressSync(body.subarray(start, start + LIMIT_BLOCK_BYTES)));
    }
  }
  writeSync(file, String(sum));
  fsyncSync(file);
}

process.once('message', (command: StagesCommand) => {
  measure(command).then(
    (times) => process.send!({ times }, () => process.exit(0)),
    (error: Error) => process.send!({ error: error.stack ?? error.message }, () => process.exit(1)),
  );
});
