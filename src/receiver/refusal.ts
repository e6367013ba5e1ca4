import type { AccessError, AccessRefusal } from '../access/access-error.js';
import type { UploadEnd } from './uploads.js';

/**
 * Every way in which an export request is refused, with its answer in both transports (OTLP specification,
 * "OTLP/HTTP Response" and "OTLP/gRPC Response"). `grpc` numbers are also the codes in the bodies of HTTP
 * errors.
 */
export const REFUSALS = {
  malformed: { http: 400, grpc: 3 },
  unauthenticated: { http: 401, grpc: 16 },
  forbidden: { http: 403, grpc: 7 },
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
  /** Why the body was not received to its end, if that is the reason. */
  readonly upload?: UploadEnd | 'noRoom';
  /** For the developers of the sender, in English. */
  readonly message: string;
  /** Set if a retry may succeed; without it a sender should drop the data. */
  readonly retryAfterSeconds?: number;
  /** Value of the header `WWW-Authenticate`. */
  readonly challenge?: string;
}

const ACCESS_KINDS: { readonly [R in AccessRefusal]: Refusal['kind'] } = {
  missing: 'unauthenticated',
  invalid: 'unauthenticated',
  expired: 'unauthenticated',
  revoked: 'unauthenticated',
  scope: 'forbidden',
  project: 'forbidden',
  project_name: 'malformed',
  origin: 'forbiddenOrigin',
  rate: 'overloaded',
  tries: 'overloaded',
};

/** The refusal of a sender without the right key. */
export function accessRefusal({ reason, message, retryAfterSeconds, challenge }: AccessError): Refusal {
  return {
    kind: ACCESS_KINDS[reason],
    message,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(challenge !== undefined && { challenge }),
  };
}

/** The refusal while API keys cannot be checked. */
export const accessUnavailable: Refusal = {
  kind: 'unavailable',
  message: 'API keys cannot be checked at the moment; send it again later',
  retryAfterSeconds: 1,
};

/** Memory for uploads is free again soon. HTTP allows only whole seconds. */
const RETRY_AFTER_SECONDS = 1;

/**
 * The refusal of a body that was not received completely. Exporters retry after these statuses. After a 408,
 * which has the same meaning, they would drop the data (OTLP specification, "Retryable Response Codes").
 */
export function uploadRefusal(reason: UploadEnd | 'noRoom'): Refusal {
  return { ...refusalOf(reason), upload: reason };
}

/** The label of `sojourn_requests_refused_total`. */
export function refusalReason({ kind, upload }: Refusal): string {
  return upload ?? kind;
}

function refusalOf(reason: UploadEnd | 'noRoom'): Refusal {
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
