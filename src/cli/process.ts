import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces, userInfo } from 'node:os';
import type { Config } from '../config.js';
import type { DemoOptions } from '../demo/options.js';
import { createLogger } from '../log.js';
import { VERSION } from '../version.js';
import { type AccessCommand, runAccess } from './access-commands.js';
import { type BackupContext, backup, restore } from './backup.js';
import { type CheckContext, check, repair } from './check.js';
import { copy } from './copy.js';
import type { CopyOptions } from './copy-options.js';
import type { ImportOptions } from './import-options.js';
import { typedCommand } from './invocation.js';
import { migrate } from './migrate.js';
import { isTight, openFilesLimit, tooFewFiles } from './open-files.js';
import type { ReadCommand } from './read/read.js';
import type { RedactOptions } from './redact-options.js';
import type { KeepSettings, RetentionOptions } from './retention-options.js';
import { type Connection, run } from './run.js';
import { type StopSignal, serve } from './serve.js';
import { stopWithParent } from './stop-with-parent.js';

const typed = typedCommand({ env: process.env, script: process.argv[1] ?? '', cwd: process.cwd() });
const print = (text: string): void => void process.stdout.write(text);
const printError = (text: string): void => void process.stderr.write(text);

/** Runs this process's command line and ends the process with its exit code. */
export async function runProcess(): Promise<void> {
  // A reader that stops early (`sojourn help | head`) closes the pipe; that is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  // `npx sojourn`; scripts of a clone do this themselves.
  if (process.env.npm_command === 'exec') stopWithParent();
  process.exitCode = await run(process.argv.slice(2), {
    version: VERSION,
    typed,
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    print,
    printError,
    serve: serveHere,
    demo: demoHere,
    copy: copyHere,
    backup: async (options) => backup(options, await backupContext()),
    restore: async (options) => restore(options, await backupContext()),
    check: async (config, isFull) => check(config, isFull, await checkContext(config)),
    repair: async (config) => repair(config, await checkContext(config)),
    migrate: migrateHere,
    access: accessHere,
    redact: redactHere,
    retention: retentionHere,
    read: readHere,
    import: importHere,
    mcp: mcpHere,
  });
}

async function serveHere(config: Config): Promise<number> {
  const log = createLogger({
    level: config.logLevel,
    format: config.logFormat,
    now: Date.now,
    write: printError,
  });
  const limit = openFilesLimit();
  if (isTight(limit)) log.warn(tooFewFiles(limit));
  const code = await serve(config, {
    // Loaded only now, so that help and errors are shown at once.
    start: async (...settings) => (await import('../main.js')).start(...settings),
    log,
    version: VERSION,
    typed,
    networkAddress: networkAddress(),
    print,
    printError,
    onSignal: onStopSignal,
    dieBy,
  });
  // Everything is closed. A handle that some library left open must not keep a stopped server alive.
  process.exit(code);
}

/** The first address of this machine that others can reach: IPv4, if there is one. */
function networkAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const others = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  return (others.find(({ family }) => family === 'IPv4') ?? others[0])?.address;
}

async function demoHere(options: DemoOptions): Promise<number> {
  const { demo } = await import('../demo/demo.js');
  return untilStopped((stop) =>
    demo(options, {
      now: Date.now,
      signal: stop,
      startCommand: typed('serve'),
      keyCommand: typed('keys', 'create --name demo --scope ingest --project default'),
      print,
      progress: printError,
    }),
  );
}

async function copyHere(options: CopyOptions): Promise<number> {
  const { copyStores } = await import('../store/open-copy.js');
  const isTerminal = process.stderr.isTTY === true;
  return copy(options, { copyStores, isTerminal, nowMs: () => performance.now(), print, printError });
}

async function backupContext(): Promise<BackupContext> {
  const { backUp, restore: restoreInto } = await import('../store/open-backup.js');
  const isTerminal = process.stderr.isTTY === true;
  return {
    ...{ backUp, restore: restoreInto, version: VERSION, typed, isTerminal, print, printError },
    now: () => new Date(),
    nowMs: () => performance.now(),
  };
}

async function checkContext(config: Config): Promise<CheckContext> {
  const store = await import('../store/open-backup.js');
  const { implicitSessions, sessionsBy, timeoutMs } = config;
  return {
    ...{ check: store.check, checkDatabase: store.checkDatabase, repair: store.repair },
    ...{ typed, print, printError },
    isTerminal: process.stderr.isTTY === true,
    nowMs: () => performance.now(),
    settings: async () => {
      const { factsOf } = await import('../main.js');
      return { implicitSessions, sessionsBy, timeoutMs, normalizer: await factsOf(config) };
    },
  };
}

