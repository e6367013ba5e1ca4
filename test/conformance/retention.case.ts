import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { afterEach, describe, test } from 'node:test';
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
import { type SpanSpec, traceId } from '../support/telemetry.js';
import { BASE_NS } from './bench.js';

/** Retention: what goes and what stays, of any store. `skip`: why this kind cannot be tested here, or false. */
export function retentionConformance(kind: StoreKind, skip: string | false = false): void {
  const opened: RetainingStore[] = [];
  const open = async (name: string, retention?: RetentionPolicy, nowNs?: bigint): Promise<RetainingStore> => {
    const server = await RetainingStore.open(kind, name, retention, nowNs);
    opened.push(server);
    return server;
  };

  describe('retention', { skip }, () => {
    // A test that failed has left its store open, which would keep the process alive.
    afterEach(async () => {
      for (const server of opened.splice(0)) await server.close();
    });

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
        plan.projects.map(({ untilNs: _, contentUntilNs: _content, ...amounts }) => amounts),
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

    test('records in a damaged block leave the log once it can be read again', async () => {
      const policy: RetentionPolicy = { keepMs: 240 * HOUR_MS, keepMsOf: new Map() };
      let server = await open('damaged');
      await server.appendAll(['old-1'], 300, PROJECT, 3_000);
      await server.appendAll(['old-2'], 300, PROJECT, 3_000);
      await server.appendAll(['kept'], 100);
      await server.close();
      await kind.flip('damaged', 1);
      server = await open('damaged', policy);
      const { projects } = await server.pass();
      assert.equal(projects[0]!.sessions, 2);
      assert.deepEqual(await server.sessionIds(), ['kept']);
      await server.close();
      assert.equal(await kind.recordsIn('damaged', 2), 0);

      await kind.flip('damaged', 1);
      assert.ok((await kind.recordsIn('damaged', 1)) > 0);
      server = await open('damaged');
      await server.appendAll(['old-3'], 300);
      await server.close();
      server = await open('damaged', policy);
      await server.pass();
      assert.deepEqual(await server.sessionIds(), ['kept']);
      await server.close();
      assert.equal(await kind.recordsIn('damaged', 1), 0);
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

    test('content of messages goes before its session, whose numbers stay; what comes again changes nothing', async () => {
      const policy: RetentionPolicy = { keepMsOf: new Map(), keepContentMs: 240 * HOUR_MS };
      const spans = [...calls('old', 30, 300), ...calls('new', 5, 1)];
      let server = await open('content');
      await server.append(spans);
      const before = await all(server);
      const [, plan] = [await server.settled(), await server.retentions.retentionPlan(policy)];
      assert.deepEqual([plan.projects[0]?.contents, plan.projects[0]?.sessions], [30, 0]);
      assert.equal(await said(server, spans), 35);
      await server.close();

      server = await open('content', policy);
      const { projects } = await server.pass();
      assert.deepEqual(projects, [{ project: PROJECT, sessions: 0, records: 0, bytes: 0, contents: 30 }]);
      assert.deepEqual(await all(server), before);
      assert.equal(await said(server, spans), 5);
      await server.appendAgain(spans);
      assert.deepEqual(await all(server), before);
      assert.equal(await said(server, spans), 5);
      assert.equal((await server.retentions.retentionPlan(policy)).projects[0]?.contents, 0);
      // A record of an old session that comes late.
      const late = calls('old', 1, 300).map((span) => ({ ...span, trace: 'face' }));
      await server.append(late);
      assert.equal(await said(server, late), 1);
      await server.close();
      server = await open('content', policy);
      const next = await server.pass();
      assert.equal(next.projects[0]?.contents, 1);
      assert.equal(await said(server, late), 0);
      await server.close();
    });

    test('a session of more traces than a piece has loses its content in all of them, then goes as a whole', async () => {
      const spans = calls('huge', 600, 300).map((span) => {
        const attributes = { ...span.attributes, 'session.id': 'huge' };
        return { ...span, attributes };
      });
      let server = await open('huge');
      await server.append([...spans, ...calls('new', 1, 1)]);
      await server.close();
      server = await open('huge', { keepMsOf: new Map(), keepContentMs: 240 * HOUR_MS });
      const content = await server.pass();
      assert.equal(content.projects[0]?.contents, 600);
      assert.equal(
        await said(
          server,
          spans.filter((_, i) => i % 25 === 0),
        ),
        0,
      );
      await server.close();
      server = await open('huge', { keepMsOf: new Map(), keepMs: 240 * HOUR_MS });
      const { projects } = await server.pass();
      assert.deepEqual([projects[0]?.sessions, projects[0]?.records], [1, 600]);
      assert.deepEqual(await server.sessionIds(), names('new', 1));
      await server.close();
    });
  });
}

/** Calls of a model, each in a session and trace of its own. */
function calls(prefix: string, count: number, hoursAgo: number): SpanSpec[] {
  const end = BASE_NS - BigInt(hoursAgo) * HOUR_NS;
  const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: SAID }] }]);
  return names(prefix, count).map((id, i) => ({
    trace: `${hoursAgo}a${i}`,
    span: '1',
    start: end - 1_000_000_000n,
    end,
    resource: { 'service.name': 'assistant' },
    attributes: {
      'session.id': id,
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 10 + i,
      'gen_ai.input.messages': messages,
    },
  }));
}

const SAID = 'words that nobody else may read';

const all = (server: RetainingStore) =>
  server.read(async (reader) => {
    const scan = { direction: 'older', limit: 1_000, nowNs: BASE_NS } as const;
    const { sessions } = await reader.sessions(PROJECT, scan);
    // A title may be a message.
    return sessions.map(({ fields, ...session }) => ({
      ...session,
      fields: Buffer.from(fields)
        .toString()
        .replace(/"title":"[^"]*",?/, ''),
    }));
  });

/** In how many traces of these spans it is said. */
const said = (server: RetainingStore, spans: readonly SpanSpec[]): Promise<number> =>
  server.read(async (reader) => {
    let found = 0;
    for (const { trace } of spans) {
      const stored = await reader.trace(PROJECT, traceId(trace));
      if (Buffer.from(stored!.otlp).includes(SAID)) found++;
    }
    return found;
  });
