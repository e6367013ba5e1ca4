// Bundles web/ into dist/web, with a compressed copy of each file that benefits: the server compresses
// nothing itself.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const CONFIG = fileURLToPath(new URL('../web/vite.config.mjs', import.meta.url));
const OUTPUT = fileURLToPath(new URL('../dist/web', import.meta.url));
/** Lists the folders of the bundled packages, for the notices. */
const PACKAGES = fileURLToPath(new URL('../dist/web-packages.json', import.meta.url));

const { output } = await build({ configFile: CONFIG, logLevel: 'warn' });
writeFileSync(PACKAGES, JSON.stringify(packagesIn(output)));
for (const entry of readdirSync(OUTPUT, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const bytes = readFileSync(file);
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  keep(`${file}.br`, brotliCompressSync(bytes, { params: size }), bytes);
  keep(`${file}.gz`, gzipSync(bytes, { level: 9 }), bytes);
}

/** Folders of packages, such as `node_modules/react`, with modules in the bundle. */
function packagesIn(output) {
  const modules = output.flatMap((file) => [...(file.moduleIds ?? []), ...(file.originalFileNames ?? [])]);
  const folders = modules.flatMap((module) => {
    const found = /node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)(?!.*\/node_modules\/)/.exec(
      module.replaceAll('\\', '/'),
    );
    return found === null ? [] : [found[0]];
  });
  return [...new Set(folders)].sort();
}

function keep(file, compressed, bytes) {
  if (compressed.length < bytes.length) writeFileSync(file, compressed);
}
