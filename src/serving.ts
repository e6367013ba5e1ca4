import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Access } from './access/access.js';
import { httpCredentials } from './access/credentials.js';
import { OIDC_CALLBACK } from './access/sign-in/callback-path.js';
import { Oidc } from './access/sign-in/oidc.js';
import type { AlertStore } from './alerts/alert-store.js';
import { measured } from './alerts/measure.js';
import { AlertRunner } from './alerts/runner.js';
import { sendWebhook } from './alerts/send.js';
import { alertFilterParser, type ParseAlertFilters } from './api/alert-filters.js';
import type { AlertAccess } from './api/alert-routes.js';
import type { McpEndpoint } from './api/mcp-routes.js';
import type { ScoreWriter } from './api/score-routes.js';
import { type Api, createApi } from './api/server.js';
import type { ReadyState } from './api/server-routes.js';
import type { OidcSignIn } from './api/sign-in-routes.js';
import { systemClock } from './clock.js';
import type { Config } from './config.js';
import { ApiError } from './contract/errors.js';
import type { HttpFront } from './http-front.js';
import { LiveProjects } from './live/live-projects.js';
import type { Logger } from './log.js';
import type { McpOverHttp } from './mcp/http.js';
import { connectionAddressOf } from './normalize/client-ip.js';
import { createNormalizer, type NormalizerOptions } from './normalize/create.js';
import { createUserIds } from './normalize/user-id.js';
import { decodeSteps } from './otlp/decode-request.js';
import { scoreRequest } from './otlp/score-record.js';
import type { Parts } from './parts.js';
import type { QueryPool } from './query/query-service.js';
import { DecodeThreads, defaultThreads } from './receiver/decode-threads.js';
import { createDecoder } from './receiver/decoder.js';
import { startGrpc } from './receiver/grpc.js';
import { createOtlpHandler } from './receiver/http.js';
import { continueIfExpected } from './receiver/http-server.js';
import { Ingest } from './receiver/ingest.js';
import { JsonThread } from './receiver/json-thread.js';
import { urlOf } from './receiver/listen.js';
import { OTLP_METHODS, signalOfPath } from './receiver/otlp-paths.js';
import { RefusedOrigins } from './receiver/refused-origins.js';
import type { TlsCertificate } from './receiver/tls-certificate.js';
import { Turns } from './receiver/turns.js';
import { Uploads } from './receiver/uploads.js';
import { redactorOf } from './redact/create.js';
import type { RedactionPolicy } from './redact/policy.js';
import { retentionPlans } from './retention-settings.js';
import type { SessionListener, Store, Watch } from './store/contract/store.js';
import type { StoreHealth } from './store-health.js';
import { type AnsweredRequest, METRICS, type Telemetry } from './telemetry.js';
import type { Tracing } from './tracing/tracing.js';
import { VERSION } from './version.js';
import type { ViewStore } from './views/view-store.js';
import { readWebFiles } from './web-page/files.js';
import { createWebPageHandler } from './web-page/handler.js';

/** The build's folder of the web page, relative to dist/src. */
const WEB_FOLDER = fileURLToPath(new URL('../web', import.meta.url));

/** The client name of alerts, which take their turn at long reads as one client. */
const ALERTS = 'alerts';

/** The client name of the live stream. All its clients share one, because its reads are few and cheap. */
const LIVE_STREAM = 'live stream';
/**
 * Maximum time that decoding of one request keeps the receiving thread before other requests have their turn,
 * ms. Usual requests need less.
 */
const SLICE_MS = 10;

/**
 * Bytes of telemetry that are decoded or stored at once: enough for three commits, so that the store always
 * has the next one.
 */
const AT_WORK_BYTES = 24 * 1024 * 1024;

/** Dependencies of every part of the server. */
export interface Surroundings {
  readonly config: Config;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  /** This server's own traces, if they are wanted. */
  readonly tracing: Tracing | undefined;
  /** Options of the normalizer, without the installation's key. */
  readonly facts: Omit<NormalizerOptions, 'userIdKey'>;
  readonly redaction: RedactionPolicy;
  readonly parts: Parts;
  /** Of both ports; undefined without TLS. */
  readonly tls: TlsCertificate | undefined;
}

