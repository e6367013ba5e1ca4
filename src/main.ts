import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { AnswersUnderWay } from './answers.js';
import { pathOf } from './api/problem.js';
import { type Api, createApi } from './api/server.js';
import type { ReadyState } from './api/server-routes.js';
import { systemClock } from './clock.js';
import type { Config } from './config.js';
import { ApiError } from './contract/errors.js';
import { DiskWatch } from './disk-watch.js';
import { LiveSessions } from './live/live-sessions.js';
import type { Logger } from './log.js';
import { connectionAddressOf } from './normalize/client-ip.js';
import { createNormalizer, type NormalizerOptions } from './normalize/create.js';
import { readGeoDatabase } from './normalize/geo.js';
import { decodeSteps } from './otlp/decode-request.js';
import { readPrices } from './prices-file.js';
import { startQueryThreads } from './query/threads/pool.js';
import { DecodeThreads, defaultThreads } from './receiver/decode-threads.js';
import { createDecoder } from './receiver/decoder.js';
import { startGrpc } from './receiver/grpc.js';
import { isLoopbackName, refuseHost, requestAllowed } from './receiver/host-check.js';
import { createOtlpHandler } from './receiver/http.js';
import { closeHttpServer, continueIfExpected, createHttpServer } from './receiver/http-server.js';
import { Ingest } from './receiver/ingest.js';
import { JsonThread } from './receiver/json-thread.js';
import { listenOn, urlOf } from './receiver/listen.js';
import { OTLP_METHODS, signalOfPath } from './receiver/otlp-paths.js';
import { RefusedOrigins } from './receiver/refused-origins.js';
import { Turns } from './receiver/turns.js';
import { Uploads } from './receiver/uploads.js';
import { DEFAULT_PROJECT, type SessionListener, type Store, type Watch } from './store/contract/store.js';
import { openStore } from './store/open-store.js';
import { StoreHealth } from './store-health.js';
import { createTelemetry, METRICS, type Telemetry } from './telemetry.js';
import { VERSION } from './version.js';
import { readWebFiles } from './web-page/files.js';
import { createWebPageHandler, type WebPageHandler } from './web-page/handler.js';

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

/** Who asks for the live stream: all its clients together, whose reads are few and cheap. */
const LIVE_STREAM = 'live stream';
/** How long the decoding of one request may hold the receiving thread before others have their turn, ms: ordinary requests take less. */
const SLICE_MS = 10;

/** What every part of the server is made with. */
interface Surroundings {
  readonly config: Config;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** How records become facts; without the key of the installation. */
  readonly facts: Omit<NormalizerOptions, 'userIdKey'>;
  readonly parts: Parts;
}

/**
 * Starts everything, in the order of the way of the data from its end, and stops it in reverse. Rejects where a part cannot
 * start, or `signal` says that it need not; nothing is left running then.
 */
export async function start(config: Config, log: Logger, signal?: AbortSignal): Promise<RunningServer> {
  const parts = new Parts();
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });
  try {
    const telemetry = createTelemetry();
    const facts = await factsOf(config);
    const server: Surroundings = { config, log, telemetry, facts, parts };

    const health = new StoreHealth({ log, telemetry, failed: fail });
    const store = await openStore({
      directory: config.data,
      implicitSessions: config.implicitSessions,
      sessionsBy: config.sessionsBy,
      timeoutMs: config.timeoutMs,
      normalizer: facts,
      events: health,
      signal,
    });
    parts.stopLater(() => store.close());
    signal?.throwIfAborted();
    const disk = store.capabilities.localFiles
      ? new DiskWatch({ directory: config.data, log, telemetry })
      : undefined;
    parts.stopLater(() => disk?.close());

    let isStopping = false;
    const { api, live } = await startReading(server, store, () =>
      isStopping ? { ready: false, reason: 'the server is stopping' } : health.readiness(disk?.state),
    );
    const ingest = await startIngest(server, store);
    const { httpUrl, grpcUrl, drain } = await listen(server, ingest, api);

    return {
      httpUrl,
      grpcUrl,
      failed,
      close: async () => {
        isStopping = true;
        live.close();
        await Promise.race([Promise.all([ingest.drain(), drain()]), delay(config.shutdownMs)]);
        await parts.stop();
      },
    };
  } catch (error) {
    await parts.stop().catch(() => {});
    throw error;
  }
}

/** The parts of the server that have to be stopped. */
class Parts {
  readonly #stops: (() => unknown)[] = [];

  stopLater(stop: () => unknown): void {
    this.#stops.push(stop);
  }

