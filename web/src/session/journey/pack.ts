/** Things drawn as one: a single one, or several that have no room side by side. */
export interface Block {
  /** Pixels on the axis. */
  readonly from: number;
  readonly to: number;
  readonly row: number;
  /** Indexes of its things, by start. */
  readonly members: readonly number[];
  /** Pixels up to the next block of its row, or up to the end of the lane. */
  readonly room: number;
}

interface Placed {
  readonly index: number;
  /** Pixels on the axis. */
  readonly from: number;
  readonly to: number;
}

interface Room {
  /** Maximum number of rows. */
  readonly rows: number;
  /** Minimum width of a block, and the space between two, in pixels. */
  readonly least: number;
  readonly space: number;
  /** End of the lane in pixels. */
  readonly width: number;
}

/**
 * Places the things of a lane in rows in which blocks do not overlap. A thing without room in any row joins
 * the block that stays the narrowest, so there are never more blocks than fit, however many things there are.
 * Things are sorted by `from`.
 */
export function packLane(things: readonly Placed[], { rows, least, space, width }: Room): readonly Block[] {
  const blocks: { from: number; to: number; row: number; members: number[]; room: number }[] = [];
  const lasts: (typeof blocks)[number][] = [];
  for (const { index, from, to } of things) {
    const end = Math.max(to, from + least);
    let row = lasts.findIndex((last) => last.to + space <= from);
    if (row < 0 && lasts.length < rows) row = lasts.length;
    if (row < 0) {
      const joined = narrowest(lasts, end);
      joined.to = Math.max(joined.to, end);
      joined.members.push(index);
      continue;
    }
    const block = { from, to: end, row, members: [index], room: 0 };
    const before = lasts[row];
    if (before !== undefined) before.room = from - before.to;
    lasts[row] = block;
    blocks.push(block);
  }
  for (const last of lasts) last.room = Math.max(0, width - last.to);
  return blocks;
}

function narrowest<Last extends Pick<Block, 'from' | 'to'>>(lasts: readonly Last[], end: number): Last {
  const joined = (last: Last): number => Math.max(last.to, end) - last.from;
  return lasts.reduce((best, each) => (joined(each) < joined(best) ? each : best));
}
