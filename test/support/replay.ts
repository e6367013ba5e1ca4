import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNormalizer } from '../../src/normalize/create.js';
import { SessionQueries } from '../../src/query/session-queries.js';
import { encodeRecords } from '../../src/store/records/block.js';
import { type ReaderOptions, SqliteReader } from '../../src/store/sqlite/reader.js';
import { decodeRequest } from './decode-request.js';
import { openEngine } from './engine.js';

/** A request as an exporter sent it, decompressed. */
export interface RecordedRequest {
  readonly signal: 'traces' | 'logs' | 'metrics';
  readonly encoding: 'protobuf' | 'json';
  readonly body: Uint8Array;
}

/** The requests of a recording (`fixtures/README.md`), in the order in which they were sent. */
export function recordedRequests(folder: string): RecordedRequest[] {
  return readdirSync(folder)
    .filter((name) => /^\d+-(traces|logs|metrics)\.(binpb|json)$/.test(name))
    .sort()
    .map((name) => {
      const [, signal, ending] = /-(traces|logs|metrics)\.(binpb|json)$/.exec(name)!;
      return {
        signal: signal as RecordedRequest['signal'],
        encoding: ending === 'json' ? 'json' : 'protobuf',
        body: readFileSync(join(folder, name)),
      };
    });
}

const TIMEOUT_NS = 1_800_000_000_000n;
const NORMALIZER = {
  userIds: 'keep',
  userIdKey: Buffer.alloc(32),
  clientIp: 'keep',
  geoDatabase: undefined,
} as const;
const LIMITS = { maxRecords: 1_000_000, maxAttributesPerRecord: 10_000 };

/** The same records, each in a request of its own: an exporter may split its data anywhere. */
export async function oneByOne(requests: readonly RecordedRequest[]): Promise<RecordedRequest[]> {
  const normalizer = await createNormalizer(NORMALIZER);
  return requests.flatMap(({ signal, encoding, body }): RecordedRequest[] => {
    const { batch } = decodeRequest(signal, encoding, Uint8Array.from(body), normalizer, LIMITS);
    return Array.from({ length: batch.count }, (_, index) => {
      const { spans, logs } = encodeRecords([{ batch, index }]);
      // Data points are kept as log records.
      return signal === 'traces'
        ? { signal, encoding: 'protobuf', body: spans }
        : { signal: 'logs', encoding: 'protobuf', body: logs };
    });
  });
}

/**
 * The Sessions API over a store of its own that has received these requests, each in a commit of its own.
 * `close` removes it.
 */
export async function replay(
  requests: readonly RecordedRequest[],
  options: Partial<ReaderOptions> = {},
): Promise<SessionQueries> {
  const directory = mkdtempSync(join(tmpdir(), 'sojourn-replay-'));
  const normalizer = await createNormalizer(NORMALIZER);
  const { db, engine } = openEngine(directory, {
    normalizer,
    timeoutNs: TIMEOUT_NS,
    now: () => BigInt(Date.now()) * 1_000_000n,
  });
  for (const { signal, encoding, body } of requests) {
    const { batch } = decodeRequest(signal, encoding, Uint8Array.from(body), normalizer, LIMITS);
    engine.commit([{ project: 'default', batch }], true);
  }
  db.close();
  const reader = new SqliteReader(
    { directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS, ...options },
    normalizer,
  );
  return new SessionQueries({
    reader: Object.assign(reader, {
      close: async () => {
        await SqliteReader.prototype.close.call(reader);
        rmSync(directory, { recursive: true, force: true });
      },
    }),
    project: 'default',
    activeMs: 300_000,
    timeoutMs: 1_800_000,
    userIdCandidates: (id) => [id],
    now: () => BigInt(Date.now()) * 1_000_000n,
  });
}
