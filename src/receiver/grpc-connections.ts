import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import type { Upload, UploadEnd, Uploads } from './uploads.js';

/** Ends a call whose message is incomplete. */
export type EndCall = (reason: UploadEnd) => void;

/** Time for the answers to ended calls before their connection is closed, ms. */
const GRACE_MS = 1_000;

/** A call whose message is incomplete. */
interface Waiting {
  readonly end: EndCall;
  /** Bytes that the connection had received before the call. */
  readonly bytesBefore: number;
  /** Size of its message, if that is complete and only the end of the call is missing. */
  messageBytes: number | undefined;
}

/** Identifies a connection. */
interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
}

/**
 * The gRPC connections, and the bytes being received over them. The library delivers whole messages only, so
 * the size of an unfinished message is unknown. Its upper bound is what its connection has received since the
 * first of its unfinished calls began.
 */
export class GrpcConnections {
  readonly #uploads: Uploads;
  readonly #clock: Clock;
  readonly #maxMessageBytes: number;
  readonly #connections = new Map<string, Connection>();

  constructor(uploads: Uploads, clock: Clock, maxMessageBytes: number) {
    this.#uploads = uploads;
    this.#clock = clock;
    this.#maxMessageBytes = maxMessageBytes;
  }

  get size(): number {
    return this.#connections.size;
  }

  add(socket: Socket): void {
    const key = keyOf(socket);
    this.#connections.set(key, new Connection(socket, this.#uploads, this.#clock, this.#maxMessageBytes));
    socket.once('close', () => {
      this.#connections.get(key)?.closed();
      this.#connections.delete(key);
    });
  }

  /** The connection of a call; undefined if it has just closed. */
  of(peer: Peer): Connection | undefined {
    return this.#connections.get(keyOf(peer));
  }
}

function keyOf({ remoteAddress, remotePort, localAddress }: Peer): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

class Connection {
  readonly #socket: Socket;
  readonly #uploads: Uploads;
  readonly #clock: Clock;
  readonly #maxMessageBytes: number;
  readonly #waiting = new Set<Waiting>();
  /** Represents all waiting calls. */
  #upload: Upload | undefined;
  /** Bytes that the connection had received when no call was waiting. */
  #settledBytes = 0;

  constructor(socket: Socket, uploads: Uploads, clock: Clock, maxMessageBytes: number) {
    this.#socket = socket;
    this.#uploads = uploads;
    this.#clock = clock;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** A call starts to wait for its message. Undefined if there is no memory for another one. */
  expect(end: EndCall): Waiting | undefined {
    this.#upload ??= this.#uploads.beginMeasured(
      () => this.#heldBytes(),
      (reason) => this.#end(reason),
    );
    if (this.#upload === undefined) return undefined;
    // The call is reported after the bytes that came with its beginning were read.
    const bytesBefore = this.#waiting.size === 0 ? this.#settledBytes : this.#socket.bytesRead;
    const waiting = { end, bytesBefore, messageBytes: undefined };
    this.#waiting.add(waiting);
    return waiting;
  }

  /** The call has its message, or is over. */
  done(waiting: Waiting): void {
    if (!this.#waiting.delete(waiting) || this.#waiting.size > 0) return;
    this.#settledBytes = this.#socket.bytesRead;
    this.#upload?.finish();
    this.#upload = undefined;
  }

  closed(): void {
    this.#upload?.finish();
    this.#upload = undefined;
    this.#waiting.clear();
  }

  #heldBytes(): number {
    let whole = 0;
    let unfinished = 0;
    let received = 0;
    const { bytesRead } = this.#socket;
    for (const { bytesBefore, messageBytes } of this.#waiting) {
      if (messageBytes !== undefined) whole += messageBytes;
      else {
        unfinished++;
        received = Math.max(received, bytesRead - bytesBefore);
      }
    }
    return whole + Math.min(received, unfinished * this.#maxMessageBytes);
  }

  /** The library cannot abort a single request, so the connection is closed after the answers. */
  #end(reason: UploadEnd): void {
    this.#upload = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { end } of waiting) end(reason);
    this.#clock.after(GRACE_MS, () => this.#socket.destroy());
  }
}
