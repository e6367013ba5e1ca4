import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type GroupRecord, storedGroup } from '../../test/support/stored-groups.js';
import { at } from '../../test/support/stored-sessions.js';
import { Conversation } from './conversation.js';
import type { Turn } from './turn.js';

const json = (value: unknown): string => JSON.stringify(value);
const says = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

function span(id: string, start: number, attributes: Record<string, string>, more: object = {}): GroupRecord {
  return { span: { trace: 'a', span: id, start: at(start), end: at(start + 1), attributes, ...more } };
}

function chat(
  id: string,
  start: number,
  input: unknown[],
  output: unknown[],
  more: object = {},
): GroupRecord {
  const attributes = { 'gen_ai.input.messages': json(input), 'gen_ai.output.messages': json(output) };
  return {
    ...span(id, start, attributes, more),
    usage: { model: 'gpt-5', provider: 'openai', inputTokens: 7, outputTokens: 3 },
  };
}

/** A short form of turns: role and content. */
function short({ role, text, tool, reasoning }: Turn): string {
  const { name, callId, arguments: given, result } = tool ?? {};
  return [role, text ?? reasoning, name, callId, given, result]
    .filter((part) => part !== undefined)
    .join(' ');
}

function turnsOf(...groups: (readonly GroupRecord[])[]): Turn[] {
  const conversation = new Conversation();
  return groups.flatMap((records, index) => conversation.take(storedGroup('abcdef'[index], records)).turns);
}

