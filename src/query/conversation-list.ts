import { Conversation } from '../conversation/conversation.js';
import { comparePositions, type Turn, type TurnPosition } from '../conversation/turn.js';
import type { GroupPosition, GroupScan, StoredGroup } from '../store/store.js';
import type { Cursor, KeysetPosition } from './cursor.js';
import type { KeysetList, KeysetRead } from './page.js';

/** Groups that are in memory at a time. */
const GROUPS_AT_ONCE = 8;

/**
 * The turns of a session as a list, for one request. What is a turn depends on what was shown before, so that it reads from the session's first group
 * to the end of the page; it keeps what it hands out, and its neighbours.
 */
export class ConversationList implements KeysetList<Turn> {
  readonly order = 'ascending';
  readonly #groups: (scan: GroupScan) => Promise<StoredGroup[]>;
  /** What was read last: a run of the list. */
  #run: readonly Turn[] = [];

  constructor(groups: (scan: GroupScan) => Promise<StoredGroup[]>) {
    this.#groups = groups;
  }

  async read(
    direction: Cursor['direction'],
    position: KeysetPosition | undefined,
    limit: number,
  ): Promise<KeysetRead<Turn>> {
    const edge = position && decodePosition(position);
    const items =
      (edge && this.#neighbour(direction, edge, limit)) ?? (await this.#scan(direction, edge, limit));
    return { items };
  }

  positionOf({ position }: Turn): KeysetPosition {
    const { groupNs, groupKey, timeNs, recordId, index } = position;
    return { startNs: groupNs, id: [groupKey, timeNs, recordId, index].join(' ') };
  }

  weightOf({ text, reasoning, tool }: Turn): number {
    const texts = [text, reasoning, tool?.arguments, tool?.result];
    return texts.reduce((weight, part) => weight + (part?.length ?? 0), 0);
  }

  /** The turn beside one that was read already, where that was read too. */
  #neighbour(direction: Cursor['direction'], edge: TurnPosition, limit: number): Turn[] | undefined {
    const at = this.#run.findIndex(({ position }) => comparePositions(position, edge) === 0);
    if (limit !== 1 || at < 0) return undefined;
    const turn = this.#run[direction === 'next' ? at + 1 : at - 1];
    return turn && [turn];
  }

  async #scan(
    direction: Cursor['direction'],
    edge: TurnPosition | undefined,
    limit: number,
  ): Promise<Turn[]> {
    const found: Turn[] = [];
    /** What lies on the other side of the edge: as much of it as a page backwards takes. */
    const before: Turn[] = [];
    for await (const turn of this.#turns()) {
      const side = edge === undefined ? 1 : comparePositions(turn.position, edge);
      if (side <= 0) {
        if (side === 0 && direction === 'prev') {
          found.push(turn);
          break;
        }
        before.push(turn);
        if (before.length > limit) before.shift();
      } else {
        found.push(turn);
        if (found.length >= limit || direction === 'prev') break;
      }
    }
    this.#run = [...before, ...found];
    if (direction === 'next') return found;
    return before.slice(Math.max(0, before.length - limit));
  }

  async *#turns(): AsyncGenerator<Turn> {
    const conversation = new Conversation();
    let after: GroupPosition | undefined;
    for (;;) {
      const groups = await this.#groups({ limit: GROUPS_AT_ONCE, ...(after && { after }) });
      for (const group of groups) yield* conversation.take(group);
      after = groups.at(-1)?.position;
      if (groups.length < GROUPS_AT_ONCE) return;
    }
  }
}

/** Where a page begins; without the parts of an id it is the beginning of that time. */
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
