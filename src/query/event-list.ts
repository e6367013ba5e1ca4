import type { Cursor, KeysetPosition } from '../contract/cursor.js';
import type { EventPosition, EventScan, FoundEvents, StoredEvent } from '../store/contract/event.js';
import { type KeysetList, type KeysetRead, MAX_PAGE_WEIGHT } from './page.js';

type Scan = Pick<EventScan, 'after' | 'direction' | 'limit' | 'maxBytes'>;

/** The events of a session as a list, for one request. */
export class EventList implements KeysetList<StoredEvent> {
  readonly order: 'ascending' | 'descending';
  /** Whether the session exists, by the first read. */
  isInSession = false;
  #isRead = false;
  readonly #events: (scan: Scan) => Promise<FoundEvents | undefined>;

  constructor(order: 'asc' | 'desc', events: (scan: Scan) => Promise<FoundEvents | undefined>) {
    this.order = order === 'asc' ? 'ascending' : 'descending';
    this.#events = events;
  }

  async read(
    direction: Cursor['direction'],
    position: KeysetPosition | undefined,
    limit: number,
  ): Promise<KeysetRead<StoredEvent>> {
    const isAscending = this.order === 'ascending';
    const found = await this.#events({
      direction: isAscending === (direction === 'next') ? 'forward' : 'backward',
      limit,
      maxBytes: MAX_PAGE_WEIGHT,
      ...(position && { after: { timeNs: position.startNs, id: position.id } }),
    });
    if (!this.#isRead) this.isInSession = found !== undefined;
    this.#isRead = true;
    const { events = [], stoppedAt } = found ?? {};
    return {
      items: isAscending ? [...events] : events.toReversed(),
      ...(stoppedAt && { stoppedAt: encodePosition(stoppedAt) }),
    };
  }

  positionOf({ position }: StoredEvent): KeysetPosition {
    return encodePosition(position);
  }

  weightOf({ size }: StoredEvent): number {
    return size;
  }
}

function encodePosition({ timeNs, id }: EventPosition): KeysetPosition {
  return { startNs: timeNs, id };
}
