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

  test('is empty without messages, and a 404 for a missing session', async () => {
    const silent = await sut.get('/api/v1/sessions/silent/conversation');
    assert.deepEqual(await silent.json(), { items: [], has_more: false });
    const missing = await sut.get('/api/v1/sessions/none/conversation');
    assert.equal(missing.status, 404);
    assert.equal(((await missing.json()) as { type: string }).type, '/problems/session.not_found');
  });

  test('accepts only a limit and its own cursor', async () => {
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

describe('the media of a conversation', () => {
  const PNG = Buffer.from('\x89PNG\r\n\x1a\n and the rest', 'latin1');
  const contents: [type: string, content: Buffer, served: string, disposition: string][] = [
    ['image/png', PNG, 'image/png', 'inline; filename="media.png"'],
    // The type in the message is from a stranger.
    ['text/html', PNG, 'image/png', 'inline; filename="media.png"'],
    [
      'image/svg+xml',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'),
      'application/octet-stream',
      'attachment; filename="media.bin"',
    ],
    [
      'image/png',
      Buffer.from('<!doctype html><script>x()</script>'),
      'application/octet-stream',
      'attachment; filename="media.bin"',
    ],
    [
      'application/pdf',
      Buffer.from('%PDF-1.7'),
      'application/octet-stream',
      'attachment; filename="media.bin"',
    ],
    ['audio/mpeg', Buffer.from('ID3\x04'), 'audio/mpeg', 'inline; filename="media.mp3"'],
  ];
  const parts = contents.map(([type, content]) => ({
    type: 'blob',
    mime_type: type,
    content: content.toString('base64'),
  }));
  const elsewhere = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
  interface Item {
    readonly media?: { readonly size?: number; readonly uri?: string; readonly media_id?: string }[];
  }

  let sut: RunningApi;
  let media: NonNullable<Item['media']>;
  before(async () => {
    const attributes = {
      'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [...parts, elsewhere] }]),
    };
    const span = { trace: 'a', span: '1', start: at(0), end: at(1), attributes };
    sut = await startApi({
      sessions: ['s', 'other'].map((id) => storedSession({ id })),
      groups: [{ sessionId: 's', group: storedGroup('a', [{ span, usage: { model: 'm' } }]) }],
    });
    const page = (await (await sut.get(PATH)).json()) as { items: Item[] };
    media = page.items[0]!.media!;
  });
  after(() => sut.close());

  test('are listed with size and id, or without if they are only linked', () => {
    assert.deepEqual(
      media.map(({ size }) => size),
      [...contents.map(([, content]) => content.length), undefined],
    );
    for (const { media_id } of media.slice(0, -1)) assert.match(media_id!, /^[0-9a-f]{64}$/);
    assert.equal(media.at(-1)!.media_id, undefined);
    assert.equal(media.at(-1)!.uri, 'https://example.com/a.png');
  });

  test('are served with their type if it is safe, else as bytes', async () => {
    for (const [index, [, content, served, disposition]] of contents.entries()) {
      const response = await sut.get(`/api/v1/sessions/s/media/${media[index]!.media_id}`);
      assert.equal(response.status, 200);
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), content);
      const { headers } = response;
      assert.deepEqual(
        [
          'content-type',
          'content-disposition',
          'x-content-type-options',
          'content-security-policy',
          'cross-origin-resource-policy',
          'cache-control',
        ].map((name) => headers.get(name)),
        [served, disposition, 'nosniff', "sandbox; default-src 'none'", 'same-origin', 'private, no-store'],
      );
    }
  });

  test('are found only in their own session, and by their whole id', async () => {
    const id = media[0]!.media_id!;
    for (const path of [
      `other/media/${id}`,
      `none/media/${id}`,
      `s/media/${'0'.repeat(64)}`,
      `s/media/${id.slice(0, 32)}${'0'.repeat(32)}`,
      `s/media/${id}0`,
      's/media/..%2f..%2fetc%2fpasswd',
    ]) {
      const response = await sut.get(`/api/v1/sessions/${path}`);
      assert.equal(response.status, 404, path);
      assert.equal(((await response.json()) as { type: string }).type, '/problems/media.not_found');
    }
  });
});
