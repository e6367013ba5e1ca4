import { resolve } from 'node:path';
import { isPostgresUrl, shownPlace } from '../setting-kinds.js';
import type { CopyProgress, CopyResult } from '../store/copy/copy-store.js';
import type { CopyStoresEdges, StorePlace } from '../store/open-copy.js';
import type { CopyOptions } from './copy-options.js';

/** Time between two reports of progress: on a terminal, and as lines, ms. */
const DRAW_MS = 200;
const LINE_MS = 5_000;

/** Lost blocks that are named. */
const MOST_NAMED = 10;

/** The environment of `copy`. */
export interface CopyContext {
  copyStores(from: StorePlace, to: StorePlace, edges: CopyStoresEdges): Promise<CopyResult>;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  nowMs(): number;
  print(text: string): void;
  printError(text: string): void;
}

/** Copies a store into another. Resolves to the exit code: 0 if all that was there is copied. */
export async function copy(options: CopyOptions, context: CopyContext): Promise<number> {
  const progress = new Progress(context);
  try {
    const result = await context.copyStores(placeOf(options.from), placeOf(options.to), {
      progress: (state) => progress.report(state),
      message: (text) => progress.message(text),
      nowMs: context.nowMs,
    });
    progress.end();
    context.print(summaryOf(result, options));
    return 0;
  } catch (error) {
    progress.end();
    context.printError(`sojourn: cannot copy: ${(error as Error).message}\n`);
    return 1;
  }
}

function placeOf(place: string): StorePlace {
  return isPostgresUrl(place) ? { url: place } : { directory: resolve(place) };
}

function summaryOf(result: CopyResult, { from, to }: CopyOptions): string {
  const { blocks, records, verified, projects, invalidations, lost, isInUse } = result;
  const named = lost.slice(0, MOST_NAMED).join(', ') + (lost.length > MOST_NAMED ? ', …' : '');
  const damage =
    lost.length === 0
      ? ''
      : `${count(lost.length)} block(s) are damaged or missing in the source, and are so in the target: ${named}\n`;
  const next = isInUse
    ? `A server runs on ${shownPlace(from)}: what it took in last, and what it takes in from now on, is not copied yet. Stop it and run the same command again, which copies the rest.\n`
    : `Nothing is left to copy. Start the server on ${shownPlace(to)}: it makes the sessions.\n`;
  return `Copied ${count(blocks)} block(s) with ${count(records)} record(s).
${isInUse ? 'What was copied is equal on both sides' : 'Both sides are equal'}: ${count(verified.block)} block(s), ${count(verified.records)} record(s), ${projects} project(s), ${count(invalidations)} invalidation(s), digest ${verified.digest}
${damage}${next}`;
}

/** Shows progress: one line that changes on a terminal, lines from time to time elsewhere. */
class Progress {
  readonly #context: CopyContext;
  #phase: CopyProgress['phase'] | undefined;
  #startMs = 0;
  #shownMs = 0;
  #isLineOpen = false;

  constructor(context: CopyContext) {
    this.#context = context;
  }

  report(state: CopyProgress): void {
    const { isTerminal, printError } = this.#context;
    const nowMs = this.#context.nowMs();
    const isNew = state.phase !== this.#phase || state.done === 0;
    if (isNew) {
      this.end();
      this.#phase = state.phase;
      this.#startMs = nowMs;
    } else if (nowMs - this.#shownMs < (isTerminal ? DRAW_MS : LINE_MS) && state.done < state.total) return;
    this.#shownMs = nowMs;
    const text = lineOf(state, nowMs - this.#startMs);
    // ESC [ K clears the rest of the line.
    printError(isTerminal ? `\r${text}\u001b[K` : `${text}\n`);
    this.#isLineOpen = isTerminal;
  }

  message(text: string): void {
    this.end();
    this.#context.printError(`${text}\n`);
  }

  /** Ends an open line. */
  end(): void {
    if (this.#isLineOpen) this.#context.printError('\n');
    this.#isLineOpen = false;
  }
}

function lineOf({ phase, done, total, records, bytes }: CopyProgress, ms: number): string {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  const line = `${phase}: ${count(done)} of ${count(total)} blocks (${percent} %)`;
  if (done === 0 || ms < DRAW_MS) return line;
  const seconds = ms / 1000;
  const leftS = Math.ceil(((total - done) / done) * seconds);
  const speed = `${count(Math.round(records / seconds))} records/s, ${(bytes / seconds / 1e6).toFixed(1)} MB/s`;
  return `${line}, ${speed}${done < total ? `, ${leftS} s left` : ''}`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
