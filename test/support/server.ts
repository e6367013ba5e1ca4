import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isOnPostgres } from './on-postgres.js';
import type { TestDatabase } from './test-database.js';

/**
 * The built program as a child process: the server of end-to-end tests. Where SOJOURN_TEST_STORE is `postgres`,
 * it has a database of its own in the place of each data directory.
 */

const PROGRAM = fileURLToPath(new URL('../../app/sojourn.js', import.meta.url));
/** Far more than a busy machine needs, so that only a hang reaches it. */
const START_LIMIT_MS = 240_000;
const STOP_LIMIT_MS = 240_000;
const RUN_LIMIT_MS = 240_000;
const REQUEST_LIMIT_MS = 240_000;
const READY_POLL_MS = 5;
const SETTLE_LIMIT_MS = 240_000;
const SETTLE_POLL_MS = 5;

export interface ServerOptions {
  /** Data directory; by default a new one is made, and removed by `dispose`. */
  readonly data?: string;
  /** The database that is the store, whatever SOJOURN_TEST_STORE says. Other servers may have it too. */
  readonly database?: TestDatabase;
  /** Flags besides those for ports, data and log format. */
  readonly flags?: readonly string[];
  /** Variables besides those of this process. */
  readonly variables?: Variables;
  /** The main file of another build of the program, such as an installed one. */
  readonly program?: string;
  /** Where the server writes its addresses: a line of the JSON log (default), or the banner for people. */
  readonly announcement?: 'json' | 'banner';
  /**
   * What to wait for: that it is ready and sessions are up to date with the disk (default), that it answers at
   * all, or that it answers probes while its store is not open yet; its gRPC port is not open then.
   */
  readonly until?: 'ready' | 'answering' | 'opening';
}

type Variables = Readonly<Record<string, string>>;

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<ChildProcess>();
process.on('exit', killAll);
// The test runner ends a file that takes too long by this signal, which skips `exit`.
process.once('SIGTERM', () => {
  killAll();
  process.exit(143);
});

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A new directory for one test; the caller removes it. */
export function makeTemporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'sojourn-e2e-'));
}

/** Runs a command of the program to its end. */
export function runCommand(...args: readonly string[]): Promise<CommandResult> {
  return runCommandWith({}, ...args);
}

/** The same with variables besides those of this process. */
export async function runCommandWith(
  variables: Variables,
  ...args: readonly string[]
): Promise<CommandResult> {
  const program = new Program(args, variables);
  const code = await program.exit(RUN_LIMIT_MS);
  return { code, stdout: program.stdout, stderr: program.stderr };
}

/** Starts a server on free ports and waits until it is ready. Rejects with the server's output if it fails. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const data = options.data ?? makeTemporaryDirectory();
  const logFormat = options.announcement === 'banner' ? 'text' : 'json';
  const place = options.flags?.includes('--store') ? [] : ['--data', data];
  const args = ['serve', '--port', '0', '--grpc-port', '0', ...place, '--log-format', logFormat];
  const own = options.database === undefined && isOnPostgres ? await databaseOf(data) : undefined;
  const database = options.database ?? own;
  const lease = await own?.expireLease();
  const variables = {
    ...(database !== undefined && { SOJOURN_STORE: database.url }),
    ...options.variables,
  };
  const program = new Program([...args, ...(options.flags ?? [])], variables, options.program);
  const dispose = async (): Promise<void> => {
    if (options.data !== undefined) return;
    rmSync(data, { recursive: true, force: true });
    databases.delete(data);
    await own?.close();
  };
  try {
    const deadline = performance.now() + START_LIMIT_MS;
    for (;;) {
      const { until = 'ready' } = options;
      const urls = addresses(program, until === 'opening' ? 'probes are answered' : 'listening');
      if (
        urls !== undefined &&
        (await (until === 'ready' ? isReady(urls.httpUrl) : answers(urls.httpUrl, '/healthz')))
      ) {
        if (own !== undefined && until === 'ready') {
          await own.taken(lease);
          await own.folded();
        }
        return new TestServer(program, { ...urls, data, database, dispose });
      }
      if (program.ended) throw new Error('the server ended before it was ready');
      if (performance.now() > deadline)
        throw new Error(`the server was not ready within ${START_LIMIT_MS} ms`);
      await delay(READY_POLL_MS);
    }
  } catch (error) {
    await program.kill();
    await dispose();
    throw new Error(`${(error as Error).message}:\n${program.stdout}${program.stderr}`);
  }
}

/** The databases that stand for data directories. */
const databases = new Map<string, Promise<TestDatabase>>();

/** The same for the same data directory, so that a server can be started again. */
function databaseOf(data: string): Promise<TestDatabase> {
  const made =
    databases.get(data) ?? import('./test-database.js').then((module) => module.TestDatabase.create());
  databases.set(data, made);
  return made;
}

interface Place {
  readonly httpUrl: string;
  readonly grpcUrl: string;
  readonly data: string;
  readonly database: TestDatabase | undefined;
  dispose(): Promise<void>;
}

/** A server that was ready. */
export class TestServer {
  readonly httpUrl: string;
  readonly grpcUrl: string;
  /** Its data directory. */
  readonly data: string;
  readonly #program: Program;
  readonly #database: TestDatabase | undefined;
  readonly #dispose: () => Promise<void>;

