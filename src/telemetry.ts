import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

interface MetricDefinition {
  /** Prometheus name: its ending says the unit, `_total` a counter. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly unit: 'records' | 'data points' | 'requests' | 'bytes' | 'seconds' | 'crashes' | 'switch';
  readonly help: string;
  readonly labels: readonly string[];
  /** Histograms: upper bounds, in the unit. */
  readonly buckets?: readonly number[];
}

/** Every metric of Sojourn's own, once: the registry and docs are made from this table. */
export const METRICS = {
  recordsReceived: {
    name: 'sojourn_records_received_total',
    type: 'counter',
    unit: 'records',
    help: 'Spans, log records and data points in requests that could be read, whatever became of them.',
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
    help: 'Spans that took the place of an earlier version of themselves.',
    labels: [],
  },
  recordsDuplicate: {
    name: 'sojourn_records_duplicate_total',
    type: 'counter',
    unit: 'records',
    help: 'Records that were known already, or older versions of known spans.',
    labels: [],
  },
  recordsRejected: {
    name: 'sojourn_records_rejected_total',
    type: 'counter',
    unit: 'records',
    help: 'Records that were not kept because of a fault in them. Their senders were told.',
    labels: ['signal', 'reason'],
  },
  logRecordsUnbound: {
    name: 'sojourn_log_records_unbound_total',
    type: 'counter',
    unit: 'records',
    help: 'Log records with neither a session nor a trace: accepted and not kept.',
    labels: [],
  },
  metricPointsNotKept: {
    name: 'sojourn_metric_points_not_kept_total',
    type: 'counter',
    unit: 'data points',
    help: 'Data points that are not kept, most of them of metrics that say nothing of usage. Their senders were told.',
    labels: ['reason'],
  },
  requests: {
    name: 'sojourn_requests_total',
    type: 'counter',
    unit: 'requests',
    help: 'OTLP requests by the answer they got: an HTTP status or the name of a gRPC status code; aborted where the sender was gone. gRPC requests refused before they are read, such as messages over the size limit, are not counted.',
    labels: ['transport', 'signal', 'status'],
  },
  refusedOriginRequests: {
    name: 'sojourn_refused_origin_requests_total',
    type: 'counter',
    unit: 'requests',
    help: 'OTLP requests of web pages whose origin --cors-origins does not allow: preflight where a browser asked first, request where it sent.',
    labels: ['kind'],
  },
  requestBytes: {
    name: 'sojourn_request_bytes_total',
    type: 'counter',
    unit: 'bytes',
    help: 'Bodies of OTLP requests, compressed as they were sent, and decompressed. The compressed form is not known for gRPC.',
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
    help: 'Bodies of requests that are not all here yet: what has come of them.',
    labels: [],
  },
  recordsUnfolded: {
    name: 'sojourn_records_unfolded',
    type: 'gauge',
    unit: 'records',
    help: 'Records that are on disk and not in the sessions that readers see yet, about. Back to 0 within half a second, unless something fails.',
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
    help: 'What can still be written on the disk of the data directory.',
    labels: [],
  },
  diskFullSeconds: {
    name: 'sojourn_disk_full_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Time until the disk is full if the store goes on to grow as it did lately (a day at most); +Inf where it does not grow, or is not known long enough.',
    labels: [],
  },
  storeWritable: {
    name: 'sojourn_store_writable',
    type: 'gauge',
    unit: 'switch',
    help: '1 where the disk takes what it is given, 0 where writes fail.',
    labels: [],
  },
  appendSeconds: {
    name: 'sojourn_append_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'Time from handing a request to the store until it was on disk.',
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
  queriesDropped: {
    name: 'sojourn_queries_dropped_total',
    type: 'counter',
    unit: 'requests',
    help: 'Reads of the REST API that were given up: client_gone where nobody waited for the answer any more, timeout where the read took longer than --query-timeout, too_many where too many others waited.',
    labels: ['reason'],
  },
  decodeThreadCrashes: {
    name: 'sojourn_decode_thread_crashes_total',
    type: 'counter',
    unit: 'crashes',
    help: 'Deaths of decoding threads (--threads), as by requests that are too large for their memory. Senders of what they had are told to send it again; the next request starts another.',
    labels: [],
  },
  queryThreadCrashes: {
    name: 'sojourn_query_thread_crashes_total',
    type: 'counter',
    unit: 'crashes',
    help: 'Deaths of the threads that answer the REST API, as by a trace that is too large for their memory. The next request starts another.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

type Metrics = typeof METRICS;

type Instrument<M extends Metrics[keyof Metrics]> = {
  counter: Counter<M['labels'][number]>;
  gauge: Gauge<M['labels'][number]>;
  histogram: Histogram<M['labels'][number]>;
}[M['type']];

/** The instruments of the table, and how they are read. */
export type Telemetry = { readonly [K in keyof Metrics]: Instrument<Metrics[K]> } & {
  /** Media type of `render`. */
  readonly contentType: string;
  /** All metrics, those of the process included, in Prometheus' text format. */
  render(): Promise<string>;
};

/** Fresh instruments in a registry of their own: nothing is shared with another one. */
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
