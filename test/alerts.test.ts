import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openAccessStore } from '../src/access/open-access-store.js';
import { MOST_TRIES, nextEvaluation, retryAfter } from '../src/alerts/alert.js';
import type { AlertStore, StoredAlert } from '../src/alerts/alert-store.js';
import { openAlertStore } from '../src/alerts/open-alert-store.js';
import { AlertRunner, type AlertRunnerOptions } from '../src/alerts/runner.js';
import { sendWebhook } from '../src/alerts/send.js';
import { ALERTS_FILE } from '../src/alerts/sqlite-alert-store.js';
import { queryError } from '../src/contract/errors.js';
import { withoutPostgres } from './support/postgres.js';
import { TestDatabase } from './support/test-database.js';

/** Alerts over both stores, several processes, and a receiver. */

const MINUTE = 60_000;
const T0 = 1_790_000_040_000;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks, which answers with `status`. */
class Receiver {
  readonly received: Received[] = [];
  status = 204;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(this.status).end('thanks');
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const directories: string[] = [];

const stores: readonly [
  name: string,
  skip: string | false,
  place: () => Promise<() => Promise<AlertStore>>,
][] = [
  [
    'SQLite',
    false,
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'sojourn-alerts-'));
      directories.push(directory);
      return () => openAlertStore({ directory });
    },
  ],
  [
    'PostgreSQL',
    withoutPostgres,
    async () => {
      const { url } = await TestDatabase.create();
      // Brings the tables.
      await (await openAccessStore({ url, directory: '' })).close();
      return () => openAlertStore({ url, directory: '' });
    },
  ],
];

