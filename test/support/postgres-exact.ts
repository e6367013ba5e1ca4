import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Normalizer } from '../../src/normalize/normalizer.js';
import type { SessionReader } from '../../src/store/contract/reader.js';
import { PostgresReader } from '../../src/store/postgres/reader.js';
import { SqliteReader } from '../../src/store/sqlite/reader.js';
import { allAnswers } from './all-answers.js';
import { openEngine } from './engine.js';
import { batchesOf, type Item, NOW_NS } from './random-telemetry.js';
import { STORE_SETTINGS } from './store-process.js';

/** Whether a store over PostgreSQL gives the answers of an embedded one. */

const LIMIT_MS = 60_000;
const POLL_MS = 5;
const timeoutNs = BigInt(STORE_SETTINGS.timeoutMs) * 1_000_000n;

/** Resolves with the first value that is not undefined. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(performance.now() < deadline, what);
    await delay(POLL_MS);
  }
}

/** Resolves when readers see all that was appended. `check` is called meanwhile. */
export async function folded(client: Client, check: () => void = () => {}): Promise<void> {
  await until('sessions are behind', async () => {
    check();
    const { rows } = await client.query(
      'SELECT 1 FROM sojourn.log_block WHERE number IS NULL OR number > (SELECT folded FROM sojourn.lease) LIMIT 1',
    );
    return rows.length === 0 ? true : undefined;
  });
}

/**
 * Compares all answers about a project of the database with those of an embedded store that received the same
 * telemetry in one batch.
 */
export async function assertAnswers(
  url: string,
  normalizer: Normalizer,
  project: string,
  items: readonly Item[],
): Promise<void> {
  const expected = await expectedAnswers(normalizer, items, project);
  assert.equal(await answersOf(new PostgresReader({ url, timeoutNs }, normalizer), project), expected);
}

async function answersOf(reader: SessionReader, project: string): Promise<string> {
  try {
    return await allAnswers(reader, project, timeoutNs);
  } finally {
    await reader.close();
  }
}

/** The answers of an embedded store that received all in one batch. */
async function expectedAnswers(
  normalizer: Normalizer,
  items: readonly Item[],
  project: string,
): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'sojourn-postgres-exact-'));
  const { engine, db } = openEngine(directory, { normalizer, timeoutNs, now: () => NOW_NS });
  engine.commit(
    batchesOf(normalizer, items).map((batch) => ({ project, batch })),
    true,
  );
  db.close();
  const reader = new SqliteReader({ directory, cacheBytes: 1 << 20, timeoutNs }, normalizer);
  try {
    return await answersOf(reader, project);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
