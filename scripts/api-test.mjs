// Tests a running server against its own OpenAPI document with schemathesis, which generates valid and invalid
// requests to every route. `npm run test:api`; further arguments go to schemathesis. Not a part of `npm test`: it takes
// some minutes, and needs Python 3 and pip, by which it is installed into .cache.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PACKAGE = 'schemathesis==4.32.5';
const PROGRAM = fileURLToPath(new URL('../dist/app/sojourn.js', import.meta.url));
const FOLDER = fileURLToPath(new URL('../.cache/schemathesis', import.meta.url));
const BINARIES = join(FOLDER, process.platform === 'win32' ? 'Scripts' : 'bin');

const OPTIONS = [
  '--phases=examples,coverage,fuzzing',
  '--max-examples=25',
  '--request-timeout=30',
  '--continue-on-failure',
  // Its answers do not end.
  '--exclude-path=/api/v1/sessions/stream',
  // A cursor is a string to the document, and only those that the server has made are accepted.
  '--exclude-checks=positive_data_acceptance',
];

install();
const folder = mkdtempSync(join(tmpdir(), 'sojourn-api-'));
const server = spawn(
  process.execPath,
  [PROGRAM, 'serve', '--port=0', '--grpc-port=0', `--data=${join(folder, 'data')}`, '--log-format=json'],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
const ended = new Promise((resolve) => server.once('close', resolve));
try {
  const url = await addressOf(server);
  run(process.execPath, [PROGRAM, 'demo', '--endpoint', url, '--sessions=50', '--seed=1'], 'ignore');
  const args = ['run', `${url}/openapi.json`, ...OPTIONS, ...process.argv.slice(2)];
  process.exitCode =
    spawnSync(join(BINARIES, 'schemathesis'), args, { cwd: folder, stdio: 'inherit' }).status ?? 1;
} finally {
  server.kill();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

function install() {
  if (existsSync(join(BINARIES, 'schemathesis'))) return;
  console.error('Installing schemathesis (pip install)');
  run('python3', ['-m', 'venv', FOLDER], 'inherit');
  run(join(BINARIES, 'pip'), ['install', '--quiet', '--disable-pip-version-check', PACKAGE], 'inherit');
}

function run(command, args, stdio) {
  const { status, error } = spawnSync(command, args, { stdio });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
}

/** The address in the log of a server that starts. */
async function addressOf({ stderr }) {
  for await (const line of createInterface({ input: stderr })) {
    const { message, httpUrl } = JSON.parse(line);
    if (message === 'listening') {
      stderr.resume();
      return httpUrl;
    }
  }
  throw new Error('the server ended before it listened');
}
