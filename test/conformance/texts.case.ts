import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { logsJsonToProtobuf } from '../../src/otlp/json.js';
import { type LogRecordView, readLogRecords, readSpans } from '../../src/otlp/read.js';
import type { RecordHit, SessionScan } from '../../src/store/contract/session.js';
import { logTexts, spanTexts } from '../../src/store/search/text/record-texts.js';
import { Matcher } from '../../src/text-search/matcher.js';
import { parseTextQuery, type RecordQuery } from '../../src/text-search/text-query.js';
import { type LogSpec, logsJson, type SpanSpec } from '../support/telemetry.js';
import { at, BASE_NS, type Bench, log, type Project, RUNS, span } from './bench.js';

async function ids(p: Project, q: string, scan: Partial<SessionScan> = {}): Promise<string[]> {
  return p.ids({ ...scan, text: parseTextQuery(q) });
}

/** The ids in pages. */
async function inPages(p: Project, q: string, limit = 2): Promise<string[]> {
  const all: string[] = [];
  let after: SessionScan['after'];
  for (;;) {
    const page = await p.sessions({ text: parseTextQuery(q), limit, ...(after && { after }) });
    all.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return all;
    after = { startNs: last.startNs, id: last.id };
  }
}

async function hits(p: Project, q: string): Promise<ReadonlyMap<string, readonly RecordHit[]>> {
  const scan = { direction: 'older', limit: 100, nowNs: BASE_NS, text: parseTextQuery(q) } as const;
  const { searched } = await p.store.reader.sessions(p.name, scan);
  assert(searched?.isComplete);
  return searched.hits;
}

const said = (text: string): Partial<SpanSpec> => ({
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]),
  },
});

/** Log records as they are read. */
function viewsOf(logs: readonly LogSpec[]): LogRecordView[] {
  return readLogRecords(logsJsonToProtobuf(logsJson(logs)).bytes);
}

