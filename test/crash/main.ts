import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CRASH_POINTS } from '../../src/store/crash-points.js';
import { compileDisk } from './disk.js';
import { runRound } from './rounds.js';

/**
 * `npm run test:crash`: many rounds of the crash test (rounds.ts). SOJOURN_CRASH_ROUNDS is their number, 1,000 by
 * default. SOJOURN_CRASH_SEED chooses others. SOJOURN_CRASH_ROUND runs the one with this number again.
 */

const { SOJOURN_CRASH_ROUNDS, SOJOURN_CRASH_SEED, SOJOURN_CRASH_ROUND } = process.env;
const rounds = Number(SOJOURN_CRASH_ROUNDS ?? 1000);
const seed = SOJOURN_CRASH_SEED ?? String(Date.now());
const only = SOJOURN_CRASH_ROUND === undefined ? undefined : Number(SOJOURN_CRASH_ROUND);
const [first, last] = only === undefined ? [1, rounds] : [only, only];
/** Rounds at a time: a start waits for the disk as long as it computes. */
const AT_A_TIME = 2;

const folder = mkdtempSync(join(tmpdir(), 'sojourn-crash-'));
const library = compileDisk(folder);
if ('missing' in library)
  console.log(`Only kills: no faults of the disk and no jumps of the clock, because ${library.missing}`);
console.log(`rounds ${first} to ${last} with seed ${seed}`);

const reached = new Set<string>();
const failures: string[] = [];
let next = first;
let done = 0;

async function work(): Promise<void> {
  while (next <= last) {
    const number = next++;
    try {
      const { text, point, acknowledged } = await runRound({ seed, number, library, folder });
      if (point !== undefined) reached.add(point);
      console.log(`${++done}/${last + 1 - first}: round ${number}, ${acknowledged} acknowledged: ${text}`);
    } catch (error) {
      done++;
      failures.push((error as Error).message);
      console.error((error as Error).message);
    }
  }
}

await Promise.all(Array.from({ length: AT_A_TIME }, work));
console.log(
  `${done - failures.length} rounds passed, ${failures.length} failed; ${reached.size} of ${CRASH_POINTS.length} named points`,
);
if (failures.length === 0) rmSync(folder, { recursive: true });
process.exitCode = failures.length === 0 ? 0 : 1;
