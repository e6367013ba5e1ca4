import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { endAtEnd, hasEnded, removeAtEnd } from './clean-up.js';

/**
 * Real PostgreSQL servers for tests: each in a directory of its own, on a port of its own, and gone with the
 * test process, however that ends.
 */

/** Where PostgreSQL's programs are; scripts/postgres.mjs installs them for `npm test`. */
interface Programs {
  readonly folder: string;
  readonly version: number;
}

const { findPostgres } = (await import(pathToFileURL('scripts/postgres.mjs').href)) as {
  findPostgres(places?: readonly string[]): Programs | undefined;
};
const PROGRAMS = findPostgres();
const IS_ROOT = process.getuid?.() === 0;
/** PostgreSQL refuses to run as root: root starts it as this user. undefined: as the user of the tests. */
const USER = IS_ROOT ? (userNamed('postgres') ?? userNamed('nobody')) : undefined;

/** Why there can be no PostgreSQL here, or false: what `skip` of a test takes. */
export const withoutPostgres: string | false = reasonWithout(PROGRAMS);

/** The role of tests. It owns their databases and is no superuser, like the role of a real installation. */
const ROLE = 'sojourn';
const SUPERUSER = 'postgres';
/** Set by scripts/test.mjs: a folder that all test processes of a run share. */
const RUN_FOLDER = process.env.SOJOURN_TEST_RUN;

/** Below the ports that systems give to outgoing connections, so that a stopped server can start again. */
const PORTS = { from: 20_000, to: 32_000 };
const PORT_ATTEMPTS = 10;
/** Far more than a busy machine needs, so that only a hang reaches it. */
const LIMIT_MS = 60_000;
const POLL_MS = 5;

const COMMON_SETTINGS: Settings = {
  listen_addresses: '127.0.0.1',
  // In files of the data directory; elsewhere a killed server would leave them behind.
  dynamic_shared_memory_type: 'mmap',
};
/** Survives the end of its processes, but not that of the machine. */
const FAST_SETTINGS: Settings = { fsync: 'off', full_page_writes: 'off' };

export type Settings = Readonly<Record<string, string | number>>;

export interface PostgresOptions {
  /**
   * Whether it writes to the disk as a real installation does. By default it leaves that to the operating
   * system: all that was committed survives `kill` all the same, and commits are fast.
   */
  readonly durable?: boolean;
  /** Of postgresql.conf. */
  readonly settings?: Settings;
}

