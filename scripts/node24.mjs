// Installs Node.js 24 from the npm package `node` into .cache and prints the path of its binary, for
// SOJOURN_TEST_NODE.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './npm.mjs';

const folder = fileURLToPath(new URL('../.cache/node24', import.meta.url));
const binary = join(
  folder,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
if (!existsSync(binary)) {
  mkdirSync(folder, { recursive: true });
  // Its install script fetches the binary of this platform, as an npm package too.
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { node: true } }),
  );
  const install = ['install', '--no-audit', '--no-fund', '--prefix', folder, 'node@24'];
  const [command, args, options] = npmCommand(install);
  const result = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...options });
  if (result.status !== 0 || !existsSync(binary)) {
    console.error('cannot install the npm package node@24');
    process.exit(1);
  }
}
console.log(binary);
