import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import {
  encodeLogsRequest,
  encodeTraceRequest,
  logsRequest,
  otlpTypes,
  type PlainAnyValue,
  type PlainKeyValue,
  type PlainSpan,
  rewriteMessage,
  traceRequest,
} from '../../test/otlp-oracle.js';
import { recordedRequests } from '../../test/support/replay.js';
import { AttributeNormalizer } from '../normalize/attribute-normalizer.js';
import { openGeo } from '../normalize/geo.js';
import { createIdentityReader } from '../normalize/identity.js';
import type { SharedNormalizer } from '../normalize/normalizer.js';
import { DEFAULT_QUIET_ROUTES, QuietRoutes } from '../normalize/quiet-routes.js';
import { createUsageReader } from '../normalize/usage.js';
import { createUserIds } from '../normalize/user-id.js';
import { createVisitReader } from '../normalize/visit/visit-reader.js';
import type { DecodedRequest, DecodeLimits, Signal } from './decode.js';
import { MalformedRequestError } from './decode-errors.js';
import { decodeSteps, transcodeJson, whole } from './decode-request.js';
import { NONE, RECORD_LOG, resourceOf, scopeOf, serviceOf } from './record-batch.js';
import { finish, type Steps } from './steps.js';

/** A request gives the same facts whatever was decoded before, and whatever is being decoded at the same time. */

const geo = await openGeo();
const userIds = createUserIds({ mode: 'auto', key: Buffer.alloc(32, 1) });

/** A normaliser with empty caches. */
function newNormalizer(): SharedNormalizer {
  return new AttributeNormalizer(
    createIdentityReader({ userIds, geo, clientIp: 'keep' }),
    createUsageReader(),
    {
      visit: createVisitReader({ pageUrls: 'path' }),
      quietRoutes: new QuietRoutes(DEFAULT_QUIET_ROUTES),
    },
  );
}

interface Written {
  readonly signal: Signal;
  readonly bytes: Uint8Array;
}

interface Case extends Written {
  readonly limits: DecodeLimits;
}

/** The content of a decoded request, without details of its layout. */
function comesTo({ batch, unbound, rejected }: DecodedRequest): unknown {
  const hex = (at: number, length: number) =>
    at === NONE ? undefined : Buffer.from(batch.bytes.subarray(at, at + length)).toString('hex');
  const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const records = Array.from({ length: batch.count }, (_, i) => ({
    kind: batch.kind[i],
    place: [batch.offset[i], batch.length[i]],
    ids: [hex(batch.traceId[i]!, 16), hex(batch.spanId[i]!, 8), hex(batch.parentId[i]!, 8)],
    times: [batch.start[i], batch.end[i]],
    flags: [batch.error[i], batch.quiet[i], batch.events[i]],
    resource: latin(resourceOf(batch, i)),
    scope: latin(scopeOf(batch, i)),
    service: serviceOf(batch, i),
    session: batch.strings[batch.session[i]!],
    identity: batch.identities[batch.identity[i]!],
    usage: batch.usages[batch.usage[i]!],
    lifecycleEvent: batch.lifecycleEvents[batch.lifecycleEvent[i]!],
    visit: batch.visits[batch.visit[i]!],
    exceptions: batch.exceptionSets[batch.exceptions[i]!],
    digest: batch.kind[i] === RECORD_LOG ? latin(batch.digest.subarray(16 * i, 16 * i + 16)) : undefined,
  }));
  return { records, unbound, rejected: [...rejected] };
}

const stepsOf = ({ signal, bytes, limits }: Case, normalizer: SharedNormalizer): Steps<DecodedRequest> =>
  decodeSteps(signal, whole(bytes), normalizer.fork(), limits);

const NOTHING_YET = finish(
  decodeSteps('traces', whole(new Uint8Array()), newNormalizer(), {
    maxRecords: 1,
    maxAttributesPerRecord: 1,
  }),
);

function outcome(decode: () => DecodedRequest): unknown {
  try {
    return comesTo(decode());
  } catch (error) {
    assert.ok(error instanceof MalformedRequestError, String(error));
    return 'malformed';
  }
}

/** Decodes all requests concurrently; `next` chooses which one takes the next step. */
function interleaved(cases: readonly Case[], normalizer: SharedNormalizer, next: () => number): unknown[] {
  const outcomes: unknown[] = [];
  const open = cases.map((each, i) => ({ i, steps: stepsOf(each, normalizer) }));
  while (open.length > 0) {
    const at = next() % open.length;
    const { i, steps } = open[at]!;
    let step: IteratorResult<undefined, DecodedRequest> | undefined;
    const result = outcome(() => {
      step = steps.next();
      return step.value ?? NOTHING_YET;
    });
    // A request that throws is finished, too.
    if (step?.done === false) continue;
    outcomes[i] = result;
    open.splice(at, 1);
  }
  return outcomes;
}

