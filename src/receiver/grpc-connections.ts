import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import type { Upload, UploadEnd, Uploads } from './uploads.js';

/** How to end a call whose message has not come. */
export type EndCall = (reason: UploadEnd) => void;

/** Time for the answers to calls that are ended before their connection is closed, ms. */
const GRACE_MS = 1_000;

/** A call whose message is not all here. */
interface Waiting {
  readonly end: EndCall;
  /** What the connection had received before the call, bytes. */
  readonly bytesBefore: number;
  /** Size of its message, where that is here and only the end of the call is missing. */
  messageBytes: number | undefined;
}

/** What tells connections apart. */
interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
}

/**
 * The connections of gRPC, and what is being received over them. The library hands out whole messages only, so that what there is of others is not known:
 * it is at most what their connection has received since the first of its unfinished calls began.
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

  /** The connection of a call; undefined where it has just gone. */
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
  /** Stands for all calls that wait. */
  #upload: Upload | undefined;
  /** What the connection had received when last no call waited, bytes. */
  #settledBytes = 0;

  constructor(socket: Socket, uploads: Uploads, clock: Clock, maxMessageBytes: number) {
    this.#socket = socket;
    this.#uploads = uploads;
    this.#clock = clock;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** A call waits for its message from now on. Undefined where there is no room for another one. */
  expect(end: EndCall): Waiting | undefined {
    this.#upload ??= this.#uploads.beginMeasured(
      () => this.#heldBytes(),
      (reason) => this.#end(reason),
    );
    if (this.#upload === undefined) return undefined;
    // A call is told of when what came with its beginning is read already.
    const bytesBefore = this.#waiting.size === 0 ? this.#settledBytes : this.#socket.bytesRead;
    const waiting = { end, bytesBefore, messageBytes: undefined };
    this.#waiting.add(waiting);
    return waiting;
  }

  /** The call has all that it waited for, or is over. */
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

  /** The library cannot end one request in the middle: the connection is closed, after the answers. */
  #end(reason: UploadEnd): void {
    this.#upload = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { end } of waiting) end(reason);
    this.#clock.after(GRACE_MS, () => this.#socket.destroy());
  }
}
