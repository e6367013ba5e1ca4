import type { ChunkPlace } from '../records/block.js';
import type { EventEntry } from './event-pages.js';

/** The events of a group that are in a session, by position. */
export interface EventsOfGroup {
  readonly logs: readonly EventEntry[];
  readonly spanEvents: readonly EventEntry[];
}

/**
 * Memory for the events of the groups that pages were lately read from, bytes. Groups overlap in time, and a large one goes over many pages: the page behind has much the
 * same groups.
 */
export const EVENT_CACHE_BYTES = 32 * 1024 * 1024;

/** About what a chunk and an event of it take besides the chunk's bytes. */
const CHUNK_BYTES = 4 * 1024;
const ENTRY_BYTES = 256;

/** About what the events of a group take in memory, bytes, with the chunks that they are read from. */
export function bytesOfEvents(events: EventsOfGroup, places: readonly ChunkPlace[]): number {
  return places.reduce(
    (sum, { tracesLength, logsLength }) => sum + tracesLength + logsLength + CHUNK_BYTES,
    (events.logs.length + events.spanEvents.length) * ENTRY_BYTES,
  );
}
