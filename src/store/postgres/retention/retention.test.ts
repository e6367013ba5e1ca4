import { CONFORMANCE_SETTINGS } from '../../../../test/conformance/bench.js';
import { retentionConformance } from '../../../../test/conformance/retention.case.js';
import { withoutPostgres } from '../../../../test/support/postgres.js';
import type { StoreKind } from '../../../../test/support/retaining-store.js';
import { TestDatabase } from '../../../../test/support/test-database.js';
import { openPostgresStore } from '../store.js';

/** Retention by the process that holds the lease: what goes, and what stays. */

const databases = new Map<string, Promise<TestDatabase>>();

function database(name: string): Promise<TestDatabase> {
  const known = databases.get(name) ?? TestDatabase.create();
  databases.set(name, known);
  return known;
}

const POSTGRES: StoreKind = {
  open: async (name, { retention, nowNs, events }) => {
    const { nowNs: _, ...settings } = CONFORMANCE_SETTINGS;
    const { url } = await database(name);
    return openPostgresStore({ ...settings, url, retention, events }, { writer: { nowNs } });
  },
  settled: async (name) => (await database(name)).folded(),
  flip: async (name, block) => (await database(name)).flip(block),
  recordsIn: async (name, block) => (await database(name)).recordsIn(block),
};

retentionConformance(POSTGRES, withoutPostgres);
