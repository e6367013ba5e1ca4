import type { UploadEnd } from './uploads.js';

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

/** Room for uploads comes back as fast as they are done; whole seconds are what HTTP can say. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Why a body was not received to its end. The statuses are those after which exporters send the same again: after a 408, which says the same, they would
 * drop it (OTLP specification, "Retryable Response Codes").
 */
export function uploadRefusal(reason: UploadEnd | 'noRoom'): Refusal {
  switch (reason) {
    case 'idle':
      return unavailable('the body stopped coming before its end; send it again');
    case 'slow':
      return unavailable('the body came too slowly; send it again, in smaller parts where that is possible');
    case 'displaced':
      return overloaded('the body came so slowly that its place was needed for others; send it again later');
    case 'noRoom':
      return overloaded('too many bodies are being received; send it again later');
  }
}

function unavailable(message: string): Refusal {
  return { kind: 'unavailable', message, retryAfterSeconds: RETRY_AFTER_SECONDS };
}

function overloaded(message: string): Refusal {
  return { kind: 'overloaded', message, retryAfterSeconds: RETRY_AFTER_SECONDS };
}
