import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { SojournClient } from '../../client/src/index.js';
import { exportSessions } from '../../src/cli/read/export.js';
import type { ExportSummary } from '../../src/contract/export.js';
import { Random } from '../../src/demo/random.js';
import { type Ask, everyAnswer, otherAnswers } from '../support/every-answer.js';
import { fixtureRequests, randomRequests, WHOLE_SESSION, wholeSession } from '../support/random-world.js';
import type { RecordedRequest } from '../support/replay.js';
import { makeTemporaryDirectory, runCommand, startServer, type TestServer } from '../support/server.js';
import { type SpanSpec, tracesJson } from '../support/telemetry.js';

/** Exports: what is in the file is what the API answers, whole, in parts, and sent to another server. */

const SEED = Number(process.env.SOJOURN_EXPORTS_SEED ?? 0) || Math.floor(Math.random() * 2 ** 31);
const FLAGS = ['--user-ids=keep'];
const EXPORTS = '/api/v1/exports/sessions';
const SESSIONS = '/api/v1/sessions';

const PROBED = 1_790_000_000_000_000_000n;

type Item = Record<string, unknown> & { 'session.id': string; start_time: string };

let server: TestServer;

before(async () => {
  server = await startServer({ flags: FLAGS });
  await send(server, [...wholeSession(), ...fixtureRequests(), ...randomRequests(SEED, 2)]);
  await server.settled();
});
after(() => server?.dispose());

async function send(to: TestServer, requests: readonly RecordedRequest[]): Promise<void> {
  for (const { signal, encoding, body } of requests) {
    const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
    const response = await to.post(`/v1/${signal}`, body, { 'content-type': type });
    assert.equal(response.status, 200, await response.text());
  }
}

async function listed(query: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor = '';
  do {
    const page = await server.get<{ items: Item[]; next_cursor?: string }>(
      `${SESSIONS}?${query}&limit=1000&cursor=${encodeURIComponent(cursor)}`,
    );
    items.push(...page.items);
    cursor = page.next_cursor ?? '';
  } while (cursor !== '');
  return items;
}

/** The parts of an export, one after the other, and what is said of each. */
async function inParts(query: string, limit: number): Promise<{ bytes: Buffer; summaries: ExportSummary[] }> {
  const bytes: Buffer[] = [];
  const summaries: ExportSummary[] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const path = `${EXPORTS}?${query}&limit=${limit}&cursor=${encodeURIComponent(cursor)}`;
    const response = await server.fetch(path);
    const part = Buffer.from(await response.arrayBuffer());
    assert.equal(response.status, 200, part.toString());
    const summary = JSON.parse(response.headers.get('sojourn-export')!) as ExportSummary;
    assert.equal(summary.bytes, part.length);
    assert.equal(summary.sha256, createHash('sha256').update(part).digest('hex'));
    bytes.push(part);
    summaries.push(summary);
    cursor = summary.next_cursor;
  }
  return { bytes: Buffer.concat(bytes), summaries };
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  assert.equal(lines.pop(), '', 'ends with a line end');
  return lines;
}

