import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** An answered request, without anything that it carried. */
export interface AnsweredRequest {
  readonly transport: 'http' | 'grpc';
  /** The HTTP method, or the full name of the gRPC method without the first slash. */
  readonly method: string;
  /** The pattern of the path, in which ids are parameters; `none` if there is no such path. Undefined for gRPC. */
  readonly route?: string;
  /** The HTTP status, or the name of the gRPC status code; `aborted` if the client had disconnected. */
  readonly status: number | string;
  /** From the client, or else new. Undefined for gRPC if the client sent none. */
  readonly requestId: string | undefined;
  readonly durationMs: number;
  /** Of telemetry: bytes of the body, decompressed, if it was read. */
  readonly bytes?: number | undefined;
  /** The header of W3C Trace Context, as the client sent it. */
  readonly traceparent?: string | undefined;
  /** Whether it brought this server's own spans. */
  readonly hasOwnSpans?: boolean | undefined;
}

interface MetricDefinition {
  /** Prometheus name: its suffix is the unit, or `_total` for a counter. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit:
    | 'records'
    | 'data points'
    | 'values'
    | 'requests'
    | 'bytes'
    | 'seconds'
    | 'crashes'
    | 'reloads'
    | 'switch'
    | 'connections'
    | 'streams'
    | 'blocks'
    | 'jobs'
    | 'spans'
    | 'sessions'
    | 'passes'
    | 'evaluations'
    | 'messages'
    | 'info';
  readonly help: string;
  readonly labels: readonly string[];
  /** Histograms: upper bounds, in the unit. */
  readonly buckets?: readonly number[];
}

