import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SpanStatusCode } from '@opentelemetry/api';
import { createUserIds } from '../../src/normalize/user-id.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { InstrumentedService, TRANSPORTS, type Transport } from '../support/senders.js';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';

/**
 * What is redacted is nowhere: not in the files of the data directory, and in no answer, however it was sent
 * and whichever thread read it.
 */

const EMAIL = 'ann.redacted@shop.example';
const CARD = '4539 1488 0343 6467';
const IBAN = 'DE89370400440532013000';
const TOKEN = 'ghp_Zx9Kq2Lm8Np4Rt6Vw1Yb3Cd5Ef7Gh0Jk';
const CUSTOMER = 'KD-998877';
const PASSWORD = 'correct horse battery staple';
const SAID = 'what I said to the model';
const GONE = [EMAIL, CARD, IBAN, TOKEN, CUSTOMER, PASSWORD, SAID];

const FLAGS = ['--redact-sets', 'secrets,cards,email,phone,iban', '--content', 'off'];
/** For each way to a decoder: bodies above 16 KiB go to a decoding thread, and JSON above 256 KiB to its own. */
const SIZES = [0, 40_000, 300_000];

function rulesFile(): string {
  const file = join(makeTemporaryDirectory(), 'rules.json');
  const rules = [{ name: 'customer-number', pattern: 'KD-[0-9]{6}', action: 'hash' }];
  writeFileSync(file, JSON.stringify({ rules }));
  return file;
}

async function sendAll(
  server: TestServer,
  transport: Transport,
  session: string,
  padding: number,
): Promise<void> {
  const service = new InstrumentedService(
    server,
    { 'service.name': 'shop', 'deployment.contact': EMAIL },
    transport,
    'gzip',
  );
  try {
    const span = service.tracer.startSpan(`pay ${CARD}`, {
      attributes: {
        'session.id': session,
        'user.id': EMAIL,
        'db.password': PASSWORD,
        'http.request.header.x': [`Bearer ${TOKEN}`],
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', content: SAID }]),
        'gen_ai.request.model': 'gpt-4o',
        note: `{"iban":"${IBAN}","customer":"${CUSTOMER}"}`,
        padding: 'y z '.repeat(padding / 4),
      },
      links: [
        {
          context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 },
          attributes: { mail: EMAIL },
        },
      ],
    });
    span.addEvent('mailed', { to: EMAIL, customer: CUSTOMER });
    span.recordException(new Error(`no mail to ${EMAIL}`));
    span.setStatus({ code: SpanStatusCode.ERROR, message: `card ${CARD} refused` });
    span.end();
    service.logger.emit({
      body: `mailed ${EMAIL}`,
      attributes: { 'session.id': session, to: { mail: EMAIL } },
    });
    service.logger.emit({
      eventName: 'gen_ai.user.message',
      body: { content: SAID, of: CUSTOMER },
      attributes: { 'session.id': session, padding: 'y z '.repeat(padding / 4) },
    });
    await service.flush();
  } finally {
    await service.shutdown();
  }
}

/** The texts that are in some file below a directory, as they are. */
function foundIn(directory: string, texts: readonly string[]): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const contents = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  return texts.filter((text) => contents.some((content) => content.includes(text)));
}