async function migrateHere(url: string): Promise<number> {
  const { migrateStore } = await import('../store/open-store.js');
  return migrate(url, { migrate: migrateStore, print, printError });
}

async function accessHere(
  command: AccessCommand,
  { data, store }: Pick<Config, 'data' | 'store'>,
): Promise<number> {
  // Only a key may be made before the first start.
  if (store === undefined && command.kind !== 'create' && !existsSync(data)) {
    printError(`sojourn: there is no data directory ${data}; --data names another\n`);
    return 1;
  }
  const { openAccessStore } = await import('../access/open-access-store.js');
  return runAccess(command, {
    open: () => openAccessStore({ url: store, directory: data }),
    actor: `cli:${userInfo().username}`,
    ...outputStyle(),
    nowMs: Date.now,
    print,
    printError,
  });
}

/** How wide standard output is, and whether it shows colours. */
function outputStyle(): { readonly isColored: boolean; readonly width: number | undefined } {
  const isTerminal = process.stdout.isTTY === true;
  return {
    isColored: isTerminal && process.stdout.hasColors(),
    width: isTerminal ? process.stdout.columns : undefined,
  };
}

async function redactHere(options: RedactOptions): Promise<number> {
  const [{ redact }, { readRedactionRules }] = await Promise.all([
    import('./redact.js'),
    import('../redaction-file.js'),
  ]);
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  return redact(options, { readFile, readRules: readRedactionRules, print, printError });
}

async function retentionHere(
  keep: KeepSettings,
  options: RetentionOptions,
  { data: directory, store: url }: Pick<Config, 'data' | 'store'>,
): Promise<number> {
  const [{ retention }, { planRetention }, { openAccessStore }] = await Promise.all([
    import('./retention.js'),
    import('../store/open-retention.js'),
    import('../access/open-access-store.js'),
  ]);
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  return retention(keep, options, {
    plan: (policy, timeoutMs) => planRetention({ directory, url }, { policy, nowNs, timeoutMs }),
    open: () => openAccessStore({ url, directory }),
    ...outputStyle(),
    print,
    printError,
  });
}

async function readHere(command: ReadCommand, { server, key, project }: Connection): Promise<number> {
  const [{ SojournClient }, { read }] = await Promise.all([
    import('../../client/src/index.js'),
    import('./read/read.js'),
  ]);
  return untilStopped((stop) =>
    read(command, {
      client: new SojournClient({
        baseUrl: server,
        key,
        project,
        // An export is long, and a server that starts again answers soon.
        retry: { attempts: command.kind === 'export' ? 8 : 2 },
        signal: stop,
      }),
      signal: stop,
      ...outputStyle(),
      project,
      isTerminal: process.stderr.isTTY === true,
      stdout: process.stdout,
      nowMs: Date.now,
      typed,
      print,
      printError,
    }),
  );
}

async function importHere(options: ImportOptions, { server, key, project }: Connection): Promise<number> {
  const [{ importFiles }, { delay }] = await Promise.all([
    import('./import.js'),
    import('../../client/src/retry.js'),
  ]);
  return untilStopped((stop) =>
    importFiles(options, {
      ...{ server: server.replace(/\/+$/, ''), key, project, stdin: process.stdin, fetch, delay, printError },
      isTerminal: process.stderr.isTTY === true,
      signal: stop,
      nowMs: () => performance.now(),
    }),
  );
}

async function mcpHere({ server, key, project }: Connection): Promise<number> {
  const [{ SojournClient }, { mcpServer }, { serveStdio }] = await Promise.all([
    import('../../client/src/index.js'),
    import('../mcp/server.js'),
    import('@modelcontextprotocol/server/stdio'),
  ]);
  const client = new SojournClient({ baseUrl: server, key, project, retry: { attempts: 2 } });
  const ended = once(process.stdin, 'close');
  const handle = serveStdio(() => mcpServer(client, VERSION), {
    onerror: ({ message }) => printError(`sojourn: ${message}\n`),
  });
  const removeHandler = onStopSignal(() => process.stdin.destroy());
  await ended;
  removeHandler();
  await handle.close();
  return 0;
}

/**
 * Ends the process by the signal itself. `process.exit` would first end the threads of the store, which
 * aborts the process if SQLite's native code is running there.
 */
function dieBy(signal: StopSignal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Runs work whose signal is aborted when the process is asked to stop. A second request ends the process at once. */
async function untilStopped(work: (stop: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const removeHandler = onStopSignal((signal) => {
    if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    stop.abort();
  });
  try {
    return await work(stop.signal);
  } finally {
    removeHandler();
  }
}

function onStopSignal(handler: (signal: StopSignal) => void): () => void {
  process.on('SIGINT', handler).on('SIGTERM', handler);
  return () => void process.off('SIGINT', handler).off('SIGTERM', handler);
}
