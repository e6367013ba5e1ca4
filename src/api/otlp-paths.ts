/**
 * The routes of OTLP in the OpenAPI document. The receiver answers them (docs/receiving.md) with the messages
 * of the OTLP specification.
 */

const SIGNALS = {
  traces: ['Spans', 'ExportTraceServiceRequest', 'resourceSpans'],
  logs: ['Log records', 'ExportLogsServiceRequest', 'resourceLogs'],
  metrics: ['Metrics', 'ExportMetricsServiceRequest', 'resourceMetrics'],
} as const;

const answer = (description: string, headers: object = {}) => ({
  description,
  headers,
  content: {
    'application/json': { schema: { type: 'object', description: 'As JSON where the request was JSON.' } },
    'application/x-protobuf': { schema: { type: 'string', contentEncoding: 'binary' } },
  },
});

const problem = (description: string) => ({
  description,
  headers: {
    'X-Request-Id': { description: 'Id of the request.', schema: { type: 'string' } },
  },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const challenge = {
  'WWW-Authenticate': { description: 'The scope that the key needs.', schema: { type: 'string' } },
};

const retryAfter = {
  'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'string' } },
};

function operation(signal: keyof typeof SIGNALS): object {
  const [what, message, field] = SIGNALS[signal];
  const kept = signal === 'metrics' ? ' Those that report model calls are kept, others are not.' : '';
  return {
    operationId: `export${signal[0]!.toUpperCase()}${signal.slice(1)}`,
    tags: ['Telemetry'],
    summary: `${what} by OTLP over HTTP`,
    description: `An OTLP \`${message}\`, as protobuf or JSON, gzipped or not. A 200 means that all that was taken is on disk.${kept}`,
    requestBody: {
      required: true,
      content: {
        'application/x-protobuf': {
          schema: { type: 'string', contentEncoding: 'binary', description: `\`${message}\`.` },
        },
        'application/json': {
          schema: { type: 'object', description: `\`${message}\` in the JSON encoding of OTLP.` },
          example: { [field]: [] },
        },
      },
    },
    responses: {
      200: answer('Accepted; `partial_success` says which records were not, and why.'),
      400: answer('No such message: the same request will never be taken.'),
      401: answer('There is no valid API key, and one is needed.', challenge),
      403: answer(
        'The API key lacks the scope `ingest` or is bound to another project, or a web page may not send from its origin.',
        challenge,
      ),
      413: answer('Larger than the limits: send smaller parts.'),
      415: answer('A content type or encoding that is not understood.'),
      429: answer(
        'Too much waits for the disk, a browser key is over its limit, or too many wrong keys came from this address: try again later.',
        retryAfter,
      ),
      431: problem('The address and the headers are too large together.'),
      500: answer('The server failed.'),
      503: answer('Stopping, or the store failed: try again later.', retryAfter),
    },
  };
}

/** The document with the routes of OTLP before all others. */
export function withOtlpRoutes<Document extends { paths?: object | undefined }>(
  document: Document,
): Document {
  const paths = Object.fromEntries(
    (Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]).map((signal) => [
      `/v1/${signal}`,
      { post: operation(signal) },
    ]),
  );
  return { ...document, paths: { ...paths, ...document.paths } };
}
