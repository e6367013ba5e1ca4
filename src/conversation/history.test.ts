import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from './entry.js';
import { History } from './history.js';

const user = (text: string): Entry => ({ role: 'user', text });
const assistant = (text: string): Entry => ({ role: 'assistant', text });
const system = (text: string): Entry => ({ role: 'system', text });

let clock = 0n;
function take(history: History, input: Entry[], output: Entry[], traceId = 't'): Entry[] {
  clock += 2n;
  const shown = history.take({ input, output, traceId, startNs: clock, endNs: clock + 1n });
  return [...shown.input, ...shown.output];
}

/** Few texts, so that texts repeat. */
const texts = fc.constantFrom('yes', 'no', 'ok');
let ids = 0;
const exchange = fc.record({
  said: fc.array(texts, { minLength: 1, maxLength: 2 }),
  tools: fc.integer({ min: 0, max: 2 }),
  answer: texts,
});
const chats = fc.array(exchange, { minLength: 1, maxLength: 8 }).map((exchanges) =>
  exchanges.flatMap(({ said, tools, answer }): Entry[] => {
    const calls = Array.from({ length: tools }, () => `call_${ids++}`);
    return [
      ...said.map(user),
      ...calls.map((callId): Entry => ({ role: 'tool_call', tool: { callId, name: 'f', arguments: '{}' } })),
      ...calls.map((callId): Entry => ({ role: 'tool_result', tool: { callId, result: 'r' } })),
      assistant(answer),
    ];
  }),
);

test('each message of a chat is shown once and in order, however it is split into calls', () => {
  fc.assert(
    fc.property(chats, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (chat, cuts, withSystem) => {
      const head = withSystem ? [system('Be brief.')] : [];
      const ends = [...new Set([...cuts.map((cut) => 1 + (cut % chat.length)), chat.length])].sort(
        (a, b) => a - b,
      );
      const history = new History();
      const shown = ends.flatMap((end, index) => {
        // The output is the series of answers at the end of the call’s part of the chat.
        const from = ends[index - 1] ?? 0;
        let split = end;
        while (split > from && /assistant|tool_call/.test(chat[split - 1]!.role)) split--;
        return take(history, [...head, ...chat.slice(0, split)], chat.slice(split, end), `t${index}`);
      });
      assert.deepEqual(shown, [...head, ...chat]);
    }),
    { numRuns: 500 },
  );
});

describe('a history', () => {
  test('that was truncated at its start, or summarised, continues', () => {
    const history = new History();
    const chat = [user('a'), assistant('b'), user('yes'), assistant('c'), user('yes'), assistant('d')];
    take(history, chat.slice(0, 5), chat.slice(5));
    assert.deepEqual(take(history, [...chat.slice(3), user('e')], [assistant('f')]), [
      user('e'),
      assistant('f'),
    ]);
    assert.deepEqual(take(history, [user('summary'), assistant('f'), user('g')], []), [
      user('summary'),
      user('g'),
    ]);
  });

  test('with changed instructions is the same', () => {
    const history = new History();
    take(history, [system('It is 9:00.'), user('a')], [assistant('b')]);
    assert.deepEqual(take(history, [system('It is 9:01.'), user('a'), assistant('b'), user('c')], []), [
      system('It is 9:01.'),
      user('c'),
    ]);
  });

  test('of a subagent is separate', () => {
    const history = new History();
    take(history, [user('a')], [assistant('b')]);
    assert.equal(take(history, [user('task')], [assistant('done')]).length, 2);
    assert.deepEqual(take(history, [user('a'), assistant('b'), user('c')], []), [user('c')]);
    assert.deepEqual(take(history, [user('task'), assistant('done'), user('more')], []), [user('more')]);
  });

  test('may come back without reasoning, and with tools in another order', () => {
    const history = new History();
    const call = (callId: string, args: string): Entry => ({
      role: 'tool_call',
      tool: { callId, name: 'f', arguments: args },
    });
    const result = (callId: string): Entry => ({ role: 'tool_result', tool: { callId, result: 'r' } });
    take(
      history,
      [user('a')],
      [{ ...assistant('b'), reasoning: 'hm' }, call('1', '{"x":1,"y":2}'), call('2', '{}')],
    );
    const back = [user('a'), call('1', '{ "y": 2, "x": 1 }'), result('1'), call('2', '{}'), result('2')];
    assert.deepEqual(take(history, back, []), [result('1'), result('2')]);
    assert.deepEqual(take(history, [...back, user('c')], []), [user('c')]);
  });

  test('that is repeated in another exchange is shown again', () => {
    const history = new History();
    assert.equal(take(history, [user('hi')], [assistant('hello')], 't1').length, 2);
    assert.deepEqual(take(history, [user('hi')], [assistant('hello')], 't2'), [
      user('hi'),
      assistant('hello'),
    ]);
  });

  test('that is repeated in the same trace is not', () => {
    const history = new History();
    take(history, [user('hi')], [], 't1');
    assert.deepEqual(take(history, [user('hi')], [assistant('hello')], 't1'), [assistant('hello')]);
  });
});

test('an entry that two witnesses report is shown once, and twice if both report it twice', () => {
  const history = new History();
  assert.equal(history.isNews('log', user('yes')), true);
  assert.deepEqual(take(history, [user('yes')], [assistant('ok')]), [assistant('ok')]);
  assert.deepEqual(take(history, [user('yes'), assistant('ok'), user('yes')], []), [user('yes')]);
  assert.equal(history.isNews('log', user('yes')), false);
});
