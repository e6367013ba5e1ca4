import { Access } from './access/access.js';
import { openAccessStore } from './access/open-access-store.js';
import { openAlertStore } from './alerts/open-alert-store.js';
import { systemClock } from './clock.js';
import { type Config, hasPeople, isKeyNeeded } from './config.js';
import { DiskWatch } from './disk-watch.js';
import type { HttpFront } from './http-front.js';
import type { Logger } from './log.js';
import { readGeoDatabase } from './normalize/geo.js';
import { Parts } from './parts.js';
import { readPrices } from './prices-file.js';
import { startQueryThreads } from './query/threads/pool.js';
import { urlOf } from './receiver/listen.js';
import { TlsCertificate } from './receiver/tls-certificate.js';
import { readRedactionRules } from './redaction-file.js';
import { RetentionAudit } from './retention-audit.js';
import { retentionPolicy } from './retention-settings.js';
import type { Reading, Surroundings } from './serving.js';
import { auditSettings } from './settings-audit.js';
import { DEFAULT_PROJECT, type StoreEvents } from './store/contract/store.js';
import { openStore } from './store/open-store.js';
import { StoreHealth } from './store-health.js';
import { createTelemetry, type Telemetry } from './telemetry.js';
import type { Tracing } from './tracing/tracing.js';
import { VERSION } from './version.js';
import { openViewStore } from './views/open-view-store.js';

/** A running server that accepts requests. */
export interface RunningServer {
  /** Addresses with the actual ports. */
  readonly httpUrl: string;
  readonly grpcUrl: string;
  /** Resolves with the reason when the server cannot continue. */
  readonly failed: Promise<Error>;
  /** Stops accepting requests, finishes current ones, and closes the store. */
  close(): Promise<void>;
}

/**
 * Starts all parts, beginning with the store and ending with the ports, and stops them in reverse order.
 * Rejects if a part cannot start or `signal` is aborted. Then nothing is left running.
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
    telemetry.buildInfo.set({ version: VERSION, node: process.versions.node }, 1);
    const tls = await openCertificate(config, log, telemetry);
    parts.stopLater(() => tls?.close());
    const tracing = await tracingOf(config, log, telemetry);
    parts.stopLater(() => tracing?.close());
    const rules = await readRedactionRules(config.redact, config.redactSets);
    const redaction = { rules, userIds: config.userIds, content: config.content };
    const server: Surroundings = { config, log, telemetry, tracing, facts, redaction, parts, tls };
    const tooEarly = new AbortController();
    const retentionAudit = new RetentionAudit(log);
    const health = new StoreHealth({
      log,
      telemetry,
      failed: fail,
      retained: (pass) => retentionAudit.add(pass),
      opening: () => {
        openFront()
          .then((front) => front.listen())
          .then(
            (http) =>
              log.info('probes are answered until the store is open', {
                httpUrl: urlOf(http, tls === undefined ? 'http' : 'https'),
              }),
            (error) => tooEarly.abort(error),
          );
      },
    });
    let front: Promise<HttpFront> | undefined;
    const openFront = (): Promise<HttpFront> => {
      front ??= import('./http-front.js').then(
        (module) =>
          new module.HttpFront({
            ...config,
            tls,
            version: VERSION,
            telemetry,
            ready: () => health.readiness(undefined),
          }),
      );
      return front;
    };
    // If the start fails before anything is behind it.
    parts.stopLater(async () => (await front)?.close());

    // The modules in front of the store are two thirds of this thread's code. They are loaded while the other
    // threads start.
    const [reading, { listen, startApi, startIngest }] = await Promise.all([
      startReading(
        server,
        health,
        AbortSignal.any([tooEarly.signal, ...(signal === undefined ? [] : [signal])]),
      ),
      import('./serving.js'),
    ]);
    const { store, access } = reading;
    retentionAudit.opened(access);
    const disk = store.capabilities.localFiles
      ? new DiskWatch({ directory: config.data, log, telemetry })
      : undefined;
    parts.stopLater(() => disk?.close());

    let isStopping = false;
    const ingest = await startIngest(server, store, health);
    const { api, live } = await startApi(server, reading, ingest, () =>
      isStopping ? { ready: false, reason: 'the server is stopping' } : health.readiness(disk?.state),
    );
    const { httpUrl, grpcUrl, drain } = await listen(server, await openFront(), ingest, api, access);

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

/** The certificate of both ports; undefined without TLS. */
async function openCertificate(
  { tlsCert, tlsKey }: Config,
  log: Logger,
  telemetry: Telemetry,
): Promise<TlsCertificate | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  return TlsCertificate.open({ certificate: tlsCert, key: tlsKey }, systemClock, {
    inUse: ({ subjectAltName, validTo }, isReload) => {
      const expires = Date.parse(validTo);
      telemetry.certificateExpires.set(expires / 1000);
      if (isReload) telemetry.certificateReloads.inc({ result: 'used' });
      const details = { names: subjectAltName, expires: new Date(expires).toISOString() };
      log.info(isReload ? 'new connections get the new certificate' : 'TLS is on', details);
      if (expires < Date.now()) log.warn('the certificate has expired', details);
    },
    refused: (error) => {
      telemetry.certificateReloads.inc({ result: 'refused' });
      log.error('the changed certificate cannot be used, the one before stays in use', { error });
    },
    plainRequest: () =>
      log.warn(
        'a client speaks without TLS to a port with TLS; the address that it is given must begin with https://',
      ),
  });
}

