import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer } from '../support/server.js';
import { chatSpan, tracesJson } from '../support/telemetry.js';

/** The Python client, by its own tests (client/python/tests), against a running server. */

const CLIENT = fileURLToPath(new URL('../../../client/python', import.meta.url));
const SESSIONS = 105;
/** The session in which a span failed. */
const FAILED = 3;

const { stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.version_info >= (3, 11))']);
const skip = String(stdout).trim() === 'True' ? false : 'there is no Python 3.11 or newer';

test('the Python client reads lists, sessions, errors and the stream', { skip }, async () => {
  const server = await startServer();
  try {
    for (let number = 1; number <= SESSIONS; number++) {
      const resource = { 'service.name': number % 2 === 0 ? 'even' : 'odd' };
      const spans = [
        chatSpan(number, { 'session.id': `visitor/${number}` }, { resource, error: number === FAILED }),
      ];
      assert.equal((await server.post('/v1/traces', tracesJson(spans))).status, 200);
    }
    await server.settled();
    const python = spawn('python3', ['-m', 'unittest', 'discover', '-s', 'tests', '-t', '.'], {
      cwd: CLIENT,
      env: { ...process.env, SOJOURN_URL: server.httpUrl, PYTHONDONTWRITEBYTECODE: '1' },
    });
    let output = '';
    for (const stream of [python.stdout, python.stderr]) stream.on('data', (text) => (output += text));
    const [code] = await once(python, 'close');
    assert.equal(code, 0, output);
    assert.match(output, /Ran \d+ tests/);
  } finally {
    await server.dispose();
  }
});
