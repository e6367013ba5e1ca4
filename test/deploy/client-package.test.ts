import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { removeAtEnd } from '../support/clean-up.js';
import { startServer } from '../support/server.js';
import { sendOne } from '../support/store-answers.js';

/** The package @sojourn/client, installed in another folder. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LIMIT_MS = 120_000;

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

function node(
  cwd: string,
  ...args: readonly string[]
): { readonly status: number | null; readonly text: string } {
  const result = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: LIMIT_MS });
  return { status: result.status, text: result.stdout + result.stderr };
}

describe('the package of the client', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-client-'));
  removeAtEnd(folder);
  const installed = join(folder, 'node_modules/@sojourn/client');

  before(() => {
    const made = node(ROOT, 'scripts/client-package.mjs');
    assert.equal(made.status, 0, made.text);
    cpSync(join(ROOT, 'dist/client-package'), installed, { recursive: true });
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
    // Those of the lock file, which a package manager would choose or newer ones.
    for (const name of [...Object.keys(dependencies), 'openapi-typescript-helpers']) {
      const link = join(folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), link);
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });

  it('reads a server', async () => {
    const server = await startServer();
    try {
      const id = await sendOne(server);
      await server.settled();
      const code = `import { SojournClient } from '@sojourn/client';
const client = new SojournClient({ baseUrl: '${server.httpUrl}' });
for await (const session of client.sessions()) console.log(session['session.id']);`;
      writeFileSync(join(folder, 'read.js'), code);
      assert.deepEqual(node(folder, 'read.js'), { status: 0, text: `${id}\n` });
    } finally {
      await server.dispose();
    }
  });

  it('has types for Node.js and for bundlers, and the example of its README is right', () => {
    const readme = readFileSync(join(installed, 'README.md'), 'utf8');
    const example = /^```ts\n([\s\S]*?)^```$/m.exec(readme)![1]!;
    const wrong = `${example}
// @ts-expect-error: no such filter
client.sessions({ colour: 'red' });
`;
    writeFileSync(
      join(folder, 'example.ts'),
      `declare const process: { env: Record<string, string> };\n${wrong}`,
    );
    for (const module of ['nodenext', 'preserve']) {
      const checked = node(
        folder,
        join(ROOT, 'node_modules/typescript/bin/tsc'),
        ...[
          '--noEmit',
          '--strict',
          '--exactOptionalPropertyTypes',
          '--target',
          'es2023',
          '--lib',
          'es2023,dom',
        ],
        ...['--module', module, '--types', '', 'example.ts'],
      );
      assert.deepEqual(checked, { status: 0, text: '' });
    }
  });

  it('has the version of the server', () => {
    const versions = [ROOT, installed].map(
      (path) => (JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest).version,
    );
    assert.equal(versions[0], versions[1]);
  });
});
