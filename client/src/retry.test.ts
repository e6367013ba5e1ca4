import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConnectionError } from './problem.js';
import { delay, type RetryOptions, withRetries } from './retry.js';

const URL = 'http://sojourn.example/api/v1/sessions';

/** Answers in turn, and what was waited for before each retry, ms. */
function sender(answers: readonly (Response | Error)[], options: RetryOptions = {}) {
  const waits: number[] = [];
  let sent = 0;
  const send = withRetries(options, {
    fetch: async () => {
      const answer = answers[sent++]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    delay: async (ms) => void waits.push(ms),
    random: () => 0,
    now: () => Date.parse('2026-03-01T00:00:00Z'),
  });
  return { waits, sent: () => sent, send: (method = 'GET') => send(new Request(URL, { method })) };
}

const busy = (retryAfter?: string): Response =>
  new Response('', { status: 503, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } });

describe('a request that reads', () => {
  it('is repeated where there is no answer, or one that passes, after longer and longer pauses', async () => {
    const { send, waits } = sender([new TypeError('failed'), busy(), busy(), new Response('done')]);
    assert.equal(await (await send()).text(), 'done');
    assert.deepEqual(waits, [250, 500, 1000]);
  });

  it('is repeated when the server asks for it: after seconds, or at a time', async () => {
    const { send, waits } = sender([busy('7'), busy('Sun, 01 Mar 2026 00:00:03 GMT'), new Response('done')]);
    assert.equal((await send()).status, 200);
    assert.deepEqual(waits, [7000, 3000]);
  });

  it('is not repeated without end, nor after a pause that is too long', async () => {
    const often = sender([busy(), busy(), busy()], { attempts: 2 });
    assert.equal((await often.send()).status, 503);
    assert.equal(often.sent(), 2);
    const late = sender([busy('31')]);
    assert.equal((await late.send()).status, 503);
    assert.equal(late.sent(), 1);
    const away = sender([new TypeError('a'), new TypeError('b')], { attempts: 2 });
    await assert.rejects(away.send(), ConnectionError);
  });

  it('is not repeated for an error of its own', async () => {
    const { send, sent } = sender([new Response('', { status: 400 })]);
    assert.equal((await send()).status, 400);
    assert.equal(sent(), 1);
  });
});

it('a request that changes something is sent once', async () => {
  const { send, sent } = sender([busy('1')]);
  assert.equal((await send('POST')).status, 503);
  assert.equal(sent(), 1);
});

it('a pause ends when its signal is aborted', async () => {
  const stop = new AbortController();
  const pause = delay(3_600_000, stop.signal);
  stop.abort(new Error('stopped'));
  await assert.rejects(pause, /stopped/);
  await assert.rejects(delay(3_600_000, stop.signal), /stopped/);
});
