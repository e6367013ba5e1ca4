import { type Cursor, type KeysetPosition, LEAST_NS } from '../contract/cursor.js';
import { MAX_TIME_NS } from '../contract/timestamp.js';

/** Result of one read of a list. */
export interface KeysetRead<Item> {
  /** In list order. */
  readonly items: Item[];
  /** Where the search stopped early, although more items may follow. Missing if it was complete. */
  readonly stoppedAt?: KeysetPosition;
}

/**
 * A list that is read by key. Each call answers from one snapshot. Different calls may see different
 * snapshots.
 */
export interface KeysetList<Item> {
  /** Order of starts in the list. */
  readonly order: 'ascending' | 'descending';
  /**
   * Reads at most `limit` items in list order: the nearest after `position` (`next`) or before it (`prev`).
   * Without a position, starts at the head of the list. If items together are heavier than a page, returns
   * fewer: the nearest up to `MAX_PAGE_WEIGHT`, and one more.
   */
  read(
    direction: Cursor['direction'],
    position: KeysetPosition | undefined,
    limit: number,
  ): Promise<KeysetRead<Item>>;
  positionOf(item: Item): KeysetPosition;
  /** Bytes that an item adds to the answer. Only needed if the size of a page is limited. */
  weightOf?(item: Item): number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Present exactly if an item follows, or if the search for one stopped early. */
  readonly next?: Cursor;
  /** Present exactly if an item precedes, or if the search for one stopped early. */
  readonly prev?: Cursor;
}

/** A page with this weight, in bytes, is full even with fewer than `limit` items. */
export const MAX_PAGE_WEIGHT = 16 * 1024 * 1024;

/**
 * One page of at most `limit` items. It has at least one if any exist and the search did not stop early. One
 * item beyond the page shows whether more items follow in the direction of the read. For the other direction,
 * one more item is read.
 */
export async function readPage<Item>(
  list: KeysetList<Item>,
  limit: number,
  cursor: Cursor | undefined,
): Promise<Page<Item>> {
  const direction = cursor?.direction ?? 'next';
  const { items: found, stoppedAt } = await list.read(direction, cursor?.position, limit + 1);
  const count = Math.min(limit, countWithinWeight(list, direction, found));
  const items = direction === 'next' ? found.slice(0, count) : found.slice(found.length - count);
  const more = found.length > count;

  const linkTo = (towards: Cursor['direction']): Cursor => {
    const edge = towards === 'next' ? items.at(-1) : items[0];
    const position =
      edge === undefined ? including(cursor!.position, towards, list.order) : list.positionOf(edge);
    return { direction: towards, position };
  };
  const back = direction === 'next' ? 'prev' : 'next';
  // A first page has no items before it.
  const link = cursor === undefined ? undefined : linkTo(back);
  const behind = link && (await list.read(back, link.position, 1));
  const hasBack = behind !== undefined && (behind.items.length > 0 || behind.stoppedAt !== undefined);
  const onwards = more ? linkTo(direction) : stoppedAt && { direction, position: stoppedAt };
  return {
    items,
    ...(onwards && { [direction]: onwards }),
    ...(hasBack && { [back]: link }),
  };
}

function countWithinWeight<Item>(
  list: KeysetList<Item>,
  direction: Cursor['direction'],
  found: readonly Item[],
): number {
  const { weightOf } = list;
  if (weightOf === undefined) return found.length;
  const nearestFirst = direction === 'next' ? found : found.toReversed();
  let weight = 0;
  const tooMany = nearestFirst.findIndex((item, index) => {
    weight += weightOf(item);
    return index > 0 && weight > MAX_PAGE_WEIGHT;
  });
  return tooMany === -1 ? found.length : tooMany;
}

/**
 * The position from which an empty page's opposite direction finds the item at the page's own cursor again.
 * That item was on the previous page, and no item is between it and the returned position.
 */
function including(
  position: KeysetPosition,
  towards: Cursor['direction'],
  order: KeysetList<unknown>['order'],
): KeysetPosition {
  const towardsLaterStarts = (order === 'ascending') === (towards === 'next');
  if (towardsLaterStarts) {
    return { ...position, startNs: position.startNs > LEAST_NS ? position.startNs - 1n : LEAST_NS, id: '' };
  }
  return {
    ...position,
    startNs: position.startNs < MAX_TIME_NS ? position.startNs + 1n : MAX_TIME_NS,
    id: '',
  };
}
