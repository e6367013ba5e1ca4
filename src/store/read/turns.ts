/** Runs work one after another, in the order of the calls, however long one waits. */
export class Turns {
  /** Settles when the last requested work has ended. */
  #latest: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#latest.then(work);
    this.#latest = result.catch(() => {});
    return result;
  }

  /** Resolves when all requested work has ended. */
  async settled(): Promise<void> {
    await this.#latest;
  }
}