  constructor(program: Program, { httpUrl, grpcUrl, data, database, dispose }: Place) {
    this.#program = program;
    this.httpUrl = httpUrl;
    this.grpcUrl = grpcUrl;
    this.data = data;
    this.#database = database;
    this.#dispose = dispose;
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** The database that is the store; undefined for a data directory. */
  get database(): TestDatabase | undefined {
    return this.#database;
  }

  get stdout(): string {
    return this.#program.stdout;
  }

  /** Everything it has written to standard error. */
  get stderr(): string {
    return this.#program.stderr;
  }

  /** Asks it to stop. Resolves to its exit code; rejects if it does not stop. */
  stop(): Promise<number | null> {
    return this.#program.stop();
  }

  /** Ends it at once (SIGKILL, sent before this returns); resolves when it is gone. */
  kill(): Promise<void> {
    return this.#program.kill();
  }

  /** Whether it is gone. */
  get hasEnded(): boolean {
    return this.#program.ended;
  }

  /** Ends it if it still runs and removes a data directory of its own. */
  async dispose(): Promise<void> {
    await this.#program.kill();
    await this.#dispose();
  }

  /**
   * Reads of the API see everything acknowledged before. With PostgreSQL they wait for that: a busy machine
   * may take longer than the server itself waits.
   */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const isRead = path.startsWith('/api/') && (init.method ?? 'GET') === 'GET';
    if (isRead) await this.#database?.folded();
    // While a test makes a large body, the server may close an idle connection: this lets that event arrive
    // before the connection is used again.
    await setImmediate();
    return fetch(`${this.httpUrl}${path}`, { signal: AbortSignal.timeout(REQUEST_LIMIT_MS), ...init });
  }

  /** The text of a 200. */
  async text(path: string): Promise<string> {
    const response = await this.fetch(path);
    const text = await response.text();
    assert.equal(response.status, 200, `${path}: ${text}`);
    return text;
  }

  /** The body of a 200. */
  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text(path)) as T;
  }

  /**
   * Resolves when all acknowledged records are in the sessions that readers see: a moment later, after large
   * batches.
   */
  async settled(): Promise<void> {
    if (this.#database !== undefined) {
      await this.#database.folded();
      return;
    }
    const deadline = performance.now() + SETTLE_LIMIT_MS;
    while (!/^sojourn_records_unfolded 0$/m.test(await this.text('/metrics'))) {
      assert.ok(performance.now() < deadline, 'sessions are behind');
      await delay(SETTLE_POLL_MS);
    }
  }

  /** Posts OTLP. A string or object is sent as JSON, bytes as protobuf; `headers` take precedence. */
  post(
    path: string,
    body: string | object | Uint8Array<ArrayBufferLike>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const isBytes = body instanceof Uint8Array;
    return this.fetch(path, {
      method: 'POST',
      headers: { 'content-type': isBytes ? 'application/x-protobuf' : 'application/json', ...headers },
      body: isBytes ? Uint8Array.from(body) : typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
}

/** A child process with its output; never outlives this process. */
class Program {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[], variables: Variables = {}, file = PROGRAM) {
    const child = spawn(process.execPath, [file, ...args], {
      env: { ...cleanEnvironment(), ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    running.add(child);
    // `close` comes after `exit`, when all output is here.
    this.#closed = once(child, 'close').finally(() => running.delete(child));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves to the exit code, null after a signal; a process that still runs after `limitMs` is killed. */
  async exit(limitMs: number): Promise<number | null> {
    const timer = new AbortController();
    const late = delay(limitMs, true, { signal: timer.signal, ref: false }).catch(() => false);
    const isLate = await Promise.race([this.#closed.then(() => false), late]);
    timer.abort();
    if (isLate) {
      await this.kill();
      throw new Error(`the program did not end within ${limitMs} ms:\n${this.stdout}${this.stderr}`);
    }
    return this.#child.exitCode;
  }

  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.exit(STOP_LIMIT_MS);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/**
 * Settings of the person who runs the tests must not affect the server; nor must it be part of a run of the
 * test runner.
 */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(SOJOURN_|OTEL_|NODE_TEST_CONTEXT$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** The address in the server's output, as soon as it is there: in the line whose message begins so, or the banner. */
function addresses(
  { stdout, stderr }: Program,
  message: string,
): Pick<Place, 'httpUrl' | 'grpcUrl'> | undefined {
  const line = stderr
    .split('\n')
    .find((each) => each.includes(`"message":"${message}`) && each.endsWith('}'));
  if (line !== undefined) return JSON.parse(line) as Pick<Place, 'httpUrl' | 'grpcUrl'>;
  const httpUrl = /^ +OTLP\/HTTP +(\S+)\n/m.exec(stdout)?.[1];
  const grpcUrl = /^ +OTLP\/gRPC +(\S+)\n/m.exec(stdout)?.[1];
  return httpUrl !== undefined && grpcUrl !== undefined ? { httpUrl, grpcUrl } : undefined;
}

/** Whether it is ready, and its answers include everything that it received. */
async function isReady(httpUrl: string): Promise<boolean> {
  return answers(httpUrl, '/readyz', (text) => !/sessions are (brought up to|being made again)/.test(text));
}

async function answers(
  httpUrl: string,
  path: string,
  isRight: (text: string) => boolean = () => true,
): Promise<boolean> {
  try {
    const response = await fetch(`${httpUrl}${path}`, { signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
    return isRight(await response.text()) && response.status === 200;
  } catch {
    return false;
  }
}