/** The store, the threads that read it, and who may. */
export interface Reading {
  readonly store: Store;
  readonly queries: QueryPool;
  readonly access: Access;
  readonly alertStore: AlertStore;
  readonly viewStore: ViewStore;
}

/** Starts everything that answers queries: the API, and the live stream. */
export async function startApi(
  server: Surroundings,
  { store, queries, access, alertStore, viewStore }: Reading,
  ingest: Ingest,
  ready: () => ReadyState,
): Promise<{ readonly api: Api; readonly live: LiveProjects }> {
  const { config, log, telemetry, parts } = server;
  const live = new LiveProjects({
    queriesOf: (project) => queries.for({ project, address: LIVE_STREAM }),
    watch: (listener) => watchSessions(store, listener),
    clock: systemClock,
    newName: () => randomBytes(8).toString('hex'),
    onFailure: (error) => log.error('a request failed', { error }),
    onStreams: (count) => telemetry.streams.set(count),
  });
  const parseFilters = alertFilterParser(config);
  const measure = alertMeasure(queries, parseFilters);
  const alerts = new AlertRunner({
    store: alertStore,
    measure,
    send: (request) => sendWebhook(request, config.webhookHosts),
    isBehind: () => ready().behind !== undefined,
    newId: () => `msg_${randomBytes(12).toString('hex')}`,
    nowMs: Date.now,
    clock: systemClock,
    onEvaluated: (result) => telemetry.alertEvaluations.inc({ result }),
    onDelivered: (result) => telemetry.alertMessages.inc({ result }),
    onFailure: (message, error) => log.warn(message, { error }),
  });
  alerts.start();
  parts.stopLater(() => alerts.close());
  const onAnswered = onAnsweredOf(server);
  const userIds = createUserIds({ mode: config.userIds, key: store.installationKey });
  const api = await createApi({
    indexAttributes: config.indexAttributes,
    queries,
    live,
    writer: store.writer,
    erasures: store.erasures,
    scores: scoreWriter(ingest),
    alerts: {
      store: alertStore,
      runner: alerts,
      measure,
      parseFilters,
      webhookHosts: config.webhookHosts,
      nowMs: Date.now,
    },
    views: { store: viewStore, nowMs: Date.now },
    retention: store.retentions && retentionPlans(config, store.retentions),
    userIdCandidates: (userId) => userIds.candidates(userId),
    access: {
      identify: (request, needed) =>
        access.guard.identify(httpCredentials(request, addressOf(request, config)), needed),
      onRefusal: (reason) => telemetry.accessRefused.inc({ transport: 'api', reason }),
      audit: (entry) => access.audit(entry),
    },
    accessStore: access.store,
    mcp: mcpOf(server),
    signIn: {
      signIns: access.signIns,
      oidc: oidcOf(config, access),
      isNeeded: access.guard.isKeyNeeded,
      onFailure: (error, requestId) => log.warn('a sign-in was not completed', { requestId, error }),
    },
    telemetry: {
      contentType: telemetry.contentType,
      httpRequestSeconds: telemetry.httpRequestSeconds,
      render: () => {
        telemetry.ready.set(ready().ready ? 1 : 0);
        return telemetry.render();
      },
    },
    version: VERSION,
    basePath: config.basePath,
    ready,
    onFailure: (error, requestId) => log.error('a request failed', { requestId, error }),
    ...(onAnswered && { onAnswered }),
  });
  parts.stopLater(() => api.close());
  parts.stopLater(() => live.close());
  return { api, live };
}

/** Reads the measure of an alert, as a client of its project would. */
function alertMeasure(queries: QueryPool, parseFilters: ParseAlertFilters): AlertAccess['measure'] {
  return (project, definition, window) => {
    const parsed = parseFilters(definition.filters);
    if ('error' in parsed) return Promise.reject(parsed.error);
    return measured(queries.for({ project, address: ALERTS }), parsed.filters, definition, window);
  };
}

