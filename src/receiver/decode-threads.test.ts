import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { logsJson, metricsJson, type SpanSpec, tracesJson } from '../../test/support/telemetry.js';
import { systemClock } from '../clock.js';
import { createNormalizer, type NormalizerOptions } from '../normalize/create.js';
import {
  type DecodedRequest,
  MalformedRequestError,
  type Signal,
  TooManyRecordsError,
} from '../otlp/decode.js';
import { decodeSteps, transcodeJson, whole } from '../otlp/decode-request.js';
import { resourceOf, scopeOf, serviceOf } from '../otlp/record-batch.js';
import { finish } from '../otlp/steps.js';
import { unpackBatch } from '../store/contract/packed-batch.js';
import type { ThreadRequest } from './decode-messages.js';
import { DecodeThreads, type DecodeThreadsOptions, defaultThreads } from './decode-threads.js';
import { DecodingLostError } from './ingest.js';
import { AbandonedError } from './turns.js';

const NORMALIZER: NormalizerOptions = {
  userIds: 'pseudonymize',
  userIdKey: new Uint8Array(32).fill(7),
  clientIp: 'keep',
  geoDatabase: undefined,
  quietRoutes: ['default'],
};
const LIMITS = { maxRecords: 20_000, maxAttributesPerRecord: 16 };
const normalizer = await createNormalizer(NORMALIZER);

const opened: (() => Promise<void>)[] = [];
after(() => Promise.all(opened.map((close) => close())));

const REDACTION = { rules: [], userIds: 'keep', content: true } as const;

async function open(options: Partial<DecodeThreadsOptions> = {}) {
  const crashes: Error[] = [];
  const workers: Worker[] = [];
  const started = (worker: Worker): void => void workers.push(worker);
  process.on('worker', started);
  const threads = new DecodeThreads({
    count: 1,
    data: { normalizer: NORMALIZER, limits: LIMITS, redaction: REDACTION },
    crashed: (error) => crashes.push(error),
    after: systemClock.after,
    ...options,
  });
  const close = async (): Promise<void> => {
    process.off('worker', started);
    await threads.close();
  };
  opened.push(close);
  // Node.js reports new threads a tick later.
  await new Promise((resolve) => setImmediate(resolve));
  return { threads, workers, crashes, close };
}

function span(i: number, more: Partial<SpanSpec> = {}): SpanSpec {
  const attributes = {
    'session.id': `session ${i % 7}`,
    'user.id': `user ${i % 3}@shop.example`,
    'client.address': '81.2.69.142',
    'user_agent.original': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': i,
  };
  return {
    trace: `${i + 1}`,
    span: '1',
    start: 1_790_000_000_000_000_000n,
    end: 1_790_000_000_000_000_001n,
    attributes,
    ...more,
  };
}
const spans = (count: number): SpanSpec[] => Array.from({ length: count }, (_, i) => span(i));
const json = (text: string): ThreadRequest['body'] => ({ json: Buffer.from(text) });
const protobuf = (bytes: Uint8Array): ThreadRequest['body'] => ({ protobuf: whole(Uint8Array.from(bytes)) });
const tracesProtobuf = (count: number): Uint8Array =>
  transcodeJson('traces', Buffer.from(tracesJson(spans(count)))).bytes;
const request = (signal: Signal, body: ThreadRequest['body']): ThreadRequest => ({
  signal,
  body,
  browserAddress: '203.0.113.9',
  lacksScoreScope: false,
});
const awaited = (): boolean => false;

type Written = { readonly error: string } | object;

/**
 * A request and its batch, with the resources and scopes of each record written out. How often equal ones are
 * stored depends on concurrent requests.
 */
function written({ batch, ...rest }: DecodedRequest): Written {
  const { envelope, envelopes, ...columns } = batch;
  const around = Array.from(envelope.subarray(0, batch.count), (_, i) => [
    resourceOf(batch, i),
    scopeOf(batch, i),
    serviceOf(batch, i),
  ]);
  return { ...rest, ...columns, around };
}

