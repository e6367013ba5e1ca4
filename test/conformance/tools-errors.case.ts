import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bench, log, span } from './bench.js';

const runOf = (tool: string, more: Record<string, string | number> = {}) => ({
  attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool, ...more },
});

export function toolsAndErrors(bench: Bench): void {
  test('calls of tools are counted once, by tool, with failures, retries and durations', async () => {
    const p = await bench.project();
    await p.spans(
      span('1', '1', 's', 0, { ...runOf('search'), end: log('', 2).time, error: true }),
      span('1', '2', 's', 1, { ...runOf('search'), parent: '1', end: log('', 2).time }),
      span('1', '3', 's', 3, { ...runOf('search'), end: log('', 7).time }),
      span('2', '1', 'other', 4, { ...runOf('search'), end: log('', 5).time }),
      span('2', '2', 'other', 4, { ...runOf('book'), end: log('', 4).time }),
      span('3', '1', 'none', 0),
    );
    await p.logs(
      log('s', 2, { event: 'codex.tool_result', attributes: { tool_name: 'search', duration_ms: 9 } }),
      log('cli', 2, {
        event: 'claude_code.tool_result',
        attributes: { tool_name: 'Bash', success: 'false', duration_ms: 1500 },
      }),
      log('cli', 2, { event: 'claude_code.tool_decision', attributes: { tool_name: 'Bash' } }),
    );
    const tools = (filter = {}, limit = 10) =>
      p.store.reader.tools(p.name, { nowNs: log('', 9).time, sort: 'p95', limit, ...filter });
    const all = await tools();
    assert.equal(all.toolCount, 3);
    assert.deepEqual(all.tools, [
      {
        name: 'search',
        sessions: 2,
        sessionsWithFailures: 1,
        calls: 3,
        failures: 1,
        retries: 1,
        durations: quantiles(2_000_000, 4_000_000),
      },
      {
        name: 'Bash',
        sessions: 1,
        sessionsWithFailures: 1,
        calls: 1,
        failures: 1,
        retries: 0,
        durations: quantiles(1_500_000, 1_500_000),
      },
      {
        name: 'book',
        sessions: 1,
        sessionsWithFailures: 0,
        calls: 1,
        failures: 0,
        retries: 0,
        durations: quantiles(0, 0),
      },
    ]);
    const { tools: some, toolCount } = await tools({ userIds: [], open: true }, 1);
    assert.deepEqual([some.length, toolCount], [0, 0]);
    assert.deepEqual(await p.ids({ failedTools: ['search'] }), ['s']);
    assert.deepEqual(await p.ids({ failedTools: ['book'] }), []);
    await p.spans(span('2', '1', 'other', 4, { ...runOf('search'), end: log('', 6).time, error: true }));
    assert.deepEqual((await p.ids({ failedTools: ['search'] })).sort(), ['other', 's']);
    await p.store.crash();
    const [search] = (await tools()).tools;
    assert.deepEqual([search?.failures, search?.sessionsWithFailures], [2, 2]);
  });

  test('errors are counted by type and shape of the message, with the first and the last time', async () => {
    const p = await bench.project();
    const thrown = (message: string) => ({
      'exception.type': 'java.io.IOException',
      'exception.message': message,
    });
    await p.spans(
      span('1', '1', 's', 0, { error: true }),
      span('1', '2', 's', 1, { parent: '1', error: true, attributes: { 'error.type': 'Timeout' } }),
      span('2', '1', 'other', 2, { error: true, attributes: { 'error.type': 'Timeout' } }),
      span('3', '1', 'none', 0),
    );
    await p.logs(
      log('s', 3, { event: 'exception', attributes: thrown("no file '/var/lib/a b.txt' after 17 tries") }),
      log('other', 7, { event: 'exception', attributes: thrown('no file "x" after 3 tries') }),
    );
    const errors = async (filter = {}) => {
      const found = await p.store.reader.errors(p.name, {
        nowNs: log('', 9).time,
        sort: 'last_seen',
        limit: 10,
        ...filter,
      });
      assert.equal(found.shapeCount, found.errors.length);
      return found.errors;
    };
    const file = 'IOException: no file # after # tries';
    const all = await errors();
    assert.deepEqual(
      all.map(({ shape, sessions, count }) => [shape, sessions, count]),
      [
        [file, 2, 2],
        ['Timeout', 2, 2],
      ],
    );
    assert.deepEqual([all[0]!.firstNs, all[0]!.lastNs], [log('', 3).time, log('', 7).time]);
    assert.deepEqual(
      (await errors({ idPrefix: 'o' })).map(({ count }) => count),
      [1, 1],
    );
    assert.deepEqual((await p.ids({ errorShapes: [file] })).sort(), ['other', 's']);
    assert.deepEqual(await p.ids({ errorShapes: ['Timeout'], not: [{ idPrefix: 's' }] }), ['other']);
    assert.deepEqual(await p.ids({ errorShapes: ['nothing'] }), []);
  });
}

/** Of one or two durations, microseconds. */
function quantiles(p50: number, max: number) {
  return { p50, p90: max, p95: max, p99: max, max };
}
