import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer, type TestServer } from '../support/server.js';

/** What the web page tells newcomers to run does what it says. */

interface Snippet {
  readonly id: string;
  code(address: string): string;
}

const MODULE = new URL('../../web-node/src/sessions/first-run/snippets.js', import.meta.url).href;
const { SNIPPETS } = (await import(MODULE)) as { SNIPPETS: Snippet[] };
const codeOf = (id: string, address: string): string =>
  SNIPPETS.find((each) => each.id === id)!.code(address);
const HAS_SHELL = ['bash', 'curl', 'openssl'].every(
  (tool) => spawnSync(tool, ['--help']).error === undefined,
);

describe('the ways to send a first session', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.dispose());

  async function run(command: string, ...args: string[]): Promise<void> {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  }

  async function spansOf(session: string): Promise<number> {
    const { items } = await server.get<{
      items: { 'session.id': string; span_count: number; 'user.id': string }[];
    }>('/api/v1/sessions?userId=ann');
    return items.find((each) => each['session.id'] === session)?.span_count ?? 0;
  }

  it('curl', { skip: !HAS_SHELL && 'bash, curl or openssl is missing' }, async () => {
    const before = await spansOf('visit-1');
    await run('bash', '-c', codeOf('curl', server.httpUrl));
    assert.equal(await spansOf('visit-1'), before + 1);
  });

  it('Node.js', async () => {
    const before = await spansOf('visit-1');
    // Beside the packages that it imports.
    const file = fileURLToPath(new URL('../../snippet.mjs', import.meta.url));
    writeFileSync(file, codeOf('node', server.httpUrl));
    try {
      await run(process.execPath, file);
    } finally {
      rmSync(file);
    }
    assert.equal(await spansOf('visit-1'), before + 1);
  });
});