describe(`exports (seed ${SEED})`, () => {
  test('jsonl has the items of the list under the same filters', async () => {
    for (const query of [
      '',
      'hasErrors=true',
      'model=gpt-4o&model=claude-sonnet-4-5',
      'userId=nobody',
      'state=ended',
    ]) {
      const text = await server.text(`${EXPORTS}?format=jsonl&${query}`);
      const lines = text === '' ? [] : linesOf(text);
      assert.deepEqual(
        lines.map((line) => JSON.parse(line) as Item),
        await listed(query),
        query,
      );
    }
  });

  test('jsonl with turns has each conversation whole', async () => {
    const text = await server.text(`${EXPORTS}?format=jsonl&include=turns`);
    const items = linesOf(text).map((line) => JSON.parse(line) as Item & { turns: unknown[] });
    assert.deepEqual(
      items.map(({ turns: _, ...item }) => item),
      await listed(''),
    );
    const whole = items.find((item) => item['session.id'] === WHOLE_SESSION)!;
    const { items: turns } = await server.get<{ items: unknown[] }>(
      `${SESSIONS}/${WHOLE_SESSION}/conversation?limit=200`,
    );
    assert.ok(turns.length > 8);
    assert.deepEqual(whole.turns, turns);
    assert.deepEqual(
      JSON.parse(await server.text(`${SESSIONS}/${WHOLE_SESSION}/export?format=jsonl`)),
      whole,
    );
  });

  test('the parts of an export make the export', async () => {
    for (const query of ['format=csv', 'format=jsonl', 'format=jsonl&include=turns', 'format=otlp']) {
      const { bytes, summaries } = await inParts(query, 7);
      const whole = await server.text(`${EXPORTS}?${query}`);
      assert.ok(summaries.length > 3, query);
      assert.equal(bytes.toString(), whole, query);
      assert.equal(new Set(summaries.map(({ as_of: asOf }) => asOf)).size, 1, 'one time for all');
    }
  });

  test('a part under many filters can be read by clients', async () => {
    const names = Array.from({ length: 50 }, (_, number) => `service=${'x'.repeat(200)}${number}`);
    const { summaries } = await inParts(`format=csv&${names.join('&')}`, 7);
    assert.equal(summaries.length, 1);
    assert.match(summaries[0]!.filters, /^sha256:[0-9a-f]{64}$/);
  });

  test('csv has a line for each session, and a name for each column', async () => {
    const [header, ...lines] = csvRows(await server.text(`${EXPORTS}?format=csv`));
    const items = await listed('');
    assert.equal(lines.length, items.length);
    assert.deepEqual(
      lines.map((line) => line[header!.indexOf('session.id')]),
      items.map((item) => item['session.id']),
    );
    assert.deepEqual(
      lines.map((line) => line[header!.indexOf('duration_ms')]),
      items.map((item) => String(item.duration_ms)),
    );
    assert.ok(header!.includes('genai_usage.estimated_cost_usd'));
    const marked = Buffer.from(await (await server.fetch(`${EXPORTS}?format=csv&bom=true`)).arrayBuffer());
    assert.equal(marked.subarray(0, 3).toString('hex'), 'efbbbf');
  });

  test('parquet has the same sessions with types', async () => {
    const file = await (await server.fetch(`${EXPORTS}?format=parquet`)).arrayBuffer();
    const rows = await parquetReadObjects({ file, utf8: true });
    const items = await listed('');
    assert.equal(rows.length, items.length);
    for (const [at, row] of rows.entries()) {
      const item = items[at]! as Item & {
        services: string[];
        genai_usage?: { total_input_tokens: number | string };
      };
      assert.equal(row['session.id'], item['session.id']);
      assert.deepEqual(row.services ?? [], item.services);
      assert.equal(typeof row.span_count, 'bigint');
      assert.equal(Number(row.span_count), item.span_count);
      assert.equal(
        row['genai_usage.total_input_tokens'] ?? undefined,
        item.genai_usage && BigInt(item.genai_usage.total_input_tokens),
      );
    }
    const { key_value_metadata: facts } = parquetMetadata(file);
    assert.ok(facts?.some(({ key, value }) => key === 'sojourn.project' && value === 'default'));
  });

  test('a session is a trace that keeps the rules of its format', async () => {
    for (const { 'session.id': id, span_count: spans, start_time: start } of await listed('')) {
      const file = JSON.parse(
        await server.text(`${SESSIONS}/by-id/export?id=${encodeURIComponent(id)}&format=perfetto`),
      ) as TraceFile;
      assertTraceEvents(file.traceEvents);
      const slices = file.traceEvents.filter(({ ph }) => ph === 'X');
      assert.equal(slices.length, spans, id);
      const origin = BigInt(file.otherData.time_origin_unix_nano);
      assert.equal(new Date(Number(origin / 1_000_000n)).toISOString().slice(0, 23), start.slice(0, 23));
    }
  });

  test('otlp has sessions that no list shows, unless a filter chooses sessions', async () => {
    const trace = 'fade'.padStart(32, '0');
    const probe: SpanSpec = {
      ...{ trace: 'fade', span: '1', kind: 2, name: 'GET /healthz', start: PROBED, end: PROBED },
      attributes: { 'http.request.method': 'GET', 'url.path': '/healthz' },
    };
    await send(server, [{ signal: 'traces', encoding: 'json', body: Buffer.from(tracesJson([probe])) }]);
    await server.settled();
    assert.equal(
      (await listed('sessionIdPrefix=0000')).some((item) => item['session.id'] === trace),
      false,
    );
    assert.ok((await server.text(`${EXPORTS}?format=otlp`)).includes(trace));
    assert.ok((await server.text(`${EXPORTS}?format=otlp&startTime=2000-01-01T00:00:00Z`)).includes(trace));
    assert.equal((await server.text(`${EXPORTS}?format=otlp&hasErrors=false`)).includes(trace), false);
  });

  test('otlp sent to an empty server gives the same answers', async () => {
    const random = new Random(`exports ${SEED}`);
    const answers = await everyAnswer(asking(server), random, { whole: WHOLE_SESSION, others: 2 });
    const other = await startServer({ flags: FLAGS });
    try {
      const lines = linesOf(await server.text(`${EXPORTS}?format=otlp`));
      const file = join(makeTemporaryDirectory(), 'telemetry.otlp.jsonl.gz');
      writeFileSync(file, gzipSync(lines.sort(() => random.next() - 0.5).join('\n')));
      // Again, because an import that was cut may send what is there.
      for (const _ of ['first', 'again']) {
        const { code, stderr } = await runCommand('import', file, '--server', other.httpUrl);
        assert.equal(code, 0, stderr);
      }
      await other.settled();
      const differing = await otherAnswers(asking(other), answers);
      assert.equal(
        differing.length,
        0,
        `${differing.length} of ${answers.size}: ${differing[0]?.slice(0, 3000)}`,
      );
    } finally {
      await other.dispose();
    }
  });
});

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly s?: string;
  readonly args: Record<string, unknown>;
}

