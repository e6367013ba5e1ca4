/** Time between two reports: on a terminal, and as lines, ms. */
const DRAW_MS = 200;
const LINE_MS = 5_000;

export interface ProgressLineContext {
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  nowMs(): number;
  printError(text: string): void;
}

/** Shows progress: one line that changes on a terminal, lines from time to time elsewhere. */
export class ProgressLine {
  readonly #context: ProgressLineContext;
  #phase: string | undefined;
  #startMs = 0;
  #shownMs = 0;
  #isLineOpen = false;

  constructor(context: ProgressLineContext) {
    this.#context = context;
  }

  /**
   * Reports a state of long work, unless another one was reported a short time ago. The first and the last state
   * of a phase are always shown. `text` makes the line; it receives how long the phase has taken, ms.
   */
  report(phase: string, isLast: boolean, text: (ms: number) => string): void {
    const { isTerminal, printError } = this.#context;
    const nowMs = this.#context.nowMs();
    if (phase !== this.#phase) {
      this.end();
      this.#phase = phase;
      this.#startMs = nowMs;
    } else if (nowMs - this.#shownMs < (isTerminal ? DRAW_MS : LINE_MS) && !isLast) return;
    this.#shownMs = nowMs;
    const line = text(nowMs - this.#startMs);
    // ESC [ K clears the rest of the line.
    printError(isTerminal ? `\r${line}\u001b[K` : `${line}\n`);
    this.#isLineOpen = isTerminal;
  }

  /** Shows the bytes that are done. */
  bytes(phase: string, { done, total }: { readonly done: number; readonly total: number }): void {
    this.report(phase, done === total, (ms) => {
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      const line = `${phase}: ${megabytes(done)} of ${megabytes(total)} (${percent} %)`;
      return done === 0 || ms < DRAW_MS ? line : `${line}, ${megabytes((1000 * done) / ms)}/s`;
    });
  }

  message(text: string): void {
    this.end();
    this.#context.printError(`${text}\n`);
  }

  /** Ends an open line. */
  end(): void {
    if (this.#isLineOpen) this.#context.printError('\n');
    this.#isLineOpen = false;
    this.#phase = undefined;
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A number with separators of thousands. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}
