import { resolve } from 'node:path';
import { type Config, isKeyNeeded } from '../config.js';
import type { Logger } from '../log.js';
import type { RunningServer } from '../main.js';
import { withoutPassword } from '../setting-kinds.js';
import { banner } from './banner.js';
import type { TypedCommand } from './invocation.js';
import { startupProblem } from './startup-problem.js';

/** The environment of `serve`. */
export interface ServeContext {
  /** Rejects if the server cannot run, or if the signal aborts the start; nothing is left running then. */
  start(config: Config, log: Logger, signal: AbortSignal): Promise<RunningServer>;
  readonly log: Logger;
  readonly version: string;
  /** How to type commands here. */
  readonly typed: TypedCommand;
  /** As `Announced.networkAddress`. */
  readonly networkAddress: string | undefined;
  print(text: string): void;
  printError(text: string): void;
  /** Registers a handler of stop signals; returns a function that removes it. */
  onSignal(handler: (signal: StopSignal) => void): () => void;
  /** Ends the process at once, as the signal does to a process without a handler. */
  dieBy(signal: StopSignal): void;
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

/**
 * Runs the server until the first stop signal, then drains it. Resolves to the exit code: 0 after a clean
 * stop, even of an unfinished start; 1 if it could not start or stop. A second signal ends the process at
 * once, because everything acknowledged is on disk.
 */
export async function serve(config: Config, context: ServeContext): Promise<number> {
  const { log } = context;
  let removeHandler = (): void => {};
  const starting = new AbortController();
  const stopRequested = new Promise<StopSignal>((resolveStop) => {
    let stopping = false;
    removeHandler = context.onSignal((signal) => {
      if (stopping) context.dieBy(signal);
      stopping = true;
      starting.abort();
      resolveStop(signal);
    });
  });

  try {
    let server: RunningServer;
    try {
      server = await context.start(config, log, starting.signal);
    } catch (error) {
      if (starting.signal.aborted) {
        log.info('stopped before it was running');
        return 0;
      }
      log.debug('start failed', { error });
      context.printError(`sojourn: ${startupProblem(error, config, context.typed)}\n`);
      return 1;
    }
    if (!starting.signal.aborted) announce(config, server, context);

    const end = await Promise.race([stopRequested, server.failed]);
    if (end instanceof Error) {
      // Everything acknowledged is on disk; a new start continues from there.
      log.error('the store has failed', { error: end });
      context.printError(`sojourn: the store has failed: ${end.message}\n`);
      await server.close().catch(() => {});
      return 1;
    }
    log.info('stopping', { signal: end, waitsMs: config.shutdownMs });
    try {
      await server.close();
    } catch (error) {
      log.error('could not stop cleanly', { error });
      return 1;
    }
    log.info('stopped');
    return 0;
  } finally {
    removeHandler();
  }
}

/** Shows where the server is: to people with a banner, to machines with a line of the log. */
function announce(config: Config, server: RunningServer, context: ServeContext): void {
  const { httpUrl, grpcUrl } = server;
  const { version, typed } = context;
  const data = dataOf(config);
  if (config.logFormat === 'json') {
    context.log.info('listening', { version, httpUrl, grpcUrl, data });
    return;
  }
  const { basePath } = config;
  const { networkAddress } = context;
  context.print(
    banner({
      version,
      httpUrl,
      grpcUrl,
      basePath,
      data,
      isKeyNeeded: isKeyNeeded(config),
      networkAddress,
      typed,
    }),
  );
}

/** The location of the data, without a password. */
function dataOf({ store, data }: Config): string {
  return store === undefined ? resolve(data) : withoutPassword(store);
}
