import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RawGrpcSender } from '../support/senders.js';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';
import { tracesJson } from '../support/telemetry.js';

/** TLS by certificate files, which change while the server runs. */

/** Far more than the server needs to see a change, so that only a hang reaches it. */
const LIMIT_MS = 60_000;
const POLL_MS = 50;

function certificateFile(name: string): string {
  return fileURLToPath(new URL(`../../../test/support/certificates/${name}`, import.meta.url));
}

const FIRST = readFileSync(certificateFile('first.crt'));
const SECOND = readFileSync(certificateFile('second.crt'));

describe('TLS by certificate files', () => {
  let folder: string;
  let server: TestServer;

  const put = (name: string, as: string): void => {
    // Like tools do: never a half-written file.
    copyFileSync(certificateFile(name), join(folder, 'new'));
    renameSync(join(folder, 'new'), join(folder, as));
  };

  interface Answer {
    readonly status: number;
    readonly body: string;
  }

  async function ask(ca: Buffer, path: string, body?: string, agent: Agent | false = false): Promise<Answer> {
    const sent = request(`${server.httpUrl}${path}`, {
      ca,
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      timeout: LIMIT_MS,
    });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode!, body: text };
  }

  const span = (session: string, trace: string): string => {
    const start = BigInt(Date.now()) * 1_000_000n;
    return tracesJson([{ trace, span: trace, start, end: start, attributes: { 'session.id': session } }]);
  };

  async function until(isTrue: () => Promise<boolean> | boolean, what: string): Promise<void> {
    const deadline = performance.now() + LIMIT_MS;
    while (!(await isTrue())) {
      assert.ok(performance.now() < deadline, what);
      await delay(POLL_MS);
    }
  }

  const trusts = (ca: Buffer): Promise<boolean> =>
    ask(ca, '/healthz').then(
      () => true,
      () => false,
    );

  before(async () => {
    // The start of a server is awaited with `fetch`, which cannot be given a certificate. All else is checked.
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    folder = makeTemporaryDirectory();
    put('first.crt', 'tls.crt');
    put('first.key', 'tls.key');
    try {
      server = await startServer({
        flags: ['--tls-cert', join(folder, 'tls.crt'), '--tls-key', join(folder, 'tls.key')],
      });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });
  after(async () => {
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('protects the page, the API, OTLP over HTTP, and OTLP over gRPC', async () => {
    assert.match(server.httpUrl, /^https:/);
    assert.match(server.grpcUrl, /^https:/);
    assert.equal((await ask(FIRST, '/')).status, 200);
    assert.deepEqual(await ask(FIRST, '/v1/traces', span('over https', '1')), { status: 200, body: '{}' });
    const grpc = new RawGrpcSender(server, 'gzip', FIRST);
    try {
      assert.equal((await grpc.export('traces', new Uint8Array())).length, 0);
    } finally {
      grpc.close();
    }
    const { body } = await ask(FIRST, '/api/v1/sessions');
    assert.match(body, /"session\.id":"over https"/);
    assert.equal(await trusts(SECOND), false);
  });

  it('takes changed files into use without ending connections, and keeps the last good pair', async () => {
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const grpc = new RawGrpcSender(server, 'none', FIRST);
    const opened = new Set<unknown>();
    kept.on('free', (socket) => opened.add(socket));
    try {
      assert.equal((await ask(FIRST, '/healthz', undefined, kept)).status, 200);
      await grpc.export('traces', new Uint8Array());

      put('second.crt', 'tls.crt');
      await until(() => /cannot be used, the one before stays/.test(server.stderr), 'a wrong pair is logged');
      assert.match(server.stderr, /tls\.key is not the key of the certificate in /);
      assert.equal(await trusts(FIRST), true);

      put('second.key', 'tls.key');
      await until(() => trusts(SECOND), 'the new certificate is in use');
      assert.equal(await trusts(FIRST), false);
      const renewed = new RawGrpcSender(server, 'none', SECOND);
      try {
        await renewed.export('traces', new Uint8Array());
      } finally {
        renewed.close();
      }
      const { body } = await ask(SECOND, '/metrics');
      assert.match(body, /^sojourn_tls_certificate_reloads_total\{result="used"\} 1$/m);
      assert.match(body, /^sojourn_tls_certificate_reloads_total\{result="refused"\} 1$/m);
      assert.match(body, /^sojourn_tls_certificate_expires_timestamp_seconds 4\d{9}$/m);

      // Both connections were made with the first certificate, and still work.
      assert.equal((await ask(FIRST, '/healthz', undefined, kept)).status, 200);
      assert.equal(opened.size, 1);
      await grpc.export('traces', new Uint8Array());
    } finally {
      kept.destroy();
      grpc.close();
    }
  });

  it('says so when a client speaks without TLS', async () => {
    await assert.rejects(fetch(`${server.httpUrl.replace('https', 'http')}/healthz`));
    await until(() => /a client speaks without TLS/.test(server.stderr), 'it is logged');
  });

  it('stops although a client has not finished its handshake', async () => {
    const clients = [server.httpUrl, server.grpcUrl].map((url) =>
      connect(Number(new URL(url).port), '127.0.0.1'),
    );
    await Promise.all(clients.map((client) => once(client, 'connect')));
    for (const client of clients) client.on('error', () => {});
    const before = performance.now();
    assert.equal(await server.stop(), 0);
    assert.ok(performance.now() - before < 9_000, 'the limit of a handshake is 10 s');
  });
});

describe('certificate files that cannot be used', () => {
  const refusals = [
    [['first.crt', 'second.key'], /second\.key is not the key of the certificate in .*first\.crt/],
    [['missing.crt', 'first.key'], /--tls-cert: cannot read .*missing\.crt: there is no such file/],
    [['README.md', 'first.key'], /--tls-cert: .*README\.md holds no certificate in PEM form/],
    [['first.crt', 'README.md'], /--tls-key: .*README\.md holds no private key in PEM form/],
    [['first.crt', undefined], /--tls-cert and --tls-key belong together/],
  ] as const;
  for (const [[certificate, key], message] of refusals) {
    it(`refuses to start with ${certificate} and ${key}`, async () => {
      const folder = makeTemporaryDirectory();
      try {
        const flags = [
          ...[
            '--data',
            folder,
            '--port',
            '0',
            '--grpc-port',
            '0',
            '--tls-cert',
            certificateFile(certificate),
          ],
          ...(key === undefined ? [] : ['--tls-key', certificateFile(key)]),
        ];
        const { code, stderr } = await runCommand('serve', ...flags);
        assert.ok(code === 1 || code === 2);
        assert.match(stderr, message);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
