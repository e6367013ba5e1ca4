import { ENTRY_COLUMNS, EntryFlag } from './stream.js';

/** The expected answer of a server for each session of a stream, by session number. */
export interface Expected {
  readonly stream: number;
  readonly spans: Uint32Array;
  readonly traces: Uint32Array;
  readonly errors: Uint32Array;
  readonly calls: Uint32Array;
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  /** 1 if a `session.end` was sent. */
  readonly ended: Uint8Array;
}

/** Adds up acknowledged requests. */
export class Ledger {
  #spans = new Uint32Array(1024);
  #traces = new Uint32Array(1024);
  #errors = new Uint32Array(1024);
  #calls = new Uint32Array(1024);
  #inputTokens = new Float64Array(1024);
  #outputTokens = new Float64Array(1024);
  #ended = new Uint8Array(1024);
  #knownTraces = new Uint8Array(4096);
  #sessions = 0;

  /** Adds the entries of an acknowledged request. */
  add(entries: Uint32Array): void {
    for (let i = 0; i < entries.length; i += ENTRY_COLUMNS) {
      const session = entries[i]!;
      const trace = entries[i + 1]!;
      const flags = entries[i + 2]!;
      this.#reserve(session, trace);
      if (flags & EntryFlag.end) this.#ended[session] = 1;
      if (!(flags & EntryFlag.span)) continue;
      this.#spans[session]! += 1;
      if (flags & EntryFlag.error) this.#errors[session]! += 1;
      if (flags & EntryFlag.modelCall) {
        this.#calls[session]! += 1;
        this.#inputTokens[session]! += entries[i + 3]!;
        this.#outputTokens[session]! += entries[i + 4]!;
      }
      if (this.#knownTraces[trace] === 0) {
        this.#knownTraces[trace] = 1;
        this.#traces[session]! += 1;
      }
    }
  }

  expected(stream: number): Expected {
    return {
      stream,
      spans: this.#spans.slice(0, this.#sessions),
      traces: this.#traces.slice(0, this.#sessions),
      errors: this.#errors.slice(0, this.#sessions),
      calls: this.#calls.slice(0, this.#sessions),
      inputTokens: this.#inputTokens.slice(0, this.#sessions),
      outputTokens: this.#outputTokens.slice(0, this.#sessions),
      ended: this.#ended.slice(0, this.#sessions),
    };
  }

  #reserve(session: number, trace: number): void {
    this.#sessions = Math.max(this.#sessions, session + 1);
    if (trace >= this.#knownTraces.length) {
      const known = new Uint8Array(2 * trace);
      known.set(this.#knownTraces);
      this.#knownTraces = known;
    }
    if (session < this.#spans.length) return;
    const size = 2 * session;
    this.#spans = copied(this.#spans, new Uint32Array(size));
    this.#traces = copied(this.#traces, new Uint32Array(size));
    this.#errors = copied(this.#errors, new Uint32Array(size));
    this.#calls = copied(this.#calls, new Uint32Array(size));
    this.#inputTokens = copied(this.#inputTokens, new Float64Array(size));
    this.#outputTokens = copied(this.#outputTokens, new Float64Array(size));
    this.#ended = copied(this.#ended, new Uint8Array(size));
  }
}

function copied<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
