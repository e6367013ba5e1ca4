import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { NO_BROWSER } from './chromium.js';

/**
 * A shop on the web whose pages carry a RUM SDK, with an instrumented backend: the site that a visitor's
 * browser opens.
 */

const FOLDER = fileURLToPath(new URL('../../../rum', import.meta.url));
const CLOSE_LIMIT_MS = 10_000;

/** Why there can be no visits with RUM SDKs here, or false. */
export const NO_RUM: string | false =
  NO_BROWSER ||
  (!existsSync(join(FOLDER, 'node_modules', '.package-lock.json')) &&
    'the RUM SDKs are not installed; npm ci in the folder rum brings them');

/** The pages of `rum/pages`, each with one SDK set up as in its quick start. */
export type RumSdk = 'opentelemetry' | 'faro' | 'honeycomb' | 'splunk' | 'hyperdx' | 'logfire' | 'dash0';

/**
 * Serves the shop's page on every path, and `/api/` from the backend, on one loopback origin. The origin is
 * known before telemetry can be sent: call `open` once there is a server for it.
 */
export class Shop {
  readonly origin: string;
  readonly #site: Server;
  readonly #script: string;
  #otlp: string | undefined;
  #backend: ChildProcess | undefined;
  #backendPort = 0;

  private constructor(site: Server, script: string) {
    this.#site = site;
    this.#script = script;
    this.origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    site.on('request', (asked: IncomingMessage, answer: ServerResponse) => this.#serve(asked, answer));
  }

  static async create(sdk: RumSdk): Promise<Shop> {
    const script = await bundle(sdk);
    const site = createServer().listen(0, '127.0.0.1');
    await once(site, 'listening');
    return new Shop(site, script);
  }

  /** From now on its page and its backend send to this OTLP/HTTP address. */
  async open(otlp: string): Promise<void> {
    this.#otlp = otlp;
    const backend = spawn(process.execPath, [join(FOLDER, 'backend.cjs'), otlp], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#backend = backend;
    const [port] = (await once(backend.stdout, 'data')) as [Buffer];
    this.#backendPort = Number(String(port));
  }

  async close(): Promise<void> {
    this.#site.closeAllConnections();
    this.#site.close();
    const backend = this.#backend;
    if (backend === undefined || backend.exitCode !== null) return;
    backend.kill('SIGTERM');
    await once(backend, 'exit', { signal: AbortSignal.timeout(CLOSE_LIMIT_MS) });
  }

  #serve(asked: IncomingMessage, answer: ServerResponse): void {
    const { pathname } = new URL(asked.url ?? '/', this.origin);
    if (pathname.startsWith('/api/')) this.#pass(asked, answer);
    else if (pathname === '/sdk.js') send(answer, 'text/javascript', this.#script);
    else if (pathname === '/shop.js') send(answer, 'text/javascript', read('shop.js'));
    else if (pathname === '/favicon.ico') answer.writeHead(204).end();
    else send(answer, 'text/html', read('index.html').replace('"OTLP"', JSON.stringify(this.#otlp)));
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { url, method, headers } = asked;
    const passed = request({ host: '127.0.0.1', port: this.#backendPort, path: url, method, headers });
    passed.on('response', (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  }
}

function send(answer: ServerResponse, type: string, body: string): void {
  answer.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
}

function read(page: string): string {
  return readFileSync(join(FOLDER, 'pages', page), 'utf8');
}

/** The SDK and its set-up as one script. */
async function bundle(sdk: RumSdk): Promise<string> {
  const built = await build({
    root: FOLDER,
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(FOLDER, 'pages', `${sdk}.js`), output: { codeSplitting: false } },
    },
  });
  if (!('output' in built)) throw new Error('a bundle is made once');
  return built.output[0].code;
}
