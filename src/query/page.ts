import { type Cursor, type KeysetPosition, LEAST_NS } from '../contract/cursor.js';
import { MAX_TIME_NS } from '../contract/timestamp.js';

/** What a look at a list has found. */
export interface KeysetRead<Item> {
  /** In list order. */
  readonly items: Item[];
  /** Where the search was given up, though there may be more items beyond; missing where there was no need to. */
  readonly stoppedAt?: KeysetPosition;
}

/** A list that is read by key. Each function answers from one snapshot; different calls may see different ones. */
export interface KeysetList<Item> {
  /** How starts run in list order. */
  readonly order: 'ascending' | 'descending';
  /**
   * At most `limit` items in list order: the nearest behind `position` (`next`) or before it (`prev`). Without a position,
   * from the head of the list. Fewer where they are heavier than a page: the nearest, and one of them beyond `MAX_PAGE_WEIGHT`.
   */
  read(
    direction: Cursor['direction'],
    position: KeysetPosition | undefined,
    limit: number,
  ): Promise<KeysetRead<Item>>;
  positionOf(item: Item): KeysetPosition;
  /** Bytes that an item adds to the answer, where the size of a page is to be bounded. */
  weightOf?(item: Item): number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Present exactly where there is an item behind the last one, or where the search for one was given up. */
  readonly next?: Cursor;
  /** Present exactly where there is an item before the first one, or where the search for one was given up. */
  readonly prev?: Cursor;
}

/** The weight at which a page is full before it has `limit` items. */
export const MAX_PAGE_WEIGHT = 16 * 1024 * 1024;

/**
 * One page of at most `limit` items, and at least one where there is any and the search was not given up. The direction that the page was read in knows
 * of more items from one item read beyond the page; the other direction is asked for one item.
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
  // Nothing stands before the head of the list, so a first page needs no look back.
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
 * Where to go on from an empty page so that the item at the page's own cursor is found again: that item was on the page
 * before, and nothing else can be between it and the position given back.
 */
function including(
  position: KeysetPosition,
  towards: Cursor['direction'],
  order: KeysetList<unknown>['order'],
): KeysetPosition {
  const towardsLaterStarts = (order === 'ascending') === (towards === 'next');
  if (towardsLaterStarts) {
    return { startNs: position.startNs > LEAST_NS ? position.startNs - 1n : LEAST_NS, id: '' };
  }
  return { startNs: position.startNs < MAX_TIME_NS ? position.startNs + 1n : MAX_TIME_NS, id: '' };
}