interface TraceFile {
  readonly traceEvents: readonly TraceEvent[];
  readonly otherData: { readonly time_origin_unix_nano: string };
}

/** The rules of the Trace Event Format for what is in exports. */
function assertTraceEvents(events: readonly TraceEvent[]): void {
  const named = new Set<string>();
  const open = new Map<string, { start: number; end: number }[]>();
  for (const { name, ph, pid, tid, ts, dur, s, args } of events) {
    assert.ok(typeof name === 'string' && name !== '' && Number.isInteger(pid) && Number.isInteger(tid));
    if (ph === 'M') {
      assert.ok(['process_name', 'thread_name'].includes(name) && typeof args.name === 'string');
      named.add(`${name} ${pid} ${name === 'thread_name' ? tid : ''}`);
      continue;
    }
    assert.ok(Number.isFinite(ts));
    assert.ok(named.has(`process_name ${pid} `) && named.has(`thread_name ${pid} ${tid}`), 'named before');
    if (ph === 'i') assert.equal(s, 't');
    else {
      assert.equal(ph, 'X');
      assert.ok(dur! >= 0);
      const slices = open.get(`${pid} ${tid}`) ?? [];
      open.set(`${pid} ${tid}`, [...slices, { start: ts!, end: ts! + dur! }]);
    }
  }
  for (const slices of open.values()) {
    slices.sort((a, b) => a.start - b.start || b.end - a.end);
    const stack: number[] = [];
    for (const { start, end } of slices) {
      // A double of microseconds has some nanoseconds of error in a session of many years.
      const slack = 4e-16 * Math.max(Math.abs(start), Math.abs(end)) + 1e-9;
      while (stack.length > 0 && stack.at(-1)! <= start + slack) stack.pop();
      assert.ok(stack.length === 0 || end <= stack.at(-1)! + slack, 'slices of a thread nest');
      stack.push(end);
    }
  }
}

