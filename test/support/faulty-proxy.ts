import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** The directions of a connection: from the client to the server, and back. */
export type Direction = 'toServer' | 'toClient';

/** Beyond this, a direction reads no more until some of it was forwarded. */
const QUEUE_LIMIT_BYTES = 1_048_576;

/** Starts a proxy on a free port of 127.0.0.1, in front of the server at this host and port. */
export async function startFaultyProxy(target: { host?: string; port: number }): Promise<FaultyProxy> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new FaultyProxy(server, target);
}

/** A TCP proxy that forwards everything, until a test makes it fail in one of the ways of a network. */
export class FaultyProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #accepted = 0;
  #delayMs = 0;
  #isBlackhole = false;
  #cut: { direction: Direction; bytes: number } | undefined;
  #lost: { readonly greeting: string; readonly answer: string; done(): void } | undefined;

  constructor(server: Server, target: { host?: string; port: number }) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => {
      this.#accepted += 1;
      const pair = new Pair(
        client,
        connect({ allowHalfOpen: true, host: '127.0.0.1', ...target }),
        this.#faults,
      );
      this.#pairs.add(pair);
      pair.onClose = () => this.#pairs.delete(pair);
    });
  }

  /** The same URL, with this proxy in the place of the server. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.port);
    return changed.href;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Connections that were ever made. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Resets all connections (RST to both sides). What was not forwarded is lost. New ones are accepted. */
  cutAll(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  /**
   * Forwards so many further bytes in this direction, over all connections together, and then resets all
   * connections, once. With `toClient`, the server has received a request whose answer is lost.
   */
  cutAfter(bytes: number, direction: Direction = 'toServer'): void {
    this.#cut = { direction, bytes };
  }

  /**
   * Resets a connection in the place of the next answer with this text: the server has done what it answers, and
   * nobody hears of it. Only a connection whose first bytes from the client have `greeting` in them. Resolves then.
   */
  loseAnswer(answer: string, greeting = ''): Promise<void> {
    return new Promise((done) => {
      this.#lost = { greeting, answer, done };
    });
  }

  /** Forwards every byte so much later, in both directions; the order is kept. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /**
   * Forwards nothing, not even that a side has closed its connection: open connections hang, and new ones are
   * accepted and hang.
   */
  blackhole(): void {
    this.#isBlackhole = true;
  }

  /**
   * Ends delay, blackhole, and a cut or a loss to come. Connections continue with all bytes that were sent meanwhile,
   * like those of a network that comes back.
   */
  recover(): void {
    this.#isBlackhole = false;
    this.#delayMs = 0;
    this.#cut = undefined;
    this.#lost = undefined;
    for (const pair of this.#pairs) pair.pump();
  }

  /** Resets all connections and accepts no more. */
  async stop(): Promise<void> {
    this.#server.close();
    this.cutAll();
    await once(this.#server, 'close');
  }

  readonly #faults: Faults = {
    delayMs: () => this.#delayMs,
    isBlackhole: () => this.#isBlackhole,
    allowed: (direction, bytes) => {
      if (this.#cut?.direction !== direction) return bytes;
      const allowed = Math.min(bytes, this.#cut.bytes);
      this.#cut.bytes -= allowed;
      return allowed;
    },
    isLost: (greeting, chunk) => {
      const lost = this.#lost;
      if (lost === undefined || !greeting.includes(lost.greeting) || !chunk.includes(lost.answer))
        return false;
      this.#lost = undefined;
      lost.done();
      return true;
    },
    isCut: (direction) => this.#cut?.direction === direction && this.#cut.bytes === 0,
    cut: () => {
      this.#cut = undefined;
      this.cutAll();
    },
  };
}

/** What the directions of connections ask their proxy. */
interface Faults {
  delayMs(): number;
  isBlackhole(): boolean;
  /** How many of so many bytes may still be forwarded before a cut. */
  allowed(direction: Direction, bytes: number): number;
  /** Whether this answer is lost, of a connection whose client began so, and the connection with it. */
  isLost(greeting: string, chunk: Buffer): boolean;
  /** Whether the last byte of this direction before a cut was allowed. */
  isCut(direction: Direction): boolean;
  cut(): void;
}

/** A client's connection and its connection to the server. */
class Pair {
  onClose: () => void = () => {};
  readonly #sockets: readonly [Socket, Socket];
  readonly #flows: readonly [Flow, Flow];
  readonly #faults: Faults;
  #isBroken = false;
  /** The first bytes of the client. */
  #greeting: string | undefined;

  constructor(client: Socket, server: Socket, faults: Faults) {
    this.#sockets = [client, server];
    this.#faults = faults;
    this.#flows = [
      new Flow(client, server, 'toServer', faults, (chunk) => {
        this.#greeting ??= chunk.toString('latin1');
        return true;
      }),
      new Flow(server, client, 'toClient', faults, (chunk) => {
        if (!faults.isLost(this.#greeting ?? '', chunk)) return true;
        this.reset();
        return false;
      }),
    ];
    let open = 2;
    for (const socket of this.#sockets) {
      socket.setNoDelay(true);
      socket.on('error', () => {
        this.#isBroken = true;
        this.pump();
      });
      socket.on('close', () => {
        open -= 1;
        if (open === 0) this.onClose();
      });
    }
  }

  /** Forwards what is due. In a blackhole, neither side sees that the other has gone. */
  pump(): void {
    if (this.#isBroken && !this.#faults.isBlackhole()) this.reset();
    else for (const flow of this.#flows) flow.pump();
  }

  reset(): void {
    for (const flow of this.#flows) flow.stop();
    for (const socket of this.#sockets) {
      // Node.js (20 and 24) never closes a socket that is reset while its end is being sent, and then cannot exit.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }
}

/** One direction of one connection. */
class Flow {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #direction: Direction;
  readonly #faults: Faults;
  /** What is to be forwarded, and when (performance.now()); null is the end of the stream. */
  readonly #queue: { chunk: Buffer | null; dueMs: number }[] = [];
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isFull = false;
  #isStopped = false;
  readonly #passes: (chunk: Buffer) => boolean;

  /** `passes` looks at each chunk before it is forwarded. */
  constructor(
    from: Socket,
    to: Socket,
    direction: Direction,
    faults: Faults,
    passes: (chunk: Buffer) => boolean,
  ) {
    this.#passes = passes;
    this.#from = from;
    this.#to = to;
    this.#direction = direction;
    this.#faults = faults;
    from.on('data', (chunk: Buffer) => this.#add(chunk));
    from.on('end', () => this.#add(null));
    to.on('drain', () => {
      this.#isFull = false;
      this.pump();
    });
  }

  #add(chunk: Buffer | null): void {
    // A shorter delay does not let later bytes overtake earlier ones.
    const dueMs = Math.max(this.#queue.at(-1)?.dueMs ?? 0, performance.now() + this.#faults.delayMs());
    this.#queue.push({ chunk, dueMs });
    this.#queuedBytes += chunk?.length ?? 0;
    if (this.#queuedBytes > QUEUE_LIMIT_BYTES) this.#from.pause();
    this.pump();
  }

  /** Forwards what is due. */
  pump(): void {
    clearTimeout(this.#timer);
    while (!this.#isStopped && !this.#isFull && !this.#faults.isBlackhole()) {
      const next = this.#queue[0];
      if (next === undefined) return;
      const waitMs = this.#faults.delayMs() === 0 ? 0 : next.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.pump(), Math.ceil(waitMs));
        return;
      }
      this.#queue.shift();
      this.#forward(next.chunk);
    }
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #forward(chunk: Buffer | null): void {
    if (chunk === null) {
      this.#to.end();
      return;
    }
    this.#queuedBytes -= chunk.length;
    if (!this.#passes(chunk)) return;
    if (this.#queuedBytes <= QUEUE_LIMIT_BYTES) this.#from.resume();
    const allowed = this.#faults.allowed(this.#direction, chunk.length);
    if (!this.#faults.isCut(this.#direction)) {
      this.#isFull = !this.#to.write(chunk);
      return;
    }
    // The cut comes when these bytes were handed to the operating system.
    this.#isStopped = true;
    this.#to.write(chunk.subarray(0, allowed), () => this.#faults.cut());
  }
}
