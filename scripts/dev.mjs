// Development: compiles on every save and restarts the server on the result. Vite serves the web page from
// web/, and forwards the server's paths. Flags go to `sojourn serve`.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const children = [
  start('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--watch', '--preserveWatchOutput'),
  start(
    '--watch',
    '--watch-preserve-output',
    'dist/src/cli/sojourn.js',
    'serve',
    '--data',
    './sojourn-data',
    ...process.argv.slice(2),
  ),
  start('node_modules/vite/bin/vite.js', '--config', 'web/vite.config.mjs'),
];
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));

function start(...args) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  child.on('exit', (code) => stop(code ?? 0));
  return child;
}

/** If one stops, the other stops too. */
function stop(code) {
  process.exitCode ??= code;
  for (const child of children) child.kill('SIGTERM');
}
