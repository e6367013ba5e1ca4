import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { SojournClient } from '../../client/src/index.js';
import { type ExportOptions, exportSessions } from '../../src/cli/read/export.js';
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

  test('text is compressed for clients that accept it, and counts are of what is in it', async () => {
    for (const query of ['format=csv', 'format=csv&limit=1000', 'format=otlp']) {
      const { headers, body } = await raw(`${EXPORTS}?${query}`, { 'accept-encoding': 'gzip' });
      const plain = await raw(`${EXPORTS}?${query}`, {});
      assert.equal(headers.vary, 'Accept-Encoding');
      assert.equal(plain.headers['content-encoding'], undefined);
      const content = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      assert.equal(content.toString(), plain.body.toString(), query);
      const isPart = query.includes('limit');
      // A part is compressed if it is large.
      if (!isPart) assert.ok(body.length < content.length / 2, query);
      const summary = JSON.parse(String(headers['sojourn-export'])) as ExportSummary;
      assert.equal(summary.bytes, content.length);
      assert.equal(summary.sha256, createHash('sha256').update(content).digest('hex'));
    }
    const parquet = await raw(`${EXPORTS}?format=parquet`, { 'accept-encoding': 'gzip' });
    assert.equal(parquet.headers['content-encoding'], undefined);
  });

  /** An answer as it comes over the wire; `headers` with trailers. */
  async function raw(path: string, headers: Readonly<Record<string, string>>) {
    const request = httpRequest(server.httpUrl + path, { headers });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { headers: { ...response.headers, ...response.trailers }, body: Buffer.concat(chunks) };
  }

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
    assert.deepEqual(
      lines.map((line) => line[header!.indexOf('start_time_utc')]),
      items.map((item) => item.start_time.replace('T', ' ').slice(0, 19)),
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
  /** Runs an export again and again, each time cut after three requests, until it is complete. */
  async function exportedInPieces(
    output: string,
    options: Partial<ExportOptions> & Pick<ExportOptions, 'format'>,
    part: number,
    from: { readonly baseUrl?: string; readonly project?: string; readonly mostRuns?: number } = {},
  ): Promise<{ readonly said: string; readonly runs: number }> {
    const said: string[] = [];
    let damages = 1;
    for (let runs = 1; ; runs++) {
      let requests = 0;
      const client = new SojournClient({
        baseUrl: from.baseUrl ?? server.httpUrl,
        project: from.project,
        retry: { attempts: 1 },
        fetch: async (...args) => {
          if (++requests > 3) throw new Error('cut');
          const answer = await fetch(...args);
          // The second one comes without its last byte, once.
          if (requests !== 2 || damages-- < 1) return answer;
          const { headers } = answer;
          return new Response((await answer.arrayBuffer()).slice(0, -1), { headers });
        },
      });
      const all = {
        query: {},
        id: undefined,
        overwrite: false,
        gzip: false,
        range: { lastMs: undefined, during: undefined },
      };
      try {
        await exportSessions(
          { ...all, output, ...options },
          {
            client,
            ...{ isTerminal: false, stdout: process.stdout, part, nowMs: Date.now, project: from.project },
            printError: (text) => said.push(text),
          },
        );
        return { said: said.join(''), runs };
      } catch (error) {
        if ((error as Error).name !== 'ConnectionError' || runs === from.mostRuns) throw error;
        // As if it had been cut within a part, and within what is said of it.
        appendFileSync(`${output}.part`, 'half a part');
        appendFileSync(`${output}.part.json`, '{"of":"half a li');
      }
    }
  }

  /** What a file says of itself, after its digests were compared. */
  function manifestOf(output: string, content: Buffer): ExportSummary {
    const manifest = JSON.parse(readFileSync(`${output}.manifest.json`, 'utf8')) as ExportSummary;
    assert.equal(manifest.sha256, createHash('sha256').update(content).digest('hex'));
    assert.equal(manifest.bytes, content.length);
    return manifest;
  }

  async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
    const directory = makeTemporaryDirectory();
    try {
      await run(directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  test('goes on where it was cut, and writes a manifest', () =>
    inDirectory(async (directory) => {
      const output = join(directory, 'out.jsonl');
      const options = {
        format: 'jsonl',
        query: { include: 'turns' },
        range: { lastMs: 100 * 365 * 86_400_000, during: undefined },
      } as const;
      const { said, runs } = await exportedInPieces(output, options, 7);
      assert.ok(runs > 1);
      assert.match(said, /^Going on behind \d+ sessions, /m);
      const file = readFileSync(output);
      assert.equal(file.toString(), await server.text(`${EXPORTS}?format=jsonl&include=turns`));
      assert.equal(manifestOf(output, file).sessions, linesOf(file.toString()).length);
      assert.deepEqual(readdirSync(directory).sort(), ['out.jsonl', 'out.jsonl.manifest.json']);
      await assert.rejects(
        exportedInPieces(output, options, 7),
        /out\.jsonl exists; --overwrite replaces it/,
      );
      const refused = { format: 'csv', query: { include: 'turns' } } as const;
      await assert.rejects(exportedInPieces(join(directory, 'b.csv'), refused, 7), /Only format=jsonl/);
      assert.equal(readdirSync(directory).length, 2, 'nothing is left of what never began');
    }));

  test('a file that was not named says what is in it, and goes on by its name another day', () =>
    inDirectory(async (directory) => {
      const said: string[] = [];
      const stdout = new PassThrough();
      const run = (output: string, day: number, mostRequests: number) => {
        let requests = 0;
        const client = new SojournClient({
          baseUrl: server.httpUrl,
          retry: { attempts: 1 },
          fetch: (...args) => (++requests > mostRequests ? Promise.reject(new Error('cut')) : fetch(...args)),
        });
        const options = {
          format: 'csv',
          ...{ query: {}, id: undefined, overwrite: false, gzip: false },
          range: { lastMs: 100 * 365 * 86_400_000, during: undefined },
        } as const;
        return exportSessions(
          { ...options, output },
          {
            ...{ client, isTerminal: false, stdout, part: 7, project: undefined },
            nowMs: () => new Date(2026, 11, day, 12).getTime(),
            printError: (text) => said.push(text),
          },
        );
      };
      await assert.rejects(run(directory, 1, 2));
      const named = /--output '(.*)' goes on behind 14 sessions/.exec(said.join(''))![1]!;
      assert.equal(named, join(directory, 'sessions-last-36500d-until-2026-12-01.csv'));
      await run(named, 2, Number.POSITIVE_INFINITY);
      assert.equal(readFileSync(named, 'utf8'), await server.text(`${EXPORTS}?format=csv`));
      assert.equal(stdout.read(), null, 'a name that was given is not printed');
      await run(directory, 3, Number.POSITIVE_INFINITY);
      const another = join(directory, 'sessions-last-36500d-until-2026-12-03.csv');
      assert.equal(String(stdout.read()), `${another}\n`);
      assert.ok(readFileSync(another).equals(readFileSync(named)));
    }));

  test('a compressed file goes on too; its manifest has the digests of what is in it and of itself', () =>
    inDirectory(async (directory) => {
      const output = join(directory, 'out.csv.gz');
      assert.ok((await exportedInPieces(output, { format: 'csv', gzip: true }, 7)).runs > 1);
      const file = readFileSync(output);
      const content = gunzipSync(file);
      assert.equal(content.toString(), await server.text(`${EXPORTS}?format=csv`));
      const manifest = manifestOf(output, content) as unknown as Record<string, unknown>;
      assert.deepEqual(
        [manifest.compression, manifest.file_bytes, manifest.file_sha256],
        ['gzip', file.length, createHash('sha256').update(file).digest('hex')],
      );
      // Without a session there is nothing to compress, and still a file of gzip.
      const empty = join(directory, 'empty.jsonl.gz');
      await exportedInPieces(empty, { format: 'jsonl', gzip: true, query: { userId: 'nobody' } }, 7);
      assert.equal(gunzipSync(readFileSync(empty)).length, 0);
    }));

  test('parquet goes on: the parts become one file, with each session once', () =>
    inDirectory(async (directory) => {
      const output = join(directory, 'out.parquet');
      assert.ok((await exportedInPieces(output, { format: 'parquet' }, 7)).runs > 1);
      const bytes = readFileSync(output);
      const { sessions } = manifestOf(output, bytes);
      const whole = await (await server.fetch(`${EXPORTS}?format=parquet`)).arrayBuffer();
      const file = new Uint8Array(bytes).buffer;
      assert.deepEqual(await parquetReadObjects({ file }), await parquetReadObjects({ file: whole }));
      const [joined, asOne] = [parquetMetadata(file), parquetMetadata(whole)];
      assert.equal(joined.row_groups.length, Math.ceil(sessions / 7));
      assert.deepEqual(joined.schema, asOne.schema);
      assert.deepEqual(joined.key_value_metadata, asOne.key_value_metadata);
      // With as many sessions as a row group has, the bytes are those of one answer.
      const same = join(directory, 'same.parquet');
      await exportedInPieces(same, { format: 'parquet' }, 4000);
      assert.ok(Buffer.from(whole).equals(readFileSync(same)));
    }));

  test('says what to do where the server does not know the place any more', () =>
    inDirectory(async (directory) => {
      const output = join(directory, 'out.csv');
      const state = {
        of: '{"format":"csv","gzip":false}',
        server: server.httpUrl,
        bytes: 4,
        fileBytes: 4,
        sessions: 1,
        cursor: 'other',
      };
      writeFileSync(`${output}.part`, 'head');
      writeFileSync(`${output}.part.json`, `${JSON.stringify(state)}\n`);
      await assert.rejects(
        exportedInPieces(output, { format: 'csv' }, 7),
        /out\.csv\.part cannot go on: .* remove it to begin again/,
      );
      assert.equal(readFileSync(`${output}.part`, 'utf8'), 'head');
    }));

  test('goes on only with the server and the project with which it began', () =>
    inDirectory(async (directory) => {
      const other = await startServer({ flags: FLAGS });
      try {
        await send(other, randomRequests(SEED, 1));
        await other.settled();
        const output = join(directory, 'out.jsonl');
        const options = { format: 'jsonl' } as const;
        await assert.rejects(exportedInPieces(output, options, 7, { mostRuns: 1 }), {
          name: 'ConnectionError',
        });
        const begun = ['.part', '.part.json'].map((end) => readFileSync(output + end, 'utf8'));
        for (const [from, message] of [
          [{ baseUrl: other.httpUrl }, `was begun on ${server.httpUrl}, and goes on only there; `],
          [{ project: 'blog' }, 'cannot go on: it was begun in another project, '],
        ] as const) {
          await assert.rejects(exportedInPieces(output, options, 7, from), (error: Error) => {
            assert.ok(error.message.includes(`out.jsonl.part ${message}`), error.message);
            return true;
          });
          const now = ['.part', '.part.json'].map((end) => readFileSync(output + end, 'utf8'));
          assert.deepEqual(now, begun);
        }
        const baseUrl = `${server.httpUrl.replace('http:', 'HTTP:')}/`;
        await exportedInPieces(output, options, 7, { baseUrl });
        assert.equal(readFileSync(output, 'utf8'), await server.text(`${EXPORTS}?format=jsonl`));
      } finally {
        await other.dispose();
      }
    }));

  test('an unfinished file that it cannot go on with stays as it is', () =>
    inDirectory(async (directory) => {
      const output = join(directory, 'out.jsonl');
      const [part, state] = [`${output}.part`, `${output}.part.json`];
      const of = '{"format":"csv","gzip":false}';
      const line = JSON.stringify({ of, server: server.httpUrl, bytes: 4, fileBytes: 4, sessions: 1 });
      for (const [about, message] of [
        // As versions wrote it that had one state in place of lines.
        [JSON.stringify({ of: '{"format":"jsonl"}', bytes: 4, sessions: 1, cursor: 'a' }), /earlier version/],
        [`${line}\n`, /is the beginning of another export/],
        [line, /is the beginning of another export/],
        [line.slice(0, 20), /out\.jsonl\.part\.json cannot be read/],
        ['null\n', /out\.jsonl\.part\.json cannot be read/],
      ] as const) {
        writeFileSync(part, 'head');
        writeFileSync(state, about);
        for (const asked of [{ format: 'jsonl' }, { format: 'perfetto', id: WHOLE_SESSION }] as const) {
          await assert.rejects(exportedInPieces(output, asked, 7), (error: Error) => {
            assert.match(error.message, message);
            assert.match(error.message, /remove it or write to another file$/);
            return true;
          });
          assert.deepEqual(
            [part, state].map((path) => readFileSync(path, 'utf8')),
            ['head', about],
          );
        }
      }
    }));

  test('one large session goes on where it was cut', () =>
    inDirectory(async (directory) => {
      const text = 'large '.repeat(10_000);
      const spans = Array.from(
        { length: 240 },
        (_, number): SpanSpec => ({
          ...{ trace: 'b16', span: (number + 1).toString(16), kind: 1, name: 'step' },
          ...{ start: PROBED + BigInt(number), end: PROBED + BigInt(number + 1) },
          attributes: { 'session.id': 'large', text },
        }),
      );
      for (const some of [spans.slice(0, 120), spans.slice(120)])
        await send(server, [{ signal: 'traces', encoding: 'json', body: Buffer.from(tracesJson(some)) }]);
      await server.settled();
      const output = join(directory, 'large.otlp.jsonl');
      assert.ok((await exportedInPieces(output, { format: 'otlp', id: 'large' }, 1)).runs > 1);
      const file = readFileSync(output);
      assert.ok(file.equals(Buffer.from(await server.text(`${SESSIONS}/large/export?format=otlp`))));
      const { sessions, records } = manifestOf(output, file);
      assert.deepEqual([sessions, records], [1, 240]);
      const refused = await server.fetch(`${SESSIONS}/large/export?format=perfetto&cursor=`);
      assert.equal(refused.status, 400);
      assert.match(await refused.text(), /format=perfetto is one answer/);
    }));

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
      const compressed = join(directory, 'a.jsonl.gz');
      assert.equal((await runCommand('sessions', 'export', '--output', compressed, ...flags)).code, 0);
      assert.equal(
        gunzipSync(readFileSync(compressed)).toString(),
        await server.text(`${EXPORTS}?format=jsonl`),
      );
      const { code, stdout } = await runCommand(
        ...['sessions', 'export', WHOLE_SESSION, '--format', 'perfetto', '--output', '-', ...flags],
      );
      assert.equal(code, 0);
      assert.equal(stdout, await server.text(`${SESSIONS}/${WHOLE_SESSION}/export?format=perfetto`));
      for (const [args, message] of [
        [['a', '--format', 'csv', '--output', 'x'], /one session has --format jsonl, otlp, perfetto/],
        [['--format', 'perfetto', '--output', 'x'], /is for one session/],
        [['--output', 'x.parquet.gz'], /parquet is compressed by itself/],
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