/** The result of decoding on this thread. */
function here({ signal, body, browserAddress }: ThreadRequest): Written {
  try {
    const transcoded = 'json' in body ? transcodeJson(signal, body.json) : body.protobuf;
    return written(
      finish(
        decodeSteps(signal, transcoded, normalizer.fork(), { ...LIMITS, connectionAddress: browserAddress }),
      ),
    );
  } catch (error) {
    return { error: String(error) };
  }
}

async function aside(threads: DecodeThreads, of: ThreadRequest): Promise<Written> {
  try {
    const decoded = await threads.decode(of, awaited);
    return written({ ...decoded, batch: unpackBatch(decoded.batch) });
  } catch (error) {
    assert.ok(error instanceof MalformedRequestError || error instanceof TooManyRecordsError);
    return { error: String(error) };
  }
}

test('there are none by default on few cores', () => {
  assert.deepEqual([1, 2, 3, 4, 7, 8, 64].map(defaultThreads), [0, 0, 0, 1, 1, 2, 2]);
});

describe('two threads give the same result as this one', async () => {
  const { threads, crashes } = await open({ count: 2 });
  const tooManyAttributes = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, i]));
  const logs = logsJson([
    { trace: 'a', time: 1n, attributes: { 'session.id': 's' }, body: 'text' },
    { time: 2n, body: 'belongs nowhere' },
    { time: 3n, attributes: { 'session.id': 's', 'exception.type': 'E', 'exception.message': 'm' } },
  ]);
  const REQUESTS: [name: string, signal: Signal, body: () => ThreadRequest['body']][] = [
    ['spans in protobuf', 'traces', () => protobuf(tracesProtobuf(50))],
    ['spans in JSON', 'traces', () => json(tracesJson(spans(50)))],
    [
      'more values than are packed at one go',
      'traces',
      () =>
        json(
          tracesJson(
            Array.from({ length: 3_000 }, (_, i) => span(i, { attributes: { 'session.id': `${i}` } })),
          ),
        ),
    ],
    ['log records', 'logs', () => json(logs)],
    [
      'metrics',
      'metrics',
      () =>
        json(
          metricsJson([
            {
              metric: 'claude_code.token.usage',
              start: 1n,
              time: 2n,
              value: 5,
              attributes: { 'session.id': 's', type: 'input' },
            },
          ]),
        ),
    ],
    ['nothing', 'traces', () => protobuf(new Uint8Array())],
    ['nothing in JSON', 'logs', () => json('{}')],
    ['the signal of another path', 'traces', () => json(logs)],
    [
      'partial success',
      'traces',
      () => json(tracesJson([span(1), span(2, { attributes: tooManyAttributes }), span(0, { span: '0' })])),
    ],
    [
      'a record that is no OTLP',
      'traces',
      () => json('{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":7}]}]}]}'),
    ],
    ['broken protobuf', 'traces', () => protobuf(tracesProtobuf(50).subarray(0, -1))],
    ['broken JSON', 'traces', () => json('{"resourceSpans":')],
    [
      'too many records',
      'traces',
      () => protobuf(Buffer.concat(Array.from({ length: 101 }, () => tracesProtobuf(200)))),
    ],
    ['too much JSON', 'traces', () => json(`[${'1,'.repeat(2 ** 21)}1]`)],
  ];
  for (const [name, signal, body] of REQUESTS) {
    test(name, async () => {
      const expected = here(request(signal, body()));
      // Each thread decodes it, whichever gets it first.
      const answers = await Promise.all([1, 2, 3].map(() => aside(threads, request(signal, body()))));
      for (const answer of answers) assert.deepEqual(answer, expected);
    });
  }

  test('whatever bytes are damaged', async () => {
    const good = tracesProtobuf(20);
    let seed = 1;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed % below;
    };
    const damaged = Array.from({ length: 200 }, () => {
      const bytes = Uint8Array.from(good);
      for (let i = 0; i <= next(3); i++) bytes[next(bytes.length)] = next(256);
      return bytes.subarray(0, bytes.length - next(2) * next(40));
    });
    await Promise.all(
      damaged.map(async (bytes) =>
        assert.deepEqual(
          await aside(threads, request('traces', protobuf(bytes))),
          here(request('traces', protobuf(bytes))),
        ),
      ),
    );
    assert.deepEqual(crashes, []);
  });
});

