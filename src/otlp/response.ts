import { ProtoWriter } from './wire-writer.js';

/** The encodings of OTLP/HTTP. gRPC is always protobuf. */
export type OtlpEncoding = 'protobuf' | 'json';

/** The part of an accepted request that was not kept. */
export interface PartialSuccess {
  /** Number of rejected records; 0 makes the message a warning about a completely accepted request. */
  readonly rejected: number;
  /** Why, in English, for the developers of the sender. */
  readonly message: string;
}

/** Name of the count in ExportTracePartialSuccess and similar messages, in OTLP/JSON. */
const REJECTED_FIELD = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
} as const;

/**
 * The answer to an accepted request: ExportTraceServiceResponse or that of another signal. Without `partial`
 * it means that everything was accepted.
 */
export function exportResponse(
  signal: keyof typeof REJECTED_FIELD,
  encoding: OtlpEncoding,
  partial?: PartialSuccess,
): Uint8Array {
  if (encoding === 'json') {
    return json(
      partial === undefined ? {} : { partialSuccess: partialJson(REJECTED_FIELD[signal], partial) },
    );
  }
  const writer = new ProtoWriter();
  if (partial !== undefined) {
    const start = writer.begin(1);
    if (partial.rejected !== 0) writer.int64(1, partial.rejected);
    if (partial.message !== '') writer.string(2, partial.message);
    writer.end(start);
  }
  return writer.finish();
}

/** The body of an OTLP/HTTP error: google.rpc.Status. `code` is a gRPC status code, 1 to 16. */
export function statusResponse(encoding: OtlpEncoding, code: number, message: string): Uint8Array {
  if (encoding === 'json') return json({ code, message });
  const writer = new ProtoWriter();
  writer.int64(1, code);
  writer.string(2, message);
  return writer.finish();
}

function partialJson(rejectedField: string, { rejected, message }: PartialSuccess): object {
  return {
    // The protobuf JSON mapping has int64 as strings, and leaves defaults out.
    ...(rejected !== 0 && { [rejectedField]: String(rejected) }),
    ...(message !== '' && { errorMessage: message }),
  };
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
