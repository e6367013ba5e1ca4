import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { AnswersUnderWay } from './answers.js';
import { pathOf } from './api/problem.js';
import { createApi } from './api/server.js';
import { systemClock } from './clock.js';
import type { Config } from './config.js';
import { LiveSessions } from './live/live-sessions.js';
import type { Logger } from './log.js';
import { createNormalizer } from './normalize/create.js';
import { type OwnPrice, PriceFileError, parsePrices } from './normalize/own-prices.js';
import { decodeRequest } from './otlp/decode-request.js';
import { startQueryThreads } from './query/thread-pool.js';
import { startGrpc } from './receiver/grpc.js';
import { isLoopbackName, refuseHost, requestAllowed } from './receiver/host-check.js';
import { createOtlpHandler } from './receiver/http.js';
import { continueIfExpected, createHttpServer } from './receiver/http-server.js';
import { Ingest } from './receiver/ingest.js';
import { listenOn } from './receiver/listen.js';
import { OTLP_METHODS, signalOfPath } from './receiver/otlp-paths.js';
import { Uploads } from './receiver/uploads.js';
import { SqliteWriter } from './store/sqlite/writer.js';
import { DEFAULT_PROJECT } from './store/store.js';
import { createTelemetry } from './telemetry.js';
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
/** Page cache of the writing and of each reading connection, bytes. */
const WRITER_CACHE_BYTES = 32 * 1024 * 1024;
const READER_CACHE_BYTES = 12 * 1024 * 1024;
/** Records of the groups last touched that are kept in memory, twice over at most; about 700 bytes each. */
const HOT_RECORDS = 15_000;

/**
 * Starts everything, in the order of the way of the data from its end, and stops it in reverse. Rejects where a part cannot
 * start; nothing is left running then.
 */
export async function start(config: Config, log: Logger): Promise<RunningServer> {
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
      geoDatabase: config.geoDatabase,
      prices,
    };

    let foldFailed = false;
    const writer = await SqliteWriter.open({
      directory: config.data,
      cacheBytes: WRITER_CACHE_BYTES,
      hotRecords: HOT_RECORDS,
      implicitSessions: config.implicitSessions,
      timeoutMs: config.timeoutMs,
      normalizer: normalizerOptions,
      events: {
        progress: (message) => log.info(message),
        unfolded: (records) => telemetry.recordsUnfolded.set(records),
        trouble: (message) => log.error('the store failed and tries again', { reason: message }),
        foldFailed: (reason) => {
          foldFailed = true;
          log.error('sessions stay as they are until the next start; telemetry is accepted and kept', {
            reason,
          });
        },
        failed: fail,
      },
    });
    stops.push(() => writer.close());

    const queryThreads = {
      readerModule: new URL('./store/sqlite/reader-module.js', import.meta.url).href,
      readerOptions: {
        directory: config.data,
        cacheBytes: READER_CACHE_BYTES,
        timeoutNs: BigInt(config.timeoutMs) * 1_000_000n,
        prices,
      },
      settings: {
        project: DEFAULT_PROJECT,
        activeMs: config.activeMs,
        timeoutMs: config.timeoutMs,
        prices,
        userIds: { mode: config.userIds, key: writer.installationKey },
      },
    };
    const queries = await startQueryThreads(queryThreads, (error) => {
      telemetry.queryThreadCrashes.inc();
      log.error('a query thread died', { error });
    });
    stops.push(() => queries.close());

    const normalizer = await createNormalizer({ ...normalizerOptions, userIdKey: writer.installationKey });
    const limits = {
      maxRecords: config.maxRecordsPerRequest,
      maxAttributesPerRecord: config.maxAttributesPerRecord,
    };
    const ingest = new Ingest({
      decode: (signal, encoding, body, { browserAddress }) =>
        decodeRequest(signal, encoding, body, normalizer, {
          ...limits,
          connectionAddress: config.browserPeerAddress ? browserAddress : undefined,
        }),
      append: (batch) => writer.append(DEFAULT_PROJECT, batch),
      telemetry,
      maxPendingBytes: config.maxPendingBytes,
      maxAttributesPerRecord: config.maxAttributesPerRecord,
      onFailure,
    });

    const live = new LiveSessions({
      project: DEFAULT_PROJECT,
      queries,
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
      ready: () => {
        if (!ready) return { ready: false, reason: 'the server is stopping' };
        return foldFailed ? { ready, reason: FOLD_FAILED } : { ready };
      },
      onFailure: (error, requestId) => log.error('a request failed', { requestId, error }),
    });
    stops.push(() => api.close());
    stops.push(async () => live.close());

    const webFiles = await readWebFiles(WEB_FOLDER);
    if (webFiles.size === 0) log.warn('the web page was not built', { folder: WEB_FOLDER });
    const webPage = createWebPageHandler(webFiles, telemetry);

    const uploads = new Uploads(config, systemClock, (bytes) => telemetry.incomingBytes.set(bytes));
    const otlp = createOtlpHandler({ ...config, ingest, uploads, telemetry, onFailure });
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

async function readPrices(file: string): Promise<OwnPrice[]> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    throw new PriceFileError(`--prices: cannot read ${file}: ${(error as Error).message}`);
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
