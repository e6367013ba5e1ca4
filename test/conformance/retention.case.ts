import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RetentionPolicy } from '../../src/store/contract/retention.js';
import {
  HOUR_MS,
  HOUR_NS,
  names,
  PROJECT,
  RetainingStore,
  type StoreKind,
  session,
} from '../support/retaining-store.js';
import { BASE_NS } from './bench.js';

/** Retention: what goes and what stays, of any store. `skip`: why this kind cannot be tested here, or false. */
export function retentionConformance(kind: StoreKind, skip: string | false = false): void {
  const open = (name: string, retention?: RetentionPolicy, nowNs?: bigint): Promise<RetainingStore> =>
    RetainingStore.open(kind, name, retention, nowNs);

  describe('retention', { skip }, () => {
    test('sessions older than the age of their project go, as a plan said; telemetry is taken meanwhile', async () => {
      const policy: RetentionPolicy = { keepMs: 240 * HOUR_MS, keepMsOf: new Map([['shop', 24 * HOUR_MS]]) };
      const old = names('old', 400);
      const kept = names('kept', 50);
      let server = await open('age');
      await server.appendAll(old, 300, PROJECT, 3_000);
      await server.appendAll(kept, 100);
      await server.appendAll(names('shop-old', 40), 30, 'shop');
      await server.appendAll(names('shop-new', 30), 20, 'shop');
      await server.store.writer.invalidate(PROJECT, old[7]!);
      const plan = await server.retentions.retentionPlan(policy);
      await server.close();

      server = await open('age', policy);
      // Telemetry comes in as long as the pass takes.
      let isOver = false;
      const meanwhile: string[] = [];
      const pass = server.pass().finally(() => {
        isOver = true;
      });
      for (let i = 0; !isOver; i++) {
        const [span] = session(`meanwhile-${i % 20}`, 0);
        await server.append([{ ...span!, trace: `a${i.toString(16)}` }]);
        if (i < 20) meanwhile.push(`meanwhile-${i}`);
      }
      const { projects, freedBytes } = await pass;
      assert.deepEqual(
        projects,
        plan.projects.map(({ untilNs: _, ...amounts }) => amounts),
      );
      assert.deepEqual(
        projects.map(({ project, sessions, records }) => ({ project, sessions, records })),
        [
          { project: PROJECT, sessions: 400, records: 800 },
          { project: 'shop', sessions: 40, records: 80 },
        ],
      );
      assert.ok(freedBytes > 400 * 2_000, `${freedBytes} bytes`);
      assert.deepEqual(await server.sessionIds(), [...kept, ...meanwhile].sort());
      assert.deepEqual(await server.sessionIds('shop'), names('shop-new', 30));
      const left = await server.retentions.retentionPlan(policy);
      assert.deepEqual(
        left.projects.map(({ sessions, records, bytes }) => ({ sessions, records, bytes })),
        [0, 0].map(() => ({ sessions: 0, records: 0, bytes: 0 })),
      );
      // Nothing keeps it out: a late record makes a new session.
      await server.append(session(old[0]!, 0));
      assert.ok((await server.sessionIds()).includes(old[0]!));
      await server.close();
    });

    test('beyond a size the oldest sessions go, until the data is smaller', async () => {
      let server = await open('size');
      const ids = names('sized', 750);
      for (let at = 0; at < ids.length; at += 250) {
        await server.appendAll(ids.slice(at, at + 250), 750 - at, PROJECT, 4_000);
      }
      const { dataBytes } = await server.retentions.retentionPlan({ keepMsOf: new Map() });
      const keepBytes = Math.round(dataBytes / 2);
      const policy: RetentionPolicy = { keepMsOf: new Map(), keepBytes };
      const plan = await server.retentions.retentionPlan(policy);
      assert.ok(plan.projects[0]!.sessions > 100);
      await server.close();
      server = await open('size', policy);
      const { projects } = await server.pass();
      assert.ok(projects[0]!.sessions >= plan.projects[0]!.sessions);
      const left = await server.sessionIds();
      assert.deepEqual(left, ids.slice(ids.length - left.length), 'the youngest stay');
      assert.ok(left.length > 200, `${left.length} are left`);
      assert.ok((await server.retentions.retentionPlan(policy)).dataBytes <= keepBytes);
      await server.close();
    });

    test('a clock that is far ahead of all telemetry is believed to be seven days ahead of it at most', async () => {
      const policy: RetentionPolicy = { keepMs: 240 * HOUR_MS, keepMsOf: new Map() };
      const nowNs = BASE_NS + 10_000n * HOUR_NS;
      let server = await open('clock', undefined, nowNs);
      await server.appendAll(names('day-0', 20), 0);
      await server.appendAll(names('day-4', 20), 4 * 24);
      await server.appendAll(names('day-20', 20), 20 * 24);
      const plan = await server.retentions.retentionPlan(policy);
      // Ten days after the latest activity, less the seven that it is believed to be ahead.
      assert.equal(plan.projects[0]!.sessions, 40);
      assert.match(plan.heldBack ?? '', /no session had activity/);
      await server.close();
      server = await open('clock', policy, nowNs);
      const { projects } = await server.pass();
      assert.equal(projects[0]!.sessions, 40);
      assert.deepEqual(await server.sessionIds(), names('day-0', 20));
      assert.match(server.heldBack.join(), /no session had activity/);
      await server.close();
    });
  });
}
