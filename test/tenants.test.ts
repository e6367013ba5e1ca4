import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createNormalizer } from '../src/normalize/create.js';
import type { Normalizer } from '../src/normalize/normalizer.js';
import { SqliteReader } from '../src/store/sqlite/reader.js';
import { allAnswers } from './support/all-answers.js';
import { openEngine } from './support/engine.js';
import { batchesOf, type Item, NOW_NS, telemetry } from './support/random-telemetry.js';

/**
 * Two tenants whose telemetry has the same trace, span, session and user ids everywhere. Each sees what it would
 * see if it were alone, to the last byte.
 */

const TENANTS = ['acme', 'zenith'];
const TIMEOUT_NS = 1_800_000_000_000n;
const root = mkdtempSync(join(tmpdir(), 'sojourn-tenants-'));
after(() => rmSync(root, { recursive: true, force: true }));

interface Sent {
  readonly project: string;
  readonly items: readonly Item[];
  readonly fold: boolean;
}

let runs = 0;

/** The answers that a tenant gets after all of this was sent. */
async function answersOf(
  normalizer: Normalizer,
  tenants: readonly string[],
  sent: readonly Sent[],
): Promise<string[]> {
  const directory = join(root, `run-${runs++}`);
  const store = openEngine(directory, {
    normalizer,
    hotRecords: 8,
    timeoutNs: TIMEOUT_NS,
    sessionsByUser: undefined,
    now: () => NOW_NS,
  });
  for (const { project, items, fold } of sent) {
    store.engine.commit(
      batchesOf(normalizer, items).map((batch) => ({ project, batch })),
      fold,
    );
  }
  store.engine.fold();
  store.db.close();
  const reader = new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs: TIMEOUT_NS }, normalizer);
  try {
    const answers: string[] = [];
    for (const project of tenants) {
      answers.push(await allAnswers(reader, project, TIMEOUT_NS));
    }
    return answers;
  } finally {
    await reader.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Telemetry of both, in parts that come alternately. */
const ofBoth = fc
  .tuple(telemetry, telemetry, fc.integer({ min: 1, max: 5 }))
  .map(([first, second, size]) => [parts(first, size), parts(second, size)] as const);

function parts(items: readonly Item[], size: number): Item[][] {
  const all: Item[][] = [];
  for (let at = 0; at < items.length; at += size) all.push(items.slice(at, at + size));
  return all;
}

test('tenants with the same ids everywhere see their own telemetry, and nothing of each other', async () => {
  const normalizer = await createNormalizer({
    userIds: 'auto',
    userIdKey: Buffer.alloc(32, 7),
    clientIp: 'keep',
    geoDatabase: undefined,
    quietRoutes: ['default'],
  });
  await fc.assert(
    fc.asyncProperty(ofBoth, async (both) => {
      const sentBy = (tenant: number): Sent[] =>
        both[tenant]!.map((items, i) => ({ project: TENANTS[tenant]!, items, fold: i % 2 === 0 }));
      const [first, second] = [sentBy(0), sentBy(1)];
      const mixed = Array.from({ length: Math.max(first.length, second.length) }, (_, i) => [
        ...first.slice(i, i + 1),
        ...second.slice(i, i + 1),
      ]).flat();
      const together = await answersOf(normalizer, TENANTS, mixed);
      const [alone] = await answersOf(normalizer, TENANTS.slice(0, 1), first);
      const [other] = await answersOf(normalizer, TENANTS.slice(1), second);
      assert.deepEqual(together, [alone, other]);
    }),
    { numRuns: Number(process.env.SOJOURN_TENANTS_RUNS ?? 25) },
  );
});