export function texts(bench: Bench): void {
  test('sessions are found by what was said, before and after it is indexed', async () => {
    const p = await bench.project();
    await p.spans(
      span('a', '1', 's1', 0, said('Where is my REFUND?\nIt is late')),
      span('b', '1', 's2', 1, said('我想退款')),
      span('c', '1', 's3', 2, { attributes: { 'gen_ai.tool.name': 'refund_order' } }),
      span('d', '1', 's4', 3, { name: 'POST /checkout', error: true }),
      span('d', '2', undefined, 4, {
        parent: '1',
        events: [{ name: 'exception', time: at(4), attributes: { 'exception.message': 'Card déclinée' } }],
      }),
    );
    await p.logs(
      log('s5', 5, { body: 'payment gateway said: out of stock' }),
      log('s6', 6, { trace: 'd', body: 'checkout log' }),
    );
    const found = async () => ({
      word: await ids(p, 'refund'),
      area: await ids(p, 'refund in:messages'),
      tool: await ids(p, 'refund in:tools'),
      both: await ids(p, 'late refund'),
      phrase: await ids(p, '"out of stock"'),
      noPhrase: await ids(p, '"stock of out"'),
      cjk: await ids(p, '退款'),
      cjkOne: await ids(p, '款'),
      accent: await ids(p, 'declinee in:errors'),
      prefix: await ids(p, 'check*'),
      not: await ids(p, 'check* -log'),
      id: await ids(p, '0000000000000000000000000000000b'),
      filtered: await ids(p, 'check*', { errors: true }),
      page: await ids(p, 'check*', { direction: 'newer', limit: 1 }),
      none: await ids(p, 'refunds'),
    });
    const expected = {
      word: ['s3', 's1'],
      area: ['s1'],
      tool: ['s3'],
      both: ['s1'],
      phrase: ['s5'],
      noPhrase: [],
      cjk: ['s2'],
      cjkOne: ['s2'],
      accent: ['s4'],
      prefix: ['s6', 's4'],
      not: ['s4'],
      id: ['s2'],
      filtered: ['s4'],
      page: ['s4'],
      none: [],
    };
    assert.deepEqual(await found(), expected);
    await p.store.index!();
    assert.deepEqual(await found(), expected);
    // What comes behind the index is found at once.
    await p.spans(span('e', '1', 's7', 7, said('another refund')));
    assert.deepEqual(await ids(p, 'refund'), ['s7', 's3', 's1']);
    assert.deepEqual(await ids(await bench.project(), 'refund'), [], 'other projects see nothing of it');
  });

  test('sessions are found by what one of both said', async () => {
    const p = await bench.project();
    const message = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
    const call = (input: readonly object[], output: string): Partial<SpanSpec> => ({
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.input.messages': JSON.stringify(input),
        'gen_ai.output.messages': JSON.stringify([message('assistant', output)]),
      },
    });
    const asked = message('user', 'a refund please');
    await p.spans(
      span('a', '1', 's1', 0, call([asked], 'no')),
      span('b', '1', 's2', 1, call([message('user', 'what now?')], 'I can refund the order')),
      span('c', '1', 's3', 2, call([message('user', 'no'), message('assistant', 'refund?')], 'yes')),
      span('d', '1', 's4', 3, { name: 'refund', attributes: { note: 'refund' } }),
    );
    for (const round of [0, 1]) {
      assert.deepEqual(await ids(p, 'refund in:assistant'), ['s3', 's2'], `${round}`);
      assert.deepEqual(await ids(p, 'refund in:user'), ['s1']);
      assert.deepEqual(await ids(p, 'refund in:system'), []);
      assert.deepEqual(await ids(p, 'refund in:user,spans'), ['s4', 's1']);
      assert.deepEqual(await ids(p, 'refund in:assistant -order'), ['s3']);
      assert.equal((await p.statistics({ text: parseTextQuery('refund in:assistant') })).totalSessions, 2);
      const found = [...(await hits(p, 'refund in:messages')).values()].flat();
      assert.deepEqual(
        found.map(({ speaker }) => speaker),
        ['assistant', 'assistant', 'user'],
      );
      const [hit] = (await hits(p, 'order in:assistant')).get('s2')!;
      assert.deepEqual(
        [hit?.area, hit?.field, hit?.speaker, hit?.snippet],
        ['messages', 'gen_ai.output.messages', 'assistant', ['I can refund the ', 'order', '']],
      );
      await p.store.index!();
    }
  });

  test('a word with an area of its own is looked for in the whole session', async () => {
    const p = await bench.project();
    const turn = (by: 'input' | 'output', role: string, content: string): Partial<SpanSpec> => ({
      attributes: {
        'gen_ai.operation.name': 'chat',
        [`gen_ai.${by}.messages`]: JSON.stringify([{ role, parts: [{ type: 'text', content }] }]),
      },
    });
    const agent = (content: string) => turn('output', 'assistant', content);
    const user = (content: string) => turn('input', 'user', content);
    await p.spans(
      span('a', '1', 's1', 0, agent('I can refund it')),
      span('b', '1', 's1', 1, user('no, send it again')),
      span('c', '1', 's2', 2, agent('a refund?')),
      span('d', '1', 's2', 3, user('yes, refund it')),
      span('e', '1', 's3', 4, user('refund')),
      span('f', '1', 's4', 5, { name: 'refund' }),
      span('10', '1', 's4', 6, { name: 'checkout' }),
    );
    for (const round of [0, 1]) {
      assert.deepEqual(await ids(p, 'assistant:refund -user:refund'), ['s1'], `${round}`);
      assert.deepEqual(await ids(p, 'agent:refund user:refund'), ['s2']);
      assert.deepEqual(await ids(p, 'in:agent refund'), ['s2', 's1']);
      assert.deepEqual(await ids(p, 'refund -user:refund'), ['s4', 's1']);
      assert.deepEqual(await ids(p, 'refund -in:messages'), ['s4']);
      assert.deepEqual(await ids(p, 'refund checkout'), [], 'words without an area are in one record');
      assert.deepEqual(await ids(p, 'spans:refund spans:checkout'), ['s4']);
      assert.equal((await p.statistics({ text: parseTextQuery('refund -user:refund') })).totalSessions, 2);
      // Each part of the query has its place.
      const found = (await hits(p, 'user:again agent:refund')).get('s1')!;
      assert.deepEqual(
        found.map(({ speaker, snippet }) => [speaker, snippet[1]]),
        [
          ['assistant', 'refund'],
          ['user', 'again'],
        ],
      );
      // A word in two parts is shown once.
      assert.equal((await hits(p, 'again user:again')).get('s1')!.length, 1);
      await p.store.index!();
    }
    await p.spans(span('11', '1', 's1', 9, user('refund after all')));
    assert.deepEqual(await ids(p, 'assistant:refund -user:refund'), []);
  });

  test('what tools are given and answer is said by nobody', async () => {
    const p = await bench.project();
    const attributes = { 'input.value': 'refund?', 'output.value': 'refund denied' };
    const kind = (of: string) => ({ attributes: { 'openinference.span.kind': of, ...attributes } });
    await p.spans(
      span('a', '1', 's1', 0, kind('TOOL')),
      span('b', '1', 's2', 1, kind('LLM')),
      span('c', '1', 's3', 2, { attributes }),
    );
    await p.logs(log('s4', 3, { body: { input: 'refund' } }));
    for (const round of [0, 1]) {
      assert.deepEqual(await ids(p, 'refund'), ['s4', 's3', 's2', 's1'], `${round}`);
      assert.deepEqual(await ids(p, 'refund in:user'), ['s2']);
      assert.deepEqual(await ids(p, 'refund in:assistant'), ['s2']);
      await p.store.index!();
    }
  });

  test('a hit has its place and the text around it', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's1', 0, said('I want a "Refund" now')));
    await p.logs(log('s1', 1, { trace: 'a', body: 'refund denied' }));
    for (const round of [0, 1]) {
      const [message, body] = (await hits(p, 'refund')).get('s1')!;
      assert.deepEqual(message, {
        kind: 'span',
        timeNs: at(0),
        traceId: '0000000000000000000000000000000a',
        spanId: '0000000000000001',
        area: 'messages',
        field: 'gen_ai.input.messages',
        speaker: 'user',
        snippet: ['I want a "', 'Refund', '" now'],
      });
      assert.deepEqual(
        [body!.kind, body!.field, body!.snippet],
        ['log', 'body', ['', 'refund', ' denied']],
        `${round}`,
      );
      await p.store.index!();
    }
  });

  test('hits are the first three of a session, in the first traces that have any', async () => {
    const p = await bench.project();
    const traces = 'abcdef'.split('');
    await p.spans(
      // In an order that is not theirs.
      ...traces.toReversed().map((trace) => span(trace, '1', 's1', traces.indexOf(trace), said(trace))),
      ...traces.toReversed().map((trace, i) => span(`1${trace}`, '1', 's2', 5 - i, said('refund'))),
      span('20', '1', 's3', 10, said('refund early')),
      ...[...Array(20).keys()].map((i) => span(`3${i}`, '1', 's3', 11 + i, said('other'))),
      span('21', '1', 's3', 40, said('refund late')),
      // So that most of the log does not have the word.
      ...[...Array(20).keys()].map((i) => span(`4${i}`, '1', `s4-${i}`, 50 + i, said('other'))),
    );
    await p.spans(span('2', '1', 's1', 9, said('refund again')), span('3', '1', 's1', 6, said('refund')));
    for (const round of [0, 1]) {
      const found = [...(await hits(p, 'refund'))].map(([id, some]) => [id, some.map((hit) => hit.timeNs)]);
      assert.deepEqual(
        found.sort(([a], [b]) => (a! < b! ? -1 : 1)),
        [
          ['s1', [at(6), at(9)]],
          ['s2', [at(0), at(1), at(2)]],
          ['s3', [at(10)]],
        ],
        `${round}`,
      );
      await p.store.index!();
    }
  });

  test('versions that were replaced are no hits, and records count in the session that they are in now', async () => {
    const p = await bench.project();
    await p.spans(span('a', '1', 's1', 0, said('provisional')));
    await p.store.index!();
    await p.spans({ ...span('a', '1', 's1', 0, said('final')), end: at(9) });
    await p.spans(span('b', '2', undefined, 1, { parent: '1', ...said('child') }));
    assert.deepEqual([await ids(p, 'provisional'), await ids(p, 'final')], [[], ['s1']]);
    assert.deepEqual(await ids(p, 'child'), ['0000000000000000000000000000000b']);
    await p.spans(span('b', '1', 's2', 1));
    assert.deepEqual(await ids(p, 'child'), ['s2']);
    await p.store.index!();
    assert.deepEqual(
      [await ids(p, 'provisional'), await ids(p, 'final'), await ids(p, 'child')],
      [[], ['s1'], ['s2']],
    );
  });

  test('counts are those of the sessions that are found', async () => {
    const score = { 'gen_ai.evaluation.name': 'helpful', 'gen_ai.evaluation.score.value': 1 };
    const p = await bench.project();
    await p.spans(
      span('a', '1', 's1', 0, said('refund')),
      span('b', '1', 's2', 1, said('order')),
      span('c', '1', 's3', 2, { ...said('refund order'), error: true }),
    );
    await p.logs(
      ...['s2', 's3'].map((session) =>
        log(session, 3, { event: 'gen_ai.evaluation.result', attributes: score }),
      ),
    );
    const text = parseTextQuery('refund');
    for (const _ of [0, 1]) {
      const { totalSessions, sessionsWithErrors } = await p.statistics({ text });
      assert.deepEqual([totalSessions, sessionsWithErrors], [2, 1]);
      const { points } = await p.timeline({ text });
      assert.equal(
        [...points.values()].reduce((sum, { sessions }) => sum + sessions, 0),
        2,
      );
      const top = await p.store.reader.top(p.name, { text, nowNs: BASE_NS, by: 'duration', limit: 9 });
      assert.deepEqual(top.sessions.map(({ id }) => id).sort(), ['s1', 's3']);
      const scores = await p.store.reader.scores(p.name, { text, nowNs: BASE_NS, limit: 9 });
      assert.deepEqual(
        scores.map(({ name, sessions, count }) => ({ name, sessions, count })),
        [{ name: 'helpful', sessions: 1, count: 1 }],
      );
      assert.equal((await p.statistics({ text: parseTextQuery('nothing') })).totalSessions, 0);
      await p.store.index!();
    }
  });

  test('what was erased is found no more, and what stays is', async () => {
    const p = await bench.project();
    await p.spans(
      span('a', '1', 's1', 0, said('secret refund')),
      span('a', '2', 's2', 1, { parent: '1', ...said('open refund') }),
    );
    await p.store.index!();
    const begun = await p.store.erasures.erase(p.name, { kind: 'sessions', sessions: ['s1'] });
    assert('job' in begun);
    assert.deepEqual([await ids(p, 'secret'), await ids(p, 'refund')], [[], ['s2']]);
    while ((await p.store.erasures.erasure(p.name, begun.job.id))?.state !== 'done')
      await new Promise(setImmediate);
    assert.deepEqual([await ids(p, 'secret'), await ids(p, 'refund')], [[], ['s2']]);
    await p.store.index!();
    assert.deepEqual([await ids(p, 'secret'), await ids(p, 'refund')], [[], ['s2']]);
    await p.store.reopen();
    assert.deepEqual(await ids(p, 'refund'), ['s2']);
  });

  test('pages of any size have all sessions with a text, newest first, however long they are', async () => {
    const records = fc.array(
      fc.tuple(fc.nat(11), fc.nat(60), fc.boolean(), fc.constantFrom(0, 0, 0, -4_000_000_000)),
      { minLength: 4, maxLength: 24 },
    );
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (all, limit, isIndexed) => {
          const p = await bench.project();
          const sessions = new Map<string, { start: number; hasIt: boolean }>();
          for (const [i, [number, minute, hasIt, offset]] of all.entries()) {
            const id = `s${number}`;
            // Some are of an unset clock, which says nothing about when the session was.
            const time = minute * 60 + offset;
            await p.spans(span(`${i + 1}`, '1', id, time, { name: hasIt ? 'refund' : 'other' }));
            const known = sessions.get(id) ?? { start: Number.POSITIVE_INFINITY, hasIt: false };
            sessions.set(id, {
              start: offset === 0 ? Math.min(known.start, time) : known.start,
              hasIt: known.hasIt || hasIt,
            });
          }
          if (isIndexed) await p.store.index!();
          const expected = (await p.ids()).filter((id) => sessions.get(id)!.hasIt);
          assert.deepEqual(await inPages(p, 'refund', limit), expected);
          assert.deepEqual(await ids(p, 'refund', { startToNs: at(1800) }), [
            ...expected.filter(
              (id) => sessions.get(id)!.start <= 1800 || sessions.get(id)!.start === Number.POSITIVE_INFINITY,
            ),
          ]);
        },
      ),
      { numRuns: Math.ceil(RUNS / 2) },
    );
  });

  test('for any telemetry and query, the sessions are those with a record that meets it', async () => {
    const WORDS = ['refund', 'Order', 'café', '退款', '款', 'stock', 'of'];
    const text = fc
      .array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 })
      .map((words) => words.join(' '));
    const spanSpec = fc
      .tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.constantFrom('1', '2'),
        fc.option(fc.constantFrom('s1', 's2', 's3'), { nil: undefined }),
        fc.nat(9),
        text,
        fc.boolean(),
      )
      .map(([trace, id, session, start, words, isMessage]) =>
        span(trace, id, session, start * 30, {
          ...(id === '1' ? {} : { parent: '1' }),
          ...(isMessage ? said(words) : { name: words }),
        }),
      );
    const logSpec = fc
      .tuple(fc.constantFrom('s1', 's4'), fc.nat(9), text)
      .map(([session, time, body]) => log(session, time * 30, { body }));
    const recordQuery = fc
      .tuple(
        fc.constantFrom(
          '',
          'in:messages ',
          'in:spans,logs ',
          'in:user ',
          '-in:spans ',
          'in:assistant,spans ',
        ),
        text,
        fc.constantFrom('', ' -of', ' -退款'),
        fc.constantFrom('plain', 'phrase', 'prefix'),
      )
      .map(([areas, words, not, form]) => {
        const part =
          form === 'phrase' ? `"${words}"` : form === 'prefix' ? `${words.slice(0, 3).trim()}*` : words;
        return `${areas}${part}${not}`;
      })
      .filter((q) => !/(?:^| )[a-z]?\*/i.test(q));
    const ownArea = fc
      .tuple(
        fc.constantFrom('', '', '-'),
        fc.constantFrom('user', 'agent', 'messages', 'spans', 'logs'),
        fc.constantFrom(...WORDS.map((word) => word.toLowerCase()), 'ref*', '"of stock"'),
      )
      .map(([minus, area, word]) => `${minus}${area}:${word}`);
    const ownAreas = fc
      .array(ownArea, { minLength: 1, maxLength: 3 })
      .filter((parts) => parts.some((part) => !part.startsWith('-')))
      .map((parts) => parts.join(' '));
    const query = fc.oneof(
      recordQuery,
      ownAreas,
      fc
        .tuple(recordQuery, fc.array(ownArea, { minLength: 1, maxLength: 2 }))
        .map((all) => all.flat().join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(spanSpec, { maxLength: 3 }), { maxLength: 4 }),
        fc.array(logSpec, { maxLength: 2 }),
        fc.array(query, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (batches, logs, queries, isIndexed) => {
          const p = await bench.project();
          for (const batch of batches) if (batch.length > 0) await p.spans(...batch);
          if (isIndexed) await p.store.index!();
          if (logs.length > 0) await p.logs(...logs);
          const sessions = await p.ids();
          for (const q of queries) {
            const { has, hasNot } = parseTextQuery(q);
            const expected: string[] = [];
            for (const id of sessions) {
              const spans = (await p.traces(id)).flatMap(({ otlp }) => readSpans(otlp));
              const own = logs.filter(({ attributes }) => attributes?.['session.id'] === id);
              const records = [...spans.map(spanTexts), ...viewsOf(own).map(logTexts)];
              const hasOne = (part: RecordQuery): boolean => {
                const matcher = new Matcher(part);
                return records.some((texts) => matcher.matches(texts));
              };
              if (has.every(hasOne) && !hasNot.some(hasOne)) expected.push(id);
            }
            assert.deepEqual(await ids(p, q), expected, q);
            assert.deepEqual(await inPages(p, q), expected, q);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
}
