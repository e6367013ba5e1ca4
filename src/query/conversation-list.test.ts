import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertConforms } from '../../test/support/contract-check.js';
import { MemoryReader } from '../../test/support/memory-reader.js';
import { storedGroup } from '../../test/support/stored-groups.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import { CONVERSATION_SCHEMAS, type ConversationPage, Turn } from '../contract/conversation.js';
import { SessionQueries } from './session-queries.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };
type Page = (typeof ConversationPage)['static'];

/** A chat of `count` exchanges, each in its own trace, with the history in every call. */
function chatGroups(count: number) {
  const messages = Array.from({ length: 2 * count }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: index % 2 === 0 ? 'go on' : `answer ${index}`,
  }));
  return Array.from({ length: count }, (_, index) =>
    storedGroup((index + 1).toString(16), [
      {
        span: {
          trace: (index + 1).toString(16),
          span: '1',
          start: at(Math.floor(index / 3) * 10),
          end: at(index * 10 + 1),
          attributes: {
            'gen_ai.input.messages': JSON.stringify(messages.slice(0, 2 * index + 1)),
            'gen_ai.output.messages': JSON.stringify(messages.slice(2 * index + 1, 2 * index + 2)),
          },
        },
        usage: { model: 'gpt-5', inputTokens: 1 },
      },
    ]),
  );
}

function pagesOver(count: number) {
  const queries = new SessionQueries({
    reader: new MemoryReader({
      sessions: [storedSession({ id: 's' })],
      groups: chatGroups(count).map((group) => ({ sessionId: 's', group })),
      limits: LIMITS,
    }),
    project: 'default',
    ...LIMITS,
    userIdCandidates: (userId) => [userId],
    now: () => at(3600),
  });
  return async (limit: number, cursor?: string): Promise<Page> =>
    JSON.parse(
      new TextDecoder().decode(await queries.conversation('s', { limit, ...(cursor && { cursor }) })),
    );
}

test('pages in both directions have every turn once, in order', async () => {
  const exchanges = fc.integer({ min: 0, max: 20 });
  await fc.assert(
    fc.asyncProperty(exchanges, fc.integer({ min: 1, max: 9 }), async (count, limit) => {
      const read = pagesOver(count);
      const all = await read(200);
      assert.equal(all.items.length, 2 * count);
      assert.equal(all.has_more, false);
      assert.equal(all.prev_cursor, undefined);

      const forward: Page[] = [await read(limit)];
      for (let page = forward[0]!; page.next_cursor !== undefined; forward.push(page)) {
        page = await read(limit, page.next_cursor);
        assert.notEqual(page.prev_cursor, undefined);
      }
      assert.deepEqual(
        forward.flatMap(({ items }) => items),
        all.items,
      );
      assert.deepEqual(
        forward.map(({ has_more }) => has_more),
        [...forward.slice(1).map(() => true), false],
      );

      const back: Page[] = [];
      for (let cursor = forward.at(-1)!.prev_cursor; cursor !== undefined; cursor = back[0]!.prev_cursor) {
        back.unshift(await read(limit, cursor));
        assert.equal(back[0]!.has_more, true);
      }
      assert.deepEqual(
        back.flatMap(({ items }) => items),
        forward.slice(0, -1).flatMap(({ items }) => items),
      );
    }),
    { numRuns: 50 },
  );
});

test('turns have the form of the contract', async () => {
  const { items } = await pagesOver(3)(200);
  for (const item of items) assertConforms(Turn, item);
  for (const example of Turn.examples as unknown[]) assertConforms(Turn, example);
  for (const schema of CONVERSATION_SCHEMAS) assert.ok(schema.description, schema.$id);
});
