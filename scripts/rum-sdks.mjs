// Installs the RUM SDKs that the tests use in a real browser (rum/package-lock.json), where they are missing or others.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './npm.mjs';

const FOLDER = fileURLToPath(new URL('../rum', import.meta.url));

/** Resolves their packages as the lock file names them. Where npm cannot, it says so and leaves them missing: their tests are skipped. */
export function installRumSdks() {
  if (isInstalled()) return;
  console.error('Installing the RUM SDKs for the tests (npm ci in rum)');
  const [command, args, options] = npmCommand([
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ]);
  spawnSync(command, args, { cwd: FOLDER, stdio: ['ignore', 'ignore', 2], ...options });
}

function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (present[path] === undefined ? optional === true : present[path].version === version),
  );
}

function packagesOf(lockFile) {
  const path = join(FOLDER, lockFile);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}
