// Writes client/src/schema.d.ts, the types of the API for its clients in TypeScript, from the server's OpenAPI document.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { generated } from './generated.mjs';
import { npmCommand } from './npm.mjs';

const GENERATOR = fileURLToPath(new URL('../.cache/openapi-typescript', import.meta.url));
/** The generator needs the programming interface of TypeScript 5, so it has a folder of its own. */
const GENERATOR_PACKAGES = ['openapi-typescript@7.13.0', 'typescript@5.9.3'];

await generated({
  path: fileURLToPath(new URL('../client/src/schema.d.ts', import.meta.url)),
  comment: '//',
  command: 'npm run web:api',
  make: generate,
});

async function generate(document) {
  const module = join(GENERATOR, 'node_modules/openapi-typescript/dist/index.mjs');
  if (!existsSync(module)) install();
  const { default: openApiTypes, astToString } = await import(pathToFileURL(module).href);
  return astToString(await openApiTypes(document, { alphabetize: true }));
}

function install() {
  mkdirSync(GENERATOR, { recursive: true });
  writeFileSync(join(GENERATOR, 'package.json'), '{ "private": true }\n');
  const [command, args, options] = npmCommand([
    'install',
    '--no-audit',
    '--no-fund',
    '--prefix',
    GENERATOR,
    ...GENERATOR_PACKAGES,
  ]);
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (status !== 0) throw new Error(`cannot install ${GENERATOR_PACKAGES.join(', ')}`);
}
