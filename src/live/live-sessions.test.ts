import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError } from '../contract/errors.js';
import type { ChangesRequest } from '../query/query-service.js';
import type { SessionListener } from '../store/contract/store.js';
import { LiveSessions, MAX_STREAMS, type Sink } from './live-sessions.js';

/** A clock that only `pass` advances. */
class ManualClock {
  #nowMs = 0;
  #timers: { dueMs: number; call: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { dueMs: this.#nowMs + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Advances the clock and runs everything due, including its promises. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (;;) {
      const [next] = this.#timers.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#nowMs = next.dueMs;
      next.call();
      await settled();
    }
    this.#nowMs = endMs;
  }
}

/** All asynchronous work here is resolved promises. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

class MemorySink implements Sink {
  text = '';
  ended = false;
  full = false;

  write(text: string): boolean {
    this.text += text;
    return !this.full;
  }

  end(): void {
    this.ended = true;
  }

  /** Names and data of the events since the last call. */
  take(): string[] {
    const events = [...this.text.matchAll(/^event: (.*)\n(?:id: .*\n)?data: (.*)$/gm)];
    this.text = '';
    return events.map(([, name, data]) => `${name} ${data}`);
  }

  get lastId(): string {
    return [...this.text.matchAll(/^id: (.*)$/gm)].at(-1)![1]!;
  }
}

class Bench {
  readonly clock = new ManualClock();
  readonly asked: ChangesRequest[] = [];
  readonly failures: unknown[] = [];
  watches = 0;
  streams = 0;
  failing = false;
  readonly live: LiveSessions;
  #listener: SessionListener | undefined;
  #names = 0;

  constructor() {
    this.live = new LiveSessions({
      project: 'p',
      watch: async (listener) => {
        this.#listener = listener;
        this.watches++;
        return {
          end: () => {
            this.#listener = undefined;
          },
        };
      },
      queries: {
        changes: async (request) => {
          if (this.failing) throw new Error('no');
          this.asked.push(request);
          const matches = request.filters.map(({ service }) =>
            [...request.sessionIds.keys()].filter(
              (index) =>
                service === undefined || service.some((name) => request.sessionIds[index]!.startsWith(name)),
            ),
          );
          const lines = request.sessionIds.map((id) => JSON.stringify({ id }));
          return Buffer.from([...lines, JSON.stringify(matches)].join('\n'));
        },
      },
      clock: this.clock,
      newName: () => `run${this.#names++}`,
      onFailure: (error) => void this.failures.push(error),
      onStreams: (count) => {
        this.streams = count;
      },
    });
  }

  get isWatched(): boolean {
    return this.#listener !== undefined;
  }

  change(...ids: string[]): void {
    this.changeIn('p', ...ids);
  }

  changeIn(project: string, ...ids: string[]): void {
    this.#listener?.(project, ids);
  }

  /** Any session may have changed. */
  changeAll(project: string): void {
    this.#listener?.(project, undefined);
  }

  async open(lastEventId?: string, service?: string) {
    const sink = new MemorySink();
    const stream = await this.live.open(
      service === undefined ? {} : { service: [service] },
      lastEventId,
      sink,
    );
    return { sink, stream };
  }
}

const session = (id: string) => `session {"id":"${id}"}`;

