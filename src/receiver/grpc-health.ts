import {
  status as GrpcStatus,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { MalformedRequestError } from '../otlp/decode-errors.js';
import { ProtoReader } from '../otlp/wire.js';
import { ProtoWriter } from '../otlp/wire-writer.js';

export const HEALTH_SERVICE = 'grpc.health.v1.Health';

/** grpc.health.v1.HealthCheckResponse.ServingStatus */
const ServingStatus = { serving: 1, notServing: 2, serviceUnknown: 3 } as const;
type ServingStatus = (typeof ServingStatus)[keyof typeof ServingStatus];

type Unary = ServerUnaryCall<Buffer, Uint8Array>;
type Watch = ServerWritableStream<Buffer, Uint8Array>;

const SERVICE_FIELD = (1 << 3) | 2;

/**
 * gRPC's health checking (grpc.health.v1). The server, under the empty name, and each of its services are
 * serving until the server stops. Watchers are notified then, and their calls end.
 */
export class GrpcHealth {
  readonly #services: ReadonlySet<string>;
  readonly #watches = new Set<Watch>();
  #isServing = true;

  /** `services` are full names. */
  constructor(services: readonly string[]) {
    this.#services = new Set(['', ...services]);
  }

  check({ request }: Unary, callback: sendUnaryData<Uint8Array>): void {
    const service = serviceOf(request);
    if (service === undefined) {
      callback({ code: GrpcStatus.INVALID_ARGUMENT, details: 'not a HealthCheckRequest' });
    } else if (!this.#services.has(service)) {
      callback({ code: GrpcStatus.NOT_FOUND, details: 'there is no service of this name' });
    } else callback(null, checkResponse(this.#status));
  }

  list(_call: Unary, callback: sendUnaryData<Uint8Array>): void {
    const writer = new ProtoWriter();
    for (const service of this.#services) {
      const entry = writer.begin(1);
      writer.string(1, service);
      writer.bytes(2, checkResponse(this.#status));
      writer.end(entry);
    }
    callback(null, writer.finish());
  }

  watch(call: Watch): void {
    const service = serviceOf(call.request);
    if (service === undefined) {
      call.destroy(
        Object.assign(new Error('not a HealthCheckRequest'), { code: GrpcStatus.INVALID_ARGUMENT }),
      );
      return;
    }
    // A client may also watch a service that does not exist yet.
    const status = this.#services.has(service) ? this.#status : ServingStatus.serviceUnknown;
    call.write(checkResponse(status));
    if (!this.#isServing) {
      call.end();
      return;
    }
    this.#watches.add(call);
    call.once('cancelled', () => this.#watches.delete(call));
  }

  stop(): void {
    this.#isServing = false;
    for (const call of this.#watches) {
      call.write(checkResponse(ServingStatus.notServing));
      call.end();
    }
    this.#watches.clear();
  }

  get #status(): ServingStatus {
    return this.#isServing ? ServingStatus.serving : ServingStatus.notServing;
  }
}

/** HealthCheckRequest.service; undefined if the bytes are not a message. */
function serviceOf(request: Uint8Array): string | undefined {
  try {
    const reader = new ProtoReader(request);
    let service = '';
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === SERVICE_FIELD) service = Buffer.from(reader.view()).toString();
      else reader.skip(tag);
    }
    return service;
  } catch (error) {
    if (error instanceof MalformedRequestError) return undefined;
    throw error;
  }
}

function checkResponse(status: ServingStatus): Uint8Array {
  const writer = new ProtoWriter(8);
  writer.uint32(1, status);
  return writer.finish();
}