function asking(to: TestServer): Ask {
  return async (path) => {
    const response = await fetch(to.httpUrl + path);
    const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
    return { status: response.status, text: body.replace(/"request_id":"[^"]*"/, '') };
  };
}

/** Cells of CSV (RFC 4180). */
function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('an export beside an erasure', () => {
  test('has nothing that was erased before its part was read', async () => {
    const items = await listed('');
    const [first, ...others] = [await part(''), items.at(-1)!['session.id']] as const;
    const erased = others[0]!;
    const asked = await server.fetch(`${SESSIONS}/by-id?id=${encodeURIComponent(erased)}`, {
      method: 'DELETE',
    });
    assert.equal(asked.status, 202, await asked.text());
    let text = '';
    for (let cursor = first.cursor; cursor !== undefined; ) {
      const next = await part(cursor);
      text += next.text;
      cursor = next.cursor;
    }
    assert.ok(text.includes(`"session.id":${JSON.stringify(items.at(-2)!['session.id'])}`));
    assert.equal(text.includes(`"session.id":${JSON.stringify(erased)}`), false);
  });

  async function part(cursor: string): Promise<{ text: string; cursor: string | undefined }> {
    const path = `${EXPORTS}?format=jsonl&include=turns&limit=5&cursor=${encodeURIComponent(cursor)}`;
    const response = await server.fetch(path);
    const { next_cursor: next } = JSON.parse(response.headers.get('sojourn-export')!) as ExportSummary;
    return { text: await response.text(), cursor: next };
  }
});

describe('sojourn sessions export', () => {
  test('goes on where it was cut, and writes a manifest', async () => {
    const directory = makeTemporaryDirectory();
    try {
      const output = join(directory, 'out.jsonl');
      let requests = 0;
      const client = (most: number) =>
        new SojournClient({
          baseUrl: server.httpUrl,
          retry: { attempts: 1 },
          fetch: async (...args) => {
            if (++requests > most) throw new Error('cut');
            const answer = await fetch(...args);
            // The second one comes without its last byte, once.
            if (requests !== 2) return answer;
            const { headers } = answer;
            return new Response((await answer.arrayBuffer()).slice(0, -1), { headers });
          },
        });
      const said: string[] = [];
      const run = (most: number) => {
        requests = 0;
        return exportSessions(
          {
            ...{ query: { include: 'turns' }, format: 'jsonl', id: undefined, output, overwrite: false },
            lastMs: 100 * 365 * 86_400_000,
          },
          {
            client: client(most),
            ...{ isTerminal: false, stdout: process.stdout, part: 7, nowMs: Date.now },
            printError: (text) => said.push(text),
          },
        );
      };
      await assert.rejects(run(3), { name: 'ConnectionError' });
      assert.deepEqual(readdirSync(directory).sort(), ['out.jsonl.part', 'out.jsonl.part.json']);
      // As if it had been cut within a part.
      appendFileSync(`${output}.part`, '{"half a li');
      await run(Number.POSITIVE_INFINITY);
      assert.ok(said.some((text) => /^Going on behind \d+ sessions/.test(text)));
      const file = readFileSync(output);
      assert.equal(file.toString(), await server.text(`${EXPORTS}?format=jsonl&include=turns`));
      const manifest = JSON.parse(readFileSync(`${output}.manifest.json`, 'utf8')) as ExportSummary;
      assert.equal(manifest.sha256, createHash('sha256').update(file).digest('hex'));
      assert.equal(manifest.sessions, linesOf(file.toString()).length);
      assert.deepEqual(readdirSync(directory).sort(), ['out.jsonl', 'out.jsonl.manifest.json']);
      await assert.rejects(run(9), /out\.jsonl exists; --overwrite replaces it/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('writes every format to files and to standard output', async () => {
    const directory = makeTemporaryDirectory();
    try {
      const flags = ['--server', server.httpUrl];
      for (const [name, query] of [
        ['a.csv', 'format=csv'],
        ['a.otlp.jsonl', 'format=otlp'],
        ['a.parquet', 'format=parquet'],
      ] as const) {
        const output = join(directory, name);
        const { code, stderr } = await runCommand('sessions', 'export', '--output', output, ...flags);
        assert.equal(code, 0, stderr);
        const expected = Buffer.from(await (await server.fetch(`${EXPORTS}?${query}`)).arrayBuffer());
        assert.ok(expected.equals(readFileSync(output)), name);
      }
      const { code, stdout } = await runCommand(
        ...['sessions', 'export', WHOLE_SESSION, '--format', 'perfetto', '--output', '-', ...flags],
      );
      assert.equal(code, 0);
      assert.equal(stdout, await server.text(`${SESSIONS}/${WHOLE_SESSION}/export?format=perfetto`));
      for (const [args, message] of [
        [['--format', 'csv'], /needs --output/],
        [['a', '--format', 'csv', '--output', 'x'], /one session has --format jsonl, otlp or perfetto/],
        [['--format', 'perfetto', '--output', 'x'], /is for one session/],
      ] as const) {
        const refused = await runCommand('sessions', 'export', ...args);
        assert.equal(refused.code, 2);
        assert.match(refused.stderr, message);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
