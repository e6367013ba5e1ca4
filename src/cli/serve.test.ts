import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Config, loadConfig } from '../config.js';
import { createLogger } from '../log.js';
import type { RunningServer } from '../main.js';
import { type ServeContext, type StopSignal, serve } from './serve.js';

function configWith(...flags: readonly (readonly [string, string])[]): Config {
  const result = loadConfig({
    flags: new Map(flags.map(([name, value]) => [name, [value]])),
    env: {},
    readFile: () => '',
  });
  if (!result.ok) assert.fail(result.errors.join('\n'));
  return result.value;
}

/** An environment in which the test sends the signals, and the server is a bare HTTP server. */
class World implements ServeContext {
  readonly version = '1.2.3';
  readonly typed = (command: string, args = ''): string => `sojourn ${command} ${args}`.trimEnd();
  readonly networkAddress = undefined;
  readonly http: Server = createServer();
  readonly deaths: StopSignal[] = [];
  out = '';
  errors = '';
  closed = false;
  signal: ((signal: StopSignal) => void) | undefined;
  readonly log = createLogger({
    level: 'info',
    format: 'json',
    now: () => 0,
    write: (line) => this.printError(line),
  });

  /** Makes the running server report that it cannot continue. */
  fail: (error: Error) => void = () => {};

  async start(config: Config): Promise<RunningServer> {
    this.http.listen(config.port, config.host);
    await once(this.http, 'listening');
    return {
      httpUrl: `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`,
      grpcUrl: 'http://127.0.0.1:4317',
      failed: new Promise((resolve) => {
        this.fail = resolve;
      }),
      close: async () => {
        this.http.close();
        await once(this.http, 'close');
        this.closed = true;
      },
    };
  }

  print(text: string): void {
    this.out += text;
  }

  printError(text: string): void {
    this.errors += text;
  }

  onSignal(handler: (signal: StopSignal) => void): () => void {
    this.signal = handler;
    return () => {
      this.signal = undefined;
    };
  }

  dieBy(signal: StopSignal): void {
    this.deaths.push(signal);
  }

  /** The same environment with another start function. */
  startedBy(start: ServeContext['start']): ServeContext {
    return {
      start,
      log: this.log,
      version: this.version,
      typed: this.typed,
      networkAddress: this.networkAddress,
      print: (text) => this.print(text),
      printError: (text) => this.printError(text),
      onSignal: (handler) => this.onSignal(handler),
      dieBy: (signal) => this.dieBy(signal),
    };
  }
}

/** Resolves when `serve` has received the started server. */
async function isRunning(world: World): Promise<void> {
  await once(world.http, 'listening');
  await setImmediate();
}

describe('serve', () => {
  it('shows where it listens, and drains on a signal', async () => {
    const world = new World();
    const running = serve(configWith(['port', '0']), world);
    await isRunning(world);
    world.signal?.('SIGTERM');
    assert.equal(await running, 0);
    assert.match(world.out, /sojourn demo --endpoint http:\/\/127\.0\.0\.1:\d+\n/);
    assert.match(world.out, /OTLP\/HTTP {2}http:\/\/127\.0\.0\.1:\d+\n/);
    assert.equal(world.closed, true);
    assert.equal(world.signal, undefined);
  });

  it('reports it to machines in a line of the log', async () => {
    const world = new World();
    const running = serve(configWith(['port', '0'], ['log-format', 'json']), world);
    await isRunning(world);
    world.signal?.('SIGINT');
    await running;
    assert.equal(world.out, '');
    const messages = world.errors
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).message);
    assert.deepEqual(messages, ['listening', 'stopping', 'stopped']);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends at once on a second signal, ${signal}`, async () => {
      const world = new World();
      const running = serve(configWith(['port', '0']), world);
      await isRunning(world);
      world.signal?.('SIGTERM');
      world.signal?.(signal);
      assert.deepEqual(world.deaths, [signal]);
      await running;
    });
  }

  it('stops an unfinished start, and does not report that it runs', async () => {
    const world = new World();
    // Like long work at the start: continues until it is aborted.
    const context = world.startedBy(async (_config, _log, signal) => {
      await once(signal, 'abort');
      throw signal.reason;
    });
    const running = serve(configWith(['port', '0']), context);
    world.signal?.('SIGTERM');
    assert.equal(await running, 0);
    assert.equal(world.out, '');
    assert.match(world.errors, /"message":"stopped before it was running"/);
    assert.doesNotMatch(world.errors, /cannot start/);
  });

  it('reports in one line that a port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const world = new World();
    assert.equal(await serve(configWith(['port', String(port)]), world), 1);
    assert.match(world.errors, new RegExp(`^sojourn: port ${port} is in use .* --port\\n$`));
    assert.equal(world.signal, undefined);
    other.close();
  });

  it('ends with a clear line when the store fails', async () => {
    const world = new World();
    const running = serve(configWith(['port', '0']), world);
    await isRunning(world);
    world.fail(new Error('disk full'));
    assert.equal(await running, 1);
    assert.match(world.errors, /^sojourn: the store has failed: disk full$/m);
    assert.equal(world.closed, true);
  });

  it('fails when it cannot stop cleanly', async () => {
    const world = new World();
    const context = world.startedBy(async (config) => ({
      ...(await world.start(config)),
      close: async () => {
        world.http.close();
        throw new Error('disk gone');
      },
    }));
    const running = serve(configWith(['port', '0']), context);
    await isRunning(world);
    world.signal?.('SIGTERM');
    assert.equal(await running, 1);
    assert.match(world.errors, /"error":"disk gone"/);
  });
});
