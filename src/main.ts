import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { AnswersUnderWay } from './answers.js';
import { pathOf } from './api/problem.js';
import { createApi } from './api/server.js';
import type { ReadyState } from './api/server-routes.js';
import { systemClock } from './clock.js';
import type { Config } from './config.js';
import { type DiskReading, diskState, diskWarning, readDisk, withReading } from './disk-watch.js';
import { LiveSessions } from './live/live-sessions.js';
import type { Logger } from './log.js';
import { connectionAddressOf } from './normalize/client-ip.js';
import { createNormalizer } from './normalize/create.js';
import { type OwnPrice, PriceFileError, parsePrices } from './normalize/own-prices.js';
import { decodeSteps } from './otlp/decode-request.js';
import { startQueryThreads } from './query/threads/pool.js';
import { createDecoder } from './receiver/decoder.js';
import { startGrpc } from './receiver/grpc.js';
import { isLoopbackName, refuseHost, requestAllowed } from './receiver/host-check.js';
import { createOtlpHandler } from './receiver/http.js';
import { continueIfExpected, createHttpServer } from './receiver/http-server.js';
import { Ingest } from './receiver/ingest.js';
import { JsonThread } from './receiver/json-thread.js';
import { listenOn } from './receiver/listen.js';
import { OTLP_METHODS, signalOfPath } from './receiver/otlp-paths.js';
import { RefusedOrigins } from './receiver/refused-origins.js';
import { Turns } from './receiver/turns.js';
import { Uploads } from './receiver/uploads.js';
import { DEFAULT_PROJECT } from './store/contract/store.js';
import { SqliteWriter } from './store/sqlite/writer.js';
import { createTelemetry, METRICS, type Telemetry } from './telemetry.js';
import { VERSION } from './version.js';
import { readWebFiles } from './web-page/files.js';
import { createWebPageHandler } from './web-page/handler.js';

/** Where the build puts the web page, seen from dist/src. */
const WEB_FOLDER = fileURLToPath(new URL('../web', import.meta.url));

/** A server that takes requests. */
export interface RunningServer {
  /** Addresses with the ports in use. */
  readonly httpUrl: string;
  readonly grpcUrl: string;
  /** Resolves, with the reason, when the server cannot go on. */
  readonly failed: Promise<Error>;
  /** Stops taking requests, finishes those under way, and releases the data. */
  close(): Promise<void>;
}

/**
 * How long a connection without a request is kept, ms. Exporters send every 5 s (OpenTelemetry's batch processors) to 60 s (metrics): one that is
 * closed at the moment they write to it costs them a batch, for not all of them try again. Load balancers keep theirs for 60 s.
 */
const KEEP_ALIVE_MS = 75_000;
/** Said by `/readyz` and on the page: telemetry goes on to be taken, and the answers are not what they should be. */
const FOLD_FAILED =
  'sessions stay as they are until the next start: what was received could not be made into sessions. It is kept, and the log says why';
/** Said by answers that may lack what was acknowledged. */
const BEHIND = 'not all that is on disk is in sessions';
/** Who asks for the live stream: all its clients together, whose reads are few and cheap. */
const LIVE_STREAM = 'live stream';
/** How long the decoding of one request may hold the receiving thread before others have their turn, ms: ordinary requests take less. */
const SLICE_MS = 10;
/** Page cache of the writing and of each reading connection, bytes. */
const WRITER_CACHE_BYTES = 32 * 1024 * 1024;
const READER_CACHE_BYTES = 12 * 1024 * 1024;
/** Records of the groups last touched that are kept in memory, twice over at most; about 700 bytes each. */
const HOT_RECORDS = 15_000;

/**
 * Starts everything, in the order of the way of the data from its end, and stops it in reverse. Rejects where a part cannot
 * start, or `signal` says that it need not; nothing is left running then.
 */
