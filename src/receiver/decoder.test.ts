import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { decodeRequest } from '../../test/support/decode-request.js';
import { plainNormalizer } from '../../test/support/normalizer.js';
import { type DecodedRequest, MalformedRequestError, TooManyRecordsError } from '../otlp/decode.js';
import { decodeSteps } from '../otlp/decode-request.js';
import { countOf } from '../store/contract/packed-batch.js';
import { createDecoder, JSON_HERE_BYTES } from './decoder.js';
import type { DecodeContext } from './ingest.js';
import { JsonThread } from './json-thread.js';
import { Turns } from './turns.js';

const LIMITS = { maxRecords: 100_000, maxAttributesPerRecord: 1024 };
const CONTEXT: DecodeContext = { browserAddress: undefined };

const newNormalizer = () => plainNormalizer();

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

/** A request with several resources and scopes, on which its records depend. */
function requestOf(name: string, spansPerScope: number): Buffer {
  let id = 0;
  const spans = (count: number) =>
    Array.from({ length: count }, () => {
      id++;
      return {
        traceId: id.toString(16).padStart(32, 'a'),
        spanId: id.toString(16).padStart(16, 'b'),
        startTimeUnixNano: String(1_790_000_000_000_000_000n + BigInt(id)),
        attributes: [attribute('user_agent.original', `${name}/${id} (Windows NT 10.0)`)],
      };
    });
  const scopes = (resource: number) =>
    [1, 2].map((scope) => ({
      scope: { name, attributes: [attribute('user.id', `${name} ${resource} ${scope}`)] },
      spans: spans(spansPerScope),
    }));
  const resourceSpans = [1, 2, 3].map((resource) => ({
    resource: {
      attributes: [
        attribute('service.name', `${name} ${resource}`),
        attribute('session.id', `${name} ${resource}`),
      ],
    },
    scopeSpans: scopes(resource),
  }));
  return Buffer.from(JSON.stringify({ resourceSpans }));
}

async function newDecoder(json: JsonThread) {
  const normalizer = await newNormalizer();
  const later: (() => void)[] = [];
  // The clock stands still, so that each slice is one step, and works interleave as often as possible.
  const turns = new Turns({ nowMs: () => 0, later: (call) => void later.push(call), sliceMs: 0 });
  const decode = createDecoder({
    steps: (signal, request) => decodeSteps(signal, request, normalizer.fork(), LIMITS),
    turns,
    json,
  });
  return { decode, later };
}

const json = new JsonThread({ after: () => () => {} });
after(() => json.close());

async function atOneGo(body: Buffer): Promise<DecodedRequest> {
  return decodeRequest('traces', 'json', body, await newNormalizer(), LIMITS);
}

test('interleaved requests give the same result as alone', async () => {
  const { decode, later } = await newDecoder(json);
  const [first, second] = [requestOf('first', 40), requestOf('second', 55)];
  const decoding = [first, second].map((body) => decode('traces', 'json', body, CONTEXT));
  assert.ok(decoding.every((each) => each instanceof Promise));
  let turns = 0;
  for (; later.length > 0; turns++) later.shift()!();
  assert.ok(turns > 10, String(turns));
  const [one, other] = await Promise.all(decoding);
  assert.equal(countOf(one!.batch), 240);
  assert.deepEqual(one, await atOneGo(first));
  assert.deepEqual(other, await atOneGo(second));
});

describe('large bodies of JSON', () => {
  const large = requestOf('large', 400);

  test('are read on another thread, with the same result', async () => {
    assert.ok(large.length > JSON_HERE_BYTES);
    const { decode, later } = await newDecoder(json);
    const expected = await atOneGo(large);
    // Shared memory is copied; memory of its own is transferred.
    const shared = Buffer.concat([Buffer.from('  '), large]).subarray(2);
    const own = Uint8Array.from(large);
    for (const body of [shared, own]) {
      const decoding = decode('traces', 'json', body, CONTEXT);
      while (!(await Promise.race([decoding, null]))) {
        for (const call of later.splice(0)) call();
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(await decoding, expected);
    }
    assert.ok(shared.equals(large));
    assert.equal(own.buffer.byteLength, 0);
  });

  test('are refused for the same reasons as on this thread', async () => {
    const broken = large.subarray(0, -2);
    await assert.rejects(json.transcode('traces', broken), (error) => {
      assert.ok(error instanceof MalformedRequestError);
      assert.match(error.message, /^the body is not JSON: /);
      return true;
    });
    const many = Buffer.from(`[${'1,'.repeat(2 ** 21)}1]`);
    await assert.rejects(json.transcode('traces', many), TooManyRecordsError);
    const faulty = Buffer.from(
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 7 }] }] }] }),
    );
    const { malformed, firstFault } = await json.transcode('traces', faulty);
    assert.equal(malformed, 1);
    assert.equal(firstFault, 'resourceSpans[0].scopeSpans[0].spans[0].name: expected a string');
  });
});

/** `threadId` of a worker that has ended. */
const ENDED = -1;

test('the thread for JSON exists while it is needed', async () => {
  const workers: Worker[] = [];
  const started = (worker: Worker): void => void workers.push(worker);
  process.on('worker', started);
  const isRunning = (): boolean => workers.some(({ threadId }) => threadId !== ENDED);
  const timers = new Set<() => void>();
  const thread = new JsonThread({
    after: (_ms, call) => {
      timers.add(call);
      return () => timers.delete(call);
    },
  });
  const empty = () => Buffer.from('{"resourceSpans":[]}');
  assert.equal(isRunning(), false);
  await Promise.all([thread.transcode('traces', empty()), thread.transcode('logs', empty())]);
  assert.equal(isRunning(), true);
  assert.equal(timers.size, 1);
  // Used again before it ends.
  await thread.transcode('traces', empty());
  assert.equal(timers.size, 1);
  for (const call of timers) call();
  while (isRunning()) await new Promise((resolve) => setImmediate(resolve));
  await thread.transcode('traces', empty());
  const underWay = thread.transcode('traces', empty());
  const [answer] = await Promise.allSettled([underWay, thread.close()]);
  // It may just have been done.
  if (answer.status === 'rejected') assert.match(String(answer.reason), /ended/);
  assert.equal(isRunning(), false);
  assert.equal(workers.length, 2);
  process.off('worker', started);
});
