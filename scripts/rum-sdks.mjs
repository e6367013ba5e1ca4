// Installs the RUM SDKs for the tests in a real browser (rum/package-lock.json), if they are missing or
// outdated.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './npm.mjs';

const FOLDER = fileURLToPath(new URL('../rum', import.meta.url));

/**
 * Installs their packages by the lock file. If npm fails, it says so and leaves them missing: their tests are
 * skipped.
 */
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
