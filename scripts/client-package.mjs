// Makes dist/client-package: the package @sojourn/client, ready for `npm pack` and `npm publish`. Its version, and those
// of the packages that it uses, are Sojourn's own.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'client');
const TARGET = join(ROOT, 'dist/client-package');
const DEPENDENCIES = ['eventsource-parser', 'openapi-fetch'];

rmSync(TARGET, { recursive: true, force: true });
const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', SOURCE], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
copyFileSync(join(SOURCE, 'src/schema.d.ts'), join(TARGET, 'schema.d.ts'));
copyFileSync(join(SOURCE, 'README.md'), join(TARGET, 'README.md'));
copyFileSync(join(ROOT, 'LICENSE'), join(TARGET, 'LICENSE'));

const { version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const { private: _, ...manifest } = JSON.parse(readFileSync(join(SOURCE, 'package.json'), 'utf8'));
const own = {
  ...manifest,
  version,
  dependencies: Object.fromEntries(DEPENDENCIES.map((name) => [name, dependencies[name]])),
};
writeFileSync(join(TARGET, 'package.json'), `${JSON.stringify(own, null, 2)}\n`);
