import type { Clock } from '../clock.js';
import { ApiError } from '../contract/errors.js';
import type { SessionFilters } from '../contract/session-filters.js';
import type { QueryService } from '../query/query-service.js';
import type { SessionListener, Watch } from '../store/contract/store.js';
import { ChangeLog } from './change-log.js';

/**
 * The live stream of sessions that change (docs/decisions/005-live-page.md). It is a hint to read again: nothing of it is kept but which
 * sessions have changed lately, so that a client costs a number and what its connection has not taken yet.
 */

/** Streams open at a time; more are refused. */
export const MAX_STREAMS = 100;

/** Sessions whose last change is remembered for clients that come back. */
const REMEMBERED = 10_000;

/** Between two looks at what has changed, ms: a session is sent once in this time at most. */
const INTERVAL_MS = 1_000;

/** Sessions looked at, and sent to one client, in one go; of more the latest. */
const MOST_READ = 1_000;
const MOST_SENT = 200;

/** Between two signs of life, ms: proxies close what is silent for a minute or so. */
const HEARTBEAT_MS = 15_000;

/** How long a client may leave its connection full, ms. */
const STUCK_MS = 60_000;

/** How long changes are remembered without any client, ms: browsers come back within seconds. */
const LINGER_MS = 60_000;

/** When a browser comes back by itself, ms. */
const RETRY_MS = 2_000;

/** The way to one client. */
export interface Sink {
  /** False where the client should be given time to take what it has been sent; `LiveStream.drained` is to be called then. */
  write(text: string): boolean;
  /** Ends the connection, at once where the client has not taken everything. */
  end(): void;
}

export interface LiveStream {
  /** The client has taken what it has been sent. */
  drained(): void;
  /** The client is gone. */
  closed(): void;
}

export interface LiveSessionsOptions {
  readonly project: string;
  readonly queries: Pick<QueryService, 'changes'>;
  watch(listener: SessionListener): Promise<Watch>;
  readonly clock: Clock;
  /** A name that no other run of the program has. */
  newName(): string;
  /** Told of failed reads, which are tried again. */
  onFailure(error: unknown): void;
}

interface Client {
  readonly filters: SessionFilters;
  /** Equal for equal filters. */
  readonly key: string;
  readonly sink: Sink;
  /** The last change it knows of. */
  known: number;
  /** Since when its connection is full. */
  fullSinceMs: number | undefined;
}

