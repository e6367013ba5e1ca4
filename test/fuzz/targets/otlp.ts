import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createNormalizer } from '../../../src/normalize/create.js';
import { readGeoDatabase } from '../../../src/normalize/geo.js';
import type { Normalizer } from '../../../src/normalize/normalizer.js';
import {
  type DecodedRequest,
  type DecodeLimits,
  decodeLogs,
  decodeTraces,
  type Signal,
} from '../../../src/otlp/decode.js';
import { MalformedRequestError, TooManyRecordsError } from '../../../src/otlp/decode-errors.js';
import { decodeSteps, transcodeJson, whole } from '../../../src/otlp/decode-request.js';
import { readLogRecords, readSpans } from '../../../src/otlp/read.js';
import { NONE, type RecordBatch, serviceOf } from '../../../src/otlp/record-batch.js';
import { encodeRecords } from '../../../src/store/records/block.js';
import { mutateProtobuf } from '../mutate-protobuf.js';
import { assertSame } from '../same.js';
import type { FuzzTarget } from '../target.js';
import { jsonSeeds, randomSeeds } from './otlp-seeds.js';

const LIMITS: DecodeLimits = { maxRecords: 200, maxAttributesPerRecord: 32 };
const NO_LIMITS: DecodeLimits = {
  maxRecords: Number.POSITIVE_INFINITY,
  maxAttributesPerRecord: Number.POSITIVE_INFINITY,
};

/**
 * Most steps of a request, by its length: a step is up to 65,536 units of work, and a record, resource or scope of
 * two bytes is 4,096.
 */
function mostSteps(bytes: number): number {
  return 2 + bytes / 8;
}

/**
 * A request in protobuf, from its bytes to facts, to the block that is stored, and back:
 *
 * - it is decoded, or refused with a declared error, in a bounded number of steps;
 * - the result is the same each time, whatever was decoded before;
 * - what is accepted can be read in full, and decoding what is stored gives the same facts.
 */
export async function openOtlp(signal: Signal): Promise<FuzzTarget> {
  const geoBytes = await readGeoDatabase(undefined);
  const create = (): Promise<Normalizer> =>
    createNormalizer({
      ...{
        userIds: 'auto',
        userIdKey: new Uint8Array(32),
        clientIp: 'truncate',
        geoDatabase: undefined,
        geoBytes,
      },
      ...{ trustedProxies: 1, quietRoutes: ['/healthz', 'GET /metrics'] },
    });
  /** Has caches of all earlier inputs. */
  const old = await create();
  /** Has none to begin with. */
  let fresh = await create();
  const kind = signal === 'traces' ? 'traces' : 'logs';
  return {
    seeds: [...jsonSeeds(signal).map((json) => transcodeJson(signal, json).bytes), ...randomSeeds(signal)],
    mutate: mutateProtobuf,
    renew: async () => {
      fresh = await create();
    },
    run: (input) => {
      const limits = input.length % 2 === 0 ? LIMITS : { ...LIMITS, connectionAddress: '192.0.2.77' };
      const first = outcomeOf(signal, input, old, limits);
      assertSame(outcomeOf(signal, input, fresh, limits), first, 'the same request, decoded again');
      if (first instanceof Error) return;
      assertSame(storedFacts(first.batch, kind, old), factsOf(first.batch), 'the facts of what is stored');
    },
  };
}

type Outcome = DecodedRequest | MalformedRequestError | TooManyRecordsError;

function outcomeOf(signal: Signal, input: Uint8Array, normalizer: Normalizer, limits: DecodeLimits): Outcome {
  try {
    const steps = decodeSteps(signal, whole(Uint8Array.from(input)), normalizer, limits);
    for (let count = 0; ; count++) {
      const step = steps.next();
      if (step.done) return step.value;
      assert.ok(count < mostSteps(input.length), `more than ${count} steps for ${input.length} bytes`);
    }
  } catch (error) {
    if (error instanceof MalformedRequestError || error instanceof TooManyRecordsError) return error;
    throw error;
  }
}

/** What a batch says of each record, without the places where it says so. */
export function factsOf(batch: RecordBatch): unknown[] {
  const id = (at: number, length: number): string =>
    at === NONE ? '' : Buffer.from(batch.bytes.subarray(at, at + length)).toString('hex');
  const valueAt = <T>(table: readonly T[], index: number): T | undefined =>
    index === NONE ? undefined : table[index];
  return Array.from({ length: batch.count }, (_, i) => [
    ...[id(batch.traceId[i]!, 16), id(batch.spanId[i]!, 8), id(batch.parentId[i]!, 8)],
    ...[batch.kind[i], batch.start[i], batch.end[i], batch.error[i], batch.quiet[i], batch.events[i]],
    ...[serviceOf(batch, i), valueAt(batch.strings, batch.session[i]!)],
    valueAt(batch.identities, batch.identity[i]!),
    valueAt(batch.usages, batch.usage[i]!),
    valueAt(batch.lifecycleEvents, batch.lifecycleEvent[i]!),
    valueAt(batch.scores, batch.score[i]!),
    valueAt(batch.visits, batch.visit[i]!),
    valueAt(batch.exceptionSets, batch.exceptions[i]!),
    Buffer.from(batch.digest.subarray(16 * i, 16 * i + 16)).toString('hex'),
  ]);
}

/** The facts of the records as a block keeps them. Their full content must be readable too. */
function storedFacts(batch: RecordBatch, kind: 'traces' | 'logs', normalizer: Normalizer): unknown[] {
  const { spans, logs } = encodeRecords(
    Array.from({ length: batch.count }, (_, index) => ({ batch, index })),
  );
  const bytes = kind === 'traces' ? spans : logs;
  const views = kind === 'traces' ? readSpans(bytes) : readLogRecords(bytes);
  assert.equal(views.length, batch.count, 'records that can be read');
  const decode = kind === 'traces' ? decodeTraces : decodeLogs;
  return factsOf(decode(bytes, normalizer, NO_LIMITS).batch);
}
