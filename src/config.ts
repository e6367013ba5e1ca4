import { OIDC_CALLBACK } from './access/sign-in/callback-path.js';
import { COUNTRY_SOURCE } from './country-source.js';
import { LOG_LEVELS } from './log.js';
import { DEFAULTS_WORD } from './normalize/quiet-routes.js';
import { SET_NAMES, type SetName } from './redact/policy.js';
import {
  type Ages,
  ages,
  basePath,
  choice,
  choiceOfOnOff,
  duration,
  headerPairs,
  hostNames,
  isLoopback,
  list,
  listenHost,
  networks,
  onOff,
  optionalClaim,
  optionalHeader,
  optionalHttpUrl,
  optionalSecret,
  optionalSize,
  optionalText,
  optionalUrl,
  optionalWhole,
  origins,
  postgresUrl,
  routePatterns,
  size,
  text,
  userNames,
  whole,
  wordList,
} from './setting-kinds.js';
import {
  readSettings,
  type SettingSources,
  type SettingsResult,
  type SettingTable,
  settingsOf,
  shown,
  variableName,
} from './settings.js';

/** Validated settings of a running server. `cli/` reads them from flags, environment and file. */
export interface Config {
  /** Address or name to listen on; `localhost` is both loopback addresses. */
  host: string;
  /** OTLP/HTTP and REST API; 0 picks a free port. */
  port: number;
  /** OTLP/gRPC; 0 picks a free port. */
  grpcPort: number;
  /** Files in PEM form for TLS on both ports; both, or neither for no TLS. */
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  /** Path in front of all paths of the HTTP port, such as `/sojourn`; empty for none. */
  basePath: string;
  /** How long a sign-in of the page lasts, ms. */
  signInLifetimeMs: number;
  /** Header in which a trusted proxy names its user, in lower case; undefined if there is no such proxy. */
  authHeader: string | undefined;
  /** Addresses and networks of the proxies whose header is believed. */
  authProxies: string[];
  /** Users named by the header who are admins. */
  authAdmins: string[];
  /** Issuer of OpenID Connect; undefined without such a sign-in. */
  oidcIssuer: string | undefined;
  oidcClientId: string | undefined;
  /** Undefined for a public client. */
  oidcClientSecret: string | undefined;
  /** Address to which the provider sends browsers back. */
  oidcRedirect: string | undefined;
  /** Scopes asked for, separated by spaces. */
  oidcScope: string;
  /** Whom a claim makes an admin; undefined for nobody. */
  oidcAdmin: { readonly claim: string; readonly value: string } | undefined;
  /** Who else may sign in; undefined for everyone whom the issuer knows. */
  oidcViewer: { readonly claim: string; readonly value: string } | undefined;
  /** Directory of the embedded store. */
  data: string;
  /** URL of the PostgreSQL database that is the store; undefined for the embedded store in `data`. */
  store: string | undefined;
  /** How long ago telemetry must have been written to be compressed further, ms. */
  compressAfterMs: number;
  /** Whether texts are indexed, so that sessions are found by them. */
  contentSearch: boolean;
  /** How long telemetry of what was erased is kept out, ms. */
  tombstonesForMs: number;
  /** How long sessions are kept after their last activity; without a time for ever. */
  keepSessions: Ages;
  /** How long content of messages is kept after the last activity of its session, ms. */
  keepContent: Ages;
  /** Size of the data beyond which the oldest sessions go, bytes; undefined for any size. */
  keepBytes: number | undefined;
  /** Requests need no API key, on whatever address. */
  insecure: boolean;
  /** Requests need an API key on loopback addresses too. */
  requireKeys: boolean;
  /** Names accepted in the Host header besides loopback ones. */
  allowedHosts: string[];
  /** Hosts that messages of alerts may go to whatever their addresses are, and without TLS. In lower case. */
  webhookHosts: string[];
  /** Origins whose pages may send telemetry: `loopback`, `*`, or exact origins. Never applies to the REST API. */
  corsOrigins: string[];
  /** Maximum size of a request body as sent, bytes. */
  maxRequestBytes: number;
  /** Maximum size of a request body after decompression, bytes. */
  maxDecompressedBytes: number;
  /** Bytes of telemetry that may wait for the disk before senders are asked to slow down. */
  maxPendingBytes: number;
  /** Total bytes of incomplete bodies that may be held. */
  maxIncomingBytes: number;
  /** How long a body may go without a byte before its request is refused, ms. */
  bodyIdleMs: number;
  /** Average rate that a body beyond 64 KiB must reach over each `bodyIdleMs`, bytes/s; 0 for no limit. */
  minBodyRate: number;
  /** Maximum number of records in one request. */
  maxRecordsPerRequest: number;
  /** Maximum number of attributes of one record; a record with more is rejected. */
  maxAttributesPerRecord: number;
  /** A session is active until this time since its last activity, ms. */
  activeMs: number;
  /** A session is timed out after this time since its last activity, ms. */
  timeoutMs: number;
  /** Whether traces without any session id are listed as sessions of their own. */
  implicitSessions: boolean;
  /**
   * How traces without any session id are grouped: each is a session of its own (`id`), or a user's traces
   * are one until the user pauses.
   */
  sessionsBy: 'id' | 'user';
  /** Patterns of requests whose traces are not listed: methods, paths, both, or `default` for the usual ones. */
  quietRoutes: string[];
  indexAttributes: string[];
  userIds: 'auto' | 'keep' | 'pseudonymize';
  /** File with the operator's own rules of redaction; undefined if there is none. */
  redact: string | undefined;
  /** Built-in sets of what is redacted. */
  redactSets: SetName[];
  /** Whether messages, prompts, arguments and results of model calls are stored. */
  content: boolean;
  clientIp: 'keep' | 'truncate' | 'drop';
  /** Which part of page addresses is kept in sessions. */
  pageUrls: 'path' | 'full';
  /** City-level MMDB file; undefined uses the country database of the package. */
  geoDatabase: string | undefined;
  /** File with the operator's own prices of models; undefined if there is none. */
  prices: string | undefined;
  /** Use the address of the connection as the client's, for browser senders. */
  browserPeerAddress: boolean;
  /**
   * Number of threads that decode telemetry; 0 uses the receiving thread, undefined depends on the machine's
   * cores.
   */
  threads: number | undefined;
  /** Maximum time of one read of the API, ms; waiting in a queue does not count. */
  queryTimeoutMs: number;
  /** Proxies between users and services, and between browsers and this server; undefined if unknown. */
  trustedProxies: number | undefined;
  /** How long a stop waits for running requests, ms. */
  shutdownMs: number;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  logFormat: 'text' | 'json';
  /** Whether each answered request is logged. */
  accessLog: boolean;
  /** Address of the OTLP/HTTP receiver of this server's own spans; undefined for none. */
  traceTo: string | undefined;
  /** Headers of the requests to it. */
  traceHeaders: Record<string, string>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** Headings of the settings, in their order in `--help` and the documentation. */
const LISTENING = 'Listening';
const SIGNING_IN = 'Signing in';
const STORAGE = 'Storage';
const SESSIONS = 'Sessions';
const PRIVACY = 'People and places';
const LIMITS = 'Limits';
const LOGGING = 'Logging and stopping';

/** Every setting, once. Parsing, validation, `--help` and docs/configuration.md are generated from this table. */
export const CONFIG_SETTINGS: SettingTable<Config> = {
  host: {
    flag: 'host',
    group: LISTENING,
    kind: listenHost,
    default: 'localhost',
    help: 'Address to listen on; localhost means 127.0.0.1 and ::1. On anything but a loopback address requests need an API key (sojourn keys create).',
  },
  port: {
    flag: 'port',
    group: LISTENING,
    kind: whole('PORT', 0, 65_535),
    default: 4318,
    help: 'Port of the web page, OTLP/HTTP and the REST API. 0 picks a free one.',
  },
  grpcPort: {
    flag: 'grpc-port',
    group: LISTENING,
    kind: whole('PORT', 0, 65_535),
    default: 4317,
    help: 'Port of OTLP/gRPC. 0 picks a free one.',
  },
  tlsCert: {
    flag: 'tls-cert',
    group: LISTENING,
    kind: optionalText('FILE', 'the path of a file in PEM form'),
    default: undefined,
    help: "File with the server's certificate in PEM form, followed by those of its issuers. With it both ports speak TLS only. The files are read again when they change; connections stay open.",
  },
  tlsKey: {
    flag: 'tls-key',
    group: LISTENING,
    kind: optionalText('FILE', 'the path of a file in PEM form'),
    default: undefined,
    help: 'File with the private key of the certificate in PEM form, without a password.',
  },
  basePath: {
    flag: 'base-path',
    group: LISTENING,
    kind: basePath,
    default: '',
    help: 'Path in front of all paths of the HTTP port, such as /sojourn, where a proxy serves Sojourn below a path of its own. Requests without it are answered as well: the proxy may pass it on or remove it. docs/behind-a-proxy.md shows both.',
  },
  insecure: {
    flag: 'insecure',
    group: LISTENING,
    kind: onOff,
    default: false,
    help: 'Ask for no API keys on other than loopback addresses: anyone who reaches the ports can send and read everything.',
  },
  requireKeys: {
    flag: 'require-keys',
    group: LISTENING,
    kind: onOff,
    default: false,
    help: 'Ask for API keys on loopback addresses too: for a server behind a proxy on the same machine, to which all requests seem to come from there.',
  },
  allowedHosts: {
    flag: 'allowed-hosts',
    group: LISTENING,
    kind: hostNames,
    default: [],
    help: 'Host names of this server besides loopback ones (accepted in the Host header). Without any, a server on other than loopback addresses accepts every name.',
  },
  webhookHosts: {
    flag: 'webhook-hosts',
    group: LISTENING,
    kind: hostNames,
    default: [],
    help: 'Hosts that messages of alerts may go to though their addresses are private, or without TLS. All others are reached by https at public addresses only. docs/alerts.md says why.',
  },
  corsOrigins: {
    flag: 'cors-origins',
    group: LISTENING,
    kind: origins,
    default: ['loopback'],
    help: 'Web pages that may send telemetry: loopback for pages of this machine, * for all, or their origins; https://*.shop.example stands for all hosts below shop.example. The REST API never answers other origins.',
  },
  signInLifetimeMs: {
    flag: 'sign-in-lifetime',
    group: SIGNING_IN,
    kind: duration(MINUTE, 365 * DAY),
    default: DAY,
    help: 'How long a sign-in of the web page lasts. A sign-in by an API key also ends with the key.',
  },
  authHeader: {
    flag: 'auth-header',
    group: SIGNING_IN,
    kind: optionalHeader,
    default: undefined,
    help: 'Header in which a proxy that signs people in names its user. Believed only of the addresses of --auth-proxy; the proxy must remove it from what its clients send. With it all other requests need an API key or a sign-in, also on loopback addresses.',
  },
  authProxies: {
    flag: 'auth-proxy',
    group: SIGNING_IN,
    kind: networks,
    default: [],
    help: 'Addresses of the proxies whose --auth-header is believed, as Sojourn sees them: those of the connection, never forwarded ones.',
  },
  authAdmins: {
    flag: 'auth-admins',
    group: SIGNING_IN,
    kind: userNames,
    default: [],
    help: 'Users named by --auth-header who are admins. All others are viewers: they read, give scores, and change nothing else.',
  },
  oidcIssuer: {
    flag: 'oidc-issuer',
    group: SIGNING_IN,
    kind: optionalUrl(''),
    default: undefined,
    help: 'Issuer of OpenID Connect, where people sign in to the web page. With it all requests need an API key or a sign-in, also on loopback addresses. docs/signing-in.md shows some providers.',
  },
  oidcClientId: {
    flag: 'oidc-client-id',
    group: SIGNING_IN,
    kind: optionalText('ID', 'the id of a client'),
    default: undefined,
    help: 'Id that the provider has given to Sojourn.',
  },
  oidcClientSecret: {
    flag: 'oidc-client-secret',
    group: SIGNING_IN,
    kind: optionalSecret,
    default: undefined,
    help: 'Secret that belongs to the id; none for a public client. Other programs of this machine can see what is given on the command line: use SOJOURN_OIDC_CLIENT_SECRET or the configuration file.',
  },
  oidcRedirect: {
    flag: 'oidc-redirect',
    group: SIGNING_IN,
    kind: optionalUrl(OIDC_CALLBACK),
    default: undefined,
    help: `Address to which the provider sends browsers back, as registered there: that of the web page, with --base-path, and ${OIDC_CALLBACK}.`,
  },
  oidcScope: {
    flag: 'oidc-scope',
    group: SIGNING_IN,
    kind: text('SCOPES', 'scopes, separated by spaces'),
    default: 'openid profile email',
    help: 'Scopes that are asked for. Some providers tell groups only for a scope of their own.',
  },
  oidcAdmin: {
    flag: 'oidc-admin',
    group: SIGNING_IN,
    kind: optionalClaim,
    default: undefined,
    help: 'Who is an admin: a claim of the user and the value that it has, or has among others. Without it nobody who signs in there is.',
  },
  oidcViewer: {
    flag: 'oidc-viewer',
    group: SIGNING_IN,
    kind: optionalClaim,
    default: undefined,
    help: 'Who else may sign in, in the same form. Without it everyone whom the issuer knows may, and reads everything: set it where the issuer is open to the public.',
  },
  data: {
    flag: 'data',
    group: STORAGE,
    kind: text('DIR', 'the path of a directory'),
    default: './sojourn-data',
    help: 'Directory of the data: telemetry in log/, and databases. Created if it is missing.',
  },
  store: {
    flag: 'store',
    group: STORAGE,
    kind: postgresUrl,
    default: undefined,
    help: 'PostgreSQL database that keeps the data, in place of --data. Any number of servers may share one. Other programs of this machine can see what is given on the command line: give a password by SOJOURN_STORE, the configuration file, PGPASSWORD or ~/.pgpass. docs/postgres.md says more.',
  },
  compressAfterMs: {
    flag: 'compress-after',
    group: STORAGE,
    kind: duration(SECOND, 3650 * DAY),
    default: 10 * MINUTE,
    help: 'Telemetry written longer ago is compressed further, to less than half, in the background and while there is little else to do. 3650d leaves all as it was written.',
  },
  contentSearch: {
    flag: 'content-search',
    group: STORAGE,
    kind: onOff,
    default: true,
    help: 'Index the words of telemetry, so that sessions are found by what was said in them: the search field of the page, and q of the API. The index is made in the background and takes some percent of the size of the text. off removes it. docs/search.md says more.',
  },
  tombstonesForMs: {
    flag: 'tombstones-for',
    group: STORAGE,
    kind: duration(SECOND, 3650 * DAY),
    default: 365 * DAY,
    help: 'For this long after an erasure, telemetry of the erased sessions and users that comes late or again is refused. Applies to later erasures. docs/deleting.md says more.',
  },
  keepSessions: {
    flag: 'keep-sessions',
    group: STORAGE,
    kind: ages(SECOND, 36_500 * DAY),
    default: { ms: undefined, msOf: new Map() },
    help: 'How long sessions are kept after their last activity. Older ones are removed with all of their telemetry, at the latest a 24th of the time later, or a day. A time alone is for all projects that are not named: 90d,shop=30d. Without it all are kept. docs/deleting.md says more, also how to find out what would go.',
  },
  keepContent: {
    flag: 'keep-content',
    group: STORAGE,
    kind: ages(SECOND, 36_500 * DAY),
    default: { ms: undefined, msOf: new Map() },
    help: 'How long content of messages (prompts, answers, what tools got and gave: as for --content off) is kept after the last activity of its session: 30d,shop=7d. The sessions and all of their numbers stay. Without it content is kept as long as its session. docs/deleting.md says more.',
  },
  keepBytes: {
    flag: 'keep-size',
    group: STORAGE,
    kind: optionalSize(16 * MIB, 2 ** 50),
    default: undefined,
    help: 'Size of the data beyond which the sessions with the oldest activity are removed, of all projects, to some percent less. At least 16MiB. Open sessions stay. Without it any size is kept.',
  },
  activeMs: {
    flag: 'idle-after',
    group: SESSIONS,
    kind: duration(SECOND, 365 * DAY),
    default: 5 * MINUTE,
    help: 'A session without activity for this long is idle; before that it is active.',
  },
  timeoutMs: {
    flag: 'timeout-after',
    group: SESSIONS,
    kind: duration(SECOND, 365 * DAY),
    default: 30 * MINUTE,
    help: 'A session without activity for this long is timed out. Longer than --idle-after.',
  },
  implicitSessions: {
    flag: 'implicit-sessions',
    group: SESSIONS,
    kind: onOff,
    default: true,
    help: 'List a trace without any session id as a session of its own.',
  },
  sessionsBy: {
    flag: 'sessions-by',
    group: SESSIONS,
    kind: choice('id', 'user'),
    default: 'id',
    help: 'How traces without a session id are grouped: each is a session of its own (id), or traces of one user are one session until a pause of --timeout-after (user). After a change all sessions are made again after the start, while telemetry is received; until that is done, they are shown as they were.',
  },
  quietRoutes: {
    flag: 'quiet-routes',
    group: SESSIONS,
    kind: routePatterns,
    default: [DEFAULTS_WORD],
    help: 'Requests that no visitor makes, such as health checks. A trace without a session id that consists of them is left out of lists and statistics, unless it failed; it can be read by its id. Methods, paths, or both; a * at the end of a path matches any rest; default means the usual ones, which docs/traffic.md lists.',
  },
  indexAttributes: {
    flag: 'index-attributes',
    group: SESSIONS,
    kind: list('KEY,…', 'names of attributes separated by commas', (entry) => entry),
    default: ['deployment.environment.name', 'gen_ai.agent.name'],
    help: 'Attributes of records, scopes and resources whose values sessions are found by: attr.KEY=VALUE in the API. Each value of a session takes some 20 bytes, and each different value some 100. After a change all sessions are made again after the start, while telemetry is received.',
  },
  prices: {
    flag: 'prices',
    group: SESSIONS,
    kind: optionalText('FILE', 'the path of a JSON file'),
    default: undefined,
    help: 'Your own prices of models, which come before those of the list in the package. docs/usage.md shows the format.',
  },
  userIds: {
    flag: 'user-ids',
    group: PRIVACY,
    kind: choice('auto', 'keep', 'pseudonymize'),
    default: 'auto',
    help: 'User ids: keep them, replace all by a keyed hash (pseudonymize), or replace only those that look like an e-mail address or a phone number (auto). It is replaced before anything is stored: in sessions and in the records.',
  },
  redact: {
    flag: 'redact',
    group: PRIVACY,
    kind: optionalText('FILE', 'the path of a JSON file'),
    default: undefined,
    help: 'Your own rules for what must not be stored. docs/redaction.md shows the format; sojourn redact --try shows what rules do.',
  },
  redactSets: {
    flag: 'redact-sets',
    group: PRIVACY,
    kind: wordList('SET', SET_NAMES),
    default: [],
    help: `What is masked wherever it is found, before anything is stored: ${SET_NAMES.join(', ')}. Separated by commas.`,
  },
  content: {
    flag: 'content',
    group: PRIVACY,
    kind: choiceOfOnOff,
    default: true,
    help: 'Store messages, prompts, arguments and results of model calls (on), or leave them out (off). Names, tokens, costs and times are stored either way.',
  },
  clientIp: {
    flag: 'client-ip',
    group: PRIVACY,
    kind: choice('keep', 'truncate', 'drop'),
    default: 'keep',
    help: 'IP addresses of clients: keep them, keep only the network (truncate), or do not keep them (drop).',
  },
  pageUrls: {
    flag: 'page-urls',
    group: PRIVACY,
    kind: choice('path', 'full'),
    default: 'path',
    help: 'How sessions keep addresses of pages and referrers: up to the query (path), or with query and fragment (full). User name and password of an address are never kept. The records themselves stay as they were sent. After a change all sessions are made again after the start, while telemetry is received; until that is done, they are shown as they were.',
  },
  geoDatabase: {
    flag: 'geo-database',
    group: PRIVACY,
    kind: optionalText('FILE', 'the path of an MMDB file'),
    default: undefined,
    help: `MMDB file of cities or countries for looking up places. Without it countries come from the database in the package: ${COUNTRY_SOURCE.name} of ${COUNTRY_SOURCE.date} (${COUNTRY_SOURCE.url}, ${COUNTRY_SOURCE.license}). Newer files from there can be used here.`,
  },
  browserPeerAddress: {
    flag: 'browser-peer-address',
    group: PRIVACY,
    kind: onOff,
    default: false,
    help: 'Use the address from which a browser sends its telemetry as the address of the client. Behind proxies, set --trusted-proxies too.',
  },
  trustedProxies: {
    flag: 'trusted-proxies',
    group: PRIVACY,
    kind: optionalWhole('COUNT', 0, 64),
    default: undefined,
    help: 'Number of proxies between users and your services, and between browsers and this server. The address of a client is then the one that the outermost of them saw, and entries before it in X-Forwarded-For or Forwarded are ignored. Without it the first public address counts.',
  },
  maxRequestBytes: {
    flag: 'max-request-size',
    group: LIMITS,
    kind: size(KIB, GIB),
    default: 16 * MIB,
    help: 'Largest request body as sent.',
  },
  maxDecompressedBytes: {
    flag: 'max-decompressed-size',
    group: LIMITS,
    kind: size(KIB, GIB),
    default: 64 * MIB,
    help: 'Largest request body after decompression. At least --max-request-size.',
  },
  maxPendingBytes: {
    flag: 'max-pending-size',
    group: LIMITS,
    kind: size(KIB, 64 * GIB),
    default: 128 * MIB,
    help: 'Telemetry that may wait for the disk before senders are asked to slow down. At least --max-decompressed-size.',
  },
  maxIncomingBytes: {
    flag: 'max-incoming-size',
    group: LIMITS,
    kind: size(KIB, 64 * GIB),
    default: 128 * MIB,
    help: 'Total size of incomplete request bodies. When it is used up, the slowest ones are refused to make room. At least --max-request-size.',
  },
  bodyIdleMs: {
    flag: 'body-idle-timeout',
    group: LIMITS,
    kind: duration(SECOND, 4 * MINUTE),
    default: 30 * SECOND,
    help: 'How long a request body may go without a byte before its sender is asked to retry.',
  },
  minBodyRate: {
    flag: 'min-body-rate',
    group: LIMITS,
    kind: size(0, GIB),
    default: KIB,
    help: 'Minimum rate per second of a request body of more than 64 KiB, on average over each --body-idle-timeout. 0 means no minimum.',
  },
  maxRecordsPerRequest: {
    flag: 'max-records',
    group: LIMITS,
    kind: whole('COUNT', 1, 1_000_000),
    default: 100_000,
    help: 'Maximum number of spans, log records or data points in one request.',
  },
  maxAttributesPerRecord: {
    flag: 'max-attributes',
    group: LIMITS,
    kind: whole('COUNT', 1, 65_535),
    default: 1_024,
    help: 'Maximum number of attributes of one span or log record; one with more is rejected.',
  },
  threads: {
    flag: 'threads',
    group: LIMITS,
    kind: optionalWhole('COUNT', 0, 64),
    default: undefined,
    help: 'Number of threads that decode telemetry beside the receiving thread. With 0 the receiving thread decodes, which costs the least CPU. Default: 0 below 4 cores, 1 below 8, else 2, since one decodes several times as much as the writing thread can take. Each takes some 30 MB.',
  },
  queryTimeoutMs: {
    flag: 'query-timeout',
    group: LIMITS,
    kind: duration(100, 10 * MINUTE),
    default: 30 * SECOND,
    help: 'Maximum time of one read of the API, without its wait for others. A longer read is answered with query.timeout.',
  },
  shutdownMs: {
    flag: 'shutdown-timeout',
    group: LOGGING,
    kind: duration(0, 10 * MINUTE),
    default: 10 * SECOND,
    help: 'How long a stop waits for running requests.',
  },
  logLevel: {
    flag: 'log-level',
    group: LOGGING,
    kind: choice(...LOG_LEVELS),
    default: 'info',
    help: 'Minimum level of messages on standard error.',
  },
  logFormat: {
    flag: 'log-format',
    group: LOGGING,
    kind: choice('text', 'json'),
    default: 'text',
    help: 'Lines for people, or one JSON object a line.',
  },
  accessLog: {
    flag: 'access-log',
    group: LOGGING,
    kind: onOff,
    default: false,
    help: 'Log each answered request of the API and of OTLP at level info: its id, route, status, time and size, and nothing of what it carried or asked for. Files of the page are not logged.',
  },
  traceTo: {
    flag: 'trace-to',
    group: LOGGING,
    kind: optionalHttpUrl,
    default: undefined,
    help: 'OTLP/HTTP receiver of a span for each request that this server answers, such as http://collector.example:4318. A traceparent that the client sent is continued, or not recorded if it says so. The server refuses to start if the receiver is itself.',
  },
  traceHeaders: {
    flag: 'trace-headers',
    group: LOGGING,
    kind: headerPairs,
    default: {},
    help: 'Headers of the requests to --trace-to. Other programs of this machine can see what is given on the command line: use SOJOURN_TRACE_HEADERS or the configuration file.',
  },
};

/** Whether requests need an API key (docs/decisions/017-access.md). */
export function isKeyNeeded(config: Config): boolean {
  const { host, insecure, requireKeys } = config;
  return requireKeys || hasPeople(config) || (!isLoopback(host) && !insecure);
}

/** Whether people sign in without an API key. */
export function hasPeople({ authHeader, oidcIssuer }: Config): boolean {
  return authHeader !== undefined || oidcIssuer !== undefined;
}

/** Flag of the configuration file. It is not in the table, because it is a source of settings. */
export const CONFIG_FILE_FLAG = 'config';

export interface ConfigSources {
  /** Values of flags by name without `--`, in the order given. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file; throws if it cannot. */
  readFile(path: string): string;
}

const ONE_PLACE =
  '--data and --store exclude each other: a server keeps its data in a directory or in a database';

/**
 * The effective settings: flags before environment before configuration file before default. All errors are
 * returned together, one line each.
 */
export function loadConfig({ flags, env, readFile }: ConfigSources): SettingsResult<Config> {
  const file = configFile({ flags, env, readFile });
  if (typeof file === 'string') return { ok: false, errors: [file] };

  const result = readSettings(CONFIG_SETTINGS, file === undefined ? { flags, env } : { flags, env, file });
  if (!result.ok) return result;
  const errors = contradictions(result.value);
  if (flags.has('data') && flags.has('store')) {
    errors.push(ONE_PLACE);
  }
  return errors.length === 0 ? result : { ok: false, errors };
}

/** The settings with the address of a server, for programs that send to it. */
export const SERVER_ADDRESS_SETTINGS: SettingTable<Pick<Config, 'host' | 'port' | 'tlsCert'>> = {
  host: CONFIG_SETTINGS.host,
  port: CONFIG_SETTINGS.port,
  tlsCert: CONFIG_SETTINGS.tlsCert,
};

/**
 * Base address, without a slash at its end, of the server on this machine that runs with the same settings.
 */
export function loadServerAddress(sources: ConfigSources): SettingsResult<string> {
  const result = loadPart(SERVER_ADDRESS_SETTINGS, sources);
  if (!result.ok) return result;
  const { host, port, tlsCert } = result.value;
  if (port === 0) {
    return { ok: false, errors: ['--port 0 is a port that only the server knows; name it with --endpoint'] };
  }
  const reachable = REACHABLE_AT.get(host.toLowerCase()) ?? host;
  const scheme = tlsCert === undefined ? 'http' : 'https';
  return { ok: true, value: `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}` };
}

/** The setting that names the database, for commands that need no server. */
export const STORE_SETTINGS: SettingTable<Pick<Config, 'store'>> = { store: CONFIG_SETTINGS.store };

/** The URL of the database of a server with the same settings. */
export function loadStore(sources: ConfigSources): SettingsResult<string> {
  const result = loadPart(STORE_SETTINGS, sources);
  if (!result.ok) return result;
  const { store } = result.value;
  if (store !== undefined) return { ok: true, value: store };
  return {
    ok: false,
    errors: [
      '--store is needed, with the URL of a PostgreSQL database; a data directory is brought up to date when a server starts on it',
    ],
  };
}

/** The settings that say where everything is kept, for commands that need no server. */
export const PLACE_SETTINGS: SettingTable<Pick<Config, 'data' | 'store'>> = {
  data: CONFIG_SETTINGS.data,
  store: CONFIG_SETTINGS.store,
};

/** Where a server with the same settings keeps everything: the database if one is named, else the directory. */
export function loadPlace(sources: ConfigSources): SettingsResult<Pick<Config, 'data' | 'store'>> {
  const { flags } = sources;
  if (flags.has('data') && flags.has('store')) return { ok: false, errors: [ONE_PLACE] };
  const result = loadPart(PLACE_SETTINGS, sources);
  // What is typed wins over a variable or a file that name the other one.
  if (!result.ok || !flags.has('data')) return result;
  return { ok: true, value: { ...result.value, store: undefined } };
}

/** Some settings only. The server validates the others in the configuration file. */
export function loadPart<C>(
  table: SettingTable<C>,
  { flags, env, readFile }: ConfigSources,
): SettingsResult<C> {
  const file = configFile({ flags, env, readFile });
  if (typeof file === 'string') return { ok: false, errors: [file] };
  if (file === undefined) return readSettings(table, { flags, env });
  const known = settingsOf(table).map(({ flag }) => flag);
  const members = new Map([...file.members].filter(([name]) => known.includes(name)));
  return readSettings(table, { flags, env, file: { name: file.name, members } });
}

/** Addresses to reach a server that listens on all addresses, or on both of loopback. */
const REACHABLE_AT = new Map([
  ['localhost', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** The configuration file that the sources name, undefined if they name none, or a line with an error. */
function configFile({ flags, env, readFile }: ConfigSources): SettingSources['file'] | string {
  const path = flags.get(CONFIG_FILE_FLAG)?.at(-1) ?? (env[variableName(CONFIG_FILE_FLAG)] || undefined);
  return path === undefined ? undefined : readConfigFile(path, readFile);
}

/** Rules between settings; returns a line for each violated one. */
function contradictions(config: Config): string[] {
  const errors: string[] = [];
  if (config.insecure && config.requireKeys) {
    errors.push('--insecure and --require-keys contradict each other; leave out one of them');
  }
  if (config.insecure && hasPeople(config)) {
    errors.push(
      '--insecure lets everyone in; leave it out where people sign in (--auth-header, --oidc-issuer)',
    );
  }
  if (config.port !== 0 && config.port === config.grpcPort) {
    errors.push(`--grpc-port must differ from --port; both are ${config.port}`);
  }
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    errors.push('--tls-cert and --tls-key belong together: TLS needs a certificate and its private key');
  }
  if ((config.authHeader === undefined) !== (config.authProxies.length === 0)) {
    errors.push(
      '--auth-header and --auth-proxy belong together: the header is believed only of the addresses of the proxy',
    );
  }
  const { oidcIssuer, oidcClientId, oidcRedirect } = config;
  const oidc = [oidcIssuer, oidcClientId, oidcRedirect].filter((setting) => setting !== undefined);
  if (oidc.length > 0 && oidc.length < 3) {
    errors.push('--oidc-issuer, --oidc-client-id and --oidc-redirect belong together');
  }
  if (oidcRedirect !== undefined && new URL(oidcRedirect).pathname !== config.basePath + OIDC_CALLBACK) {
    errors.push(`--oidc-redirect must have the path ${config.basePath}${OIDC_CALLBACK}, with --base-path`);
  }
  const given = (...properties: readonly (keyof Config)[]): string =>
    properties.map((property) => flagAndValue(config, property)).join(' and ');
  if (config.timeoutMs <= config.activeMs) {
    errors.push(
      `--timeout-after must be longer than --idle-after; given are ${given('timeoutMs', 'activeMs')}`,
    );
  }
  if (removesOpenSessions(config)) {
    errors.push(
      `--keep-sessions must be at least --timeout-after, or open sessions would be removed; given are ${given('keepSessions', 'timeoutMs')}`,
    );
  }
  if (removesOpenSessions({ ...config, keepSessions: config.keepContent })) {
    errors.push(
      `--keep-content must be at least --timeout-after, or open sessions would lose content; given are ${given('keepContent', 'timeoutMs')}`,
    );
  }
  if (config.maxDecompressedBytes < config.maxRequestBytes) {
    errors.push(
      `--max-decompressed-size must be at least --max-request-size; given are ${given('maxDecompressedBytes', 'maxRequestBytes')}`,
    );
  }
  if (config.maxPendingBytes < config.maxDecompressedBytes) {
    errors.push(
      `--max-pending-size must be at least --max-decompressed-size, or the largest request would never fit; given are ${given('maxPendingBytes', 'maxDecompressedBytes')}`,
    );
  }
  if (config.maxIncomingBytes < config.maxRequestBytes) {
    errors.push(
      `--max-incoming-size must be at least --max-request-size, or the largest request would never fit; given are ${given('maxIncomingBytes', 'maxRequestBytes')}`,
    );
  }
  return errors;
}

/** Whether sessions may be removed before they time out. */
export function removesOpenSessions({
  keepSessions: { ms, msOf },
  timeoutMs,
}: Pick<Config, 'keepSessions' | 'timeoutMs'>): boolean {
  return [ms, ...msOf.values()].some((each) => each !== undefined && each < timeoutMs);
}

function flagAndValue<K extends keyof Config>(config: Config, property: K): string {
  const setting = CONFIG_SETTINGS[property];
  return `--${setting.flag} ${setting.kind.format(config[property])}`;
}

/** The members of the configuration file, or a line with an error. */
function readConfigFile(path: string, readFile: ConfigSources['readFile']): SettingSources['file'] | string {
  const name = shown(path);
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return `--config: cannot read ${name}${code === 'ENOENT' ? ': there is no such file' : ` (${code ?? error})`}`;
  }
  let members: unknown;
  try {
    members = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    return `--config: ${name} is not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`;
  }
  if (typeof members !== 'object' || members === null || Array.isArray(members)) {
    return `--config: ${name} must hold one JSON object, such as {"port": 4318}`;
  }
  return { name, members: new Map(Object.entries(members)) };
}
