import type { Expected } from '../generate/ledger.js';
import type { StreamDescription } from '../generate/open-stream.js';

/** Generate requests of a stream ahead of a run and keep them compressed in memory. */
export interface PrepareCommand {
  readonly op: 'prepare';
  readonly stream: StreamDescription;
  /** Number of waiting spans afterwards; a finite stream may give fewer. */
  readonly spans: number;
  /** Limit on the memory of waiting requests, bytes; fewer spans wait if it is reached. */
  readonly maxBytes: number;
}

export interface PrepareResult {
  /** Number of waiting spans. */
  readonly spans: number;
  readonly requests: number;
  /** For everything generated so far, including log records: encoded bytes, and the same after gzip. */
  readonly encodedBytes: number;
  readonly gzipBytes: number;
  readonly generatedSpans: number;
  /** Whether the stream has ended. */
  readonly ended: boolean;
}

/** Send waiting requests of a stream. */
export interface SendCommand {
  readonly op: 'send';
  readonly stream: number;
  /** `http://127.0.0.1:PORT`, followed by anything that precedes `/v1/traces`. */
  readonly origin: string;
  /** More servers of the same store: connections are dealt out over all of them. */
  readonly otherOrigins?: readonly string[];
  /** Additional headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Number of keep-alive connections, each with one request at a time. */
  readonly connections: number;
  /** Length of the window; if left out, until no request waits. */
  readonly seconds?: number;
  /** Rate limit; if left out, as fast as answers arrive. */
  readonly spansPerSecond?: number;
  /** Send the same requests again and again without counting: to measure the sender's own ceiling. */
  readonly rehearse?: boolean;
}

export interface SendResult {
  /** Length of the window, ms. */
  readonly windowMs: number;
  /** Acknowledged within the window. */
  readonly spans: number;
  readonly requests: number;
  readonly wireBytes: number;
  /** Acknowledged until the answer to the last request. */
  readonly spansInAll: number;
  /** From the first byte sent to the end of the answer, retries included, ms, one per acknowledged request. */
  readonly latencyMs: Float64Array;
  /** CPU time of the sending process in the window, ms. */
  readonly cpuMs: number;
  /** Answers 429 or 503, and broken connections; sent again. */
  readonly retries: number;
  /** Descriptions of unacknowledged requests; at most a few. */
  readonly failures: readonly string[];
  /** Whether the window ended because no request was left. */
  readonly ranOut: boolean;
}

/** Drop the waiting requests of a stream. */
export interface DiscardCommand {
  readonly op: 'discard';
  readonly stream: number;
}

/** Ask for the ledger of a stream. */
export interface ExpectCommand {
  readonly op: 'expect';
  readonly stream: number;
}

export type Command = PrepareCommand | SendCommand | DiscardCommand | ExpectCommand;
export type Result = PrepareResult | SendResult | Expected | undefined;

export interface CommandMessage {
  readonly id: number;
  readonly command: Command;
}

/** From the sender: the result of a command, or that a window opened or closed, when readings are taken. */
export type SenderMessage =
  | { readonly type: 'done'; readonly id: number; readonly result: Result }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'window'; readonly id: number; readonly open: boolean };