describe('live sessions', () => {
  test('a change is sent at once, and a session no more than once a second', async () => {
    const bench = new Bench();
    const { sink } = await bench.open();
    assert.match(sink.text, /^retry: \d+\nid: run0-0\n\n$/);
    bench.change('a', 'b');
    await bench.clock.pass(0);
    assert.deepEqual(sink.take(), [session('a'), session('b')]);
    for (let i = 0; i < 9; i++) {
      bench.change('a');
      await bench.clock.pass(100);
    }
    assert.deepEqual(sink.take(), []);
    await bench.clock.pass(100);
    assert.deepEqual(sink.take(), [session('a')]);
    await bench.clock.pass(10_000);
    assert.deepEqual(sink.take(), []);
    assert.equal(bench.asked.length, 2);
  });

  test('changes of other projects are not sent', async () => {
    const bench = new Bench();
    const { sink } = await bench.open();
    bench.changeIn('another', 'a');
    await bench.clock.pass(2_000);
    assert.deepEqual(sink.take(), []);
    assert.equal(bench.asked.length, 0);
  });

  test('each client gets the sessions that match its filters, read once for all', async () => {
    const bench = new Bench();
    const [all, onlyA, alsoA] = [await bench.open(), await bench.open('', 'a'), await bench.open('', 'a')];
    bench.change('a1', 'b1', 'a2');
    await bench.clock.pass(0);
    assert.equal(onlyA.sink.lastId, 'run0-3');
    assert.deepEqual(all.sink.take(), [session('a1'), session('b1'), session('a2')]);
    assert.deepEqual(onlyA.sink.take(), [session('a1'), session('a2')]);
    assert.deepEqual(alsoA.sink.take(), [session('a1'), session('a2')]);
    assert.deepEqual(
      bench.asked.map(({ filters }) => filters),
      [[{}, { service: ['a'] }]],
    );
    // Clients also advance past sessions that do not match.
    bench.change('b2');
    await bench.clock.pass(1_000);
    assert.equal(onlyA.sink.lastId, 'run0-4');
  });

  test('of many changes the latest 200 are sent, with the number of skipped ones', async () => {
    const bench = new Bench();
    const { sink } = await bench.open();
    const filtered = await bench.open('', 's1');
    bench.change(...Array.from({ length: 1500 }, (_, i) => `s${i}`));
    await bench.clock.pass(0);
    const events = sink.take();
    assert.equal(events[0], 'skipped {"count":1300}');
    assert.deepEqual(
      events.slice(1),
      Array.from({ length: 200 }, (_, i) => session(`s${1300 + i}`)),
    );
    assert.equal(bench.asked[0]!.sessionIds.length, 1000);
    // 500 that nobody read, and of s1000 to s1499 all but 200.
    assert.equal(filtered.sink.take()[0], 'skipped {"count":800}');
  });

  test('a client that comes back gets exactly the missed changes', async () => {
    const bench = new Bench();
    const first = await bench.open();
    bench.change('a', 'b');
    await bench.clock.pass(0);
    const id = first.sink.lastId;
    first.stream.closed();
    await bench.clock.pass(5_000);
    bench.change('c', 'a');
    await bench.clock.pass(5_000);
    const again = await bench.open(id);
    await bench.clock.pass(1_000);
    assert.deepEqual(again.sink.take(), [session('c'), session('a')]);
    const uptodate = await bench.open('run0-4');
    await bench.clock.pass(1_000);
    assert.deepEqual(uptodate.sink.take(), []);
  });

  test('a client is asked to reload if its id is unknown, or too much has changed since', async () => {
    const bench = new Bench();
    const { sink } = await bench.open();
    bench.change('a');
    await bench.clock.pass(0);
    sink.take();
    for (const id of [
      'other-1',
      'run0-2',
      'run0-x',
      'run0-',
      'nonsense',
      '-1',
      'run0-99999999999999999999',
    ]) {
      assert.deepEqual((await bench.open(id)).sink.take(), ['reset {}'], id);
    }
    const slow = await bench.open('run0-0');
    bench.change(...Array.from({ length: 10_000 }, (_, i) => `s${i}`));
    assert.deepEqual((await bench.open('run0-0')).sink.take(), ['reset {}']);
    await bench.clock.pass(1_000);
    assert.deepEqual(slow.sink.take(), ['reset {}']);
    bench.changeAll('another');
    bench.changeAll('p');
    await bench.clock.pass(1_000);
    assert.deepEqual(slow.sink.take(), ['reset {}'], 'any may have changed');
    bench.change('b');
    await bench.clock.pass(1_000);
    assert.deepEqual(slow.sink.take(), [session('b')]);
  });

  test('a client that does not read its events gets no more until it has, and is dropped in the end', async () => {
    const bench = new Bench();
    const { sink, stream } = await bench.open();
    sink.full = true;
    bench.change('a');
    await bench.clock.pass(0);
    assert.deepEqual(sink.take(), [session('a')]);
    bench.change('b');
    bench.change('c');
    await bench.clock.pass(30_000);
    assert.equal(sink.text, '');
    sink.full = false;
    stream.drained();
    await bench.clock.pass(0);
    assert.deepEqual(sink.take(), [session('b'), session('c')]);
    sink.full = true;
    bench.change('d');
    await bench.clock.pass(50_000);
    assert.equal(sink.ended, false);
    await bench.clock.pass(30_000);
    assert.equal(sink.ended, true);
  });

  test('heartbeats are sent, with the position of the client', async () => {
    const bench = new Bench();
    const { sink } = await bench.open();
    sink.text = '';
    await bench.clock.pass(15_000);
    assert.match(sink.text, /^: alive\nid: run0-0\n\n$/);
    await bench.clock.pass(30_000);
    assert.equal(sink.text.match(/alive/g)?.length, 3);
  });

  test('nothing is watched before the first client, and a while after the last', async () => {
    const bench = new Bench();
    assert.equal(bench.isWatched, false);
    const { sink, stream } = await bench.open();
    bench.change('a');
    await bench.clock.pass(0);
    const id = sink.lastId;
    stream.closed();
    await bench.clock.pass(59_000);
    assert.equal(bench.isWatched, true);
    const again = await bench.open(id);
    again.stream.closed();
    await bench.clock.pass(59_000);
    assert.equal(bench.isWatched, true);
    await bench.clock.pass(2_000);
    assert.equal(bench.isWatched, false);
    assert.deepEqual((await bench.open(id)).sink.take(), ['reset {}']);
    assert.equal(bench.watches, 2);
  });

  test('a failed read is retried', async () => {
    const bench = new Bench();
    const { sink } = await bench.open();
    bench.failing = true;
    bench.change('a');
    await bench.clock.pass(3_000);
    assert.ok(bench.failures.length >= 3);
    assert.deepEqual(sink.take(), []);
    bench.failing = false;
    await bench.clock.pass(1_000);
    assert.deepEqual(sink.take(), [session('a')]);
  });

  test('the number of streams is limited, and a closed stream makes room for another', async () => {
    const bench = new Bench();
    const streams = await Promise.all(Array.from({ length: MAX_STREAMS }, () => bench.open()));
    const isRefused = (error: unknown) => error instanceof ApiError && error.code === 'stream.unavailable';
    await assert.rejects(bench.open(), isRefused);
    streams[7]!.stream.closed();
    assert.equal(bench.streams, MAX_STREAMS - 1);
    await bench.open();
    bench.live.close();
    assert.equal(bench.streams, 0);
    assert.ok(streams.every(({ sink }, i) => sink.ended === (i !== 7)));
    await assert.rejects(bench.open(), isRefused);
    assert.equal(bench.isWatched, false);
  });
});
