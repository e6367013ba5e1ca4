// Writes client/src/schema.d.ts, the types of the API for its clients, from the server's OpenAPI document.
// Its first line has the fingerprints of the document and of the types. With --check nothing is written, and
// the script fails if either has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openApiDocument } from '../dist/src/api/openapi.js';
import { npmCommand } from './npm.mjs';

const TYPES = fileURLToPath(new URL('../client/src/schema.d.ts', import.meta.url));
const GENERATOR = fileURLToPath(new URL('../.cache/openapi-typescript', import.meta.url));
/** The generator needs the programming interface of TypeScript 5, so it has a folder of its own. */
const GENERATOR_PACKAGES = ['openapi-typescript@7.13.0', 'typescript@5.9.3'];

const document = JSON.stringify(await openApiDocument('0.0.0'));
if (process.argv.includes('--check')) {
  if (!isCurrent()) {
    console.error('client/src/schema.d.ts is not what the OpenAPI document says: npm run web:api');
    process.exitCode = 1;
  }
} else {
  const types = await generate();
  writeFileSync(
    TYPES,
    `// Made by npm run web:api. ${fingerprint(document)} ${fingerprint(types)}\n${types}`,
  );
}

function isCurrent() {
  const [, ofDocument, ofTypes, types] =
    /^\/\/.* (\w{32}) (\w{32})\n([\s\S]*)$/.exec(existsSync(TYPES) ? readFileSync(TYPES, 'utf8') : '') ?? [];
  return ofDocument === fingerprint(document) && ofTypes === fingerprint(types);
}

function fingerprint(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

async function generate() {
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
