import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { MemoryReader } from '../../../test/support/memory-reader.js';
import { at, storedSession } from '../../../test/support/stored-sessions.js';
import { DamagedBlockError } from '../../store/contract/damaged.js';
import type { ExportRequest } from '../query-service.js';
import { SessionQueries } from '../session-queries.js';
import { ExportBody } from './export-body.js';
import { unpackPart } from './export-part.js';
import { type ContentFormat, exportPart } from './export-queries.js';
import type { SessionContent } from './session-content.js';

const LIMITS = { activeMs: 300_000, timeoutMs: 1_800_000 };

function sessionsOf(count: number) {
  return Array.from({ length: count }, (_, number) =>
    storedSession({ id: `s${number}`, startNs: at(Math.floor(number / 2)), lastNs: at(number) }),
  );
}

interface Exported {
  readonly text: string;
  readonly summary: ReturnType<ExportBody['summary']>;
  readonly parts: number;
}

/** Reads an export to its end. `nowS`: the time of each part, s. */
async function exported(
  reader: MemoryReader,
  request: ExportRequest,
  nowS = (_part: number): number => 3600,
): Promise<Exported> {
  let parts = 0;
  const queries = new SessionQueries({
    reader,
    project: 'default',
    ...LIMITS,
    userIdCandidates: (userId) => [userId],
    now: () => at(nowS(parts)),
  });
  const body = new ExportBody({ format: request.format, project: 'default', filters: '' });
  const texts: string[] = [];
  do {
    const part = unpackPart(await queries.exportPart({ ...request, ...body.rest }));
    texts.push(Buffer.from(await body.add(part)).toString('latin1'));
    parts++;
  } while (body.rest !== undefined);
  texts.push(Buffer.from(await body.end()).toString('latin1'));
  return { text: texts.join(''), summary: body.summary(), parts };
}

test('parts of any size make the same export, with each session once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (count, limit) => {
        const reader = new MemoryReader({ sessions: sessionsOf(count), limits: LIMITS });
        for (const request of [
          { format: 'csv' },
          { format: 'jsonl' },
          { format: 'jsonl', include: 'turns' },
        ] as const) {
          const whole = await exported(reader, request);
          const inParts = await exported(reader, { ...request, limit });
          assert.equal(inParts.text, whole.text);
          assert.deepEqual([inParts.summary.sessions, whole.summary.sessions], [count, count]);
          assert.equal(inParts.summary.sha256, whole.summary.sha256);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('parquet of the same sessions is the same bytes, wherever a search stops', async () => {
  class Stopping extends MemoryReader {
    #reads = 0;
    override async sessions(...[project, scan]: Parameters<MemoryReader['sessions']>) {
      const found = await super.sessions(project, scan);
      const most = [3, 0, 1_234, 5_000][this.#reads++ % 4]!;
      if (found.sessions.length <= most) return found;
      const stoppedAt = most === 0 ? scan.after : found.sessions[most - 1];
      return { sessions: found.sessions.slice(0, most), ...(stoppedAt && { stoppedAt }) };
    }
  }
  const data = { sessions: sessionsOf(4_100), limits: LIMITS };
  const whole = await exported(new MemoryReader(data), { format: 'parquet' });
  const stopping = await exported(new Stopping(data), { format: 'parquet' });
  assert.ok(stopping.parts > whole.parts);
  assert.deepEqual({ ...stopping.summary, as_of: '' }, { ...whole.summary, as_of: '' });
  const file = Buffer.from(whole.text, 'latin1');
  const { row_groups: groups } = parquetMetadata(new Uint8Array(file));
  assert.deepEqual(
    groups.map(({ num_rows: rows }) => Number(rows)),
    [4_000, 100],
  );
});

test('states and filters are of the time at which the export began', async () => {
  const reader = new MemoryReader({ sessions: sessionsOf(6), limits: LIMITS });
  const request = { format: 'jsonl', isActive: true, limit: 2 } as const;
  // All of them time out before the second part.
  const { text, summary } = await exported(reader, request, (part) => (part === 0 ? 60 : 100_000));
  const states = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { state: string }).state);
  assert.deepEqual(states, Array(6).fill('active'));
  assert.equal(summary.as_of, '2026-03-01T00:01:00.000000000Z');
});

test('a session that goes on from the part before is one of those that the limit allows', async () => {
  const reader = new MemoryReader({ sessions: sessionsOf(6), limits: LIMITS });
  /** Content in two steps. */
  const format: ContentFormat = {
    read: async ({ id }, within) => ({ text: `${id} `, ...(within === undefined && { next: 'rest' }) }),
    close: () => '',
  };
  const content = { of: () => format } as unknown as SessionContent;
  let cursor: string | undefined;
  const parts: [sessions: number, text: string][] = [];
  // The first part has no time for more than a step.
  for (const msOfRead of [100, 0, 0]) {
    let nowMs = 0;
    const options = {
      ...{ reader, project: 'default', ...LIMITS },
      userIdCandidates: (userId: string) => [userId],
      now: () => at(3600),
      nowMs: () => {
        nowMs += msOfRead;
        return nowMs;
      },
    };
    const request = { format: 'otlp', limit: parts.length === 1 ? 1 : 2, ...(cursor && { cursor }) } as const;
    const part = unpackPart(await exportPart(request, options, content));
    parts.push([part.sessions, Buffer.from(part.body).toString()]);
    cursor = part.next;
  }
  assert.deepEqual(parts, [
    [0, 's5 '],
    [1, 's5 '],
    [2, 's4 s4 s3 s3 '],
  ]);
});

test('a damaged block ends its session and not the export', async () => {
  class Damaged extends MemoryReader {
    override async groups(...args: Parameters<MemoryReader['groups']>) {
      if (args[1] === 's2') throw new DamagedBlockError('block 7 is damaged');
      return super.groups(...args);
    }
    override async records(...args: Parameters<MemoryReader['records']>) {
      if (args[1] === 's2') throw new DamagedBlockError('block 7 is damaged');
      return super.records(...args);
    }
  }
  const reader = new Damaged({ sessions: sessionsOf(5), limits: LIMITS });
  const { text, summary } = await exported(reader, { format: 'jsonl', include: 'turns' });
  const ids = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { 'session.id': string })['session.id']);
  assert.deepEqual(ids, ['s4', 's3', 's2', 's1', 's0']);
  assert.deepEqual([summary.sessions, summary.damaged_sessions], [5, 1]);
  assert.equal((await exported(reader, { format: 'otlp' })).summary.damaged_sessions, 1);
});

test('a combination that a format does not have is refused, and so is a cursor of another export', async () => {
  const reader = new MemoryReader({ sessions: sessionsOf(3), limits: LIMITS });
  await assert.rejects(exported(reader, { format: 'csv', include: 'turns' }), { code: 'query.invalid_enum' });
  await assert.rejects(exported(reader, { format: 'jsonl', bom: true }), { code: 'query.invalid_boolean' });
  const queries = new SessionQueries({
    reader,
    project: 'default',
    ...LIMITS,
    userIdCandidates: (userId) => [userId],
    now: () => at(3600),
  });
  const { next } = unpackPart(await queries.exportPart({ format: 'csv', limit: 1 }));
  await assert.rejects(queries.exportPart({ format: 'csv', hasErrors: true, cursor: next! }), {
    code: 'cursor.invalid',
  });
  await assert.rejects(queries.exportPart({ format: 'jsonl', cursor: next! }), { code: 'cursor.invalid' });
});
