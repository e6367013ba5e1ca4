import { type Profiler, Session } from 'node:inspector';

/**
 * Which blocks of the program were executed, as V8 counts them itself. It must be started before the program is
 * loaded: functions that were compiled earlier are not counted by block.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #isOurs: (url: string) => boolean;
  readonly #seen = new Set<string>();

  /** `isOurs`: whether the script at an address is part of the program. */
  constructor(isOurs: (url: string) => boolean) {
    this.#isOurs = isOurs;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Number of blocks that were executed so far. */
  get blocks(): number {
    return this.#seen.size;
  }

  /** Forgets what was executed since the last call, but for the blocks that were never executed before. */
  takeNew(): string[] {
    return this.#take().filter((block) => !this.#seen.has(block));
  }

  /** Counts blocks as executed. */
  add(blocks: readonly string[]): void {
    for (const block of blocks) this.#seen.add(block);
  }

  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }

  #take(): string[] {
    const blocks: string[] = [];
    let failure: Error | null = null;
    // Called back at once: the session is on its own thread.
    this.#session.post(
      'Profiler.takePreciseCoverage',
      (error, taken: Profiler.TakePreciseCoverageReturnType) => {
        failure = error;
        for (const { url, scriptId, functions } of error === null ? taken.result : []) {
          if (!this.#isOurs(url)) continue;
          for (const { ranges } of functions) {
            for (const { startOffset, endOffset, count } of ranges) {
              if (count > 0) blocks.push(`${scriptId}:${startOffset}:${endOffset}`);
            }
          }
        }
      },
    );
    if (failure !== null) throw failure;
    return blocks;
  }
}