test('the memory of a body is transferred, unless it is shared', async () => {
  const { threads, close } = await open();
  const own = Uint8Array.from(tracesProtobuf(2));
  const shared = Buffer.concat([Buffer.alloc(1), own]).subarray(1);
  for (const bytes of [shared, own]) {
    const { batch } = await threads.decode(request('traces', { protobuf: whole(bytes) }), awaited);
    assert.equal(batch.columns.count, 2);
  }
  assert.equal(own.length, 0);
  assert.ok(shared.length > 0);
  await close();
});

test('requests of a killed thread fail as retryable, and the next request starts another thread', async () => {
  const { threads, workers, crashes, close } = await open();
  const decoding = [1, 2].map(() =>
    threads.decode(request('traces', protobuf(tracesProtobuf(500))), awaited),
  );
  const lost = decoding.map((each) => assert.rejects(each, DecodingLostError));
  assert.equal(workers.length, 1);
  await workers[0]!.terminate();
  await Promise.all(lost);
  assert.equal(crashes.length, 1);
  const decoded = await threads.decode(request('traces', protobuf(tracesProtobuf(3))), awaited);
  assert.equal(decoded.batch.columns.count, 3);
  assert.equal(workers.length, 2);
  await close();
  assert.equal(crashes.length, 1, 'closing is no crash');
});

test('a request that needs more memory than a thread has ends only the thread', async () => {
  const { threads, crashes, close } = await open({ heapMb: 24 });
  const large = (): ThreadRequest => request('traces', json(tracesJson(spans(15_000))));
  await assert.rejects(threads.decode(large(), awaited), DecodingLostError);
  assert.equal(crashes.length, 1);
  const decoded = await threads.decode(request('traces', protobuf(tracesProtobuf(3))), awaited);
  assert.equal(decoded.batch.columns.count, 3);
  await close();
});

test('a small request does not wait for a large one before it', async () => {
  const { threads, close } = await open();
  await threads.decode(request('traces', protobuf(tracesProtobuf(3))), awaited);
  const order: string[] = [];
  const large = threads
    .decode(
      request('traces', protobuf(Buffer.concat(Array.from({ length: 30 }, () => tracesProtobuf(300))))),
      awaited,
    )
    .then(() => order.push('large'));
  const small = threads
    .decode(request('traces', protobuf(tracesProtobuf(1))), awaited)
    .then(() => order.push('small'));
  await Promise.all([large, small]);
  assert.deepEqual(order, ['small', 'large']);
  await close();
});

test('an abandoned request is dropped', async () => {
  const timers: (() => void)[] = [];
  const { threads, close } = await open({
    after: (_ms, call) => {
      timers.push(call);
      return () => {};
    },
  });
  let isGone = false;
  const abandoned = threads.decode(request('traces', protobuf(tracesProtobuf(500))), () => isGone);
  const other = threads.decode(request('traces', protobuf(tracesProtobuf(1))), awaited);
  assert.equal(timers.length, 1);
  timers.shift()!();
  isGone = true;
  assert.equal(timers.length, 1, 'asked again later');
  const rejected = assert.rejects(abandoned, AbandonedError);
  timers.shift()!();
  await rejected;
  assert.equal((await other).batch.columns.count, 1);
  timers.shift()!();
  assert.equal(timers.length, 0, 'nothing is under way');
  await close();
});

test('closing fails running and later requests', async () => {
  const { threads, workers, close } = await open({ count: 2 });
  const underWay = [1, 2, 3].map(() =>
    assert.rejects(
      threads.decode(request('traces', protobuf(tracesProtobuf(500))), awaited),
      DecodingLostError,
    ),
  );
  await Promise.all([close(), ...underWay]);
  await assert.rejects(threads.decode(request('traces', json('{}')), awaited), DecodingLostError);
  assert.equal(workers.length, 2);
});
