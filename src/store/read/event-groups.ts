import type { ChunkPlace } from '../records/block.js';
import type { EventEntry } from './event-pages.js';

/** The events of a group that are in a session, by position. */
export interface EventsOfGroup {
  readonly logs: readonly EventEntry[];
  readonly spanEvents: readonly EventEntry[];
}

/**
 * Memory for the events of recently read groups, bytes. Groups overlap in time and large ones span many
 * pages, so the next page has mostly the same groups.
 */
export const EVENT_CACHE_BYTES = 32 * 1024 * 1024;

/** Estimated memory of a chunk and of an event, besides the chunk's bytes. */
const CHUNK_BYTES = 4 * 1024;
const ENTRY_BYTES = 256;

/** Estimated memory of a group's events, bytes, including the chunks they are read from. */
export function bytesOfEvents(events: EventsOfGroup, places: readonly ChunkPlace[]): number {
  return places.reduce(
    (sum, { tracesLength, logsLength }) => sum + tracesLength + logsLength + CHUNK_BYTES,
    (events.logs.length + events.spanEvents.length) * ENTRY_BYTES,
  );
}
