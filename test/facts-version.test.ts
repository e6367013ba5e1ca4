import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNormalizer, FACTS_VERSION } from '../src/normalize/create.js';
import type { RecordBatch } from '../src/otlp/record-batch.js';
import { fragments } from '../src/sessionize/fragment.js';
import { type ByteString, Group } from '../src/sessionize/records.js';
import { RULES_VERSION } from '../src/store/engine/engine.js';
import { GroupKeys } from '../src/store/records/group-keys.js';
import {
  compareSources,
  type HeldGroup,
  HeldSpan,
  heldLog,
  traceIdOf,
} from '../src/store/records/held-records.js';
import { decodeRequest } from './support/decode-request.js';
import { type RecordedRequest, recordedRequests } from './support/replay.js';

/**
 * What is kept on disk was made by the version that FACTS_VERSION and RULES_VERSION say. These digests are of what the code makes of all recorded telemetry: where it
 * makes something else of it, stored sessions have to be made again, which a higher number does.
 */
const FACTS = { version: 10, digest: '1c49f31e575e7e7a' };
const RULES = { version: 5, digest: '3bcc74d15e1629fd' };

const LIMITS = { maxRecords: 1_000_000, maxAttributesPerRecord: 10_000 };
/** These follow from data of packages, whose versions are told apart by themselves. */
const FROM_PACKAGES = new Set(['countryCode', 'countryName', 'region', 'city', 'postalCode', 'timezone']);

const normalizer = await createNormalizer({
  userIds: 'keep',
  userIdKey: Buffer.alloc(32),
  clientIp: 'keep',
  geoDatabase: undefined,
});

function allRequests(): RecordedRequest[] {
  const folders = readdirSync('fixtures', { withFileTypes: true }).filter((each) => each.isDirectory());
  const recorded = folders
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => recordedRequests(join('fixtures', name)));
  const cases = readdirSync(join('fixtures', 'cases'))
    .filter((name) => name.endsWith('.otlp.json'))
    .sort()
    .flatMap((name) => {
      const body = readFileSync(join('fixtures', 'cases', name));
      const { resourceSpans, resourceLogs, resourceMetrics } = JSON.parse(body.toString()) as Record<
        string,
        unknown
      >;
      const signals = { traces: resourceSpans, logs: resourceLogs, metrics: resourceMetrics };
      return (Object.keys(signals) as (keyof typeof signals)[])
        .filter((signal) => signals[signal] !== undefined)
        .map((signal): RecordedRequest => ({ signal, encoding: 'json', body }));
    });
  return [...recorded, ...cases];
}

function isListPriced(value: unknown): value is { costSource: 'list' } {
  return (value as { costSource?: unknown } | null)?.costSource === 'list';
}

/** Equal text for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each === 'bigint') return String(each);
    if (each instanceof Map) return [...each];
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return each;
    const isPriced = isListPriced(each);
    const entries = Object.entries(each).filter(
      ([name]) => !FROM_PACKAGES.has(name) && !(isPriced && name.startsWith('cost')),
    );
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** What a batch says of each of its records. */
function* factsOf(batch: RecordBatch): Generator<string> {
  const { strings, whos, usages, marks, visits, exceptionSets } = batch;
  for (let i = 0; i < batch.count; i++) {
    yield canonical([
      strings[batch.session[i]!] ?? null,
      whos[batch.who[i]!] ?? null,
      usages[batch.usage[i]!] ?? null,
      marks[batch.mark[i]!] ?? null,
      visits[batch.visit[i]!] ?? null,
      exceptionSets[batch.exceptions[i]!] ?? null,
      [batch.error[i], batch.quiet[i], batch.events[i]],
    ]);
  }
}

function digestOf(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('hex').slice(0, 16);
}

const batches = allRequests().map(
  ({ signal, encoding, body }) =>
    decodeRequest(signal, encoding, Uint8Array.from(body), normalizer, LIMITS).batch,
);

test('facts that are read otherwise have another FACTS_VERSION (src/normalize/create.ts)', () => {
  const digest = digestOf(batches.flatMap((batch) => [...factsOf(batch)]));
  assert.deepEqual(
    { version: FACTS_VERSION, digest },
    FACTS,
    'The same telemetry gives other facts than before: raise FACTS_VERSION and write both here.',
  );
});

test('records that go to other sessions, or count otherwise there, have another RULES_VERSION (src/store/engine)', () => {
  const groups = new Map<ByteString, HeldGroup>();
  const keys = new GroupKeys();
  for (const batch of batches) {
    for (let index = 0; index < batch.count; index++) {
      const key = keys.of(batch, index);
      const group = groups.get(key) ?? new Group<HeldSpan>(traceIdOf(batch, index));
      groups.set(key, group);
      const source = { batch, index };
      if (batch.kind[index] === 0) group.addSpan(new HeldSpan(source), compareSources);
      else group.addLog(heldLog(batch, index));
    }
  }
  const folded = [...groups].map(([key, group]) =>
    canonical([Buffer.from(key, 'latin1').toString('hex'), fragments(group, normalizer.priceOf)]),
  );
  assert.deepEqual(
    { version: RULES_VERSION, digest: digestOf(folded.sort()) },
    RULES,
    'The same facts make other sessions than before: raise RULES_VERSION and write both here.',
  );
});