export async function start(config: Config, log: Logger, signal?: AbortSignal): Promise<RunningServer> {
  const stops: (() => Promise<unknown>)[] = [];
  const stopAll = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const stop of stops.reverse().splice(0)) await stop().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });
  const onFailure = (error: unknown): void => log.error('a request failed', { error });

  try {
    const telemetry = createTelemetry();
    const prices = config.prices === undefined ? [] : await readPrices(config.prices);
    const normalizerOptions = {
      userIds: config.userIds,
      clientIp: config.clientIp,
      pageUrls: config.pageUrls,
      geoDatabase: config.geoDatabase,
      trustedProxies: config.trustedProxies,
      quietRoutes: config.quietRoutes,
      prices,
    };

    const state: StoreState = { foldFailed: false, unfolded: 0, trouble: undefined, disk: [] };
    telemetry.storeWritable.set(1);
    const writer = await SqliteWriter.open({
      directory: config.data,
      cacheBytes: WRITER_CACHE_BYTES,
      hotRecords: HOT_RECORDS,
      implicitSessions: config.implicitSessions,
      sessionsBy: config.sessionsBy,
      timeoutMs: config.timeoutMs,
      normalizer: normalizerOptions,
      events: {
        progress: (message) => log.info(message),
        unfolded: (records) => {
          state.unfolded = records;
          telemetry.recordsUnfolded.set(records);
        },
        trouble: (message) => log.debug('the store failed and tries again', { reason: message }),
        writable: (reason) => {
          state.trouble = reason;
          telemetry.storeWritable.set(reason === undefined ? 1 : 0);
          if (reason === undefined) log.info('the store can be written again');
          else log.error('the store cannot be written; it is tried again every second', { reason });
        },
        foldFailed: (reason) => {
          state.foldFailed = true;
          log.error('sessions stay as they are until the next start; telemetry is accepted and kept', {
            reason,
          });
        },
        failed: fail,
      },
      signal,
    });
    stops.push(() => writer.close());
    signal?.throwIfAborted();
    stops.push(watchDisk(config.data, state, telemetry, log));

    const queryThreads = {
      readerModule: new URL('./store/sqlite/reader-module.js', import.meta.url).href,
      readerOptions: {
        directory: config.data,
        cacheBytes: READER_CACHE_BYTES,
        timeoutNs: BigInt(config.timeoutMs) * 1_000_000n,
        sessionsByUser: config.sessionsBy === 'user',
        prices,
        pageUrls: config.pageUrls,
      },
      settings: {
        project: DEFAULT_PROJECT,
        activeMs: config.activeMs,
        timeoutMs: config.timeoutMs,
        prices,
        userIds: { mode: config.userIds, key: writer.installationKey },
        pageUrls: config.pageUrls,
        queryTimeoutMs: config.queryTimeoutMs,
      },
    };
    const queries = await startQueryThreads(queryThreads, {
      events: {
        crashed: (error) => {
          telemetry.queryThreadCrashes.inc();
          log.error('a query thread died', { error });
        },
        dropped: (reason) => telemetry.queriesDropped.inc({ reason }),
      },
      after: systemClock.after,
    });
    stops.push(() => queries.close());

    const normalizer = await createNormalizer({ ...normalizerOptions, userIdKey: writer.installationKey });
    const limits = {
      maxRecords: config.maxRecordsPerRequest,
      maxAttributesPerRecord: config.maxAttributesPerRecord,
    };
    const json = new JsonThread({ after: systemClock.after });
    stops.push(() => json.close());
    const ingest = new Ingest({
      decode: createDecoder({
        steps: (signal, request, { browserAddress }) =>
          decodeSteps(signal, request, normalizer.fork(), {
            ...limits,
            connectionAddress: config.browserPeerAddress ? browserAddress : undefined,
          }),
        turns: new Turns({ nowMs: systemClock.nowMs, later: setImmediate, sliceMs: SLICE_MS }),
        json,
      }),
      append: (batch) => writer.append(DEFAULT_PROJECT, batch),
      telemetry,
      maxPendingBytes: config.maxPendingBytes,
      maxAttributesPerRecord: config.maxAttributesPerRecord,
      onFailure,
    });

    const live = new LiveSessions({
      project: DEFAULT_PROJECT,
      queries: queries.for({ address: LIVE_STREAM }),
      watch: (listener) => writer.watch(listener),
      clock: systemClock,
      newName: () => randomBytes(8).toString('hex'),
      onFailure,
    });

    let ready = true;
    const api = await createApi({
      queries,
      live,
      writer,
      project: DEFAULT_PROJECT,
      telemetry,
      version: VERSION,
      ready: () => (ready ? readiness(state) : { ready: false, reason: 'the server is stopping' }),
      onFailure: (error, requestId) => log.error('a request failed', { requestId, error }),
    });
    stops.push(() => api.close());
    stops.push(async () => live.close());

    const webFiles = await readWebFiles(WEB_FOLDER);
    if (webFiles.size === 0) log.warn('the web page was not built', { folder: WEB_FOLDER });
    const webPage = createWebPageHandler(webFiles, telemetry);

    const uploads = new Uploads(config, systemClock, (bytes) => telemetry.incomingBytes.set(bytes));
    const refusedOrigins = new RefusedOrigins({
      allowed: config.corsOrigins,
      clock: systemClock,
      onOrigin: (origin, setting) =>
        log.warn('web pages of this origin may not send telemetry; this setting allows them', {
          origin,
          setting,
        }),
      onTooMany: () =>
        log.warn('more origins were refused than are logged in a day; this metric counts their requests', {
          metric: METRICS.refusedOriginRequests.name,
        }),
    });
    const otlp = createOtlpHandler({
      ...config,
      ingest,
      uploads,
      telemetry,
      onFailure,
      onRefusedOrigin: (origin) => refusedOrigins.add(origin),
      browserAddressOf: ({ headers, socket }) => {
        const forwardedFor = headers['x-forwarded-for'];
        return connectionAddressOf(
          socket.remoteAddress,
          forwardedFor?.toString(),
          config.trustedProxies ?? 0,
        );
      },
    });
    const checkHost = isLoopbackName(config.host);
    const answers = new AnswersUnderWay();
    const createHttp = (): Server => {
      const server = createHttpServer({
        handle: (request, response) => {
          answers.add(response);
          if (checkHost && !requestAllowed(request, config.allowedHosts)) {
            refuseHost(pathOf(request.url), response);
          } else if (!otlp(request, response)) {
            continueIfExpected(request, response);
            if (!webPage.handle(request, response)) api.handle(request, response);
          }
        },
        methodsOf: (path) => {
          if (signalOfPath(path) !== undefined) return OTLP_METHODS;
          return [...webPage.methodsOf(path), ...api.methodsOf(path)];
        },
      });
      server.keepAliveTimeout = KEEP_ALIVE_MS;
      return server;
    };
    const http = await listenOn(config.host, config.port, createHttp);
    stops.push(() => Promise.all(http.servers.map(closeHttp)));

    const grpc = await startGrpc({
      host: config.host,
      port: config.grpcPort,
      ingest,
      uploads,
      telemetry,
      clock: systemClock,
      maxDecompressedBytes: config.maxDecompressedBytes,
      onFailure,
    });
    stops.push(() => grpc.close());

    return {
      httpUrl: `http://${hostOf(http.address)}:${http.port}`,
      grpcUrl: `http://${hostOf(grpc.address)}:${grpc.port}`,
      failed,
      close: async () => {
        ready = false;
        live.close();
        const answered = Promise.all([ingest.drain(), grpc.drain(), answers.drain()]);
        await Promise.race([answered, delay(config.shutdownMs)]);
        await stopAll();
      },
    };
  } catch (error) {
    await stopAll().catch(() => {});
    throw error;
  }
}

