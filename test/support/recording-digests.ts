import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNormalizer } from '../../src/normalize/create.js';
import { NONE, RECORD_SPAN, type RecordBatch } from '../../src/otlp/record-batch.js';
import { fragments } from '../../src/sessionize/fragment.js';
import { type ByteString, Group } from '../../src/sessionize/records.js';
import { GroupKeys } from '../../src/store/records/group-keys.js';
import {
  compareSources,
  type HeldGroup,
  HeldSpan,
  heldLog,
  traceIdOf,
} from '../../src/store/records/held-records.js';
import { decodeRequest } from './decode-request.js';
import { type RecordedRequest, recordedRequests } from './replay.js';

/** The results of the code for a recording, by its name: for its records, and for their sessions. */
export interface RecordingDigests {
  readonly facts: string;
  readonly sessions: string;
}

const LIMITS = { maxRecords: 1_000_000, maxAttributesPerRecord: 10_000 };
/** These follow from data of packages, whose versions are tracked separately. */
const FROM_PACKAGES = new Set(['countryCode', 'countryName', 'region', 'city', 'postalCode', 'timezone']);

const normalizer = await createNormalizer({
  userIds: 'keep',
  userIdKey: Buffer.alloc(32),
  clientIp: 'keep',
  geoDatabase: undefined,
});

/** The digests of all recordings and cases in `fixtures`, in the order of their names. */
export function recordingDigests(): Record<string, RecordingDigests> {
  return Object.fromEntries(recordings().map(([name, requests]) => [name, digestsOf(requests)]));
}

function recordings(): [name: string, requests: RecordedRequest[]][] {
  const folders = readdirSync('fixtures').filter((name) => existsSync(join('fixtures', name, 'recorded')));
  const recorded = folders.map((name): [string, RecordedRequest[]] => [
    name,
    recordedRequests(join('fixtures', name, 'recorded')),
  ]);
  const ENDING = '.otlp.json';
  const cases = readdirSync(join('fixtures', 'cases'))
    .filter((name) => name.endsWith(ENDING))
    .map((name): [string, RecordedRequest[]] => {
      const body = readFileSync(join('fixtures', 'cases', name));
      const signals = { resourceSpans: 'traces', resourceLogs: 'logs', resourceMetrics: 'metrics' } as const;
      const fields = JSON.parse(body.toString()) as Record<string, unknown>;
      const requests = (Object.keys(signals) as (keyof typeof signals)[])
        .filter((field) => fields[field] !== undefined)
        .map((field): RecordedRequest => ({ signal: signals[field], encoding: 'json', body }));
      return [`cases/${name.slice(0, -ENDING.length)}`, requests];
    });
  const all = [...recorded, ...cases];
  for (const [name, requests] of all) if (requests.length === 0) throw new Error(`${name} has no requests`);
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}

function digestsOf(requests: readonly RecordedRequest[]): RecordingDigests {
  const batches = requests.map(
    ({ signal, encoding, body }) =>
      decodeRequest(signal, encoding, Uint8Array.from(body), normalizer, LIMITS).batch,
  );
  return {
    facts: digestOf(batches.flatMap((batch) => [...factsOf(batch)])),
    sessions: digestOf(foldedGroups(batches)),
  };
}

function foldedGroups(batches: readonly RecordBatch[]): string[] {
  const groups = new Map<ByteString, HeldGroup>();
  const keys = new GroupKeys();
  for (const batch of batches) {
    for (let index = 0; index < batch.count; index++) {
      const key = keys.of(batch, index);
      const group = groups.get(key) ?? new Group<HeldSpan>(traceIdOf(batch, index));
      groups.set(key, group);
      if (batch.kind[index] === RECORD_SPAN) group.addSpan(new HeldSpan({ batch, index }), compareSources);
      else group.addLog(heldLog(batch, index));
    }
  }
  return [...groups]
    .map(([key, group]) =>
      canonical([Buffer.from(key, 'latin1').toString('hex'), fragments(group, normalizer.priceOf)]),
    )
    .sort();
}

function isListPriced(value: unknown): value is { costSource: 'list' } {
  return (value as { costSource?: unknown } | null)?.costSource === 'list';
}

/** Equal text for equal values, with keys in any order. */
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

/** The facts of each record of a batch. */
function* factsOf(batch: RecordBatch): Generator<string> {
  const { strings, identities, usages, lifecycleEvents, scores, visits, exceptionSets, titles } = batch;
  for (let i = 0; i < batch.count; i++) {
    yield canonical([
      strings[batch.session[i]!] ?? null,
      identities[batch.identity[i]!] ?? null,
      usages[batch.usage[i]!] ?? null,
      lifecycleEvents[batch.lifecycleEvent[i]!] ?? null,
      visits[batch.visit[i]!] ?? null,
      ...(batch.score[i] === NONE ? [] : [scores[batch.score[i]!]]),
      exceptionSets[batch.exceptions[i]!] ?? null,
      titles[batch.title[i]!] ?? null,
      [batch.error[i], batch.quiet[i], batch.events[i]],
    ]);
  }
}

function digestOf(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('hex').slice(0, 16);
}
