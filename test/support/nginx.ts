import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** nginx with a configuration of ours, as a child process. */

const START_LIMIT_MS = 30_000;
const POLL_MS = 10;
const PLACES = [
  '/usr/sbin/nginx',
  '/usr/local/sbin/nginx',
  '/usr/local/bin/nginx',
  '/opt/homebrew/bin/nginx',
];

const NGINX = PLACES.find((path) => existsSync(path));

/** Why there is no nginx here, or false: what `skip` of a test takes. */
export const withoutNginx: string | false =
  NGINX === undefined && 'nginx is not installed (Debian: apt-get install nginx-light)';

const COMPOSE_FILE = new URL('../../../deploy/compose/nginx.conf', import.meta.url);

/** Workers of a server that root starts are another user, who may not enter a temporary directory of root. */
const DIRECTIVES = process.getuid?.() === 0 ? 'daemon off; user root;' : 'daemon off;';

const running = new Set<ChildProcess>();
// The first process ends the others on SIGTERM; on SIGKILL it would leave them behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** A free port of 127.0.0.1, unless another process takes it before it is used. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return address.port;
}

/** Host and port of a process, for HTTP and for gRPC. */
export interface Upstream {
  readonly http: string;
  readonly grpc: string;
}

export class Nginx {
  readonly #directory: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;

  /** `configure` makes the configuration for a directory that nginx may write to. */
  constructor(configure: (directory: string) => string) {
    this.#directory = mkdtempSync(join(tmpdir(), 'sojourn-nginx-'));
    const file = join(this.#directory, 'nginx.conf');
    writeFileSync(file, configure(this.#directory));
    this.#args = ['-p', this.#directory, '-c', file, '-e', 'stderr'];
  }

  /** What `nginx -t` says of the configuration. */
  check(): { readonly ok: boolean; readonly output: string } {
    const { status, stderr } = spawnSync(NGINX!, [...this.#args, '-g', DIRECTIVES, '-t'], {
      encoding: 'utf8',
    });
    return { ok: status === 0, output: stderr };
  }

  /** Starts it and waits until it answers. */
  async start(answers: () => Promise<boolean>): Promise<void> {
    const child = spawn(NGINX!, [...this.#args, '-g', DIRECTIVES], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    running.add(child);
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('close', () => running.delete(child));
    const deadline = performance.now() + START_LIMIT_MS;
    while (!(await answers())) {
      if (child.exitCode !== null) throw new Error(`nginx ended:\n${output}`);
      if (performance.now() > deadline) throw new Error(`nginx does not answer:\n${output}`);
      await delay(POLL_MS);
    }
  }

  async dispose(): Promise<void> {
    if (this.#child !== undefined && running.has(this.#child)) {
      const closed = once(this.#child, 'close');
      this.#child.kill('SIGTERM');
      await closed;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** nginx with deploy/compose/nginx.conf, and its addresses. */
export interface ComposeNginx {
  readonly nginx: Nginx;
  readonly httpUrl: string;
  readonly grpcUrl: string;
}

/**
 * Starts nginx with deploy/compose/nginx.conf in front of two processes. Addresses and paths are changed, and what
 * `changes` names. Rejects if `nginx -t` finds a mistake.
 */
export async function startComposeNginx(
  [first, second]: readonly [Upstream, Upstream],
  changes: readonly (readonly [from: string, to: string])[] = [],
): Promise<ComposeNginx> {
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const nginx = new Nginx((directory) => {
    const all = [
      ['/tmp/', `${directory}/`],
      ['listen 4318', `listen 127.0.0.1:${httpPort}`],
      ['listen 4317', `listen 127.0.0.1:${grpcPort}`],
      ['sojourn-1:4318', first.http],
      ['sojourn-1:4317', first.grpc],
      ['sojourn-2:4318', second.http],
      ['sojourn-2:4317', second.grpc],
      ...changes,
    ] as const;
    return all.reduce((text, [from, to]) => replaced(text, from, to), readFileSync(COMPOSE_FILE, 'utf8'));
  });
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  try {
    const { ok, output } = nginx.check();
    if (!ok) throw new Error(output);
    await nginx.start(() => fetch(`${httpUrl}/healthz`).then(read, () => false));
  } catch (error) {
    await nginx.dispose();
    throw error;
  }
  return { nginx, httpUrl, grpcUrl: `http://127.0.0.1:${grpcPort}` };
}

/** Replaces each occurrence. Throws if there is none, because then a test would test something else. */
function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`nginx.conf has no "${from}"`);
  return text.replaceAll(from, to);
}

async function read(response: Response): Promise<boolean> {
  await response.arrayBuffer();
  return true;
}
