/** Telemetry of one kind, generated request by request. */
export interface TelemetryStream {
  /** The next request; undefined at the end of a finite stream. */
  next(): GeneratedRequest | undefined;
}

export interface GeneratedRequest {
  readonly path: '/v1/traces' | '/v1/logs';
  /** Encoded OTLP protobuf, not compressed. */
  readonly body: Buffer;
  /** 0 in a request of log records. */
  readonly spans: number;
  /** What the request adds to which session: `ENTRY_COLUMNS` numbers a record. */
  readonly entries: Uint32Array;
}

/** Session number, trace number, flags, inclusive input tokens, inclusive output tokens. */
export const ENTRY_COLUMNS = 5;

/** Flags of an entry. */
export const EntryFlag = { span: 1, error: 2, modelCall: 4, end: 8 } as const;

/** Collects the entries of one request. */
export class EntryList {
  #columns = new Uint32Array(64 * ENTRY_COLUMNS);
  #length = 0;

  add(session: number, trace: number, flags: number, inputTokens = 0, outputTokens = 0): void {
    if (this.#length === this.#columns.length) {
      const larger = new Uint32Array(2 * this.#length);
      larger.set(this.#columns);
      this.#columns = larger;
    }
    this.#columns.set([session, trace, flags, inputTokens, outputTokens], this.#length);
    this.#length += ENTRY_COLUMNS;
  }

  /** Returns the entries and starts those of the next request. */
  take(): Uint32Array {
    const taken = this.#columns.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