function isSame(cases: readonly Case[], next: () => number): void {
  const cold = cases.map((each) => outcome(() => finish(stepsOf(each, newNormalizer()))));
  const normalizer = newNormalizer();
  for (let round = 0; round < 2; round++) {
    const warm = cases.map((each) => outcome(() => finish(stepsOf(each, normalizer))));
    assert.deepEqual(warm, cold);
  }
  const backwards = newNormalizer();
  const warm = cases.toReversed().map((each) => outcome(() => finish(stepsOf(each, backwards))));
  assert.deepEqual(warm.toReversed(), cold);
  assert.deepEqual(interleaved(cases, normalizer, next), cold);
  assert.deepEqual(interleaved(cases, newNormalizer(), next), cold);
}

const text = (values: readonly string[]): fc.Arbitrary<PlainAnyValue> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...values).map((stringValue) => ({ stringValue })) },
    // Unusual values that are still valid.
    fc.constantFrom<PlainAnyValue>(
      {},
      { stringValue: '' },
      { intValue: '7' },
      { boolValue: true },
      { doubleValue: 0.5 },
      { bytesValue: Uint8Array.of(1, 2, 3) },
      { arrayValue: { values: [{ stringValue: values[0]! }] } },
      { kvlistValue: { values: [{ key: values[0]!, value: { stringValue: 'x' } }] } },
    ),
  );

