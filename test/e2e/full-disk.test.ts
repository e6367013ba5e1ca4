import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeTraceRequest } from '../otlp-oracle.js';
import { makeTemporaryDirectory, startServer, type TestServer } from '../support/server.js';

/** A disk of a few megabytes that is really full; only root can make one. */

const folder = makeTemporaryDirectory();
const POLL_MS = 20;
const MEGABYTES = 4;

function mount(...args: readonly string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
}

const isMounted =
  process.platform === 'linux' && mount('-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', folder);

let sent = 0;

/** Status of the answer to a request of 200 spans, each a session, of about 1 kB each. */
async function send(server: TestServer): Promise<number> {
  const spans = Array.from({ length: 200 }, () => {
    sent++;
    return {
      traceId: Buffer.from(`${sent}`.padStart(16, '0')),
      spanId: Buffer.from(`${sent}`.padStart(8, '0')),
      startTimeUnixNano: '1790000000000000000',
      endTimeUnixNano: '1790000000000000001',
      attributes: [
        { key: 'session.id', value: { stringValue: `s${sent}` } },
        { key: 'noise', value: { stringValue: randomBytes(500).toString('hex') } },
      ],
    };
  });
  const response = await server.post(
    '/v1/traces',
    encodeTraceRequest({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  );
  await response.arrayBuffer();
  return response.status;
}

async function readiness(server: TestServer): Promise<{ code: number; reason: string | undefined }> {
  const response = await server.fetch('/readyz');
  const { reason } = (await response.json()) as { reason?: string };
  return { code: response.status, reason };
}

async function sessions(server: TestServer): Promise<number> {
  const { total_sessions: total } = await server.get<{ total_sessions: number }>('/api/v1/sessions/stats');
  return total;
}

describe('a full disk', { skip: !isMounted && 'only root on Linux can make a small disk' }, () => {
  const data = join(folder, 'data');
  const filler = join(folder, 'filler');
  let server: TestServer;
  let acknowledged = 0;

  /** Leaves no byte free. */
  const fill = (): void => {
    for (const size of [65_536, 4_096]) {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      }
    }
  };

  const sendUntilFull = async (): Promise<void> => {
    for (;;) {
      const status = await send(server);
      if (status === 503) return;
      assert.equal(status, 200);
      acknowledged += 200;
    }
  };

  const untilReady = async (): Promise<void> => {
    while ((await readiness(server)).code !== 200) await delay(POLL_MS);
  };

  before(async () => {
    server = await startServer({ data });
  });
  after(async () => {
    await server?.dispose();
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is reported by every answer that is affected, and passes without a restart', async () => {
    await sendUntilFull();
    fill();
    const { code, reason } = await readiness(server);
    assert.equal(code, 503);
    assert.match(String(reason), /nothing can be written: .*full/);
    assert.match(await server.text('/metrics'), /^sojourn_store_writable 0$/m);
    assert.ok((await sessions(server)) > 0, 'what is there is answered');
    for (let again = 0; again < 20; again++) assert.equal(await send(server), 503);
    const errors = server.stderr.split('\n').filter((line) => line.includes('"level":"error"'));
    assert.ok(
      errors.length <= 2,
      `the log says it once, and for the first request perhaps: ${errors.join('\n')}`,
    );

    rmSync(filler);
    assert.ok(mount('-o', `remount,size=${MEGABYTES * 8}m`, folder));
    await untilReady();
    await server.settled();
    assert.equal(await sessions(server), acknowledged);
    assert.match(await server.text('/metrics'), /^sojourn_store_writable 1$/m);
  });

  it('does not prevent a start: existing sessions are served, and the rest follows when there is room', async () => {
    assert.equal(await send(server), 200);
    acknowledged += 200;
    await server.settled();
    await server.kill();
    // As if made by older rules, so that the start has to write.
    const { DatabaseSync } = await import('@photostructure/sqlite');
    const db = new DatabaseSync(join(data, 'sessions.sqlite'));
    db.exec("UPDATE meta SET value = 0 WHERE key = 'rules'");
    db.close();
    fill();
    server = await startServer({ data, until: 'answering' });
    const { code, reason } = await readiness(server);
    assert.equal(code, 503, reason);
    assert.equal(await sessions(server), acknowledged);
    const missing = await server.fetch('/api/v1/sessions/unknown');
    assert.equal(missing.status, 404);
    assert.match(
      String(missing.headers.get('sojourn-behind')),
      /^sessions are being made again; this answer is from before$/,
    );
    const { detail } = (await missing.json()) as { detail: string };
    assert.match(detail, /It may be among what is not answered yet/);

    rmSync(filler);
    await untilReady();
    await server.settled();
    assert.equal(await sessions(server), acknowledged);
    while (/being made again/.test(String((await readiness(server)).reason))) await delay(POLL_MS);
    assert.equal(await sessions(server), acknowledged);
    const after = await server.fetch('/api/v1/sessions/unknown');
    assert.equal(after.headers.get('sojourn-behind'), null);
    await after.arrayBuffer();
    assert.equal(await server.stop(), 0);
  });
});