export class LiveSessions {
  readonly #options: LiveSessionsOptions;
  readonly #clients = new Set<Client>();
  #log = new ChangeLog(REMEMBERED);
  /** Of the log: changes of another one mean nothing. */
  #name: string;
  #watch: Promise<Watch> | undefined;
  #closed = false;
  #looking = false;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #cancelLook: (() => void) | undefined;
  #cancelHeartbeat: (() => void) | undefined;
  #cancelLinger: (() => void) | undefined;
  /** Streams being opened. */
  #opening = 0;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    this.#name = options.newName();
  }

  /**
   * Opens a stream. When it resolves, every change from then on will be sent, and `sink` has been written to.
   *
   * @param lastEventId of the last event that the client has had, empty or undefined where it has had none.
   * @throws ApiError where there is no room for it.
   */
  async open(filters: SessionFilters, lastEventId: string | undefined, sink: Sink): Promise<LiveStream> {
    this.#admit();
    this.#opening++;
    try {
      this.#cancelLinger?.();
      this.#cancelLinger = undefined;
      this.#watch ??= this.#options.watch((project, ids) => this.#changed(project, ids));
      await this.#watch;
    } catch (error) {
      this.#watch = undefined;
      throw error;
    } finally {
      this.#opening--;
    }
    // The server may have begun to stop meanwhile.
    this.#admit();
    const known = this.#knownTo(lastEventId);
    const client: Client = {
      filters,
      key: JSON.stringify(filters, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
      sink,
      known: known ?? this.#log.last,
      fullSinceMs: undefined,
    };
    this.#clients.add(client);
    this.#cancelHeartbeat ??= this.#options.clock.after(HEARTBEAT_MS, () => this.#beat());
    const reset = known === undefined ? 'event: reset\ndata: {}\n' : '';
    this.#send(client, `retry: ${RETRY_MS}\n${reset}${this.#id(client.known)}\n`);
    if (client.known < this.#log.last) this.#lookSoon();
    return {
      drained: () => {
        client.fullSinceMs = undefined;
        if (client.known < this.#log.last) this.#lookSoon();
      },
      closed: () => this.#remove(client),
    };
  }

  /** Ends all streams; none may follow. */
  close(): void {
    this.#closed = true;
    for (const { sink } of this.#clients) sink.end();
    this.#clients.clear();
    this.#cancelLook?.();
    this.#cancelHeartbeat?.();
    this.#cancelLinger?.();
    this.#forget();
  }

  #admit(): void {
    if (this.#closed) throw new ApiError('stream.unavailable', 'The server is stopping.');
    if (this.#clients.size + this.#opening >= MAX_STREAMS) {
      throw new ApiError(
        'stream.unavailable',
        `As many as ${MAX_STREAMS} streams are open. Try again later.`,
      );
    }
  }

  /** The change that an event's id stands for; undefined where what came after it is not known. */
  #knownTo(lastEventId: string | undefined): number | undefined {
    if (lastEventId === undefined || lastEventId === '') return this.#log.last;
    const [name, digits] = lastEventId.split('-', 2);
    if (name !== this.#name || digits === undefined || !/^\d{1,15}$/.test(digits)) return undefined;
    const change = Number(digits);
    return this.#log.knowsSince(change) ? change : undefined;
  }

  #id(change: number): string {
    return `id: ${this.#name}-${change}\n`;
  }

  #changed(project: string, sessionIds: readonly string[]): void {
    if (project !== this.#options.project || this.#watch === undefined) return;
    for (const id of sessionIds) this.#log.note(id);
    this.#lookSoon();
  }

  /** Looks at what has changed, at once or when it is time. */
  #lookSoon(): void {
    if (this.#looking || this.#cancelLook !== undefined || this.#clients.size === 0) return;
    const { clock } = this.#options;
    const dueMs = Math.max(0, this.#lookedAtMs + INTERVAL_MS - clock.nowMs());
    this.#cancelLook = clock.after(dueMs, () => {
      this.#cancelLook = undefined;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    this.#looking = true;
    this.#lookedAtMs = this.#options.clock.nowMs();
    let again = false;
    try {
      await this.#tellAll();
    } catch (error) {
      this.#options.onFailure(error);
      again = true;
    } finally {
      this.#looking = false;
    }
    const waits = [...this.#clients].some((client) => isReady(client) && client.known < this.#log.last);
    if (again || waits) this.#lookSoon();
  }

  async #tellAll(): Promise<void> {
    const log = this.#log;
    const { last } = log;
    const waiting = [...this.#clients].filter((client) => isReady(client) && client.known < last);
    for (const client of waiting) {
      if (log.knowsSince(client.known)) continue;
      client.known = last;
      this.#send(client, `event: reset\ndata: {}\n${this.#id(last)}\n`);
    }
    const behind = waiting.filter(({ known }) => known < last);
    if (behind.length === 0) return;
    const changes = log.since(Math.min(...behind.map(({ known }) => known)));
    const read = changes.slice(-MOST_READ);
    const unread = changes.slice(0, -MOST_READ);
    const keys = [...new Set(behind.map(({ key }) => key))];
    const bytes = await this.#options.queries.changes({
      sessionIds: read.map(({ sessionId }) => sessionId),
      filters: keys.map((key) => behind.find((client) => client.key === key)!.filters),
    });
    // Another log may have begun meanwhile, where everybody had gone.
    if (log !== this.#log) return;
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
    const matches = JSON.parse(lines.at(-1)!) as number[][];
    for (const client of behind) {
      if (!this.#clients.has(client)) continue;
      const { known } = client;
      const fitting = matches[keys.indexOf(client.key)]!.filter((index) => read[index]!.change > known);
      const sent = fitting.slice(-MOST_SENT);
      const skipped = fitting.length - sent.length + unread.filter(({ change }) => change > known).length;
      let text = skipped === 0 ? '' : `event: skipped\ndata: {"count":${skipped}}\n\n`;
      for (const index of sent) {
        text += `event: session\n${this.#id(read[index]!.change)}data: ${lines[index]}\n\n`;
      }
      // What did not match is known to the client, too.
      text += `${this.#id(last)}\n`;
      client.known = last;
      this.#send(client, text);
    }
  }

  #send(client: Client, text: string): void {
    if (!client.sink.write(text)) client.fullSinceMs ??= this.#options.clock.nowMs();
  }

  #beat(): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    for (const client of this.#clients) {
      if (isReady(client)) this.#send(client, `: alive\n${this.#id(client.known)}\n`);
      else if (nowMs - client.fullSinceMs! >= STUCK_MS) {
        client.sink.end();
        this.#remove(client);
      }
    }
    this.#cancelHeartbeat =
      this.#clients.size === 0 ? undefined : clock.after(HEARTBEAT_MS, () => this.#beat());
  }

  #remove(client: Client): void {
    if (!this.#clients.delete(client) || this.#clients.size > 0 || this.#closed) return;
    this.#cancelLinger ??= this.#options.clock.after(LINGER_MS, () => {
      this.#cancelLinger = undefined;
      if (this.#clients.size === 0 && this.#opening === 0) this.#forget();
    });
  }

  /** Stops to watch. What changes from here on is not known. */
  #forget(): void {
    this.#watch?.then(
      (watch) => watch.end(),
      () => {},
    );
    this.#watch = undefined;
    this.#log = new ChangeLog(REMEMBERED);
    this.#name = this.#options.newName();
  }
}

function isReady(client: Client): boolean {
  return client.fullSinceMs === undefined;
}
