import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Score, ScoreList } from '../../src/contract/score.js';
import type { Session } from '../../src/contract/session.js';
import { transcodeJson } from '../../src/otlp/decode-request.js';
import { isOnPostgres } from '../support/on-postgres.js';
import { RawGrpcSender } from '../support/senders.js';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';
import { logsJson, type SpanSpec, spanId, traceId, tracesJson } from '../support/telemetry.js';

/** Scores from the request to the answers, with a process that is killed in between. */

const now = BigInt(Date.now()) * 1_000_000n - 7_200_000_000_000n;

function span(trace: string, session: string | undefined): SpanSpec {
  return {
    trace,
    span: '1',
    start: now,
    end: now + 1_000_000n,
    resource: { 'service.name': 'agent' },
    attributes: session === undefined ? {} : { 'session.id': session },
  };
}

describe('scores', () => {
  const data = makeTemporaryDirectory();
  let server: TestServer;
  before(async () => {
    server = await startServer({ data });
    const spans = [
      span('a1', 's'),
      span('a2', undefined),
      span('a3', 'erased'),
      span('a4', 'full'),
      span('a5', 'a5'),
      span('a6', 'a6'),
    ];
    assert.equal((await server.post('/v1/traces', tracesJson(spans))).status, 200);
    await server.settled();
  });
  after(async () => {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  const give = (session: string, score: object): Promise<Response> =>
    server.fetch(`/api/v1/sessions/${session}/scores`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(score),
    });
  const listed = async (session: string): Promise<Score[]> => {
    await server.settled();
    return (await server.get<ScoreList>(`/api/v1/sessions/${session}/scores`)).items;
  };
  const session = async (id: string): Promise<Session> => {
    await server.settled();
    return server.get<Session>(`/api/v1/sessions/${id}`);
  };

  test('the same request again changes nothing, another one with its key replaces the score', async () => {
    const before = await session('s');
    const thumb = { name: 'helpful', value: true, source: 'human', idempotency_key: 'thumb' };
    const first = await give('s', thumb);
    assert.equal(first.status, 201);
    await server.settled();
    const again = await give('s', thumb);
    assert.deepEqual([again.status, await again.json()], [200, await first.json()]);
    const comment = 'No invoice at all.';
    const replaced = await give('s', { ...thumb, value: false, comment });
    assert.equal(replaced.status, 200);
    const [score, ...others] = await listed('s');
    assert.deepEqual(others, []);
    assert.deepEqual([score?.id, score?.value, score?.label, score?.comment], ['thumb', 0, 'false', comment]);
    const { scores, ...rest } = await session('s');
    assert.deepEqual(scores, [
      { name: 'helpful', count: 1, average: 0, labels: [{ label: 'false', count: 1 }] },
    ]);
    assert.deepEqual(rest, before, 'a score is no activity, and has no service');
  });

  test('results of evaluations in telemetry are scores as well', async () => {
    const evaluation = {
      trace: 'a1',
      span: '1',
      time: now + 500n,
      event: 'gen_ai.evaluation.result',
      attributes: {
        'gen_ai.evaluation.name': 'helpful',
        'gen_ai.evaluation.score.value': 0.5,
        'gen_ai.evaluation.explanation': 'half of it',
      },
    };
    assert.equal((await server.post('/v1/logs', logsJson([evaluation]))).status, 200);
    const found = (await listed('s')).find(({ is_telemetry }) => is_telemetry);
    assert.deepEqual(
      [found?.value, found?.comment, found?.target, found?.span_id],
      [0.5, 'half of it', 'span', spanId('1')],
    );
    const [helpful] = (await session('s')).scores!;
    assert.deepEqual([helpful?.count, helpful?.average], [2, 0.25]);
    const deleting = await server.fetch(`/api/v1/sessions/s/scores/${found!.id}`, { method: 'DELETE' });
    assert.equal(deleting.status, 404);
  });

  test('acknowledged scores are there after a kill, and follow a trace to the session of a late id', async () => {
    const implicit = traceId('a2');
    const given = await give(implicit, {
      name: 'safe',
      label: 'yes',
      trace_id: implicit,
      span_id: spanId('1'),
    });
    assert.equal(given.status, 201, await given.clone().text());
    await server.kill();
    server = await startServer({ data });
    assert.deepEqual(
      (await listed(implicit)).map(({ name, target }) => [name, target]),
      [['safe', 'span']],
    );
    const parent = { ...span('a2', 'named'), span: '2', start: now - 1_000n };
    assert.equal((await server.post('/v1/traces', tracesJson([parent]))).status, 200);
    await server.settled();
    const late = { ...span('a2', undefined), parent: '2', end: now + 2_000_000n };
    assert.equal((await server.post('/v1/traces', tracesJson([late]))).status, 200);
    assert.deepEqual(
      (await listed('named')).map(({ label }) => label),
      ['yes'],
    );
  });

  /** A version of a score as telemetry has it. */
  const version = (id: string, value: number, more: object) => {
    const attributes = {
      'session.id': 's',
      'gen_ai.evaluation.name': 'future',
      'gen_ai.evaluation.score.value': value,
      'sojourn.score.id': id,
      ...more,
    };
    const record = { time: now + 600n, event: 'gen_ai.evaluation.result', attributes };
    return server.post('/v1/logs', logsJson([record]));
  };

  test('telemetry of the future cannot keep the API from replacing a score, not even deleted', async () => {
    const year2199 = { 'sojourn.score.given_unix_nano': '7258000000000000000' };
    const beyond = { 'sojourn.score.given_unix_nano': '9999999999999999999' };
    const deleted = { ...year2199, 'sojourn.score.deleted': true };
    await Promise.all([version('f1', 0, year2199), version('f2', 0, beyond), version('f3', 0, deleted)]);
    await server.settled();
    for (const id of ['f1', 'f2', 'f3']) {
      const response = await give('s', { name: 'future', value: 1, idempotency_key: id });
      assert.ok(response.ok, await response.text());
    }
    const found = (await listed('s')).filter(({ name }) => name === 'future');
    assert.deepEqual(found.map(({ id, value }) => [id, value]).sort(), [
      ['f1', 1],
      ['f2', 1],
      ['f3', 1],
    ]);
    assert.equal((await session('s')).scores?.find(({ name }) => name === 'future')?.average, 1);
  });

  test('a deleted score is in no answer, and the audit log says who deleted it', async () => {
    await give('s', { name: 'gone', value: 3, idempotency_key: 'x/y' });
    await server.settled();
    const path = '/api/v1/sessions/s/scores/x%2Fy';
    assert.equal((await server.fetch(path, { method: 'DELETE' })).status, 204);
    assert.ok(!(await listed('s')).some(({ name }) => name === 'gone'));
    assert.ok(!(await session('s')).scores?.some(({ name }) => name === 'gone'));
    assert.equal((await server.fetch(path, { method: 'DELETE' })).status, 404);
    const audit = await server.get<{ items: { action: string; detail: object }[] }>('/api/v1/audit');
    assert.deepEqual(audit.items.find(({ action }) => action === 'score.deleted')?.detail, { score: 'x/y' });
  });

  test('what cannot be a score is refused with what to do about it', async () => {
    const refused = async (body: object, id = 's') => {
      const response = await give(id, body);
      const { detail, errors } = (await response.json()) as { detail: string; errors?: { field: string }[] };
      return [response.status, errors?.map(({ field }) => field) ?? detail];
    };
    assert.deepEqual(await refused({ name: 'a' }), [400, ['value']]);
    assert.deepEqual(await refused({ name: 'a', value: 'yes', labl: 'x' }), [400, ['value', 'labl']]);
    assert.deepEqual(await refused({ value: 1e300 }), [400, ['value', 'name']]);
    assert.deepEqual(await refused({ name: 'a', value: 1, span_id: spanId('1') }), [400, ['trace_id']]);
    assert.equal((await refused({ name: 'a', value: 1 }, 'nobody'))[0], 404);
    assert.equal((await refused({ name: 'a', value: 1, trace_id: traceId('a3') }))[0], 404);
    const trace_id = traceId('a1');
    assert.equal((await refused({ name: 'a', value: 1, trace_id, span_id: spanId('9') }))[0], 404);
    const path = '/api/v1/sessions/s/scores';
    assert.equal((await server.fetch(path, { method: 'POST', body: '{' })).status, 400);
    const nested = '['.repeat(30_000) + ']'.repeat(30_000);
    for (const body of [nested, `{"name":"a","value":${nested}}`]) {
      assert.equal((await server.fetch(path, { method: 'POST', body })).status, 400);
    }
    assert.equal((await server.fetch('/mcp', { method: 'POST', body: nested })).status, 400);
    assert.equal((await server.fetch(path, { method: 'POST', body: `"${'x'.repeat(70_000)}"` })).status, 413);
  });

  test('a key gives scores by the scope score alone, and never by one for web pages', {
    skip: isOnPostgres,
  }, async () => {
    const keys = await Promise.all(
      [['read'], ['score'], ['ingest-browser', '--origin', 'https://shop.example']].map(async (scope) => {
        const { stdout } = await runCommand('keys', 'create', '--data', data, ...keyArgs(scope));
        return /sjn_[0-9A-Za-z]{48}/.exec(stdout)![0];
      }),
    );
    const answers = await Promise.all(
      keys.map((key) =>
        server.fetch('/api/v1/sessions/s/scores', {
          method: 'POST',
          headers: { authorization: `Bearer ${key}` },
          body: '{"name":"by key","value":1}',
        }),
      ),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 201, 403],
    );
  });

  test('a key for web pages writes scores of its own: none of the API is replaced, deleted or claimed', {
    skip: isOnPostgres,
  }, async () => {
    const { stdout } = await runCommand(
      ...(['keys', 'create', '--data', data] as const),
      ...keyArgs(['ingest-browser', '--origin', 'https://shop.example']),
    );
    const [key] = /sjn_[0-9A-Za-z]{48}/.exec(stdout)!;
    assert.equal((await give('a5', { name: 'judged', value: 1, idempotency_key: 'v' })).status, 201);
    await server.settled();
    const fromPage = async (body: string | Uint8Array, type: string, more: Record<string, string> = {}) => {
      const headers = {
        authorization: `Bearer ${key}`,
        origin: 'https://shop.example',
        'content-type': type,
      };
      const response = await server.post('/v1/logs', body, { ...headers, ...more });
      assert.equal(response.status, 200, await response.text());
    };
    const record = (given: number, value: number, more: Record<string, string | boolean> = {}) => ({
      time: now + 500n,
      event: 'gen_ai.evaluation.result',
      attributes: {
        'session.id': 'a5',
        'gen_ai.evaluation.name': 'judged',
        'gen_ai.evaluation.score.value': value,
        'sojourn.score.id': 'v',
        'sojourn.score.author': 'key:chief',
        'sojourn.score.given_unix_nano': `725800000000000000${given}`,
        ...more,
      },
    });
    const deletion = logsJson([record(1, 0, { 'sojourn.score.deleted': true })]);
    await fromPage(deletion.replaceAll('sojourn.', '\\u0073ojourn.'), 'application/json');
    await fromPage(
      transcodeJson('logs', Buffer.from(logsJson([record(2, 0)]))).bytes,
      'application/x-protobuf',
    );
    await fromPage(gzipSync(logsJson([record(3, 0.5)])), 'application/json', { 'content-encoding': 'gzip' });
    // More than are listed at once, before the score in time.
    const many = Array.from({ length: 5_100 }, (_, i) => record(1, 0.5, { 'sojourn.score.id': `a${i}` }));
    await fromPage(logsJson(many.map((each) => ({ ...each, time: now }))), 'application/json');
    await server.settled();
    const items = await listed('a5');
    const [own, ...rest] = items.filter(({ is_telemetry }) => is_telemetry !== true);
    assert.deepEqual([own?.id, own?.value, rest.length], ['v', 1, 0]);
    assert.notEqual(own?.author, 'key:chief');
    const ofPage = items.filter(({ value, is_telemetry }) => is_telemetry && value === 0.5);
    assert.ok(ofPage.length > 0, 'what the page says is a score of telemetry');
    assert.ok(items.every(({ is_telemetry, author }) => !is_telemetry || author === undefined));
    assert.ok((await give('a5', { name: 'judged', value: 0, idempotency_key: 'v' })).ok, 'it can be changed');
    const deleted = await server.fetch('/api/v1/sessions/a5/scores/v', { method: 'DELETE' });
    assert.equal(deleted.status, 204, 'and deleted');
  });

  test('a key that sends telemetry changes a score of the API only with the scope score', {
    skip: isOnPostgres,
  }, async () => {
    const judged = { name: 'by a person', value: 1, idempotency_key: 'person' };
    assert.equal((await give('a6', judged)).status, 201);
    await server.settled();
    const body = logsJson([
      {
        time: now + 500n,
        event: 'gen_ai.evaluation.result',
        attributes: {
          'session.id': 'a6',
          'gen_ai.evaluation.name': 'by a person',
          'gen_ai.evaluation.score.value': 0,
          'sojourn.score.id': 'person',
          'sojourn.score.given_unix_nano': '7258000000000000000',
        },
      },
    ]);
    const keyOf = async (scope: string): Promise<string> => {
      const { stdout } = await runCommand(
        ...['keys', 'create', '--data', data, '--name', scope, '--scope', scope, '--project', 'default'],
      );
      return /sjn_[0-9A-Za-z]{48}/.exec(stdout)![0];
    };
    const own = async () => (await listed('a6')).filter(({ is_telemetry }) => is_telemetry !== true);
    const headers = { authorization: `Bearer ${await keyOf('ingest')}` };
    const sent = await server.post('/v1/logs', body, { ...headers, 'content-type': 'application/json' });
    assert.equal(sent.status, 200);
    assert.match(await sent.text(), /only a key with the scope score/);
    const grpc = new RawGrpcSender(server);
    try {
      await grpc.export('logs', transcodeJson('logs', Buffer.from(body)).bytes, headers);
    } finally {
      grpc.close();
    }
    assert.deepEqual(
      (await own()).map(({ id, value }) => [id, value]),
      [['person', 1]],
    );
    const file = join(data, 'scores.otlp.jsonl');
    writeFileSync(file, body);
    const imported = (key: string) => runCommand('import', file, '--server', server.httpUrl, '--key', key);
    const without = await imported(await keyOf('ingest'));
    assert.equal(without.code, 0);
    assert.match(without.stderr, /the server says: .*only a key with the scope score/);
    const { code, stderr } = await imported(await keyOf('ingest,score'));
    assert.deepEqual([code, /server says/.test(stderr)], [0, false], stderr);
    assert.deepEqual(
      (await own()).map(({ id, value }) => [id, value]),
      [['person', 0]],
    );
  });

  test('scores are erased with their session', async () => {
    assert.equal((await give('erased', { name: 'safe', value: 1 })).status, 201);
    await server.settled();
    assert.equal((await server.fetch('/api/v1/sessions/erased', { method: 'DELETE' })).status, 202);
    assert.equal((await give('erased', { name: 'safe', value: 1 })).status, 404);
    const response = await server.fetch('/api/v1/sessions/erased/scores');
    assert.equal(response.status, 404);
  });
});

function keyArgs([scope, ...more]: readonly string[]): string[] {
  return ['--name', scope!, '--scope', scope!, '--project', 'default', ...more];
}