describe('a conversation', () => {
  test('has each message of its calls once, with the facts of the calls', () => {
    const [hi, hello, bye] = [says('user', 'hi'), says('assistant', 'hello'), says('user', 'bye')];
    const turns = turnsOf(
      [chat('1', 0, [hi], [hello])],
      [chat('2', 10, [hi, hello, bye], [says('assistant', 'goodbye')])],
    );
    assert.deepEqual(turns.map(short), ['user hi', 'assistant hello', 'user bye', 'assistant goodbye']);
    const { position: _, ...answer } = turns[1]!;
    assert.deepEqual(answer, {
      role: 'assistant',
      text: 'hello',
      timeNs: at(1),
      traceId: 'a'.padStart(32, '0'),
      spanId: '1'.padStart(16, '0'),
      model: 'gpt-5',
      provider: 'openai',
      inputTokens: 7,
      outputTokens: 3,
      latencyMs: 1000,
    });
  });

  test('leaves out records that do not count', () => {
    const hi = [says('user', 'hi')];
    const turns = turnsOf([
      { ...chat('1', 0, hi, [says('assistant', 'hello')]), not: 'same_call_below' },
      chat('2', 0, hi, [says('assistant', 'hello')], { parent: '1' }),
    ]);
    assert.deepEqual(turns.map(short), ['user hi', 'assistant hello']);
  });

  test('takes the messages of a call without its own from a record around it', () => {
    const wrapper = {
      ...chat('1', 0, [says('user', 'hi')], [says('assistant', 'hello')]),
      not: 'wrapper_of' as const,
    };
    const call = (id: string) => ({
      ...span(id, 1, {}, { parent: '1' }),
      usage: { inputTokens: 7, model: 'm' },
    });
    const turns = turnsOf([wrapper, call('2'), call('3')]);
    assert.deepEqual(turns.map(short), ['user hi', 'assistant hello']);
    assert.equal(turns[1]?.inputTokens, 14);
  });

  test('shows a call without messages, and its error', () => {
    const turns = turnsOf([
      { ...span('1', 0, { 'error.type': 'timeout' }, { error: true }), usage: { inputTokens: 7 } },
    ]);
    assert.deepEqual(
      turns.map(({ role, inputTokens, error }) => ({ role, inputTokens, error })),
      [{ role: 'assistant', inputTokens: 7, error: { type: 'timeout' } }],
    );
  });

  test('leaves out embeddings', () => {
    assert.deepEqual(
      turnsOf([{ ...span('1', 0, { 'gen_ai.operation.name': 'embeddings' }), usage: {} }]),
      [],
    );
  });

  test('has a tool run that no message reports', () => {
    const tool = (id: string, start: number, callId?: string) =>
      span(id, start, {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'f',
        ...(callId && { 'gen_ai.tool.call.id': callId }),
        'gen_ai.tool.call.arguments': '{}',
        'gen_ai.tool.call.result': 'r',
      });
    const wants = { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: {} }] };
    const got = { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'r' }] };
    const [ask, done] = [says('user', 'do'), says('assistant', 'done')];
    for (const callId of ['c', undefined]) {
      const first = [chat('1', 0, [ask], [wants]), tool('2', 2, callId)];
      assert.deepEqual(turnsOf(first).map(short), ['user do', 'tool_call f c {}', 'tool_result f c r']);
      const last = chat('3', 4, [ask, wants, got], [done]);
      const all = ['user do', 'tool_call f c {}', 'tool_result f c r', 'assistant done'];
      assert.deepEqual(turnsOf([...first, last]).map(short), all);
      assert.deepEqual(turnsOf(first, [last]).map(short), all);
    }
  });

  test('recognizes a tool call under another id, or without one', () => {
    const wants = (id?: string) => ({
      role: 'assistant',
      parts: [{ type: 'tool_call', ...(id && { id }), name: 'f', arguments: { x: 1 } }],
    });
    const got = (id?: string) => ({
      role: 'tool',
      parts: [{ type: 'tool_call_response', ...(id && { id }), response: 'r' }],
    });
    const run = span('2', 2, {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'f',
      'gen_ai.tool.call.id': 'of-the-framework',
      'gen_ai.tool.call.arguments': '{ "x": 1 }',
      'gen_ai.tool.call.result': 'r',
    });
    const ask = says('user', 'do');
    for (const [output, input] of [['f_0', 'f_0'], [], [undefined, 'c']]) {
      const turns = turnsOf([
        chat('1', 0, [ask], [wants(output)]),
        run,
        chat('3', 4, [ask, wants(input), got(input)], [says('assistant', 'done')]),
      ]);
      assert.deepEqual(
        turns.map(({ role }) => role),
        ['user', 'tool_call', 'tool_result', 'assistant'],
      );
    }
  });

  describe('with tool runs', () => {
    const run = (id: string, start: number, attributes: Record<string, string> = {}, more: object = {}) =>
      span(
        id,
        start,
        { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'f', ...attributes },
        more,
      );
    const ID = 'call_0123456789';
    const wants = {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: ID, name: 'f', arguments: { x: 1 } }],
    };
    const got = (response: string) => ({
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: ID, response }],
    });
    const [ask, done] = [says('user', 'do'), says('assistant', 'done')];
    const args = { 'gen_ai.tool.call.arguments': '{"x":1}' };
    const result = { 'gen_ai.tool.call.result': 'r' };
    const isFailed = { 'error.type': 'Full' };

    test('shows the error and latency of a run at the result that a message reports', () => {
      for (const own of [{ 'gen_ai.tool.call.id': ID }, {}] as Record<string, string>[]) {
        const turns = turnsOf([
          chat('1', 0, [ask], [wants]),
          run('2', 2, { ...args, ...own, ...isFailed }, { error: true }),
          chat('3', 4, [ask, wants, got('no rooms')], [done]),
        ]);
        assert.deepEqual(turns.map(short), [
          'user do',
          `tool_call f ${ID} {"x":1}`,
          `tool_result f ${ID} no rooms`,
          'assistant done',
        ]);
        assert.deepEqual([turns[2]!.error, turns[2]!.latencyMs], [{ type: 'Full' }, 1000]);
        assert.deepEqual(
          turns.map(({ error }) => error === undefined),
          [true, true, false, true],
        );
      }
    });

    test('has a failed run once if only a later trace reports its result', () => {
      const turns = turnsOf(
        [chat('1', 0, [ask], [wants]), run('2', 2, { ...args, ...isFailed }, { error: true })],
        [chat('3', 4, [ask, wants, got('no rooms')], [done])],
      );
      assert.deepEqual(
        turns.map(({ role, error }) => [role, error?.type]),
        [
          ['user', undefined],
          ['tool_call', undefined],
          ['tool_result', 'Full'],
          ['assistant', undefined],
        ],
      );
    });

    test('has a result for a failed run that reports no details', () => {
      const turns = turnsOf(
        [chat('1', 0, [ask], [wants]), run('2', 2, args, { error: true })],
        [chat('3', 4, [ask, wants, got('no rooms')], [done])],
      );
      assert.ok(turns.some(({ tool }) => tool?.result === 'no rooms'));
    });

    test('has a run once that two scopes report, side by side or nested', () => {
      const other = { scope: 'other' };
      for (const parent of [{}, { parent: '2' }]) {
        for (const own of [{ 'gen_ai.tool.call.id': ID }, {}] as Record<string, string>[]) {
          const turns = turnsOf([
            chat('1', 0, [ask], [wants]),
            run('2', 2, { ...args, ...own, ...result }),
            run('4', 2.1, { ...args, ...result }, { ...other, ...parent }),
            chat('3', 4, [ask, wants], [done]),
          ]);
          assert.deepEqual(turns.map(short), [
            'user do',
            `tool_call f ${ID} {"x":1}`,
            `tool_result f ${ID} r`,
            'assistant done',
          ]);
        }
      }
    });

    test('takes fields that the outer scope leaves out from the inner one', () => {
      const turns = turnsOf([
        run('2', 2),
        run('4', 2.1, { ...args, ...result, 'gen_ai.tool.call.id': ID }, { scope: 'other', parent: '2' }),
      ]);
      assert.deepEqual(turns.map(short), [`tool_call f ${ID} {"x":1}`, `tool_result f ${ID} r`]);
    });

    test('has two runs of one scope, or of two tools, separately', () => {
      const twice = [run('2', 2, { ...args, ...result }), run('4', 3, { ...args, ...result })];
      assert.equal(turnsOf(twice).length, 4);
      const name = { 'gen_ai.tool.name': 'g' };
      const inner = run('4', 2.1, { ...args, ...result, ...name }, { scope: 'other', parent: '2' });
      assert.equal(turnsOf([twice[0]!, inner]).length, 4);
    });

    test('recognizes a call by its id, whatever its arguments are', () => {
      const sent = (given: unknown) => ({
        role: 'assistant',
        parts: [{ type: 'tool_call', id: ID, name: 'f', ...(given !== undefined && { arguments: given }) }],
      });
      for (const [first, second] of [
        ['', {}],
        [undefined, {}],
        ['{}', ''],
        ['null', {}],
        ['{"x":1}', { x: 1, y: null }],
      ]) {
        const turns = turnsOf([
          chat('1', 0, [ask], [sent(first)]),
          chat('3', 4, [ask, sent(second), got('r')], [done]),
        ]);
        assert.deepEqual(
          turns.map(({ role }) => role),
          ['user', 'tool_call', 'tool_result', 'assistant'],
        );
      }
    });

    test('distinguishes calls with short ids by their content', () => {
      const sent = (x: number) => ({
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'call_0', name: 'f', arguments: { x } }],
      });
      const turns = turnsOf(
        [chat('1', 0, [ask], [sent(1)])],
        [chat('3', 4, [ask, sent(1), says('user', 'again')], [sent(2)])],
      );
      assert.deepEqual(
        turns.map(({ tool }) => tool?.arguments),
        [undefined, '{"x":1}', undefined, '{"x":2}'],
      );
    });

    test('has a run inside of a call after the question and before the answer', () => {
      const turns = turnsOf([
        chat('1', 0, [ask], [done], { end: at(9) }),
        run('2', 2, { ...args, ...result }, { parent: '1' }),
      ]);
      assert.deepEqual(turns.map(short), [
        'user do',
        'tool_call f {"x":1}',
        'tool_result f r',
        'assistant done',
      ]);
      assert.deepEqual(
        turns.map(({ inputTokens }) => inputTokens),
        [undefined, undefined, undefined, 7],
      );
      // In another trace the same question is a new one. It is shown once.
      const again = turnsOf(
        [chat('1', 0, [ask], [done])],
        [
          chat('3', 10, [ask], [done], { end: at(19) }),
          run('4', 12, { ...args, ...result }, { parent: '3' }),
        ],
      );
      assert.deepEqual(
        again.map(({ role }) => role),
        ['user', 'assistant', 'user', 'tool_call', 'tool_result', 'assistant'],
      );
    });

    test('has a run that the answer requested after it, even if the call is still open', () => {
      const turns = turnsOf([
        chat('1', 0, [ask], [wants], { end: at(9) }),
        run('2', 2, { ...args, ...result }, { parent: '1' }),
      ]);
      assert.deepEqual(
        turns.map(({ role }) => role),
        ['user', 'tool_call', 'tool_result'],
      );
      assert.equal(turns[1]!.inputTokens, 7);
    });

    test('a hand-off is not a tool run, but a tool of that name is', () => {
      const handoff = (name: string, attributes: Record<string, string>) =>
        span(
          '2',
          2,
          { 'openinference.span.kind': 'TOOL', 'input.value': 'A', 'output.value': 'B', ...attributes },
          { name },
        );
      assert.deepEqual(turnsOf([handoff('handoff to B', {})]), []);
      assert.deepEqual(turnsOf([handoff('Handoff', {})]), []);
      assert.equal(turnsOf([handoff('handoff', { 'tool.name': 'handoff' })]).length, 2);
      assert.equal(turnsOf([handoff('handoff_task', {})]).length, 2);
    });
  });

  test('has the final result of an agent once, with its numbers at the last call', () => {
    const [ask, done] = [says('user', 'do'), says('assistant', 'done')];
    const agent = (output: unknown[], usage: object): GroupRecord => ({
      ...chat('1', 0, [ask], output, { end: at(9) }),
      usage: { kind: 'wrapper', ...usage },
    });
    const call = { ...chat('2', 1, [ask], [done], { parent: '1' }), usage: { model: 'm' } };
    const turns = turnsOf([agent([done], { inputTokens: 5, outputTokens: 4 }), call]);
    assert.deepEqual(turns.map(short), ['user do', 'assistant done']);
    assert.deepEqual([turns[1]!.inputTokens, turns[1]!.outputTokens, turns[1]!.model], [5, 4, 'm']);
    // An answer that no call below the agent has is the agent’s own.
    const own = turnsOf([agent([says('assistant', 'In short: done')], { inputTokens: 5 }), call]);
    assert.deepEqual(own.map(short), ['user do', 'assistant done', 'assistant In short: done']);
    const alone = turnsOf([agent([done], { inputTokens: 5 })]);
    assert.deepEqual(alone.map(short), ['user do', 'assistant done']);
    const silent = { ...span('2', 1, {}, { parent: '1' }), usage: { model: 'm' } };
    const above = turnsOf([agent([done], { inputTokens: 5 }), silent]);
    assert.deepEqual(above.map(short), ['user do', 'assistant done']);
    assert.equal(above[1]!.inputTokens, 5);
  });

  test('has the rest of an agent’s sum at the last call below it', () => {
    const [ask, done] = [says('user', 'do'), says('assistant', 'done')];
    const agent = {
      ...chat('1', 0, [ask], [done], { end: at(9) }),
      usage: { kind: 'rest' as const, outputTokens: 4 },
    };
    const call = { ...chat('2', 1, [ask], [done], { parent: '1' }), usage: { model: 'm', outputTokens: 3 } };
    const turns = turnsOf([agent, call]);
    assert.deepEqual(turns.map(short), ['user do', 'assistant done']);
    assert.equal(turns[1]!.outputTokens, 7);
  });

  test('has the messages of a call whose numbers count in another session', () => {
    const call = chat('1', 0, [says('user', 'hi')], [says('assistant', 'hello')]);
    const turns = turnsOf([{ ...call, not: 'counted_in_other_session' }]);
    assert.deepEqual(turns.map(short), ['user hi', 'assistant hello']);
    assert.equal(turns[1]!.inputTokens, undefined);
  });

  test('reads the bodies of events in every form', () => {
    const body = (event: string, value: string | Record<string, string>): GroupRecord => ({
      log: { trace: 'a', span: '1', time: at(0.5), event, body: value },
    });
    const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hello' } };
    for (const reported of [
      json(choice),
      { finish_reason: 'stop', message: 'hello' },
      { finish_reason: 'stop', message: json(choice.message) },
      'hello',
    ]) {
      const turns = turnsOf([
        { ...span('1', 0, {}), usage: { outputTokens: 1 } },
        body('gen_ai.user.message', json({ content: 'hi' })),
        body('gen_ai.choice', reported),
      ]);
      assert.deepEqual(turns.map(short), ['user hi', 'assistant hello'], json(reported));
    }
  });

  test('reads events of a call, as span events and as log records', () => {
    const event = (time: number, name: string, body: Record<string, string>): GroupRecord => ({
      log: { trace: 'a', span: '1', time: at(time), event: name, body },
    });
    const call = { ...span('1', 0, {}), usage: { outputTokens: 1 } };
    const turns = turnsOf([
      call,
      event(0.1, 'gen_ai.system.message', { content: 'Be brief.' }),
      event(0.2, 'gen_ai.user.message', { content: 'hi' }),
      event(0.3, 'gen_ai.assistant.message', { content: 'hello' }),
      event(0.4, 'gen_ai.user.message', { content: 'bye' }),
      event(0.9, 'gen_ai.choice', {
        message: '{"role":"assistant","content":"goodbye"}',
        finish_reason: 'stop',
      }),
    ]);
    assert.deepEqual(turns.map(short), [
      'system Be brief.',
      'user hi',
      'assistant hello',
      'user bye',
      'assistant goodbye',
    ]);
    assert.equal(turns.at(-1)?.finishReason, 'stop');
    assert.equal(turns.at(-1)?.outputTokens, 1);
  });

  test('orders log records of the same time as the call before did', () => {
    const event = (time: number, id: string, name: string, body: Record<string, string>): GroupRecord => ({
      log: { trace: 'a', span: id, time: at(time), event: name, body },
    });
    const call = (id: string, start: number) => ({ ...span(id, start, {}), usage: { outputTokens: 1 } });
    const said = ['user one', 'assistant two', 'user three', 'assistant four', 'user five'];
    const records = [1, 3, 5].flatMap((count) => [
      call(String(count), count),
      ...said.slice(0, count).map((message) => {
        const [role, content] = message.split(' ');
        return event(count, String(count), `gen_ai.${role}.message`, { content: content! });
      }),
      event(count + 0.9, String(count), 'gen_ai.choice', {
        message: JSON.stringify({ content: said[count]?.split(' ')[1] ?? 'six' }),
      }),
    ]);
    const all = [...said, 'assistant six'];
    assert.deepEqual(turnsOf(records).map(short), all);
    assert.deepEqual(turnsOf(records.toReversed()).map(short), all);
  });

  test('orders log records of the same time by their positions', () => {
    const records = ['c', 'a', 'b'].map(
      (content, index): GroupRecord => ({
        log: {
          trace: 'a',
          span: '1',
          time: at(0),
          event: 'gen_ai.user.message',
          body: { content },
          attributes: { CHAT_MESSAGE_INDEX: String(index) },
        },
      }),
    );
    const call = { ...span('1', 0, {}), usage: {} };
    const turns = turnsOf([call, ...records.toReversed()]);
    assert.deepEqual(turns.map(short), ['user c', 'user a', 'user b', 'assistant']);
  });

  test('leaves out a log record of a call that counts elsewhere', () => {
    const conversation = new Conversation();
    const log: GroupRecord = {
      log: {
        time: at(1),
        event: 'gen_ai.client.inference.operation.details',
        attributes: { 'gen_ai.output.messages': json([says('assistant', 'hello')]) },
      },
      usage: {},
      not: 'same_call_id',
      by: { traceId: 'a'.padStart(32, '0'), spanId: '1'.padStart(16, '0') },
    };
    const call = chat('1', 0, [says('user', 'hi')], [says('assistant', 'hello')]);
    const turns = [storedGroup('a', [call]), storedGroup(undefined, [log])].flatMap(
      (group) => conversation.take(group).turns,
    );
    assert.deepEqual(turns.map(short), ['user hi', 'assistant hello']);
  });

  test('assigns each answer in a log record to its call, once', () => {
    const answer = (time: number, response: string, more: Record<string, string> = {}): GroupRecord => ({
      log: {
        trace: 'a',
        span: '1',
        time: at(time),
        event: 'claude_code.assistant_response',
        attributes: { response, ...more },
      },
    });
    const call = (id: string, start: number, outputTokens: number, callIds?: string[]): GroupRecord => ({
      ...span(id, start, {}, { parent: '1' }),
      usage: { dialect: 'claude-code', outputTokens, ...(callIds && { callIds }) },
    });
    const around = span('1', 0, { user_prompt: 'hi' }, { end: at(9) });
    const reported = (...records: GroupRecord[]) =>
      turnsOf([around, ...records]).map((turn) => `${short(turn)} ${turn.outputTokens ?? ''}`.trim());
    const calls = [call('2', 1, 1), call('3', 4, 2), call('4', 7, 3)];
    const all = ['user hi', 'assistant one 1', 'assistant two 2', 'assistant 3'];
    assert.deepEqual(reported(...calls, answer(2.1, 'one'), answer(5.1, 'two')), all);
    const known = [call('2', 1, 1, ['r1']), call('3', 4, 2, ['r2']), call('4', 7, 3)];
    const late = [answer(8, 'one', { request_id: 'r1' }), answer(8, 'two', { request_id: 'r2' })];
    assert.deepEqual(reported(...known, ...late), all);
  });

  test('takes each half of a call from the record with the most messages of it', () => {
    const wants = (id?: string) => ({
      role: 'assistant',
      parts: [{ type: 'tool_call', ...(id && { id }), name: 'f', arguments: {} }],
    });
    const counted = chat('1', 0, [says('user', 'hi'), says('assistant', 'hello')], [wants()]);
    const other: GroupRecord = {
      ...chat('2', 0, [says('user', 'hi')], [wants('c')]),
      not: 'same_call_id',
      by: { traceId: 'a'.padStart(32, '0'), spanId: '1'.padStart(16, '0') },
    };
    assert.deepEqual(turnsOf([counted, other]).map(short), [
      'user hi',
      'assistant hello',
      'tool_call f c {}',
    ]);
  });

  test('takes the input of a call with only an answer from a record around it', () => {
    const around = {
      ...span('1', 0, { 'gen_ai.input.messages': json([says('user', 'hi')]) }),
      usage: {},
      not: 'wrapper_of' as const,
    };
    const call = chat('2', 1, [], [says('assistant', 'hello')], { parent: '1' });
    assert.deepEqual(turnsOf([around, call]).map(short), ['user hi', 'assistant hello']);
  });

  test('reads lists of texts, and ignores empty lists', () => {
    const call = {
      ...span('1', 0, { 'gen_ai.input.messages': '[]', 'gen_ai.response.text': '["hello","there"]' }),
      usage: {},
    };
    assert.deepEqual(turnsOf([call]).map(short), ['assistant hello\nthere']);
  });

  test('gives a result the id of its call', () => {
    const wants = { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: {} }] };
    const got = { role: 'tool', parts: [{ type: 'tool_call_response', response: 'r' }] };
    const turns = turnsOf([chat('1', 0, [says('user', 'do'), wants, got], [says('assistant', 'done')])]);
    assert.deepEqual(turns.map(short), [
      'user do',
      'tool_call f c {}',
      'tool_result f c r',
      'assistant done',
    ]);
  });

  test('has an outer call after the calls inside of it', () => {
    const ask = says('user', 'do');
    const wants = { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'f', arguments: {} }] };
    const got = { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'r' }] };
    const outer = chat('1', 0, [ask, wants, got], [says('assistant', 'done')], { end: at(9) });
    const inner = chat('2', 1, [ask], [wants], { parent: '1' });
    assert.deepEqual(turnsOf([outer, inner]).map(short), [
      'user do',
      'tool_call f c {}',
      'tool_result f c r',
      'assistant done',
    ]);
  });

  test('reports why a call has no answer if its status does not', () => {
    const failed = { error: true, attributes: { 'error.type': 'timeout' } };
    const hi = { 'gen_ai.input.messages': json([says('user', 'hi')]) };
    const call = (more: Record<string, string>, details: object = {}) => ({
      ...span('2', 1, { ...hi, ...more }, details),
      usage: {},
    });
    const error = (...records: GroupRecord[]) => turnsOf(records).at(-1)?.error;
    assert.deepEqual(error(call({}), span('3', 1, failed.attributes, { parent: '2', error: true })), {
      type: 'timeout',
    });
    assert.deepEqual(
      error(
        span('1', 0, failed.attributes, { error: true }),
        call({ 'gen_ai.response.finish_reasons': '["error"]' }, { parent: '1' }),
      ),
      { type: 'timeout' },
    );
    assert.deepEqual(
      error(call({ 'langfuse.observation.level': 'ERROR', 'langfuse.observation.status_message': 'no' })),
      { message: 'no' },
    );
    assert.equal(error(call({})), undefined);
  });

  test('has an error once, also if a log record describes it', () => {
    const failed = (status: boolean): GroupRecord[] => [
      {
        ...span('1', 0, { 'gen_ai.input.messages': json([says('user', 'hi')]) }, { error: status }),
        usage: { model: 'm' },
      },
      {
        log: {
          trace: 'a',
          span: '1',
          time: at(1),
          event: 'gen_ai.client.operation.exception',
          attributes: { 'exception.type': 'RateLimitError', 'exception.message': 'slow down' },
        },
      },
    ];
    for (const status of [true, false]) {
      const turns = turnsOf(failed(status));
      assert.deepEqual(turns.map(short), ['user hi', 'assistant']);
      assert.deepEqual(turns[1]?.error, { type: 'RateLimitError', message: 'slow down' });
    }
  });

  test('has the answer of an agent if its last call has none', () => {
    const agent = (output: string): GroupRecord => ({
      ...chat('1', 0, [says('user', 'hi')], [says('assistant', output)], { end: at(9) }),
      not: 'wrapper_of' as const,
    });
    const asks = (id: string, start: number): GroupRecord => ({
      ...span(id, start, { 'gen_ai.input.messages': json([says('user', 'hi')]) }, { parent: '1' }),
      usage: { model: 'm' },
    });
    assert.deepEqual(turnsOf([agent('hello'), asks('2', 1)]).map(short), ['user hi', 'assistant hello']);
    // If one of the calls below has an answer, it is unknown which of the others gave the agent’s.
    const reported = chat('2', 1, [says('user', 'hi')], [says('assistant', 'hello')], { parent: '1' });
    assert.deepEqual(turnsOf([agent('hello'), reported, asks('3', 3)]).map(short), [
      'user hi',
      'assistant hello',
      'assistant',
    ]);
  });

  test('can be made of log records alone', () => {
    const log = (time: number, event: string, body: Record<string, string>): GroupRecord => ({
      log: { time: at(time), event, body, attributes: { 'session.id': 's' } },
    });
    const conversation = new Conversation();
    const { turns } = conversation.take(
      storedGroup(undefined, [
        log(0, 'gen_ai.user.message', { content: 'hi' }),
        log(1, 'gen_ai.choice', { message: '{"content":"hello"}' }),
        log(2, 'gen_ai.user.message', { content: 'hi' }),
        log(3, 'gen_ai.assistant.message', { content: 'hello' }),
        log(4, 'gen_ai.user.message', { content: 'bye' }),
        log(5, 'codex.tool_result', { tool_name: 'shell', call_id: 'c', arguments: '{}', output: 'ok' }),
      ]),
    );
    assert.deepEqual(turns.map(short), [
      'user hi',
      'assistant hello',
      'user bye',
      'tool_call shell c {}',
      'tool_result shell c ok',
    ]);
    assert.match(turns[0]!.logId!, /^[0-9a-f]{32}$/);
    assert.equal(turns[0]!.traceId, undefined);
  });
});
