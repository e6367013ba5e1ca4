/**
 * Every way in which a request for export is refused, with its answer in both transports (OTLP specification,
 * "OTLP/HTTP Response" and "OTLP/gRPC Response"). `grpc` numbers are also the codes in the bodies of HTTP errors.
 */
export const REFUSALS = {
  malformed: { http: 400, grpc: 3 },
  forbiddenOrigin: { http: 403, grpc: 7 },
  methodNotAllowed: { http: 405, grpc: 12 },
  tooLarge: { http: 413, grpc: 8 },
  tooManyRecords: { http: 413, grpc: 8 },
  unsupported: { http: 415, grpc: 3 },
  overloaded: { http: 429, grpc: 8 },
  failed: { http: 500, grpc: 13 },
  unavailable: { http: 503, grpc: 14 },
} as const;

export interface Refusal {
  readonly kind: keyof typeof REFUSALS;
  /** For the developers of the sender, in English. */
  readonly message: string;
  /** Set where the same request may succeed later; without it a sender is to drop the data. */
  readonly retryAfterSeconds?: number;
}
