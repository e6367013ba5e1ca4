import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { removeAtEnd } from '../support/clean-up.js';
import { startServer } from '../support/server.js';

/** The file that `npm pack` makes, installed in another folder. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LIMIT_MS = 5 * 60_000;
/**
 * `npm pack` changes package.json and dist for a moment, so it works on a copy, which is not built again: npm test
 * has done that.
 */
const COPIED = [
  'package-lock.json',
  'scripts',
  'docs',
  'deploy',
  'src/sessionize/SPEC.md',
  'dist/app',
  'dist/web',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'THIRD_PARTY_NOTICES',
];
const BUILD = 'node scripts/ready.mjs && ';
/** Where the package manager cannot reach the registry and has nothing of it in its cache. */
const UNREACHABLE = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ENOTCACHED|ERR_SOCKET_TIMEOUT/;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies?: object;
  readonly scripts?: object;
}

/** Packages that are not in the bundle. */
const { EXTERNAL } = (await import(pathToFileURL(`${ROOT}scripts/bundle.mjs`).href)) as {
  EXTERNAL: readonly string[];
};
const { npmCommand } = (await import(pathToFileURL(`${ROOT}scripts/npm.mjs`).href)) as {
  npmCommand(args: readonly string[]): [string, string[], object];
};

function npm(cwd: string, ...args: readonly string[]): { readonly status: number | null; text: string } {
  const [command, all, options] = npmCommand(args);
  const result = spawnSync(command, all, { cwd, encoding: 'utf8', timeout: LIMIT_MS, ...options });
  return { status: result.status, text: result.stdout + result.stderr };
}

describe('the packed file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-package-'));
  removeAtEnd(folder);
  const elsewhere = join(folder, 'elsewhere');
  const installed = join(elsewhere, 'node_modules/sojourn');
  let unreachable = false;

  before(() => {
    const source = join(folder, 'source');
    mkdirSync(source);
    symlinkSync(`${ROOT}node_modules`, join(source, 'node_modules'));
    for (const name of COPIED) cpSync(ROOT + name, join(source, name), { recursive: true });
    const manifest = readFileSync(`${ROOT}package.json`, 'utf8');
    assert.ok(manifest.includes(`"prepack": "${BUILD}`));
    const withoutBuild = manifest.replace(`"prepack": "${BUILD}`, '"prepack": "');
    writeFileSync(join(source, 'package.json'), withoutBuild);

    const packed = npm(source, 'pack', '--ignore-scripts=false', '--pack-destination', folder);
    assert.equal(packed.status, 0, packed.text);
    assert.equal(
      readFileSync(join(source, 'package.json'), 'utf8'),
      withoutBuild,
      'package.json is as before',
    );
    assert.ok(!existsSync(join(source, 'dist/node_modules')));

    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'package.json'), '{ "private": true }');
    const file = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    // No script runs at the installation, so nothing is compiled.
    const args = ['install', join(folder, file), '--ignore-scripts', '--prefer-offline', '--no-audit'];
    const { status, text } = npm(elsewhere, ...args);
    unreachable = status !== 0 && UNREACHABLE.test(text);
    assert.ok(status === 0 || unreachable, text);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has documents, and no tests, source maps or types', (context) => {
    if (unreachable) return context.skip('the npm registry cannot be reached');
    const files = readdirSync(installed, { recursive: true }).map((name) =>
      String(name).replaceAll('\\', '/'),
    );
    assert.deepEqual(
      files.filter((name) => /\.test\.|test-support|\.map$|\.d\.[cm]?ts$|^test\//.test(name)),
      [],
    );
    for (const name of ['README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD_PARTY_NOTICES', 'docs/errors.md'])
      assert.ok(files.includes(name), name);
    // Every document that the README names.
    const readme = readFileSync(join(installed, 'README.md'), 'utf8');
    for (const [, link = ''] of readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      assert.ok(existsSync(join(installed, link)), `${link} of README.md`);
  });

  it('asks for exact versions and brings the rest along, as in package-lock.json', (context) => {
    if (unreachable) return context.skip('the npm registry cannot be reached');
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
    assert.deepEqual([manifest.devDependencies, manifest.scripts], [undefined, undefined]);
    for (const [name, version] of Object.entries(manifest.dependencies))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
    const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    const { dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Manifest;
    const fromInside = createRequire(join(installed, 'dist/app/sojourn.js'));
    for (const name of Object.keys(dependencies).filter((each) => EXTERNAL.includes(each))) {
      const inside = [join(installed, 'dist/node_modules'), join(elsewhere, 'node_modules')]
        .map((modules) => join(modules, name, 'package.json'))
        .find((path) => existsSync(path));
      assert.ok(inside !== undefined, name);
      const { version } = fromInside(inside) as Manifest;
      assert.equal(version, packages[`node_modules/${name}`]?.version, name);
    }
  });

  it('runs as `npx sojourn`', (context) => {
    if (unreachable) return context.skip('the npm registry cannot be reached');
    const { status, text } = npm(elsewhere, 'exec', '--offline', '--', 'sojourn', '--version');
    assert.equal(status, 0, text);
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Manifest;
    assert.match(text, new RegExp(`^(sojourn )?${version.replaceAll('.', '\\.')}$`, 'm'));
  });

  it('serves: telemetry by HTTP becomes a session with a country, a browser and a price', async (context) => {
    if (unreachable) return context.skip('the npm registry cannot be reached');
    const server = await startServer({ program: join(installed, 'dist/app/sojourn.js') });
    try {
      const attributes = {
        'session.id': 'packed',
        'client.address': '8.8.8.8',
        'user_agent.original':
          'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
      };
      const span = {
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        name: 'chat gpt-4o',
        kind: 2,
        startTimeUnixNano: '1790000000000000000',
        endTimeUnixNano: '1790000001000000000',
        attributes: [
          ...Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } })),
          ...['input', 'output'].map((way) => ({
            key: `gen_ai.usage.${way}_tokens`,
            value: { intValue: '1000' },
          })),
        ],
      };
      const sent = await server.post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
      assert.equal(sent.status, 200, await sent.text());
      interface Item {
        readonly geo: { readonly country_code: string };
        readonly client: { readonly browser: string };
        readonly genai_usage: { readonly estimated_cost_usd: number };
      }
      const session = await server.get<Item>('/api/v1/sessions/packed');
      assert.equal(session.geo.country_code, 'US');
      assert.equal(session.client.browser, 'Chrome');
      assert.ok(session.genai_usage.estimated_cost_usd > 0);
      const { openapi } = await server.get<{ readonly openapi: string }>('/openapi.json');
      assert.match(openapi, /^3\./);
      assert.match(await server.text('/'), /<div id="root">/);
      assert.equal(await server.stop(), 0, server.stderr);
    } finally {
      await server.dispose();
    }
  });
});