for (const [name, skip, place] of stores) {
  describe(`alerts in ${name}`, { skip }, () => {
    const receiver = new Receiver();
    const opened: AlertStore[] = [];
    let open: () => Promise<AlertStore>;
    let nowMs = T0;
    let value: number | undefined = 0;
    before(async () => {
      await receiver.listen();
      const connect = await place();
      open = async () => {
        const store = await connect();
        opened.push(store);
        return store;
      };
    });
    after(async () => {
      receiver.close();
      await Promise.all(opened.map((store) => store.close()));
      for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
    });

    let ids = 0;
    const runner = (store: AlertStore, more: Partial<AlertRunnerOptions> = {}) =>
      new AlertRunner({
        store,
        measure: async () => value,
        send: (request) => sendWebhook(request, ['127.0.0.1']),
        isBehind: () => false,
        newId: () => `msg_${++ids}`,
        nowMs: () => nowMs,
        clock: { after: () => () => {} },
        onEvaluated: () => {},
        onDelivered: () => {},
        onFailure: () => {},
        ...more,
      });

    const alertOf = (id: string, kind: 'webhook' | 'slack' = 'webhook'): StoredAlert => ({
      project: 'shop',
      id,
      definition: {
        name: 'Too <many> errors',
        filters: 'service=a',
        measure: 'sessions',
        operator: 'above',
        threshold: 5,
        windowMinutes: 10,
        select: 'started',
        channel: { kind, url: receiver.url },
        isEnabled: true,
      },
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      createdAtMs: nowMs,
      state: {},
      nextMs: nextEvaluation(nowMs, 10),
      version: 0,
    });

    test('what one process writes others read, and of two changes of one version one is made', async () => {
      const [one, other] = [await open(), await open()];
      const alert = alertOf('change');
      await one.add(alert);
      for (const directory of directories)
        assert.equal(statSync(join(directory, ALERTS_FILE)).mode & 0o777, 0o600);
      assert.deepEqual(await other.get('shop', 'change'), alert);
      assert.deepEqual(await other.get('blog', 'change'), undefined);
      const changed = { ...alert, state: { evaluatedAtMs: 1 } };
      const done = [await one.replace(changed), await other.replace(changed)];
      assert.deepEqual(done, [true, false]);
      assert.equal((await other.get('shop', 'change'))?.version, 1);
      assert.equal(await other.remove('shop', 'change'), true);
      assert.equal(await one.remove('shop', 'change'), false);
      assert.deepEqual(await one.list('shop'), []);
    });

    test('several processes that evaluate at once tell once, signed, and once that it is over', async () => {
      const [one, other, third] = [await open(), await open(), await open()];
      const alert = alertOf('fires');
      await one.add(alert);
      const runners = [one, other, third].map((store) => runner(store));
      const tick = async (): Promise<Received[]> => {
        receiver.received.length = 0;
        await Promise.all(runners.map((each) => each.tick()));
        await Promise.all(runners.map((each) => each.tick()));
        return [...receiver.received];
      };
      value = 6;
      assert.deepEqual(await tick(), [], 'nothing is due');
      nowMs += MINUTE;
      const [fired, ...more] = await tick();
      assert.equal(more.length, 0);
      const { headers, body } = fired!;
      const [id, timestamp] = [headers['webhook-id'], headers['webhook-timestamp']];
      const key = Buffer.from(alert.secret.slice('whsec_'.length), 'base64');
      const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
      assert.equal(headers['webhook-signature'], `v1,${signature}`);
      const sent = JSON.parse(body);
      assert.deepEqual([sent.type, sent.data.value, sent.data.filters], ['alert.firing', 6, 'service=a']);
      nowMs += MINUTE;
      assert.deepEqual(await tick(), [], 'it still fires');
      value = 5;
      nowMs += MINUTE;
      assert.deepEqual(
        (await tick()).map((each) => JSON.parse(each.body).type),
        ['alert.resolved'],
      );
      await one.remove('shop', 'fires');
    });

    test('a message that did not arrive is sent again under its id, also by another process, until it is given up', async () => {
      const store = await open();
      await store.add(alertOf('again', 'slack'));
      receiver.status = 500;
      receiver.received.length = 0;
      value = 6;
      nowMs += MINUTE;
      await runner(store).tick();
      assert.equal(receiver.received.length, 1);
      assert.match(JSON.parse(receiver.received[0]!.body).text, /Too &lt;many&gt; errors/);
      assert.match((await store.get('shop', 'again'))!.delivered!.error!, /answered with 500/);
      await runner(store).tick();
      assert.equal(receiver.received.length, 1, 'not at once');
      // A process that takes a message and is killed: it is due again a minute later.
      nowMs += retryAfter(1);
      const [taken] = await store.dueDeliveries(nowMs, 1);
      assert.equal(await store.takeDelivery(taken!, nowMs + MINUTE), true);
      assert.equal(await store.takeDelivery(taken!, nowMs + MINUTE), false);
      const next = runner(await open());
      await next.tick();
      assert.equal(receiver.received.length, 1);
      receiver.status = 200;
      nowMs += MINUTE;
      await next.tick();
      assert.equal(receiver.received.length, 2);
      assert.equal(receiver.received[1]!.body, receiver.received[0]!.body);
      assert.equal((await store.get('shop', 'again'))!.delivered!.error, undefined);
      assert.deepEqual(await store.dueDeliveries(nowMs + 100 * MINUTE, 9), []);

      receiver.status = 404;
      const delivery = { id: 'lost', project: 'shop', alert: 'again', body: '{}', tries: 0, nextMs: nowMs };
      await store.addDelivery(delivery);
      for (let i = 1; i < MOST_TRIES; i++) {
        await next.tick();
        nowMs += retryAfter(i);
      }
      assert.equal((await store.dueDeliveries(nowMs, 9)).filter(({ id }) => id === 'lost').length, 1);
      await next.tick();
      assert.deepEqual(
        (await store.dueDeliveries(nowMs * 2, 9)).filter(({ id }) => id === 'lost'),
        [],
      );
      receiver.status = 200;
      await store.remove('shop', 'again');
    });

    test('alerts wait while sessions lack telemetry, and those that are off are not evaluated', async () => {
      const store = await open();
      const { nextMs: _, ...off } = alertOf('off');
      await store.add({ ...off, nextMs: undefined });
      await store.add(alertOf('waits'));
      value = 6;
      nowMs += 10 * MINUTE;
      let isBehind = true;
      const waiting = runner(store, { isBehind: () => isBehind });
      await waiting.tick();
      assert.deepEqual((await store.get('shop', 'waits'))?.state, {});
      isBehind = false;
      await waiting.tick();
      assert.equal((await store.get('shop', 'waits'))?.state.evaluatedAtMs, nowMs - (nowMs % MINUTE));
      assert.deepEqual((await store.get('shop', 'off'))?.state, {});
      await Promise.all(['off', 'waits'].map((id) => store.remove('shop', id)));
    });

    test('alerts that always fail keep their state, and do not keep others from being evaluated', async () => {
      const store = await open();
      const failing = Array.from({ length: 45 }, (_, at) => ({
        ...alertOf(`fails-${at}`),
        state: { evaluatedAtMs: 1, firingSinceMs: 1 },
      }));
      for (const alert of failing) await store.add(alert);
      // Of all that are due it comes last.
      await store.add({ ...alertOf('sound'), project: 'zoo' });
      nowMs += MINUTE;
      let failures = 0;
      await runner(store, {
        measure: async (project) => {
          if (project === 'shop') throw queryError([]);
          return 0;
        },
        onEvaluated: (result) => {
          if (result === 'failed') failures++;
        },
      }).tick();
      assert.equal((await store.get('zoo', 'sound'))?.state.value, 0);
      assert.equal(failures, 45, 'each is tried once');
      const last = (await store.get('shop', 'fails-44'))!;
      assert.deepEqual(last.state, failing[44]!.state);
      assert.equal(last.nextMs, nextEvaluation(nowMs, 10));
      await store.remove('zoo', 'sound');
      for (const { id } of failing) await store.remove('shop', id);
    });

    test('a failure that passes is tried again soon, also by another process, and tells once', async () => {
      const [one, other] = [await open(), await open()];
      nowMs = nextEvaluation(nowMs, 10);
      await one.add({ ...alertOf('busy'), nextMs: nowMs });
      const windows: number[] = [];
      let isBusy = true;
      const busy = (store: AlertStore): AlertRunner =>
        runner(store, {
          measure: async (_project, _definition, { toMs }) => {
            windows.push(toMs);
            if (isBusy) throw new Error('the database is busy');
            return 6;
          },
        });
      const [first, second] = [busy(one), busy(other)];
      const evaluationMs = nowMs;
      const stateOf = async () => (await one.get('shop', 'busy'))!;
      await first.tick();
      assert.deepEqual([(await stateOf()).state, (await stateOf()).nextMs], [{ failures: 1 }, nowMs + 5_000]);
      nowMs += 4_999;
      await Promise.all([first.tick(), second.tick()]);
      assert.equal(windows.length, 1, 'it is not due before');
      nowMs += 1;
      await second.tick();
      assert.deepEqual(
        [(await stateOf()).state, (await stateOf()).nextMs],
        [{ failures: 2 }, nowMs + 10_000],
      );
      nowMs += 10_000;
      isBusy = false;
      const sent = receiver.received.length;
      await Promise.all([first.tick(), second.tick()]);
      await Promise.all([first.tick(), second.tick()]);
      assert.equal(new Set(windows).size, 1, 'the window is that of the evaluation');
      assert.equal(receiver.received.length, sent + 1);
      const { state, nextMs } = await stateOf();
      assert.equal(state.firingSinceMs, evaluationMs);
      assert.equal(state.failures, undefined);
      assert.equal(nextMs, evaluationMs + MINUTE);
      await one.remove('shop', 'busy');
    });

    test('receivers that do not answer hold up no evaluation, and few are waited for at once', async () => {
      const store = await open();
      await store.add(alertOf('slow'));
      for (let at = 0; at < 25; at++)
        await store.addDelivery({
          ...{ id: `slow-${at}`, project: 'shop', alert: 'slow', body: '{}', tries: 0 },
          nextMs: nowMs,
        });
      const answers: (() => void)[] = [];
      let timer = (): void => {};
      let evaluations = 0;
      const slow = runner(store, {
        measure: async () => 0,
        send: () => new Promise((resolve) => answers.push(resolve)),
        clock: {
          after: (_, callback) => {
            timer = callback;
            return () => {};
          },
        },
        onEvaluated: () => {
          evaluations++;
        },
      });
      slow.start();
      for (let i = 0; i < 3; i++) {
        nowMs += MINUTE;
        timer();
        while (evaluations === i) await delay(5);
      }
      while (answers.length < 4) await delay(5);
      await delay(20);
      assert.equal(answers.length, 4);
      const closed = slow.close();
      for (const answer of answers) answer();
      await closed;
      assert.equal(answers.length, 4, 'a runner that is closed begins nothing');
      await store.remove('shop', 'slow');
    });
  });
}
