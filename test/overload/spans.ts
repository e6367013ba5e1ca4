import { Buffer } from 'node:buffer';
import { field, fixed64 } from '../support/wire-bytes.js';

/** Requests of spans as a web server sends them, each made by changing the ids in the bytes of one request. */

/** Of 1.6 MB: 200 requests are more than the server lets wait. */
export const SPANS_PER_REQUEST = 4000;

const TRACE_ID_BYTES = 16;
const SPANS_PER_TRACE = 10;
const ATTRIBUTES = {
  'http.request.method': 'GET',
  'http.route': '/api/orders/{id}',
  'http.response.status_code': '200',
  'url.path': '/api/orders/4711',
  'url.scheme': 'https',
  'server.address': 'shop.example',
  'client.address': '192.0.2.77',
  'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'network.protocol.version': '1.1',
};

/** Makes requests whose spans are all different, in one session. */
export class SpanRequests {
  readonly #bytes: Buffer;
  /** Where the ids of each span are. */
  readonly #ids: { readonly trace: number; readonly span: number }[] = [];
  readonly #sender: number;
  #spans = 0;

  /** `sender` makes the ids different from those of others. */
  constructor(session: string, sender: number) {
    this.#sender = sender;
    const startNs = BigInt(Date.now()) * 1_000_000n;
    const spans = Array<Buffer>(SPANS_PER_REQUEST).fill(field(2, ...spanParts(session, startNs)));
    this.#bytes = field(1, field(1, attribute(1, 'service.name', 'shop')), field(2, ...spans));
    const trace = field(1, Buffer.alloc(TRACE_ID_BYTES));
    for (let at = this.#bytes.indexOf(trace); at >= 0; at = this.#bytes.indexOf(trace, at + 1)) {
      this.#ids.push({ trace: at + 2, span: at + trace.length + 2 });
    }
  }

  /** The next request. Its memory is its own. */
  next(): Buffer {
    const bytes = Buffer.from(this.#bytes);
    for (const { trace, span } of this.#ids) {
      const number = ++this.#spans;
      bytes.writeUInt32BE(this.#sender, trace);
      bytes.writeUInt32BE(Math.ceil(number / SPANS_PER_TRACE), trace + TRACE_ID_BYTES - 4);
      bytes.writeUInt32BE(number, span + 4);
    }
    return bytes;
  }
}

function spanParts(session: string, startNs: bigint): Buffer[] {
  const attributes = Object.entries({ ...ATTRIBUTES, 'session.id': session });
  return [
    field(1, Buffer.alloc(TRACE_ID_BYTES)),
    field(2, Buffer.alloc(8)),
    field(5, 'GET /api/orders/{id}'),
    fixed64(7, startNs),
    fixed64(8, startNs + 25_000_000n),
    ...attributes.map(([key, value]) => attribute(9, key, value)),
  ];
}

function attribute(number: number, key: string, value: string): Buffer {
  return field(number, field(1, key), field(2, field(1, value)));
}
