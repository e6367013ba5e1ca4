import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryReader, type MemoryReaderData } from '../../test/support/memory-reader.js';
import { storedGroup } from '../../test/support/stored-groups.js';
import { at, storedSession } from '../../test/support/stored-sessions.js';
import type { GroupPosition, GroupScan } from '../store/contract/group.js';
import { SessionIndexes } from './session-indexes.js';
import { VisitIndex } from './visit-index.js';
import { readVisit } from './visit-list.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };
const SOURCES = new Map([['load', 'test']] as const);
const SESSION = storedSession({ id: 's', pageSources: SOURCES });
type Groups = NonNullable<MemoryReaderData['groups']>;

/** A trace at a second: a page, a click, or a web vital of a much earlier page. */
function group(second: number, what: number, version = 0): Groups[number] {
  const trace = (second + 1).toString(16);
  const span = {
    ...{ trace, span: '1', start: at(second), end: at(second + 0.5) },
    resource: { 'telemetry.sdk.language': 'webjs' },
    attributes: { event_type: 'click', target_xpath: `#${version}` },
  };
  const page = { kind: 'load', source: 'test', url: `https://shop.example/${version}` } as const;
  const id = `v5-${at(Math.max(0, second - 20)) / 1_000_000n}-1`;
  const visit =
    what === 0
      ? { page }
      : what === 1
        ? { vitals: [{ name: 'cls' as const, value: second, id }] }
        : undefined;
  const stored = storedGroup(trace, [{ span, ...(visit && { facts: { visit } }) }]);
  return { sessionId: 's', group: { ...stored, version: `${second} ${version}` } };
}

/** Counts the groups that are read. */
class CountingReader extends MemoryReader {
  looked = 0;
  read = 0;

  override async pageGroups(project: string, sessionId: string, scan: GroupScan) {
    const groups = await super.pageGroups(project, sessionId, scan);
    this.looked += groups.length;
    return groups;
  }

  override async groupsAt(project: string, sessionId: string, positions: readonly GroupPosition[]) {
    this.read += positions.length;
    return super.groupsAt(project, sessionId, positions);
  }
}

test('the index of a session is correct after any change of it', async () => {
  const edit = fc.record({
    second: fc.integer({ min: 0, max: 60 }),
    what: fc.integer({ min: 0, max: 2 }),
    isGone: fc.boolean(),
    isRead: fc.boolean(),
    limit: fc.integer({ min: 1, max: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 0, max: 60 }),
      async (edits, length) => {
        const bySecond = new Map(Array.from({ length }, (_, second) => [second, group(second, second % 3)]));
        const groups: Groups = [...bySecond.values()];
        const reader = new MemoryReader({ sessions: [SESSION], groups, limits: LIMITS });
        const indexes = new SessionIndexes((project, id) => new VisitIndex(reader, project, id));
        let version = 0;
        for (const { second, what, isGone, isRead, limit } of edits) {
          if (isGone) bySecond.delete(second);
          else bySecond.set(second, group(second, what, ++version));
          groups.splice(0, groups.length, ...bySecond.values());
          if (!isRead) continue;
          const page = (index: VisitIndex) => readVisit(reader, 'default', index, SESSION, limit, undefined);
          const fresh = new VisitIndex(reader, 'default', 's');
          assert.deepEqual(await indexes.use('default', 's', page), await page(fresh));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('following pages read the groups around them, and each group once', async () => {
  const groups = Array.from({ length: 3_000 }, (_, index) => group(index * 600, index % 3 === 0 ? 0 : 2));
  const reader = new CountingReader({ sessions: [SESSION], groups, limits: LIMITS });
  const indexes = new SessionIndexes((project, id) => new VisitIndex(reader, project, id));
  const read = (limit: number, cursor?: Parameters<typeof readVisit>[5]) =>
    indexes.use('default', 's', (index) => readVisit(reader, 'default', index, SESSION, limit, cursor));
  const first = await read(10);
  assert.equal(reader.looked, 3_000);
  assert.ok(reader.read <= 40, String(reader.read));
  const second = await read(10, first.next);
  assert.equal(reader.looked, 3_000);
  assert.ok(reader.read <= 80, String(reader.read));
  assert.equal(second.items[0]?.clickCount, 3);
});

test('a page with very many records reports that not all were read', async () => {
  const busy = (second: number): Groups[number] => {
    const trace = (second + 1).toString(16);
    const logs = Array.from({ length: 40 }, (_, index) => ({
      log: { trace, time: at(second) + BigInt(index) },
    }));
    return { sessionId: 's', group: { ...storedGroup(trace, logs), version: String(second) } };
  };
  const groups = [group(0, 0), ...[1, 2, 3, 4].map(busy), group(1_000, 0), group(2_000, 0)];
  const reader = new MemoryReader({ sessions: [SESSION], groups, limits: LIMITS });
  const read = (cursor?: Parameters<typeof readVisit>[5]) =>
    readVisit(reader, 'default', new VisitIndex(reader, 'default', 's'), SESSION, 10, cursor, {
      recordsAPage: 50,
    });
  const first = await read();
  assert.deepEqual(
    first.items.map(({ isTruncated }) => isTruncated),
    [true],
  );
  const rest = await read(first.next);
  assert.deepEqual(
    rest.items.map(({ isTruncated, isExit }) => [isTruncated, isExit]),
    [
      [false, false],
      [false, true],
    ],
  );
});
