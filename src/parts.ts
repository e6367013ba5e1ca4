/** The parts of the server that must be stopped. */
export class Parts {
  readonly #stops: (() => unknown)[] = [];

  stopLater(stop: () => unknown): void {
    this.#stops.push(stop);
  }

  /** Stops all parts one by one, the latest first. At the end, rejects with the first failure, if any. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
