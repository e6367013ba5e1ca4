// Bundles web/ into dist/web, with each file that gains by it compressed beside it: the server compresses nothing itself.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const CONFIG = fileURLToPath(new URL('../web/vite.config.mjs', import.meta.url));
const OUTPUT = fileURLToPath(new URL('../dist/web', import.meta.url));

await build({ configFile: CONFIG, logLevel: 'warn' });
for (const entry of readdirSync(OUTPUT, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const bytes = readFileSync(file);
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  keep(`${file}.br`, brotliCompressSync(bytes, { params: size }), bytes);
  keep(`${file}.gz`, gzipSync(bytes, { level: 9 }), bytes);
}

function keep(file, compressed, bytes) {
  if (compressed.length < bytes.length) writeFileSync(file, compressed);
}