/** Starts a server. Only if `withoutPostgres` is false. */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const from = await preparedTemplate();
  const folder = temporaryFolder();
  try {
    await run('cp', ['-Rp', join(from.folder, 'data'), join(folder, 'data')], folder);
    const settings = {
      ...COMMON_SETTINGS,
      ...(options.durable === true ? {} : FAST_SETTINGS),
      unix_socket_directories: folder,
      ...options.settings,
    };
    configure(join(folder, 'data'), settings);
    for (let attempt = 1; ; attempt++) {
      const server = new TestPostgres(from, folder, await freePort());
      try {
        await server.restart();
        return server;
      } catch (error) {
        const isTaken = /Address already in use/.test(String(error));
        if (!isTaken || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A server that was ready. */
export class TestPostgres {
  readonly port: number;
  readonly dataDirectory: string;
  /** Has the server's Unix socket, as `host` of a connection. */
  readonly socketDirectory: string;
  readonly version: number = PROGRAMS!.version;
  readonly #programs: string;
  readonly #password: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;
  #databases = 0;

  /** @internal */
  constructor(template: Template, folder: string, port: number) {
    this.port = port;
    this.#programs = template.programs;
    this.#password = template.password;
    this.#folder = folder;
    this.socketDirectory = folder;
    this.dataDirectory = join(folder, 'data');
  }

  /** The address of a database, over TCP, for a role that owns it and nothing else. */
  url(database: string): string {
    return this.#url(database, ROLE);
  }

  /** The same for the superuser. */
  superuserUrl(database: string): string {
    return this.#url(database, SUPERUSER);
  }

  /**
   * Makes a new, empty database and returns its URL. `clauses` are those of CREATE DATABASE, such as
   * `TEMPLATE template0 ENCODING 'LATIN1'`.
   */
  async createDatabase(clauses = ''): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    const client = new Client({
      connectionString: this.superuserUrl('postgres'),
      connectionTimeoutMillis: LIMIT_MS,
      query_timeout: LIMIT_MS,
    });
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${name} OWNER ${ROLE} ${clauses}`);
    } finally {
      await client.end();
    }
    return this.url(name);
  }

  /** What the server has written to its log. */
  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** The process id of the server while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Ends the server without a checkpoint; resolves when all its processes are gone. SIGKILL (default) ends
   * every process at once, as in a crash; SIGQUIT lets them end by themselves at once; SIGINT ends connections
   * and shuts down cleanly. `restart` starts it again.
   */
  async kill(signal: 'SIGKILL' | 'SIGQUIT' | 'SIGINT' = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    const pid = child.pid!;
    // Stopped, it starts no further processes while those that there are are listed.
    if (signal === 'SIGKILL') process.kill(pid, 'SIGSTOP');
    const backends = childrenOf(pid);
    // Before their parent: otherwise they could still report to their clients that it is gone.
    if (signal === 'SIGKILL') for (const backend of backends) sendSignal(backend, 'SIGKILL');
    process.kill(pid, signal);
    await this.#exit(child, LIMIT_MS);
    const deadline = performance.now() + LIMIT_MS;
    while (allProcesses().some(({ pid, isZombie }) => backends.includes(pid) && !isZombie)) {
      if (performance.now() > deadline) throw new Error('processes of PostgreSQL did not end');
      await delay(POLL_MS);
    }
    this.#removeSharedMemory();
  }

  /** Starts it again with the same port and data; shuts it down cleanly before if it still runs. */
  async restart(): Promise<void> {
    await this.kill('SIGINT');
    const logged = existsSync(this.#logFile) ? this.log.length : 0;
    const output = openSync(this.#logFile, 'a');
    const child = spawn(
      join(this.#programs, 'postgres'),
      ['-D', this.dataDirectory, '-p', String(this.port)],
      { ...processOptions(this.#folder), detached: true, stdio: ['ignore', output, output] },
    );
    closeSync(output);
    let failure = '';
    child.on('error', (error) => {
      failure = error.message;
    });
    const pid = child.pid;
    if (pid !== undefined) {
      this.#process = child;
      endAtEnd(pid);
      child.once('exit', () => {
        hasEnded(pid);
        this.#process = undefined;
      });
      // A server that a test does not stop keeps no process waiting.
      child.unref();
    }
    const deadline = performance.now() + LIMIT_MS;
    while (!this.#isReady(pid)) {
      await delay(POLL_MS);
      if (this.#process === undefined)
        throw new Error(`PostgreSQL did not start: ${failure}${this.log.slice(logged)}`);
      if (performance.now() > deadline)
        throw new Error(`PostgreSQL is not ready:\n${this.log.slice(logged)}`);
    }
  }

  /** Ends it at once and removes everything. */
  async stop(): Promise<void> {
    await this.kill('SIGQUIT');
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  get #logFile(): string {
    return join(this.#folder, 'log');
  }

  #url(database: string, role: string): string {
    return `postgres://${role}:${this.#password}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  /** By its own file, like pg_ctl: the lines are pid, …, shared memory (6), status (7). */
  #pidFile(): string[] {
    const file = join(this.dataDirectory, 'postmaster.pid');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  }

  #isReady(pid: number | undefined): boolean {
    const lines = this.#pidFile();
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
  }

  /** A killed server leaves some bytes of System V shared memory, which only its next start would free. */
  #removeSharedMemory(): void {
    const id = this.#pidFile()[6]?.trim().split(/ +/)[1];
    if (id !== undefined) spawnSync('ipcrm', ['-m', id]);
  }

  async #exit(child: ChildProcess, limitMs: number): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    try {
      await once(child, 'exit', { signal: AbortSignal.timeout(limitMs) });
    } catch {
      throw new Error(`PostgreSQL did not end within ${limitMs} ms:\n${this.log}`);
    }
  }
}

/** A cluster that is never started: servers run on copies. */
interface Template {
  /** Has the cluster (`data`). */
  readonly folder: string;
  /** The folder of PostgreSQL's programs. */
  readonly programs: string;
  /** Of both roles. */
  readonly password: string;
}

let template: Promise<Template> | undefined;

/** One for all test processes of a run, or for this process. */
function preparedTemplate(): Promise<Template> {
  template ??= RUN_FOLDER === undefined ? makeTemplate(temporaryFolder()) : sharedTemplate(RUN_FOLDER);
  return template;
}

