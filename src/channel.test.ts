import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, errorText, nextId, PendingCalls, type Question } from './channel.js';

type Calls = {
  double: { args: { of: number }; answer: { is: number } };
  exists: { args: { name: string }; answer: boolean };
};

/** The other side of a channel, which answers when the test says so. */
function channel() {
  const calls = new PendingCalls<Calls>();
  const asked: { id: number; kind: string; args: object }[] = [];
  return {
    calls,
    asked,
    double: (of: number) => calls.ask('double', (question) => void asked.push(question), { of }),
    exists: (name: string) => calls.ask('exists', (question) => void asked.push(question), { name }),
  };
}

test('answers are matched with their questions in any order', async () => {
  const { calls, asked, double, exists } = channel();
  const [two, four, there] = [double(1), double(2), exists('ann')];
  assert.deepEqual(
    asked.map(({ kind, args }) => [kind, args]),
    [
      ['double', { of: 1 }],
      ['double', { of: 2 }],
      ['exists', { name: 'ann' }],
    ],
  );
  assert.equal(calls.size, 3);
  calls.settle({ id: asked[2]!.id, kind: 'exists', answer: true });
  calls.settle({ id: asked[1]!.id, kind: 'double', answer: { is: 4 } });
  calls.settle({ id: asked[0]!.id, kind: 'double', answer: { is: 2 } });
  assert.deepEqual(await Promise.all([two, four, there]), [{ is: 2 }, { is: 4 }, true]);
  assert.equal(calls.size, 0);
});

test('a failure of the other side rejects with its message and stack', async () => {
  const { calls, asked, exists } = channel();
  const failing = exists('ann');
  const cause = new Error('the disk is on fire');
  calls.settle({ id: asked[0]!.id, kind: 'exists', error: errorText(cause) });
  await assert.rejects(failing, { message: 'the disk is on fire', stack: cause.stack! });
});

test('all waiting calls fail together, and late answers are ignored', async () => {
  const { calls, asked, double, exists } = channel();
  const waiting = Promise.allSettled([double(1), exists('ann')]);
  calls.failAll(new Error('the thread ended'));
  for (const result of await waiting) assert.equal(result.status, 'rejected');
  calls.settle({ id: asked[0]!.id, kind: 'double', answer: { is: 2 } });
  assert.equal(calls.size, 0);
});

test('a question that cannot be sent rejects at once', async () => {
  const { calls } = channel();
  const refuse = (): void => {
    throw new Error('cannot be cloned');
  };
  await assert.rejects(calls.ask('double', refuse, { of: 1 }), /cannot be cloned/);
  assert.equal(calls.size, 0);
});

test('ids start again before they exceed 32 bits', () => {
  assert.equal(nextId(0), 1);
  assert.equal(nextId(2 ** 31 - 2), 2 ** 31 - 1);
  assert.equal(nextId(2 ** 31 - 1), 0);
});

/** Compiled and never run: each line is an error that the compiler must report. */
export function neverRun(calls: PendingCalls<Calls>): void {
  const send = (_question: object): void => {};
  // @ts-expect-error There is no such call.
  void calls.ask('triple', send, { of: 1 });
  // @ts-expect-error These are the arguments of another call.
  void calls.ask('double', send, { name: 'ann' });
  // @ts-expect-error Its answer is of another type.
  void calls.ask('exists', send, { name: 'ann' }).then((answer: string) => answer);
  // @ts-expect-error This is the answer of another call.
  calls.settle({ id: 1, kind: 'double', answer: true });
  // @ts-expect-error A question goes with its own arguments.
  send({ id: 1, kind: 'double', args: { name: 'ann' } } satisfies Question<Calls>);
  // @ts-expect-error An answer goes with its own kind.
  send({ id: 1, kind: 'exists', answer: { is: 2 } } satisfies Answer<Calls>);
}
