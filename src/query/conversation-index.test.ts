import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MemoryReader, type MemoryReaderData } from '../../test/support/memory-reader.js';
import { storedGroup } from '../../test/support/stored-groups.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import type { ConversationPage } from '../contract/conversation.js';
import type { Turn } from '../conversation/turn.js';
import type { GroupPosition, GroupScan, StoredGroup } from '../store/contract/group.js';
import { ConversationIndex } from './conversation-index.js';
import { ConversationList, MAX_GROUPS_A_PAGE } from './conversation-list.js';
import { readPage } from './page.js';
import { SessionIndexes } from './session-indexes.js';
import { SessionQueries } from './session-queries.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };
type Page = (typeof ConversationPage)['static'];

/** Counts the groups that are read. */
class CountingReader extends MemoryReader {
  groupsRead = 0;

  override async groups(project: string, sessionId: string, scan: GroupScan): Promise<StoredGroup[]> {
    const groups = await super.groups(project, sessionId, scan);
    this.groupsRead += groups.length;
    return groups;
  }

  override async groupsAt(project: string, sessionId: string, positions: readonly GroupPosition[]) {
    const groups = await super.groupsAt(project, sessionId, positions);
    this.groupsRead += groups.length;
    return groups;
  }
}

type Groups = NonNullable<MemoryReaderData['groups']>;

/** An exchange at a second, with the history of all earlier ones, or a trace without messages. */
function group(second: number, isSilent: boolean, version = 0, word = 'answer'): Groups[number] {
  const said = Array.from({ length: 2 * second + 2 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: index % 2 === 0 ? 'go on' : `${word} ${index}`,
  }));
  const attributes: Record<string, string> = isSilent
    ? { 'url.path': '/' }
    : {
        'gen_ai.input.messages': JSON.stringify(said.slice(0, -1)),
        'gen_ai.output.messages': JSON.stringify(said.slice(-1)),
      };
  const trace = (second + 1).toString(16);
  const span = { trace, span: '1', start: at(second), end: at(second + 0.5), attributes };
  const stored = storedGroup(trace, [{ span, ...(!isSilent && { usage: { model: 'm' } }) }]);
  return { sessionId: 's', group: { ...stored, version: `${second} ${version}` } };
}

function queriesOver(groups: Groups) {
  const reader = new CountingReader({ sessions: [storedSession({ id: 's' })], groups, limits: LIMITS });
  const queries = new SessionQueries({
    reader,
    project: 'default',
    ...LIMITS,
    userIdCandidates: (userId) => [userId],
    now: () => at(100_000),
  });
  const page = async (limit: number, cursor?: string): Promise<Page> =>
    JSON.parse(
      new TextDecoder().decode(await queries.conversation('s', { limit, ...(cursor && { cursor }) })),
    );
  return { reader, page };
}

describe('pages of a conversation', () => {
  test('have the cost of one page, at any position and in both directions', async () => {
    const count = 300;
    const { reader, page } = queriesOver(Array.from({ length: count }, (_, index) => group(index, false)));
    const costs: number[] = [];
    const cost = async (read: Promise<Page>): Promise<Page> => {
      reader.groupsRead = 0;
      const found = await read;
      costs.push(reader.groupsRead);
      return found;
    };
    let last = await cost(page(20));
    while (last.next_cursor !== undefined) last = await cost(page(20, last.next_cursor));
    assert.equal(costs.length, (2 * count) / 20);
    while (last.prev_cursor !== undefined) last = await cost(page(20, last.prev_cursor));
    // A page has ten groups, reads are of 32, and one neighbour on each side is read.
    assert.ok(Math.max(...costs) <= 64, String(costs));
    assert.ok(costs.reduce((sum, one) => sum + one) <= 4 * count, String(costs));
  });

  test('are searched for in a limited number of groups, then the next request continues', async () => {
    const silent = Array.from({ length: 2 * MAX_GROUPS_A_PAGE + 10 }, (_, index) => group(index, true));
    const { reader, page } = queriesOver([...silent, group(3 * MAX_GROUPS_A_PAGE, false)]);
    const pages: Page[] = [];
    let cursor: string | undefined;
    do {
      reader.groupsRead = 0;
      pages.push(await page(5, cursor));
      assert.ok(reader.groupsRead <= MAX_GROUPS_A_PAGE, String(reader.groupsRead));
      cursor = pages.at(-1)!.next_cursor;
    } while (cursor !== undefined && pages.length < 3);
    assert.deepEqual(
      pages.map(({ items, has_more }) => [items.length, has_more]),
      [
        [0, true],
        [0, true],
        [5, true],
      ],
    );
  });
});

const edit = fc.record({
  /** The second of the changed group. */
  second: fc.integer({ min: 0, max: 79 }),
  isSilent: fc.boolean(),
  word: fc.constantFrom('answer', 'reply'),
  isGone: fc.boolean(),
  /** Limit of the page that is read afterwards, and whether one is read at all. */
  limit: fc.integer({ min: 1, max: 60 }),
  isRead: fc.boolean(),
});

test('an index equals a new one after any change between its uses', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 70 }),
      async (edits, length) => {
        const bySecond = new Map(
          Array.from({ length }, (_, second) => [second, group(second, second % 3 === 0)]),
        );
        const groups: Groups = [];
        const reader = new MemoryReader({ sessions: [], groups, limits: LIMITS });
        const indexes = new SessionIndexes((project, id) => new ConversationIndex(reader, project, id));
        const turns = (limit: number): Promise<readonly Turn[]> =>
          indexes.use(
            'default',
            's',
            async (index) => (await readPage(new ConversationList(index), limit, undefined)).items,
          );
        let version = 0;
        for (const { second, isSilent, word, isGone, limit, isRead } of edits) {
          if (isGone) bySecond.delete(second);
          else bySecond.set(second, group(second, isSilent, ++version, word));
          groups.splice(0, groups.length, ...bySecond.values());
          if (!isRead) continue;
          const fresh = new ConversationIndex(reader, 'default', 's');
          const { items } = await readPage(new ConversationList(fresh), limit, undefined);
          assert.deepEqual(await turns(limit), items);
        }
      },
    ),
    { numRuns: 60 },
  );
});