async function sharedTemplate(runFolder: string): Promise<Template> {
  const shared = join(runFolder, 'postgres');
  if (!existsSync(shared)) {
    const made = await makeTemplate(giveToUser(mkdtempSync(join(runFolder, 'postgres-'))));
    try {
      renameSync(made.folder, shared);
    } catch (error) {
      // Another process was faster.
      if (!existsSync(shared)) throw error;
      rmSync(made.folder, { recursive: true });
    }
  }
  return readTemplate(shared);
}

async function makeTemplate(folder: string): Promise<Template> {
  copyProgramsIfHidden(folder);
  const passwordFile = join(folder, 'password');
  const password = randomBytes(16).toString('hex');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveToUser(passwordFile);
  const made = readTemplate(folder);
  const data = join(folder, 'data');
  const options = ['--no-sync', '--encoding=UTF8', '--locale=C', '--auth=scram-sha-256'];
  await run(
    join(made.programs, 'initdb'),
    ['-D', data, '-U', SUPERUSER, `--pwfile=${passwordFile}`, ...options],
    folder,
  );
  // Without a server: PostgreSQL's single-user mode reads statements from its standard input.
  await run(
    join(made.programs, 'postgres'),
    ['--single', '-F', '-D', data, 'postgres'],
    folder,
    `CREATE ROLE ${ROLE} LOGIN PASSWORD '${password}'\n`,
  );
  return made;
}

function readTemplate(folder: string): Template {
  const copied = join(folder, 'programs', 'bin');
  return {
    folder,
    programs: existsSync(copied) ? copied : PROGRAMS!.folder,
    password: readFileSync(join(folder, 'password'), 'utf8'),
  };
}

/** A clone in root's home directory has its programs where no other user can reach them. */
function copyProgramsIfHidden(folder: string): void {
  const { folder: programs } = PROGRAMS!;
  const { status } = spawnSync(join(programs, 'postgres'), ['--version'], processOptions(folder));
  if (status !== 0)
    cpSync(dirname(programs), join(folder, 'programs'), { recursive: true, verbatimSymlinks: true });
}

function configure(dataDirectory: string, settings: Settings): void {
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`,
  );
  appendFileSync(join(dataDirectory, 'postgresql.conf'), lines.join(''));
}

/** For the user that runs PostgreSQL. It is removed at the end of this process. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-postgres-'));
  removeAtEnd(folder);
  return giveToUser(folder);
}

function giveToUser(path: string): string {
  if (USER !== undefined) chownSync(path, USER.uid, USER.gid);
  return path;
}

/** Nothing of the person's own settings of PostgreSQL (PGDATA, PGPORT, …). */
function processOptions(cwd: string) {
  return { cwd, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' }, ...USER };
}

/** Runs a program to its end, as the user that runs PostgreSQL. */
async function run(program: string, args: readonly string[], cwd: string, input = ''): Promise<void> {
  const child = spawn(program, args, { ...processOptions(cwd), stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  child.stdin.end(input);
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${program} failed:\n${output}`);
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

function reasonWithout(programs: Programs | undefined): string | false {
  if (process.platform === 'win32') return 'tests with PostgreSQL need Linux or macOS';
  if (IS_ROOT && USER === undefined)
    return 'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody"';
  if (programs === undefined)
    return 'there is no PostgreSQL 14 or newer here; npm test installs one, or apt-get install postgresql';
  return false;
}

function userNamed(name: string): { uid: number; gid: number } | undefined {
  const [uid, gid] = ['-u', '-g'].map((option) => {
    const { status, stdout } = spawnSync('id', [option, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  });
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** A zombie has ended, and waits for its parent to ask for its exit code. */
  readonly isZombie: boolean;
}

function childrenOf(pid: number): number[] {
  return allProcesses()
    .filter(({ parent }) => parent === pid)
    .map((child) => child.pid);
}

/** All processes of the system: from /proc, since small systems have no `ps`, or else from `ps`. */
function allProcesses(): Process[] {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,stat=,ppid='], { encoding: 'utf8' });
    return stdout.split('\n').map((line) => parseProcess(line.trim().split(/ +/)));
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        // The name, in parentheses, may have any characters.
        return parseProcess([pid, ...stat.slice(stat.lastIndexOf(')') + 2).split(' ')]);
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

function parseProcess([pid, state, parent]: string[]): Process {
  return { pid: Number(pid), parent: Number(parent), isZombie: state?.startsWith('Z') === true };
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}