/** The settings that facts of records depend on, with the files that they name. */
export async function factsOf(config: Config): Promise<Surroundings['facts']> {
  const { userIds, clientIp, pageUrls, geoDatabase, trustedProxies, quietRoutes, indexAttributes } = config;
  const prices = config.prices === undefined ? [] : await readPrices(config.prices);
  // Once, and in shared memory: every thread that looks up places has the same bytes.
  const geoBytes = await readGeoDatabase(geoDatabase);
  return {
    userIds,
    clientIp,
    pageUrls,
    geoDatabase,
    geoBytes,
    trustedProxies,
    quietRoutes,
    indexAttributes,
    prices,
  };
}

/** Loaded only if it is wanted. */
async function tracingOf(config: Config, log: Logger, telemetry: Telemetry): Promise<Tracing | undefined> {
  const { traceTo } = config;
  if (traceTo === undefined) return undefined;
  const { startTracing } = await import('./tracing/tracing.js');
  return startTracing({ config: { ...config, traceTo }, version: VERSION, log, telemetry });
}

/** Starts the thread that writes the store, and the threads that read it; opens keys and the audit log. */
async function startReading(
  { config, log, telemetry, facts, parts }: Surroundings,
  events: StoreEvents,
  signal: AbortSignal,
): Promise<Reading> {
  const store = await openStore({
    directory: config.data,
    url: config.store,
    implicitSessions: config.implicitSessions,
    sessionsBy: config.sessionsBy,
    timeoutMs: config.timeoutMs,
    compressAfterMs: config.compressAfterMs,
    contentSearch: config.contentSearch,
    tombstonesForMs: config.tombstonesForMs,
    retention: retentionPolicy(config),
    normalizer: facts,
    events,
    signal,
  });
  parts.stopLater(() => store.close());
  signal.throwIfAborted();
  const access = new Access({
    store: await openAccessStore({ url: config.store, directory: config.data }),
    isKeyNeeded: isKeyNeeded(config),
    defaultProject: DEFAULT_PROJECT,
    clock: systemClock,
    signInLifetimeMs: config.signInLifetimeMs,
    pagePath: `${config.basePath}/`,
    proxyHeader:
      config.authHeader === undefined
        ? undefined
        : { header: config.authHeader, proxies: config.authProxies, admins: config.authAdmins },
    nowMs: Date.now,
    onFailure: (error) => log.error('uses of API keys could not be noted', { error }),
  });
  parts.stopLater(() => access.close());
  const alertStore = await openAlertStore({ url: config.store, directory: config.data });
  parts.stopLater(() => alertStore.close());
  const viewStore = await openViewStore({ url: config.store, directory: config.data });
  parts.stopLater(() => viewStore.close());
  if (!hasPeople(config)) await access.checkKeys();
  await auditSettings(access, config);
  const { activeMs, timeoutMs, queryTimeoutMs } = config;
  const { prices = [], pageUrls } = facts;
  const settings = {
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
        waiting: (thread, requests) => telemetry.queriesWaiting.set({ thread }, requests),
      },
      after: systemClock.after,
    },
  );
  parts.stopLater(() => queries.close());
  return { store, queries, access, alertStore, viewStore };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
