import { resolve } from 'node:path';
import { isPostgresUrl, shownPlace } from '../setting-kinds.js';
import type { CopyProgress, CopyResult } from '../store/copy/copy-store.js';
import type { CopyStoresEdges, StorePlace } from '../store/open-copy.js';
import type { CopyOptions } from './copy-options.js';
import { count, ProgressLine, type ProgressLineContext } from './progress-line.js';

/** A phase that has taken less time has no speed yet, ms. */
const LEAST_MS = 200;

/** Lost blocks that are named. */
const MOST_NAMED = 10;

/** The environment of `copy`. */
export interface CopyContext extends ProgressLineContext {
  copyStores(from: StorePlace, to: StorePlace, edges: CopyStoresEdges): Promise<CopyResult>;
  print(text: string): void;
}

/** Copies a store into another. Resolves to the exit code: 0 if all that was there is copied. */
export async function copy(options: CopyOptions, context: CopyContext): Promise<number> {
  const progress = new ProgressLine(context);
  try {
    const result = await context.copyStores(placeOf(options.from), placeOf(options.to), {
      progress: (state) =>
        progress.report(state.phase, state.done === state.total, (ms) => lineOf(state, ms)),
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
    : `Nothing is left to copy. Start the server on ${shownPlace(to)}: it makes the sessions. API keys, sign-ins and the audit log were not copied: sojourn keys create makes new keys for it.\n`;
  return `Copied ${count(blocks)} block(s) with ${count(records)} record(s).
${isInUse ? 'What was copied is equal on both sides' : 'Both sides are equal'}: ${count(verified.block)} block(s), ${count(verified.records)} record(s), ${projects} project(s), ${count(invalidations)} invalidation(s), digest ${verified.digest}
${damage}${next}`;
}

function lineOf({ phase, done, total, records, bytes }: CopyProgress, ms: number): string {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  const line = `${phase}: ${count(done)} of ${count(total)} blocks (${percent} %)`;
  if (done === 0 || ms < LEAST_MS) return line;
  const seconds = ms / 1000;
  const leftS = Math.ceil(((total - done) / done) * seconds);
  const speed = `${count(Math.round(records / seconds))} records/s, ${(bytes / seconds / 1e6).toFixed(1)} MB/s`;
  return `${line}, ${speed}${done < total ? `, ${leftS} s left` : ''}`;
}
