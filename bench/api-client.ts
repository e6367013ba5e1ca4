import { Agent, request } from 'node:http';

/** One answer of the REST API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Buffer;
  /** From the start of the request to the last byte of the answer, without parsing it, ms. */
  readonly ms: number;
  /** The server's own time for the answer (`Server-Timing`), ms. */
  readonly serverMs: number | undefined;
}

/** Fields of a session that the bench reads. */
export interface SessionItem {
  readonly 'session.id': string;
  readonly trace_count: number;
  readonly span_count: number;
  readonly error_count: number;
  readonly state: string;
  readonly genai_usage?: {
    readonly request_count: number;
    readonly total_input_tokens: number;
    readonly total_output_tokens: number;
  };
}

export interface SessionPage {
  readonly items: readonly SessionItem[];
  readonly has_more: boolean;
  readonly next_cursor?: string;
}

const TIMEOUT_MS = 60_000;

/** A client with one keep-alive connection. */
export class ApiClient {
  readonly #origin: URL;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });

  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  get(path: string): Promise<ApiAnswer> {
    return this.#request('GET', path, undefined);
  }

  /** Posts OTLP protobuf, not compressed. */
  postOtlp(path: string, body: Buffer): Promise<ApiAnswer> {
    return this.#request('POST', path, body);
  }

  /** The parsed body of a 200 answer; rejects for any other status. */
  async json<T>(path: string): Promise<T> {
    const answer = await this.get(path);
    const text = answer.body.toString('utf8');
    if (answer.status !== 200) throw new Error(`${path}: status ${answer.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  close(): void {
    this.#agent.destroy();
  }

  #request(method: string, path: string, body: Buffer | undefined): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const began = performance.now();
      const headers = body ? { 'content-type': 'application/x-protobuf', 'content-length': body.length } : {};
      const asked = request(
        {
          agent: this.#agent,
          host: this.#origin.hostname,
          port: this.#origin.port,
          path,
          method,
          headers,
          timeout: TIMEOUT_MS,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('error', reject);
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const ms = performance.now() - began;
            const timing = /(?:^|[;,\s])dur=([\d.]+)/.exec(
              String(response.headers['server-timing'] ?? ''),
            )?.[1];
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks),
              ms,
              serverMs: timing === undefined ? undefined : Number(timing),
            });
          });
        },
      );
      asked.on('error', reject);
      asked.on('timeout', () => asked.destroy(new Error(`${path}: no answer within ${TIMEOUT_MS} ms`)));
      asked.end(body);
    });
  }
}