describe('redaction', () => {
  for (const threads of ['0', '1']) {
    it(`leaves nothing of what was sent, with --threads ${threads}`, async () => {
      const server = await startServer({ flags: [...FLAGS, '--redact', rulesFile(), '--threads', threads] });
      try {
        for (const transport of TRANSPORTS) {
          for (const size of SIZES) await sendAll(server, transport, `s-${transport}-${size}`, size);
        }
        await server.settled();
        const page = await server.get<{
          items: { 'session.id': string; 'user.id': string; span_count: number }[];
        }>('/api/v1/sessions');
        assert.equal(page.items.length, TRANSPORTS.length * SIZES.length);
        const [user] = new Set(page.items.map((item) => item['user.id']));
        assert.match(user!, /^hmac:/);
        for (const { 'session.id': id } of page.items) {
          const traces = await server.text(`/api/v1/sessions/${id}/traces`);
          const events = await server.text(`/api/v1/sessions/${id}/events`);
          for (const text of GONE) assert.ok(!`${traces}${events}`.includes(text), `${id}: ${text}`);
          const [{ spans }] = (JSON.parse(traces) as { items: [{ spans: SpanJson[] }] }).items;
          const attributes = new Map(spans[0]!.attributes.map(({ key, value }) => [key, value]));
          // The records show the user as the session does.
          assert.equal(attributes.get('user.id'), user);
          assert.equal(attributes.get('db.password'), '[redacted:secrets]');
          assert.equal(attributes.get('gen_ai.request.model'), 'gpt-4o');
          assert.deepEqual(attributes.get('sojourn.redaction.rules'), [
            ...['cards', 'content', 'customer-number', 'email', 'iban', 'secrets', 'user-ids'],
          ]);
        }
        const found = await server.get<{ items: unknown[] }>(
          `/api/v1/sessions?userId=${encodeURIComponent(EMAIL)}`,
        );
        assert.equal(found.items.length, page.items.length, 'the filter accepts what was sent');
        const metrics = await server.text('/metrics');
        assert.match(metrics, /sojourn_redactions_total\{rule="email"\} [1-9]/);
        if (!isOnPostgres) {
          assert.deepEqual(foundIn(server.data, GONE), []);
          await server.stop();
          assert.deepEqual(foundIn(server.data, GONE), []);
        }
      } finally {
        await server.dispose();
      }
    });
  }

  it('recognises what is sent again', async () => {
    const server = await startServer({ flags: FLAGS });
    try {
      const body = JSON.stringify({
        resourceLogs: [
          {
            scopeLogs: [
              {
                logRecords: [
                  {
                    timeUnixNano: '1790000000000000000',
                    body: { stringValue: `mailed ${EMAIL}` },
                    attributes: [{ key: 'session.id', value: { stringValue: EMAIL } }],
                  },
                ],
              },
            ],
          },
        ],
      });
      for (let time = 0; time < 3; time++) {
        const { status } = await server.post('/v1/logs', body, { 'content-type': 'application/json' });
        assert.equal(status, 200);
      }
      await server.settled();
      // Over PostgreSQL, known records are found when they are folded, and not counted.
      const duplicates = isOnPostgres ? 0 : 2;
      assert.match(
        await server.text('/metrics'),
        new RegExp(`^sojourn_records_duplicate_total ${duplicates}$`, 'm'),
      );
      const { items } = await server.get<{ items: { 'session.id': string }[] }>('/api/v1/sessions');
      assert.equal(items.length, 1);
      const events = await server.get<{ items: unknown[] }>(
        `/api/v1/sessions/${items[0]!['session.id']}/events`,
      );
      assert.equal(events.items.length, 1);
    } finally {
      await server.dispose();
    }
  });

  it('is off for what no setting names: then the same is found in the files', {
    skip: isOnPostgres,
  }, async () => {
    const server = await startServer({ flags: ['--user-ids', 'keep'] });
    try {
      await sendAll(server, 'proto', 'as it is', 0);
      await server.settled();
      assert.deepEqual(foundIn(server.data, GONE), GONE);
    } finally {
      await server.dispose();
    }
  });

  it('hashes user ids in the records by default, by the key of the installation', async () => {
    const server = await startServer();
    try {
      await sendAll(server, 'proto', 's', 0);
      await server.settled();
      const traces = await server.text('/api/v1/sessions/s/traces');
      const { items } = await server.get<{ items: { 'user.id': string }[] }>('/api/v1/sessions');
      assert.ok(traces.includes(items[0]!['user.id']));
      const other = createUserIds({ mode: 'auto', key: new Uint8Array(32) }).normalize(EMAIL)!;
      assert.ok(!traces.includes(other));
      // Only ids of users: everything else stays as it was sent.
      assert.ok(traces.includes(`no mail to ${EMAIL}`));
    } finally {
      await server.dispose();
    }
  });

  it('is tried on a file, and errors of a file of rules are told', async () => {
    const directory = makeTemporaryDirectory();
    const path = (name: string, content: string): string => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    };
    const text = path('app.log', `mailed ${EMAIL}, card ${CARD}\n`);
    const tried = await runCommand('redact', '--try', text, '--redact-sets', 'email,cards');
    assert.equal(tried.stdout, 'mailed [redacted:email], card [redacted:cards]\n');
    assert.match(tried.stderr, /2 values changed: cards 1, email 1/);
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: `pay ${CARD}` };
    const request = path(
      'spans.json',
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    );
    const shown = await runCommand('redact', '--try', request, '--redact-sets', 'cards');
    assert.equal(shown.stdout, `cards: name: "pay ${CARD}" -> "pay [redacted:cards]"\n`);
    const rules = path('rules.json', '{"rules": [{"name": "a", "action": "mask", "pattern": "("}]}');
    const refused = await runCommand(
      'serve',
      '--port',
      '0',
      '--data',
      join(directory, 'd'),
      '--redact',
      rules,
    );
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /rule 1: "a": "pattern"/);
  });
});

interface SpanJson {
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
}
