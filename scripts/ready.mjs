// Makes a clone ready to run with only Node.js and npm: installs the packages of package-lock.json if they
// are missing or outdated, and compiles changed sources. Quick (under 100 ms) if there is nothing to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './npm.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
/** The parts to build, each from sources of its own, and only if those have changed. */
const PARTS = [
  {
    stamp: '.sources',
    // The source folders and their folders in dist.
    folders: { src: 'src', client: 'client', test: 'test', bench: 'bench' },
    files: ['tsconfig.json', 'scripts/bundle.mjs'],
    make: () => {
      compile('tsconfig.json');
      run(process.execPath, [join(ROOT, 'scripts/bundle.mjs')], {});
    },
  },
  {
    stamp: '.sources-web',
    // The page's modules are compiled for Node.js too, for their tests.
    folders: {
      'web/src': 'web-node/web/src',
      'client/src': 'web-node/client/src',
      'web/public': undefined,
    },
    files: [
      'tsconfig.json',
      'web/tsconfig.json',
      'web/index.html',
      'web/vite.config.mjs',
      'scripts/build-web.mjs',
    ],
    make: () => {
      compile('web/tsconfig.json');
      run(process.execPath, [join(ROOT, 'scripts/build-web.mjs')], {});
    },
  },
];
const NEEDED_NODE = [20, 19];

checkNode();
if (!isInstalled()) install();
for (const part of PARTS) if (removeOrphans(part) || !isMade(part)) make(part);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isNewEnough = major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1]);
  if (!isNewEnough) {
    fail(`Sojourn needs Node.js ${NEEDED_NODE.join('.')} or newer; this is ${process.versions.node}`);
  }
}

/** Whether node_modules matches package-lock.json, by npm's own record of what it installed. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, link, optional }]) => {
    // The entry '' is this package; links go to folders of this package.
    if (path === '' || link === true) return true;
    const found = present[path];
    // Optional packages for other platforms are left out.
    if (found === undefined) return optional === true;
    const isSame = integrity === undefined || found.integrity === integrity;
    return found.version === version && isSame && existsSync(join(ROOT, path));
  });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(join(ROOT, lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function install() {
  say('Installing packages (npm ci)');
  // The tools that compile are devDependencies, and are needed even if NODE_ENV=production leaves them out.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  run(...npmCommand(args));
}

/** Removes compiled files of deleted sources; otherwise deleted tests would still run. */
function removeOrphans({ folders }) {
  let removed = false;
  for (const [from, to] of Object.entries(folders)) {
    if (to === undefined) continue;
    for (const file of filesIn(join(DIST, to))) {
      const source = join(ROOT, from, relative(join(DIST, to), file)).replace(/\.js(?:\.map)?$/, '.ts');
      if (!source.endsWith('.ts') || existsSync(source) || existsSync(`${source}x`)) continue;
      rmSync(file);
      removed = true;
    }
  }
  return removed;
}

/** Whether the part was built from the current sources: its stamp contains their fingerprint. */
function isMade(part) {
  const stamp = join(DIST, part.stamp);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesFingerprint(part);
}

function make(part) {
  const fingerprint = sourcesFingerprint(part);
  part.make();
  mkdirSync(DIST, { recursive: true });
  writeFileSync(join(DIST, part.stamp), fingerprint);
}

function compile(project) {
  run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, project)], {});
}

/** Changes with each edit; times and sizes are enough for that, without reading every file. */
function sourcesFingerprint(part) {
  const files = [
    join(ROOT, 'package-lock.json'),
    ...part.files.map((file) => join(ROOT, file)),
    ...Object.keys(part.folders).flatMap((folder) => filesIn(join(ROOT, folder))),
  ];
  const hash = createHash('sha256');
  for (const file of files) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(ROOT, file)}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs a command, and shows its output only if it fails. */
function run(command, args, options) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 27, ...options });
  if (result.error !== undefined) fail(`cannot run ${command}: ${result.error.message}`);
  if (result.status === 0) return;
  process.stderr.write(result.stdout + result.stderr);
  fail(`${basename(args[0] ?? command)} failed; see above`);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function fail(text) {
  say(`sojourn: ${text}`);
  process.exit(1);
}