/** Few keys with few values each, so that much repeats, and much is nearly the same. */
const VOCABULARY: Readonly<Record<string, readonly string[]>> = {
  'session.id': ['s-1', 's-2', 's-20', '3f2b8a8e-7c0d-4b52-8d3c-0f6f6f6f6f6f', 'undefined'],
  'user.id': ['u-1', 'u-2', 'ann@example.com', ' u-1 '],
  'user.anonymous_id': ['a-1', 'a-2'],
  group_id: ['g-1', 'g-2'],
  'session.previous_id': ['s-0', 's-1'],
  'client.address': ['203.0.113.7', '10.1.2.3', '2001:db8::1', '81.2.69.142', '203.0.113.7, 10.1.2.3'],
  'network.peer.address': ['10.1.2.3', '81.2.69.160'],
  'http.request.header.x-forwarded-for': ['81.2.69.142, 10.0.0.1', 'for=81.2.69.142'],
  'user_agent.original': [
    'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
    'curl/8.5.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  ],
  'os.name': ['iOS', 'linux'],
  'browser.mobile': ['true'],
  'device.model.name': ['Pixel 8'],
  'geo.country.iso_code': ['DE', 'FR'],
  'network.connection.type': ['wifi', 'cell'],
  'app.version': ['1.0', '1.1'],
  'service.version': ['7'],
  'service.name': ['shop', 'api'],
  'telemetry.sdk.language': ['webjs', 'nodejs'],
  'url.full': ['https://a.example/p?q=1', 'https://b.example/'],
  'http.route': ['/healthz', '/cart'],
  'http.request.method': ['GET', 'OPTIONS'],
  'browser.page.title': ['Cart'],
  'gen_ai.operation.name': ['chat', 'invoke_agent', 'embeddings'],
  'gen_ai.provider.name': ['openai', 'anthropic'],
  'gen_ai.request.model': ['gpt-4o', 'gpt-4o-mini'],
  'gen_ai.usage.input_tokens': ['12', '120'],
  'exception.type': ['TypeError', 'RangeError'],
  'exception.message': ['no x'],
  'event.name': ['session.start', 'browser.page_view'],
  'x.unknown': ['a', 'b'],
};

const SURROUNDING_KEYS = [
  'session.id',
  'user.id',
  'app.version',
  'service.name',
  'telemetry.sdk.language',
  'user_agent.original',
  'network.connection.type',
  'client.address',
];

const attribute: fc.Arbitrary<PlainKeyValue> = fc
  .constantFrom(...Object.keys(VOCABULARY))
  .chain((key) => text(VOCABULARY[key]!).map((value) => ({ key, value })));
const attributes = (maxLength: number) => fc.array(attribute, { maxLength });
/** Attributes of records: many name the same user with the same attributes. */
const ownAttributes = fc.oneof(
  attributes(8),
  fc.constantFrom<PlainKeyValue[]>([], [{ key: 'session.id', value: { stringValue: 's-1' } }]),
);

const span: fc.Arbitrary<PlainSpan> = fc.record({
  traceId: fc.constantFrom(1, 2).map((n) => new Uint8Array(16).fill(n)),
  spanId: fc.constantFrom(1, 2, 3).map((n) => new Uint8Array(8).fill(n)),
  name: fc.constantFrom('documentLoad', 'routeChange', 'GET /cart', 'chat gpt-4o', ''),
  kind: fc.integer({ min: 0, max: 5 }),
  startTimeUnixNano: fc.constantFrom('0', '1700000000000000001', String(2n ** 63n)),
  endTimeUnixNano: fc.constantFrom('1', '1700000000000000002', '1700000004294967296'),
  attributes: ownAttributes,
  events: fc.array(
    fc.record({
      timeUnixNano: fc.constantFrom('1', '1700000000000000002'),
      name: fc.constantFrom('exception', 'fetchStart', 'exceptiom', ''),
      attributes: attributes(2),
    }),
    { maxLength: 3 },
  ),
});

/** Resources and scopes have fewer keys, so that they often name the same user. */
const surrounding = fc.array(
  fc
    .constantFrom(...SURROUNDING_KEYS)
    .chain((key) => text(VOCABULARY[key]!).map((value) => ({ key, value }))),
  { maxLength: 4 },
);
const resource = fc.record({ attributes: surrounding });
const scope = fc.record({
  name: fc.constantFrom('logfire.openai_agents', 'a', ''),
  version: fc.constantFrom('1', ''),
  attributes: surrounding,
});

const familiarTraces = fc
  .array(
    fc.record({
      resource,
      scopeSpans: fc.array(fc.record({ scope, spans: fc.array(span, { maxLength: 12 }) }), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  )
  .map((resourceSpans) => encodeTraceRequest({ resourceSpans }));

const familiarLogs = fc
  .array(
    fc.record({
      resource,
      scopeLogs: fc.array(
        fc.record({
          scope,
          logRecords: fc.array(
            fc.record({
              timeUnixNano: fc.constant('1700000000000000001'),
              eventName: fc.constantFrom('', 'session.start', 'browser.page_view', 'exception'),
              attributes: ownAttributes,
              body: fc.record({ kvlistValue: fc.record({ values: attributes(3) }) }),
              traceId: fc.constant(new Uint8Array(16).fill(1)),
            }),
            { maxLength: 12 },
          ),
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 3 },
  )
  .map((resourceLogs) => encodeLogsRequest({ resourceLogs }));

/** The limits that requests are decoded under, in turns. */
const LIMITS: readonly DecodeLimits[] = [
  { maxRecords: 1000, maxAttributesPerRecord: 128 },
  { maxRecords: 1000, maxAttributesPerRecord: 3 },
  { maxRecords: 1000, maxAttributesPerRecord: 128, connectionAddress: '81.2.69.142' },
  { maxRecords: 1000, maxAttributesPerRecord: 128, connectionAddress: '10.0.0.1' },
];

const TYPES = {
  traces: otlpTypes.ExportTraceServiceRequest,
  logs: otlpTypes.ExportLogsServiceRequest,
} as const;

/** Other encodings of the same content: other orders, unknown fields, a resource in several pieces. */
const asWritten = (signal: 'traces' | 'logs', bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Written> =>
  fc
    .tuple(bytes, fc.boolean(), fc.infiniteStream(fc.nat({ max: 1000 })))
    .map(([plain, isRewritten, random]) => ({
      signal,
      bytes: isRewritten ? rewriteMessage(TYPES[signal], plain, () => random.next().value as number) : plain,
    }));

/** Under all limits, in turns. */
function areSame(requests: fc.Arbitrary<Written>, numRuns: number): void {
  const all = fc.array(requests, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(all, fc.infiniteStream(fc.nat()), (written, random) =>
      isSame(
        LIMITS.flatMap((limits) => written.map((each) => ({ ...each, limits }))),
        () => random.next().value as number,
      ),
    ),
    { numRuns },
  );
}

test('requests of few senders give the same facts, whatever was decoded before or concurrently', () => {
  areSame(fc.oneof(asWritten('traces', familiarTraces), asWritten('logs', familiarLogs)), 40);
});

test('arbitrary requests do, too', () => {
  const traces = asWritten('traces', traceRequest.map(encodeTraceRequest));
  areSame(fc.oneof(traces, asWritten('logs', logsRequest.map(encodeLogsRequest))), 20);
});

test('damaged requests leave no state behind', () => {
  const damaged = fc
    .tuple(familiarTraces, fc.nat(), fc.nat({ max: 255 }))
    .map(([bytes, at, byte]): Written => {
      const copy = Uint8Array.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = byte;
      return { signal: 'traces', bytes: copy };
    });
  areSame(fc.oneof(damaged, asWritten('traces', familiarTraces)), 30);
});

const RECORDED = /\d+-(?:traces|logs|metrics)\.(?:binpb|json)$/;

test('recorded requests do', () => {
  const names = readdirSync('fixtures', { recursive: true, encoding: 'utf8' });
  const folders = new Set(names.filter((name) => RECORDED.test(name)).map((name) => dirname(name)));
  const all = [...folders]
    .flatMap((folder) => recordedRequests(join('fixtures', folder)))
    .map(({ signal, encoding, body }): Case => {
      const { bytes } = encoding === 'json' ? transcodeJson(signal, body) : whole(Uint8Array.from(body));
      return { signal, bytes, limits: { maxRecords: 1000, maxAttributesPerRecord: 1000 } };
    });
  assert.ok(all.length > 0);
  let turn = 0;
  isSame(all, () => {
    turn += 7;
    return turn;
  });
});
