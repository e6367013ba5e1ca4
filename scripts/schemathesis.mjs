// Tests a running server against its own OpenAPI document with schemathesis, which generates valid and invalid
// requests to every route: without keys, with a key that may do everything, and without one where one is needed.
// `npm run test:schemathesis`; further arguments go to schemathesis. Not a part of `npm test`: it takes some minutes, and
// needs Python 3 and pip, by which it is installed into .cache. Where there is none, it says so and is skipped.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** How requests may be refused that are not as the document says: as by default, and because they are too long. */
const CONFIGURATION = `[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429, 431]
`;

if (!isInstalled()) {
  console.error('Skipped: schemathesis cannot be installed here. It needs Python 3 with venv and pip.');
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'sojourn-api-'));
try {
  writeFileSync(join(folder, 'schemathesis.toml'), CONFIGURATION);
  const data = join(folder, 'data');
  const key = output(
    'keys',
    'create',
    '--name=test',
    '--scope=ingest,admin',
    '--all-projects',
    `--data=${data}`,
  );
  const wanted = [
    await tested('no key is needed', data, [], []),
    await tested('with a key', data, ['--require-keys'], [`--header=x-api-key: ${key}`]),
    await tested('without a key', data, ['--require-keys'], []),
  ];
  process.exitCode = wanted.every((code) => code === 0) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Tests a server with these flags; returns the exit code of schemathesis. */
async function tested(name, data, flags, args) {
  console.error(`\n${name}`);
  const fixed = ['--port=0', '--grpc-port=0', `--data=${data}`, '--log-format=json'];
  const server = spawn(process.execPath, [PROGRAM, 'serve', ...fixed, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => server.once('close', resolve));
  try {
    const url = await addressOf(server);
    if (flags.length === 0) output('demo', '--endpoint', url, '--sessions=50', '--seed=1');
    const all = ['run', `${url}/openapi.json`, ...OPTIONS, ...args, ...process.argv.slice(2)];
    return spawnSync(join(BINARIES, 'schemathesis'), all, { cwd: folder, stdio: 'inherit' }).status ?? 1;
  } finally {
    server.kill();
    await ended;
  }
}

/** Installs it if it is missing; false where that is not possible. */
function isInstalled() {
  if (existsSync(join(BINARIES, 'schemathesis'))) return true;
  console.error('Installing schemathesis (pip install)');
  const pip = ['install', '--quiet', '--disable-pip-version-check', PACKAGE];
  return (
    spawnSync('python3', ['-m', 'venv', FOLDER], { stdio: 'inherit' }).status === 0 &&
    spawnSync(join(BINARIES, 'pip'), pip, { stdio: 'inherit' }).status === 0
  );
}

/** Runs a command of the program; returns what it prints. */
function output(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return stdout.trim();
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
