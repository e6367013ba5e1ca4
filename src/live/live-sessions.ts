import type { Clock } from '../clock.js';
import { ApiError } from '../contract/errors.js';
import type { SessionFilters } from '../contract/session-filters.js';
import type { QueryService } from '../query/query-service.js';
import type { SessionListener, Watch } from '../store/contract/store.js';
import { ChangeLog } from './change-log.js';

/**
 * The live stream of changed sessions (docs/decisions/005-live-page.md). It is a hint to read again. It only
 * stores which sessions have changed lately, so that a client costs a number and its unsent data.
 */

/** Maximum number of open streams; further ones are refused. */
export const MAX_STREAMS = 100;

/** Number of sessions whose last change is remembered for clients that come back. */
const REMEMBERED = 10_000;

/** Interval between reads of changed sessions, ms: a session is sent at most once in this time. */
const INTERVAL_MS = 1_000;

/** Maximum number of sessions read, and sent to one client, at once; of more, the latest. */
const MOST_READ = 1_000;
const MOST_SENT = 200;

/** Interval between heartbeats, ms: proxies close connections that are silent for about a minute. */
const HEARTBEAT_MS = 15_000;

/** How long a client's connection may stay full, ms. */
const STUCK_MS = 60_000;

/** How long changes are remembered without any client, ms: browsers come back within seconds. */
const LINGER_MS = 60_000;

/** Delay after which a browser reconnects by itself, ms. */
const RETRY_MS = 2_000;

/** The connection to one client. */
export interface Sink {
  /** Returns false if the connection is full. `LiveStream.drained` must then be called once it is not. */
  write(text: string): boolean;
  /** Ends the connection, at once if the client has not read everything. */
  end(): void;
}

export interface LiveStream {
  /** The client has read everything. */
  drained(): void;
  /** The client has disconnected. */
  closed(): void;
}

export interface LiveSessionsOptions {
  readonly project: string;
  readonly queries: Pick<QueryService, 'changes'>;
  watch(listener: SessionListener): Promise<Watch>;
  readonly clock: Clock;
  /** A name that no other run of the program, and no other project, has. */
  newName(): string;
  /** Number of open streams of other projects, which count towards `MAX_STREAMS`. Default: none. */
  othersOpen?(): number;
  /** Called when the last client has been gone for `LINGER_MS`: nothing is remembered any more. */
  onUnused?(): void;
  /** Called with failed reads, which are retried. */
  onFailure(error: unknown): void;
  /** The number of open streams has changed. */
  onStreams(count: number): void;
}

interface Client {
  readonly filters: SessionFilters;
  /** Equal for equal filters. */
  readonly key: string;
  readonly sink: Sink;
  /** The last change that it knows. */
  known: number;
  /** Since when its connection is full. */
  fullSinceMs: number | undefined;
}

/** The streams of one project. */
export class LiveSessions {
  readonly #options: LiveSessionsOptions;
  readonly #clients = new Set<Client>();
  #log = new ChangeLog(REMEMBERED);
  /** Name of the log: change numbers of another log are meaningless. */
  #name: string;
  #watch: Promise<Watch> | undefined;
  #closed = false;
  #looking = false;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #cancelLook: (() => void) | undefined;
  #cancelHeartbeat: (() => void) | undefined;
  #cancelLinger: (() => void) | undefined;
  /** Number of streams being opened. */
  #opening = 0;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    this.#name = options.newName();
  }

  /**
   * Opens a stream. When it resolves, every later change will be sent, and `sink` has been written to.
   *
   * @param lastEventId id of the last event that the client received, empty or undefined if it received none.
   * @throws ApiError if there are too many streams.
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
    this.#options.onStreams(this.#clients.size);
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

  /** Number of streams that are open or being opened. */
  get size(): number {
    return this.#clients.size + this.#opening;
  }

  /** Ends all streams; no new ones can be opened. */
  close(): void {
    this.#closed = true;
    for (const { sink } of this.#clients) sink.end();
    this.#clients.clear();
    this.#options.onStreams(0);
    this.#cancelLook?.();
    this.#cancelHeartbeat?.();
    this.#cancelLinger?.();
    this.#forget();
  }

  #admit(): void {
    if (this.#closed) throw new ApiError('stream.unavailable', 'The server is stopping.');
    if (this.size + (this.#options.othersOpen?.() ?? 0) >= MAX_STREAMS) {
      throw new ApiError(
        'stream.unavailable',
        `As many as ${MAX_STREAMS} streams are open. Try again later.`,
      );
    }
  }

  /** The change of an event id; undefined if the changes after it are not known. */
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

  #changed(project: string, sessionIds: readonly string[] | undefined): void {
    if (project !== this.#options.project || this.#watch === undefined) return;
    if (sessionIds === undefined) this.#log.noteAll();
    else for (const id of sessionIds) this.#log.note(id);
    this.#lookSoon();
  }

  /** Reads changed sessions, at once or after the interval. */
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
    // Another log may have begun meanwhile, if all clients had left.
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
      // Sessions that did not match count as known to the client, too.
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
    if (!this.#clients.delete(client)) return;
    this.#options.onStreams(this.#clients.size);
    if (this.#clients.size > 0 || this.#closed) return;
    this.#cancelLinger ??= this.#options.clock.after(LINGER_MS, () => {
      this.#cancelLinger = undefined;
      if (this.size > 0) return;
      this.#forget();
      this.#options.onUnused?.();
    });
  }

  /** Stops watching. Later changes are not known. */
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
