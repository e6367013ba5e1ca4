import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import { newState, type SessionThreadOptions, WaitingSession } from './sync-session.js';

test('whoever waits for the thread with the connections is told of its end', async () => {
  // Long: what is waited for here is the end.
  const connection = { url: 'postgres://nobody@127.0.0.1:1/none', purpose: 'test', statementMs: 600_000 };
  const { port1, port2 } = new MessageChannel();
  const state = newState();
  const worker = new Worker(new URL('./session-thread.js', import.meta.url), {
    workerData: { sessions: [{ connection, port: port2, state }] } satisfies SessionThreadOptions,
    transferList: [port2],
  });
  const failed = once(worker, 'error');
  const session = new WaitingSession(port1, state, connection);
  // The thread fails with what is no question, while the question after it waits.
  port1.postMessage('no question');
  assert.throws(() => session.run([{ text: 'SELECT 1' }]), /has ended/);
  assert.throws(() => session.run([{ text: 'SELECT 1' }]), /has ended/);
  await failed;
  port1.close();
});
