import { type Block, packLane } from './pack.js';
import { LANES, type Lane, type Thing } from './things.js';

/** Heights in pixels (journey.css has the same). */
export const LANE_HEAD = 20;
export const ROW = 24;
export const BAR = 20;
const LANE_END = 6;
/** Free pixels before the axis. */
export const MARGIN = 12;

/** Free pixels after the axis, for the labels of what happened last. `width` is that of the window on the plot. */
export function endMargin(width: number): number {
  return Math.min(120, width * 0.15);
}

const LEAST = 10;
const SPACE = 2;
/**
 * Of more blocks than this, if more than this share of them have several things, all are made wide enough for
 * a number.
 */
const DENSE_BLOCKS = 40;
const DENSE_SHARE = 0.2;
const LEAST_DENSE = 36;
const ROWS_DENSE = 2;
const ROWS: Record<Lane, number> = {
  pages: 2,
  actions: 2,
  requests: 3,
  services: 4,
  turns: 3,
  calls: 3,
  events: 2,
};

export interface PlotLane {
  readonly lane: Lane;
  /** Pixels from the top of the plot. */
  readonly top: number;
  readonly height: number;
  readonly count: number;
  readonly blocks: readonly Block[];
}

/** Where everything is drawn; all in pixels. */
export interface Plot {
  readonly lanes: readonly PlotLane[];
  readonly height: number;
  /** The block of each thing, by its index. */
  readonly blockOf: readonly Block[];
  /** Top of the bar of each thing. */
  readonly topOf: readonly number[];
}

/**
 * Lays out things, which are sorted by start, on an axis. `toPixels` ascends up to `width`. Lanes without
 * things are left out.
 */
export function layOut(things: readonly Thing[], toPixels: (time: number) => number, width: number): Plot {
  const byLane = new Map<Lane, { index: number; from: number; to: number }[]>();
  for (const [index, { lane, start, end }] of things.entries()) {
    const from = toPixels(start);
    // Things that follow each other without a pause stay apart.
    const placed = { index, from, to: Math.max(from, toPixels(end) - SPACE - 0.01) };
    const list = byLane.get(lane);
    if (list === undefined) byLane.set(lane, [placed]);
    else list.push(placed);
  }
  const lanes: PlotLane[] = [];
  const blockOf: Block[] = [];
  const topOf: number[] = [];
  let top = 0;
  for (const lane of LANES) {
    const placed = byLane.get(lane);
    if (placed === undefined) continue;
    const blocks = blocksOf(placed, ROWS[lane], width);
    let rows = 1;
    for (const block of blocks) {
      rows = Math.max(rows, block.row + 1);
      for (const index of block.members) {
        blockOf[index] = block;
        topOf[index] = top + LANE_HEAD + block.row * ROW;
      }
    }
    const height = LANE_HEAD + rows * ROW + LANE_END;
    lanes.push({ lane, top, height, count: placed.length, blocks });
    top += height;
  }
  return { lanes, height: top, blockOf, topOf };
}

function blocksOf(placed: Parameters<typeof packLane>[0], rows: number, width: number): readonly Block[] {
  const blocks = packLane(placed, { rows, least: LEAST, space: SPACE, width });
  const several = blocks.filter(({ members }) => members.length > 1).length;
  if (blocks.length <= DENSE_BLOCKS || several <= blocks.length * DENSE_SHARE) return blocks;
  return packLane(placed, { rows: Math.min(rows, ROWS_DENSE), least: LEAST_DENSE, space: SPACE, width });
}
