import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type RunningApi, startApi } from '../../test/support/api-server.js';
import { storedGroup } from '../../test/support/stored-groups.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';

const PATH = '/api/v1/sessions/s/conversation';

describe('the conversation of a session', () => {
  let sut: RunningApi;
  before(async () => {
    const attributes = { 'gen_ai.prompt.0.content': 'hi </script>', 'gen_ai.completion.0.content': 'hello' };
    const span = { trace: 'a', span: '1', start: at(0), end: at(1), attributes };
    sut = await startApi({
      sessions: ['s', 'silent'].map((id) => storedSession({ id })),
      groups: [
        { sessionId: 's', group: storedGroup('a', [{ span, usage: { model: 'm', outputTokens: 2 } }]) },
      ],
    });
  });
  after(() => sut.close());

  test('is a page of turns', async () => {
    const response = await sut.get(PATH);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('cache-control'), 'private, no-store');
    const origin = { trace_id: 'a'.padStart(32, '0'), span_id: '1'.padStart(16, '0') };
    assert.deepEqual(await response.json(), {
      items: [
        { role: 'user', time: '2026-03-01T00:00:00.000000000Z', text: 'hi </script>', ...origin },
        {
          role: 'assistant',
          time: '2026-03-01T00:00:01.000000000Z',
          text: 'hello',
          model: 'm',
          output_tokens: 2,
          latency_ms: 1000,
          ...origin,
        },
      ],
      has_more: false,
    });
  });

  test('is empty where nothing was said, and missing where there is no session', async () => {
    const silent = await sut.get('/api/v1/sessions/silent/conversation');
    assert.deepEqual(await silent.json(), { items: [], has_more: false });
    const missing = await sut.get('/api/v1/sessions/none/conversation');
    assert.equal(missing.status, 404);
    assert.equal(((await missing.json()) as { type: string }).type, '/problems/session.not_found');
  });

  test('takes a limit and a cursor of its own, and nothing else', async () => {
    const page = (await (await sut.get(`${PATH}?limit=1`)).json()) as { next_cursor: string };
    const next = await sut.get(`${PATH}?limit=1&cursor=${page.next_cursor}`);
    assert.equal(((await next.json()) as { items: { role: string }[] }).items[0]?.role, 'assistant');
    for (const [query, code] of [
      ['limit=0', 'limit.out_of_range'],
      ['limit=201', 'limit.out_of_range'],
      ['limit=x', 'query.invalid_integer'],
      ['cursor=x', 'cursor.invalid'],
      ['role=user', 'query.unknown_parameter'],
      ['limit=1&limit=2', 'query.repeated_parameter'],
    ] as const) {
      const response = await sut.get(`${PATH}?${query}`);
      assert.equal(response.status, 400, query);
      assert.equal(((await response.json()) as { type: string }).type, `/problems/${code}`);
    }
    for (const path of ['/api/v1/sessions/s/traces', '/api/v1/sessions/silent/conversation']) {
      assert.equal((await sut.get(`${path}?cursor=${page.next_cursor}`)).status, 400, path);
    }
  });
});
