import type { Expected } from '../generate/ledger.js';
import type { StreamDescription } from '../generate/open-stream.js';

/** Generate requests of a stream ahead of a run and keep them compressed in memory. */
export interface PrepareCommand {
  readonly op: 'prepare';
  readonly stream: StreamDescription;
  /** Spans that shall be waiting afterwards; a stream with an end may give fewer. */
  readonly spans: number;
  /** Bound on the memory of waiting requests, bytes; fewer spans wait when it is reached. */
  readonly maxBytes: number;
}

export interface PrepareResult {
  /** What waits now. */
  readonly spans: number;
  readonly requests: number;
  /** Of everything the stream has given so far, log records too: encoded bytes, and the same after gzip. */
  readonly encodedBytes: number;
  readonly gzipBytes: number;
  readonly generatedSpans: number;
  /** The stream is at its end. */
  readonly ended: boolean;
}

/** Send waiting requests of a stream. */
export interface SendCommand {
  readonly op: 'send';
  readonly stream: number;
  /** `http://127.0.0.1:PORT`, and what stands before `/v1/traces`, if anything. */
  readonly origin: string;
  /** Sent with each request, besides those that every request has. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Keep-alive connections, each with one request under way at a time. */
  readonly connections: number;
  /** Length of the window; until nothing waits where left out. */
  readonly seconds?: number;
  /** Pace; as fast as the answers come where left out. */
  readonly spansPerSecond?: number;
  /** Send the same requests again and again and count nothing: to learn the sender's own ceiling. */
  readonly rehearse?: boolean;
}

export interface SendResult {
  /** Length of the window, ms. */
  readonly windowMs: number;
  /** Acknowledged within the window. */
  readonly spans: number;
  readonly requests: number;
  readonly wireBytes: number;
  /** Acknowledged by the time the answer to the last request was there. */
  readonly spansInAll: number;
  /** From the first byte sent to the end of the answer, retries included, ms, one per acknowledged request. */
  readonly latencyMs: Float64Array;
  /** CPU time of the sending process in the window, ms. */
  readonly cpuMs: number;
  /** Answers 429 or 503, and connections that broke; sent again. */
  readonly retries: number;
  /** What was never acknowledged, in words; at most a few. */
  readonly failures: readonly string[];
  /** The window ended because nothing was left to send. */
  readonly ranOut: boolean;
}

/** Forget what waits of a stream: it is never sent. */
export interface DiscardCommand {
  readonly op: 'discard';
  readonly stream: number;
}

/** What has been acknowledged of a stream. */
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

/** From the sender: how a command ended, or that a window opened or closed, which readings are taken at. */
export type SenderMessage =
  | { readonly type: 'done'; readonly id: number; readonly result: Result }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'window'; readonly id: number; readonly open: boolean };
