import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodeTraceRequest } from '../otlp-oracle.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { makeTemporaryDirectory, startServer } from '../support/server.js';

/** How the program ends: by signals, at any time. */

const PROGRAM = fileURLToPath(new URL('../../app/sojourn.js', import.meta.url));
const POLL_MS = 5;

const directories: string[] = [];
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function newDirectory(): string {
  const made = makeTemporaryDirectory();
  directories.push(made);
  return made;
}

/** The program as a child, with its output. `started` resolves when its output matches. */
function run(data: string, env: NodeJS.ProcessEnv = {}, command?: readonly [string, readonly string[]]) {
  const args = ['serve', '--port', '0', '--grpc-port', '0', '--data', data, '--log-format', 'json'];
  const [file, fileArgs] = command ?? [process.execPath, [PROGRAM, ...args]];
  const child = spawn(file, fileArgs, {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
  });
  child.stderr.on('data', (bytes) => {
    said += bytes;
  });
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  return {
    child,
    ended,
    said: () => said,
    async says(text: string): Promise<void> {
      while (!said.includes(text)) {
        assert.ok(child.exitCode === null && child.signalCode === null, said);
        await delay(POLL_MS);
      }
    },
  };
}

/** This many spans, each of a session of its own. */
function spansOf(batch: number, count: number): Uint8Array {
  const spans = Array.from({ length: count }, (_, i) => ({
    traceId: Buffer.from(`${batch}`.padStart(8, '0') + `${i}`.padStart(8, '0')),
    spanId: Buffer.from(`${i}`.padStart(8, '0')),
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000000000000001',
    attributes: [{ key: 'session.id', value: { stringValue: `s${batch}-${i}` } }],
  }));
  return encodeTraceRequest({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

/**
 * A data directory with telemetry that is on disk and in no session: its server was killed before it could
 * fold.
 */
async function withTelemetryToFold(): Promise<string> {
  const data = newDirectory();
  const server = await startServer({ data });
  for (let batch = 0; batch < 10; batch++) {
    const response = await server.post('/v1/traces', spansOf(batch, 4_000));
    assert.equal(response.status, 200);
  }
  await server.kill();
  // As if made by older rules, so that all of it has to be folded again.
  const { DatabaseSync } = await import('@photostructure/sqlite');
  const db = new DatabaseSync(`${data}/sessions.sqlite`);
  db.exec("UPDATE meta SET value = 0 WHERE key = 'rules'");
  db.close();
  return data;
}

describe('stopping', () => {
  it('does not wait for sessions that are catching up, and loses nothing', async () => {
    const data = await withTelemetryToFold();
    const program = run(data);
    await program.says('folding');
    program.child.kill('SIGTERM');
    assert.deepEqual(await program.ended, [0, null], program.said());
    const server = await startServer({ data });
    const { total_sessions: total } = await server.get<{ total_sessions: number }>('/api/v1/sessions/stats');
    assert.equal(total, 40_000);
    assert.equal(await server.stop(), 0);
  });

  it('may be forced while sessions are catching up and telemetry is received', async () => {
    const data = await withTelemetryToFold();
    for (let start = 0; start < 3; start++) {
      const server = await startServer({ data, until: 'answering' });
      const response = await server.post('/v1/traces', spansOf(10 + start, 100));
      assert.equal(response.status, 200, await response.text());
      await server.kill();
    }
    const server = await startServer({ data });
    const { total_sessions: total } = await server.get<{ total_sessions: number }>('/api/v1/sessions/stats');
    assert.equal(total, 40_300);
    assert.equal(await server.stop(), 0);
  });

  it('leaves all of each database in its own file', { skip: isOnPostgres }, async () => {
    const data = newDirectory();
    const server = await startServer({ data });
    assert.equal((await server.post('/v1/traces', spansOf(0, 10))).status, 200);
    const body = JSON.stringify({ query: 'hasErrors=true' });
    const headers = { 'content-type': 'application/json' };
    const view = await server.fetch('/api/v1/views/failed', { method: 'PUT', headers, body });
    assert.ok(view.ok, await view.text());
    await server.settled();
    assert.equal(await server.stop(), 0);
    const logs = readdirSync(data).filter((name) => name.endsWith('-wal'));
    assert.deepEqual(
      logs.filter((name) => statSync(join(data, name)).size > 0),
      [],
    );
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends by a second ${signal} while it folds, like a process without signal handlers`, async () => {
      const program = run(await withTelemetryToFold());
      await program.says('folding');
      program.child.kill('SIGTERM');
      program.child.kill(signal);
      const [code, by] = await program.ended;
      // The order of two simultaneous signals is undefined, and the first may have been enough by then.
      assert.ok(by === 'SIGINT' || by === 'SIGTERM' || code === 0, `${code} ${by} ${program.said()}`);
      assert.doesNotMatch(program.said(), /terminate called|FATAL|Error:/);
    });
  }

  it('ends with the shell that npx runs it in', { skip: process.platform === 'win32' }, async () => {
    const data = newDirectory();
    const script = `"${process.execPath}" "${PROGRAM}" serve --port 0 --grpc-port 0 --data "${data}" --log-format json; true`;
    const program = run(data, { npm_command: 'exec' }, ['/bin/sh', ['-c', script]]);
    await program.says('listening');
    program.child.kill('SIGTERM');
    // The pipes close when the server, which has them too, has ended.
    await program.ended;
    assert.match(program.said(), /"message":"stopped"/);
  });
});