/** Scores take the way of telemetry: redaction, limits, and the disk before the answer. */
function scoreWriter(ingest: Ingest): ScoreWriter {
  return {
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    write: async (project, { place, trace_id, span_id, ...score }) => {
      const { time, session, trace } = place;
      const body = scoreRequest({ ...score, time, session, traceId: trace_id ?? trace, spanId: span_id });
      const outcome = await ingest.export({ project, signal: 'logs', encoding: 'json', body });
      if (outcome.kind !== 'accepted') return { refused: outcome.message };
      return outcome.partial === undefined ? {} : { refused: outcome.partial.message };
    },
  };
}

/** What is done about each answered request; undefined if nothing is. */
function onAnsweredOf({
  config,
  log,
  tracing,
}: Surroundings): ((answered: AnsweredRequest) => void) | undefined {
  if (!config.accessLog && tracing === undefined) return undefined;
  return (answered) => {
    if (config.accessLog) {
      const { requestId, transport, method, route, status, durationMs, bytes } = answered;
      const ms = Math.round(durationMs * 1000) / 1000;
      log.info('answered', { requestId, transport, method, route, status, ms, bytes });
    }
    tracing?.answered(answered);
  };
}

/** The tools for agents. Their code is loaded by the first request. */
function mcpOf({ log, parts }: Surroundings): McpEndpoint {
  let loaded: Promise<McpOverHttp> | undefined;
  parts.stopLater(async () => (await loaded)?.close());
  return {
    answer: async (request, message, caller) => {
      loaded ??= import('./mcp/http.js').then(({ mcpOverHttp }) =>
        mcpOverHttp(VERSION, (error) => log.debug('a message of an agent was refused', { error })),
      );
      return (await loaded).answer(request, message, caller);
    },
  };
}

/** The sign-in by OpenID Connect; undefined if it is not configured. */
function oidcOf(config: Config, { store }: Access): OidcSignIn | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcRedirect: redirectUri } = config;
  if (issuer === undefined || clientId === undefined || redirectUri === undefined) return undefined;
  const oidc = new Oidc({
    issuer,
    clientId,
    clientSecret: config.oidcClientSecret,
    redirectUri,
    scope: config.oidcScope,
    admin: config.oidcAdmin,
    viewer: config.oidcViewer,
    secret: store.secret,
    nowMs: Date.now,
  });
  return { oidc, name: new URL(issuer).host, pageUrl: redirectUri.slice(0, 1 - OIDC_CALLBACK.length) };
}

/** Address of the client of a request, as far as the proxies of the settings tell it. */
function addressOf({ headers, socket }: IncomingMessage, { trustedProxies = 0 }: Config): string {
  const forwardedFor = headers['x-forwarded-for']?.toString();
  return connectionAddressOf(socket.remoteAddress, forwardedFor, trustedProxies) ?? '';
}

/** Rejects with `store.unsupported` if the store does not report changes. */
async function watchSessions({ capabilities, writer }: Store, listener: SessionListener): Promise<Watch> {
  if (!capabilities.changes)
    throw new ApiError(
      'store.unsupported',
      'This store does not report changes: request the list again instead.',
    );
  return writer.watch(listener);
}

