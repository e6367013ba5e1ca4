import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type RunningApi, startApi } from '../../test/support/api-server.js';
import { packPart } from '../query/export/export-part.js';
import type { QueryService } from '../query/query-service.js';

/** Exports over HTTP: a slow client, and many of them. The reads behind them have no end. */

/** Bytes that compression does not make fewer. */
const PART = randomBytes(1024 * 1024);
const PATH = '/api/v1/exports/sessions?format=jsonl';
const MOST_EXPORTS = 16;
const MOST_OF_CALLER = 4;
/** What the sockets of this machine hold at most, in parts, and some more. */
const MOST_AHEAD = 64;

describe('an export', () => {
  let api: RunningApi;
  let reads = 0;
  const audited: object[] = [];
  const open: IncomingMessage[] = [];

  before(async () => {
    const endless = {
      exportPart: async () => {
        reads++;
        return packPart({ body: PART, next: 'more', asOfNs: 1n, sessions: 1 });
      },
    } as unknown as QueryService;
    api = await startApi(
      { sessions: [] },
      {
        queries: { for: () => endless },
        access: {
          identify: async ({ headers: { authorization } }) => ({
            actor: authorization ?? 'someone',
            via: authorization === undefined ? 'open' : 'key',
            scopes: ['read'],
            project: undefined,
          }),
          onRefusal: () => {},
          audit: async (entry) => void audited.push(entry),
        },
      },
    );
  });
  after(async () => {
    for (const response of open) response.destroy();
    await api.close();
  });

  async function begin(actor?: string, filters = '', encoding = 'identity'): Promise<IncomingMessage> {
    const headers = { 'accept-encoding': encoding, ...(actor !== undefined && { authorization: actor }) };
    const request = httpRequest(api.base + PATH + filters, { agent: false, headers });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    open.push(response);
    return response;
  }

  /** Resolves when nothing has been read for many turns of the event loop. */
  async function quiet(): Promise<void> {
    for (let before = -1, turns = 0; turns < 500; turns = before === reads ? turns + 1 : 0) {
      before = reads;
      await setImmediate();
    }
  }

  for (const encoding of ['identity', 'gzip'])
    test(`reads no further than the client, and stops when it is gone: ${encoding}`, async () => {
      reads = 0;
      const response = await begin(undefined, '', encoding);
      assert.equal(response.headers['content-encoding'], encoding === 'gzip' ? 'gzip' : undefined);
      response.pause();
      await quiet();
      assert.ok(reads < MOST_AHEAD, `${reads} parts`);
      response.destroy();
      await quiet();
      const before = reads;
      await quiet();
      assert.equal(reads, before);
    });

  for (const [filters, name] of [
    ['&startTime=2026-11-23T00:00:00Z&endTime=2026-11-29T23:59:59.999999999Z', '2026-11-23-to-2026-11-29'],
    ['&activeFrom=2026-11-30T23:30:00%2B02:00&activeTo=2026-11-30T22:00:00Z', '2026-11-30'],
    ['&endTime=2026-11-29T23:59:59Z', 'until-2026-11-29'],
  ] as const)
    test(`has a file name of its project and range: ${name}`, async () => {
      const response = await fetch(api.base + PATH + filters, { method: 'HEAD' });
      assert.equal(
        response.headers.get('content-disposition'),
        `attachment; filename="sessions-${name}.jsonl"`,
      );
    });

  test('is in the audit log before its first byte', async () => {
    assert.deepEqual(audited[0], {
      actor: 'someone',
      action: 'sessions.exported',
      subject: 'sessions',
      project: 'default',
      detail: { format: 'jsonl', filters: '' },
    });
  });

  for (const actor of [undefined, 'key:one'])
    test(`leaves places to others: ${actor ?? 'an address'} has few`, async () => {
      const responses: IncomingMessage[] = [];
      for (let count = 0; count < MOST_OF_CALLER; count++) {
        const response = await begin(actor);
        response.pause();
        assert.equal(response.statusCode, 200);
        responses.push(response);
      }
      const refused = await begin(actor);
      assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '1']);
      const ofOther = await begin('key:other');
      assert.equal(ofOther.statusCode, 200);
      responses[0]!.destroy();
      await quiet();
      const again = await begin(actor);
      assert.equal(again.statusCode, 200);
      for (const response of [...responses, ofOther, again]) response.destroy();
      await quiet();
    });

  test('is in the audit log without the values of filters that may name a person', async () => {
    const personal = ['userId', 'userIdPrefix', 'not.userId', 'sessionIdPrefix', 'q', 'url', 'not.url'];
    const response = await begin(
      'key:reader',
      `&service=web&${personal.map((name) => `${name}=ann`).join('&')}`,
    );
    assert.equal(response.statusCode, 200);
    response.destroy();
    await quiet();
    const { detail } = audited.at(-1) as { detail: { filters: string } };
    assert.equal(detail.filters, `service=web&${personal.map((name) => `${name}=*`).join('&')}`);
  });

  test('has few others beside it: more are told to come again', async () => {
    const responses: IncomingMessage[] = [];
    for (let count = 0; count < MOST_EXPORTS; count++) {
      const response = await begin(`key:${count % 8}`);
      response.pause();
      assert.equal(response.statusCode, 200);
      responses.push(response);
    }
    const refused = await begin('key:8');
    assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '1']);
    responses[0]!.destroy();
    await quiet();
    assert.equal((await begin('key:8')).statusCode, 200);
  });
});
