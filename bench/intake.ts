import { mkdirSync } from 'node:fs';
import { loadConfig } from '../src/config.js';
import { createNormalizer } from '../src/normalize/create.js';
import { decodeLogs, decodeTraces } from '../src/otlp/decode.js';
import type { Redactor } from '../src/otlp/redaction.js';
import { finish } from '../src/otlp/steps.js';
import { redactorOf } from '../src/redact/create.js';
import { rulesOfSets, SET_NAMES, type SetName } from '../src/redact/policy.js';
import type { ProjectBatch } from '../src/store/engine/engine.js';
import { rowIdentity, sessionIdentity, textOf } from '../src/store/engine/identity.js';
import { installationKey } from '../src/store/sqlite/database.js';
import { lockDirectory } from '../src/store/sqlite/directory-lock.js';
import { engineOn } from '../src/store/sqlite/engine-store.js';
import { SessionFiles } from '../src/store/sqlite/session-files.js';

/** The parts of a decoded request that the intake appends. */
export type DecodedBatch = ProjectBatch;

/** The server's path from bytes to rows, in this process and on this thread. */
export interface Intake {
  decode(body: Buffer, isLogs: boolean): DecodedBatch;
  /** Redacts a request with default settings, and with all built-in sets; for measuring only. */
  redactUserIds(body: Buffer, isLogs: boolean): void;
  redactSets(body: Buffer, isLogs: boolean): void;
  /** Makes the batches durable, as one commit. */
  append(batches: DecodedBatch[]): void;
  /** Brings sessions, filters, counters and timelines up to date with the appended records. */
  fold(): void;
  close(): void;
}

const LIMITS = { maxRecords: Number.POSITIVE_INFINITY, maxAttributesPerRecord: Number.POSITIVE_INFINITY };
/** The server's default. */
const CACHE_BYTES = 32 * 1024 * 1024;
const HOT_RECORDS = 15_000;

/**
 * Opens an empty store with default settings. The only place of the benchmark that knows how the engine is
 * opened.
 *
 * @param directory Its data directory; created if it does not exist.
 */
export async function openIntake(directory: string): Promise<Intake> {
  mkdirSync(directory, { recursive: true });
  lockDirectory(directory).release();
  const config = loadConfig({ flags: new Map(), env: {}, readFile: () => '' });
  if (!config.ok) throw new Error(config.errors.join('\n'));
  const timeoutNs = BigInt(config.value.timeoutMs) * 1_000_000n;
  const files = SessionFiles.open(directory, {
    cacheBytes: CACHE_BYTES,
    identity: rowIdentity({ timeoutNs }),
  });
  const { db } = files;
  const options = { ...config.value, prices: [], userIdKey: installationKey(db) };
  const normalizer = await createNormalizer(options);
  const log = files.openLog();
  const { engine } = engineOn(db, log, {
    normalizer,
    settings: textOf(sessionIdentity(options)),
    implicitSessions: config.value.implicitSessions,
    timeoutNs,
    hotRecords: HOT_RECORDS,
    now: () => BigInt(Date.now()) * 1_000_000n,
  });
  engine.recover();
  const redactorWith = (sets: readonly SetName[]): Redactor =>
    redactorOf(
      { rules: rulesOfSets(sets), userIds: config.value.userIds, content: true },
      options.userIdKey,
    )!;
  const [userIds, allSets] = [redactorWith([]), redactorWith(SET_NAMES)];
  const redact = (redactor: Redactor, body: Buffer, isLogs: boolean): void =>
    void finish(redactor.steps(isLogs ? 'logs' : 'traces', body));
  return {
    redactUserIds: (body, isLogs) => redact(userIds, body, isLogs),
    redactSets: (body, isLogs) => redact(allSets, body, isLogs),
    decode: (body, isLogs) => ({
      project: 'default',
      batch: (isLogs ? decodeLogs : decodeTraces)(body, normalizer, LIMITS).batch,
    }),
    append: (batches) => {
      engine.commit(batches, false);
    },
    fold: () => {
      engine.fold();
    },
    close: () => {
      files.close();
      log.close();
    },
  };
}