/** Starts the path of telemetry from bytes to the store. */
export async function startIngest(
  { config, log, telemetry, facts, redaction, parts }: Surroundings,
  store: Store,
  health: Pick<StoreHealth, 'isHeld' | 'isWritable'>,
): Promise<Ingest> {
  const options: NormalizerOptions = { ...facts, userIdKey: store.installationKey };
  const normalizer = await createNormalizer(options);
  const { maxRecordsPerRequest: maxRecords, maxAttributesPerRecord, maxPendingBytes } = config;
  const limits = { maxRecords, maxAttributesPerRecord };
  const redactor = redactorOf(redaction, store.installationKey);
  const json = new JsonThread({ after: systemClock.after });
  parts.stopLater(() => json.close());
  const count = config.threads ?? defaultThreads(availableParallelism());
  const threads =
    count === 0
      ? undefined
      : new DecodeThreads({
          count,
          data: { normalizer: options, limits, redaction },
          crashed: (error) => {
            telemetry.decodeThreadCrashes.inc();
            log.error('a decoding thread died', { error });
          },
          after: systemClock.after,
        });
  parts.stopLater(() => threads?.close());
  return new Ingest({
    decode: createDecoder({
      steps: (signal, request, { browserAddress, lacksScoreScope }) =>
        decodeSteps(
          signal,
          request,
          normalizer.fork(),
          { ...limits, connectionAddress: browserAddress, lacksScoreScope },
          redactor,
        ),
      turns: new Turns({ nowMs: systemClock.nowMs, later: setImmediate, sliceMs: SLICE_MS }),
      json,
      threads,
    }),
    append: (project, batch) => store.writer.append(project, batch),
    areSessionsBehind: () => health.isHeld,
    telemetry,
    maxPendingBytes,
    maxAtWorkBytes: AT_WORK_BYTES,
    maxAttributesPerRecord,
    onFailure: (error) => log.error('a request failed', { error }),
    // While the store cannot be written, the log has said so, and every sender tries again and again.
    onNotStored: (error) => {
      if (health.isWritable)
        log.error('telemetry was not stored, and its sender told to send it again', { error });
    },
  });
}

interface Listening {
  readonly httpUrl: string;
  readonly grpcUrl: string;
  /** Resolves when no answer is in progress. Each connection gets at most one more request. */
  drain(): Promise<unknown>;
}

/** Opens the ports. Called last, when everything else is running. The HTTP port may be open already. */
export async function listen(
  server: Surroundings,
  front: HttpFront,
  ingest: Ingest,
  api: Api,
  access: Access,
): Promise<Listening> {
  const { config, log, telemetry, tracing, parts, tls } = server;
  const onFailure = (error: unknown): void => log.error('a request failed', { error });
  const onAnswered = onAnsweredOf(server);
  const observers = {
    ...(onAnswered && { onAnswered }),
    ...(tracing && { hasOwnSpans: (body: Uint8Array) => tracing.hasOwnSpans(body) }),
  };
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
    ...observers,
    onFailure,
    onRefusedOrigin: (origin) => refusedOrigins.add(origin),
    access: access.telemetry,
    addressOf: (request) => addressOf(request, config),
    browserAddressOf: (request) => (config.browserPeerAddress ? addressOf(request, config) : undefined),
  });
  const webFiles = await readWebFiles(WEB_FOLDER, config.basePath);
  if (webFiles.size === 0) log.warn('the web page was not built', { folder: WEB_FOLDER });
  const webPage = createWebPageHandler(webFiles, telemetry, (path) => api.methodsOf(path).length > 0);

  parts.stopLater(() => front.close());
  const http = await front.serve({
    handle: (request, response) => {
      if (otlp(request, response)) return;
      continueIfExpected(request, response);
      if (!webPage.handle(request, response)) api.handle(request, response);
    },
    methodsOf: (path) => {
      if (signalOfPath(path) !== undefined) return OTLP_METHODS;
      return [...webPage.methodsOf(path), ...api.methodsOf(path)];
    },
  });
  const grpc = await startGrpc({
    host: config.host,
    port: config.grpcPort,
    tls,
    ingest,
    access: access.telemetry,
    // The port of gRPC may be reached past the proxies.
    addressOf: (peer, forwardedFor) =>
      connectionAddressOf(peer, forwardedFor, config.trustedProxies ?? 0) ?? peer,
    uploads,
    telemetry,
    clock: systemClock,
    maxDecompressedBytes: config.maxDecompressedBytes,
    ...observers,
    onFailure,
  });
  parts.stopLater(() => grpc.close());
  const scheme = tls === undefined ? 'http' : 'https';
  return {
    httpUrl: urlOf(http, scheme),
    grpcUrl: urlOf(grpc, scheme),
    drain: () => Promise.all([grpc.drain(), front.drain()]),
  };
}
