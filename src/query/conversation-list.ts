import type { Cursor, KeysetPosition } from '../contract/cursor.js';
import { comparePositions, type Turn, type TurnPosition, weightOf } from '../conversation/turn.js';
import type { GroupPosition } from '../store/contract/group.js';
import type { ConversationIndex, IndexedGroup } from './conversation-index.js';
import { type KeysetList, type KeysetRead, MAX_PAGE_WEIGHT } from './page.js';

/**
 * Maximum number of groups that are searched for the turns of a page, from its start: about a fifth of a
 * second of reading.
 */
export const MAX_GROUPS_A_PAGE = 2_000;

/** The turns of a session as a list, for one request. */
export class ConversationList implements KeysetList<Turn> {
  readonly order = 'ascending';
  readonly #index: ConversationIndex;
  readonly #maxGroups: number;

  constructor(index: ConversationIndex, maxGroups = MAX_GROUPS_A_PAGE) {
    this.#index = index;
    this.#maxGroups = maxGroups;
  }

  async read(
    direction: Cursor['direction'],
    position: KeysetPosition | undefined,
    limit: number,
  ): Promise<KeysetRead<Turn>> {
    const edge = position && decodePosition(position);
    if (edge !== undefined) await this.#extendTo(edge);
    return direction === 'next' ? this.#after(edge, limit) : { items: await this.#before(edge, limit) };
  }

  positionOf({ position }: Turn): KeysetPosition {
    const { groupNs, groupKey, timeNs, recordId, index } = position;
    return { startNs: groupNs, id: [groupKey, timeNs, recordId, index].join(' ') };
  }

  weightOf(turn: Turn): number {
    return weightOf(turn);
  }

  /** A turn depends on all turns before it, so everything up to the edge has to be known. */
  async #extendTo(edge: TurnPosition): Promise<void> {
    const index = this.#index;
    while (!index.isWhole && (index.end === undefined || compareGroups(index.end, edge) < 0)) {
      await index.extend();
    }
  }

  async #after(edge: TurnPosition | undefined, limit: number): Promise<KeysetRead<Turn>> {
    const index = this.#index;
    const found: Turn[] = [];
    let weight = 0;
    let at = edge === undefined ? 0 : firstNotBefore(index.groups, edge);
    const most = index.count + this.#maxGroups;
    for (;;) {
      while (at < index.groups.length) {
        // Each group has at least one turn.
        const part = index.groups.slice(at, at + Math.min(limit - found.length, GROUPS_AT_ONCE));
        at += part.length;
        for (const turn of await index.turnsOf(part)) {
          if (edge !== undefined && comparePositions(turn.position, edge) <= 0) continue;
          found.push(turn);
          weight += this.weightOf(turn);
          if (isFull(found, limit, weight)) return { items: found };
        }
      }
      if (index.isWhole) return { items: found };
      if (index.count >= most) return { items: found, ...(index.end && { stoppedAt: behind(index.end) }) };
      await index.extend(most - index.count);
    }
  }

  async #before(edge: TurnPosition | undefined, limit: number): Promise<Turn[]> {
    const { groups } = this.#index;
    const found: Turn[] = [];
    let weight = 0;
    // The edge's own group is the last that may have turns before it.
    let at = edge === undefined ? groups.length : firstAfter(groups, edge);
    while (at > 0) {
      const first = Math.max(0, at - Math.min(limit - found.length, GROUPS_AT_ONCE));
      const turns = await this.#index.turnsOf(groups.slice(first, at));
      for (let i = turns.length - 1; i >= 0; i--) {
        const turn = turns[i]!;
        if (edge !== undefined && comparePositions(turn.position, edge) >= 0) continue;
        found.push(turn);
        weight += this.weightOf(turn);
        if (isFull(found, limit, weight)) return found.reverse();
      }
      at = first;
    }
    return found.reverse();
  }
}

/** Whether a page has enough turns. One turn is never enough, however heavy, so that the next one is found. */
function isFull(found: readonly Turn[], limit: number, weight: number): boolean {
  return found.length >= limit || (weight > MAX_PAGE_WEIGHT && found.length > 1);
}

/** Maximum number of groups with their turns in memory, besides those of the page. */
const GROUPS_AT_ONCE = 16;

type GroupEdge = Pick<TurnPosition, 'groupNs' | 'groupKey'>;

function compareGroups({ startNs, key }: GroupPosition, { groupNs, groupKey }: GroupEdge): number {
  if (startNs !== groupNs) return startNs < groupNs ? -1 : 1;
  return key < groupKey ? -1 : key > groupKey ? 1 : 0;
}

function firstNotBefore(groups: readonly IndexedGroup[], edge: GroupEdge): number {
  return firstWhere(groups, (group) => compareGroups(group.position, edge) >= 0);
}

function firstAfter(groups: readonly IndexedGroup[], edge: GroupEdge): number {
  return firstWhere(groups, (group) => compareGroups(group.position, edge) > 0);
}

/** Index of the first group that `fits`. All groups after it must fit as well. */
function firstWhere(groups: readonly IndexedGroup[], fits: (group: IndexedGroup) => boolean): number {
  let [low, high] = [0, groups.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fits(groups[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The position after all turns of a group. */
function behind({ startNs, key }: GroupPosition): KeysetPosition {
  return { startNs, id: `${key} ${'9'.repeat(20)}` };
}

/** The start position of a page. Without the parts of an id, it is the first position at that time. */
function decodePosition({ startNs, id }: KeysetPosition): TurnPosition {
  const [groupKey = '', timeNs = '', recordId = '', index = ''] = id.split(' ');
  return {
    groupNs: startNs,
    groupKey,
    timeNs: /^\d{1,20}$/.test(timeNs) ? BigInt(timeNs) : 0n,
    recordId,
    index: /^\d{1,9}$/.test(index) ? Number(index) : -1,
  };
}
