import type { ChunkPlace } from '../records/block.js';
import type { EventEntry } from './event-pages.js';

/** The events of a group that are in a session, by position. */
export interface EventsOfGroup {
  readonly logs: readonly EventEntry[];
  readonly spanEvents: readonly EventEntry[];
}

/** Memory for groups that are kept, bytes. */
const EVENT_CACHE_BYTES = 32 * 1024 * 1024;

/** About what a chunk and an event of it take besides the chunk's bytes. */
const CHUNK_BYTES = 4 * 1024;
const ENTRY_BYTES = 256;

/**
 * The events of the groups that pages were lately read from. Groups overlap in time, and a large one goes over many pages: the page behind has much the same groups.
 * They are kept up to a number of bytes; the latest is kept whatever it takes. A group's records are never changed where they lie, so that its places tell whether they
 * are all of them.
 */
export class EventGroups {
  readonly #maxBytes: number;
  /** The latest used last. */
  readonly #groups = new Map<string, { readonly events: EventsOfGroup; readonly bytes: number }>();
  #bytes = 0;

  constructor(maxBytes = EVENT_CACHE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get(name: string): EventsOfGroup | undefined {
    const kept = this.#groups.get(name);
    if (kept === undefined) return undefined;
    this.#groups.delete(name);
    this.#groups.set(name, kept);
    return kept.events;
  }

  put(name: string, events: EventsOfGroup, places: readonly ChunkPlace[]): void {
    const bytes = places.reduce(
      (sum, { tracesLength, logsLength }) => sum + tracesLength + logsLength + CHUNK_BYTES,
      (events.logs.length + events.spanEvents.length) * ENTRY_BYTES,
    );
    this.#groups.set(name, { events, bytes });
    this.#bytes += bytes;
    for (const [oldest, kept] of this.#groups) {
      if (this.#bytes <= this.#maxBytes || oldest === name) break;
      this.#groups.delete(oldest);
      this.#bytes -= kept.bytes;
    }
  }
}