/** What is known of the store and its disk. */
interface StoreState {
  /** Sessions stay as they are until another start. */
  foldFailed: boolean;
  /** Records on disk that are not in sessions. */
  unfolded: number;
  /** Why the disk takes nothing; undefined while it does. */
  trouble: string | undefined;
  /** Oldest first. */
  disk: readonly DiskReading[];
}

function readiness({ foldFailed, unfolded, trouble, disk }: StoreState): ReadyState {
  const measured = diskState(disk);
  const warning = measured && diskWarning(measured);
  const store = measured && {
    size_bytes: measured.storeBytes,
    free_bytes: measured.freeBytes,
    ...(measured.secondsUntilFull !== undefined && { seconds_until_full: measured.secondsUntilFull }),
  };
  const isBehind = unfolded > 0 && (foldFailed || trouble !== undefined);
  const reason =
    trouble === undefined ? (foldFailed ? FOLD_FAILED : warning) : `nothing can be written: ${trouble}`;
  return {
    ready: trouble === undefined,
    ...(reason !== undefined && { reason }),
    ...(isBehind && { behind: BEHIND }),
    ...(store !== undefined && { store }),
  };
}

/** How often the disk is looked at, ms. */
const DISK_EVERY_MS = 10_000;

/** Measures the disk from time to time; returns how to end that. */
function watchDisk(
  directory: string,
  state: StoreState,
  telemetry: Telemetry,
  log: Logger,
): () => Promise<void> {
  let warned = false;
  const look = async (): Promise<void> => {
    state.disk = withReading(state.disk, await readDisk(directory, performance.now()));
    const { storeBytes, freeBytes, secondsUntilFull } = diskState(state.disk)!;
    telemetry.storeBytes.set(storeBytes);
    telemetry.diskFreeBytes.set(freeBytes);
    telemetry.diskFullSeconds.set(secondsUntilFull ?? Number.POSITIVE_INFINITY);
    const warning = diskWarning({ storeBytes, freeBytes, secondsUntilFull });
    if (warning !== undefined && !warned) log.warn(warning, { data: directory });
    warned = warning !== undefined;
  };
  const lookQuietly = (): void => {
    look().catch((error: unknown) => log.debug('the disk cannot be measured', { error }));
  };
  lookQuietly();
  const timer = setInterval(lookQuietly, DISK_EVERY_MS).unref();
  return async () => clearInterval(timer);
}

async function readPrices(file: string): Promise<OwnPrice[]> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'there is no such file' : (error as Error).message;
    throw new PriceFileError(`--prices: cannot read ${file}: ${reason}`);
  }
  return parsePrices(content, `--prices: ${file}`);
}

/** Answers under way have had their time; what is left are idle and stuck connections. */
function closeHttp(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function hostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