/** Every metric of Sojourn, once: the registry and docs are generated from this table. */
export const METRICS = {
  recordsReceived: {
    name: 'sojourn_records_received_total',
    type: 'counter',
    unit: 'records',
    help: 'Spans, log records and data points in valid requests, kept or not.',
    labels: ['signal'],
  },
  recordsStored: {
    name: 'sojourn_records_stored_total',
    type: 'counter',
    unit: 'records',
    help: 'Records that were new and are on disk.',
    labels: ['signal'],
  },
  recordsReplaced: {
    name: 'sojourn_records_replaced_total',
    type: 'counter',
    unit: 'records',
    help: 'Spans that replaced an earlier version of themselves.',
    labels: [],
  },
  recordsDuplicate: {
    name: 'sojourn_records_duplicate_total',
    type: 'counter',
    unit: 'records',
    help: 'Records that were already known, or older versions of known spans.',
    labels: [],
  },
  recordsErased: {
    name: 'sojourn_records_erased_total',
    type: 'counter',
    unit: 'records',
    help: 'Records that were not kept because they are of a session or user that was erased before.',
    labels: [],
  },
  alertEvaluations: {
    name: 'sojourn_alert_evaluations_total',
    type: 'counter',
    unit: 'evaluations',
    help: 'Evaluations of alerts: ok if nothing was to be told, firing, resolved, or failed if the measure could not be read, which is tried again.',
    labels: ['result'],
  },
  alertMessages: {
    name: 'sojourn_alert_messages_total',
    type: 'counter',
    unit: 'messages',
    help: 'Tries to send messages of alerts: sent, retried if it will be tried again, or given_up.',
    labels: ['result'],
  },
  retentionPasses: {
    name: 'sojourn_retention_passes_total',
    type: 'counter',
    unit: 'passes',
    help: 'Passes of retention that removed something.',
    labels: [],
  },
  retentionSessions: {
    name: 'sojourn_retention_sessions_total',
    type: 'counter',
    unit: 'sessions',
    help: 'Sessions that retention removed.',
    labels: [],
  },
  retentionRecords: {
    name: 'sojourn_retention_records_total',
    type: 'counter',
    unit: 'records',
    help: 'Their spans and log records.',
    labels: [],
  },
  retentionContents: {
    name: 'sojourn_retention_contents_total',
    type: 'counter',
    unit: 'records',
    help: 'Records that lost content of messages by retention, and stay.',
    labels: [],
  },
  retentionFreedBytes: {
    name: 'sojourn_retention_freed_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'By how much the files of the data directory, or blocks in PostgreSQL, became smaller in passes of retention.',
    labels: [],
  },
  retentionHeld: {
    name: 'sojourn_retention_held',
    type: 'gauge',
    unit: 'switch',
    help: '1 while less goes by age than could, because the clock is doubted. The log says why.',
    labels: [],
  },
  recordsRejected: {
    name: 'sojourn_records_rejected_total',
    type: 'counter',
    unit: 'records',
    help: 'Records that were not kept because they are invalid. The answers to their senders say so.',
    labels: ['signal', 'reason'],
  },
  logRecordsUnbound: {
    name: 'sojourn_log_records_unbound_total',
    type: 'counter',
    unit: 'records',
    help: 'Log records with neither a session nor a trace: accepted and not kept.',
    labels: [],
  },
  redactions: {
    name: 'sojourn_redactions_total',
    type: 'counter',
    unit: 'values',
    help: 'Values that were changed or removed before they were stored, by the rule that did it.',
    labels: ['rule'],
  },
  redactionFailures: {
    name: 'sojourn_redaction_failures_total',
    type: 'counter',
    unit: 'values',
    help: 'Those of them that were masked whole, because the rule could not be applied: the text was too long for a pattern, or no JSON.',
    labels: ['rule'],
  },
  metricPointsNotKept: {
    name: 'sojourn_metric_points_not_kept_total',
    type: 'counter',
    unit: 'data points',
    help: 'Data points that are not kept, most of them of metrics that do not report usage. The answers to their senders say so.',
    labels: ['reason'],
  },
  requests: {
    name: 'sojourn_requests_total',
    type: 'counter',
    unit: 'requests',
    help: 'OTLP requests by their answer: an HTTP status or the name of a gRPC status code; aborted if the sender had disconnected. gRPC requests refused before they are read, such as messages over the size limit, are not counted here.',
    labels: ['transport', 'signal', 'status'],
  },
  requestSeconds: {
    name: 'sojourn_otlp_request_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from the headers of an OTLP request, or from its complete message for gRPC, to its answer. The sender’s time to send the body is part of it for HTTP.',
    labels: ['transport', 'signal'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  requestsRefused: {
    name: 'sojourn_requests_refused_total',
    type: 'counter',
    unit: 'requests',
    help: 'OTLP requests that were refused, by the reason: idle, slow, displaced and noRoom are bodies that were not received to their end; docs/receiving.md has the others.',
    labels: ['transport', 'reason'],
  },
  requestsWaiting: {
    name: 'sojourn_requests_waiting',
    type: 'gauge',
    unit: 'requests',
    help: 'OTLP requests that are complete and wait to be decoded.',
    labels: [],
  },
  refusedHostRequests: {
    name: 'sojourn_refused_host_requests_total',
    type: 'counter',
    unit: 'requests',
    help: 'HTTP requests with a Host header that --allowed-hosts does not name.',
    labels: [],
  },
  connections: {
    name: 'sojourn_connections',
    type: 'gauge',
    unit: 'connections',
    help: 'Open connections.',
    labels: ['transport'],
  },
  connectionsRefused: {
    name: 'sojourn_connections_refused_total',
    type: 'counter',
    unit: 'connections',
    help: 'Connections of gRPC that were closed at once because as many as are allowed were open.',
    labels: [],
  },
  refusedOriginRequests: {
    name: 'sojourn_refused_origin_requests_total',
    type: 'counter',
    unit: 'requests',
    help: 'OTLP requests of web pages whose origin --cors-origins does not allow: preflight if the browser asked first, request if it sent data.',
    labels: ['kind'],
  },
  accessRefused: {
    name: 'sojourn_access_refused_total',
    type: 'counter',
    unit: 'requests',
    help: 'Requests that were refused for their API key: missing, invalid, expired, revoked, or without the scope, project, origin or rate that they need; tries if too many wrong keys came from one address.',
    labels: ['transport', 'reason'],
  },
  overloadRefusals: {
    name: 'sojourn_overload_refusals_total',
    type: 'counter',
    unit: 'requests',
    help: 'OTLP requests whose senders were asked to come again later (429, RESOURCE_EXHAUSTED): pending_bytes if --max-pending-size waited for the disk, sessions_behind if more came than could be made into sessions, which only a store in PostgreSQL says.',
    labels: ['reason'],
  },
  requestBytes: {
    name: 'sojourn_request_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Bodies of OTLP requests, compressed as they were sent, and decompressed. The compressed size is unknown for gRPC.',
    labels: ['transport', 'form'],
  },
  pendingBytes: {
    name: 'sojourn_pending_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Decompressed telemetry that waits for the disk.',
    labels: [],
  },
  incomingBytes: {
    name: 'sojourn_incoming_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Received bytes of request bodies that are not complete yet.',
    labels: [],
  },
  certificateExpires: {
    name: 'sojourn_tls_certificate_expires_timestamp_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'When the certificate in use expires, as a Unix time. 0 without TLS.',
    labels: [],
  },
  certificateReloads: {
    name: 'sojourn_tls_certificate_reloads_total',
    type: 'counter',
    unit: 'reloads',
    help: 'Changes of the files of --tls-cert and --tls-key: used, or refused because the files do not belong together or cannot be read.',
    labels: ['result'],
  },
  recordsUnfolded: {
    name: 'sojourn_records_unfolded',
    type: 'gauge',
    unit: 'records',
    help: 'Approximate number of records that are on disk and not yet in the sessions that readers see. Back to 0 within half a second, unless something fails.',
    labels: [],
  },
  laneLagSeconds: {
    name: 'sojourn_lane_lag_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Age of the oldest records of a lane that are in the database and not yet in sessions; 0 if there are none. Only of a store in PostgreSQL.',
    labels: ['lane'],
  },
  laneHeld: {
    name: 'sojourn_lane_held',
    type: 'gauge',
    unit: 'switch',
    help: '1 if this process makes the sessions of the lane, 0 if another one does. Only of a store in PostgreSQL.',
    labels: ['lane'],
  },
  storeRetries: {
    name: 'sojourn_store_retries_total',
    type: 'counter',
    unit: 'requests',
    help: 'Statements that were tried again, by the reason: conflict with another transaction, or connection. Only of a store in PostgreSQL.',
    labels: ['reason'],
  },
  sessionsStalled: {
    name: 'sojourn_sessions_stalled',
    type: 'gauge',
    unit: 'switch',
    help: '1 if this process cannot make sessions of what it receives, which is kept; the log says why.',
    labels: [],
  },
  damagedBlocks: {
    name: 'sojourn_damaged_blocks',
    type: 'gauge',
    unit: 'blocks',
    help: 'Blocks of the log that cannot be read; sessions lack their records.',
    labels: [],
  },
  erasureJobs: {
    name: 'sojourn_erasure_jobs',
    type: 'gauge',
    unit: 'jobs',
    help: 'Jobs of erasure that are not done: unfinished, or failed, which the next start tries again, or over PostgreSQL the next process that makes sessions.',
    labels: ['state'],
  },
  ready: {
    name: 'sojourn_ready',
    type: 'gauge',
    unit: 'switch',
    help: '1 if /readyz answers 200.',
    labels: [],
  },
  storeBytes: {
    name: 'sojourn_store_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Size of the data directory.',
    labels: [],
  },
  diskFreeBytes: {
    name: 'sojourn_disk_free_bytes',
    type: 'gauge',
    unit: 'bytes',
    help: 'Free space on the disk of the data directory.',
    labels: [],
  },
  diskFullSeconds: {
    name: 'sojourn_disk_full_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Time until the disk is full at the recent rate of growth (a day at most); +Inf if the store does not grow, or the rate is not known yet.',
    labels: [],
  },
  storeWritable: {
    name: 'sojourn_store_writable',
    type: 'gauge',
    unit: 'switch',
    help: '1 if writes to the disk succeed, 0 if they fail.',
    labels: [],
  },
  appendSeconds: {
    name: 'sojourn_append_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from passing a request to the store until it is on disk.',
    labels: [],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  httpRequestSeconds: {
    name: 'sojourn_http_request_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time to answer a request of the REST API, by route pattern.',
    labels: ['route', 'status'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  queriesWaiting: {
    name: 'sojourn_queries_waiting',
    type: 'gauge',
    unit: 'requests',
    help: 'Reads of the REST API without an answer yet, by the thread that makes it: point for cheap ones, scan for those that read telemetry.',
    labels: ['thread'],
  },
  streams: {
    name: 'sojourn_streams',
    type: 'gauge',
    unit: 'streams',
    help: 'Open live streams; at most 100.',
    labels: [],
  },
  queriesDropped: {
    name: 'sojourn_queries_dropped_total',
    type: 'counter',
    unit: 'requests',
    help: 'Reads of the REST API that were dropped: client_gone if the client disconnected, timeout if the read took longer than --query-timeout, too_many if too many others waited.',
    labels: ['reason'],
  },
  ownSpans: {
    name: 'sojourn_own_spans_total',
    type: 'counter',
    unit: 'spans',
    help: 'Spans of --trace-to: sent, or dropped because the receiver did not take them or too many were waiting.',
    labels: ['outcome'],
  },
  buildInfo: {
    name: 'sojourn_build_info',
    type: 'gauge',
    unit: 'info',
    help: 'Always 1; the labels are the versions of Sojourn and of Node.js.',
    labels: ['version', 'node'],
  },
  decodeThreadCrashes: {
    name: 'sojourn_decode_thread_crashes_total',
    type: 'counter',
    unit: 'crashes',
    help: 'Crashes of decoding threads (--threads), for example by requests that are too large for their memory. Their requests are answered as retryable; the next request starts another thread.',
    labels: [],
  },
  queryThreadCrashes: {
    name: 'sojourn_query_thread_crashes_total',
    type: 'counter',
    unit: 'crashes',
    help: 'Crashes of the threads that answer the REST API, for example by a trace that is too large for their memory. The next request starts another thread.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

type Metrics = typeof METRICS;

type Instrument<M extends Metrics[keyof Metrics]> = {
  counter: Counter<M['labels'][number]>;
  gauge: Gauge<M['labels'][number]>;
  histogram: Histogram<M['labels'][number]>;
}[M['type']];

/** The instruments of the table, and how to render them. */
export type Telemetry = { readonly [K in keyof Metrics]: Instrument<Metrics[K]> } & {
  /** Media type of `render`. */
  readonly contentType: string;
  /** All metrics, those of the process included, in Prometheus' text format. */
  render(): Promise<string>;
};

/** Creates instruments in a registry of their own: nothing is shared with other instances. */
export function createTelemetry(): Telemetry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = Object.fromEntries(
    Object.entries<MetricDefinition>(METRICS).map(([key, metric]) => [
      key,
      createInstrument(metric, registry),
    ]),
  ) as { [K in keyof Metrics]: Instrument<Metrics[K]> };
  return { ...instruments, contentType: registry.contentType, render: () => registry.metrics() };
}

function createInstrument(metric: MetricDefinition, registry: Registry): Counter | Gauge | Histogram {
  const { name, help, labels, buckets = [] } = metric;
  const configuration = { name, help, labelNames: [...labels], registers: [registry] };
  switch (metric.type) {
    case 'counter':
      return new Counter(configuration);
    case 'gauge':
      return new Gauge(configuration);
    case 'histogram':
      return new Histogram({ ...configuration, buckets: [...buckets] });
  }
}
