import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, Nginx, withoutNginx } from './nginx.js';

/** The proxies of docs/behind-a-proxy.md, with the configurations of that page. */

const START_LIMIT_MS = 30_000;
const POLL_MS = 20;
const DOCUMENT = new URL('../../../docs/behind-a-proxy.md', import.meta.url);
const CADDY = ['/usr/bin/caddy', '/usr/local/bin/caddy', '/opt/homebrew/bin/caddy'].find(existsSync);

/** The certificate of the proxies, which clients have to trust. */
export const CERTIFICATE = readFileSync(certificateFile('first.crt'));

/** The proxies of the page; `missing` says why there is none here, or is false: what `skip` of a test takes. */
export const PROXIES: readonly {
  readonly name: 'nginx' | 'caddyfile';
  readonly missing: string | false;
}[] = [
  { name: 'nginx', missing: withoutNginx },
  {
    name: 'caddyfile',
    missing: CADDY === undefined && 'Caddy is not installed (Debian: apt-get install caddy)',
  },
];

export interface RunningProxy {
  readonly httpUrl: string;
  /** Undefined if the configuration has none. */
  readonly grpcUrl: string | undefined;
  close(): Promise<void>;
}

interface Upstream {
  readonly httpUrl: string;
  readonly grpcUrl: string;
}

/**
 * Starts a proxy with the configuration of the page that contains `has`, in front of a server. Only addresses,
 * names, ports and certificates are changed, and the texts of `changes`.
 */
export async function startProxy(
  name: 'nginx' | 'caddyfile',
  has: string,
  { httpUrl, grpcUrl }: Upstream,
  changes: readonly (readonly [from: string, to: string])[] = [],
): Promise<RunningProxy> {
  const recipe = recipes(name).find((each) => each.includes(has));
  if (recipe === undefined) throw new Error(`docs/behind-a-proxy.md has no ${name} with ${has}`);
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const changed = [
    ...changes,
    ['127.0.0.1:4318', new URL(httpUrl).host],
    ['127.0.0.1:4317', new URL(grpcUrl).host],
    ['listen 443', `listen 127.0.0.1:${httpPort}`],
    ['listen 4317', `listen 127.0.0.1:${grpcPort}`],
    ['/etc/ssl/sojourn.crt', certificateFile('first.crt')],
    ['/etc/ssl/sojourn.key', certificateFile('first.key')],
    [/^\w+\.example:4317 \{/gm, caddySite(grpcPort)],
    [/^\w+\.example \{/gm, caddySite(httpPort)],
  ] as const;
  const text = changed.reduce((before, [from, to]) => before.replaceAll(from, () => to), recipe);
  const close = name === 'nginx' ? await startNginx(text, httpPort) : await startCaddy(text, httpPort);
  return {
    httpUrl: `https://localhost:${httpPort}`,
    grpcUrl: recipe.includes('4317') ? `https://localhost:${grpcPort}` : undefined,
    close,
  };
}

/** The first lines of a site with a certificate of ours: Caddy would ask a public authority for one. */
function caddySite(port: number): string {
  const files = `${certificateFile('first.crt')} ${certificateFile('first.key')}`;
  return `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${files}`;
}

/** The blocks of the page in this language. */
function recipes(name: string): string[] {
  const blocks = readFileSync(DOCUMENT, 'utf8').matchAll(new RegExp(`^\`\`\`${name}\n(.*?)^\`\`\``, 'gms'));
  return [...blocks].map(([, text = '']) => text);
}

async function startNginx(servers: string, port: number): Promise<() => Promise<void>> {
  const nginx = new Nginx((directory) => {
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((path) => `${path}_temp_path ${directory}/${path};`)
      .join('\n');
    return `pid ${directory}/nginx.pid;\nevents {}\nhttp {\naccess_log off;\n${paths}\n${servers}\n}\n`;
  });
  try {
    const { ok, output } = nginx.check();
    if (!ok) throw new Error(output);
    await nginx.start(() => answers(port));
  } catch (error) {
    await nginx.dispose();
    throw error;
  }
  return () => nginx.dispose();
}

async function startCaddy(sites: string, port: number): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'sojourn-caddy-'));
  const file = join(directory, 'Caddyfile');
  writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${sites}`);
  const child = spawn(CADDY!, ['run', '--config', file, '--adapter', 'caddyfile'], {
    env: { ...process.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const killed = endWithThisProcess(child);
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await killed;
    rmSync(directory, { recursive: true, force: true });
  };
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await answers(port))) {
    if (child.exitCode === null && performance.now() < deadline) {
      await delay(POLL_MS);
      continue;
    }
    await close();
    throw new Error(`Caddy does not answer:\n${output}`);
  }
  return close;
}

/** Resolves when it has ended. */
function endWithThisProcess(child: ChildProcess): Promise<unknown> {
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return once(child, 'close').finally(() => process.off('exit', kill));
}

async function answers(port: number): Promise<boolean> {
  const sent = request({ host: 'localhost', port, ca: CERTIFICATE, agent: false, timeout: START_LIMIT_MS });
  sent.end();
  try {
    const [response] = await once(sent, 'response');
    response.resume();
    return true;
  } catch {
    return false;
  }
}

function certificateFile(name: string): string {
  return fileURLToPath(new URL(`../../../test/support/certificates/${name}`, import.meta.url));
}