  /** Stops all, the latest first, each when the one before it has stopped. Rejects, when all have, with the first failure. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

async function factsOf(config: Config): Promise<Surroundings['facts']> {
  const { userIds, clientIp, pageUrls, geoDatabase, trustedProxies, quietRoutes } = config;
  const prices = config.prices === undefined ? [] : await readPrices(config.prices);
  return { userIds, clientIp, pageUrls, geoDatabase, trustedProxies, quietRoutes, prices };
}

/** The reading side: query threads, the live stream, and the API in front of both. */
async function startReading(
  { config, log, telemetry, facts, parts }: Surroundings,
  store: Store,
  ready: () => ReadyState,
): Promise<{ readonly api: Api; readonly live: LiveSessions }> {
  const { activeMs, timeoutMs, queryTimeoutMs } = config;
  const { prices = [], pageUrls } = facts;
  const settings = {
    project: DEFAULT_PROJECT,
    activeMs,
    timeoutMs,
    prices,
    userIds: { mode: config.userIds, key: store.installationKey },
    ...(pageUrls !== undefined && { pageUrls }),
    capabilities: store.capabilities,
    queryTimeoutMs,
  };
  const queries = await startQueryThreads(
    { readers: store.readers, settings },
    {
      events: {
        crashed: (error) => {
          telemetry.queryThreadCrashes.inc();
          log.error('a query thread died', { error });
        },
        dropped: (reason) => telemetry.queriesDropped.inc({ reason }),
      },
      after: systemClock.after,
    },
  );
  parts.stopLater(() => queries.close());

  const live = new LiveSessions({
    project: DEFAULT_PROJECT,
    queries: queries.for({ address: LIVE_STREAM }),
    watch: (listener) => watchSessions(store, listener),
    clock: systemClock,
    newName: () => randomBytes(8).toString('hex'),
    onFailure: (error) => log.error('a request failed', { error }),
  });
  const api = await createApi({
    queries,
    live,
    writer: store.writer,
    project: DEFAULT_PROJECT,
    telemetry,
    version: VERSION,
    ready,
    onFailure: (error, requestId) => log.error('a request failed', { requestId, error }),
  });
  parts.stopLater(() => api.close());
  parts.stopLater(() => live.close());
  return { api, live };
}

/** Rejects with `store.unsupported` where the store does not tell of changes. */
async function watchSessions({ capabilities, writer }: Store, listener: SessionListener): Promise<Watch> {
  if (!capabilities.changes)
    throw new ApiError(
      'store.unsupported',
      'This store does not tell of changes: ask for the list again instead.',
    );
  return writer.watch(listener);
}

/** The way of telemetry from its bytes to the store. */
async function startIngest(
  { config, log, telemetry, facts, parts }: Surroundings,
  store: Store,
): Promise<Ingest> {
  const options: NormalizerOptions = {
    ...facts,
    userIdKey: store.installationKey,
    geoBytes: await readGeoDatabase(facts.geoDatabase),
  };
  const normalizer = await createNormalizer(options);
  const { maxRecordsPerRequest: maxRecords, maxAttributesPerRecord, maxPendingBytes } = config;
  const limits = { maxRecords, maxAttributesPerRecord };
  const json = new JsonThread({ after: systemClock.after });
  parts.stopLater(() => json.close());
  const count = config.threads ?? defaultThreads(availableParallelism());
  const threads =
    count === 0
      ? undefined
      : new DecodeThreads({
          count,
          data: { normalizer: options, limits },
          crashed: (error) => {
            telemetry.decodeThreadCrashes.inc();
            log.error('a decoding thread died', { error });
          },
          after: systemClock.after,
        });
  parts.stopLater(() => threads?.close());
  return new Ingest({
    decode: createDecoder({
      steps: (signal, request, { browserAddress }) =>
        decodeSteps(signal, request, normalizer.fork(), { ...limits, connectionAddress: browserAddress }),
      turns: new Turns({ nowMs: systemClock.nowMs, later: setImmediate, sliceMs: SLICE_MS }),
      json,
      threads,
    }),
    append: (batch) => store.writer.append(DEFAULT_PROJECT, batch),
    telemetry,
    maxPendingBytes,
    maxAttributesPerRecord,
    onFailure: (error) => log.error('a request failed', { error }),
  });
}

interface Listening {
  readonly httpUrl: string;
  readonly grpcUrl: string;
  /** Resolves when no answer is under way; connections get no further request. */
  drain(): Promise<unknown>;
}

/** Opens the ports: last of all, when everything behind them runs. */
async function listen(
  { config, log, telemetry, parts }: Surroundings,
  ingest: Ingest,
  api: Api,
): Promise<Listening> {
  const onFailure = (error: unknown): void => log.error('a request failed', { error });
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
      if (!config.browserPeerAddress) return undefined;
      const forwardedFor = headers['x-forwarded-for']?.toString();
      return connectionAddressOf(socket.remoteAddress, forwardedFor, config.trustedProxies ?? 0);
    },
  });
  const webFiles = await readWebFiles(WEB_FOLDER);
  if (webFiles.size === 0) log.warn('the web page was not built', { folder: WEB_FOLDER });
  const webPage = createWebPageHandler(webFiles, telemetry);

  const answers = new AnswersUnderWay();
  const createHttp = (): Server => httpServer(config, answers, { otlp, webPage, api });
  const http = await listenOn(config.host, config.port, createHttp);
  parts.stopLater(() => Promise.all(http.servers.map(closeHttpServer)));
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
  parts.stopLater(() => grpc.close());
  return {
    httpUrl: urlOf(http),
    grpcUrl: urlOf(grpc),
    drain: () => Promise.all([grpc.drain(), answers.drain()]),
  };
}

/** One port for all that speaks HTTP: a request is answered by the first that knows its path. */
function httpServer(
  config: Config,
  answers: AnswersUnderWay,
  { otlp, webPage, api }: { otlp: ReturnType<typeof createOtlpHandler>; webPage: WebPageHandler; api: Api },
): Server {
  const checkHost = isLoopbackName(config.host);
  return createHttpServer({
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
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
